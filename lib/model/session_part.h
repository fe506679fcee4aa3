/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of session share: inside lib/model/session*.c only. */
#ifndef NSKIT_SESSION_PART_H
#define NSKIT_SESSION_PART_H

#include "model/session.h"

/* Sets terminals and foreground groups once all processes are in their groups. 0 or -ENOMEM. */
int sessions_find_terminals(const struct snapshot *snapshot, struct sessions *sessions) must_use;

#endif
