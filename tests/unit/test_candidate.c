/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of one process again, and the number that was given away last. */
#include "child.h"
#include "skip.h"

#include "scan/candidate.h"

/* Others are born meanwhile: so often. */
#define TRIES 1000

static void the_last_number_is_that_of_who_was_born_last(void **state)
{
	const struct candidate_wants wants = { 0 };
	auto_candidates struct candidate_reader reader;
	bool is_found = false;

	(void)state;
	assert_int_equal(candidate_open(&wants, &reader), 0);
	if (reader.load_fd < 0)
		skip_because("something lies over /proc/loadavg");
	for (unsigned i = 0; i < TRIES && !is_found; i++) {
		pid_t pid = child_start(child_pause, NULL);

		is_found = candidate_last_number(&reader) == pid;
		child_end(pid);
	}
	assert_true(is_found);
}

static void a_state_is_that_of_now(void **state)
{
	const struct candidate_wants wants = { 0 };
	auto_candidates struct candidate_reader reader;
	pid_t pid = child_start(child_pause, NULL);
	int status;

	(void)state;
	assert_int_equal(candidate_open(&wants, &reader), 0);
	kill(pid, SIGSTOP);
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(candidate_state(&reader, pid), 'T');
	kill(pid, SIGKILL);
	child_await_end(pid);
	assert_int_equal(candidate_state(&reader, pid), 'Z');
	child_reap(pid);
	assert_true(candidate_state(&reader, pid) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_number_is_that_of_who_was_born_last),
		cmocka_unit_test(a_state_is_that_of_now),
	};

	return cmocka_run_group_tests_name("candidate", tests, NULL, NULL);
}
