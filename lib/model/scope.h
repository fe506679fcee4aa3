/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which processes a target of pgkill stands for. */
#ifndef NSKIT_SCOPE_H
#define NSKIT_SCOPE_H

#include "base/arena.h"
#include "model/candidate.h"
#include "model/target.h"

enum scope_kind {
	SCOPE_PROCESS, /* one process */
	SCOPE_GROUP,   /* a process group */
	SCOPE_SESSION, /* a session */
	SCOPE_TREE,    /* a process and its descendants */
	SCOPE_SPACE,   /* all that is in a namespace; of a PID namespace also in those below it */
	SCOPE_CGROUP,  /* a control group and all below it */
	SCOPE_N_KINDS
};

/* What was asked for; SCOPE_N_KINDS: what the target itself says, a process its group. */
struct scope_choice {
	enum scope_kind kind;
	enum ns_type type; /* SCOPE_SPACE: of which type */
};

struct scope {
	enum scope_kind kind;
	const char *shown; /* "process group 4711", "net:[4026532401]": for messages */
	pid_t id;          /* of the process, group, session; of the tree its root */
	uint32_t process;  /* index of the process with that number, or NONE: it has gone, and a
			      tree has nobody then */
	bool is_number;    /* GROUP, SESSION: the target was a bare number, whoever had it */
	bool is_over;      /* nobody belongs to it any more: its number may be another's by now */
	enum ns_type type; /* SCOPE_SPACE */
	uint64_t inode;
	uint32_t space;     /* index */
	const char *cgroup; /* SCOPE_CGROUP: its path, and of which hierarchy; NULL: of any */
	const char *hierarchy;
};

/* The scopes of all targets, in their order. All zero is empty. */
struct scopes {
	struct scope *items;
	size_t count, capacity;
};

/* Frees the list. Accepts all zero. */
void scopes_done(struct scopes *scopes);
#define auto_scopes __attribute__((cleanup(scopes_done)))

/* What a scan must read so that scopes_add can find the scope of this target, and scope_has tell its
 * processes. Less than target_needs: what no process is in does not matter. */
struct needs scope_needs(const struct target *target, const struct scope_choice *choice);

/* Whether the target is a bare number, which -g and -s take for that of a group or session. */
bool scope_is_number(const struct target *target, const struct scope_choice *choice);

/*
 * Adds the scope of a target: of a pod one for each of its containers. `meaning` is not read where
 * scope_is_number holds. 0; -EINVAL: the choice does not go with the target; -ESRCH: there is no
 * such group or session; -EACCES: it cannot be read; -EPERM: an initial namespace or the root of a
 * hierarchy, which nobody may mean; then *ret_error (in `arena`) says so; -ENOMEM.
 */
int scopes_add(struct arena *arena, const struct snapshot *snapshot, const struct target *target,
               const struct meaning *meaning, const struct scope_choice *choice,
               struct scopes *scopes, const char **ret_error) must_use;

/*
 * Marks the processes of a scope in a snapshot; marks of others stay. A tree is followed by parents,
 * and by sessions that one of its processes leads: whoever is in such a session descends from its
 * leader (setsid(2)). *ret_unknown: how many could not be told, since they were refused. 0 or
 * -ENOMEM.
 */
int scope_mark(const struct snapshot *snapshot, const struct scope *scope, bool *marks,
               uint64_t *ret_unknown) must_use;

/* Whether a process that was read again is in the scope, but for a tree: that depends on who else is
 * in it. */
enum answer scope_has(const struct scope *scope, const struct candidate *candidate);

#endif
