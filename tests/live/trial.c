/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static int judges_end = -1; /* of the pipe that tells how it went */

void trial_fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(99);
}

void trial_join_cgroup(const char *folder)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", folder);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		trial_fail(path);
	close(fd);
}

void trial_run_pgkill(const char *first, char **options, const char *scope, pid_t root)
{
	const char *words[64] = { "pgkill" };
	char target[4200];
	size_t n = 1;

	if (first)
		words[n++] = first;
	for (; *options && n < 60; options++)
		words[n++] = *options;
	snprintf(target, sizeof(target), "%d", root);
	if (strcmp(scope, "session") == 0)
		words[n++] = "--session";
	else if (strncmp(scope, "tree", 4) == 0)
		words[n++] = "--tree";
	else if (strcmp(scope, "pid") == 0)
		words[n++] = "--namespace";
	else if (strcmp(scope, "uts") == 0)
		words[n++] = "--namespace=uts";
	else if (strncmp(scope, "cgroup:", 7) == 0)
		snprintf(target, sizeof(target), "%s", scope + 7);
	words[n++] = target;
	words[n] = NULL;
	/* In a slow guest it would take a minute to get its turn among all who fork. */
	setpriority(PRIO_PROCESS, 0, -20);
	execvp(words[0], (char **)words);
	trial_fail("pgkill");
}

int trial_run_judge(int (*judge)(char **argv), char **argv)
{
	struct pollfd end = { 0 };
	int ends[2];
	char result = 99;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		trial_fail("pipe");
	/* Of orphans nobody wants to know: the kernel reaps them at once. */
	signal(SIGCHLD, SIG_IGN);
	judges_end = ends[1];
	pid = fork();
	if (pid < 0)
		trial_fail("fork");
	if (pid == 0) {
		signal(SIGCHLD, SIG_DFL);
		/* pgkill leaves its own session alone, and those whose session is out of sight. */
		setsid();
		result = (char)judge(argv);
		(void)!write(ends[1], &result, 1);
		_exit(0);
	}
	close(ends[1]);
	end.fd = ends[0];
	if (poll(&end, 1, -1) < 0 || read(ends[0], &result, 1) != 1)
		trial_fail("judge");
	return result;
}

void trial_leave_judge(void)
{
	close(judges_end);
}
