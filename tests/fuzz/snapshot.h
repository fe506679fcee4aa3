/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every snapshot promises, wherever it comes from. */
#ifndef NSKIT_FUZZ_SNAPSHOT_H
#define NSKIT_FUZZ_SNAPSHOT_H

#include "model/snapshot.h"

/* Every index leads to a record, every order is kept. */
void check_snapshot(const struct snapshot *snapshot);

/* Every holder has a sentence, and every namespace a conclusion. */
void check_holders(const struct snapshot *snapshot);

/* Saved, loaded and saved again it is the same. */
void check_saved(const struct snapshot *snapshot);

/* One of its views, whichever: it can be shown in every form, and a terminal may get it. */
void check_view(const struct snapshot *snapshot, size_t choice);

/* Makes a file in memory of these bytes; its path, which is valid until the next call. */
const char *memory_file(const void *bytes, size_t size);

#endif
