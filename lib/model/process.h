/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process and a thread that differs from its process, as plain data of a snapshot. */
#ifndef NSKIT_PROCESS_H
#define NSKIT_PROCESS_H

#include <sys/types.h>

#include "base/base.h"
#include "model/needs.h"
#include "model/nstype.h"

/* The two links of /proc/PID/ns that say where children will be born. */
enum children_link { CHILDREN_PID, CHILDREN_TIME, CHILDREN_N_LINKS };

/*
 * Where a task is: an index into the snapshot's spaces for each type, or NONE. NONE with the type's
 * bit in `denied` is "not permitted", in `absent` "it has none" (a zombie; pid_for_children before
 * the first child); neither: not read.
 */
struct placement {
	uint32_t in[NS_N_TYPES];
	uint32_t children[CHILDREN_N_LINKS]; /* NONE too where they are the same as in[] */
	uint8_t denied;
	uint8_t absent;
};

/* Strings live in the snapshot's arena and may hold any byte but NUL: show them through base/text
 * only. */
struct process {
	pid_t pid;    /* as the /proc that was read numbers it */
	pid_t parent; /* real parent; 0: none, or outside the PID namespace of that /proc */
	pid_t group;
	pid_t session;
	pid_t foreground_group; /* tpgid: -1 no terminal, 0 outside */
	int32_t terminal;       /* tty_nr, 0 none */
	uid_t uid;              /* effective */
	uint32_t n_threads;     /* 0: not read */
	uint64_t start;         /* clock ticks since boot (stat, field 22) */
	uint64_t pidfd_inode;   /* 0: not known */
	const char *comm;       /* NULL: not read */
	const char *command;    /* cmdline, joined by spaces; comm where empty; NULL: not read */
	const char *cgroup;     /* /proc/PID/cgroup without its last newline; NULL: not read */
	const pid_t *numbers;   /* NSpid, from the PID namespace of /proc inward; NULL: not read */
	const char *label; /* attr/current, of the security module; "": it gives none; NULL: not
			      read */
	const char *terminal_name; /* "pts/0": of the terminal with that tty_nr; NULL: none, or not
				      read */
	uint64_t effective_caps;   /* CapEff; valid with has_audit */
	uint32_t terminal_device;  /* st_dev (major << 20 | minor) of the terminal's file, by which
				      two devpts instances differ; 0: not known */
	uint32_t container;        /* index, or NONE */
	struct placement at;
	/* The next one that set the same namespace aside; set by snapshot_finish. */
	uint32_t next_children[CHILDREN_N_LINKS];
	uint32_t n_numbers;
	uint16_t known;   /* PROCESS_* that were read */
	uint16_t refused; /* PROCESS_* that were not permitted */
	int8_t seccomp; /* 0 none, 1 strict, 2 filter, -1 the kernel has none; valid with has_audit */
	char state;     /* stat, field 3; 0: not read */
	bool is_kernel_thread : 1;
	bool is_ending : 1;    /* each of its threads is on its way out, though not all are zombies:
				  an init waits so until the last process of its PID namespace is
				  reaped */
	bool has_audit : 1;    /* status had CapEff and NoNewPrivs */
	bool no_new_privs : 1; /* NoNewPrivs; valid with has_audit */
};

/* A thread that differs from its process: in namespaces (or whose process is a zombie leader), or in
 * control groups. */
struct thread {
	uint32_t process; /* index */
	pid_t tid;
	const char *comm;
	const char *cgroup; /* /proc/PID/task/TID/cgroup as in struct process, where it is another
			       one; NULL: it is not, or was not read */
	struct placement at;
	/* The next one in the same namespace, whose leader is not; set by snapshot_finish. */
	uint32_t next[NS_N_TYPES];
	uint32_t next_children[CHILDREN_N_LINKS];
};

#endif
