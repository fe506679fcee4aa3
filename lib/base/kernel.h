/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers, structs and thin wrappers of system calls that the C library of Debian 12 does not know
 * yet. Probe by calling, never by version: ENOSYS, ENOTTY, EINVAL mean that this kernel has it not.
 * Wrappers return a descriptor or 0, else -errno. Descriptors are close-on-exec and the caller's.
 */
#ifndef NSKIT_KERNEL_H
#define NSKIT_KERNEL_H

#include <signal.h>
#include <sys/types.h>

#include "base/base.h"

/* Namespace types, as clone(2) names them. */
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

/* File system magics: nsfs, procfs, pidfs (pidfs since 6.9; before it pidfds are anonymous inodes).
 */
#define KERNEL_NSFS_MAGIC 0x6e736673
#define KERNEL_PROC_MAGIC 0x9fa0
#define KERNEL_PIDFS_MAGIC 0x50494446

/* pidfd_open(2), Linux 5.3. PIDFD_THREAD (of any thread, not only the first one): Linux 6.9, which
 * the headers of older systems do not know. */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif
int kernel_pidfd_open(pid_t pid, unsigned flags) must_use;

/* pidfd_getfd(2), Linux 5.6: a duplicate of descriptor `fd` of that process; needs
 * PTRACE_MODE_ATTACH_REALCREDS. */
int kernel_pidfd_getfd(int pidfd, int fd) must_use;

/* The pidfd's inode, unique for this boot: on 6.9 and later; -EOPNOTSUPP where pidfds are anonymous
 * inodes. */
int kernel_pidfd_inode(int pidfd, uint64_t *ret) must_use;

/* pidfd_send_signal(2), Linux 5.1. With this flag (6.9) to the process group that the process
 * leads; kernels before it say -EINVAL. */
#ifndef PIDFD_SIGNAL_PROCESS_GROUP
#define PIDFD_SIGNAL_PROCESS_GROUP 4U
#endif
int kernel_pidfd_signal(int pidfd, int signal, const siginfo_t *info, unsigned flags) must_use;

/* The start of struct pidfd_info, as long as it has always been: what came later has moved from one
 * release to the next. `mask` may have bits of fields that are not in here. */
struct kernel_pidfd_info {
	uint64_t mask; /* what was filled in */
	uint64_t cgroup_id;
	uint32_t pid, tgid, parent;
	uint32_t real_uid, real_gid, effective_uid, effective_gid;
	uint32_t saved_uid, saved_gid, file_system_uid, file_system_gid;
	int32_t exit_code; /* as wait(2) gives it */
};
#define KERNEL_PIDFD_INFO_PID UINT64_C(1)
#define KERNEL_PIDFD_INFO_CREDENTIALS UINT64_C(2)
#define KERNEL_PIDFD_INFO_CGROUP UINT64_C(4)
/* exit_code (6.15), of a process that was reaped after the descriptor was opened: only who asks for
 * it gets no -ESRCH then. Of a zombie it is not told. */
#define KERNEL_PIDFD_INFO_EXIT UINT64_C(8)

/*
 * PIDFD_GET_INFO (6.13) with the bits of `mask` asked for: what there is, and no error where some
 * of it is missing. -ENOTTY before 6.13, -EREMOTE where the process is not in our PID namespace,
 * -ESRCH where it was reaped.
 */
int kernel_pidfd_info(int pidfd, uint64_t mask, struct kernel_pidfd_info *ret) must_use;

/* NS_GET_USERNS (4.9): the owner; of a user namespace its parent. -EPERM: none, or out of the
 * caller's sight. */
int kernel_ns_owner(int ns_fd) must_use;

/* NS_GET_PARENT (4.9): pid and user only. -EPERM: none, or out of the caller's sight. */
int kernel_ns_parent(int ns_fd) must_use;

/* NS_GET_NSTYPE (4.11): CLONE_NEW*, or -errno. */
int kernel_ns_type(int ns_fd) must_use;

/* NS_GET_OWNER_UID (4.11): user namespaces only; as the caller's user namespace maps it. */
int kernel_ns_owner_uid(int ns_fd, uid_t *ret) must_use;

/* NS_GET_ID (6.18): the 64-bit id, never reused. -ENOTTY before (mount namespaces:
 * NS_GET_MNTNS_ID, 6.11, is tried). */
int kernel_ns_id(int ns_fd, uint64_t *ret) must_use;

/* NS_GET_TGID_IN_PIDNS (6.11): the number that the process, which has number `pid` in the caller's
 * PID namespace, has in that one. -ESRCH: it is not in sight there, or gone. -ENOTTY before 6.11. */
int kernel_ns_number_of(int pid_ns_fd, pid_t pid) must_use;

/* What name_to_handle_at(2) tells about a namespace file (6.18). */
struct kernel_ns_handle {
	uint64_t id;
	uint32_t type; /* CLONE_NEW* */
	uint32_t inode;
};

/* The handle of the namespace file at `path` below `dir_fd` (links followed), without opening it.
 * -EOPNOTSUPP before 6.18, and of other files. */
int kernel_ns_handle_at(int dir_fd, const char *path, struct kernel_ns_handle *ret) must_use;

/*
 * Opens a namespace by handle (6.18; type and inode may both be 0 from 6.19 on). -ESTALE: gone,
 * inactive, or not permitted, which the kernel does not tell apart. -EOPNOTSUPP before 6.18.
 */
int kernel_ns_open_handle(const struct kernel_ns_handle *handle) must_use;

/*
 * listns(2), Linux 6.19: up to `size` ids greater than `after`, ascending, into `ret`. `types` is
 * an OR of CLONE_NEW* (0: all), `user_ns` the id of the owner (0: any). Returns how many, 0 at the
 * end; -ENOSYS before 6.19. Callers who are not root in the initial user and PID namespace are
 * shown only their own namespaces, without an error.
 */
int kernel_listns(uint64_t after, uint32_t types, uint64_t user_ns, uint64_t *ret, size_t size)
	must_use;

/* SIOCGSKNS (4.10): the network namespace of a socket; needs CAP_NET_ADMIN in its owner. */
int kernel_socket_netns(int socket_fd) must_use;

/* SO_NETNS_COOKIE (5.14): a number per network namespace; equals its id from 6.18 on. -ENOPROTOOPT
 * before. */
int kernel_socket_netns_cookie(int socket_fd, uint64_t *ret) must_use;

#endif
