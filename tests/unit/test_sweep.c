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
	unsigned n_passes, n_asked[MEMBERS];
	unsigned n_yes;      /* how often somebody is said to be in the set; 0: always */
	unsigned n_restless; /* how often somebody is said to run still */
	pid_t last;          /* the number given away last, when a pass begins, or -errno */
	bool is_numbered;    /* once it has begun, that of the last member */
	bool is_protected;
};

static int walk(void *data, sweep_visit visit, void *visit_data)
{
	struct world *world = data;
	int r = 0;

	world->n_passes++;
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
			world->n_asked[i]++;
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
	const struct world *world = data;

	return world->last;
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

static void end(const struct world *world)
{
	for (unsigned i = 0; i < world->n_members; i++)
		child_end(world->members[i]);
}

static struct sweep sweep_of(struct world *world, struct sweep_source *source,
                             struct victims *victims, enum sweep_deed deed, int signal)
{
	close(child_pidfd(getpid()));
	*source = (struct sweep_source){
		.walk = walk,
		.belongs = belongs,
		.note_end = note_end,
		.is_protected = is_protected,
		.state = state,
		.last_number = last_number,
		.data = world,
	};
	return (struct sweep){
		.source = source,
		.victims = victims,
		.deed = deed,
		.spared = SIZE_MAX,
		.signal = signal,
		.deadline = deadline_after(60 * SECOND),
	};
}

/* Whether the signal has ended that child; it is reaped then. */
static void assert_ended_by(pid_t pid, int signal)
{
	int status = child_reap(pid);

	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signal);
}

static void who_is_born_meanwhile_is_found_by_number(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 3);
	/* The last two are in no list; their numbers are the next ones. */
	world.n_listed = 1;
	world.last = world.members[0];
	world.is_numbered = true;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_SIGNAL, SIGTERM);
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(sweep.n_met, 3);
	/* Two more, in which no number was given away. */
	assert_int_equal(sweep.n_passes, 3);
	for (unsigned i = 0; i < 3; i++)
		assert_ended_by(world.members[i], SIGTERM);
}

static void without_numbers_it_looks_more_often(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 1);
	world.n_listed = 0;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_SIGNAL, SIGTERM);
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(sweep.n_passes, 3);
	assert_int_equal(sweep.n_met, 0);
	world.n_listed = 1;
	sweep.n_passes = 0;
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(sweep.n_passes, 26);
	assert_int_equal(sweep.n_met, 1);
	assert_ended_by(world.members[0], SIGTERM);
}

static void numbers_that_begin_again_prove_nothing(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 1);
	world.n_listed = 0;
	world.is_numbered = true;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_SIGNAL, SIGTERM);
	for (unsigned i = 0; i < 3; i++) {
		world.last = INT32_MAX;
		assert_int_equal(sweep_once(&sweep), 0);
	}
	assert_int_equal(sweep.n_met, 0);
	end(&world);
}

static void who_was_stopped_is_waited_for(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 2);
	world.last = 1;
	world.n_restless = 20;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_HALT, SIGTERM);
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(sweep.n_met, 2);
	assert_int_equal(world.n_restless, 0);
	for (unsigned i = 0; i < 2; i++)
		assert_true(victims.items[i].is_halted && victims.items[i].is_at_rest);
	/* One is left as it is for now. */
	sweep.spared = 0;
	sweep_signal_held(&sweep);
	assert_ended_by(victims.items[1].pid, SIGTERM);
	assert_true(victims.items[0].is_halted);
	assert_int_equal(victims.items[0].sent, 0);
	sweep.spared = SIZE_MAX;
	sweep_signal_held(&sweep);
	assert_ended_by(victims.items[0].pid, SIGTERM);
}

static void who_never_rests_does_not_hold_it_up(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 1);
	world.last = 1;
	world.n_restless = UINT32_MAX;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_HALT, SIGKILL);
	sweep.deadline = deadline_after(SECOND / 10);
	assert_int_equal(sweep_until_quiet(&sweep), -ETIMEDOUT);
	assert_int_equal(sweep.n_met, 1);
	end(&world);
}

static void it_is_read_again_once_it_is_pinned(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 1);
	/* In the set when it is met, not any more when it is held. */
	world.n_yes = 1;
	world.last = 1;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_SIGNAL, SIGTERM);
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(world.n_asked[0], 1);
	assert_int_equal(victims.count, 0);
	end(&world);
}

static void who_is_protected_is_left_alone(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 1);
	world.is_protected = true;
	world.last = 1;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_HALT, SIGKILL);
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(victims.count, 0);
	end(&world);
}

static void who_is_only_held_gets_nothing(void **ignored)
{
	auto_victims struct victims victims = { 0 };
	struct sweep_source source;
	struct world world;

	(void)ignored;
	make(&world, 2);
	world.last = 1;
	struct sweep sweep = sweep_of(&world, &source, &victims, SWEEP_ADOPT, SIGKILL);
	assert_int_equal(sweep_until_quiet(&sweep), 0);
	assert_int_equal(sweep.n_passes, 1);
	assert_int_equal(sweep.n_met, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(pidfd_has_ended(victims.items[i].pidfd), 0);
		assert_false(victims.items[i].is_halted || victims.items[i].is_signalled);
	}
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_born_meanwhile_is_found_by_number),
		cmocka_unit_test(without_numbers_it_looks_more_often),
		cmocka_unit_test(numbers_that_begin_again_prove_nothing),
		cmocka_unit_test(who_was_stopped_is_waited_for),
		cmocka_unit_test(who_never_rests_does_not_hold_it_up),
		cmocka_unit_test(it_is_read_again_once_it_is_pinned),
		cmocka_unit_test(who_is_protected_is_left_alone),
		cmocka_unit_test(who_is_only_held_gets_nothing),
	};

	return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
