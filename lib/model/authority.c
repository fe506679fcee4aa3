/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk of cap_capable(): from the user namespace that governs up to the process's own. */
#include "model/authority.h"

struct needs authority_needs(void)
{
	return (struct needs){
		.types = NS_BIT(NS_USER),
		.sources = SOURCE_PROCESS,
		.process = PROCESS_UID | PROCESS_NUMBERS,
		.space = SPACE_RELATIONS | SPACE_OWNER_UID,
	};
}

/* One question, and the answer as far as it is known. */
struct walk {
	const struct snapshot *snapshot;
	const struct process *process;
	uint32_t own; /* the user namespace of the process */
	struct authority answer;
};

static void miss(struct walk *walk, enum authority_missing missing, uint32_t of)
{
	walk->answer.rule = AUTHORITY_UNKNOWN;
	walk->answer.missing = missing;
	walk->answer.missing_of = of;
}

static void give(struct walk *walk, enum authority_rule rule, uint64_t capabilities)
{
	walk->answer.rule = rule;
	walk->answer.capabilities = capabilities;
	walk->answer.missing = AUTHORITY_MISSING_NOTHING;
	walk->answer.missing_of = NONE;
}

/* The effective set counts in the process's own user namespace and in all below it. */
static void give_effective(struct walk *walk, enum authority_rule rule)
{
	if (walk->process->has_audit)
		give(walk, rule, walk->process->effective_caps);
	else
		miss(walk, AUTHORITY_MISSING_SET, NONE);
}

static bool is_user(const struct snapshot *snapshot, uint32_t space)
{
	return space != NONE && snapshot->spaces[space].type == NS_USER;
}

/* Its parent as far as that is in sight, else NONE. Of a damaged file, nothing but user namespaces. */
static uint32_t parent_of(const struct snapshot *snapshot, uint32_t space)
{
	const struct space *at = &snapshot->spaces[space];

	if (at->is_initial || at->parent_state != RELATION_KNOWN)
		return NONE;
	return is_user(snapshot, at->parent) ? at->parent : NONE;
}

/*
 * Whether the process is in the user namespace of whoever made the snapshot, or below. NS_GET_USERNS
 * and NS_GET_PARENT refuse (EPERM, RELATION_HIDDEN) exactly what is not (ns_get_owner() in
 * kernel/user_namespace.c), so nothing that they refuse is below such a process's own.
 */
static bool is_within_view(const struct walk *walk)
{
	const struct snapshot *snapshot = walk->snapshot;
	uint32_t space = walk->own;

	/* A damaged file may have a circle. */
	for (size_t i = 0; i < snapshot->n_spaces && space != NONE; i++) {
		if (space == snapshot->self_at[NS_USER])
			return true;
		space = parent_of(snapshot, space);
	}
	return false;
}

/* The relation by which the walk should go on cannot be followed. */
static void end_at(struct walk *walk, enum relation_state state, enum authority_missing missing,
                   uint32_t of)
{
	if (state == RELATION_HIDDEN && is_within_view(walk))
		give(walk, AUTHORITY_NONE, 0);
	else
		miss(walk, missing, of);
}

/* The user namespace that governs a namespace, or NONE; the initial user namespace owns the initial
 * ones, whoever may ask. */
static uint32_t governor_of(const struct snapshot *snapshot, uint32_t index)
{
	const struct space *space = &snapshot->spaces[index];

	if (space->type == NS_USER)
		return index;
	if (space->owner_state == RELATION_KNOWN && is_user(snapshot, space->owner))
		return space->owner;
	return space->is_initial ? snapshot_find_initial(snapshot, NS_USER) : NONE;
}

/* Whether the process's user made that user namespace: yes, no, or not known and said so. */
static bool is_creator(struct walk *walk, uint32_t index, bool *ret)
{
	const struct space *space = &walk->snapshot->spaces[index];
	const uint32_t self = walk->snapshot->self_at[NS_USER];
	const uid_t uid = walk->process->uid;
	enum authority_missing missing = AUTHORITY_MISSING_NOTHING;

	if (!space->has_owner_uid)
		missing = AUTHORITY_MISSING_CREATOR;
	else if (uid == (uid_t)-1)
		missing = AUTHORITY_MISSING_UID;
	else if (uid == AUTHORITY_OVERFLOW_UID && space->owner_uid == uid &&
	         (self == NONE || !walk->snapshot->spaces[self].is_initial))
		missing = AUTHORITY_MISSING_IDENTITY;
	if (missing != AUTHORITY_MISSING_NOTHING) {
		miss(walk, missing, missing == AUTHORITY_MISSING_UID ? NONE : index);
		return false;
	}
	*ret = space->owner_uid == uid;
	return true;
}

/* The namespace is the process's own's child. */
static void end_below_own(struct walk *walk, uint32_t child)
{
	bool made;

	if (!is_creator(walk, child, &made))
		return;
	if (!made) {
		give_effective(walk, AUTHORITY_ANCESTOR);
		return;
	}
	walk->answer.through = child;
	give(walk, AUTHORITY_CREATOR, CAPABILITY_ALL);
}

/*
 * The kernel compares each namespace with the process's own, then its parent with that, and goes up.
 * It stops at the level of the process's own, we at the root: the answer is the same, since only a
 * parent that is the process's own gives anything.
 */
static void go_up(struct walk *walk, uint32_t space)
{
	const struct snapshot *snapshot = walk->snapshot;

	if (space == walk->own) {
		give_effective(walk, AUTHORITY_MEMBER);
		return;
	}
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		const struct space *at = &snapshot->spaces[space];
		const uint32_t parent = parent_of(snapshot, space);

		if (at->is_initial || at->parent_state == RELATION_ROOT) {
			give(walk, AUTHORITY_NONE, 0);
			return;
		}
		if (parent == NONE) {
			end_at(walk, at->parent_state, AUTHORITY_MISSING_PARENT, space);
			return;
		}
		if (parent == walk->own) {
			end_below_own(walk, space);
			return;
		}
		space = parent;
	}
	miss(walk, AUTHORITY_MISSING_PARENT, space);
}

struct authority authority_find(const struct snapshot *snapshot, uint32_t process, uint32_t space)
{
	struct walk walk = {
		.snapshot = snapshot,
		.process = &snapshot->processes[process],
		.own = snapshot->processes[process].at.in[NS_USER],
		.answer = { .governor = governor_of(snapshot, space),
		            .through = NONE,
		            .missing_of = NONE },
	};

	if (!is_user(snapshot, walk.own))
		miss(&walk, AUTHORITY_MISSING_PLACE, NONE);
	else if (walk.answer.governor == NONE)
		end_at(&walk, snapshot->spaces[space].owner_state, AUTHORITY_MISSING_OWNER, space);
	else
		go_up(&walk, walk.answer.governor);
	return walk.answer;
}
