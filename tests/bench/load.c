/* SPDX-License-Identifier: GPL-2.0-or-later */
/* load - many sleeping processes in many namespaces, for measuring.
 *
 * load [-p PROCESSES] [-n SETS] [-k KINDS] [-f M:F] [-t M:T] [-c]
 *   -p PROCESSES  how many in all (1000), the leaders of the sets included
 *   -n SETS       how many sets of namespaces (10)
 *   -k KINDS      what each set has of its own: mnt,uts,ipc,net,pid,user,cgroup (pid,uts,ipc,user)
 *   -f M:F        M of the processes hold F descriptors more each: of every ten 6 are /dev/null,
 *                 2 sockets of AF_UNIX, 1 of UDP, 1 a namespace
 *   -t M:T        M of the processes have T threads more each
 *   -c            each set is a chain, in which each is the parent of the next one; without it the
 *                 first is the parent of all others
 *
 * Prints "ready" when all of them sleep. SIGTERM, and even SIGKILL, to it ends them all. Needs root;
 * 10,000 processes take about 1 GiB. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct share {
	long members; /* so many processes ... */
	long each;    /* ... have so many of it */
};

struct options {
	long processes;
	long sets;
	unsigned long kinds;
	struct share descriptors;
	struct share threads;
	bool is_chain;
};

/* Shared by all processes of the load. */
struct progress {
	atomic_long asleep;
	atomic_long failed;
};

static const struct kind {
	const char *name;
	unsigned long flag;
} all_kinds[] = {
	{ "mnt", CLONE_NEWNS },    { "uts", CLONE_NEWUTS },       { "ipc", CLONE_NEWIPC },
	{ "net", CLONE_NEWNET },   { "cgroup", CLONE_NEWCGROUP }, { "pid", CLONE_NEWPID },
	{ "user", CLONE_NEWUSER },
};

#define N_KINDS (sizeof(all_kinds) / sizeof(all_kinds[0]))

static volatile sig_atomic_t is_ended;

static void end(int signal_number)
{
	(void)signal_number;
	is_ended = 1;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void sleep_forever(void)
{
	for (;;)
		pause();
}

static void *thread_main(void *unused)
{
	(void)unused;
	sleep_forever();
	return NULL;
}

static bool start_threads(long count)
{
	pthread_attr_t attributes;
	pthread_t thread;
	bool is_started = pthread_attr_init(&attributes) == 0 &&
	                  pthread_attr_setstacksize(&attributes, 64 * 1024) == 0;

	for (long i = 0; is_started && i < count; i++)
		is_started = pthread_create(&thread, &attributes, thread_main, NULL) == 0;
	return is_started;
}

static int open_one(long i)
{
	char path[64];

	switch (i % 10) {
	case 6:
	case 7:
		return socket(AF_UNIX, SOCK_STREAM, 0);
	case 8:
		return socket(AF_INET, SOCK_DGRAM, 0);
	case 9:
		snprintf(path, sizeof(path), "/proc/self/ns/%s",
		         all_kinds[i / 10 % (long)N_KINDS].name);
		return open(path, O_RDONLY);
	default:
		return open("/dev/null", O_RDONLY);
	}
}

static bool open_descriptors(long count)
{
	for (long i = 0; i < count; i++)
		if (open_one(i) < 0)
			return false;
	return true;
}

/* Whether process i is one of the `members` processes, which are spread evenly over all. */
static bool is_member(const struct options *options, long i, long members)
{
	return i * members / options->processes != (i + 1) * members / options->processes;
}

/* Process i has come to its place. */
static _Noreturn void settle(const struct options *options, struct progress *progress, long i)
{
	bool is_settled = true;

	if (is_member(options, i, options->descriptors.members))
		is_settled = open_descriptors(options->descriptors.each);
	if (is_settled && is_member(options, i, options->threads.members))
		is_settled = start_threads(options->threads.each);
	atomic_fetch_add(is_settled ? &progress->asleep : &progress->failed, 1);
	sleep_forever();
	abort();
}

/* Like fork, with namespaces: the C library's clone would want a stack. */
static pid_t fork_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		fail(path);
	close(fd);
}

/* A member of a chain. */
struct link {
	const struct options *options;
	struct progress *progress;
	long self;
};

#define LINK_STACK ((size_t)16 << 10)

static int link_main(void *data);

/* The links share their memory: after a fork from fork to fork each page is on a list of all
 * ancestors (anon_vma_fork in mm/rmap.c), which a long chain makes as many gigabytes. */
static void start_link(struct link *link)
{
	char *stack = mmap(NULL, LINK_STACK, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED ||
	    clone(link_main, stack + LINK_STACK, CLONE_VM | SIGCHLD, link) < 0)
		atomic_fetch_add(&link->progress->failed, 1);
}

static int link_main(void *data)
{
	const struct link *link = data;
	struct link next = *link;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	next.self += link->options->sets;
	if (next.self < link->options->processes)
		start_link(&next);
	settle(link->options, link->progress, link->self);
}

/* Starts the other members of a set as children, and becomes one itself. */
static _Noreturn void start_members(const struct options *options, struct progress *progress,
                                    long set)
{
	for (long i = set + options->sets; i < options->processes; i += options->sets) {
		pid_t pid = fork_into(0);

		if (pid < 0)
			atomic_fetch_add(&progress->failed, 1);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			settle(options, progress, i);
		}
	}
	settle(options, progress, set);
}

/* The first process of a set: starts its other members, then sleeps with them. */
static _Noreturn void lead(const struct options *options, struct progress *progress, long set)
{
	char name[32];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	snprintf(name, sizeof(name), "load-%ld", set);
	prctl(PR_SET_NAME, name);
	if (options->kinds & CLONE_NEWUSER) {
		write_file("/proc/self/setgroups", "deny");
		write_file("/proc/self/uid_map", "0 0 1");
		write_file("/proc/self/gid_map", "0 0 1");
	}
	if (!options->is_chain)
		start_members(options, progress, set);
	link_main(&(struct link){ .options = options, .progress = progress, .self = set });
	abort();
}

static long parse_number(const char *text, char stop, const char **rest)
{
	char *after;
	long number;

	errno = 0;
	number = strtol(text, &after, 10);
	if (errno || after == text || *after != stop || number < 0 || number > 4000000) {
		fprintf(stderr, "load: bad number %s\n", text);
		exit(2);
	}
	if (rest)
		*rest = after + 1;
	return number;
}

static struct share parse_share(const char *text)
{
	struct share share = { .members = parse_number(text, ':', &text) };

	share.each = parse_number(text, '\0', NULL);
	return share;
}

static unsigned long parse_kind(const char *name)
{
	for (size_t i = 0; i < N_KINDS; i++)
		if (strcmp(name, all_kinds[i].name) == 0)
			return all_kinds[i].flag;
	fprintf(stderr, "load: bad kind %s\n", name);
	exit(2);
}

static unsigned long parse_kinds(char *list)
{
	unsigned long flags = 0;

	for (char *name = strtok(list, ","); name; name = strtok(NULL, ","))
		flags |= parse_kind(name);
	return flags;
}

static struct options parse_options(int argc, char **argv)
{
	struct options options = {
		.processes = 1000,
		.sets = 10,
		.kinds = CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER,
	};
	int option;

	while ((option = getopt(argc, argv, "p:n:k:f:t:c")) != -1) {
		switch (option) {
		case 'p':
			options.processes = parse_number(optarg, '\0', NULL);
			break;
		case 'n':
			options.sets = parse_number(optarg, '\0', NULL);
			break;
		case 'k':
			options.kinds = parse_kinds(optarg);
			break;
		case 'f':
			options.descriptors = parse_share(optarg);
			break;
		case 't':
			options.threads = parse_share(optarg);
			break;
		case 'c':
			options.is_chain = true;
			break;
		default:
			fprintf(stderr, "usage: load [-p PROCESSES] [-n SETS] [-k KINDS] [-f M:F] "
			                "[-t M:T] [-c]\n");
			exit(2);
		}
	}
	if (options.sets < 1 || options.processes < options.sets) {
		fprintf(stderr, "load: there must be a set, and a process for each\n");
		exit(2);
	}
	return options;
}

static void start_sets(const struct options *options, struct progress *progress, pid_t *leaders)
{
	for (long set = 0; set < options->sets && !is_ended; set++) {
		leaders[set] = fork_into(options->kinds);
		if (leaders[set] < 0)
			fail("cannot start a set");
		if (leaders[set] == 0)
			lead(options, progress, set);
	}
}

static void wait_until_asleep(const struct options *options, struct progress *progress)
{
	while (!is_ended && atomic_load(&progress->asleep) < options->processes) {
		if (atomic_load(&progress->failed) > 0) {
			errno = EAGAIN;
			fail("cannot start all processes");
		}
		usleep(10000);
	}
	if (!is_ended)
		puts("ready");
	fflush(stdout);
}

static void raise_limits(void)
{
	struct rlimit descriptors = { 1 << 18, 1 << 18 };
	struct rlimit processes = { RLIM_INFINITY, RLIM_INFINITY };

	/* Where that is not allowed, the counts that are asked for show it. */
	(void)setrlimit(RLIMIT_NOFILE, &descriptors);
	(void)setrlimit(RLIMIT_NPROC, &processes);
}

int main(int argc, char **argv)
{
	struct options options = parse_options(argc, argv);
	struct sigaction on_end = { .sa_handler = end };
	pid_t *leaders = calloc((size_t)options.sets, sizeof(*leaders));
	struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
	                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (!leaders || progress == MAP_FAILED)
		fail("no memory");
	raise_limits();
	sigaction(SIGTERM, &on_end, NULL);
	sigaction(SIGINT, &on_end, NULL);
	/* Members of killed leaders come back to us, so that we can wait for all of them. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	start_sets(&options, progress, leaders);
	wait_until_asleep(&options, progress);
	while (!is_ended)
		usleep(50000);
	for (long set = 0; set < options.sets; set++)
		if (leaders[set] > 0)
			kill(leaders[set], SIGKILL);
	free(leaders);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	return 0;
}
