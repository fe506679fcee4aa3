/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions and process groups: credentials(7), setsid(2), setpgid(2), kernel/exit.c. */
#ifndef NSKIT_SESSION_H
#define NSKIT_SESSION_H

#include "model/snapshot.h"

/* A question that may have no answer. */
enum answer { ANSWER_NO, ANSWER_YES, ANSWER_UNKNOWN };

struct process_group {
	pid_t id;             /* 0: outside the PID namespace of that /proc, or of the kernel */
	uint32_t session;     /* index */
	uint32_t leader;      /* its process whose number is the id, or NONE */
	uint32_t first;       /* its processes: a position in sessions->members, */
	uint32_t n_processes; /* and how many; ascending by number */
	uint32_t n_stopped;   /* in state T */
	enum answer orphaned;
	bool is_foreground; /* of the session's terminal */
};

struct session {
	pid_t id;             /* 0: outside, or of kernel threads */
	uint32_t leader;      /* its process whose number is the id, or NONE */
	uint32_t first_group; /* its groups lie side by side, ascending by id */
	uint32_t n_groups;
	int32_t terminal;         /* tty_nr; 0: none */
	uint64_t terminal_device; /* st_dev of the terminal's file, which tells the terminals of two
				     devpts instances apart; 0: not known */
	const char *terminal_name; /* "pts/0", "tty1"; NULL: no terminal */
	bool is_ambiguous; /* another session has a terminal with that number in another devpts */
	pid_t foreground_group; /* -1: no terminal; 0: outside */
	bool is_kernel;         /* the kernel's threads: no session at all */
	bool is_outside;        /* begun outside of the PID namespace of that /proc */
};

struct sessions {
	struct session *items; /* the kernel's first, then ascending by id; those outside last, by
				  their first process */
	size_t n_sessions;
	struct process_group *groups;
	size_t n_groups;
	uint32_t *members;  /* processes, grouped by group */
	uint32_t *group_of; /* for each process of the snapshot its group, or NONE where stat could
			       not be read, or said -1: it was being reaped */
	struct arena texts; /* names of terminals that the scan did not read */
};

/*
 * Finds the sessions and groups of a snapshot in which PROCESS_STAT was read. Number 0 is no
 * session: those that began outside of the PID namespace are kept apart by group, and processes
 * whose group is 0 too by their topmost process; in the initial PID namespace, where nothing is
 * outside, it is the session that the kernel itself began with. A group is orphaned by the rule of
 * will_become_orphaned_pgrp() in kernel/exit.c: no living member has a parent in another group of
 * the same session, children of the global init left aside; unknown where such a parent cannot be
 * seen. A dead process (Z, X) counts as living while it has other threads. 0 or -ENOMEM, then *ret
 * is empty.
 */
int sessions_find(const struct snapshot *snapshot, struct sessions *ret) must_use;

/* Frees all. Accepts all zero. */
void sessions_done(struct sessions *sessions);
#define auto_sessions __attribute__((cleanup(sessions_done)))

/*
 * Name of a terminal by its tty_nr (proc(5), Documentation/admin-guide/devices.txt): "pts/3",
 * "tty1", "ttyS0", "console", else "MAJOR:MINOR". In `arena`; NULL for 0, and when out of memory.
 */
const char *session_terminal_name(struct arena *arena, int32_t terminal);

#endif
