/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing columns, filters, and what the columns of namespaces show of a snapshot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "show/nscols.h"

#define LONG_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *names_of(struct arena *arena, const struct columns *columns)
{
	const char *names = "";

	for (size_t i = 0; i < columns->count; i++)
		names = arena_printf(arena, "%s%s%s", names, i ? "," : "", columns->items[i]->name);
	return names;
}

static void chooses_by_name(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const char *unknown = NULL;

	(void)state;
	assert_int_equal(columns_choose(&arena, nscols_set(), "ns,Type", &columns, &unknown), 0);
	assert_string_equal(names_of(&arena, &columns), "NS,TYPE");
	assert_int_equal(columns_choose(&arena, nscols_set(), "+pid,NS", &columns, &unknown), 0);
	assert_string_equal(names_of(&arena, &columns), "NS,TYPE,PID,NS");
	assert_int_equal(columns_choose(&arena, nscols_set(), "PID", &columns, &unknown), 0);
	assert_string_equal(names_of(&arena, &columns), "PID");
}

/* A list that is wrong changes nothing, and says which name it is. */
static void refuses_unknown_names(void **state)
{
	static const struct {
		const char *list, *unknown;
	} cases[] = {
		{ "NS,FOO", "FOO" },   { "", "" },  { "NS,", "" }, { ",NS", "" },
		{ "NS,,PID", "" },     { "+", "" }, { "N", "N" },  { "NS PID", "NS PID" },
		{ "NS,+PID", "+PID" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		auto_arena struct arena arena = { 0 };
		auto_columns struct columns columns = { 0 };
		const char *unknown = NULL;

		assert_int_equal(columns_choose(&arena, nscols_set(), "TYPE", &columns, &unknown),
		                 0);
		assert_int_equal(
			columns_choose(&arena, nscols_set(), cases[i].list, &columns, &unknown),
			-EINVAL);
		assert_string_equal(unknown, cases[i].unknown);
		assert_string_equal(names_of(&arena, &columns), "TYPE");
	}
}

static void adds_all_once(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const char *unknown = NULL;

	(void)state;
	assert_int_equal(columns_choose(&arena, nscols_set(), "PID,NS", &columns, &unknown), 0);
	assert_int_equal(columns_add_all(nscols_set(), &columns), 0);
	assert_int_equal(columns.count, nscols_set()->count);
	assert_string_equal(columns.items[0]->name, "PID");
	assert_string_equal(columns.items[2]->name, "TYPE");
}

static void asks_for_what_is_shown_and_no_more(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const char *unknown = NULL;
	struct needs needs;

	(void)state;
	assert_int_equal(columns_choose(&arena, nscols_set(), "NS,NPROCS", &columns, &unknown), 0);
	needs = columns_needs(&columns);
	assert_int_equal(needs.leader | needs.process | needs.space, 0);
	assert_false(needs.holders || needs.names || needs.users);
	assert_int_equal(columns_choose(&arena, nscols_set(), "COMMAND,ONS", &columns, &unknown),
	                 0);
	needs = columns_needs(&columns);
	assert_int_equal(needs.leader, PROCESS_CMDLINE);
	assert_int_equal(needs.space, SPACE_RELATIONS);
}

/* Every column is complete, and its name is a key: capitals, digits, underscore; no name twice. */
static void columns_are_complete(void **state)
{
	const struct column_set *set = nscols_set();

	(void)state;
	for (size_t i = 0; i < set->count; i++) {
		const struct column *column = &set->columns[i];

		assert_int_equal(strspn(column->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
		                 strlen(column->name));
		assert_non_null(column->help);
		assert_non_null(column->get);
		assert_int_not_equal(column->type, VALUE_NONE);
		assert_ptr_equal(column_find(set, column->name), column);
	}
}

/* Tables that chain are one: the first column of a name is the one that is found. */
static void tables_chain(void **state)
{
	static const struct column more[] = {
		{ .name = "FIRST", .help = "one", .type = VALUE_TEXT },
		{ .name = "SECOND", .help = "two", .type = VALUE_TEXT },
	};
	static const struct column_set set = { .columns = more, .count = 2, .more = &nscols_table };
	static const struct column_set empty = { .more = &set };
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const char *unknown = NULL;

	(void)state;
	assert_int_equal(column_set_count(&empty), nscols_set()->count + 2);
	assert_ptr_equal(column_set_at(&empty, 1), &more[1]);
	assert_ptr_equal(column_set_at(&empty, 2), &nscols_set()->columns[0]);
	assert_ptr_equal(column_find(&empty, "first"), &more[0]);
	assert_ptr_equal(column_find(&empty, "ns"), &nscols_set()->columns[0]);
	assert_null(column_find(&empty, "THIRD"));
	assert_int_equal(columns_choose(&arena, &empty, "NS,SECOND", &columns, &unknown), 0);
	assert_string_equal(names_of(&arena, &columns), "NS,SECOND");
	assert_int_equal(columns_add_all(&empty, &columns), 0);
	assert_int_equal(columns.count, column_set_count(&empty));
}

/* Rows know whether the next one hangs below them. */
static void rows_know_their_children(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct place places[] = { { .parent = NONE }, { .parent = 0 }, { .parent = 0 } };
	const struct snapshot nothing = { 0 };
	const struct rows rows = {
		.snapshot = &nothing, .items = places, .count = 3, .are_processes = true
	};

	(void)state;
	assert_true(rows_at(&rows, 0, &arena).has_children);
	assert_false(rows_at(&rows, 1, &arena).has_children);
	assert_false(rows_at(&rows, 2, &arena).has_children);
	assert_true(rows_at(&rows, 2, &arena).is_process);
}

static uint32_t add_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode)
{
	uint32_t index = NONE;

	assert_int_equal(snapshot_add_space(snapshot, type, inode, &index), 0);
	return index;
}

static struct process *add_process(struct snapshot *snapshot, pid_t pid)
{
	uint32_t index = NONE;

	assert_int_equal(snapshot_add_process(snapshot, pid, &index), 0);
	return &snapshot->processes[index];
}

enum { INIT_USER, USER, NET, BLUE, PIDNS, MNT, TIME };

static void add_spaces(struct snapshot *snapshot)
{
	add_space(snapshot, NS_USER, 4026531837);
	add_space(snapshot, NS_USER, 4026532300);
	add_space(snapshot, NS_NET, 4026532301);
	add_space(snapshot, NS_NET, 4026532302);
	add_space(snapshot, NS_PID, 4026532303);
	add_space(snapshot, NS_MNT, 4026532304);
	add_space(snapshot, NS_TIME, 4026532305);
	assert_int_equal(snapshot_set_id(snapshot, BLUE, 8812), 0);

	struct space *spaces = snapshot->spaces;
	spaces[INIT_USER].parent_state = spaces[INIT_USER].owner_state = RELATION_ROOT;
	spaces[USER].parent_state = spaces[USER].owner_state = RELATION_KNOWN;
	spaces[USER].parent = spaces[USER].owner = INIT_USER;
	spaces[NET].netnsid_known = true;
	spaces[NET].netnsid = 0;
	spaces[BLUE].owner_state = RELATION_KNOWN;
	spaces[BLUE].owner = USER;
	spaces[BLUE].has_owner_uid = true;
	spaces[BLUE].owner_uid = 4294967290;
	spaces[BLUE].netnsid_known = true;
	spaces[BLUE].netnsid = -1;
	spaces[BLUE].mount_path = "/run/netns/blue";
	spaces[PIDNS].owner_state = RELATION_HIDDEN;
	spaces[PIDNS].parent_state = RELATION_HIDDEN;
}

static void add_tasks(struct snapshot *snapshot)
{
	const struct container web = { .runtime = "docker", .id = LONG_ID, .pod_uid = "pod-uid" };
	uint32_t index = NONE;

	struct process *init = add_process(snapshot, 1);
	init->known = PROCESS_UID | PROCESS_STAT;
	init->uid = 0;
	init->command = "/sbin/init";
	init->at.in[NS_USER] = INIT_USER;
	struct process *java = add_process(snapshot, 880);
	java->known = PROCESS_UID | PROCESS_STAT;
	java->parent = 1;
	java->uid = 4294967290;
	java->comm = "java";
	java->command = "java -jar x";
	java->cgroup = "0::/system.slice/docker-" LONG_ID ".scope";
	java->pidfd_inode = 90112;
	java->at.in[NS_USER] = USER;
	java->at.children[CHILDREN_PID] = PIDNS;
	assert_int_equal(snapshot_add_container(snapshot, &web, &java->container), 0);
	assert_int_equal(snapshot_add_thread(snapshot, 1, 905, &index), 0);
	snapshot->threads[0].at.in[NS_NET] = NET;
	snapshot->threads[0].at.children[CHILDREN_TIME] = TIME;
}

static void add_references(struct snapshot *snapshot)
{
	const struct reference references[] = {
		{ .space = BLUE,
		  .process = NONE,
		  .mount_space = MNT,
		  .fd = -1,
		  .path = "/run/netns/blue",
		  .kind = HELD_MOUNT },
		{ .space = BLUE,
		  .process = NONE,
		  .mount_space = NONE,
		  .fd = -1,
		  .path = "/run/netns/blue",
		  .kind = HELD_MOUNT },
		{ .space = BLUE,
		  .process = NONE,
		  .mount_space = NONE,
		  .fd = -1,
		  .path = "/b\n",
		  .kind = HELD_MOUNT,
		  .covered = true },
		{ .space = MNT, .process = 1, .mount_space = NONE, .fd = 9, .kind = HELD_FD },
		{ .space = BLUE,
		  .process = NONE,
		  .mount_space = NONE,
		  .fd = -1,
		  .path = "/a",
		  .kind = HELD_MOUNT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(references); i++)
		assert_int_equal(snapshot_add_reference(snapshot, &references[i]), 0);
}

static void fill(struct snapshot *snapshot)
{
	snapshot_init(snapshot);
	snapshot->scanned.sources = SOURCE_ALL;
	add_spaces(snapshot);
	add_tasks(snapshot);
	add_references(snapshot);
	assert_int_equal(snapshot_add_user(snapshot, 0, "root"), 0);
	assert_int_equal(snapshot_finish(snapshot), 0);
}

/* What a table shows in that column of the row; "" for an empty cell. */
static const char *shown(struct arena *arena, const struct row *row, const char *name)
{
	struct value value = { 0 };
	const struct column *column = column_find(nscols_set(), name);

	assert_non_null(column);
	assert_int_equal(column->get(row, &value), 0);
	const char *text = value_to_text(arena, &value, ',');
	return text ? text : "";
}

struct expected {
	uint32_t space;
	const char *column, *text;
};

static void assert_cells(const struct snapshot *snapshot, const struct expected *expected,
                         size_t count)
{
	for (size_t i = 0; i < count; i++) {
		auto_arena struct arena arena = { 0 };
		const struct place place = { .space = expected[i].space,
			                     .process = snapshot->spaces[expected[i].space].leader,
			                     .parent = NONE };
		const struct row row = { .snapshot = snapshot, .scratch = &arena, .place = &place };

		assert_string_equal(shown(&arena, &row, expected[i].column), expected[i].text);
	}
}

static void shows_namespaces(void **state)
{
	/* clang-format off */
	static const struct expected expected[] = {
		{ INIT_USER, "NS", "4026531837" }, { INIT_USER, "TYPE", "user" },
		{ INIT_USER, "NPROCS", "1" }, { INIT_USER, "PATH", "/proc/1/ns/user" },
		{ INIT_USER, "PPID", "0" }, { INIT_USER, "PNS", "" }, { INIT_USER, "ONS", "" },
		{ INIT_USER, "USER", "root" }, { INIT_USER, "INITIAL", "yes" },
		{ INIT_USER, "DEPTH", "0" }, { INIT_USER, "HELD", "pn" },
		{ USER, "USER", "4294967290" }, { USER, "UID", "4294967290" },
		{ USER, "COMMAND", "java -jar x" }, { USER, "PNS", "4026531837" },
		{ USER, "DEPTH", "1" }, { USER, "CID", "0123456789ab" },
		{ USER, "RUNTIME", "docker" }, { USER, "POD", "pod-uid" },
		{ USER, "TARGET", "user:[4026532300]" }, { USER, "NSFS", "" },
		{ USER, "UNIT", "docker-" LONG_ID ".scope" },
		{ USER, "CGROUP", "/system.slice/docker-" LONG_ID ".scope" },
		{ BLUE, "PID", "" }, { BLUE, "PATH", "" }, { BLUE, "NSID", "8812" },
		{ BLUE, "TARGET", ":8812" }, { BLUE, "NETNSID", "unassigned" },
		{ BLUE, "USER", "4294967290" }, { BLUE, "OWNERUID", "4294967290" },
		{ BLUE, "NSFS", "/run/netns/blue,/a,/b\n" }, { BLUE, "HELD", "m" },
		{ BLUE, "ONS", "4026532300" }, { BLUE, "PNS", "" },
		{ NET, "NETNSID", "0" }, { NET, "NTHREADS", "1" }, { NET, "NPROCS", "0" },
		{ NET, "PATH", "/proc/880/task/905/ns/net" },
		{ NET, "COMMAND", "(thread 905 of java 880)" }, { NET, "UID", "" },
		{ PIDNS, "PATH", "/proc/880/ns/pid_for_children" }, { PIDNS, "ONS", "" },
		{ PIDNS, "COMMAND", "(pid_for_children of java 880)" },
		{ TIME, "PATH", "/proc/880/task/905/ns/time_for_children" },
		{ MNT, "PATH", "/proc/880/fd/9" }, { MNT, "COMMAND", "(fd 9 of java 880)" },
		{ MNT, "INITIAL", "no" },
	};
	/* clang-format on */
	auto_snapshot struct snapshot snapshot;

	(void)state;
	fill(&snapshot);
	assert_cells(&snapshot, expected, ARRAY_SIZE(expected));
}

static void shows_processes(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const struct place place = { .space = NET, .process = 1, .parent = NONE };
	const struct place numbered = { .space = NONE, .process = 1, .parent = NONE, .number = 7 };

	(void)state;
	fill(&snapshot);
	struct row row = {
		.snapshot = &snapshot, .scratch = &arena, .place = &place, .is_process = true
	};
	assert_string_equal(shown(&arena, &row, "NS"), "4026532301");
	assert_string_equal(shown(&arena, &row, "PID"), "880");
	assert_string_equal(shown(&arena, &row, "PPID"), "1");
	assert_string_equal(shown(&arena, &row, "TARGET"), "880:90112");
	assert_string_equal(shown(&arena, &row, "PATH"), "/proc/880/task/905/ns/net");
	assert_string_equal(shown(&arena, &row, "COMMAND"), "java -jar x");
	row.place = &numbered;
	assert_string_equal(shown(&arena, &row, "PID"), "7");
	assert_string_equal(shown(&arena, &row, "NS"), "");
}

/* No getter may rely on the row having a namespace, a process, or anything known of them. */
static void shows_nothing_where_nothing_is_known(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	add_process(&snapshot, 5);
	add_space(&snapshot, NS_NET, 4026532301);
	for (uint32_t space = 0; space < 2; space++) {
		for (uint32_t process = 0; process < 2; process++) {
			const struct place place = { .space = space ? NONE : 0,
				                     .process = process ? NONE : 0,
				                     .parent = NONE };
			const struct row row = { .snapshot = &snapshot,
				                 .scratch = &arena,
				                 .place = &place };
			for (size_t i = 0; i < nscols_set()->count; i++)
				shown(&arena, &row, nscols_set()->columns[i].name);
			assert_string_equal(shown(&arena, &row, "UID"), "");
			assert_string_equal(shown(&arena, &row, "COMMAND"), "");
			assert_string_equal(shown(&arena, &row, "PPID"), "");
		}
	}
}

static bool holds(const struct snapshot *snapshot, const char *text, uint32_t space)
{
	auto_arena struct arena arena = { 0 };
	const struct place place = { .space = space,
		                     .process = snapshot->spaces[space].leader,
		                     .parent = NONE };
	const struct row row = { .snapshot = snapshot, .scratch = &arena, .place = &place };
	struct filter filter = { 0 };
	struct expr_error error;
	bool result = false;

	assert_int_equal(filter_compile(nscols_set(), text, &filter, &error), 0);
	assert_int_equal(filter_holds(&filter, &row, &result), 0);
	filter_done(&filter);
	return result;
}

static void filters_by_value(void **state)
{
	auto_snapshot struct snapshot snapshot;
	const struct filter none = { 0 };
	struct filter filter = { 0 };
	struct expr_error error;
	bool result = false;

	(void)state;
	fill(&snapshot);
	assert_true(holds(&snapshot, "NPROCS == 0", BLUE));
	assert_false(holds(&snapshot, "NPROCS == 0", USER));
	assert_true(holds(&snapshot, "uid > 4294967289", BLUE));
	assert_true(holds(&snapshot, "HELD =~ \"m\" && TYPE == \"net\"", BLUE));
	/* Unknown is not 0: neither way round is true. */
	assert_false(holds(&snapshot, "NETNSID == 0", BLUE));
	assert_false(holds(&snapshot, "NETNSID != 0", BLUE));
	assert_true(holds(&snapshot, "NETNSID == 0", NET));
	assert_int_equal(filter_compile(nscols_set(), "NOPE == 1", &filter, &error), -EINVAL);
	assert_int_equal(filter_compile(nscols_set(), "UNIT == \"x\"", &filter, &error), 0);
	assert_int_equal(filter_needs(&filter).leader, PROCESS_CGROUP);
	filter_done(&filter);
	assert_int_equal(filter_holds(&none, NULL, &result), 0);
	assert_true(result);
	assert_int_equal(filter_needs(&none).leader, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses_by_name),
		cmocka_unit_test(refuses_unknown_names),
		cmocka_unit_test(adds_all_once),
		cmocka_unit_test(asks_for_what_is_shown_and_no_more),
		cmocka_unit_test(columns_are_complete),
		cmocka_unit_test(tables_chain),
		cmocka_unit_test(rows_know_their_children),
		cmocka_unit_test(shows_namespaces),
		cmocka_unit_test(shows_processes),
		cmocka_unit_test(shows_nothing_where_nothing_is_known),
		cmocka_unit_test(filters_by_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
