/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a signal would do to a process. Each rule is one that was seen on a process made by
 * tests/live/effects.c. */
#include "made.h"

#include <signal.h>

#include "model/effect.h"

#define BIT(signal) (UINT64_C(1) << ((signal)-1))
#define ALL UINT64_C(0xfffffffffffbfeff) /* but KILL and STOP */

#define IGNORED_INIT "ignored: init of its PID namespace has no handler"
#define ORPHANED "no effect: its process group is orphaned"

struct rule {
	int number;
	const char *text;
	struct signals signals; /* of state S where none is given */
	const pid_t *numbers;
	uint32_t n_numbers;
	bool is_orphaned, is_kernel_thread;
};

#define RULE(number_of_signal, text_of_effect, ...)                                                \
	{                                                                                          \
		.number = number_of_signal, .text = text_of_effect, __VA_ARGS__                    \
	}

/* An init of a namespace below ours, that of our own, and one that is none. */
static const pid_t nested[] = { 7, 1 };
static const pid_t own_init[] = { 1 };
static const pid_t inner[] = { 7, 4, 10 };
#define NESTED .numbers = nested, .n_numbers = 2
#define OWN_INIT .numbers = own_init, .n_numbers = 1
#define INNER .numbers = inner, .n_numbers = 3

/* Process 7, traced by 5, "gdb"; 6 is not in sight. */
static void make(struct snapshot *snapshot, const struct rule *rule)
{
	struct signals signals = rule->signals;

	snapshot_init(snapshot);
	made_process(snapshot, 5, 1, "gdb");
	uint32_t index = made_process(snapshot, 7, 1, "x");
	snapshot->processes[index].numbers = rule->numbers;
	snapshot->processes[index].n_numbers = rule->n_numbers;
	snapshot->processes[index].is_kernel_thread = rule->is_kernel_thread;
	signals.pid = 7;
	if (!signals.state)
		signals.state = 'S';
	assert_int_equal(snapshot_add_signals(snapshot, &signals), 0);
}

static void check(const struct rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		auto_arena struct arena arena = { 0 };
		auto_snapshot struct snapshot snapshot;

		make(&snapshot, &rules[i]);
		const enum effect effect =
			effect_of(&snapshot, 1, rules[i].number, rules[i].is_orphaned);
		const char *text = effect_text(&arena, &snapshot, 1, effect);
		if (!text || !is_equal(text, rules[i].text))
			fail_msg("rule %zu: %s, expected: %s", i, text, rules[i].text);
	}
}
#define CHECK(rules) check((rules), ARRAY_SIZE(rules))

/* clang-format off */
static void running(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, "ends"),
		RULE(SIGQUIT, "ends"),
		RULE(SIGRTMIN, "ends"),
		RULE(SIGRTMAX, "ends"),
		RULE(32, "ends"),
		RULE(SIGKILL, "ends", .signals = { .blocked = ALL, .ignored = ALL }),
		RULE(SIGSTOP, "stops", .signals = { .blocked = ALL, .ignored = ALL }),
		RULE(SIGTSTP, "stops"),
		RULE(SIGTTIN, ORPHANED, .is_orphaned = true),
		RULE(SIGSTOP, "stops", .is_orphaned = true),
		RULE(SIGTSTP, "handler", .signals = { .caught = ALL }, .is_orphaned = true),
		RULE(SIGTERM, "ends", .is_orphaned = true),
		RULE(SIGCHLD, "no effect"),
		RULE(SIGWINCH, "no effect"),
		RULE(SIGCONT, "no effect"),
		RULE(SIGCONT, "handler", .signals = { .caught = ALL }),
		RULE(SIGCHLD, "handler", .signals = { .caught = ALL }),
		RULE(SIGQUIT, "handler", .signals = { .caught = ALL }),
		RULE(SIGTERM, "ignored", .signals = { .ignored = ALL }),
		RULE(SIGTERM, "ends",
		     .signals = { .ignored = ALL & ~BIT(SIGTERM), .blocked = ALL & ~BIT(SIGTERM) }),
		RULE(SIGTERM, "blocked", .signals = { .blocked = ALL }),
		RULE(SIGTERM, "blocked", .signals = { .blocked = ALL, .ignored = ALL }),
		RULE(SIGTERM, "blocked", .signals = { .blocked = ALL, .caught = ALL }),
		RULE(SIGCONT, "blocked", .signals = { .blocked = ALL, .caught = ALL }),
		RULE(SIGTERM, "unknown", .signals = { .blocked = ALL, .has_unread_threads = true }),
		RULE(SIGTERM, "ends",
		     .signals = { .blocked = BIT(SIGINT), .has_unread_threads = true }),
		RULE(0, "no effect", .signals = { .blocked = ALL }),
		RULE(SIGTERM, "ends", .signals = { .state = 'R' }),
		/* No signals at all, as a caller may be told them. */
		RULE(65, "ends", .signals = { .blocked = UINT64_MAX, .ignored = UINT64_MAX }),
		RULE(-1, "ends", .signals = { .blocked = UINT64_MAX }),
	};

	(void)state;
	CHECK(rules);
}

static void stopped(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, "pending until CONT", .signals = { .state = 'T' }),
		RULE(SIGQUIT, "pending until CONT", .signals = { .state = 'T' }),
		RULE(SIGTERM, "pending until CONT", .signals = { .state = 'T', .caught = ALL }),
		RULE(SIGTERM, "ignored", .signals = { .state = 'T', .ignored = ALL }),
		RULE(SIGTERM, "blocked", .signals = { .state = 'T', .blocked = ALL }),
		RULE(SIGKILL, "ends", .signals = { .state = 'T' }),
		RULE(SIGCONT, "continues", .signals = { .state = 'T' }),
		RULE(SIGCONT, "continues",
		     .signals = { .state = 'T', .blocked = ALL, .ignored = ALL }),
		RULE(SIGCONT, "continues", .signals = { .state = 'T', .caught = ALL }),
		/* CONT takes all of these away. */
		RULE(SIGSTOP, "no effect", .signals = { .state = 'T' }),
		RULE(SIGTSTP, "no effect", .signals = { .state = 'T' }),
		RULE(SIGTSTP, "no effect", .signals = { .state = 'T', .caught = ALL }),
		RULE(SIGCHLD, "no effect", .signals = { .state = 'T' }),
	};

	(void)state;
	CHECK(rules);
}

static void init_of_a_namespace(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, IGNORED_INIT, NESTED),
		RULE(SIGTSTP, IGNORED_INIT, NESTED),
		RULE(SIGTERM, IGNORED_INIT, .signals = { .state = 'T' }, NESTED),
		RULE(SIGTERM, IGNORED_INIT, .signals = { .state = 'D' }, NESTED),
		RULE(SIGTERM, IGNORED_INIT, .signals = { .frozen = FROZEN_V2 }, NESTED),
		RULE(SIGTERM, "handler", .signals = { .caught = ALL }, NESTED),
		RULE(SIGTERM, "ignored", .signals = { .ignored = ALL }, NESTED),
		RULE(SIGTERM, "blocked", .signals = { .blocked = ALL }, NESTED),
		RULE(SIGCHLD, "no effect", NESTED),
		RULE(SIGKILL, "ends", NESTED),
		RULE(SIGSTOP, "stops", NESTED),
		RULE(SIGCONT, "continues", .signals = { .state = 'T' }, NESTED),
		RULE(SIGKILL, IGNORED_INIT, OWN_INIT),
		RULE(SIGSTOP, IGNORED_INIT, OWN_INIT),
		RULE(SIGTERM, "ends", INNER),
		RULE(SIGTERM, "held by its tracer gdb 5", .signals = { .tracer = 5 }, NESTED),
	};

	(void)state;
	CHECK(rules);
}

static void traced(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, "held by its tracer gdb 5", .signals = { .tracer = 5 }),
		RULE(SIGTERM, "held by its tracer gdb 5", .signals = { .tracer = 5, .state = 't' }),
		RULE(SIGTERM, "held by its tracer 6", .signals = { .tracer = 6 }),
		RULE(SIGTERM, "held by its tracer", .signals = { .state = 't' }),
		RULE(SIGTERM, "held by its tracer gdb 5",
		     .signals = { .tracer = 5, .ignored = ALL }),
		RULE(SIGCHLD, "held by its tracer gdb 5", .signals = { .tracer = 5 }),
		RULE(SIGCONT, "held by its tracer gdb 5", .signals = { .tracer = 5, .state = 't' }),
		RULE(SIGSTOP, "held by its tracer gdb 5", .signals = { .tracer = 5 }),
		RULE(SIGTERM, "blocked", .signals = { .tracer = 5, .blocked = ALL }),
		RULE(SIGTERM, "stuck in D (kernel_clone)",
		     .signals = { .tracer = 5, .state = 'D', .wchan = "kernel_clone" }),
		RULE(SIGKILL, "ends", .signals = { .tracer = 5, .state = 't' }),
		RULE(SIGTERM, "pending until thawed",
		     .signals = { .tracer = 5, .frozen = FROZEN_V2 }),
		RULE(SIGTERM, "held by its tracer gdb 5",
		     .signals = { .tracer = 5, .state = 't', .frozen = FROZEN_V2 }),
		RULE(SIGKILL, "ends", .signals = { .tracer = 5, .frozen = FROZEN_V2 }),
		RULE(SIGTERM, "pending until thawed",
		     .signals = { .tracer = 5, .state = 'D', .frozen = FROZEN_V1 }),
		RULE(SIGKILL, "pending until thawed",
		     .signals = { .tracer = 5, .state = 'D', .frozen = FROZEN_V1 }),
	};

	(void)state;
	CHECK(rules);
}

static void frozen(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, "ends", .signals = { .frozen = FROZEN_V2 }),
		RULE(SIGKILL, "ends", .signals = { .frozen = FROZEN_V2 }),
		RULE(SIGQUIT, "pending until thawed", .signals = { .frozen = FROZEN_V2 }),
		RULE(SIGSTOP, "pending until thawed", .signals = { .frozen = FROZEN_V2 }),
		RULE(SIGTERM, "pending until thawed",
		     .signals = { .frozen = FROZEN_V2, .caught = ALL }),
		RULE(SIGTERM, "ignored", .signals = { .frozen = FROZEN_V2, .ignored = ALL }),
		RULE(SIGTERM, "blocked", .signals = { .frozen = FROZEN_V2, .blocked = ALL }),
		RULE(SIGCONT, "no effect", .signals = { .frozen = FROZEN_V2 }),
		RULE(SIGTSTP, ORPHANED, .signals = { .frozen = FROZEN_V2 }, .is_orphaned = true),
		RULE(SIGTERM, "pending until CONT",
		     .signals = { .frozen = FROZEN_V2, .state = 'T' }),
		RULE(SIGKILL, "ends", .signals = { .frozen = FROZEN_V2, .state = 'T' }),
		RULE(SIGCONT, "pending until thawed",
		     .signals = { .frozen = FROZEN_V2, .state = 'T' }),
		RULE(SIGTERM, "pending until thawed",
		     .signals = { .frozen = FROZEN_V1, .state = 'D' }),
		RULE(SIGKILL, "pending until thawed",
		     .signals = { .frozen = FROZEN_V1, .state = 'D' }),
		RULE(SIGSTOP, "pending until thawed",
		     .signals = { .frozen = FROZEN_V1, .state = 'D' }),
		RULE(SIGTERM, "ignored",
		     .signals = { .frozen = FROZEN_V1, .state = 'D', .ignored = ALL }),
		RULE(SIGTERM, "blocked",
		     .signals = { .frozen = FROZEN_V1, .state = 'D', .blocked = ALL }),
		RULE(SIGKILL, "pending until thawed",
		     .signals = { .frozen = FROZEN_V1, .state = 'S' }),
		RULE(SIGCONT, "no effect",
		     .signals = { .frozen = FROZEN_V1, .state = 'D', .wchan = "__refrigerator" }),
		RULE(SIGCONT, "pending until thawed",
		     .signals = { .frozen = FROZEN_V1, .state = 'D', .wchan = "do_signal_stop" }),
		RULE(SIGSTOP, "no effect",
		     .signals = { .frozen = FROZEN_V1, .state = 'D', .wchan = "do_signal_stop" }),
		/* Its control group could not be seen. */
		RULE(SIGKILL, "pending until thawed",
		     .signals = { .state = 'D', .wchan = "__refrigerator" }),
		RULE(SIGTERM, "ends", .signals = { .frozen = FROZEN_UNKNOWN }),
		RULE(SIGTERM, "ends", .signals = { .frozen = FROZEN_NO }),
	};

	(void)state;
	CHECK(rules);
}

static void in_a_sleep(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, "stuck in D (percpu_rwsem_wait)",
		     .signals = { .state = 'D', .wchan = "percpu_rwsem_wait" }),
		RULE(SIGKILL, "stuck in D (percpu_rwsem_wait)",
		     .signals = { .state = 'D', .wchan = "percpu_rwsem_wait" }),
		RULE(SIGKILL, "stuck in D", .signals = { .state = 'D' }),
		RULE(SIGTERM, "stuck in D", .signals = { .state = 'D', .caught = ALL }),
		RULE(SIGTERM, "ignored", .signals = { .state = 'D', .ignored = ALL }),
		RULE(SIGTERM, "blocked", .signals = { .state = 'D', .blocked = ALL }),
		RULE(SIGCONT, "no effect", .signals = { .state = 'D' }),
		RULE(SIGSTOP, "stuck in D (kernel_clone)",
		     .signals = { .state = 'D', .wchan = "kernel_clone" }),
		RULE(SIGTERM, "ends", .signals = { .state = 'D', .wchan = "kernel_clone" }),
		RULE(SIGTERM, "ends", .signals = { .state = 'D', .wchan = "kernel_clone.part.0" }),
		RULE(SIGTERM, "ends",
		     .signals = { .state = 'D', .wchan = "rpc_wait_bit_killable" }),
		RULE(SIGTERM, "ends",
		     .signals = { .state = 'D', .wchan = "rpc_wait_bit_killable.cold" }),
		RULE(SIGTERM, "stuck in D (kernel_clone_)",
		     .signals = { .state = 'D', .wchan = "kernel_clone_" }),
		RULE(SIGTERM, "stuck in D (killable)",
		     .signals = { .state = 'D', .wchan = "killable" }),
		RULE(SIGTERM, "stuck in D ()", .signals = { .state = 'D', .wchan = "" }),
		RULE(SIGQUIT, "stuck in D (kernel_clone)",
		     .signals = { .state = 'D', .wchan = "kernel_clone" }),
		RULE(SIGKILL, "ends", .signals = { .state = 'D', .wchan = "kernel_clone" }),
		RULE(SIGTERM, "stuck in D (kernel_clone)",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .caught = ALL }),
		/* Another one came before. */
		RULE(SIGTERM, "stuck in D (kernel_clone)",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .pending = BIT(SIGQUIT) }),
		RULE(SIGTERM, "ends",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .pending = BIT(SIGHUP),
		                  .blocked = BIT(SIGHUP) }),
		RULE(SIGKILL, "ends",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .pending = BIT(SIGQUIT) }),
		RULE(SIGTERM, "stuck in D (kernel_clone)",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .frozen = FROZEN_V2 }),
		RULE(SIGKILL, "ends",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .frozen = FROZEN_V2 }),
		RULE(SIGTERM, "pending until thawed",
		     .signals = { .state = 'D', .wchan = "kernel_clone", .frozen = FROZEN_V1 }),
	};

	(void)state;
	CHECK(rules);
}

static void dead_or_the_kernels(void **state)
{
	const struct rule rules[] = {
		RULE(SIGTERM, "dead already", .signals = { .state = 'Z' }),
		RULE(SIGKILL, "dead already", .signals = { .state = 'X' }),
		RULE(SIGKILL, "unknown", .signals = { .state = 'Z', .has_unread_threads = true }),
		RULE(0, "no effect", .signals = { .state = 'Z' }),
		RULE(SIGKILL, "ignored",
		     .signals = { .ignored = UINT64_MAX }, .is_kernel_thread = true),
		RULE(SIGTERM, "ignored", .is_kernel_thread = true),
	};

	(void)state;
	CHECK(rules);
}
/* clang-format on */

static void nothing_was_read(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	made_process(&snapshot, 7, 1, "x");
	assert_int_equal(effect_of(&snapshot, 0, SIGKILL, false), EFFECT_UNKNOWN);
	assert_int_equal(effect_of(&snapshot, 0, 0, false), EFFECT_NOTHING);
	for (enum effect effect = 0; effect < EFFECT_N; effect++)
		assert_true(*effect_text(&arena, &snapshot, 0, effect));
}

static void names_may_be_hostile(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const struct signals signals = { .pid = 7, .tracer = 7, .state = 'D', .wchan = "%s%n\x1b" };

	(void)state;
	snapshot_init(&snapshot);
	made_process(&snapshot, 7, 1, "%n\xff) ");
	assert_int_equal(snapshot_add_signals(&snapshot, &signals), 0);
	assert_string_equal(effect_text(&arena, &snapshot, 0, EFFECT_TRACED),
	                    "held by its tracer %n\xff)  7");
	assert_string_equal(effect_text(&arena, &snapshot, 0, EFFECT_STUCK),
	                    "stuck in D (%s%n\x1b)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(running),
		cmocka_unit_test(stopped),
		cmocka_unit_test(init_of_a_namespace),
		cmocka_unit_test(traced),
		cmocka_unit_test(frozen),
		cmocka_unit_test(in_a_sleep),
		cmocka_unit_test(dead_or_the_kernels),
		cmocka_unit_test(nothing_was_read),
		cmocka_unit_test(names_may_be_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
