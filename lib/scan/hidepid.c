/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the mount option hidepid of /proc hides processes from us (proc(5)). */
#include <fcntl.h>
#include <grp.h>

#include "base/parse.h"
#include "scan/source.h"

static int is_in_group(gid_t gid, bool *ret)
{
	int n = getgroups(0, NULL);

	if (n < 0)
		return -errno;
	auto_free gid_t *groups = calloc((size_t)n + 1, sizeof(*groups));
	if (!groups)
		return -ENOMEM;
	n = getgroups(n, groups);
	if (n < 0)
		return -errno;
	*ret = getegid() == gid;
	for (int i = 0; i < n; i++)
		*ret = *ret || groups[i] == gid;
	return 0;
}

/* The value of an option in "rw,hidepid=invisible,gid=5": its length, or -1 where there is none. */
static int find_option(const char *options, const char *name, const char **ret)
{
	for (const char *at = options; *at; at += strcspn(at, ","), at += *at == ',') {
		if (!has_prefix(at, name))
			continue;
		*ret = at + strlen(name);
		return (int)strcspn(*ret, ",");
	}
	return -1;
}

static bool is_value(const char *value, int length, const char *wanted)
{
	return (size_t)length == strlen(wanted) && memcmp(value, wanted, (size_t)length) == 0;
}

/* 1 only keeps files from being read, which is counted process by process. */
static int hides(const char *options, bool *ret)
{
	const char *value;
	uint64_t gid;
	bool is_member = false;
	int length = find_option(options, "hidepid=", &value);

	*ret = false;
	if (length < 0)
		return 0;
	/* The group that gid= names is spared, but not with 4 (has_pid_permissions). */
	if (is_value(value, length, "4") || is_value(value, length, "ptraceable")) {
		*ret = true;
		return 0;
	}
	if (!is_value(value, length, "2") && !is_value(value, length, "invisible"))
		return 0;
	length = find_option(options, "gid=", &value);
	if (length < 0 || parse_u64_n(value, (size_t)length, &gid) < 0)
		gid = 0;
	int r = is_in_group((gid_t)gid, &is_member);
	*ret = !is_member;
	return r;
}

/* The options of the file system on /proc: of several, the last one lies on top. NULL: none. */
static char *find_proc_options(char *mountinfo)
{
	static const char separator[] = " - proc ";
	char *options = NULL;

	for (char *line = mountinfo, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		char *type = strstr(line, separator);
		if (!type || !strstr(line, " / /proc "))
			continue;
		char *source = type + strlen(separator);
		char *after = strchr(source, ' ');
		options = after ? after + 1 : NULL;
	}
	return options;
}

int hidepid_check(struct scan *scan)
{
	bool is_hiding = false;

	/* hidepid asks whether we might trace the process. */
	if (scan->snapshot->can_trace)
		return 0;
	int r = fd_read_at(scan->proc_fd, "self/mountinfo", &scan->buffer);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	const char *options = find_proc_options(scan->buffer.data);
	if (options)
		r = hides(options, &is_hiding);
	if (is_hiding)
		snapshot_add_gap(scan->snapshot, GAP_HIDEPID, 1, 0);
	return r;
}
