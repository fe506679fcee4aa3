/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Processes that fork and exit as fast as they can, in lanes: at any time one of each lane lives, and soon
 * another one. In a scope of pgkill, which is to end them all; trial after trial, and who has survived
 * tells a pipe that all of them hold open, not /proc.
 * usage: lanes TRIALS SCOPE KIND [OPTION...]
 *   SCOPE   group, orphaned (a group without a leader), session, tree, tree-shedding (which does not look
 *           after its orphans), pid, uts, or cgroup:FOLDER
 *   KIND    fork, setsid (each in a session of its own), double (each by way of a process between)
 *   OPTION  of pgkill: -KILL, --end=5s
 * It wants to be PID 1 of a PID namespace of its own: what is left over ends with that. A lane ends by itself
 * after some minutes. Prints "trials=N survived=N failed=N"; exit 1 when either is not 0.
 */
#include "trial.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LANES 24
#define LANE_SECONDS 300
#define WARM_HOPS 1
#define PATIENCE_MS 5000

enum kind { KIND_FORK, KIND_SETSID, KIND_DOUBLE };

/* What lanes and the judge share. */
struct shared {
	atomic_uint hops[LANES];
	atomic_int root; /* the first process of the scope, as the judge numbers it */
};
static struct shared *shared;
static time_t end_of_lanes;
static enum kind kind;

static time_t now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec;
}

/* Where fork is refused (pids.max, a PID namespace that ends) the lane goes on as it is. */
static void hop(void)
{
	pid_t pid = fork();

	if (pid > 0)
		_exit(0);
	if (pid < 0)
		return;
	if (kind == KIND_SETSID)
		setsid();
	if (kind == KIND_DOUBLE && fork() > 0)
		_exit(0);
}

static void run_lane(unsigned lane)
{
	while (now() < end_of_lanes) {
		hop();
		atomic_fetch_add(&shared->hops[lane], 1);
	}
	_exit(0);
}

/* All set off at once, when there is the last: the first would leave him no processor. */
static void start_lanes(void)
{
	int gate[2];

	if (pipe2(gate, O_CLOEXEC) < 0)
		trial_fail("pipe");
	for (unsigned lane = 0; lane < LANES; lane++) {
		if (fork() == 0) {
			char nothing;

			close(gate[1]);
			(void)!read(gate[0], &nothing, 1);
			close(gate[0]);
			run_lane(lane);
		}
	}
	close(gate[0]);
	close(gate[1]);
}

/* The process that makes the scope, in it. */
static void run_root(const char *scope)
{
	if (strcmp(scope, "group") == 0 || strcmp(scope, "orphaned") == 0)
		setpgid(0, 0);
	else
		setsid();
	if (strcmp(scope, "uts") == 0 && unshare(CLONE_NEWUTS) < 0)
		trial_fail("unshare");
	if (strncmp(scope, "cgroup:", 7) == 0)
		trial_join_cgroup(scope + 7);
	/* So that whoever loses his parent stays below. */
	if (strcmp(scope, "tree") == 0)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	signal(SIGCHLD, SIG_IGN);
	start_lanes();
	if (strcmp(scope, "orphaned") == 0)
		_exit(0);
	for (;;)
		pause();
}

/* Takes care of the orphans; the status of `pid`, once it has ended. */
static bool reap(pid_t pid, int *ret_status)
{
	bool has_ended = false;
	int status;
	pid_t ended;

	while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
		if (ended == pid) {
			*ret_status = status;
			has_ended = true;
		}
	}
	return has_ended;
}

static void rest(void)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	nanosleep(&moment, NULL);
}

/* Whether all lanes are under way before they end by themselves. */
static bool wait_until_warm(void)
{
	for (unsigned lane = 0; lane < LANES; lane++) {
		while (atomic_load(&shared->hops[lane]) < WARM_HOPS) {
			int status;

			if (now() >= end_of_lanes)
				return false;
			reap(0, &status);
			rest();
		}
	}
	return true;
}

/* Whether nobody holds the other end of the pipe any more. */
static bool all_are_gone(int fd, int patience_ms)
{
	struct pollfd end = { .fd = fd };
	int status;

	for (int i = 0; i < patience_ms; i++) {
		reap(0, &status);
		if (poll(&end, 1, 1) > 0 && end.revents & POLLHUP)
			return true;
	}
	return false;
}

/* The first process, in a PID namespace of its own where that is the scope. */
static pid_t start_root(const char *scope, int reading_end)
{
	bool is_pid = strcmp(scope, "pid") == 0;
	pid_t pid;

	if (is_pid && unshare(CLONE_NEWPID) < 0)
		trial_fail("unshare");
	pid = fork();
	if (pid < 0)
		trial_fail("fork");
	if (pid == 0) {
		close(reading_end);
		trial_leave_judge();
		run_root(scope);
	}
	return pid;
}

/* A process that makes one root: only its first child may be in a new PID namespace. Gives its number. */
static pid_t start_scope(const char *scope, int reading_end)
{
	pid_t maker;
	int status;

	atomic_store(&shared->root, 0);
	maker = fork();
	if (maker < 0)
		trial_fail("fork");
	if (maker == 0) {
		atomic_store(&shared->root, start_root(scope, reading_end));
		_exit(0);
	}
	while (waitpid(maker, &status, 0) != maker)
		;
	return atomic_load(&shared->root);
}

/* One trial. 0; 1 somebody survived; 2 pgkill failed. */
static int try(const char *scope, char **options)
{
	int ends[2], status = -1;
	pid_t root, pgkill;

	memset(shared, 0, sizeof(*shared));
	end_of_lanes = now() + LANE_SECONDS;
	if (pipe2(ends, O_CLOEXEC) < 0)
		trial_fail("pipe");
	root = start_scope(scope, ends[0]);
	close(ends[1]);
	if (!wait_until_warm()) {
		fprintf(stderr, "lanes: they did not get under way\n");
		_exit(99);
	}
	pgkill = fork();
	if (pgkill == 0)
		trial_run_pgkill(NULL, options, scope, root);
	while (!reap(pgkill, &status))
		rest();
	bool gone = all_are_gone(ends[0], PATIENCE_MS);
	close(ends[0]);
	if (!gone)
		return 1;
	if (now() >= end_of_lanes) {
		fprintf(stderr, "lanes: they came to their own end: this says nothing\n");
		return 2;
	}
	if (status == 0)
		return 0;
	fprintf(stderr, "lanes: pgkill ended with status %#x\n", status);
	return 2;
}

static enum kind kind_by_name(const char *name)
{
	if (strcmp(name, "setsid") == 0)
		return KIND_SETSID;
	return strcmp(name, "double") == 0 ? KIND_DOUBLE : KIND_FORK;
}

/* All trials, below the process that reaps. */
static int judge(char **argv)
{
	unsigned n_trials = (unsigned)atoi(argv[1]);
	unsigned n_survived = 0, n_failed = 0, i;

	for (i = 0; i < n_trials && n_survived + n_failed < 5; i++) {
		int result = try(argv[2], argv + 4);

		n_survived += result == 1;
		n_failed += result == 2;
	}
	printf("trials=%u survived=%u failed=%u\n", i, n_survived, n_failed);
	fflush(stdout);
	return n_survived + n_failed > 0;
}

int main(int argc, char **argv)
{
	if (argc < 4 || atoi(argv[1]) <= 0) {
		fprintf(stderr, "usage: lanes TRIALS SCOPE KIND [OPTION...]\n");
		return 2;
	}
	kind = kind_by_name(argv[3]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (shared == MAP_FAILED)
		trial_fail("mmap");
	return trial_run_judge(judge, argv);
}
