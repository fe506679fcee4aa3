/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes user namespaces, nested and side by side, and processes of several users and capabilities in
 * each of them; lets every process try on every namespace what takes one capability; and prints what
 * the kernel said, a line for each attempt:
 *
 *   ACTOR SPACE PID TYPE INODE CAPABILITY yes|no
 *
 * then "ready". The processes stay until stdin ends. Exit 77: this kernel or user may not do that.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SIOCGSKNS
#define SIOCGSKNS 0x894C
#endif

enum { EXIT_UNSUPPORTED = 77 };

/* The user of the processes that the others try to signal: nobody else is. */
enum { VICTIM_UID = 300000 };

#define BIT(capability) (1ULL << (capability))
#define ALL UINT64_MAX

/* The user namespaces. Uids and those of maps are numbers of the parent; gids are the same. */
static struct space {
	const char *name;
	int parent;
	uid_t creator;
	const char *map;
	int user, net, uts; /* descriptors */
	int socket;         /* of that network namespace */
	pid_t victim;       /* a process in that user namespace */
} spaces[] = {
	{ .name = "host", .parent = -1 },
	{ .name = "alices", .parent = 0, .creator = 1000, .map = "0 1000 1\n1 100001 100" },
	{ .name = "inner", .parent = 1, .creator = 1, .map = "0 1 1\n1 0 1\n2 2 50" },
	{ .name = "innermost", .parent = 2, .creator = 1, .map = "0 1 1\n1 0 1" },
	{ .name = "sibling", .parent = 0, .creator = 1000, .map = "0 1000 1" },
	{ .name = "bobs", .parent = 0, .creator = 1001, .map = "0 1001 1\n1 1000 1" },
	{ .name = "roots", .parent = 0, .creator = 0, .map = "0 0 1\n1 1000 1" },
};
enum { HOST, ALICES, INNER, INNERMOST, SIBLING, BOBS, ROOTS, N_SPACES };

/* Who tries: in which user namespace, as which uid of that, with which capabilities. */
static const struct actor {
	const char *name;
	int space;
	uid_t uid;
	uint64_t capabilities;
} actors[] = {
	{ "root", HOST, 0, ALL },
	{ "root-none", HOST, 0, 0 },
	{ "root-net", HOST, 0, BIT(CAP_NET_ADMIN) },
	{ "root-sys", HOST, 0, BIT(CAP_SYS_ADMIN) },
	{ "alice", HOST, 1000, 0 },
	{ "alice-raw", HOST, 1000, BIT(CAP_NET_RAW) | BIT(CAP_KILL) },
	{ "bob", HOST, 1001, 0 },
	{ "carol", HOST, 100001, 0 },
	{ "alices-root", ALICES, 0, ALL },
	{ "alices-none", ALICES, 0, 0 },
	{ "alices-carol", ALICES, 1, 0 },
	{ "alices-dave", ALICES, 2, BIT(CAP_SYS_ADMIN) | BIT(CAP_NET_RAW) },
	{ "inner-root", INNER, 0, ALL },
	{ "inner-alice", INNER, 1, 0 },
	{ "inner-dave", INNER, 2, BIT(CAP_NET_ADMIN) | BIT(CAP_KILL) },
	{ "innermost-root", INNERMOST, 0, ALL },
	{ "sibling-root", SIBLING, 0, ALL },
	{ "bobs-root", BOBS, 0, ALL },
	{ "bobs-alice", BOBS, 1, 0 },
	{ "roots-root", ROOTS, 0, ALL },
	{ "roots-none", ROOTS, 0, 0 },
};
enum { N_ACTORS = sizeof(actors) / sizeof(actors[0]) };

/* Its reading end says end of file when this program has gone: then its processes go too. */
static int life[2];

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "actors: %s: %s\n", what, strerror(errno));
	_exit(errno == ENOSYS || errno == ENOSPC ? EXIT_UNSUPPORTED : 1);
}

static void check(bool is_good, const char *what)
{
	if (!is_good)
		die(what);
}

static int open_namespace(pid_t pid, const char *type)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, type);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd >= 0, path);
	return fd;
}

static unsigned long inode_of(int fd)
{
	struct stat status;

	check(fstat(fd, &status) == 0, "fstat");
	return (unsigned long)status.st_ino;
}

/* 0 in the child, which ends with this program. */
static pid_t fork_child(void)
{
	pid_t pid = fork();

	check(pid >= 0, "fork");
	if (pid == 0)
		close(life[1]);
	return pid;
}

static _Noreturn void wait_for_end(void)
{
	char byte;

	while (read(life[0], &byte, 1) > 0)
		;
	_exit(0);
}

static void join(int fd, int type)
{
	check(setns(fd, type) == 0, "setns");
}

/* Becomes a user of the user namespace that it is in, all capabilities kept. */
static void become(uid_t uid)
{
	check(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP) == 0, "PR_SET_SECUREBITS");
	check(setresgid(uid, uid, uid) == 0, "setresgid");
	check(setresuid(uid, uid, uid) == 0, "setresuid");
}

/* Keeps these of the capabilities that it has. */
static void keep_capabilities(uint64_t capabilities)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	check(syscall(SYS_capget, &header, data) == 0, "capget");
	for (int i = 0; i < 2; i++) {
		uint32_t kept = (uint32_t)(capabilities >> (32 * i));
		data[i].effective &= kept;
		data[i].permitted &= kept;
		data[i].inheritable = 0;
	}
	check(syscall(SYS_capset, &header, data) == 0, "capset");
}

static void write_file(pid_t pid, const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

/* From the parent of its user namespace, as the kernel wants it (user_namespaces(7)). */
static void write_maps(const struct space *space, pid_t pid)
{
	int status;
	pid_t writer = fork_child();

	if (writer == 0) {
		if (space->parent != HOST)
			join(spaces[space->parent].user, CLONE_NEWUSER);
		write_file(pid, "uid_map", space->map);
		write_file(pid, "gid_map", space->map);
		_exit(0);
	}
	check(waitpid(writer, &status, 0) == writer && status == 0, "uid_map");
}

static _Noreturn void found(const struct space *space, int ready, int go)
{
	char byte = 'x';

	if (space->parent != HOST)
		join(spaces[space->parent].user, CLONE_NEWUSER);
	become(space->creator);
	check(unshare(CLONE_NEWUSER) == 0, "unshare a user namespace");
	check(write(ready, &byte, 1) == 1 && read(go, &byte, 1) == 1, "pipe");
	check(unshare(CLONE_NEWNET | CLONE_NEWUTS) == 0, "unshare");
	check(write(ready, &byte, 1) == 1, "pipe");
	wait_for_end();
}

static void make_space(struct space *space)
{
	int ready[2], go[2];
	char byte = 'x';

	check(pipe(ready) == 0 && pipe(go) == 0, "pipe");
	pid_t pid = fork_child();
	if (pid == 0) {
		close(ready[0]);
		found(space, ready[1], go[0]);
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "a user namespace");
	write_maps(space, pid);
	check(write(go[1], &byte, 1) == 1 && read(ready[0], &byte, 1) == 1, "its namespaces");
	space->user = open_namespace(pid, "user");
	space->net = open_namespace(pid, "net");
	space->uts = open_namespace(pid, "uts");
	close(ready[0]);
	close(go[0]);
	close(go[1]);
}

/* A process in that user namespace, of a user that nobody else is. */
static void make_victim(struct space *space)
{
	int ready[2];
	char byte = 'x';

	check(pipe(ready) == 0, "pipe");
	space->victim = fork_child();
	if (space->victim == 0) {
		become(VICTIM_UID);
		if (space != &spaces[HOST])
			join(space->user, CLONE_NEWUSER);
		check(write(ready[1], &byte, 1) == 1, "pipe");
		wait_for_end();
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "a process to signal");
	close(ready[0]);
}

static void make_socket(struct space *space)
{
	join(space->net, CLONE_NEWNET);
	space->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	check(space->socket >= 0, "socket");
	join(spaces[HOST].net, CLONE_NEWNET);
}

/* net/socket.c: CAP_NET_ADMIN in the owner of the socket's network namespace. */
static int try_socket_namespace(const struct space *space)
{
	int fd = ioctl(space->socket, SIOCGSKNS);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? errno : 0;
}

/* net/ipv4/af_inet.c: CAP_NET_RAW in the owner of the network namespace that it is in. */
static int try_raw_socket(const struct space *space)
{
	(void)space;
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? errno : 0;
}

/* kernel/sys.c: CAP_SYS_ADMIN in the owner of the UTS namespace that it is in. The name stays. */
static int try_host_name(const struct space *space)
{
	char name[65];

	(void)space;
	check(gethostname(name, sizeof(name)) == 0, "gethostname");
	return sethostname(name, strlen(name)) < 0 ? errno : 0;
}

/* kernel/user_namespace.c: CAP_SYS_ADMIN in it. EINVAL: it is in it already. */
static int try_join(const struct space *space)
{
	int status;
	pid_t pid = fork_child();

	if (pid == 0)
		_exit(setns(space->user, CLONE_NEWUSER) < 0 ? errno : 0);
	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status), "waitpid");
	return WEXITSTATUS(status);
}

/* kernel/signal.c: CAP_KILL in the user namespace of a process that is another user's. */
static int try_signal(const struct space *space)
{
	return kill(space->victim, 0) < 0 ? errno : 0;
}

static const struct attempt {
	const char *type;
	const char *capability;
	int (*try)(const struct space *space);
} attempts[] = {
	{ "net", "CAP_NET_ADMIN", try_socket_namespace },
	{ "net", "CAP_NET_RAW", try_raw_socket },
	{ "uts", "CAP_SYS_ADMIN", try_host_name },
	{ "user", "CAP_SYS_ADMIN", try_join },
	{ "user", "CAP_KILL", try_signal },
};
enum { N_ATTEMPTS = sizeof(attempts) / sizeof(attempts[0]) };

/* Becomes the actor, in the network and UTS namespace of `space` but in its own user namespace. */
static _Noreturn void act(const struct actor *actor, const struct space *space, int result)
{
	int errors[N_ATTEMPTS];

	join(space->net, CLONE_NEWNET);
	join(space->uts, CLONE_NEWUTS);
	if (actor->space != HOST)
		join(spaces[actor->space].user, CLONE_NEWUSER);
	become(actor->uid);
	keep_capabilities(actor->capabilities);
	for (int i = 0; i < N_ATTEMPTS; i++)
		errors[i] = attempts[i].try(space);
	check(write(result, errors, sizeof(errors)) == (ssize_t)sizeof(errors), "pipe");
	wait_for_end();
}

static void print_attempt(const struct actor *actor, const struct space *space, pid_t pid,
                          const struct attempt *attempt, int error)
{
	int fd = space->net;

	if (error == EINVAL && attempt->try == try_join)
		return;
	errno = error;
	check(error == 0 || error == EPERM, attempt->capability);
	if (strcmp(attempt->type, "uts") == 0)
		fd = space->uts;
	else if (strcmp(attempt->type, "user") == 0)
		fd = space->user;
	printf("%s %s %d %s %lu %s %s\n", actor->name, space->name, (int)pid, attempt->type,
	       inode_of(fd), attempt->capability, error ? "no" : "yes");
}

static void make_actor(const struct actor *actor, const struct space *space)
{
	int result[2];
	int errors[N_ATTEMPTS];

	check(pipe(result) == 0, "pipe");
	pid_t pid = fork_child();
	if (pid == 0) {
		close(result[0]);
		act(actor, space, result[1]);
	}
	close(result[1]);
	check(read(result[0], errors, sizeof(errors)) == (ssize_t)sizeof(errors), actor->name);
	close(result[0]);
	for (int i = 0; i < N_ATTEMPTS; i++)
		print_attempt(actor, space, pid, &attempts[i], errors[i]);
}

int main(void)
{
	char byte;

	check(pipe2(life, O_CLOEXEC) == 0, "pipe");
	spaces[HOST].user = open_namespace(getpid(), "user");
	spaces[HOST].net = open_namespace(getpid(), "net");
	spaces[HOST].uts = open_namespace(getpid(), "uts");
	for (int i = HOST + 1; i < N_SPACES; i++)
		make_space(&spaces[i]);
	for (int i = 0; i < N_SPACES; i++) {
		make_victim(&spaces[i]);
		make_socket(&spaces[i]);
	}
	for (int i = 0; i < N_ACTORS * N_SPACES; i++) {
		fflush(stdout);
		make_actor(&actors[i / N_SPACES], &spaces[i % N_SPACES]);
	}
	printf("ready\n");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
