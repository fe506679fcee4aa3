/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tree draws at each node. */
#include <inttypes.h>

#include "show/noderow.h"
#include "show/treecols.h"
#include "show/treelabel.h"

/* Whether one row stands for several like leaves. */
static bool is_folded(const struct labelled *of)
{
	return of->row->place->n_same > 1;
}

void treelabel_add_count(struct labeltext *label, uint64_t n)
{
	if (n == 0)
		labeltext_add(label, "no processes");
	else
		labeltext_add(label, "%" PRIu64 " process%s", n, n == 1 ? "" : "es");
}

int treelabel_add_container(const struct labelled *of, void (*begin)(struct labeltext *label))
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

void treelabel_begin_name(struct labeltext *label)
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

void treelabel_add_comm(struct labeltext *label, const struct process *process)
{
	labeltext_add(label, process->is_kernel_thread ? "[%s]" : "%s", shown_comm(process->comm));
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
	r = treelabel_add_container(of, treelabel_begin_name);
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
	const struct process *process = labelled_process(of);

	if (is_folded(of)) {
		labeltext_add(of->label, "%" PRIu32 "*[", of->row->place->n_same);
		treelabel_add_comm(of->label, process);
		labeltext_add(of->label, "]");
	} else {
		treelabel_add_comm(of->label, process);
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

static int add_node(const struct labelled *of)
{
	switch (of->node->kind) {
	case NODE_NAMESPACE:
		return treelabel_add_space(of);
	case NODE_PROCESS:
		return add_process(of);
	case NODE_THREAD:
		return add_thread(of);
	case NODE_SESSION:
		return treelabel_add_session(of);
	case NODE_GROUP:
		return treelabel_add_group(of);
	case NODE_CGROUP:
		return treelabel_add_cgroup(of);
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
		labeltext_add(of->label, " (%" PRIu32 " %sbelow)", n_left,
		              of->row->has_children ? "more " : "");
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
