/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tree draws at each node. */
#include <inttypes.h>

#include "model/reference.h"
#include "show/labeltext.h"
#include "show/noderow.h"
#include "show/treecols.h"

/* A node whose label is made. */
struct labelled {
	const struct row *row;
	const struct node *node;
	struct labeltext *label;
};

static const struct process *process_of(const struct labelled *of)
{
	return &of->row->snapshot->processes[of->node->process];
}

/* Whether one row stands for several like leaves. */
static bool is_folded(const struct labelled *of)
{
	return of->row->place->n_same > 1;
}

static const char *plural(uint64_t n, const char *one, const char *several)
{
	return n == 1 ? one : several;
}

static void add_count(struct labeltext *label, uint64_t n)
{
	if (n == 0)
		labeltext_add(label, "no processes");
	else
		labeltext_add(label, "%" PRIu64 " %s", n, plural(n, "process", "processes"));
}

/* The container that is named at the node. 0 or -ENOMEM. */
static int add_container(const struct labelled *of, void (*begin)(struct labeltext *label))
{
	const struct snapshot *snapshot = of->row->snapshot;

	if (of->node->container == NONE)
		return 0;
	const char *name =
		container_label(of->row->scratch, &snapshot->containers[of->node->container]);
	if (!name)
		return -ENOMEM;
	begin(of->label);
	labeltext_add(of->label, "%s", name);
	return 0;
}

/* The name of a container is no remark: what follows it stands apart. */
static void begin_name(struct labeltext *label)
{
	labeltext_add(label, "  ");
}

/* A name that nobody could read is not an empty one: prctl(PR_SET_NAME) takes both. */
static const char *shown_comm(const char *comm)
{
	if (!comm)
		return "?";
	return *comm == '\0' ? "\"\"" : comm;
}

static const char *comm_of(const struct process *process)
{
	return shown_comm(process->comm);
}

static void add_process_name(struct labeltext *label, const struct process *process)
{
	labeltext_add(label, process->is_kernel_thread ? "[%s]" : "%s", comm_of(process));
}

/* In the view of PID namespaces all its numbers, outermost first. */
static void add_numbers(const struct labelled *of, const struct process *process)
{
	if (of->row->tree->view != TREE_PID || !process->numbers || process->n_numbers == 0) {
		labeltext_add(of->label, " %d", process->pid);
		return;
	}
	for (uint32_t i = 0; i < process->n_numbers; i++)
		labeltext_add(of->label, "%c%d", i ? '/' : ' ', process->numbers[i]);
}

static void add_changed(const struct labelled *of)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		if (of->node->changed & NS_BIT(type))
			labeltext_add(of->label, " +%s", ns_types[type].name);
}

/* What is said of processes and threads behind their names. 0 or -ENOMEM. */
static int add_task_remarks(const struct labelled *of, const struct placement *at)
{
	const uint32_t children = at->children[CHILDREN_PID];
	int r;

	add_changed(of);
	r = add_container(of, begin_name);
	if (of->node->marks & NODE_STOPPED)
		labeltext_remark(of->label, "stopped");
	if (of->node->marks & NODE_ENTERED)
		labeltext_remark(of->label, "entered from outside");
	if (of->row->tree->view == TREE_PID && children != NONE) {
		labeltext_begin_remark(of->label);
		labeltext_add(of->label, "children go to pid:[%" PRIu64 "]",
		              of->row->snapshot->spaces[children].inode);
	}
	return r;
}

static int add_process(const struct labelled *of)
{
	const struct process *process = process_of(of);

	if (is_folded(of)) {
		labeltext_add(of->label, "%" PRIu32 "*[", of->row->place->n_same);
		add_process_name(of->label, process);
		labeltext_add(of->label, "]");
	} else {
		add_process_name(of->label, process);
		add_numbers(of, process);
	}
	return add_task_remarks(of, &process->at);
}

static int add_thread(const struct labelled *of)
{
	const struct thread *thread = &of->row->snapshot->threads[of->node->index];

	if (is_folded(of))
		labeltext_add(of->label, "%" PRIu32 "*[{%s}]", of->row->place->n_same,
		              shown_comm(thread->comm));
	else
		labeltext_add(of->label, "{%s} %d", shown_comm(thread->comm), thread->tid);
	return add_task_remarks(of, &thread->at);
}

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

static void add_n_processes(const struct labelled *of, const struct space *space)
{
	if (!(of->row->snapshot->scanned.sources & SOURCE_PROCESS))
		return;
	labeltext_begin_part(of->label);
	add_count(of->label, space->n_processes);
}

static int add_pid_space(const struct labelled *of, const struct space *space)
{
	int r;

	add_space_word(of, space);
	r = add_container(of, labeltext_begin_part);
	if (of->node->parent == NONE)
		add_n_processes(of, space);
	if (of->node->marks & NODE_DEAD)
		labeltext_remark(of->label, "dead: its init is gone");
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
	r = add_container(of, labeltext_begin_part);
	if (!is_root)
		add_creator(of, space);
	add_n_processes(of, space);
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
		add_process_name(of->label, process_of(of));
		labeltext_add(of->label, " %d", process_of(of)->pid);
		add_n_processes(of, space);
	}
	return r < 0 ? r : add_container(of, begin_name);
}

static int add_space(const struct labelled *of)
{
	const struct space *space = &of->row->snapshot->spaces[of->node->index];

	labeltext_add(of->label, "%s:[%" PRIu64 "]", ns_types[space->type].name, space->inode);
	if (of->row->tree->view == TREE_USER)
		return space->type == NS_USER ? add_user_space(of, space)
		                              : add_owned_space(of, space);
	return add_pid_space(of, space);
}

static void add_terminal(const struct labelled *of, const struct session *session)
{
	labeltext_begin_remark(of->label);
	if (session->terminal_name)
		labeltext_add(of->label, "%s%s", session->terminal_name,
		              session->is_ambiguous ? " of another devpts" : "");
	else
		labeltext_add(of->label, session->terminal ? "a terminal" : "no terminal");
}

static int add_session(const struct labelled *of)
{
	const struct session *session = noderow_session(of->row);

	if (session->is_kernel) {
		labeltext_add(of->label, "kernel threads");
		return 0;
	}
	if (session->id > 0)
		labeltext_add(of->label, "session %d", session->id);
	else
		labeltext_add(of->label, "session outside");
	if (session->leader != NONE)
		labeltext_add(of->label, " %s",
		              comm_of(&of->row->snapshot->processes[session->leader]));
	int r = add_container(of, begin_name);
	if (of->node->marks & NODE_LEADERLESS)
		labeltext_remark(of->label, "leader is gone");
	add_terminal(of, session);
	return r;
}

/*
 * The group that a session began with is orphaned as long as its leader lives, since that one's
 * parent is outside of the session: only what is stopped in it would be worth a word.
 */
static bool tells_orphaned(const struct labelled *of, const struct group *group)
{
	return of->node->marks & NODE_ORPHANED && (group->leader == NONE || group->n_stopped > 0 ||
	                                           group->id != noderow_session(of->row)->id);
}

static int add_group(const struct labelled *of)
{
	const struct group *group = noderow_group(of->row);
	const bool is_outside = of->node->marks & NODE_OUTSIDE;

	if (group->id > 0 || !is_outside)
		labeltext_add(of->label, "group %d", group->id);
	else
		labeltext_add(of->label, "group outside");
	if (group->leader != NONE)
		labeltext_add(of->label, " %s",
		              comm_of(&of->row->snapshot->processes[group->leader]));
	int r = add_container(of, begin_name);
	if (of->node->marks & NODE_LEADERLESS)
		labeltext_remark(of->label, "leader is gone");
	if (of->node->marks & NODE_FOREGROUND)
		labeltext_remark(of->label, "foreground");
	if (of->node->marks & NODE_STOPPED)
		labeltext_remark(of->label, "stopped");
	if (tells_orphaned(of, group))
		labeltext_remark(of->label, "orphaned");
	return r;
}

#define LONG_ID 64
#define SHORT_ID 12

/* Adds a name of a control group. Ids of containers are cut to what a target takes; the asterisk
 * makes a pattern of it that still matches. */
static void add_cgroup_name(struct labeltext *label, const char *name)
{
	while (*name) {
		const size_t other = strcspn(name, "0123456789abcdef");
		const size_t digits = strspn(name + other, "0123456789abcdef");
		const bool is_id = digits == LONG_ID;

		labeltext_add(label, "%.*s%.*s%s", (int)other, name,
		              (int)(is_id ? SHORT_ID : digits), name + other, is_id ? "*" : "");
		name += other + digits;
	}
}

static int add_hierarchy(const struct labelled *of, const struct cgroup_entry *cgroup)
{
	labeltext_add(of->label, "cgroup %s %s",
	              *cgroup->hierarchy == '\0' ? "v2" : cgroup->hierarchy, cgroup->path);
	int r = add_container(of, begin_name);
	if (cgroup->n_processes > 0 && of->row->place->n_left > 0 && of->row->all_shows_left) {
		labeltext_begin_remark(of->label);
		add_count(of->label, cgroup->n_processes);
	}
	return r;
}

static int add_cgroup(const struct labelled *of)
{
	const struct cgroup_entry *cgroup = noderow_cgroup(of->row);

	if (cgroup->parent == NONE)
		return add_hierarchy(of, cgroup);
	add_cgroup_name(of->label, cgroup->name);
	return add_container(of, begin_name);
}

static int add_node(const struct labelled *of)
{
	switch (of->node->kind) {
	case NODE_NAMESPACE:
		return add_space(of);
	case NODE_PROCESS:
		return add_process(of);
	case NODE_THREAD:
		return add_thread(of);
	case NODE_SESSION:
		return add_session(of);
	case NODE_GROUP:
		return add_group(of);
	case NODE_CGROUP:
		return add_cgroup(of);
	case NODE_N_KINDS:
		break;
	}
	return 0;
}

/* Where the label itself says how many processes are in the root of a hierarchy, and just those are
 * not shown, their number is not said again. */
static bool is_counted(const struct labelled *of)
{
	const struct cgroup_entry *cgroup = noderow_cgroup(of->row);

	return cgroup && cgroup->parent == NONE && cgroup->n_processes == of->row->place->n_left;
}

static void add_left(const struct labelled *of)
{
	const uint32_t n_left = of->row->place->n_left;

	if (n_left == 0)
		return;
	if (!of->row->all_shows_left)
		labeltext_add(of->label, " (%" PRIu32 " below)", n_left);
	else if (is_counted(of))
		labeltext_add(of->label, " (not shown: --all)");
	else
		labeltext_add(of->label, " (%" PRIu32 " not shown: --all)", n_left);
}

int treelabel_get(const struct row *row, struct value *ret)
{
	struct labeltext label = { .arena = row->scratch };
	const struct labelled of = { .row = row, .node = row->place->node, .label = &label };

	*ret = value_none();
	if (!of.node || !row->tree)
		return 0;
	/* As deep as that no line is indented further. */
	if (row->levels > 0 && row->place->depth >= row->levels)
		labeltext_add(&label, "(%" PRIu32 ") ", row->place->depth);
	int r = add_node(&of);
	if (r < 0)
		return r;
	add_left(&of);
	const char *text = labeltext_value(&label);
	if (!text)
		return -ENOMEM;
	*ret = value_text(text);
	return 0;
}
