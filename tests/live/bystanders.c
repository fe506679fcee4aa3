/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers that are used again as fast as possible, by those who are meant and those who are not: in both
 * camps processes are born and die all the time, and no number belongs to one camp for long. pgkill signals
 * the one camp, round after round; a signal that reaches the other is counted, and is the failure.
 * usage: bystanders ROUNDS SCOPE [OPTION...]
 *   SCOPE   group, session, tree, uts, or cgroup:FOLDER
 *   OPTION  of pgkill; it is told -USR1 before them
 * It wants to be PID 1 of a PID namespace of its own, with a small kernel.pid_max there.
 * Prints "rounds=N hits=N strays=N"; exit 1 when there were strays, or no hits.
 */
#include "trial.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BREEDERS 2
#define LIVES_US 300

/* Whom a signal reached. */
struct shared {
	atomic_ulong hits, strays;
	atomic_int root;
};
static struct shared *shared;

static void on_hit(int signal)
{
	(void)signal;
	atomic_fetch_add(&shared->hits, 1);
}

static void on_stray(int signal)
{
	(void)signal;
	atomic_fetch_add(&shared->strays, 1);
}

/* Children that live for a moment, one after the other, as long as this process does. */
static void breed(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The kernel reaps them at once, so that their numbers are free. */
	signal(SIGCHLD, SIG_IGN);
	for (unsigned i = 0;; i++) {
		if (fork() == 0) {
			const struct timespec life = { .tv_nsec = (long)(i % 4) * LIVES_US * 1000 };

			nanosleep(&life, NULL);
			_exit(0);
		}
		if (i % 8 == 0) {
			const struct timespec pause = { .tv_nsec = LIVES_US * 1000 };

			nanosleep(&pause, NULL);
		}
	}
}

static void start_breeders(void)
{
	signal(SIGCHLD, SIG_IGN);
	for (unsigned i = 0; i < BREEDERS; i++) {
		if (fork() == 0)
			breed();
	}
	for (;;)
		pause();
}

/* The camp that is meant. */
static void run_meant(const char *scope)
{
	signal(SIGUSR1, on_hit);
	if (strcmp(scope, "group") == 0)
		setpgid(0, 0);
	else
		setsid();
	if (strcmp(scope, "uts") == 0 && unshare(CLONE_NEWUTS) < 0)
		trial_fail("unshare");
	if (strncmp(scope, "cgroup:", 7) == 0)
		trial_join_cgroup(scope + 7);
	start_breeders();
}

static void run_bystanders(void)
{
	signal(SIGUSR1, on_stray);
	setsid();
	start_breeders();
}

static pid_t start(void (*run)(const char *), const char *scope)
{
	pid_t pid = fork();

	if (pid < 0)
		trial_fail("fork");
	if (pid == 0) {
		trial_leave_judge();
		run(scope);
		_exit(0);
	}
	return pid;
}

static void run_others(const char *scope)
{
	(void)scope;
	run_bystanders();
}

/* Rounds one after the other; how many pgkill failed in. */
static unsigned play(unsigned n_rounds, const char *scope, pid_t meant, char **options)
{
	unsigned n_failed = 0;

	for (unsigned i = 0; i < n_rounds; i++) {
		pid_t pgkill = fork();
		int status = 0;

		/* Where numbers are few, none may be free for a moment. */
		if (pgkill < 0 && errno == EAGAIN) {
			i--;
			continue;
		}
		if (pgkill == 0)
			trial_run_pgkill("-USR1", options, scope, meant);
		if (waitpid(pgkill, &status, 0) != pgkill)
			trial_fail("waitpid");
		n_failed += status != 0;
	}
	return n_failed;
}

static int judge(char **argv)
{
	unsigned n_rounds = (unsigned)atoi(argv[1]);
	const struct timespec moment = { .tv_nsec = 200000000 };
	pid_t meant = start(run_meant, argv[2]);
	pid_t others = start(run_others, argv[2]);
	unsigned n_failed;

	nanosleep(&moment, NULL);
	n_failed = play(n_rounds, argv[2], meant, argv + 3);
	kill(meant, SIGKILL);
	kill(others, SIGKILL);
	printf("rounds=%u hits=%lu strays=%lu failed=%u\n", n_rounds, atomic_load(&shared->hits),
	       atomic_load(&shared->strays), n_failed);
	fflush(stdout);
	return atomic_load(&shared->strays) > 0 || atomic_load(&shared->hits) < n_rounds;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: bystanders ROUNDS SCOPE [OPTION...]\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (shared == MAP_FAILED)
		trial_fail("mmap");
	return trial_run_judge(judge, argv);
}
