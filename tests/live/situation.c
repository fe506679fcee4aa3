/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes one situation in which a namespace is held in an unusual way, prints what it made as
 * "name=value" words in one line, and undoes it by exiting when its stdin ends or it is killed.
 *
 *   situation NAME [ARGUMENT]
 *
 * Children carry PR_SET_PDEATHSIG, so that nothing outlives it. Exit 77: this kernel has it not.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

enum { EXIT_UNSUPPORTED = 77 };

static const struct {
	const char *name;
	int flag;
} types[] = {
	{ "mnt", CLONE_NEWNS },    { "net", CLONE_NEWNET },       { "pid", CLONE_NEWPID },
	{ "uts", CLONE_NEWUTS },   { "ipc", CLONE_NEWIPC },       { "user", CLONE_NEWUSER },
	{ "time", CLONE_NEWTIME }, { "cgroup", CLONE_NEWCGROUP },
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "situation: %s: %s\n", what, strerror(errno));
	_exit(errno == ENOSYS || errno == EOPNOTSUPP ? EXIT_UNSUPPORTED : 1);
}

static void check(bool is_good, const char *what)
{
	if (!is_good)
		die(what);
}

static int type_flag(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name) == 0)
			return types[i].flag;
	}
	errno = EINVAL;
	die(name);
}

/* The inode of a namespace file. */
static unsigned long inode_at(const char *format, ...)
{
	char path[256];
	struct stat status;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(path, sizeof(path), format, arguments);
	va_end(arguments);
	check(stat(path, &status) == 0, path);
	return (unsigned long)status.st_ino;
}

static unsigned long inode_of_fd(int fd)
{
	struct stat status;

	check(fstat(fd, &status) == 0, "fstat");
	return (unsigned long)status.st_ino;
}

static int open_namespace(pid_t pid, const char *type)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, type);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	check(fd >= 0, path);
	return fd;
}

/* Says what was made, then waits for the end of stdin. */
static void report_and_wait(const char *format, ...)
{
	char byte;
	va_list arguments;

	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf(" pid=%d\n", (int)getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	_exit(0);
}

/* A child that calls unshare(flags) and sleeps; back when it has done so. */
static pid_t child_in(int flags, uid_t uid)
{
	int ready[2];
	char byte = 0;

	check(pipe(ready) == 0, "pipe");
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (uid && setresuid(uid, uid, uid) < 0)
			_exit(1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(flags) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	check(read(ready[0], &byte, 1) == 1, "unshare in a child");
	close(ready[0]);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A new namespace of that type that only the returned descriptor holds. */
static int namespace_by_fd(const char *type, uid_t uid, int more_flags)
{
	pid_t pid = child_in(type_flag(type) | more_flags, uid);
	int fd = open_namespace(pid, type);

	end_child(pid);
	return fd;
}

struct thread_task {
	const char *type;
	int ready[2];
	pid_t tid;
};

static void *thread_main(void *data)
{
	struct thread_task *task = data;
	int flag = type_flag(task->type);

	prctl(PR_SET_NAME, "apart");
	task->tid = (pid_t)syscall(SYS_gettid);
	if (flag == CLONE_NEWNS)
		check(unshare(CLONE_FS) == 0, "unshare CLONE_FS");
	check(unshare(flag) == 0, "unshare in a thread");
	check(write(task->ready[1], "x", 1) == 1, "write");
	for (;;)
		pause();
	return NULL;
}

/* Only a thread is in it. */
static void make_thread(const char *type)
{
	struct thread_task task = { .type = type };
	pthread_t thread;
	char byte;

	check(pipe(task.ready) == 0, "pipe");
	errno = pthread_create(&thread, NULL, thread_main, &task);
	check(errno == 0, "pthread_create");
	check(read(task.ready[0], &byte, 1) == 1, "read");
	report_and_wait("inode=%lu tid=%d",
	                inode_at("/proc/self/task/%d/ns/%s", (int)task.tid, type), (int)task.tid);
}

static void *owner_main(void *data)
{
	struct thread_task *task = data;

	prctl(PR_SET_NAME, "apart");
	task->tid = (pid_t)syscall(SYS_gettid);
	check(unshare(CLONE_FILES) == 0, "unshare CLONE_FILES");
	check(write(task->ready[1], "x", 1) == 1, "write");
	for (;;)
		pause();
	return NULL;
}

/* Leaves the descriptor to a thread that has a table of its own: its process has it no more. */
static void give_to_thread(int fd, unsigned long inode)
{
	struct thread_task task = { 0 };
	pthread_t thread;
	char byte;

	check(pipe(task.ready) == 0, "pipe");
	errno = pthread_create(&thread, NULL, owner_main, &task);
	check(errno == 0, "pthread_create");
	check(read(task.ready[0], &byte, 1) == 1, "read");
	close(fd);
	report_and_wait("inode=%lu fd=%d tid=%d", inode, fd, (int)task.tid);
}

/* Only a descriptor of a thread holds it. */
static void make_thread_fd(const char *type)
{
	int fd = namespace_by_fd(type, 0, 0);

	give_to_thread(fd, inode_of_fd(fd));
}

static void *survivor_main(void *data)
{
	(void)data;
	while (access("/proc/self/task", F_OK) == 0) {
		char state[512] = "";
		char path[64];
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)getpid());
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		check(fd >= 0 && read(fd, state, sizeof(state) - 1) > 0, path);
		close(fd);
		if (strrchr(state, ')') && strrchr(state, ')')[2] == 'Z')
			break;
		usleep(1000);
	}
	pid_t tid = (pid_t)syscall(SYS_gettid);
	report_and_wait("inode=%lu tid=%d", inode_at("/proc/self/task/%d/ns/net", (int)tid),
	                (int)tid);
	return NULL;
}

/* A process in its own network namespace whose leader is a zombie and whose thread lives. */
static void make_zombie_leader(const char *argument)
{
	pthread_t thread;

	(void)argument;
	check(unshare(CLONE_NEWNET) == 0, "unshare");
	errno = pthread_create(&thread, NULL, survivor_main, NULL);
	check(errno == 0, "pthread_create");
	syscall(SYS_exit, 0);
}

/* A PID namespace whose init has died, held by pid_for_children; or a time namespace without anyone. */
static void make_for_children(const char *type)
{
	int flag = type_flag(type);

	check(unshare(flag) == 0, "unshare");
	if (flag == CLONE_NEWPID) {
		pid_t pid = fork();
		check(pid >= 0, "fork");
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	report_and_wait("inode=%lu", inode_at("/proc/self/ns/%s_for_children", type));
}

/* Only a descriptor of this process holds it. */
static void make_fd(const char *type)
{
	int fd = namespace_by_fd(type, 0, 0);

	report_and_wait("inode=%lu fd=%d", inode_of_fd(fd), fd);
}

/* A socket that was made in a network namespace which this process has left again. */
static int socket_elsewhere(const char *family, unsigned long *ret_inode)
{
	int before = open_namespace(getpid(), "net");

	check(unshare(CLONE_NEWNET) == 0, "unshare");
	*ret_inode = inode_at("/proc/self/ns/net");
	int fd = socket(strcmp(family, "unix") == 0 ? AF_UNIX : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC,
	                0);
	check(fd >= 0, "socket");
	check(setns(before, CLONE_NEWNET) == 0, "setns");
	close(before);
	return fd;
}

static void make_socket(const char *family)
{
	unsigned long inode;
	int fd = socket_elsewhere(family, &inode);

	report_and_wait("inode=%lu fd=%d", inode, fd);
}

/* Only a socket of a thread holds it. */
static void make_thread_socket(const char *family)
{
	unsigned long inode;
	int fd = socket_elsewhere(family, &inode);

	give_to_thread(fd, inode);
}

/* Sends the descriptor into a socket that nobody reads from, and closes it: nothing in /proc shows it. */
static void send_away(int fd, int *ret_ends)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	char byte = 'x';
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &data,
		                  .msg_iovlen = 1,
		                  .msg_control = control,
		                  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_ends) == 0, "socketpair");
	check(sendmsg(ret_ends[0], &message, 0) == 1, "sendmsg");
	close(fd);
}

static void make_in_flight(const char *type)
{
	int ends[2];
	int fd = namespace_by_fd(type, 0, 0);
	unsigned long inode = inode_of_fd(fd);

	send_away(fd, ends);
	report_and_wait("inode=%lu", inode);
}

static void bind_namespace(int fd, const char *path)
{
	char source[64];

	snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
	check(mount(source, path, NULL, MS_BIND, NULL) == 0, path);
	close(fd);
}

/* A mount namespace of this process alone, with a tmpfs on /mnt and an empty file in it. */
static void enter_private_mounts(const char *path)
{
	check(unshare(CLONE_NEWNS) == 0, "unshare");
	check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make / private");
	check(mount("situation", "/mnt", "tmpfs", 0, NULL) == 0, "mount a tmpfs on /mnt");
	int fd = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);
	check(fd >= 0, path);
	close(fd);
}

/* Bind-mounted in a mount namespace that only this process is in. */
static void make_mount_elsewhere(const char *type)
{
	const char *path = "/mnt/a place\twith \xff bytes";

	enter_private_mounts(path);
	int fd = namespace_by_fd(type, 0, 0);
	unsigned long inode = inode_of_fd(fd);
	bind_namespace(fd, path);
	report_and_wait("inode=%lu mnt=%lu", inode, inode_at("/proc/self/ns/mnt"));
}

/* Bind-mounted in a mount namespace without processes, which only a descriptor holds. */
static void make_mount_in_fd(const char *type)
{
	int ready[2];
	unsigned long inode = 0;

	check(pipe(ready) == 0, "pipe");
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		enter_private_mounts("/mnt/place");
		int fd = namespace_by_fd(type, 0, 0);
		inode = inode_of_fd(fd);
		bind_namespace(fd, "/mnt/place");
		check(write(ready[1], &inode, sizeof(inode)) == (ssize_t)sizeof(inode), "write");
		for (;;)
			pause();
	}
	check(read(ready[0], &inode, sizeof(inode)) == (ssize_t)sizeof(inode), "read");
	int mounts = open_namespace(pid, "mnt");
	end_child(pid);
	report_and_wait("inode=%lu mnt=%lu fd=%d", inode, inode_of_fd(mounts), mounts);
}

/* So many mounts below a folder that is 30000 bytes deep; among them one of a namespace. */
static void make_deep_mounts(const char *count)
{
	char name[256];

	enter_private_mounts("/mnt/place");
	int fd = namespace_by_fd("net", 0, 0);
	unsigned long inode = inode_of_fd(fd);
	bind_namespace(fd, "/mnt/place");
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	check(chdir("/mnt") == 0, "chdir");
	for (int i = 0; i < 120; i++)
		check(mkdir(name, 0700) == 0 && chdir(name) == 0, "mkdir");
	for (unsigned long i = strtoul(count, NULL, 10); i > 0; i--) {
		snprintf(name, sizeof(name), "%lu", i);
		check(mkdir(name, 0700) == 0, "mkdir");
		check(mount(".", name, NULL, MS_BIND, NULL) == 0, "mount");
	}
	report_and_wait("inode=%lu", inode);
}

/* Two namespaces of different types on one path. */
static void make_stacked(const char *argument)
{
	(void)argument;
	enter_private_mounts("/mnt/stack");
	int lower = namespace_by_fd("net", 0, 0), upper = namespace_by_fd("uts", 0, 0);
	unsigned long lower_inode = inode_of_fd(lower), upper_inode = inode_of_fd(upper);
	bind_namespace(lower, "/mnt/stack");
	bind_namespace(upper, "/mnt/stack");
	report_and_wait("lower=%lu upper=%lu mnt=%lu", lower_inode, upper_inode,
	                inode_at("/proc/self/ns/mnt"));
}

/* A network namespace without processes, owned by a user namespace that uid ARGUMENT made. */
static void make_owned(const char *uid)
{
	pid_t pid = child_in(CLONE_NEWUSER | CLONE_NEWNET, (uid_t)strtoul(uid, NULL, 10));
	unsigned long user = inode_at("/proc/%d/ns/user", (int)pid);
	int fd = open_namespace(pid, "net");

	end_child(pid);
	report_and_wait("inode=%lu fd=%d user=%lu", inode_of_fd(fd), fd, user);
}

/* A process of that uid in a uts namespace of its own. */
static void make_uid(const char *text)
{
	uid_t uid = (uid_t)strtoul(text, NULL, 10);

	check(unshare(CLONE_NEWUTS) == 0, "unshare");
	unsigned long inode = inode_at("/proc/self/ns/uts");
	check(setresuid(uid, uid, uid) == 0, "setresuid");
	report_and_wait("inode=%lu", inode);
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	check(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

/*
 * A user namespace that exists only as the parent of another one. The kernel lets only a mapped
 * user make the inner one (user_namespaces(7)).
 */
static void make_parent_only(const char *argument)
{
	(void)argument;
	int ready[2];
	unsigned long inodes[2];
	check(pipe(ready) == 0, "pipe");
	pid_t pid = fork();
	check(pid >= 0, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		check(unshare(CLONE_NEWUSER) == 0, "unshare");
		inodes[0] = inode_at("/proc/self/ns/user");
		write_text("/proc/self/uid_map", "0 0 1");
		write_text("/proc/self/setgroups", "deny");
		write_text("/proc/self/gid_map", "0 0 1");
		check(unshare(CLONE_NEWUSER) == 0, "unshare again");
		inodes[1] = inode_at("/proc/self/ns/user");
		check(write(ready[1], inodes, sizeof(inodes)) == (ssize_t)sizeof(inodes), "write");
		for (;;)
			pause();
	}
	check(read(ready[0], inodes, sizeof(inodes)) == (ssize_t)sizeof(inodes), "read");
	report_and_wait("inode=%lu nested=%lu", inodes[0], inodes[1]);
}

/*
 * A uts namespace of a process with that name and command line, and a network namespace that is
 * bind-mounted below a folder of that name, in a mount namespace of its own.
 */
static void make_hostile(const char *bytes)
{
	char path[1024];

	check(unshare(CLONE_NEWUTS) == 0, "unshare");
	check(prctl(PR_SET_NAME, bytes) == 0, "PR_SET_NAME");
	enter_private_mounts("/mnt/place");
	snprintf(path, sizeof(path), "/mnt/%s", bytes);
	check(mkdir(path, 0700) == 0, "mkdir");
	snprintf(path, sizeof(path), "/mnt/%s/%s", bytes, bytes);
	int file = open(path, O_CREAT | O_RDONLY | O_CLOEXEC, 0600);
	check(file >= 0, "open");
	close(file);
	int fd = namespace_by_fd("net", 0, 0);
	unsigned long mounted = inode_of_fd(fd);
	bind_namespace(fd, path);
	report_and_wait("inode=%lu mounted=%lu mnt=%lu", inode_at("/proc/self/ns/uts"), mounted,
	                inode_at("/proc/self/ns/mnt"));
}

/* The number in field `field` of /proc/self/stat. */
static uint64_t stat_field(int field)
{
	char text[4096];
	int fd = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
	ssize_t length = read(fd, text, sizeof(text) - 1);

	check(length > 0, "/proc/self/stat");
	close(fd);
	text[length] = '\0';
	const char *at = strrchr(text, ')');
	for (int i = 2; at && i < field; i++)
		at = strchr(at + 1, ' ');
	check(at != NULL, "/proc/self/stat");
	return strtoull(at, NULL, 10);
}

/* The first of a namespace's processes claims that its command line has so many bytes. */
static void make_command_line(const char *argument)
{
	size_t size = strtoull(argument, NULL, 10);
	char *line = mmap(NULL, size, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	check(line != MAP_FAILED, "mmap");
	strcpy(line, "claimed");
	const struct prctl_mm_map map = {
		.start_code = stat_field(26),
		.end_code = stat_field(27),
		.start_stack = stat_field(28),
		.start_data = stat_field(45),
		.end_data = stat_field(46),
		.start_brk = stat_field(47),
		.brk = (uint64_t)(uintptr_t)sbrk(0),
		.arg_start = (uint64_t)(uintptr_t)line,
		.arg_end = (uint64_t)(uintptr_t)line + size,
		.env_start = stat_field(50),
		.env_end = stat_field(51),
		.exe_fd = UINT32_MAX,
	};

	check(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0) == 0, "PR_SET_MM_MAP");
	check(unshare(CLONE_NEWUTS) == 0, "unshare");
	report_and_wait("inode=%lu", inode_at("/proc/self/ns/uts"));
}

/* One file in a file system in user space: what is known of it has to be asked for again each time. */
static size_t answer(const struct fuse_in_header *request, void *answer)
{
	struct fuse_init_out *init = answer;
	struct fuse_entry_out *entry = answer;
	struct fuse_attr_out *status = answer;
	const struct fuse_attr attr = {
		.ino = request->nodeid,
		.mode = request->opcode == FUSE_LOOKUP ? S_IFREG | 0600 : S_IFDIR | 0700,
		.nlink = 1,
	};

	switch (request->opcode) {
	case FUSE_INIT:
		*init = (struct fuse_init_out){ .major = FUSE_KERNEL_VERSION,
			                        .minor = FUSE_KERNEL_MINOR_VERSION,
			                        .max_write = 4096 };
		return sizeof(*init);
	case FUSE_LOOKUP:
		*entry = (struct fuse_entry_out){ .nodeid = 2, .attr = attr };
		return sizeof(*entry);
	case FUSE_GETATTR:
		*status = (struct fuse_attr_out){ .attr = attr };
		return sizeof(*status);
	default:
		return 0;
	}
}

static void *serve_main(void *data)
{
	static _Alignas(struct fuse_in_header) char request[1 << 18];
	static _Alignas(struct fuse_out_header) char reply[4096];
	const struct fuse_in_header *in = (const void *)request;
	struct fuse_out_header *out = (void *)reply;

	while (read(*(int *)data, request, sizeof(request)) > 0) {
		size_t length = answer(in, out + 1);
		*out = (struct fuse_out_header){ .len = (uint32_t)(sizeof(*out) + length),
			                         .error = length > 0 ? 0 : -ENOSYS,
			                         .unique = in->unique };
		check(write(*(int *)data, reply, out->len) > 0 || errno == ENOENT, "answer");
	}
	return NULL;
}

/* Only a bind mount holds it, in a file system that no longer answers. */
static void make_mount_hung(const char *type)
{
	char options[80];
	pthread_t server;
	int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (fuse < 0) {
		fprintf(stderr, "/dev/fuse: %s\n", strerror(errno));
		_exit(EXIT_UNSUPPORTED);
	}
	int fd = namespace_by_fd(type, 0, 0);
	unsigned long inode = inode_of_fd(fd);

	enter_private_mounts("/mnt/place");
	check(mkdir("/mnt/hung", 0700) == 0, "mkdir");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%d,group_id=%d", fuse,
	         (int)getuid(), (int)getgid());
	check(mount("hung", "/mnt/hung", "fuse", 0, options) == 0, "mount");
	errno = pthread_create(&server, NULL, serve_main, &fuse);
	check(errno == 0, "pthread_create");
	bind_namespace(fd, "/mnt/hung/place");
	pthread_cancel(server);
	pthread_join(server, NULL);
	report_and_wait("inode=%lu mnt=%lu", inode, inode_at("/proc/self/ns/mnt"));
}

/* Descriptors that are those of namespaces at one moment and those of a fifo at the next. */
static void make_fd_or_fifo(const char *path)
{
	enum { COUNT = 100, FIRST = 100, KEPT = 1000 };
	char byte;

	check(mkfifo(path, 0600) == 0, "mkfifo");
	int fifo = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int before = open_namespace(getpid(), "uts");
	for (int i = 0; i < COUNT; i++) {
		check(unshare(CLONE_NEWUTS) == 0, "unshare");
		int fd = open_namespace(getpid(), "uts");
		check(dup2(fd, KEPT + i) >= 0, "dup2");
		close(fd);
	}
	check(setns(before, CLONE_NEWUTS) == 0, "setns");
	check(fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) == 0, "fcntl");
	printf("pid=%d\n", (int)getpid());
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) != 0) {
		for (int i = 0; i < COUNT; i++)
			dup2(KEPT + i, FIRST + i);
		for (int i = 0; i < COUNT; i++)
			dup2(fifo, FIRST + i);
	}
	_exit(0);
}

static const struct {
	const char *name;
	void (*make)(const char *argument);
} situations[] = {
	{ "thread", make_thread },
	{ "thread-fd", make_thread_fd },
	{ "zombie-leader", make_zombie_leader },
	{ "for-children", make_for_children },
	{ "fd", make_fd },
	{ "socket", make_socket },
	{ "thread-socket", make_thread_socket },
	{ "in-flight", make_in_flight },
	{ "mount-elsewhere", make_mount_elsewhere },
	{ "mount-in-fd", make_mount_in_fd },
	{ "deep-mounts", make_deep_mounts },
	{ "stacked", make_stacked },
	{ "owned", make_owned },
	{ "uid", make_uid },
	{ "parent-only", make_parent_only },
	{ "hostile", make_hostile },
	{ "command-line", make_command_line },
	{ "mount-hung", make_mount_hung },
	{ "fd-or-fifo", make_fd_or_fifo },
};

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (size_t i = 0; argc > 1 && i < sizeof(situations) / sizeof(situations[0]); i++) {
		if (strcmp(situations[i].name, argv[1]) == 0)
			situations[i].make(argc > 2 ? argv[2] : "");
	}
	fprintf(stderr, "usage: situation NAME [ARGUMENT]\n");
	return 2;
}
