/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a tree draws at sessions, process groups and control groups. */
#include "show/noderow.h"
#include "show/treelabel.h"

static void add_leader(const struct labelled *of, uint32_t process)
{
	labeltext_add(of->label, " ");
	treelabel_add_comm(of->label, &of->row->snapshot->processes[process]);
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

int treelabel_add_session(const struct labelled *of)
{
	const struct session *session = noderow_session(of->row);

	if (session->is_kernel) {
		labeltext_add(of->label, "kernel threads");
		return 0;
	}
	if (session->id > 0 || !session->is_outside)
		labeltext_add(of->label, "session %d", session->id);
	else
		labeltext_add(of->label, "session outside");
	if (session->leader != NONE)
		add_leader(of, session->leader);
	int r = treelabel_add_container(of, treelabel_begin_name);
	if (of->node->marks & NODE_LEADERLESS)
		labeltext_remark(of->label, "leader is gone");
	add_terminal(of, session);
	return r;
}

/*
 * The group that a session began with is orphaned as long as its leader lives, since that one's
 * parent is outside of the session: only what is stopped in it would be worth a word.
 */
static bool tells_orphaned(const struct labelled *of, const struct process_group *group)
{
	return of->node->marks & NODE_ORPHANED && (group->leader == NONE || group->n_stopped > 0 ||
	                                           group->id != noderow_session(of->row)->id);
}

int treelabel_add_group(const struct labelled *of)
{
	const struct process_group *group = noderow_group(of->row);
	const bool is_outside = of->node->marks & NODE_OUTSIDE;

	if (group->id > 0 || !is_outside)
		labeltext_add(of->label, "group %d", group->id);
	else
		labeltext_add(of->label, "group outside");
	if (group->leader != NONE)
		add_leader(of, group->leader);
	int r = treelabel_add_container(of, treelabel_begin_name);
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
	int r = treelabel_add_container(of, treelabel_begin_name);
	if (cgroup->n_processes > 0 && of->row->place->n_left > 0 && of->row->all_shows_left) {
		labeltext_begin_remark(of->label);
		treelabel_add_count(of->label, cgroup->n_processes);
	}
	return r;
}

int treelabel_add_cgroup(const struct labelled *of)
{
	const struct cgroup_entry *cgroup = noderow_cgroup(of->row);

	if (cgroup->parent == NONE)
		return add_hierarchy(of, cgroup);
	add_cgroup_name(of->label, cgroup->name);
	return treelabel_add_container(of, treelabel_begin_name);
}
