/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes sessions and process groups of any shape below the init of a PID namespace of its own, prints
 * "NAME=PID" for each process in one line, and undoes it all by exiting when its stdin ends or it is
 * killed: whoever lost its parent is its namespace's.
 *
 *   jobs PROCESS...
 *
 * PROCESS is NAME<PARENT[,WORD...]; the first one is init, "NAME[,WORD...]". They are made in this
 * order. Words:
 *   session, group       begins one
 *   with=NAME            joins the group of NAME
 *   later                joins it when all are made: what it made before stays behind
 *   terminal             has a new terminal, which is its descriptors 0 to 2
 *   foreground           its group is the one in the foreground
 *   reaps                leaves no zombies of its children
 *   subreaper            is given what loses its parent below it
 *   threads              its leading thread exits, another one lives on
 *   devpts               init: terminals are those of a devpts of its own, counted from 0
 *
 * Every process but init is called by its name and can be asked: on SIGUSR1 it sends itself SIGTSTP,
 * which stops it unless its group is orphaned (signal(7)), and is called "asked-N" after that, N
 * counting. What the kernel sends to a group that becomes orphaned while it is stopped it says too:
 * "HUP", then "HUP,CONT". Exit 77: this kernel has it not.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { EXIT_UNSUPPORTED = 77, MOST = 32 };

enum word {
	WORD_SESSION = 1 << 0,
	WORD_GROUP = 1 << 1,
	WORD_TERMINAL = 1 << 2,
	WORD_FOREGROUND = 1 << 3,
	WORD_REAPS = 1 << 4,
	WORD_THREADS = 1 << 5,
	WORD_DEVPTS = 1 << 6,
	WORD_SUBREAPER = 1 << 7,
	WORD_LATER = 1 << 8,
};

static const struct {
	const char *name;
	unsigned word;
} words[] = {
	{ "session", WORD_SESSION },   { "group", WORD_GROUP },
	{ "terminal", WORD_TERMINAL }, { "foreground", WORD_FOREGROUND },
	{ "reaps", WORD_REAPS },       { "threads", WORD_THREADS },
	{ "devpts", WORD_DEVPTS },     { "subreaper", WORD_SUBREAPER },
	{ "later", WORD_LATER },
};

/* Shared by all of them. */
struct member {
	char name[16];
	int parent; /* index, or -1 */
	int with;   /* index of whose group it joins, or -1 */
	unsigned words;
	pid_t inner; /* its number in the PID namespace */
	int outer;   /* and in that of our /proc */
};

static struct member *members;
static int n_members;
static struct {
	_Atomic int turn;       /* who is made next */
	_Atomic int has_failed; /* the exit status of who could not be made */
} * progress;
/* The other side of the terminal that is given out next. */
static int terminal_side = -1;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "jobs: %s: %s\n", what, strerror(errno));
	progress->has_failed =
		errno == ENOSYS || errno == EOPNOTSUPP || errno == ENODEV ? EXIT_UNSUPPORTED : 1;
	_exit(progress->has_failed);
}

static void check(bool is_good, const char *what)
{
	if (!is_good)
		die(what);
}

static int member_by_name(const char *name)
{
	for (int i = 0; i < n_members; i++) {
		if (strcmp(members[i].name, name) == 0)
			return i;
	}
	errno = EINVAL;
	die(name);
}

static void parse_word(struct member *member, const char *text)
{
	if (strncmp(text, "with=", 5) == 0) {
		member->with = member_by_name(text + 5);
		return;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].name, text) == 0) {
			member->words |= words[i].word;
			return;
		}
	}
	errno = EINVAL;
	die(text);
}

static void parse_member(char *text)
{
	struct member *member = &members[n_members];
	char *place = NULL;
	char *part = strtok_r(text, ",", &place);

	errno = EINVAL;
	check(n_members < MOST && part, "too many processes");
	char *above = strchr(part, '<');
	check((above != NULL) == (n_members > 0), part);
	member->parent = above ? member_by_name(above + 1) : -1;
	member->with = -1;
	if (above)
		*above = '\0';
	snprintf(member->name, sizeof(member->name), "%s", part);
	for (part = strtok_r(NULL, ",", &place); part; part = strtok_r(NULL, ",", &place))
		parse_word(member, part);
	n_members++;
}

static void rename_to(const char *name)
{
	prctl(PR_SET_NAME, name);
}

/* Any thread may be the one that handles a signal: this is the name of the leading one. */
static void rename_process(const char *name)
{
	int fd = open("/proc/self/comm", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, name, strlen(name)) < 0)
		_exit(1);
	close(fd);
}

static volatile sig_atomic_t n_asked, has_hangup;

static void be_asked(int number)
{
	char name[16] = "asked-0";

	(void)number;
	raise(SIGTSTP);
	name[6] = (char)('0' + ++n_asked % 10);
	rename_process(name);
}

static void note_hangup(int number)
{
	(void)number;
	has_hangup = 1;
	rename_process("HUP");
}

static void note_continue(int number)
{
	(void)number;
	if (has_hangup)
		rename_process("HUP,CONT");
	has_hangup = 0;
}

static void handle_signals(void)
{
	struct sigaction action = { .sa_handler = be_asked, .sa_flags = SA_RESTART };

	sigaction(SIGUSR1, &action, NULL);
	/* One after the other, in the order of their numbers. */
	sigfillset(&action.sa_mask);
	action.sa_handler = note_hangup;
	sigaction(SIGHUP, &action, NULL);
	action.sa_handler = note_continue;
	sigaction(SIGCONT, &action, NULL);
}

/* The other side of a new terminal. */
static int open_terminal_side(bool is_own)
{
	const char *path = is_own ? "/mnt/pts/ptmx" : "/dev/ptmx";
	int unlocked = 0;
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	check(fd >= 0, path);
	check(ioctl(fd, TIOCSPTLCK, &unlocked) == 0, "TIOCSPTLCK");
	return fd;
}

/* In a mount namespace of our own. */
static void mount_devpts(void)
{
	check(unshare(CLONE_NEWNS) == 0, "unshare");
	check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make / private");
	check(mount("jobs", "/mnt", "tmpfs", 0, NULL) == 0, "mount a tmpfs on /mnt");
	check(mkdir("/mnt/pts", 0700) == 0, "mkdir");
	check(mount("jobs", "/mnt/pts", "devpts", 0, "newinstance,ptmxmode=0666") == 0,
	      "mount a devpts");
}

static void take_terminal(void)
{
	int terminal = ioctl(terminal_side, TIOCGPTPEER, O_RDWR | O_NOCTTY);

	check(terminal >= 0, "TIOCGPTPEER");
	check(ioctl(terminal, TIOCSCTTY, 0) == 0, "TIOCSCTTY");
	for (int fd = 0; fd < 3; fd++)
		check(dup2(terminal, fd) >= 0, "dup2");
	close(terminal);
}

static int number_in_proc(void)
{
	char text[16] = "";

	/* Our /proc is that of the PID namespace outside. */
	check(readlink("/proc/self", text, sizeof(text) - 1) > 0, "/proc/self");
	return atoi(text);
}

static void join_group(const struct member *member)
{
	check(setpgid(0, getpgid(members[member->with].inner)) == 0, "join a group");
}

/* Becomes what the words say. */
static void take_shape(struct member *member)
{
	if (member->words & WORD_SESSION)
		check(setsid() > 0, "setsid");
	if (member->words & WORD_GROUP)
		check(setpgid(0, 0) == 0, "setpgid");
	if (member->with >= 0 && !(member->words & WORD_LATER))
		join_group(member);
	if (member->words & WORD_TERMINAL)
		take_terminal();
	if (member->words & WORD_SUBREAPER)
		check(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0, "PR_SET_CHILD_SUBREAPER");
	/* Ignored is inherited. */
	signal(SIGCHLD, member->words & WORD_REAPS ? SIG_IGN : SIG_DFL);
	if (member->words & WORD_FOREGROUND) {
		signal(SIGTTOU, SIG_IGN);
		check(tcsetpgrp(STDIN_FILENO, getpgrp()) == 0, "tcsetpgrp");
	}
}

static void *sleep_main(void *data)
{
	(void)data;
	for (;;)
		pause();
	return NULL;
}

static void sleep_for_ever(const struct member *member)
{
	pthread_t thread;

	if (member->words & WORD_THREADS) {
		check(pthread_create(&thread, NULL, sleep_main, NULL) == 0, "pthread_create");
		syscall(SYS_exit, 0);
	}
	for (;;)
		pause();
}

static void live(int index);

/* Begins a process that is a child of this one. */
static void make_child(int index)
{
	if (members[index].words & WORD_TERMINAL)
		terminal_side = open_terminal_side(members[0].words & WORD_DEVPTS);
	/* The other side stays open here, and in all that are made later: nothing hangs up. */
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0)
		live(index);
}

/* A process: takes its shape, makes its children when it is their turn, then sleeps. */
static void live(int index)
{
	struct member *member = &members[index];

	member->inner = getpid();
	member->outer = number_in_proc();
	rename_to(member->name);
	take_shape(member);
	if (member->parent >= 0)
		handle_signals();
	progress->turn = index + 1;
	for (int made = index; progress->turn < n_members; usleep(500)) {
		if (progress->has_failed)
			_exit(1);
		if (progress->turn > made && members[progress->turn].parent == index) {
			made = progress->turn;
			make_child(made);
		}
	}
	if (member->words & WORD_LATER)
		join_group(member);
	sleep_for_ever(member);
}

/* The init goes with the process that started it, and all goes with it. */
static void live_as_init(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	check(null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0,
	      "/dev/null");
	if (members[0].words & WORD_DEVPTS)
		mount_devpts();
	members[0].words |= WORD_REAPS;
	live(0);
}

static void *share(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("jobs: mmap");
		_exit(1);
	}
	return memory;
}

/* Says who is who, then waits for the end of stdin. */
static void report_and_wait(void)
{
	char byte;

	for (int i = 0; i < n_members; i++)
		printf("%s=%d ", members[i].name, members[i].outer);
	printf("pid=%d\n", (int)getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	members = share(MOST * sizeof(*members));
	progress = share(sizeof(*progress));
	for (int i = 1; i < argc; i++)
		parse_member(argv[i]);
	if (n_members == 0) {
		fprintf(stderr, "usage: jobs PROCESS...\n");
		return 2;
	}
	check(unshare(CLONE_NEWPID) == 0, "unshare");
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0)
		live_as_init();
	while (progress->turn < n_members && !progress->has_failed)
		usleep(500);
	if (!progress->has_failed)
		report_and_wait();
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return progress->has_failed;
}
