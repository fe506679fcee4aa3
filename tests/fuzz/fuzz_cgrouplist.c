/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Control groups of a few processes: each line of the input is a process, with a "|" between the
 * lines of its /proc/PID/cgroup; behind a "~" a thread of the last one; or, behind a "+", a group of
 * the file system, "HIERARCHY:PATH". */
#include "fuzz.h"
#include "model/cgrouptext.h"
#include "model/tree_part.h"

static void add_thread(struct snapshot *snapshot, const char *text)
{
	uint32_t index;

	if (snapshot->n_processes == 0)
		return;
	require(snapshot_add_thread(snapshot, (uint32_t)snapshot->n_processes - 1,
	                            (pid_t)snapshot->n_threads + 1, &index) == 0);
	snapshot->threads[index].cgroup = snapshot_intern(snapshot, text, strlen(text));
	require(snapshot->threads[index].cgroup);
}

static void add_process(struct snapshot *snapshot, const char *text)
{
	struct arena scratch = { 0 };
	struct container container;
	enum container_role role;
	uint32_t index;

	require(snapshot_add_process(snapshot, (pid_t)snapshot->n_processes + 1, &index) == 0);
	struct process *process = &snapshot->processes[index];
	process->cgroup = snapshot_intern(snapshot, text, strlen(text));
	require(process->cgroup);
	require(container_identify(&scratch, text, &container, &role) == 0);
	if (role == CONTAINER_PAYLOAD)
		require(snapshot_add_container(snapshot, &container, &process->container) == 0);
	arena_done(&scratch);
}

static void add_line(struct snapshot *snapshot, char *line)
{
	char *path = *line == '+' ? strchr(line, ':') : NULL;

	for (char *c = line; !path && *c; c++)
		if (*c == '|')
			*c = '\n';
	if (!path) {
		if (*line == '~')
			add_thread(snapshot, line + 1);
		else
			add_process(snapshot, line);
		return;
	}
	*path = '\0';
	require(snapshot_add_cgroup(snapshot, line + 1, path + 1) == 0);
}

/* An entry is below its parent by its path, but for those above the cgroup namespace. */
static void check_entry(const struct cgrouplist *list, uint32_t index)
{
	const struct cgroup_entry *entry = &list->items[index];
	const struct cgroup_entry *parent;

	require(*entry->path == '/');
	require(is_equal(entry->path + strlen(entry->path) - strlen(entry->name), entry->name));
	require(!entry->unit || *entry->unit);
	if (entry->parent == NONE)
		return;
	require(entry->parent < index);
	parent = &list->items[entry->parent];
	require(is_equal(parent->hierarchy, entry->hierarchy));
	if (is_equal(entry->name, entry->path))
		require(has_prefix(parent->path, "/.."));
	else if (!is_equal(parent->path, "/"))
		require(has_prefix(entry->path, parent->path) &&
		        entry->path[strlen(parent->path)] == '/');
}

/* Whoever is in a group has it in its text; paths are put right where they have empty parts. */
static void check_members(const struct snapshot *snapshot, const struct cgrouplist *list,
                          const struct cgroup_entry *entry)
{
	for (uint32_t i = 0; i < entry->n_processes; i++) {
		uint32_t process = list->members[entry->first + i];
		require(process < snapshot->n_processes);
		require(i == 0 || process > list->members[entry->first + i - 1]);
		const char *text = snapshot->processes[process].cgroup;
		if (!strstr(text, "//") && !strstr(entry->path, " (deleted)"))
			require(cgrouptext_is_in(text, entry->path, entry->hierarchy));
	}
}

/* A thread is never where its process is. */
static void check_threads(const struct snapshot *snapshot, const struct cgrouplist *list,
                          const struct cgroup_entry *entry)
{
	for (uint32_t i = 0; i < entry->n_threads; i++) {
		uint32_t thread = list->threads[entry->first_thread + i];
		require(thread < snapshot->n_threads);
		for (uint32_t k = 0; k < entry->n_processes; k++)
			require(list->members[entry->first + k] !=
			        snapshot->threads[thread].process);
	}
}

static void check_list(const struct snapshot *snapshot, const struct cgrouplist *list)
{
	auto_free uint32_t *below = calloc(list->count + 1, sizeof(*below));
	size_t n_members = 0, n_threads = 0;

	require(below);
	for (uint32_t i = (uint32_t)list->count; i-- > 0;) {
		const struct cgroup_entry *entry = &list->items[i];
		check_entry(list, i);
		check_members(snapshot, list, entry);
		check_threads(snapshot, list, entry);
		n_threads += entry->n_threads;
		below[i] += entry->n_processes;
		n_members += entry->n_processes;
		require(below[i] == entry->n_below);
		if (entry->parent != NONE)
			below[entry->parent] += below[i];
	}
	require(n_members == list->n_members && n_threads == list->n_threads);
}

static void check_tree(const struct snapshot *snapshot, bool all)
{
	const struct tree_options options = { .view = TREE_CGROUP, .all = all, .threads = all };
	auto_tree struct tree tree = { .snapshot = snapshot, .view = TREE_CGROUP };
	size_t n_processes = 0, n_threads = 0;

	require(tree_add_cgroup(&tree, &options) == 0);
	for (uint32_t i = 0; i < tree.count; i++) {
		const struct node *node = &tree.nodes[i];
		require(node->parent == NONE || node->parent < i);
		require(node->parent == NONE || tree.nodes[node->parent].kind == NODE_CGROUP);
		require(node->container == NONE || node->container < snapshot->n_containers);
		require(node->is_shown || (!all && node->kind == NODE_PROCESS));
		n_processes += node->kind == NODE_PROCESS;
		n_threads += node->kind == NODE_THREAD;
	}
	require(n_processes == tree.cgroups.n_members);
	require(n_threads == (all ? tree.cgroups.n_threads : 0));
	if (all)
		require(tree.count == n_processes + n_threads + tree.cgroups.count);
	check_list(snapshot, &tree.cgroups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);
	auto_snapshot struct snapshot snapshot;
	char *rest = text;

	snapshot_init(&snapshot);
	for (char *line; (line = strsep(&rest, "\n"));)
		add_line(&snapshot, line);
	check_tree(&snapshot, false);
	check_tree(&snapshot, true);
	return 0;
}
