/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a scan has to read: every column, filter, tree and target names the data that it is computed
 * from. */
#ifndef NSKIT_NEEDS_H
#define NSKIT_NEEDS_H

#include "base/base.h"

/* Data of a process. */
enum process_field {
	PROCESS_UID = 1 << 0, /* effective uid: owner of /proc/PID */
	PROCESS_STAT =
		1 << 1, /* stat: comm, state, parent, group, session, terminal, threads, start */
	PROCESS_COMM = 1 << 2,    /* comm alone */
	PROCESS_CMDLINE = 1 << 3, /* cmdline; where that is empty, comm */
	PROCESS_CGROUP = 1 << 4,  /* cgroup, and the container that its paths name */
	PROCESS_NUMBERS = 1 << 5, /* status: its number in each PID namespace (NSpid), ids,
				     capabilities, seccomp */
	PROCESS_PIDFD_INODE =
		1 << 6, /* inode of its pidfd: what tells it from a later process with its number */
	PROCESS_LABEL = 1 << 7,    /* attr/current: label of the security module */
	PROCESS_TERMINAL = 1 << 8, /* name and device of its terminal, from its descriptors; needs
				      PROCESS_STAT */
	PROCESS_PARENT = 1 << 9,   /* comm, state and parent alone: status has them too, so
				      PROCESS_NUMBERS gives them, as PROCESS_STAT does */
	PROCESS_SIGNALS = 1 << 10, /* status: what it does with signals, who traces it; whether it
				      is frozen, which needs PROCESS_CGROUP */
};
#define PROCESS_ALL_FIELDS 0x7ffU

/* Data of a namespace, beyond type, inode and members. */
enum space_field {
	SPACE_RELATIONS = 1 << 0, /* parent and owner, and those that exist only as such */
	SPACE_OWNER_UID = 1 << 1, /* creator of the owning user namespace (of a user namespace: its
				     own creator) */
	SPACE_ID = 1 << 2,        /* 64-bit id */
	SPACE_NETNSID = 1 << 3,   /* number of a network namespace as seen from ours */
	SPACE_ID_MAPS = 1 << 4,   /* uid_map and gid_map of a user namespace */
	SPACE_ROOT = 1 << 5, /* file system behind the root of a mount namespace: source and type */
	SPACE_ROOT_LABEL = 1 << 6, /* its label and UUID */
};
#define SPACE_ALL_FIELDS 0x7fU

/* Places where namespaces are looked for. */
enum source {
	SOURCE_PROCESS = 1 << 0, /* the namespaces that processes are in */
	SOURCE_THREAD = 1 << 1, /* those of threads that differ, and those set aside for children */
	SOURCE_FD = 1 << 2,     /* descriptors of namespaces, and the namespaces of sockets */
	SOURCE_MOUNT = 1 << 3,  /* bind mounts, in every mount namespace in sight */
};
/* With all of them, namespaces that are only a parent or owner, and those that only listns(2)
 * knows, are found too (those of needs.empties). */
#define SOURCE_ALL 0xfU

/* All zero: nothing but the list of processes. */
struct needs {
	unsigned types;   /* NS_BITs: which types are looked at */
	unsigned sources; /* SOURCE_* */
	unsigned leader;  /* PROCESS_*: for the first process of each namespace */
	unsigned process; /* PROCESS_*: for every process */
	unsigned thread;  /* PROCESS_CGROUP: for every thread in which it is not that of its
			     process; needs SOURCE_THREAD, and that field for every process */
	unsigned space;   /* SPACE_* */
	bool empties;     /* also namespaces that no process is in, where finding them takes nothing
			     of each process: bind mounts in our own mount namespace, and those
			     that listns(2) knows */
	bool holders;     /* every reference is wanted, not only one for each namespace without a
			     process */
	bool names;       /* names of containers and pods */
	bool users;       /* names of users */
	bool cgroups;     /* every control group of every mounted hierarchy, empty ones too */
};

/* What both ask for together. */
static inline void needs_add(struct needs *needs, const struct needs *more)
{
	needs->types |= more->types;
	needs->sources |= more->sources;
	needs->leader |= more->leader;
	needs->process |= more->process;
	needs->thread |= more->thread;
	needs->space |= more->space;
	needs->empties |= more->empties;
	needs->holders |= more->holders;
	needs->names |= more->names;
	needs->users |= more->users;
	needs->cgroups |= more->cgroups;
}

/* Whether namespaces that no process is in are looked for, at least where that is cheap. */
static inline bool needs_have_empties(const struct needs *needs)
{
	return needs->empties || needs->sources == SOURCE_ALL;
}

/* Where the lines are processes, what columns need of first processes they need of each. */
static inline void needs_raise_to_processes(struct needs *needs)
{
	needs->process |= needs->leader;
	needs->leader = 0;
}

#endif
