/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a command while processes come and go as fast as they can.
 *
 *   storm SECONDS COMMAND [ARGUMENT...]
 *
 * It must be the init of a PID namespace (unshare --pid --fork --kill-child): whatever the storm
 * leaves behind then comes to it, never to the init of the machine, and ends with it. At most 64
 * processes of the storm are there at a time, and it lasts SECONDS at most. Exit: the status of the
 * command, or 124 when it took longer. Says last, on stderr, how many processes there were.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N_WORKERS = 2, MAX_PROCESSES = 64, N_KINDS = 5, EXIT_USAGE = 2, EXIT_TIMEOUT = 124 };

/* Counted by all: forked and not yet reaped, and forked at all. */
static struct counts {
	int now;
	long total;
} * counts;

/* Forks where the limit allows it: 0 in the child, else its number or -1. */
static pid_t start(void)
{
	if (__atomic_add_fetch(&counts->now, 1, __ATOMIC_RELAXED) <= MAX_PROCESSES) {
		pid_t pid = fork();
		if (pid > 0)
			__atomic_add_fetch(&counts->total, 1, __ATOMIC_RELAXED);
		if (pid >= 0)
			return pid;
	}
	__atomic_sub_fetch(&counts->now, 1, __ATOMIC_RELAXED);
	return -1;
}

static void note_end(void)
{
	__atomic_sub_fetch(&counts->now, 1, __ATOMIC_RELAXED);
}

static void *thread_main(void *data)
{
	(void)!unshare(CLONE_NEWUTS);
	usleep(500);
	return data;
}

/* One process: it exits at once, or after it left an orphan, a namespace, or a thread behind. */
static _Noreturn void be_short(long kind)
{
	pthread_t thread;

	switch (kind % N_KINDS) {
	case 0:
		break;
	case 1:
		if (start() == 0)
			usleep(300);
		break;
	case 2:
		(void)!unshare(CLONE_NEWUTS | CLONE_NEWIPC);
		usleep(200);
		break;
	case 3:
		/* The leader becomes a zombie, the thread ends the process. */
		if (pthread_create(&thread, NULL, thread_main, NULL) == 0)
			syscall(SYS_exit, 0);
		break;
	default:
		execl("/bin/true", "true", (char *)NULL);
		break;
	}
	_exit(0);
}

static _Noreturn void work(void)
{
	for (long kind = 0;; kind++) {
		pid_t pid = start();
		if (pid == 0)
			be_short(kind);
		if (pid < 0)
			usleep(100);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			note_end();
	}
}

static void give_up(int signal)
{
	(void)signal;
	_exit(EXIT_TIMEOUT);
}

/* Reaps orphans until the command has ended. Returns its status. */
static int wait_for(pid_t command)
{
	int status;

	for (;;) {
		pid_t pid = wait(&status);
		if (pid == command)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (pid > 0)
			note_end();
	}
}

int main(int argc, char **argv)
{
	if (argc < 3 || getpid() != 1) {
		fprintf(stderr, "usage, as init of a PID namespace: storm SECONDS COMMAND...\n");
		return EXIT_USAGE;
	}
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
	              0);
	if (counts == MAP_FAILED)
		return EXIT_TIMEOUT;
	signal(SIGALRM, give_up);
	alarm((unsigned)strtoul(argv[1], NULL, 10));
	for (int i = 0; i < N_WORKERS; i++) {
		if (fork() == 0) {
			/* Else the command would get one share of many, which takes an age where the
			 * kernel is emulated. */
			(void)!nice(10);
			work();
		}
	}
	pid_t command = fork();
	if (command == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	int status = wait_for(command);
	fprintf(stderr, "storm: %ld processes\n", counts->total);
	return status;
}
