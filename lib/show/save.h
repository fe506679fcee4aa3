/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a snapshot as JSON, nskit-snapshot(5). */
#ifndef NSKIT_SAVE_H
#define NSKIT_SAVE_H

#include <stdio.h>

#include "model/snapshot.h"

/* The version of the format that is written; load reads this one and older ones. */
#define SNAPSHOT_FORMAT_VERSION 1

/* Writes the whole snapshot, a record a line. 0 or -errno; the caller flushes and checks the
 * stream. */
int save_snapshot(FILE *stream, const struct snapshot *snapshot) must_use;

#endif
