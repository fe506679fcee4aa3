/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which processes a scope stands for, and that one whose number is gone stands for nobody. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/scope.h"

/* 1 has 10, which leads session 10 and has 11; 12 of that session lost its parent; 13 left it. */
static void make_host(struct snapshot *snapshot)
{
	static const struct {
		pid_t pid, parent, group, session;
	} rows[] = {
		{ 1, 0, 1, 1 },    { 10, 1, 10, 10 }, { 11, 10, 10, 10 },
		{ 12, 1, 12, 10 }, { 13, 1, 13, 13 },
	};

	snapshot_init(snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t index;

		assert_int_equal(snapshot_add_process(snapshot, rows[i].pid, &index), 0);
		snapshot->processes[index].parent = rows[i].parent;
		snapshot->processes[index].group = rows[i].group;
		snapshot->processes[index].session = rows[i].session;
		snapshot->processes[index].known = PROCESS_STAT;
	}
	assert_int_equal(snapshot_finish(snapshot), 0);
}

/* The marks as a set of bits, that of the first process the lowest. */
static unsigned marks_of(const struct snapshot *snapshot, const struct scope *scope)
{
	bool marks[8] = { false };
	uint64_t unknown;
	unsigned bits = 0;

	assert_int_equal(scope_mark(snapshot, scope, marks, &unknown), 0);
	assert_int_equal(unknown, 0);
	for (size_t i = 0; i < snapshot->n_processes; i++)
		bits |= (unsigned)marks[i] << i;
	return bits;
}

static void each_kind_has_its_processes(void **state)
{
	const struct scope process = { .kind = SCOPE_PROCESS, .id = 11, .process = 2 };
	const struct scope group = { .kind = SCOPE_GROUP, .id = 10, .process = 1 };
	const struct scope session = { .kind = SCOPE_SESSION, .id = 10, .process = 1 };
	const struct scope tree = { .kind = SCOPE_TREE, .id = 10, .process = 1 };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_host(&snapshot);
	assert_int_equal(marks_of(&snapshot, &process), 0x4);
	assert_int_equal(marks_of(&snapshot, &group), 0x6);
	assert_int_equal(marks_of(&snapshot, &session), 0xe);
	/* 12 is in the session that 10 leads: nobody else's child can be. */
	assert_int_equal(marks_of(&snapshot, &tree), 0xe);
}

/* The process that had the number has gone. */
static void without_its_process_it_has_nobody(void **state)
{
	const struct scope process = { .kind = SCOPE_PROCESS, .id = 14, .process = NONE };
	const struct scope tree = { .kind = SCOPE_TREE, .id = 14, .process = NONE };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_host(&snapshot);
	assert_int_equal(marks_of(&snapshot, &process), 0);
	assert_int_equal(marks_of(&snapshot, &tree), 0);
}

static void what_is_over_has_nobody(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make_host(&snapshot);
	for (enum scope_kind kind = SCOPE_PROCESS; kind <= SCOPE_TREE; kind++) {
		const struct scope scope = {
			.kind = kind, .id = 10, .process = 1, .is_over = true
		};
		const struct candidate candidate = { .pid = 10, .group = 10, .session = 10 };

		assert_int_equal(marks_of(&snapshot, &scope), 0);
		assert_int_equal(scope_has(&scope, &candidate), ANSWER_NO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_its_processes),
		cmocka_unit_test(without_its_process_it_has_nobody),
		cmocka_unit_test(what_is_over_has_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
