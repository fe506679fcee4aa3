/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions, process groups, terminals, and the tree that they make. */
#include "tests/unit/made.h"

#include <time.h>

#include "model/tree_part.h"

/* pts/0 and pts/1 */
#define PTS0 34816
#define PTS1 34817

struct task {
	pid_t pid, parent, group, session;
	char state;
	uint32_t n_threads;
	int32_t terminal;
	pid_t foreground;
	uint32_t device;
};

/* One without a terminal. */
#define TASK(number, parent_number, group_number, session_number, letter, ...)                     \
	{                                                                                          \
		.pid = number, .parent = parent_number, .group = group_number,                     \
		.session = session_number, .state = letter, __VA_ARGS__                            \
	}

static uint32_t add_task(struct snapshot *snapshot, const struct task *task)
{
	uint32_t index = made_process(snapshot, task->pid, task->parent, "task");
	struct process *process = &snapshot->processes[index];

	process->known |= PROCESS_STAT;
	process->group = task->group;
	process->session = task->session;
	process->state = task->state ? task->state : 'S';
	process->n_threads = task->n_threads ? task->n_threads : 1;
	process->terminal = task->terminal;
	process->foreground_group = task->terminal ? task->foreground : -1;
	process->terminal_device = task->device;
	return index;
}

static void make(struct snapshot *snapshot, const struct task *tasks, size_t n)
{
	snapshot_init(snapshot);
	for (size_t i = 0; i < n; i++)
		add_task(snapshot, &tasks[i]);
}

/* Init and kthreadd: that /proc is of the initial PID namespace. */
static void make_host(struct snapshot *snapshot, const struct task *tasks, size_t n)
{
	static const struct task first[] = { { .pid = 1, .group = 1, .session = 1 }, { .pid = 2 } };

	make(snapshot, first, 2);
	snapshot->processes[1].is_kernel_thread = true;
	for (size_t i = 0; i < n; i++)
		add_task(snapshot, &tasks[i]);
}

/* What every result promises. */
static void check_all(const struct snapshot *snapshot, const struct sessions *sessions)
{
	uint32_t n_groups = 0, n_members = 0;

	for (uint32_t i = 0; i < sessions->n_sessions; i++) {
		const struct session *session = &sessions->items[i];
		assert_int_equal(session->first_group, n_groups);
		assert_true(session->n_groups > 0);
		assert_int_equal(session->terminal == 0, session->terminal_name == NULL);
		n_groups += session->n_groups;
		for (uint32_t k = session->first_group; k < n_groups; k++)
			assert_int_equal(sessions->groups[k].session, i);
	}
	assert_int_equal(n_groups, sessions->n_groups);
	for (uint32_t i = 0; i < n_groups; i++) {
		const struct process_group *group = &sessions->groups[i];
		assert_int_equal(group->first, n_members);
		assert_true(group->n_processes > 0);
		for (uint32_t k = 0; k < group->n_processes; k++, n_members++) {
			assert_int_equal(sessions->group_of[sessions->members[n_members]], i);
			assert_true(k == 0 || sessions->members[n_members - 1] <
			                              sessions->members[n_members]);
		}
	}
	for (uint32_t i = 0; i < snapshot->n_processes; i++)
		n_members += sessions->group_of[i] == NONE;
	assert_int_equal(n_members, snapshot->n_processes);
}

static void find(const struct snapshot *snapshot, struct sessions *ret)
{
	assert_int_equal(sessions_find(snapshot, ret), 0);
	check_all(snapshot, ret);
}

static const struct process_group *group_of(const struct snapshot *snapshot,
                                            const struct sessions *sessions, pid_t pid)
{
	uint32_t process = snapshot_find_pid(snapshot, pid);

	assert_int_not_equal(process, NONE);
	assert_int_not_equal(sessions->group_of[process], NONE);
	return &sessions->groups[sessions->group_of[process]];
}

static const struct session *session_of(const struct snapshot *snapshot,
                                        const struct sessions *sessions, pid_t pid)
{
	return &sessions->items[group_of(snapshot, sessions, pid)->session];
}

/* The answer for the group of a process among these. */
static enum answer orphaned(const struct task *tasks, size_t n, bool is_host, pid_t pid)
{
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	if (is_host)
		make_host(&snapshot, tasks, n);
	else
		make(&snapshot, tasks, n);
	find(&snapshot, &sessions);
	return group_of(&snapshot, &sessions, pid)->orphaned;
}

static void a_shell_and_its_jobs(void **state)
{
	static const struct task tasks[] = {
		{ 100, 1, 100, 100, 'S', 1, PTS0, 120, 26 },
		{ 110, 100, 110, 100, 'T', 1, PTS0, 120, 26 },
		{ 111, 110, 110, 100, 'T', 1, PTS0, 120, 26 },
		{ 112, 100, 110, 100, 't', 1, PTS0, 120, 26 },
		{ 120, 100, 120, 100, 'R', 1, PTS0, 120, 26 },
		{ 130, 100, 100, 100, 'S', 1, PTS0, 120, 26 },
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, ARRAY_SIZE(tasks));
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, 3);
	assert_true(sessions.items[0].is_kernel);
	assert_int_equal(sessions.items[1].id, 1);
	const struct session *session = &sessions.items[2];
	assert_int_equal(session->id, 100);
	assert_int_equal(snapshot.processes[session->leader].pid, 100);
	assert_int_equal(session->n_groups, 3);
	assert_int_equal(session->terminal, PTS0);
	assert_int_equal(session->terminal_device, 26);
	assert_string_equal(session->terminal_name, "pts/0");
	assert_false(session->is_ambiguous || session->is_outside || session->is_kernel);
	assert_int_equal(session->foreground_group, 120);

	const struct process_group *group = &sessions.groups[session->first_group];
	assert_int_equal(group[0].id, 100);
	assert_int_equal(group[0].n_processes, 2);
	assert_int_equal(group[0].orphaned, ANSWER_YES);
	assert_int_equal(group[1].id, 110);
	assert_int_equal(group[1].n_processes, 3);
	assert_int_equal(group[1].n_stopped, 2);
	assert_int_equal(group[1].orphaned, ANSWER_NO);
	assert_false(group[1].is_foreground);
	assert_int_equal(snapshot.processes[group[1].leader].pid, 110);
	assert_int_equal(group[2].id, 120);
	assert_int_equal(group[2].n_stopped, 0);
	assert_true(group[2].is_foreground);
}

/* Verified with a real kernel: A (10) has exited, its child B has been given to init. */
static void the_group_of_a_zombie_is_orphaned_its_sibling_is_not(void **state)
{
	static const struct task tasks[] = {
		TASK(9, 1, 9, 9, 'S'),
		TASK(10, 9, 10, 9, 'Z'),
		TASK(11, 1, 10, 9, 'S'),
		TASK(12, 9, 12, 9, 'S'),
	};

	(void)state;
	assert_int_equal(orphaned(tasks, 4, true, 11), ANSWER_YES);
	assert_int_equal(orphaned(tasks, 4, true, 12), ANSWER_NO);
	/* In a container, 1 has the session of its own. */
	static const struct task inner[] = {
		TASK(1, 0, 1, 1, 'S'),   TASK(9, 1, 9, 9, 'S'),   TASK(10, 9, 10, 9, 'Z'),
		TASK(11, 1, 10, 9, 'S'), TASK(12, 9, 12, 9, 'S'),
	};
	assert_int_equal(orphaned(inner, 5, false, 11), ANSWER_YES);
	assert_int_equal(orphaned(inner, 5, false, 12), ANSWER_NO);
}

/* thread_group_empty(): it is still a member whose parent counts. */
static void a_zombie_leader_with_threads_lives(void **state)
{
	struct task tasks[] = {
		TASK(9, 1, 9, 9, 'S'),
		TASK(10, 9, 10, 9, 'Z', .n_threads = 2),
		TASK(11, 1, 10, 9, 'S'),
	};

	(void)state;
	assert_int_equal(orphaned(tasks, 3, true, 11), ANSWER_NO);
	tasks[1].n_threads = 1;
	assert_int_equal(orphaned(tasks, 3, true, 11), ANSWER_YES);
	tasks[1].state = 'X';
	assert_int_equal(orphaned(tasks, 3, true, 11), ANSWER_YES);
	tasks[1].state = 'D';
	assert_int_equal(orphaned(tasks, 3, true, 11), ANSWER_NO);
}

static void only_zombies_are_orphaned(void **state)
{
	static const struct task tasks[] = { TASK(9, 1, 9, 9, 'S'), TASK(10, 9, 10, 9, 'Z') };

	(void)state;
	assert_int_equal(orphaned(tasks, 2, true, 10), ANSWER_YES);
}

/* A subreaper took it (PR_SET_CHILD_SUBREAPER): what counts is where that is. */
static void a_subreaper_in_the_session_keeps_a_group(void **state)
{
	static const struct task inside[] = {
		TASK(9, 1, 9, 9, 'S'),
		TASK(10, 9, 8, 9, 'S'),
		TASK(11, 10, 12, 9, 'T'),
	};
	static const struct task elsewhere[] = {
		TASK(8, 1, 8, 8, 'S'),
		TASK(9, 8, 9, 9, 'S'),
		TASK(11, 8, 12, 9, 'T'),
	};

	(void)state;
	assert_int_equal(orphaned(inside, 3, true, 11), ANSWER_NO);
	assert_int_equal(orphaned(elsewhere, 3, true, 11), ANSWER_YES);
}

static void a_parent_that_cannot_be_seen_is_unknown(void **state)
{
	static const struct task gone[] = { TASK(9, 1, 9, 9, 'S'), TASK(11, 7, 11, 9, 'T') };
	static const struct task outside[] = { TASK(9, 0, 9, 9, 'S'), TASK(11, 0, 11, 9, 'T') };
	static const struct task both[] = {
		TASK(9, 1, 9, 9, 'S'),
		TASK(11, 7, 11, 9, 'T'),
		TASK(12, 9, 11, 9, 'T'),
	};

	(void)state;
	assert_int_equal(orphaned(gone, 2, true, 11), ANSWER_UNKNOWN);
	assert_int_equal(orphaned(outside, 2, false, 11), ANSWER_UNKNOWN);
	/* One member with a parent beside the group is enough. */
	assert_int_equal(orphaned(both, 3, true, 11), ANSWER_NO);
}

static void a_parent_without_stat_is_unknown(void **state)
{
	static const struct task tasks[] = { TASK(9, 1, 9, 9, 'S'), TASK(11, 9, 11, 9, 'T') };
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 2);
	snapshot.processes[snapshot_find_pid(&snapshot, 9)].known = 0;
	find(&snapshot, &sessions);
	assert_int_equal(group_of(&snapshot, &sessions, 11)->orphaned, ANSWER_UNKNOWN);
	assert_int_equal(sessions.group_of[snapshot_find_pid(&snapshot, 9)], NONE);
}

/* Its number was given out again while we read. */
static void a_parent_younger_than_its_child_is_unknown(void **state)
{
	static const struct task tasks[] = { TASK(9, 1, 9, 9, 'S'), TASK(11, 9, 11, 9, 'T') };
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 2);
	snapshot.processes[snapshot_find_pid(&snapshot, 9)].start = 1000;
	snapshot.processes[snapshot_find_pid(&snapshot, 11)].start = 999;
	find(&snapshot, &sessions);
	assert_int_equal(group_of(&snapshot, &sessions, 11)->orphaned, ANSWER_UNKNOWN);
}

/* is_global_init(): children of process 1 do not count, but for a container's process 1 they do. */
static void only_the_global_init_is_left_aside(void **state)
{
	static const struct task job = TASK(5, 1, 5, 1, 'T');
	static const struct task inner[] = { TASK(1, 0, 1, 1, 'S'), TASK(5, 1, 5, 1, 'T') };
	static const struct task hidden[] = { TASK(5, 1, 5, 1, 'T') };

	(void)state;
	assert_int_equal(orphaned(&job, 1, true, 5), ANSWER_YES);
	assert_int_equal(orphaned(inner, 2, false, 5), ANSWER_NO);
	assert_int_equal(orphaned(hidden, 1, false, 5), ANSWER_UNKNOWN);
}

/* What tells whose process 1 it is: not where processes are, which the view does not need. */
static void the_initial_namespace_is_known_by_who_is_seen(void **state)
{
	static const struct task tasks[] = { TASK(1, 0, 1, 1, 'S'), TASK(5, 1, 5, 1, 'T') };
	static const struct task thread = { .pid = 2, .group = 2, .session = 2 };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	make(&snapshot, tasks, 1);
	uint32_t space = made_space(&snapshot, NS_PID, ns_types[NS_PID].initial_inode);
	snapshot.processes[0].at.in[NS_PID] = space;
	snapshot.self_at[NS_PID] = space;
	add_task(&snapshot, &tasks[1]);
	for (int i = 0; i < 2; i++) {
		auto_sessions struct sessions sessions = { 0 };
		/* A /proc that does not show the reader is not of the reader's namespace. */
		snapshot.self = i == 0 ? 5 : 0;
		find(&snapshot, &sessions);
		assert_int_equal(group_of(&snapshot, &sessions, 5)->orphaned,
		                 i == 0 ? ANSWER_YES : ANSWER_NO);
	}

	/* Process 2 that is no kernel thread, and one of which nothing is known (hidepid=1). */
	auto_snapshot struct snapshot other;
	make(&other, tasks, 1);
	uint32_t second = add_task(&other, &thread);
	add_task(&other, &tasks[1]);
	for (int i = 0; i < 2; i++) {
		auto_sessions struct sessions sessions = { 0 };
		find(&other, &sessions);
		assert_int_equal(group_of(&other, &sessions, 5)->orphaned,
		                 i == 0 ? ANSWER_NO : ANSWER_UNKNOWN);
		other.processes[second].known = 0;
	}
}

static void kernel_threads_are_one(void **state)
{
	static const struct task tasks[] = {
		TASK(3, 2, 0, 0, 'I'),
		TASK(4, 2, 0, 0, 'S'),
		TASK(5, 2, 5, 5, 'S'),
		TASK(6, 4, 0, 0, 'S'),
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 4);
	for (size_t i = 2; i < 5; i++)
		snapshot.processes[i].is_kernel_thread = true;
	find(&snapshot, &sessions);
	/* kernel threads, what the kernel started, init */
	assert_int_equal(sessions.n_sessions, 3);
	assert_int_equal(sessions.n_groups, 3);
	assert_true(sessions.items[0].is_kernel);
	assert_int_equal(sessions.items[0].leader, NONE);
	assert_int_equal(sessions.groups[0].n_processes, 4);
	assert_int_equal(sessions.groups[0].leader, NONE);
	assert_int_equal(sessions.groups[0].orphaned, ANSWER_NO);
	/* A program that the kernel runs stays in its session, which is not outside. */
	const struct session *session = session_of(&snapshot, &sessions, 6);
	assert_int_equal(session->id, 0);
	assert_false(session->is_kernel);
	assert_false(session->is_outside);
}

/* Init that has called no setsid(2) shares the session of the idle task. */
static void the_session_that_the_kernel_began_with(void **state)
{
	static const struct task tasks[] = {
		TASK(1, 0, 0, 0, 'S'), TASK(2, 0, 0, 0, 'S'), TASK(7, 1, 0, 0, 'S'),
		TASK(8, 7, 8, 0, 'S'), TASK(9, 1, 9, 0, 'S'),
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make(&snapshot, tasks, 5);
	snapshot.processes[1].is_kernel_thread = true;
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, 2);
	const struct session *session = session_of(&snapshot, &sessions, 1);
	assert_int_equal(session->n_groups, 3);
	assert_false(session->is_outside);
	assert_ptr_equal(group_of(&snapshot, &sessions, 7), group_of(&snapshot, &sessions, 1));
	assert_int_equal(group_of(&snapshot, &sessions, 7)->orphaned, ANSWER_YES);
	assert_int_equal(group_of(&snapshot, &sessions, 8)->orphaned, ANSWER_NO);
	assert_int_equal(group_of(&snapshot, &sessions, 9)->orphaned, ANSWER_YES);
}

/* Two shells that were put in from outside, each with a child, and jobs of one of them. */
static const struct task put_in[] = {
	TASK(1, 0, 1, 1, 'S'),
	{ 20, 0, 0, 0, 'S', 1, PTS0, 0, 26 },
	{ 21, 20, 0, 0, 'S', 1, PTS0, 0, 26 },
	{ 22, 20, 22, 0, 'T', 1, PTS0, 0, 26 },
	{ 23, 22, 22, 0, 'S', 1, PTS0, 0, 26 },
	TASK(24, 0, 22, 0, 'S'),
	TASK(25, 21, 0, 0, 'S'),
	TASK(30, 0, 0, 0, 'S'),
	TASK(31, 30, 0, 0, 'S'),
	TASK(32, 31, 0, 0, 'S'),
	TASK(40, 0, 40, 40, 'S'),
};

static void sessions_outside_are_kept_apart(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make(&snapshot, put_in, ARRAY_SIZE(put_in));
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, 5);
	assert_int_equal(sessions.items[0].id, 1);
	assert_int_equal(sessions.items[1].id, 40);
	for (size_t i = 2; i < 5; i++) {
		assert_true(sessions.items[i].is_outside);
		assert_int_equal(sessions.items[i].id, 0);
		assert_int_equal(sessions.items[i].leader, NONE);
		assert_int_equal(sessions.items[i].n_groups, 1);
		const struct process_group *group = &sessions.groups[sessions.items[i].first_group];
		assert_int_equal(group->orphaned, ANSWER_UNKNOWN);
		assert_false(group->is_foreground);
	}
	/* By their first processes: 20, 22 and 30. */
	assert_ptr_equal(session_of(&snapshot, &sessions, 21), &sessions.items[2]);
	assert_ptr_equal(session_of(&snapshot, &sessions, 24), &sessions.items[3]);
	assert_ptr_equal(session_of(&snapshot, &sessions, 32), &sessions.items[4]);
	assert_int_equal(group_of(&snapshot, &sessions, 22)->id, 22);
	assert_int_equal(snapshot.processes[group_of(&snapshot, &sessions, 22)->leader].pid, 22);
	assert_int_equal(group_of(&snapshot, &sessions, 20)->id, 0);
	assert_int_equal(group_of(&snapshot, &sessions, 20)->leader, NONE);
}

/* A parent outside that is in the same group says nothing against being orphaned; in another, nobody
 * knows whether it is in the same session. */
static void outside_only_some_answers_are_known(void **state)
{
	static const struct task tasks[] = {
		TASK(1, 0, 1, 1, 'S'),    TASK(20, 1, 20, 0, 'S'), TASK(21, 20, 20, 0, 'S'),
		TASK(22, 21, 22, 0, 'S'), TASK(30, 1, 0, 0, 'S'),  TASK(31, 30, 0, 0, 'S'),
	};

	(void)state;
	assert_int_equal(orphaned(tasks, 6, false, 21), ANSWER_YES);
	assert_int_equal(orphaned(tasks, 6, false, 22), ANSWER_UNKNOWN);
	assert_int_equal(orphaned(tasks, 5, false, 30), ANSWER_YES);
	assert_int_equal(orphaned(tasks, 6, false, 30), ANSWER_UNKNOWN);
}

static void parents_in_a_circle_end(void **state)
{
	static const struct task tasks[] = {
		TASK(1, 0, 1, 1, 'S'),   TASK(20, 22, 0, 0, 'S'), TASK(21, 20, 0, 0, 'S'),
		TASK(22, 21, 0, 0, 'S'), TASK(23, 23, 0, 0, 'S'),
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make(&snapshot, tasks, 5);
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, 3);
	assert_int_equal(group_of(&snapshot, &sessions, 21)->n_processes, 3);
}

static void leaders_may_be_gone(void **state)
{
	static const struct task tasks[] = {
		TASK(50, 1, 49, 48, 'S'), /* neither is there */
		TASK(60, 1, 60, 60, 'Z'), /* a zombie is one */
		TASK(70, 1, 70, 70, 'S'),
		TASK(71, 70, 71, 70, 'S'),
		TASK(72, 70, 73, 70, 'S'), /* 73 has moved to another group */
		TASK(73, 70, 71, 70, 'S'),
		TASK(80, 1, 80, 80, 'S'), /* 80 is the group's, and the session's is gone */
		TASK(81, 1, 80, 79, 'S'),
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, ARRAY_SIZE(tasks));
	find(&snapshot, &sessions);
	assert_int_equal(session_of(&snapshot, &sessions, 50)->leader, NONE);
	assert_int_equal(group_of(&snapshot, &sessions, 50)->leader, NONE);
	assert_int_equal(snapshot.processes[session_of(&snapshot, &sessions, 60)->leader].pid, 60);
	assert_int_equal(snapshot.processes[group_of(&snapshot, &sessions, 60)->leader].pid, 60);
	assert_int_equal(group_of(&snapshot, &sessions, 72)->leader, NONE);
	assert_int_equal(group_of(&snapshot, &sessions, 73)->id, 71);
	/* One group number in two sessions: read while somebody changed. */
	assert_ptr_not_equal(group_of(&snapshot, &sessions, 80),
	                     group_of(&snapshot, &sessions, 81));
	assert_int_equal(group_of(&snapshot, &sessions, 81)->leader, NONE);
}

/* do_task_stat() of a process that is being reaped */
static void minus_one_is_no_session(void **state)
{
	static const struct task tasks[] = {
		TASK(50, 0, -1, -1, 'X'),
		TASK(51, 50, 51, 51, 'S'),
		TASK(52, 1, -1, 51, 'S'),
		TASK(53, 1, INT32_MAX, INT32_MAX, 'S'),
		TASK(54, 1, INT32_MIN, INT32_MIN, 'S'),
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, ARRAY_SIZE(tasks));
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, 4);
	assert_int_equal(sessions.group_of[2], NONE);
	assert_int_equal(sessions.group_of[4], NONE);
	assert_int_equal(sessions.group_of[6], NONE);
	assert_int_equal(group_of(&snapshot, &sessions, 51)->orphaned, ANSWER_UNKNOWN);
	assert_int_equal(session_of(&snapshot, &sessions, 53)->id, INT32_MAX);
}

static void a_foreground_group_may_be_gone(void **state)
{
	static const struct task tasks[] = {
		{ 90, 1, 90, 90, 'S', 1, PTS0, 95, 0 },
		{ 91, 90, 91, 90, 'S', 1, PTS0, 95, 0 },
		TASK(96, 1, 96, 96, 'S'),
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 3);
	find(&snapshot, &sessions);
	for (size_t i = 0; i < sessions.n_groups; i++)
		assert_false(sessions.groups[i].is_foreground);
	assert_int_equal(session_of(&snapshot, &sessions, 90)->foreground_group, 95);
	assert_int_equal(session_of(&snapshot, &sessions, 96)->foreground_group, -1);
	assert_int_equal(session_of(&snapshot, &sessions, 96)->terminal, 0);
}

/* A process may give its terminal up (TIOCNOTTY), the others still have it; names may be read. */
static void the_terminal_of_whoever_has_it(void **state)
{
	static const struct task tasks[] = {
		TASK(90, 1, 90, 90, 'S'),
		{ 91, 90, 91, 90, 'S', 1, PTS1, 91, 0 },
		{ 92, 90, 91, 90, 'S', 1, PTS1, 91, 77 },
		{ 94, 1, 93, 93, 'S', 1, PTS0, 94, 5 },
		{ 95, 1, 95, 93, 'S', 1, PTS1, 95, 6 },
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 5);
	snapshot.processes[4].terminal_name = "lx/1";
	find(&snapshot, &sessions);
	const struct session *session = session_of(&snapshot, &sessions, 90);
	assert_int_equal(session->terminal, PTS1);
	assert_int_equal(session->terminal_device, 77);
	assert_string_equal(session->terminal_name, "lx/1");
	assert_true(group_of(&snapshot, &sessions, 91)->is_foreground);
	/* Two terminals in one session, as it seems: the first one's facts only. */
	session = session_of(&snapshot, &sessions, 94);
	assert_int_equal(session->terminal, PTS0);
	assert_int_equal(session->terminal_device, 5);
	assert_false(group_of(&snapshot, &sessions, 95)->is_foreground);
}

static void one_number_of_two_devpts_is_ambiguous(void **state)
{
	static const struct task tasks[] = {
		{ 10, 1, 10, 10, 'S', 1, PTS0, 10, 48 },
		{ 11, 1, 11, 11, 'S', 1, PTS0, 11, 26 },
		{ 12, 1, 12, 12, 'S', 1, PTS0, 12, 0 },
		{ 13, 1, 13, 13, 'S', 1, PTS1, 13, 26 },
		{ 14, 1, 14, 14, 'S', 1, PTS1, 14, 26 },
		{ 15, 1, 15, 15, 'S', 1, PTS1, 15, 0 },
		{ 16, 1, 16, 16, 'S', 1, PTS1 + 1, 16, 0 },
		{ 17, 1, 17, 17, 'S', 1, PTS1 + 1, 17, 0 },
		{ 18, 1, 18, 18, 'S', 0, 0, 0, 48 },
		{ 19, 1, 19, 19, 'S', 0, 0, 0, 26 },
	};
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	make_host(&snapshot, tasks, ARRAY_SIZE(tasks));
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, ARRAY_SIZE(tasks) + 2);
	for (pid_t pid = 10; pid <= 19; pid++)
		assert_int_equal(session_of(&snapshot, &sessions, pid)->is_ambiguous, pid <= 12);
}

static void terminals_have_names(void **state)
{
	static const struct {
		uint32_t number;
		const char *name;
	} expected[] = {
		{ 34816, "pts/0" },
		{ 34819, "pts/3" },
		{ 0x8800 | 255, "pts/255" },
		{ 0x108800, "pts/256" },
		{ 35072, "pts/256" },
		{ 0x8f00 | 255, "pts/2047" },
		{ 0xfff088ffU, "pts/1048575" },
		{ 0x400, "tty0" },
		{ 0x401, "tty1" },
		{ 0x43f, "tty63" },
		{ 0x440, "ttyS0" },
		{ 0x4ff, "ttyS191" },
		{ 0x500, "tty" },
		{ 0x501, "console" },
		{ 0x502, "5:2" },
		{ 0xcc40, "204:64" },
		{ 0x9000, "144:0" },
		{ 0x8700 | 1, "135:1" },
		{ UINT32_MAX, "4095:1048575" },
		{ 1, "0:1" },
		{ 0x80000000U, "0:524288" },
	};
	auto_arena struct arena arena = { 0 };

	(void)state;
	assert_null(session_terminal_name(&arena, 0));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		assert_string_equal(session_terminal_name(&arena, (int32_t)expected[i].number),
		                    expected[i].name);
}

static void nobody_makes_no_session(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_sessions struct sessions sessions = { 0 };

	(void)state;
	snapshot_init(&snapshot);
	find(&snapshot, &sessions);
	assert_int_equal(sessions.n_sessions, 0);
	sessions_done(&sessions);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Shapes in which a careless step would be taken for each pair of processes. */
static void many_processes_take_no_time(void **state)
{
	enum { MANY = 25000 };
	double before = seconds();

	(void)state;
	for (int shape = 0; shape < 5; shape++) {
		auto_snapshot struct snapshot snapshot;
		auto_tree struct tree tree = { .snapshot = &snapshot, .view = TREE_SESSION };
		struct tree_options options = { .view = TREE_SESSION };
		snapshot_init(&snapshot);
		for (pid_t i = 1; i <= MANY; i++) {
			struct task task = { i, i - 1, i, i, 'S', 1, PTS0, i, (uint32_t)i };
			if (shape == 1) /* one session of as many groups */
				task.session = 1;
			if (shape == 2) /* a chain outside */
				task.session = task.group = 0;
			if (shape == 3) { /* a chain upwards, outside */
				task.session = task.group = 0;
				task.parent = i + 1;
			}
			if (shape == 4) /* one group */
				task.session = task.group = 1;
			add_task(&snapshot, &task);
		}
		assert_int_equal(tree_add_session(&tree, &options), 0);
		check_all(&snapshot, &tree.sessions);
		assert_int_equal(tree.sessions.n_groups, shape < 2 ? MANY : 1);
		assert_int_equal(tree.count,
		                 MANY + tree.sessions.n_groups + tree.sessions.n_sessions);
	}
	/* Some 0.1 s in all; a quadratic step takes that for itself. */
	assert_true(seconds() - before < 10);
}

/* Any numbers at all, from a damaged file: the promises hold. */
static void random_numbers_keep_the_promises(void **state)
{
	static const char states[] = "RSDTtZXI?";

	(void)state;
	srand(4711);
	for (int round = 0; round < 2000; round++) {
		auto_snapshot struct snapshot snapshot;
		auto_tree struct tree tree = { .snapshot = &snapshot, .view = TREE_SESSION };
		struct tree_options options = { .view = TREE_SESSION, .threads = true };
		snapshot_init(&snapshot);
		for (pid_t pid = 1; pid <= 12; pid++) {
			struct task task = { pid,
				             rand() % 14 - 1,
				             rand() % 14 - 1,
				             rand() % 8 - 1,
				             states[rand() % 9],
				             (uint32_t)rand() % 3,
				             rand() % 3,
				             rand() % 14 - 1,
				             (uint32_t)rand() % 3 };
			uint32_t index = add_task(&snapshot, &task);
			snapshot.processes[index].known = rand() % 8 ? PROCESS_STAT : 0;
			snapshot.processes[index].is_kernel_thread = rand() % 40 == 0;
		}
		assert_int_equal(tree_add_session(&tree, &options), 0);
		check_all(&snapshot, &tree.sessions);
		for (size_t i = 0; i < tree.count; i++) {
			assert_int_equal(tree.nodes[i].marks & tree.nodes[i].unknown, 0);
			assert_int_not_equal(tree.nodes[i].parent, i);
		}
	}
}

static const struct node *node_of_kind(const struct tree *tree, enum node_kind kind, uint32_t index)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->nodes[i].kind == kind && tree->nodes[i].index == index)
			return &tree->nodes[i];
	}
	fail_msg("no node of kind %d and index %u", kind, index);
	abort(); /* not reached, which the compiler cannot know */
}

static const struct node *process_node(const struct tree *tree, pid_t pid)
{
	return node_of_kind(tree, NODE_PROCESS, snapshot_find_pid(tree->snapshot, pid));
}

static const struct node *group_node(const struct tree *tree, pid_t member)
{
	uint32_t process = snapshot_find_pid(tree->snapshot, member);

	return node_of_kind(tree, NODE_GROUP, tree->sessions.group_of[process]);
}

static const struct node *session_node(const struct tree *tree, pid_t member)
{
	return &tree->nodes[group_node(tree, member)->parent];
}

static void build(struct tree *tree, const struct snapshot *snapshot, bool threads)
{
	struct tree_options options = { .view = TREE_SESSION, .threads = threads };

	*tree = (struct tree){ .snapshot = snapshot, .view = TREE_SESSION };
	assert_int_equal(tree_add_session(tree, &options), 0);
	for (size_t i = 0; i < tree->count; i++) {
		const struct node *node = &tree->nodes[i];
		assert_true(node->is_shown ||
		            (node->kind == NODE_PROCESS &&
		             snapshot->processes[node->process].is_kernel_thread));
		assert_true(tree->nodes[i].parent == NONE || tree->nodes[i].parent < tree->count);
		assert_int_not_equal(tree->nodes[i].process, NONE);
	}
}

/* Groups below sessions, processes below groups or the parent in the same one. */
static void trees_nest_by_parent_inside_a_group(void **state)
{
	static const struct task tasks[] = {
		{ 100, 1, 100, 100, 'S', 1, PTS0, 110, 26 },
		{ 105, 111, 110, 100, 'T', 1, PTS0, 110, 26 }, /* numbers began anew: below 111 */
		{ 110, 100, 110, 100, 'S', 1, PTS0, 110, 26 },
		{ 111, 110, 110, 100, 'S', 1, PTS0, 110, 26 },
		{ 120, 111, 120, 100, 'S', 1, PTS0, 110, 26 },
	};
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };

	(void)state;
	make_host(&snapshot, tasks, ARRAY_SIZE(tasks));
	build(&tree, &snapshot, false);
	/* kernel, init, the shell: 3 sessions, 5 groups, 7 processes */
	assert_int_equal(tree.count, 15);
	const struct node *group = group_node(&tree, 110);
	assert_int_equal(session_node(&tree, 100)->kind, NODE_SESSION);
	assert_int_equal(session_node(&tree, 100)->parent, NONE);
	assert_ptr_equal(session_node(&tree, 100), session_node(&tree, 120));
	assert_ptr_equal(&tree.nodes[process_node(&tree, 110)->parent], group);
	assert_ptr_equal(&tree.nodes[process_node(&tree, 111)->parent], process_node(&tree, 110));
	assert_ptr_equal(&tree.nodes[process_node(&tree, 105)->parent], process_node(&tree, 111));
	assert_ptr_equal(&tree.nodes[process_node(&tree, 120)->parent], group_node(&tree, 120));
	assert_int_equal(snapshot.processes[group->process].pid, 110);
	assert_int_equal(group->marks, NODE_FOREGROUND | NODE_STOPPED);
	assert_int_equal(process_node(&tree, 105)->marks, NODE_FOREGROUND | NODE_STOPPED);
	assert_int_equal(process_node(&tree, 111)->marks, NODE_FOREGROUND);
	assert_int_equal(group_node(&tree, 100)->marks, NODE_ORPHANED);
	assert_int_equal(group_node(&tree, 120)->marks, 0);
	assert_int_equal(session_node(&tree, 100)->marks, 0);
	/* Nothing of this is asked of the kernel's threads. */
	assert_int_equal(group_node(&tree, 2)->marks | group_node(&tree, 2)->unknown, 0);
	assert_int_equal(session_node(&tree, 2)->marks | session_node(&tree, 2)->unknown, 0);
}

static void trees_mark_what_has_no_leader(void **state)
{
	static const struct task tasks[] = { TASK(50, 1, 49, 48, 'T'), TASK(51, 50, 51, 48, 'S') };
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 2);
	build(&tree, &snapshot, false);
	assert_int_equal(session_node(&tree, 50)->marks, NODE_LEADERLESS);
	assert_int_equal(snapshot.processes[session_node(&tree, 50)->process].pid, 50);
	assert_int_equal(group_node(&tree, 50)->marks,
	                 NODE_LEADERLESS | NODE_ORPHANED | NODE_STOPPED);
	assert_int_equal(group_node(&tree, 51)->marks, 0);
}

static void trees_say_what_is_outside(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };

	(void)state;
	make(&snapshot, put_in, ARRAY_SIZE(put_in));
	build(&tree, &snapshot, false);
	const struct node *group = group_node(&tree, 20);
	assert_int_equal(session_node(&tree, 20)->marks, NODE_OUTSIDE);
	assert_int_equal(session_node(&tree, 20)->unknown, NODE_LEADERLESS);
	assert_int_equal(group->marks, NODE_OUTSIDE);
	assert_int_equal(group->unknown, NODE_LEADERLESS | NODE_ORPHANED | NODE_FOREGROUND);
	assert_int_equal(process_node(&tree, 21)->unknown, NODE_FOREGROUND);
	/* The group is one of ours. */
	group = group_node(&tree, 22);
	assert_int_equal(session_node(&tree, 22)->marks, NODE_OUTSIDE);
	assert_int_equal(group->marks, NODE_STOPPED);
	assert_int_equal(group->unknown, NODE_ORPHANED);
	assert_int_equal(session_node(&tree, 40)->marks, 0);
}

static void trees_show_a_process_without_stat_alone(void **state)
{
	static const struct task tasks[] = { TASK(50, 1, 50, 50, 'S'), TASK(51, 50, 50, 50, 'T') };
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };

	(void)state;
	make_host(&snapshot, tasks, 2);
	snapshot.processes[3].known = PROCESS_PARENT;
	snapshot.processes[2].known = 0;
	snapshot.processes[2].state = 0;
	build(&tree, &snapshot, false);
	assert_int_equal(tree.count, 2 + 2 + 2 + 2);
	const struct node *node = process_node(&tree, 50);
	assert_int_equal(node->parent, NONE);
	assert_int_equal(node->marks, NODE_UNSEEN);
	assert_int_equal(node->unknown, NODE_FOREGROUND | NODE_STOPPED);
	/* Its parent is no reason to put it there. */
	node = process_node(&tree, 51);
	assert_int_equal(node->parent, NONE);
	assert_int_equal(node->marks, NODE_UNSEEN | NODE_STOPPED);
	assert_int_equal(node->unknown, NODE_FOREGROUND);
}

/* The view does not read of which container a process is, so it must not say it where a snapshot
 * knows more. */
static void trees_name_no_containers(void **state)
{
	static const struct task task = TASK(50, 1, 50, 50, 'S');
	const struct container key = { .runtime = "docker", .id = "aa" };
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };
	uint32_t container;

	(void)state;
	make_host(&snapshot, &task, 1);
	assert_int_equal(snapshot_add_container(&snapshot, &key, &container), 0);
	snapshot.processes[snapshot_find_pid(&snapshot, 50)].container = container;
	build(&tree, &snapshot, false);
	for (size_t i = 0; i < tree.count; i++)
		assert_int_equal(tree.nodes[i].container, NONE);
}

/* They share session and group with their process: there is nothing to tell. */
static void trees_have_no_threads(void **state)
{
	static const struct task task = TASK(50, 1, 50, 50, 'S', .n_threads = 2);
	auto_snapshot struct snapshot snapshot;
	uint32_t index;

	(void)state;
	make_host(&snapshot, &task, 1);
	assert_int_equal(snapshot_add_thread(&snapshot, 2, 51, &index), 0);
	for (int threads = 0; threads < 2; threads++) {
		auto_tree struct tree tree = { 0 };
		build(&tree, &snapshot, threads);
		assert_int_equal(tree.count, 9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shell_and_its_jobs),
		cmocka_unit_test(the_group_of_a_zombie_is_orphaned_its_sibling_is_not),
		cmocka_unit_test(a_zombie_leader_with_threads_lives),
		cmocka_unit_test(only_zombies_are_orphaned),
		cmocka_unit_test(a_subreaper_in_the_session_keeps_a_group),
		cmocka_unit_test(a_parent_that_cannot_be_seen_is_unknown),
		cmocka_unit_test(a_parent_without_stat_is_unknown),
		cmocka_unit_test(a_parent_younger_than_its_child_is_unknown),
		cmocka_unit_test(only_the_global_init_is_left_aside),
		cmocka_unit_test(the_initial_namespace_is_known_by_who_is_seen),
		cmocka_unit_test(kernel_threads_are_one),
		cmocka_unit_test(the_session_that_the_kernel_began_with),
		cmocka_unit_test(sessions_outside_are_kept_apart),
		cmocka_unit_test(outside_only_some_answers_are_known),
		cmocka_unit_test(parents_in_a_circle_end),
		cmocka_unit_test(leaders_may_be_gone),
		cmocka_unit_test(minus_one_is_no_session),
		cmocka_unit_test(a_foreground_group_may_be_gone),
		cmocka_unit_test(the_terminal_of_whoever_has_it),
		cmocka_unit_test(one_number_of_two_devpts_is_ambiguous),
		cmocka_unit_test(terminals_have_names),
		cmocka_unit_test(nobody_makes_no_session),
		cmocka_unit_test(many_processes_take_no_time),
		cmocka_unit_test(random_numbers_keep_the_promises),
		cmocka_unit_test(trees_nest_by_parent_inside_a_group),
		cmocka_unit_test(trees_mark_what_has_no_leader),
		cmocka_unit_test(trees_say_what_is_outside),
		cmocka_unit_test(trees_show_a_process_without_stat_alone),
		cmocka_unit_test(trees_name_no_containers),
		cmocka_unit_test(trees_have_no_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
