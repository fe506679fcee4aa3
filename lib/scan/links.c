/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links in /proc/PID/ns: read without following, so that no inode of nsfs has to be made. */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/parse.h"
#include "base/vec.h"
#include "scan/source.h"

const char *links_name(unsigned link)
{
	if (link == LINK_CHILDREN + CHILDREN_PID)
		return ns_types[NS_PID].children_link;
	if (link == LINK_CHILDREN + CHILDREN_TIME)
		return ns_types[NS_TIME].children_link;
	return ns_types[link].name;
}

enum ns_type links_type(unsigned link)
{
	if (link == LINK_CHILDREN + CHILDREN_PID)
		return NS_PID;
	if (link == LINK_CHILDREN + CHILDREN_TIME)
		return NS_TIME;
	return (enum ns_type)link;
}

const char *links_path(pid_t tid, unsigned link, char buffer[LINKS_PATH_SIZE])
{
	static const char tasks[] = "../task/", directory[] = "/ns/";

	if (tid == 0)
		return links_name(link);
	memcpy(buffer, tasks, strlen(tasks));
	char *end = numbers_write(buffer + strlen(tasks), tid);
	end = stpcpy(end, directory);
	strcpy(end, links_name(link));
	return buffer;
}

/* "net:[4026531833]", of which the type is known. */
static int parse_link(const char *text, size_t length, enum ns_type type, uint64_t *ret)
{
	size_t name = strlen(ns_types[type].name);
	uint64_t inode;

	if (length < name + 4 || memcmp(text, ns_types[type].name, name) != 0 ||
	    text[name] != ':' || text[name + 1] != '[' || text[length - 1] != ']')
		return -EINVAL;
	int r = parse_u64_n(text + name + 2, length - name - 3, &inode);
	if (r < 0 || !ns_is_inode(inode))
		return -EINVAL;
	*ret = inode;
	return 0;
}

static int read_one(int dir_fd, const char *path, enum ns_type type, uint64_t *ret)
{
	char text[64];
	ssize_t length = readlinkat(dir_fd, path, text, sizeof(text));

	return length < 0 ? -errno : parse_link(text, (size_t)length, type, ret);
}

static int read_link(struct scan *scan, const struct task *task, pid_t tid, unsigned link,
                     uint64_t *ret)
{
	char buffer[LINKS_PATH_SIZE];

	if (task->fd >= 0)
		return read_one(task->fd, links_path(tid, link, buffer), links_type(link), ret);
	/* A single link is not worth the descriptor. */
	char *end = stpcpy(numbers_write(buffer, task->pid), "/ns/");
	strcpy(end, links_name(link));
	return read_one(scan->proc_fd, buffer, links_type(link), ret);
}

/* A process or thread exists as long as its user link does, which a zombie still has. */
static bool is_there(struct scan *scan, const struct task *task, pid_t tid)
{
	uint64_t inode;

	return !is_gone(read_link(scan, task, tid, NS_USER, &inode));
}

/* What a dying task still has: the links that do not lead through its nsproxy. */
static void keep_zombie(unsigned wanted, struct links *links)
{
	const unsigned kept = LINK_BIT(NS_PID) | LINK_BIT(NS_USER);

	for (unsigned link = 0; link < LINK_N_LINKS; link++) {
		if (LINK_BIT(link) & wanted & ~kept) {
			links->inode[link] = 0;
			links->absent |= LINK_BIT(link);
		}
	}
}

/* The link for the children of one in the namespace that this link leads to, or LINK_N_LINKS. */
static unsigned children_of(unsigned link)
{
	if (link == NS_PID)
		return LINK_CHILDREN + CHILDREN_PID;
	return link == NS_TIME ? LINK_CHILDREN + CHILDREN_TIME : LINK_N_LINKS;
}

/*
 * Whether what a process has set aside for its children is where it is itself. A time namespace that
 * it set aside it has just made (unshare(2)) or entered itself (timens_install in
 * kernel/time/namespace.c); a PID namespace lies at or below its own (pidmember.c). So with the
 * initial one set aside it is there.
 */
static bool is_implied(struct scan *scan, const struct task *task, const struct links *links,
                       unsigned wanted, unsigned link)
{
	/* Read after the number was asked for: what still has them had that number. */
	const unsigned later = LINK_BIT(NS_MNT) | LINK_BIT(NS_NET);
	const unsigned children = children_of(link);

	if (children == LINK_N_LINKS || links->inode[children] == 0)
		return false;
	if (links->inode[children] == ns_types[link].initial_inode)
		return true;
	return link == NS_PID && wanted & later && pidmember_is(scan, task, links->inode[children]);
}

int links_read(struct scan *scan, const struct task *task, pid_t tid, unsigned wanted,
               struct links *ret)
{
	const unsigned children =
		LINK_BIT(LINK_CHILDREN + CHILDREN_PID) | LINK_BIT(LINK_CHILDREN + CHILDREN_TIME);

	*ret = (struct links){ 0 };
	if (task->is_bare) {
		ret->denied = scan->is_live ? wanted : 0;
		return 0;
	}
	/* From the end, where those for children are. */
	for (unsigned link = LINK_N_LINKS; link-- > 0;) {
		if (!(wanted & LINK_BIT(link)))
			continue;
		if (scan->is_live && tid == 0 && is_implied(scan, task, ret, wanted, link)) {
			ret->inode[link] = ret->inode[children_of(link)];
			continue;
		}
		int r = read_link(scan, task, tid, link, &ret->inode[link]);
		if (r == 0 && link == LINK_CHILDREN + CHILDREN_PID && tid == 0 && task->fd >= 0)
			pidmember_note(scan, task, ret->inode[link]);
		/* Of a process that has just gone, EACCES is said too (proc_ns_readlink): ask
		 * again. */
		if (is_denied(r))
			r = read_link(scan, task, tid, link, &ret->inode[link]);
		if (r == 0)
			continue;
		if (is_denied(r)) {
			/* One permission for all links (ptrace_may_access, namespaces(7)). */
			*ret = (struct links){ .denied = wanted };
			return 0;
		}
		ret->absent |= LINK_BIT(link);
	}
	if (!(ret->absent & ~children) || !scan->is_live)
		return 0;
	if (!is_there(scan, task, tid))
		return -ESRCH;
	keep_zombie(wanted, ret);
	return 0;
}

int scan_add_space(struct scan *scan, enum ns_type type, uint64_t inode, uint32_t *ret)
{
	int r = snapshot_add_space(scan->snapshot, type, inode, ret);

	if (r < 0 || *ret < scan->n_notes)
		return r;
	r = VEC_GROW(&scan->notes, &scan->notes_capacity, *ret);
	if (r < 0)
		return r;
	scan->notes[*ret] = (struct note){ .way = WAY_NONE };
	scan->n_notes = *ret + 1U;
	return 0;
}

int links_find(struct scan *scan, enum ns_type type, uint64_t inode, uint32_t *ret)
{
	if (scan->last[type].inode == inode) {
		*ret = scan->last[type].space;
		return 0;
	}
	int r = scan_add_space(scan, type, inode, ret);
	if (r < 0)
		return r;
	scan->last[type].inode = inode;
	scan->last[type].space = *ret;
	return 0;
}
