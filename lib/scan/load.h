/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a saved snapshot, nskit-snapshot(5). */
#ifndef NSKIT_LOAD_H
#define NSKIT_LOAD_H

#include "model/snapshot.h"

/*
 * Reads the snapshot in `path` ("-": stdin), checks every relation, and finishes it. Unknown keys
 * are ignored, missing ones become the gap GAP_RECORDED. `ret` must be fresh from snapshot_init. 0,
 * -ENOMEM, -errno of the file, or -EBADMSG when it is no snapshot or of a later version. *ret_error
 * (in `arena`) says what is wrong, with line and key.
 */
int load_snapshot(struct arena *arena, const char *path, struct snapshot *ret,
                  const char **ret_error) must_use;

#endif
