/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tree draws at namespaces. */
#include <inttypes.h>

#include "model/reference.h"
#include "show/treelabel.h"

/* The way a namespace is named in a word: the first one, or that of whoever asks. */
static const char *space_word(const struct labelled *of, const struct space *space)
{
	if (space->is_initial)
		return "host";
	/* Above ours there may be others, which only who is in them sees. */
	if (of->node->parent == NONE && of->row->snapshot->self_at[space->type] == of->node->index)
		return "this one";
	return NULL;
}

static void add_space_word(const struct labelled *of, const struct space *space)
{
	const char *word = space_word(of, space);

	if (!word)
		return;
	labeltext_begin_part(of->label);
	labeltext_add(of->label, "%s", word);
}

static void add_n_processes(const struct labelled *of, uint64_t n)
{
	if (!(of->row->snapshot->scanned.sources & SOURCE_PROCESS))
		return;
	labeltext_begin_part(of->label);
	treelabel_add_count(of->label, n);
}

/* The processes in a PID namespace: also those whose numbers alone say that they are in it. */
static uint64_t count_in(const struct tree *tree, uint32_t space)
{
	uint64_t n = 0;

	for (size_t i = 0; i < tree->count; i++)
		n += tree->nodes[i].kind == NODE_PROCESS && tree->nodes[i].space == space;
	return n;
}

/* What is left of its init is below it: a zombie, or one that waits for others to be reaped. */
static const char *dead_word(const struct labelled *of)
{
	const struct process *first = of->node->process == NONE ? NULL : labelled_process(of);

	if (first && first->n_numbers > 0 && first->numbers[first->n_numbers - 1] == 1)
		return "dead: its init has ended";
	return "dead: its init is gone";
}

/* That no process is in it, and what keeps it, as far as no other row says it: whoever set it aside
 * for children does, and those below it. */
static int add_emptiness(const struct labelled *of)
{
	struct holder holder = { 0 };
	const bool is_held = reference_first(of->row->snapshot, of->node->index, &holder);

	/* Out of sight there may be any. */
	if (of->node->unknown & NODE_DEAD) {
		labeltext_begin_part(of->label);
		labeltext_add(of->label, "no process in sight");
	} else {
		add_n_processes(of, 0);
	}
	if (!is_held || !(reference_kinds[holder.kind].source & (SOURCE_FD | SOURCE_MOUNT)))
		return 0;
	const char *phrase = reference_phrase(of->row->scratch, of->row->snapshot, &holder);
	if (!phrase)
		return -ENOMEM;
	labeltext_add(of->label, " (%s)", phrase);
	return 0;
}

static int add_pid_space(const struct labelled *of, const struct space *space)
{
	int r;

	add_space_word(of, space);
	r = treelabel_add_container(of, labeltext_begin_part);
	if (r == 0 && of->node->process == NONE)
		r = add_emptiness(of);
	/* Of all others the link was read; and there may be many. */
	else if (of->node->parent == NONE)
		add_n_processes(of, space_word(of, space) ? count_in(of->row->tree, of->node->index)
		                                          : space->n_processes);
	if (of->node->marks & NODE_DEAD)
		labeltext_remark(of->label, dead_word(of));
	return r;
}

static void add_creator(const struct labelled *of, const struct space *space)
{
	const char *name = snapshot_user_name(of->row->snapshot, space->owner_uid);

	labeltext_begin_part(of->label);
	if (!space->has_owner_uid)
		labeltext_add(of->label, "made by ?");
	else if (name)
		labeltext_add(of->label, "made by %s", name);
	else
		labeltext_add(of->label, "made by %u", space->owner_uid);
}

static void add_maps(const struct labelled *of, const struct space *space)
{
	labeltext_begin_part(of->label);
	if (space->uid_map && space->gid_map && *space->uid_map == '\0' &&
	    *space->gid_map == '\0') {
		labeltext_add(of->label, "no ids mapped");
		return;
	}
	labeltext_add_map(of->label, "uid", space->uid_map);
	labeltext_begin_part(of->label);
	labeltext_add_map(of->label, "gid", space->gid_map);
}

/* The first user namespace has no creator, and its ids are the ids. */
static int add_user_space(const struct labelled *of, const struct space *space)
{
	const bool is_root = space->is_initial || space_word(of, space);
	int r;

	add_space_word(of, space);
	r = treelabel_add_container(of, labeltext_begin_part);
	if (!is_root)
		add_creator(of, space);
	add_n_processes(of, space->n_processes);
	if (!space->is_initial)
		add_maps(of, space);
	return r;
}

/* What holds a namespace that no process is in, as COMMAND says it. 0 or -ENOMEM. */
static int add_holder(const struct labelled *of)
{
	struct holder holder = { 0 };

	labeltext_begin_part(of->label);
	if (!reference_first(of->row->snapshot, of->node->index, &holder)) {
		labeltext_add(of->label, "no processes");
		return 0;
	}
	const char *phrase = reference_phrase(of->row->scratch, of->row->snapshot, &holder);
	if (!phrase)
		return -ENOMEM;
	labeltext_add(of->label, "(%s)", phrase);
	return 0;
}

/* A namespace that is drawn below its owner. */
static int add_owned_space(const struct labelled *of, const struct space *space)
{
	int r = 0;

	if (of->node->process == NONE) {
		r = add_holder(of);
	} else {
		labeltext_begin_part(of->label);
		treelabel_add_comm(of->label, labelled_process(of));
		labeltext_add(of->label, " %d", labelled_process(of)->pid);
		add_n_processes(of, space->n_processes);
	}
	return r < 0 ? r : treelabel_add_container(of, treelabel_begin_name);
}

int treelabel_add_space(const struct labelled *of)
{
	const struct space *space = &of->row->snapshot->spaces[of->node->index];

	labeltext_add(of->label, "%s:[%" PRIu64 "]", ns_types[space->type].name, space->inode);
	if (of->row->tree->view == TREE_USER)
		return space->type == NS_USER ? add_user_space(of, space)
		                              : add_owned_space(of, space);
	return add_pid_space(of, space);
}
