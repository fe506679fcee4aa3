/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a snapshot from this host's kernel, or from a host's tree below a directory, with what was
 * asked for and no more. */
#ifndef NSKIT_SCAN_H
#define NSKIT_SCAN_H

#include "model/needs.h"
#include "model/snapshot.h"

struct scan_request {
	const char
		*sysroot; /* read DIR/proc, DIR/sys, DIR/run, DIR/var, DIR/etc; NULL: this host */
	struct needs needs;
	const pid_t *pids; /* of these processes alone; NULL: of all */
	size_t n_pids;
	bool is_quick; /* one pass through /proc: who is born meanwhile is looked for otherwise */
};

/* The needs of a scan that reads everything (--save). */
struct needs scan_everything(void);

/*
 * Runs the sources that the needs ask for and finishes the snapshot. What cannot be seen becomes a
 * gap; processes that exit meanwhile are neither an error nor a gap. `ret` must be fresh from
 * snapshot_init; on failure the caller still frees it. 0; -errno where /proc itself cannot be read;
 * -ENODEV where no proc file system is mounted there; -ENOMEM.
 */
int scan_take(const struct scan_request *request, struct snapshot *ret) must_use;

/* The versions of libmount (mounts.c) and libblkid (blkname.c), for --version. */
const char *scan_mount_library_version(void);
const char *scan_block_library_version(void);

#endif
