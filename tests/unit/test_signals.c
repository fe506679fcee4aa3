/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What processes do with signals: from a recorded tree, and of processes of this host. */
#include "recorded.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "made.h"
#include "scan/scan.h"

#define BIT(signal) (UINT64_C(1) << ((signal)-1))

static void scan_signals(const struct tree *tree, struct snapshot *ret)
{
	struct scan_request request = { .sysroot = tree->root,
		                        .needs = { .process = PROCESS_SIGNALS } };

	snapshot_init(ret);
	assert_int_equal(scan_take(&request, ret), 0);
}

/* Status of a process or thread in which only this is worth a look. */
static void add_status(struct tree *tree, const char *path, char state, unsigned n_threads,
                       const char *blocked)
{
	char text[400];

	snprintf(text, sizeof(text),
	         "Name:\tx\nState:\t%c (some)\nPPid:\t1\nTracerPid:\t5\nUid:\t0\t0\t0\t0\n"
	         "NStgid:\t7\t1\nThreads:\t%u\nSigPnd:\t0000000000000001\n"
	         "ShdPnd:\t0000000000004000\nSigBlk:\t%s\nSigIgn:\t0000000000001000\n"
	         "SigCgt:\t0000000180004002\n",
	         state, n_threads, blocked);
	make_text(tree, path, text);
}

static void add_process(struct tree *tree, char state, unsigned n_threads, const char *blocked)
{
	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	add_status(tree, "proc/7/status", state, n_threads, blocked);
}

static void add_thread(struct tree *tree, const char *number, char state, const char *blocked)
{
	char path[64];

	if (is_equal(number, "7"))
		make_directory(tree, "proc/7/task");
	snprintf(path, sizeof(path), "proc/7/task/%s", number);
	make_directory(tree, path);
	strcat(path, "/status");
	add_status(tree, path, state, 3, blocked);
}

static void reads_status(void **state)
{
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	add_process(tree, 'S', 1, "0000000000000200");
	make_text(tree, "proc/7/wchan", "never_read");
	scan_signals(tree, &snapshot);
	assert_int_equal(snapshot.n_processes, 1);
	/* What else is in that file goes with it. */
	assert_int_equal(snapshot.processes[0].known, PROCESS_SIGNALS | PROCESS_NUMBERS |
	                                                      PROCESS_PARENT | PROCESS_COMM |
	                                                      PROCESS_UID);
	assert_int_equal(snapshot.processes[0].n_numbers, 2);
	const struct signals *signals = snapshot_find_signals(&snapshot, 0);
	assert_non_null(signals);
	assert_int_equal(signals->pid, 7);
	assert_int_equal(signals->tracer, 5);
	assert_int_equal(signals->state, 'S');
	assert_true(signals->pending == 0x4001 && signals->blocked == 0x200);
	assert_true(signals->ignored == 0x1000 && signals->caught == UINT64_C(0x180004002));
	assert_null(signals->wchan);
	assert_int_equal(signals->frozen, FROZEN_UNKNOWN);
	assert_false(signals->has_unread_threads);
}

/* Older recordings lack them: that is known of all else in there. */
static void does_without(void **state)
{
	struct tree *tree = *state;
	struct scan_request request = { .sysroot = tree->root,
		                        .needs = { .process = PROCESS_SIGNALS | PROCESS_NUMBERS } };
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	make_directory(tree, "proc/7");
	make_text(tree, "proc/7/status", "Name:\tx\nState:\tS\nPPid:\t1\nNStgid:\t7\n");
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.processes[0].known,
	                 PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_COMM);
	assert_null(snapshot_find_signals(&snapshot, 0));
	assert_null(snapshot.signals);
}

static void reads_where_it_sleeps(void **state)
{
	static const struct {
		const char *file, *wchan;
	} cases[] = {
		{ "folio_wait_bit_common", "folio_wait_bit_common" },
		{ "\x1b[31m\xff\n", "\x1b[31m\xff" },
		{ "0", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tree *tree = *state;
		auto_snapshot struct snapshot snapshot;
		add_process(tree, 'D', 1, "0000000000000000");
		if (cases[i].file)
			make_text(tree, "proc/7/wchan", cases[i].file);
		scan_signals(tree, &snapshot);
		const struct signals *signals = snapshot_find_signals(&snapshot, 0);
		assert_non_null(signals);
		if (cases[i].wchan)
			assert_string_equal(signals->wchan, cases[i].wchan);
		else
			assert_null(signals->wchan);
		if (i + 1 == ARRAY_SIZE(cases))
			break;
		tree_done(state);
		tree_start(state);
	}
}

static void blocked_is_what_all_threads_block(void **state)
{
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	add_process(tree, 'S', 3, "000000000000ff00");
	add_thread(tree, "7", 'S', "0000000000000000");
	add_thread(tree, "8", 'S', "0000000000000ff0");
	/* It is dead, so that it takes none. */
	add_thread(tree, "9", 'Z', "0000000000000000");
	scan_signals(tree, &snapshot);
	const struct signals *signals = snapshot_find_signals(&snapshot, 0);
	assert_true(signals->blocked == 0xf00);
	assert_false(signals->has_unread_threads);
}

static void a_thread_stands_for_a_zombie_leader(void **state)
{
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	add_process(tree, 'Z', 3, "0000000000000000");
	add_thread(tree, "7", 'Z', "0000000000000000");
	add_thread(tree, "8", 'X', "0000000000000000");
	add_thread(tree, "9", 'T', "0000000000000ff0");
	scan_signals(tree, &snapshot);
	const struct signals *signals = snapshot_find_signals(&snapshot, 0);
	assert_int_equal(signals->state, 'T');
	assert_true(signals->blocked == 0xff0);
	assert_int_equal(snapshot.processes[0].state, 'Z');
}

static void says_that_threads_were_not_read(void **state)
{
	struct tree *tree = *state;
	auto_snapshot struct snapshot snapshot;

	add_process(tree, 'S', 2, "000000000000ff00");
	scan_signals(tree, &snapshot);
	assert_true(snapshot_find_signals(&snapshot, 0)->has_unread_threads);
	snapshot_done(&snapshot);
	/* One that is damaged. */
	make_directory(tree, "proc/7/task");
	make_directory(tree, "proc/7/task/8");
	make_text(tree, "proc/7/task/8/status", "State:\tS\nSigBlk:\tx\n");
	scan_signals(tree, &snapshot);
	const struct signals *signals = snapshot_find_signals(&snapshot, 0);
	assert_true(signals->has_unread_threads && signals->blocked == 0xff00);
}

/* Groups of both versions, as they lie in a hybrid layout. */
static void add_groups(struct tree *tree)
{
	static const char *const folders[] = {
		"sys",
		"sys/fs",
		"sys/fs/cgroup",
		"sys/fs/cgroup/unified",
		"sys/fs/cgroup/unified/thawed",
		"sys/fs/cgroup/unified/frozen",
		"sys/fs/cgroup/unified/freezing",
		"sys/fs/cgroup/unified/freezing/below",
		"sys/fs/cgroup/unified/old",
		"sys/fs/cgroup/cpu,freezer",
		"sys/fs/cgroup/cpu,freezer/thawed",
		"sys/fs/cgroup/cpu,freezer/frozen",
		"sys/fs/cgroup/cpu,freezer/freezing",
	};
	static const char *const files[][2] = {
		{ "unified/cgroup.procs", "" },
		{ "unified/thawed/cgroup.events", "populated 1\nfrozen 0\n" },
		{ "unified/thawed/cgroup.freeze", "0\n" },
		{ "unified/frozen/cgroup.events", "populated 1\nfrozen 1\n" },
		{ "unified/freezing/cgroup.events", "populated 1\nfrozen 0\n" },
		{ "unified/freezing/cgroup.freeze", "1\n" },
		{ "unified/freezing/below/cgroup.events", "populated 1\nfrozen 0\n" },
		{ "unified/freezing/below/cgroup.freeze", "0\n" },
		/* Before Linux 5.2. */
		{ "unified/old/cgroup.events", "populated 1\n" },
		{ "cpu,freezer/cgroup.procs", "" },
		{ "cpu,freezer/thawed/freezer.state", "THAWED\n" },
		{ "cpu,freezer/frozen/freezer.state", "FROZEN\n" },
		{ "cpu,freezer/freezing/freezer.state", "FREEZING\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		make_directory(tree, folders[i]);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[100];
		snprintf(path, sizeof(path), "sys/fs/cgroup/%s", files[i][0]);
		make_text(tree, path, files[i][1]);
	}
}

static const struct {
	const char *cgroup;
	enum frozen frozen;
} groups[] = {
	{ "0::/", FROZEN_NO },
	{ "0::/thawed", FROZEN_NO },
	{ "0::/frozen", FROZEN_V2 },
	{ "0::/freezing", FROZEN_V2 },
	{ "0::/freezing/below", FROZEN_V2 },
	{ "0::/old", FROZEN_NO },
	{ "6:freezer,cpu:/frozen\n0::/", FROZEN_V1 },
	{ "6:freezer:/freezing\n0::/frozen", FROZEN_V1 },
	{ "6:cpu,freezer:/thawed\n0::/frozen", FROZEN_V2 },
	{ "6:cpu,freezer:/thawed\n0::/thawed", FROZEN_NO },
	{ "6:freezer:/\n0::/", FROZEN_NO },
	{ "6:memory:/frozen", FROZEN_NO },
	/* What cannot be seen. */
	{ "0::/gone", FROZEN_UNKNOWN },
	{ "6:freezer:/gone\n0::/thawed", FROZEN_UNKNOWN },
	{ "6:freezer:/thawed\n0::/gone", FROZEN_UNKNOWN },
	{ "6:freezer:/gone\n0::/frozen", FROZEN_V2 },
	{ "0::/..", FROZEN_UNKNOWN },
	{ "0::/../frozen", FROZEN_UNKNOWN },
	{ "0::/frozen/../../unified/frozen", FROZEN_UNKNOWN },
	{ "0::/..frozen", FROZEN_UNKNOWN },
	{ "0::frozen", FROZEN_UNKNOWN },
	{ "0::", FROZEN_UNKNOWN },
	{ "", FROZEN_NO },
};

static void finds_what_is_frozen(void **state)
{
	struct tree *tree = *state;
	struct scan_request request = { .sysroot = tree->root,
		                        .needs = { .process = PROCESS_SIGNALS | PROCESS_CGROUP } };
	auto_snapshot struct snapshot snapshot;

	make_directory(tree, "proc");
	for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
		char path[64];
		snprintf(path, sizeof(path), "proc/%u", i + 1);
		make_directory(tree, path);
		snprintf(path, sizeof(path), "proc/%u/status", i + 1);
		add_status(tree, path, 'S', 1, "0000000000000000");
		snprintf(path, sizeof(path), "proc/%u/cgroup", i + 1);
		make_text(tree, path, groups[i].cgroup);
	}
	add_groups(tree);
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.n_signals, ARRAY_SIZE(groups));
	for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
		if (snapshot_find_signals(&snapshot, i)->frozen != groups[i].frozen)
			fail_msg("%s: %d", groups[i].cgroup,
			         snapshot_find_signals(&snapshot, i)->frozen);
	}
	/* Nobody asked for a list of the groups, nor is one missing. */
	assert_int_equal(snapshot.n_cgroups, 0);
	assert_int_equal(snapshot.gaps[GAP_CGROUP_FOLDERS].count, 0);
}

static void are_found_in_any_order(void **state)
{
	static const pid_t pids[] = { 5, 9, 200, 3, 7 };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		const struct signals signals = { .pid = pids[i], .pending = (uint64_t)pids[i] };
		uint32_t index;
		assert_int_equal(snapshot_append_process(&snapshot, pids[i], &index), 0);
		if (pids[i] != 9)
			assert_int_equal(snapshot_add_signals(&snapshot, &signals), 0);
	}
	assert_int_equal(snapshot_sort_processes(&snapshot), 0);
	for (size_t i = 0; i < ARRAY_SIZE(pids); i++) {
		const struct signals *signals =
			snapshot_find_signals(&snapshot, snapshot_find_pid(&snapshot, pids[i]));
		assert_true(pids[i] == 9 ? !signals : signals->pending == (uint64_t)pids[i]);
	}
}

static void ignore(int number)
{
	(void)number;
}

/* A child that treats three signals in three ways, until the test kills it. */
static pid_t start_child(void)
{
	int ready[2];
	char byte;

	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		sigset_t blocked;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigemptyset(&blocked);
		sigaddset(&blocked, SIGUSR1);
		sigprocmask(SIG_BLOCK, &blocked, NULL);
		signal(SIGHUP, SIG_IGN);
		signal(SIGUSR2, ignore);
		raise(SIGUSR1);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return pid;
}

static void reads_a_process_of_this_host(void **state)
{
	const struct scan_request request = { .needs = { .process = PROCESS_SIGNALS } };
	auto_snapshot struct snapshot snapshot;
	pid_t pid = start_child();

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	uint32_t child = snapshot_find_pid(&snapshot, pid);
	assert_int_not_equal(child, NONE);
	const struct signals *signals = snapshot_find_signals(&snapshot, child);
	assert_non_null(signals);
	assert_true(signals->pending & BIT(SIGUSR1) && signals->blocked & BIT(SIGUSR1));
	assert_true(signals->ignored & BIT(SIGHUP) && signals->caught & BIT(SIGUSR2));
	assert_false((signals->ignored | signals->blocked) & BIT(SIGUSR2));
	assert_int_equal(signals->tracer, 0);
	for (size_t i = 1; i < snapshot.n_signals; i++)
		assert_true(snapshot.signals[i - 1].pid < snapshot.signals[i].pid);
}

/* Nobody pays who does not ask. */
static void is_read_only_when_asked(void **state)
{
	const struct scan_request request = {
		.needs = { .process = PROCESS_ALL_FIELDS & ~PROCESS_SIGNALS },
	};
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(snapshot.n_signals, 0);
	assert_null(snapshot.signals);
}

#define WITH_TREE(test) cmocka_unit_test_setup_teardown(test, tree_start, tree_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TREE(reads_status),
		WITH_TREE(does_without),
		WITH_TREE(reads_where_it_sleeps),
		WITH_TREE(blocked_is_what_all_threads_block),
		WITH_TREE(a_thread_stands_for_a_zombie_leader),
		WITH_TREE(says_that_threads_were_not_read),
		WITH_TREE(finds_what_is_frozen),
		cmocka_unit_test(are_found_in_any_order),
		cmocka_unit_test(reads_a_process_of_this_host),
		cmocka_unit_test(is_read_only_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
