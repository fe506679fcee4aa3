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
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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
static int judges_end = -1; /* of the pipe that tells how it went */

static void fail(const char *what)
{
	fprintf(stderr, "bystanders: %s: %s\n", what, strerror(errno));
	_exit(99);
}

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

static void join_cgroup(const char *folder)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		fail(path);
	close(fd);
}

/* The camp that is meant. */
static void run_meant(const char *scope)
{
	signal(SIGUSR1, on_hit);
	if (strcmp(scope, "session") == 0)
		setsid();
	else
		setpgid(0, 0);
	if (strcmp(scope, "uts") == 0 && unshare(CLONE_NEWUTS) < 0)
		fail("unshare");
	if (strncmp(scope, "cgroup:", 7) == 0)
		join_cgroup(scope + 7);
	start_breeders();
}

static void run_bystanders(void)
{
	signal(SIGUSR1, on_stray);
	setsid();
	start_breeders();
}

static void run_pgkill(const char *scope, pid_t root, char **options)
{
	const char *words[64] = { "pgkill", "-USR1" };
	char target[4200];
	size_t n = 2;

	for (; *options && n < 60; options++)
		words[n++] = *options;
	snprintf(target, sizeof(target), "%d", root);
	if (strcmp(scope, "session") == 0)
		words[n++] = "--session";
	else if (strcmp(scope, "tree") == 0)
		words[n++] = "--tree";
	else if (strcmp(scope, "uts") == 0)
		words[n++] = "--namespace=uts";
	else if (strncmp(scope, "cgroup:", 7) == 0)
		snprintf(target, sizeof(target), "%s", scope + 7);
	words[n++] = target;
	words[n] = NULL;
	execvp(words[0], (char **)words);
	fail("pgkill");
}

static pid_t start(void (*run)(const char *), const char *scope)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid == 0) {
		close(judges_end);
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
			run_pgkill(scope, meant, options);
		if (waitpid(pgkill, &status, 0) != pgkill)
			fail("waitpid");
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
	struct pollfd end = { 0 };
	int ends[2];
	char result = 99;

	if (argc < 3) {
		fprintf(stderr, "usage: bystanders ROUNDS SCOPE [OPTION...]\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (shared == MAP_FAILED || pipe2(ends, O_CLOEXEC) < 0)
		fail("mmap");
	signal(SIGCHLD, SIG_IGN);
	judges_end = ends[1];
	if (fork() == 0) {
		signal(SIGCHLD, SIG_DFL);
		result = (char)judge(argv);
		(void)!write(ends[1], &result, 1);
		_exit(0);
	}
	close(ends[1]);
	end.fd = ends[0];
	if (poll(&end, 1, -1) < 0 || read(ends[0], &result, 1) != 1)
		fail("judge");
	return result;
}
