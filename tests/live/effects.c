/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a process on which a signal has an effect of its own, prints "target=PID pid=PID" in one
 * line, and then, a line each, what becomes of the target: "handler NUMBER", "ended NUMBER",
 * "exited", "stopped NUMBER", "trapped NUMBER" (its tracer was told of that signal, and keeps it),
 * "continued". It undoes all by exiting when its stdin ends or it is killed.
 *
 *   effects WORD[,WORD...]
 *
 * Words:
 *   plain                does nothing about signals
 *   handler, ignored, blocked
 *                        does that with all that it may
 *   thread               has a second thread, which blocks nothing
 *   twin                 has a second thread, which blocks what the first one does
 *   leaderless           its first thread has exited (with thread or twin)
 *   zombie               is dead, and not reaped
 *   orphan               its process group is orphaned
 *   init                 is the init of a PID namespace
 *   vfork                waits for its vfork(2) child: a sleep that only fatal signals end
 *   stopped              is stopped
 *   traced, trapped      is traced, and runs or is in a stop of its tracer's
 *   frozen, frozen1      is in a frozen control group, of version 2 or 1
 *
 * Exit 77: this kernel has it not.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_UNSUPPORTED = 77 };

enum word {
	WORD_PLAIN = 1 << 0,
	WORD_HANDLER = 1 << 1,
	WORD_IGNORED = 1 << 2,
	WORD_BLOCKED = 1 << 3,
	WORD_THREAD = 1 << 4,
	WORD_TWIN = 1 << 5,
	WORD_LEADERLESS = 1 << 6,
	WORD_ZOMBIE = 1 << 7,
	WORD_ORPHAN = 1 << 8,
	WORD_INIT = 1 << 9,
	WORD_VFORK = 1 << 10,
	WORD_STOPPED = 1 << 11,
	WORD_TRACED = 1 << 12,
	WORD_TRAPPED = 1 << 13,
	WORD_FROZEN = 1 << 14,
	WORD_FROZEN1 = 1 << 15,
};

static const struct {
	const char *name;
	unsigned word;
} words[] = {
	{ "plain", WORD_PLAIN },     { "handler", WORD_HANDLER },       { "ignored", WORD_IGNORED },
	{ "blocked", WORD_BLOCKED }, { "thread", WORD_THREAD },         { "twin", WORD_TWIN },
	{ "zombie", WORD_ZOMBIE },   { "leaderless", WORD_LEADERLESS }, { "orphan", WORD_ORPHAN },
	{ "init", WORD_INIT },       { "vfork", WORD_VFORK },           { "stopped", WORD_STOPPED },
	{ "traced", WORD_TRACED },   { "trapped", WORD_TRAPPED },       { "frozen", WORD_FROZEN },
	{ "frozen1", WORD_FROZEN1 },
};

/* The signals that were handled come through here, a byte each. */
static int handled[2];

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "effects: %s: %s\n", what, strerror(errno));
	_exit(errno == ENOSYS || errno == EOPNOTSUPP ? EXIT_UNSUPPORTED : 1);
}

static void check(bool is_good, const char *what)
{
	if (!is_good)
		die(what);
}

static unsigned parse_words(char *text)
{
	unsigned found = 0;
	char *place = NULL;

	for (char *part = strtok_r(text, ",", &place); part; part = strtok_r(NULL, ",", &place)) {
		unsigned word = 0;
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strcmp(words[i].name, part) == 0)
				word = words[i].word;
		}
		errno = EINVAL;
		check(word != 0, part);
		found |= word;
	}
	return found;
}

static void tell(int number)
{
	char byte = (char)number;

	if (write(handled[1], &byte, 1) != 1)
		_exit(1);
}

/* The kernel refuses KILL and STOP, and the C library its own two. */
static void treat_signals(unsigned what)
{
	struct sigaction action = { .sa_handler = what & WORD_HANDLER ? tell : SIG_IGN };
	sigset_t all;

	for (int i = 1; what & (WORD_HANDLER | WORD_IGNORED) && i <= SIGRTMAX; i++)
		sigaction(i, &action, NULL);
	sigfillset(&all);
	if (what & WORD_BLOCKED)
		sigprocmask(SIG_BLOCK, &all, NULL);
}

/* What a thread is begun with. */
struct thread_task {
	unsigned what;
	int ready;
};

static void *sleep_main(void *data)
{
	const struct thread_task *task = data;
	sigset_t all;

	sigfillset(&all);
	if (task->what & WORD_THREAD)
		sigprocmask(SIG_UNBLOCK, &all, NULL);
	check(write(task->ready, "x", 1) == 1, "write");
	for (;;)
		pause();
	return NULL;
}

/* The child goes with its parent. */
static void wait_for_vfork(void)
{
	const pid_t parent = getpid();

	if (vfork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have gone before. */
	if (getppid() != parent)
		_exit(0);
	for (;;)
		pause();
}

/* The target. `ready` is told when it is what the words say, as far as it can be so by itself. */
static _Noreturn void live(unsigned what, int ready)
{
	static struct thread_task task;
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	check((what & WORD_ORPHAN ? setsid() : setpgid(0, 0)) >= 0, "a group of its own");
	treat_signals(what);
	task = (struct thread_task){ .what = what, .ready = ready };
	if (what & (WORD_THREAD | WORD_TWIN))
		check(pthread_create(&thread, NULL, sleep_main, &task) == 0, "pthread_create");
	else
		check(write(ready, "x", 1) == 1, "write");
	if (what & WORD_ZOMBIE)
		_exit(0);
	if (what & WORD_LEADERLESS)
		syscall(SYS_exit, 0);
	if (what & WORD_VFORK)
		wait_for_vfork();
	for (;;)
		pause();
}

static pid_t start_target(unsigned what, int keep)
{
	int ready[2];
	char byte;

	check(pipe(ready) == 0, "pipe");
	if (what & WORD_INIT)
		check(unshare(CLONE_NEWPID) == 0, "unshare");
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		close(ready[0]);
		if (keep >= 0)
			close(keep);
		live(what, ready[1]);
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "the target");
	close(ready[0]);
	return pid;
}

static bool write_text(const char *folder, const char *file, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	if (fd >= 0)
		close(fd);
	return is_written;
}

static bool file_has(const char *folder, const char *file, const char *wanted)
{
	char path[512], text[512] = "";

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_there =
		fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 && strstr(text, wanted) != NULL;
	if (fd >= 0)
		close(fd);
	return is_there;
}

/* Where the hierarchy that can freeze is mounted. */
static bool find_mount(bool is_v2, char *ret, size_t size)
{
	FILE *table = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[256], root[256];
	bool is_found = false;

	check(table != NULL, "mountinfo");
	while (!is_found && fgets(line, sizeof(line), table)) {
		const char *type = strstr(line, is_v2 ? " - cgroup2 " : " - cgroup ");
		if (!type || (!is_v2 && !strstr(type, "freezer")) ||
		    sscanf(line, "%*s %*s %*s %255s %255s", root, point) != 2)
			continue;
		is_found = strcmp(root, "/") == 0;
		snprintf(ret, size, "%s/nskit-effects-%d", point, (int)getpid());
	}
	fclose(table);
	return is_found;
}

/* Thaws the group and removes it once `life` has ended, which this process holds until it goes. */
static int start_janitor(const char *folder)
{
	int life[2];
	char byte;

	check(pipe(life) == 0, "pipe");
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid > 0) {
		close(life[0]);
		return life[1];
	}
	setsid();
	close(life[1]);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	while (read(life[0], &byte, 1) > 0)
		;
	for (int i = 0; i < 5000 && rmdir(folder) < 0 && errno != ENOENT; i++) {
		write_text(folder, "cgroup.freeze", "0");
		write_text(folder, "freezer.state", "THAWED");
		usleep(1000);
	}
	_exit(0);
}

/* A group to freeze the target in; *ret_life is open as long as the group is needed. */
static void make_group(bool is_v2, char *folder, size_t size, int *ret_life)
{
	if (!find_mount(is_v2, folder, size)) {
		fprintf(stderr, "effects: no hierarchy of control groups v%d\n", is_v2 ? 2 : 1);
		_exit(EXIT_UNSUPPORTED);
	}
	*ret_life = start_janitor(folder);
	check(mkdir(folder, 0700) == 0, folder);
}

static void freeze(bool is_v2, const char *folder, pid_t target)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", (int)target);
	check(write_text(folder, "cgroup.procs", number), "cgroup.procs");
	check(is_v2 ? write_text(folder, "cgroup.freeze", "1")
	            : write_text(folder, "freezer.state", "FROZEN"),
	      "freeze");
	/* What is in a sleep that cannot be interrupted does not freeze. */
	for (int i = 0; i < 500; i++) {
		if (is_v2 ? file_has(folder, "cgroup.events", "frozen 1")
		          : file_has(folder, "freezer.state", "FROZEN"))
			return;
		usleep(1000);
	}
}

/* The target's state in /proc/PID/stat. */
static char state_of(pid_t pid)
{
	char path[64], text[512] = "";

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0, path);
	close(fd);
	const char *end = strrchr(text, ')');
	return end ? end[2] : '\0';
}

static void wait_for_state(pid_t pid, const char *states)
{
	for (int i = 0; i < 5000; i++) {
		if (strchr(states, state_of(pid)))
			return;
		usleep(1000);
	}
	errno = ETIMEDOUT;
	die("the target's state");
}

/* What is done to the target from outside. */
static void treat_target(unsigned what, pid_t target)
{
	if (what & WORD_VFORK)
		wait_for_state(target, "D");
	else if (what & (WORD_ZOMBIE | WORD_LEADERLESS))
		wait_for_state(target, "Z");
	else
		wait_for_state(target, "S");
	if (what & WORD_STOPPED) {
		kill(target, SIGSTOP);
		check(waitpid(target, NULL, WUNTRACED) == target, "stop it");
	}
	if (what & (WORD_TRACED | WORD_TRAPPED))
		check(ptrace(PTRACE_SEIZE, target, 0, 0) == 0, "PTRACE_SEIZE");
	if (what & WORD_TRAPPED) {
		check(ptrace(PTRACE_INTERRUPT, target, 0, 0) == 0, "PTRACE_INTERRUPT");
		check(waitpid(target, NULL, __WALL) == target, "trap it");
	}
}

static void say_change(unsigned what, int status)
{
	if (WIFSIGNALED(status))
		printf("ended %d\n", WTERMSIG(status));
	else if (WIFEXITED(status))
		puts("exited");
	else if (WIFCONTINUED(status))
		puts("continued");
	else
		printf("%s %d\n", what & (WORD_TRACED | WORD_TRAPPED) ? "trapped" : "stopped",
		       WSTOPSIG(status));
}

/* Says what becomes of the target, until stdin ends. A zombie stays one. */
static void watch(unsigned what, pid_t target, int changes)
{
	struct pollfd sources[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = handled[0], .events = POLLIN },
		{ .fd = changes, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	unsigned char number;
	int status;

	while (poll(sources, 3, -1) > 0) {
		if (sources[0].revents && read(STDIN_FILENO, &number, 1) <= 0)
			return;
		if (sources[1].revents && read(handled[0], &number, 1) == 1)
			printf("handler %d\n", number);
		if (sources[2].revents && read(changes, &info, sizeof(info)) > 0 &&
		    !(what & WORD_ZOMBIE)) {
			while (waitpid(target, &status, WNOHANG | WUNTRACED | WCONTINUED) > 0)
				say_change(what, status);
		}
		fflush(stdout);
	}
}

/* Blocked here, and read as a file; the target is not to inherit that. */
static int watch_children(void)
{
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, NULL);
	int fd = signalfd(-1, &children, SFD_CLOEXEC);
	check(fd >= 0, "signalfd");
	return fd;
}

int main(int argc, char **argv)
{
	char folder[512] = "";
	int life = -1;

	if (argc != 2) {
		fprintf(stderr, "usage: effects WORD[,WORD...]\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	const unsigned what = parse_words(argv[1]);
	const bool is_frozen = what & (WORD_FROZEN | WORD_FROZEN1), is_v2 = what & WORD_FROZEN;
	if (is_frozen)
		make_group(is_v2, folder, sizeof(folder), &life);
	check(pipe(handled) == 0, "pipe");
	pid_t target = start_target(what, life);
	treat_target(what, target);
	if (is_frozen)
		freeze(is_v2, folder, target);
	int changes = watch_children();
	printf("target=%d pid=%d\n", (int)target, (int)getpid());
	fflush(stdout);
	watch(what, target, changes);
	return 0;
}
