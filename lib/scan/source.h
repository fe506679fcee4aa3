/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the sources of a scan share: inside lib/scan only. A source adds what it sees to the
 * snapshot, and gaps. */
#ifndef NSKIT_SOURCE_H
#define NSKIT_SOURCE_H

#include "base/fd.h"
#include "scan/closing.h"
#include "scan/numbers.h"
#include "scan/scan.h"

/* The links in /proc/PID/ns: one for each type, then the two for children. */
#define LINK_CHILDREN NS_N_TYPES
#define LINK_N_LINKS (NS_N_TYPES + CHILDREN_N_LINKS)
#define LINK_BIT(link) (1U << (link))

/* Through whom a namespace was found first: a way to open it later. */
enum way_kind { WAY_NONE, WAY_LINK, WAY_FD, WAY_MOUNT };

/* Notes of the running scan about a namespace, beside the snapshot's record of it. */
struct note {
	enum way_kind way;
	pid_t pid;        /* process whose link, descriptor or mount table it is */
	pid_t tid;        /* its thread, or 0 */
	int32_t number;   /* WAY_LINK: which link; WAY_FD: which descriptor */
	const char *path; /* WAY_MOUNT: below the root of that process */
	pid_t chrooted;   /* mount namespaces: a member that sees a part of the mount table, or 0 */
	bool has_facts;   /* relations and the like were read, or cannot be */
	bool has_table;   /* mount namespaces: the mount table was read */
	bool is_left;     /* mount namespaces: noted that the mount table is not to be had whole */
};

/* A namespace and a descriptor of it, whose relations are still to be read. */
struct pending {
	uint32_t space;
	int fd;
};

/* What tells a root directory from others. */
struct root_identity {
	uint32_t major, minor; /* of its device */
	uint64_t inode;
	uint64_t mount; /* id of the mount; 0: not known */
};

struct scan {
	const struct needs *needs;
	struct snapshot *snapshot;
	int root_fd;         /* O_PATH of the sysroot, or of "/" */
	int proc_fd;         /* its proc */
	bool is_this_host;   /* no sysroot: the name service, netlink and listns may be asked */
	bool is_live;        /* proc is one of the running kernel, not a recorded tree: its links
	                    * can be opened, and asked */
	bool is_own_numbers; /* the numbers of that /proc are those of our own PID namespace:
				 pidfd_open may be used */
	unsigned links;      /* LINK_BITs: those read of every process */
	unsigned facts[NS_N_TYPES]; /* SPACE_*: what is read through a descriptor of each type */
	bool lists_all;             /* listns(2) lists all namespaces to us */
	bool counts_fds; /* the size of /proc/PID/fd is the number of descriptors (Linux 6.2) */
	uint64_t nsfs_device; /* st_dev of nsfs; 0: not known */
	const pid_t *pids;    /* the only processes that are looked at; NULL: all are */
	size_t n_pids;
	bool is_quick;      /* /proc is walked through once */
	int netlink_fd;     /* -1: not opened yet */
	struct note *notes; /* one for each namespace */
	size_t n_notes, notes_capacity;
	struct pending *pending;
	size_t pending_capacity;
	struct {
		uint64_t inode;
		uint32_t space;
	} last[NS_N_TYPES]; /* neighbours mostly share their namespaces */
	struct {
		uint64_t inode;      /* the PID namespace that the last process set aside, or 0 */
		int fd;              /* of it, or -1 */
		bool is_given_up;    /* it could not be opened */
		bool is_unsupported; /* the kernel tells no numbers */
	} pid_space;                 /* pidmember.c */
	struct closing closing;      /* descriptors that are done with */
	struct buffer buffer;        /* for one whole-file read at a time */
	struct numbers tids;
	struct numbers fds; /* of the process looked at last: often those of the next one too */
	bool *fds_plain;    /* which of them are neither a namespace nor a socket */
	size_t fds_plain_capacity;
	pid_t fds_pid;        /* that process, or 0 */
	struct arena scratch; /* emptied from process to process */
	const char *cgroup;   /* the control group identified last, and its container */
	uint32_t container;
	struct map sockets; /* inodes of sockets looked at already -> index of space */
	struct map cookies; /* network namespace cookie -> index of space */
	uint64_t n_exited;  /* processes that went while they were looked at, or are zombies */
	uint64_t n_threads; /* threads looked at */
	/* What could not be read, to become gaps. */
	uint64_t denied_processes, denied_threads, denied_fds, denied_sockets;
	uint64_t foreign_sockets; /* processes with sockets that cannot be looked at */
	uint64_t denied_facts, denied_netnsids, denied_tables;
	struct root_identity own_root;
	size_t own_n_mounts; /* that we are shown of our mount namespace; 0: not looked at */
	bool is_jail;        /* our root is not that of our mount namespace */
	unsigned
		n_compared; /* processes of our mount namespace whose root was compared with ours */
};

/* A process that is being looked at. */
struct task {
	pid_t pid;
	int fd;           /* O_PATH of PID/ns; -1: not opened */
	int file_fd;      /* of its one file, where no more than that is read; -1: none */
	uint32_t process; /* index, once it is in the snapshot */
	bool is_bare;     /* fd is that of PID itself: a recorded tree without links */
};

/* The links of a process or thread, as they were read. */
struct links {
	uint64_t inode[LINK_N_LINKS]; /* 0: not read */
	unsigned denied, absent;      /* LINK_BITs */
	pid_t proxy;                  /* the thread that stands for a zombie leader, or 0 */
};

/* identity.c: whose /proc it is, who we are in it, what it hides, which links this kernel has. 0 or
 * -errno. */
int identity_read(struct scan *scan) must_use;

/* hidepid.c: notes a gap where processes are hidden from us. 0 or -errno. */
int hidepid_check(struct scan *scan) must_use;

/* walk.c: all processes, their threads where they differ, and (through procfd) their descriptors. 0
 * or -errno. */
int walk_scan(struct scan *scan) must_use;

/* Processes that were born since. 0 or -errno. */
int walk_scan_born(struct scan *scan) must_use;

/* procfs.c: adds one process and all that it holds; one that is gone is no error. 0 or -errno. */
int procfs_scan_number(struct scan *scan, pid_t pid) must_use;

/*
 * task.c. Every file of a process is opened relative to one descriptor, so that a recycled number
 * cannot mix two processes. That descriptor is of PID/ns, where most of the reads are: the other
 * files are written "../stat". Where one file is all, that one is opened first and read last: see
 * procfs.c.
 */
int task_open(struct scan *scan, struct task *task) must_use;
const char *task_path(const struct task *task, const char *path);

/* Opens a file of a process, or a folder, below `dir_fd`. A recorded tree is somebody's: no symbolic
 * link in there is followed. A descriptor or -errno. */
int scan_open(const struct scan *scan, int dir_fd, const char *path, int flags) must_use;

/* Reads what a recorded file has into scan->buffer. 0 or -errno. */
int scan_read_recorded(struct scan *scan, int dir_fd, const char *path) must_use;

/* links.c: name of a link below PID/ns, and type of what it leads to. */
const char *links_name(unsigned link);
enum ns_type links_type(unsigned link);

/* The file name of link `link` of thread `tid` (0: the process itself), below the task's
 * descriptor. */
#define LINKS_PATH_SIZE 64
const char *links_path(pid_t tid, unsigned link, char buffer[LINKS_PATH_SIZE]);

/*
 * Reads the wanted links of the process, or of its thread `tid` (not 0). 0, or -ESRCH when it is
 * gone. What a zombie lacks is marked absent.
 */
int links_read(struct scan *scan, const struct task *task, pid_t tid, unsigned wanted,
               struct links *ret) must_use;

/* pidmember.c: notes that the process set this PID namespace aside for its children. */
void pidmember_note(struct scan *scan, const struct task *task, uint64_t inode);

/* Whether the process is in that namespace itself, which it set aside. False also where the kernel
 * cannot tell: then its link must be read. */
bool pidmember_is(struct scan *scan, const struct task *task, uint64_t inode);

/* Lets go of what was noted. */
void pidmember_done(struct scan *scan);

/* Index of the namespace of that link's type with that inode, which is added when it is new. 0 or
 * -ENOMEM. */
int links_find(struct scan *scan, enum ns_type type, uint64_t inode, uint32_t *ret) must_use;

/* Adds the namespace, with room for its note. 0 or -ENOMEM. */
int scan_add_space(struct scan *scan, enum ns_type type, uint64_t inode, uint32_t *ret) must_use;

/* threads.c: lists the threads into scan->tids, ascending: a live /proc has them in the order in which
 * they were made, and numbers wrap around; a recorded one in any. 0 or -errno. */
int threads_list(struct scan *scan, const struct task *task) must_use;

/* The threads of a process that are elsewhere than it. 0 or -ENOMEM. */
int threads_scan(struct scan *scan, const struct task *task, const struct links *leader) must_use;

/* Whether a process may be on its way out, so that its threads are to be looked at. */
bool threads_may_be_ending(const struct process *process);

/* Looks whether each of them is: else is_ending is taken back. 0 or -ENOMEM. */
int threads_check_ending(struct scan *scan, const struct task *task) must_use;

/* Fills in what a zombie leader lacks from a thread of it that lives. 0 or -ENOMEM. */
int threads_complete(struct scan *scan, const struct task *task, struct links *links) must_use;

/* detail.c: reads the fields (PROCESS_*) of a process that are not known yet. 0 or -ENOMEM. */
int detail_read(struct scan *scan, const struct task *task, unsigned fields) must_use;

/* Reads a file of the task into scan->buffer: those are one page or so, and whole at the first
 * read. 0 or -errno. */
int detail_read_file(struct scan *scan, const struct task *task, const char *path) must_use;

/* signals.c: what a process does with signals, and all that status has besides. 0; -EINVAL where
 * status has no signals; -errno. */
int signals_read(struct scan *scan, const struct task *task) must_use;

/* onefile.c: the one file below PID that gives all of these fields at the least cost; NULL: there is
 * none. */
const char *onefile_name(unsigned fields);

/* Takes what that file gave, in scan->buffer. 0 or -ENOMEM. */
int onefile_use(struct scan *scan, const struct task *task, unsigned fields) must_use;

/* The same of /proc/PID/stat and /proc/PID/status. 0, -EINVAL where it is damaged, or -ENOMEM. */
int onefile_use_stat(struct scan *scan, const struct task *task) must_use;
int onefile_use_status(struct scan *scan, const struct task *task) must_use;

/* terminal.c: name and device of the terminal of a process whose stat was read. 0; -EACCES or -EPERM
 * where the device is not for us to see; -ENODATA without stat; -ENOMEM. */
int terminal_read(struct scan *scan, const struct task *task) must_use;

/* uid and number of threads in one call. 0 or -errno. */
int detail_read_task(struct scan *scan, const struct task *task) must_use;

/* uid_map and gid_map of the user namespace that the process is in. 0 or -ENOMEM. */
int detail_read_id_maps(struct scan *scan, const struct task *task) must_use;

/* comm of a thread, or NULL where it has gone. 0 or -ENOMEM. */
int detail_thread_comm(struct scan *scan, const struct task *task, pid_t tid, const char **ret)
	must_use;

/* Whether a thread (0: the process itself, where its threads cannot be listed) runs a program: it is
 * neither a zombie nor on its way out, nor gone. 0 or -ENOMEM. */
int detail_thread_runs(struct scan *scan, const struct task *task, pid_t tid, bool *ret) must_use;

/* The cgroup file of a thread, where it is not as that of its process; else NULL. 0 or -ENOMEM. */
int detail_thread_cgroup(struct scan *scan, const struct task *task, pid_t tid, const char **ret)
	must_use;

/*
 * procfd.c: descriptors of namespaces, and namespaces of sockets, of a process, and of its thread
 * `tid` where that is not 0. Adds references and gaps. 0 or -ENOMEM.
 */
int procfd_scan_task(struct scan *scan, const struct task *task, pid_t tid) must_use;

/*
 * socket.c: adds a reference of the kind HELD_SOCKET, which is given but for its namespace: the one
 * of that socket. `pidfd` (-1: not opened yet) is shared by the sockets of a table. 0 or -ENOMEM.
 */
int socket_scan(struct scan *scan, const struct task *task, const struct reference *found,
                int *pidfd) must_use;

/*
 * mounts.c: the mount table of mount namespace `space`, as the process, or its thread `tid` (0:
 * none), in it sees it, unless it was read already. 0 or -ENOMEM.
 */
int mounts_scan_task(struct scan *scan, const struct task *task, pid_t tid, uint32_t space)
	must_use;

/* Our own mount table: before all others, so that a path in it comes first. 0 or -ENOMEM. */
int mounts_scan_own(struct scan *scan) must_use;

/* The mount tables that no process showed whole. 0 or -ENOMEM. */
int mounts_scan_rest(struct scan *scan) must_use;

/* mountns.c: bind-mounted namespaces in a mount namespace, by statmount(2). 0, -ENOMEM, or another
 * -errno where the kernel cannot. */
int mountns_scan(struct scan *scan, uint32_t space) must_use;

/* A mount: the one that it lies on, and what kind of file system it is (linux/magic.h). */
struct mountns_mount {
	uint64_t parent;
	uint64_t magic;
};

/* That of mount `id` of our own mount namespace, by statmount(2). 0 or -errno. */
int mountns_look(uint64_t id, struct mountns_mount *ret) must_use;

/* Notes a bind mount of a namespace; `mount_space` is where it is, `pid` a process in there (0:
 * none). 0 or -ENOMEM. */
struct bind_mount {
	const char *root; /* "net:[4026532178]" */
	const char *path;
	uint32_t mount_space;
	pid_t pid;
	bool covered;
};
int mounts_add_bind(struct scan *scan, const struct bind_mount *bind) must_use;

/*
 * nsfs.c: reads what is wanted of a namespace through its descriptor (which stays the caller's):
 * parent, owner, creator, id, number; and the same of those that turn up as parent or owner. 0 or
 * -ENOMEM.
 */
int nsfs_read(struct scan *scan, uint32_t space, int fd) must_use;

/* The same through link `link` of a process or of its thread `tid` (0: none), where that was not
 * done yet; notes the way. 0 or -ENOMEM. */
int nsfs_read_link(struct scan *scan, const struct task *task, pid_t tid, unsigned link,
                   uint64_t inode) must_use;

/* Does it for every namespace that was not at hand before. 0 or -ENOMEM. */
int nsfs_scan(struct scan *scan) must_use;

/*
 * Opens a namespace through one of its holders (leader, thread, children link, descriptor, mount,
 * handle by id) and proves by its inode that it is that one. A descriptor, or -errno:
 * -EACCES/-EPERM not permitted, -ENOENT no way to it.
 */
int nsfs_open(struct scan *scan, uint32_t space) must_use;

/* Opens `path` below `dir_fd`, which can be nothing but a namespace, and proves that it is the one
 * with that inode. A descriptor or -errno. */
int nsfs_open_at(int dir_fd, const char *path, uint64_t inode) must_use;

/* The same of a file that may have become anything meanwhile. A descriptor or -errno. */
int nsfs_open_file(const struct scan *scan, int dir_fd, const char *path, uint64_t inode) must_use;

/* listns.c: whether listns(2) shows us all namespaces: Linux 6.19, root in the initial user and PID
 * namespace. */
bool listns_sees_all(const struct scan *scan);

/* Namespaces that only listns(2) knows; the ids of all others must have been read. 0 or -ENOMEM. */
int listns_scan(struct scan *scan) must_use;

/* netlink.c: number of a network namespace as seen from ours (RTM_GETNSID); -1 where it has none. 0
 * or -errno. */
int netlink_nsid(struct scan *scan, int ns_fd, int32_t *ret) must_use;

/* Label and UUID of the file systems behind the roots of mount namespaces. 0 or -ENOMEM. */
int blkname_scan(struct scan *scan) must_use;

/* Names of containers and pods from the runtimes' state files; never asks a daemon. 0 or -ENOMEM.
 */
int names_scan(struct scan *scan) must_use;

/* Names of the users in sight: the name service, or etc/passwd of a sysroot. 0 or -ENOMEM. */
int users_scan(struct scan *scan) must_use;

#endif
