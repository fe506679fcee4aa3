/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a control group that act on all of it: cgroups(7), and in the kernel's documentation
 * cgroup-v2 and cgroup-v1/freezer-subsystem. */
#include "act/freeze.h"

#include <fcntl.h>
#include <poll.h>

#include "base/deadline.h"

/* How long to wait for a change that may not be told of, in milliseconds. */
#define LONGEST_STEP 20

/* In v1 `state` tells which state the group is in, with that of the groups above it; in v2 that
 * is in cgroup.events. */
static const struct version {
	const char *file, *own_file; /* to write to; to read what was written */
	const char *freeze, *thaw;
} versions[] = {
	[1] = { "freezer.state", "freezer.self_freezing", "FROZEN", "THAWED" },
	[2] = { "cgroup.freeze", "cgroup.freeze", "1", "0" },
};

/* A file of a removed group is ENODEV (kernfs), its folder has no files any more. */
static int as_gone(int r)
{
	return r == -ENODEV ? -ENOENT : r;
}

static int open_file(int dir_fd, const char *name, int flags)
{
	int fd = openat(dir_fd, name, flags | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);

	if (fd >= 0)
		return fd;
	if (errno != ENOENT)
		return as_gone(-errno);
	/* Every group has this one. */
	return faccessat(dir_fd, "cgroup.procs", F_OK, AT_SYMLINK_NOFOLLOW) < 0 ? -ENOENT
	                                                                        : -EOPNOTSUPP;
}

static int write_text(int fd, const char *text)
{
	ssize_t n;

	do
		n = pwrite(fd, text, strlen(text), 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? as_gone(-errno) : 0;
}

/* The start of the file, with a NUL byte behind it. */
static int read_text(int fd, char *ret, size_t size)
{
	ssize_t n;

	do
		n = pread(fd, ret, size - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return as_gone(-errno);
	ret[n] = '\0';
	return 0;
}

int cgroup_kill(int dir_fd)
{
	auto_close int fd = open_file(dir_fd, "cgroup.kill", O_WRONLY);

	return fd < 0 ? fd : write_text(fd, "1");
}

int cgroup_open_events(int dir_fd)
{
	return open_file(dir_fd, "cgroup.events", O_RDONLY);
}

/* The number behind the key of a line, 0 or 1; -1 where there is no such line. */
static int find_flag(const char *text, const char *key)
{
	size_t length = strlen(key);

	while (text) {
		if (strncmp(text, key, length) == 0 && text[length] == ' ')
			return text[length + 1] == '1';
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return -1;
}

int cgroup_read_events(int events_fd, struct cgroup_events *ret)
{
	char text[512];
	int r = read_text(events_fd, text, sizeof(text));

	if (r < 0)
		return r;
	ret->is_populated = find_flag(text, "populated");
	ret->is_frozen = find_flag(text, "frozen");
	return 0;
}

int cgroup_is_populated(int dir_fd)
{
	auto_close int fd = cgroup_open_events(dir_fd);
	struct cgroup_events events;
	int r = fd < 0 ? fd : cgroup_read_events(fd, &events);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	return events.is_populated < 0 ? -EOPNOTSUPP : events.is_populated;
}

static const struct version *version_of(const struct freeze *freeze)
{
	return &versions[freeze->version];
}

/* Whether the group itself was told to freeze: 1, 0 or -errno. */
static int read_own(int dir_fd, const struct version *version)
{
	auto_close int fd = open_file(dir_fd, version->own_file, O_RDONLY);
	char text[32];
	int r = fd < 0 ? fd : read_text(fd, text, sizeof(text));

	return r < 0 ? r : *text == '1';
}

/* Where the state is read, and where a change of it is told of. */
static int open_state(int dir_fd, int version)
{
	return version == 2 ? cgroup_open_events(dir_fd)
	                    : open_file(dir_fd, versions[1].file, O_RDONLY);
}

/* 1, 0 or -errno. */
static int is_frozen(int state_fd, int version)
{
	struct cgroup_events events;
	char text[32];
	int r;

	if (version == 1) {
		r = read_text(state_fd, text, sizeof(text));
		return r < 0 ? r : has_prefix(text, versions[1].freeze);
	}
	r = cgroup_read_events(state_fd, &events);
	if (r < 0)
		return r;
	return events.is_frozen < 0 ? -EOPNOTSUPP : events.is_frozen;
}

/* A blocked signal is pending even if it is ignored (nohup(1)). */
static bool is_waiting(const sigset_t *pending, const sigset_t *blocked_before, int signal)
{
	struct sigaction action;

	return sigismember(pending, signal) && !sigismember(blocked_before, signal) &&
	       sigaction(signal, NULL, &action) == 0 && action.sa_handler != SIG_IGN;
}

/* Whether somebody wants us to end. */
static bool is_asked_to_end(const sigset_t *blocked_before)
{
	static const int enders[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(enders); i++)
		if (is_waiting(&pending, blocked_before, enders[i]))
			return true;
	return false;
}

/* v1 tells of no change, and a lost one must not last: so poll(2) is left again and again. */
static int wait_frozen(const struct freeze *freeze, int state_fd, uint64_t deadline)
{
	struct pollfd poll_fd = { .fd = freeze->version == 2 ? state_fd : -1, .events = POLLPRI };
	int r;

	for (int step = 1; (r = is_frozen(state_fd, freeze->version)) == 0; step *= 2) {
		int left = deadline_timeout(deadline);
		if (left == 0)
			return -ETIMEDOUT;
		if (is_asked_to_end(&freeze->signals))
			return -EINTR;
		if (step > LONGEST_STEP)
			step = LONGEST_STEP;
		if (poll(&poll_fd, 1, left < 0 || left > step ? step : left) < 0 && errno != EINTR)
			return -errno;
	}
	return r < 0 ? r : 0;
}

static int freeze_and_wait(const struct freeze *freeze, int state_fd, uint64_t deadline)
{
	int r = 0;

	if (freeze->is_ours)
		r = write_text(freeze->fd, version_of(freeze)->freeze);
	return r < 0 ? r : wait_frozen(freeze, state_fd, deadline);
}

/* Opens all there is to open: after that only the kernel can refuse. */
static int prepare(int dir_fd, struct freeze *freeze)
{
	const struct version *version = version_of(freeze);
	int was_frozen = read_own(dir_fd, version);

	if (was_frozen < 0)
		return was_frozen;
	freeze->is_ours = !was_frozen;
	freeze->fd = open_file(dir_fd, version->file, O_WRONLY);
	return freeze->fd < 0 ? freeze->fd : 0;
}

static int block_signals(sigset_t *ret_before)
{
	sigset_t all;

	sigfillset(&all);
	return pthread_sigmask(SIG_SETMASK, &all, ret_before) == 0 ? 0 : -EINVAL;
}

int freeze_begin(int dir_fd, int version, uint64_t deadline, struct freeze *ret)
{
	auto_freeze struct freeze freeze = { .version = version, .fd = -1 };
	auto_close int state_fd = -1;
	int r;

	if (version != 1 && version != 2)
		return -EINVAL;
	state_fd = open_state(dir_fd, version);
	r = state_fd < 0 ? state_fd : prepare(dir_fd, &freeze);
	if (r == 0)
		r = block_signals(&freeze.signals);
	if (r < 0) {
		close_fd_at_end(&freeze.fd);
		return r;
	}
	freeze.is_begun = true;
	r = freeze_and_wait(&freeze, state_fd, deadline);
	if (r < 0)
		return r;
	*ret = freeze;
	freeze = (struct freeze){ 0 };
	return 0;
}

int freeze_end(struct freeze *freeze)
{
	int r = 0;

	if (!freeze->is_begun)
		return 0;
	if (freeze->is_ours)
		r = write_text(freeze->fd, version_of(freeze)->thaw);
	close(freeze->fd);
	pthread_sigmask(SIG_SETMASK, &freeze->signals, NULL);
	*freeze = (struct freeze){ 0 };
	return r == -ENOENT ? 0 : r;
}
