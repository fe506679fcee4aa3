/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A path in a target -> the namespace or control group that it leads to; a thread -> its process. */
#ifndef NSKIT_LOOKUP_H
#define NSKIT_LOOKUP_H

#include "model/target.h"

/*
 * Turns a TARGET_PATH into a TARGET_SPACE (type and inode; a file of nsfs, links in /proc/PID/ns
 * included) or a TARGET_CGROUP (a directory of cgroupfs). Opens with O_PATH; only a file of nsfs is
 * opened for real, to ask its type. Below `sysroot` where it is not NULL; a link's text is enough
 * there, and what cannot be told stays a TARGET_PATH, which target_resolve looks for in the
 * snapshot. 0, -ENOMEM, or -errno and *ret_error (in `arena`): "/run/netns/blue: No such file or
 * directory", "/etc/passwd: neither a namespace nor a control group".
 */
int lookup_path(struct arena *arena, const char *sysroot, struct target *target,
                const char **ret_error) must_use;

/*
 * The process that a thread belongs to: what proc lists are processes only, but the folder of each
 * thread can be opened all the same (proc_pid_lookup in fs/proc/base.c). 0 and *ret, -ESRCH where
 * `tid` is no thread, or is a process itself, or -ENOMEM.
 */
int lookup_thread(const char *sysroot, pid_t tid, pid_t *ret) must_use;

/* The same, and of a process itself its own number. -ESRCH where there is none, or another -errno.
 */
int lookup_process(const char *sysroot, pid_t tid, pid_t *ret) must_use;

#endif
