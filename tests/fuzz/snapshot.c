/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at every record and every view of a snapshot. */
#include "snapshot.h"

#include <locale.h>
#include <sys/mman.h>

#include "fuzz.h"
#include "model/arrange.h"
#include "model/reference.h"
#include "model/select.h"
#include "model/target.h"
#include "scan/load.h"
#include "show/json.h"
#include "show/nscols.h"
#include "show/save.h"
#include "show/table.h"
#include "show/why.h"

static bool is_space(const struct snapshot *snapshot, uint32_t space, enum ns_type type)
{
	return space == NONE ||
	       (space < snapshot->n_spaces && snapshot->spaces[space].type == type);
}

static void check_placement(const struct snapshot *snapshot, const struct placement *at)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		require(is_space(snapshot, at->in[type], type));
	require(is_space(snapshot, at->children[CHILDREN_PID], NS_PID));
	require(is_space(snapshot, at->children[CHILDREN_TIME], NS_TIME));
}

static void check_tasks(const struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		require(process->pid > 0);
		require(i == 0 || process->pid > process[-1].pid);
		require(snapshot_find_pid(snapshot, process->pid) == i);
		require(process->container == NONE || process->container < snapshot->n_containers);
		require(process->n_numbers == 0 || process->numbers);
		require(process->seccomp >= -1);
		check_placement(snapshot, &process->at);
	}
	for (size_t i = 0; i < snapshot->n_threads; i++) {
		const struct thread *thread = &snapshot->threads[i];
		require(thread->tid > 0 && thread->process < snapshot->n_processes);
		require(i == 0 || thread->process >= thread[-1].process);
		check_placement(snapshot, &thread->at);
	}
}

static void check_members(const struct snapshot *snapshot, uint32_t index)
{
	const struct space *space = &snapshot->spaces[index];
	const uint32_t *members = snapshot->members + space->first_member;

	require((space->n_processes > 0) == (space->leader != NONE));
	for (uint32_t i = 0; i < space->n_processes; i++) {
		require(members[i] < snapshot->n_processes);
		require(i == 0 || members[i] > members[i - 1]);
	}
	require(space->n_processes == 0 || members[0] == space->leader);
}

static void check_spaces(const struct snapshot *snapshot)
{
	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		const struct space *space = &snapshot->spaces[i];
		require(space->type < NS_N_TYPES);
		require(snapshot_find_space(snapshot, space->type, space->inode) == i);
		require(space->id == 0 || snapshot_find_id(snapshot, space->id) == i);
		require((space->parent_state == RELATION_KNOWN) == (space->parent != NONE));
		require((space->owner_state == RELATION_KNOWN) == (space->owner != NONE));
		require(is_space(snapshot, space->parent, space->type));
		require(is_space(snapshot, space->owner, NS_USER));
		require(space->first_reference == NONE ||
		        snapshot->references[space->first_reference].space == i);
		check_members(snapshot, i);
		int depth = snapshot_depth(snapshot, i);
		require(depth >= -1 && depth <= 64);
	}
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		require(is_space(snapshot, snapshot->self_at[type], type));
		require(is_space(snapshot, snapshot->initial[type], type));
	}
}

static void check_references(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];
		require(reference->kind < HELD_N_KINDS);
		require(reference->space < snapshot->n_spaces);
		require(i == 0 || reference->space >= reference[-1].space);
		require(reference->process == NONE || reference->process < snapshot->n_processes);
		require(is_space(snapshot, reference->mount_space, NS_MNT));
	}
	for (size_t i = 1; i < snapshot->n_users; i++)
		require(snapshot->users[i].uid >= snapshot->users[i - 1].uid);
	for (size_t i = 0; i < snapshot->n_containers; i++) {
		uint32_t first = snapshot->containers[i].first_process;
		require(first == NONE || (first < snapshot->n_processes &&
		                          snapshot->processes[first].container == i));
	}
}

static void check_cgroups(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_cgroups; i++)
		require(snapshot->cgroups[i].hierarchy && *snapshot->cgroups[i].path == '/');
}

void check_snapshot(const struct snapshot *snapshot)
{
	check_cgroups(snapshot);
	check_tasks(snapshot);
	check_spaces(snapshot);
	check_references(snapshot);
}

void check_holders(const struct snapshot *snapshot)
{
	auto_arena struct arena arena = { 0 };

	for (uint32_t i = 0; i < snapshot->n_spaces; i++) {
		auto_holders struct holders holders = { 0 };
		struct holder first;
		require(reference_list(snapshot, i, 0, &holders) == 0);
		require((holders.count > 0) == (snapshot->spaces[i].held != 0));
		for (size_t j = 0; j < holders.count; j++) {
			require(snapshot->spaces[i].held & 1U << holders.items[j].kind);
			require(reference_line(&arena, snapshot, &holders.items[j]));
			require(reference_phrase(&arena, snapshot, &holders.items[j]));
		}
		if (reference_first(snapshot, i, &first))
			require(reference_phrase(&arena, snapshot, &first));
		require(reference_conclusion(&arena, snapshot, i, &holders));
	}
}

const char *memory_file(const void *bytes, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	require(fd >= 0 && ftruncate(fd, 0) == 0);
	require(pwrite(fd, bytes, size, 0) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

/* What was written to a stream. */
struct output {
	FILE *stream;
	char *text;
	size_t size;
};

static void output_open(struct output *output)
{
	*output = (struct output){ 0 };
	output->stream = open_memstream(&output->text, &output->size);
	require(output->stream);
}

static void output_close(struct output *output)
{
	require(!ferror(output->stream) && fclose(output->stream) == 0);
	require(strlen(output->text) == output->size);
}

/* Lines for a terminal. */
static void output_check(struct output *output)
{
	output_close(output);
	require(fuzz_is_printable(output->text, "\n"));
	free(output->text);
}

void check_saved(const struct snapshot *snapshot)
{
	auto_snapshot struct snapshot loaded = { 0 };
	auto_arena struct arena arena = { 0 };
	struct output first, second;
	const char *error;

	output_open(&first);
	require(save_snapshot(first.stream, snapshot) == 0);
	output_close(&first);
	require(fuzz_is_printable(first.text, "\n"));
	snapshot_init(&loaded);
	int r = load_snapshot(&arena, memory_file(first.text, first.size), &loaded, &error);
	if (r < 0)
		fprintf(stderr, "%s\n", error);
	require(r == 0);
	check_snapshot(&loaded);
	output_open(&second);
	require(save_snapshot(second.stream, &loaded) == 0);
	output_close(&second);
	require(first.size == second.size && memcmp(first.text, second.text, first.size) == 0);
	free(first.text);
	free(second.text);
}

/* Every form of these rows. */
static void show_rows(const struct rows *rows)
{
	static const struct needs all = { .types = NS_ALL_BITS, .sources = SOURCE_ALL };
	static const struct table_options forms[] = { { .raw = true },
		                                      { .is_tree = true, .width = 40 },
		                                      { .nowrap = true, .notruncate = true } };
	auto_columns struct columns columns = { 0 };
	struct output output;

	require(columns_add_all(nscols_set(), &columns) == 0);
	for (int nest = 0; nest < 2; nest++) {
		const struct json_section section = {
			.key = "rows", .columns = &columns, .rows = rows, .nest = nest
		};

		output_open(&output);
		require(json_print(output.stream, &section, 1, &all) == 0);
		output_check(&output);
	}
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		output_open(&output);
		require(table_print(output.stream, &columns, rows, &forms[i]) == 0);
		output_check(&output);
	}
	if (rows->are_processes)
		return;
	output_open(&output);
	require(why_print(output.stream, rows) == 0);
	output_check(&output);
}

static void show_spaces(const struct snapshot *snapshot, const struct forest *forest)
{
	auto_free struct place *places = calloc(forest->count + 1, sizeof(*places));

	require(places);
	for (uint32_t i = 0; i < forest->count; i++) {
		const struct forest_row *row = &forest->rows[i];
		require(row->item < snapshot->n_spaces && (row->parent == NONE || row->parent < i));
		places[i] = (struct place){ .space = row->item,
			                    .process = snapshot->spaces[row->item].leader,
			                    .parent = row->parent };
	}
	show_rows(&(struct rows){ .snapshot = snapshot, .items = places, .count = forest->count });
}

static void show_members(const struct snapshot *snapshot, uint32_t space)
{
	auto_free uint32_t *members = NULL;
	auto_free struct place *places = NULL;
	size_t count;

	require(select_members(snapshot, space, &members, &count) == 0);
	places = calloc(count + 1, sizeof(*places));
	require(places);
	for (size_t i = 0; i < count; i++) {
		require(members[i] < snapshot->n_processes);
		places[i] = (struct place){ .space = space, .process = members[i], .parent = NONE };
	}
	show_rows(&(struct rows){
		.snapshot = snapshot, .items = places, .count = count, .are_processes = true });
}

void check_view(const struct snapshot *snapshot, size_t choice)
{
	const enum arrangement arrangement = choice % (ARRANGE_PROCESS + 1);
	const struct criteria all = { .types = NS_ALL_BITS };
	auto_forest struct forest forest = { 0 };
	auto_free bool *marks = NULL;

	/* In the C locale everything but ASCII is escaped: nothing would be left to see. */
	require(setlocale(LC_ALL, "C.UTF-8"));
	require(select_spaces(snapshot, &all, &marks) == 0);
	require(arrange_spaces(snapshot, marks, arrangement, &forest) == 0);
	show_spaces(snapshot, &forest);
	if (forest.count > 0)
		show_members(snapshot, forest.rows[choice % forest.count].item);
}
