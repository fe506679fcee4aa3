/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One process, read again and nothing but what tells whether it is in a scope: before it is
 * signalled, and in a sweep, where speed decides whether those that fork are caught.
 */
#ifndef NSKIT_SCAN_CANDIDATE_H
#define NSKIT_SCAN_CANDIDATE_H

#include "base/fd.h"
#include "model/candidate.h"
#include "model/nstype.h"
#include "scan/numbers.h"

/* What is read. */
struct candidate_wants {
	bool cgroup;
	bool space;        /* the namespace of that type, */
	enum ns_type type; /* and of a PID namespace whether it is below */
	uint64_t inode;    /* this one */
};

/* Reads this host's /proc, of our own PID namespace. */
struct candidate_reader {
	struct candidate_wants wants;
	int proc_fd;
	int space_fd; /* of the namespace with that inode, or -1 */
	int load_fd;  /* of /proc/loadavg, or -1 */
	struct buffer stat, cgroup;
	struct numbers pids;
	uint64_t own_space; /* our own namespace of that type */
};

/* Opens /proc. -ENODEV: it is none, or of another PID namespace than ours, whose numbers say nothing
 * about our processes. 0 or -errno. */
int candidate_open(const struct candidate_wants *wants, struct candidate_reader *ret) must_use;

/* Opens the wanted namespace through a process in it, unless it is open: as long as it is, no other one
 * gets its inode number. */
void candidate_pin_space(struct candidate_reader *reader, pid_t member);

/* Closes it. Accepts all zero but for the descriptors, which are -1 or open. */
void candidate_close(struct candidate_reader *reader);
#define auto_candidates __attribute__((cleanup(candidate_close)))

/*
 * Reads the process. Its texts last until the next call. 0; -ESRCH (or -ENOENT) when it is gone;
 * what tells its scope and is refused is ANSWER_UNKNOWN or NULL in there; -EACCES, -EPERM when even
 * stat is refused (hidepid).
 */
int candidate_read(struct candidate_reader *reader, pid_t pid, struct candidate *ret) must_use;

/* Reads its effective user too, which costs a call more. */
void candidate_read_user(const struct candidate_reader *reader, struct candidate *candidate);

/* Its state alone, 'R', or -errno. */
int candidate_state(struct candidate_reader *reader, pid_t pid) must_use;

/* The number that was given away last in our PID namespace: who is born later gets a higher one, up to
 * kernel.pid_max (alloc_pid in kernel/pid.c). -ENODATA where it cannot be told. */
pid_t candidate_last_number(const struct candidate_reader *reader) must_use;

/* Called for a number as soon as it is known. 0 to go on, or anything that ends the walk. */
typedef int (*candidate_visit)(void *data, pid_t pid);

/*
 * Walks through the numbers of all processes, also through those that are born meanwhile, as long as
 * there are any, up to a limit. 0, what `visit` gave, or -errno.
 */
int candidate_walk(struct candidate_reader *reader, candidate_visit visit, void *data) must_use;

#endif
