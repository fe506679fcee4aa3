/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sweeps over sets of real processes, of which a made world says who is in them when. */
#include "child.h"

#include "act/pidfd.h"
#include "act/sweep.h"
#include "base/deadline.h"

#define MEMBERS 4
#define SECOND UINT64_C(1000000)

/* What the sweep is told. */
struct world {
	pid_t members[MEMBERS];
	unsigned n_members;
	unsigned n_listed; /* the others are born while the list is read */
	unsigned n_asked[MEMBERS];
	unsigned n_yes;       /* how often somebody is said to be in the set; 0: always */
	unsigned reaped_when; /* the first is when it is asked for so often; 0: not */
	bool is_reaped;
	unsigned n_restless; /* how often somebody is said to run still */
	pid_t last;          /* the number given away last, when a pass begins, or -errno */
	bool is_numbered;    /* once it has begun, that of the last member */
	bool begins_again;   /* it is a high one when a pass begins */
	bool has_begun;      /* a pass, since the last number was asked for */
	bool is_protected;
};

static int walk(void *data, sweep_visit visit, void *visit_data)
{
	struct world *world = data;
	int r = 0;

	world->has_begun = true;
	for (unsigned i = 0; i < world->n_listed && r == 0; i++)
		r = visit(visit_data, world->members[i]);
	if (world->is_numbered)
		world->last = world->members[world->n_members - 1];
	return r;
}

static int belongs(void *data, pid_t pid, struct candidate *ret)
{
	struct world *world = data;

	*ret = (struct candidate){ .pid = pid, .state = 'S', .comm = "made" };
	for (unsigned i = 0; i < world->n_members; i++) {
		if (world->members[i] == pid &&
		    (world->n_yes == 0 || world->n_asked[i] < world->n_yes)) {
			if (++world->n_asked[i] == world->reaped_when) {
				child_end(pid);
				world->is_reaped = true;
			}
			return ANSWER_YES;
		}
	}
	return ANSWER_NO;
}

static void note_end(void *data, struct victim *victim)
{
	(void)data;
	victim->end = VICTIM_ENDED;
}

static bool is_protected(void *data, const struct candidate *candidate)
{
	const struct world *world = data;

	(void)candidate;
	return world->is_protected;
}

static int state(void *data, pid_t pid)
{
	struct world *world = data;

	(void)pid;
	if (world->n_restless == 0)
		return 'T';
	return world->n_restless-- % 2 ? 'R' : 'D';
}

static pid_t last_number(void *data)
{
	struct world *world = data;
	bool has_begun = world->has_begun;

	world->has_begun = false;
	return world->begins_again && !has_begun ? INT32_MAX : world->last;
}

static void make(struct world *world, unsigned n)
{
	*world = (struct world){ .n_members = n, .n_listed = n, .last = -ENODATA };
	for (unsigned i = 0; i < n; i++)
		world->members[i] = child_start(child_pause, NULL);
	/* Where numbers have begun again at the lowest in between, once more. */
	for (unsigned i = 1; i < n; i++) {
		if (world->members[i] < world->members[i - 1]) {
			for (unsigned j = 0; j < n; j++)
				child_end(world->members[j]);
			make(world, n);
			return;
		}
	}
}

/* A sweep over a made world, and all that it needs. */
struct stage {
	struct world world;
	struct victims victims;
	struct sweep_source source;
	struct sweep sweep;
};

static void begin(struct stage *stage, unsigned n_members, enum sweep_deed deed, int signal)
{
	/* Skips the test where there are no such descriptors. */
	close(child_pidfd(getpid()));
	*stage = (struct stage){
		.source = {
			.walk = walk,
			.belongs = belongs,
			.note_end = note_end,
			.is_protected = is_protected,
			.state = state,
			.last_number = last_number,
			.data = &stage->world,
		},
		.sweep = {
			.source = &stage->source,
			.victims = &stage->victims,
			.deed = deed,
			.spared = SIZE_MAX,
			.signal = signal,
			.deadline = deadline_after(60 * SECOND),
		},
	};
	make(&stage->world, n_members);
}

static void end(struct stage *stage)
{
	for (unsigned i = 0; i < stage->world.n_members; i++) {
		if (!stage->world.is_reaped)
			child_end(stage->world.members[i]);
	}
	victims_done(&stage->victims);
}

/* All of them were ended by that signal, and are reaped. */
static void end_by(struct stage *stage, int signal)
{
	for (unsigned i = 0; i < stage->world.n_members; i++) {
		int status = child_reap(stage->world.members[i]);

		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signal);
	}
	victims_done(&stage->victims);
}

static void who_is_born_meanwhile_is_found_by_number(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 3, SWEEP_SIGNAL, SIGTERM);
	/* The last two are in no list; their numbers are the next ones. */
	stage.world.n_listed = 1;
	stage.world.last = stage.world.members[0];
	stage.world.is_numbered = true;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_met, 3);
	/* Two more, in which no number was given away. */
	assert_int_equal(stage.sweep.n_passes, 3);
	end_by(&stage, SIGTERM);
}

static void without_numbers_it_looks_more_often(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_SIGNAL, SIGTERM);
	stage.world.n_listed = 0;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_passes, 3);
	assert_int_equal(stage.sweep.n_met, 0);
	stage.world.n_listed = 1;
	stage.sweep.n_passes = 0;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_passes, 26);
	assert_int_equal(stage.sweep.n_met, 1);
	end_by(&stage, SIGTERM);
}

static void numbers_that_begin_again_prove_nothing(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_SIGNAL, SIGTERM);
	stage.world.n_listed = 0;
	stage.world.last = 1;
	stage.world.begins_again = true;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_passes, 3);
	/* The same where they have not. */
	stage.world.begins_again = false;
	stage.sweep.n_passes = 0;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_passes, 2);
	end(&stage);
}

static void who_was_stopped_is_waited_for(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 2, SWEEP_HALT, SIGTERM);
	stage.world.last = 1;
	stage.world.n_restless = 20;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_met, 2);
	assert_int_equal(stage.world.n_restless, 0);
	for (unsigned i = 0; i < 2; i++)
		assert_true(stage.victims.items[i].is_halted && stage.victims.items[i].is_at_rest);
	/* One is left as it is for now. */
	stage.sweep.spared = 0;
	sweep_signal_held(&stage.sweep);
	child_await_end(stage.victims.items[1].pid);
	assert_true(stage.victims.items[0].is_halted);
	assert_int_equal(stage.victims.items[0].sent, 0);
	assert_false(sweep_has_more(&stage.sweep));
	stage.sweep.spared = SIZE_MAX;
	assert_true(sweep_has_more(&stage.sweep));
	sweep_signal_held(&stage.sweep);
	assert_false(sweep_has_more(&stage.sweep));
	end_by(&stage, SIGTERM);
}

static void who_never_rests_does_not_hold_it_up(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_HALT, SIGKILL);
	stage.world.last = 1;
	stage.world.n_restless = UINT32_MAX;
	stage.sweep.deadline = deadline_after(SECOND / 10);
	assert_int_equal(sweep_until_quiet(&stage.sweep), -ETIMEDOUT);
	assert_int_equal(stage.sweep.n_met, 1);
	end(&stage);
}

/* Who has ended may be on his way out of /proc, where a look would wait for him. */
static void of_who_has_ended_nothing_is_read(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_HALT, SIGTERM);
	stage.world.last = 1;
	assert_int_equal(sweep_once(&stage.sweep), 1);
	assert_int_equal(kill(stage.world.members[0], SIGKILL), 0);
	child_await_end(stage.world.members[0]);
	stage.victims.items[0].is_at_rest = false;
	stage.world.n_restless = 20;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.world.n_restless, 20);
	end_by(&stage, SIGKILL);
}

/* In the set when it is met, not any more when it is held. */
static void it_is_read_again_once_it_is_pinned(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_SIGNAL, SIGTERM);
	stage.world.n_yes = 1;
	stage.world.last = 1;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.world.n_asked[0], 1);
	assert_int_equal(stage.victims.count, 0);
	end(&stage);
}

/* It is gone before what was read of its number: that was another one's. */
static void it_is_proven_unreaped_once_it_was_read(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_SIGNAL, SIGTERM);
	stage.world.reaped_when = 2;
	stage.world.last = 1;
	assert_int_equal(sweep_once(&stage.sweep), 0);
	assert_true(stage.world.is_reaped);
	assert_int_equal(stage.victims.count, 0);
	end(&stage);
}

static void who_is_protected_is_left_alone(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 1, SWEEP_HALT, SIGKILL);
	stage.world.is_protected = true;
	stage.world.last = 1;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.victims.count, 0);
	end(&stage);
}

static void who_is_only_held_gets_nothing(void **ignored)
{
	struct stage stage;

	(void)ignored;
	begin(&stage, 2, SWEEP_ADOPT, SIGKILL);
	stage.world.last = 1;
	assert_int_equal(sweep_until_quiet(&stage.sweep), 0);
	assert_int_equal(stage.sweep.n_passes, 1);
	assert_int_equal(stage.sweep.n_met, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pidfd_has_ended(stage.victims.items[i].pidfd), 0);
		assert_false(stage.victims.items[i].is_halted ||
		             stage.victims.items[i].is_signalled);
	}
	end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_born_meanwhile_is_found_by_number),
		cmocka_unit_test(without_numbers_it_looks_more_often),
		cmocka_unit_test(numbers_that_begin_again_prove_nothing),
		cmocka_unit_test(who_was_stopped_is_waited_for),
		cmocka_unit_test(who_never_rests_does_not_hold_it_up),
		cmocka_unit_test(of_who_has_ended_nothing_is_read),
		cmocka_unit_test(it_is_read_again_once_it_is_pinned),
		cmocka_unit_test(it_is_proven_unreaped_once_it_was_read),
		cmocka_unit_test(who_is_protected_is_left_alone),
		cmocka_unit_test(who_is_only_held_gets_nothing),
	};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
