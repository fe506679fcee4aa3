/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether a process is in the PID namespace that it has set aside for its children, as nearly all
 * are. That one is its own or one below it (pidns_install in kernel/pid_namespace.c); a process that
 * has a number in it is in it or below it: so one that has a number there is right there. Asking
 * for the number costs a fifth of reading a link: there is no path to walk and no permission to
 * check.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "base/kernel.h"
#include "scan/source.h"

static void forget(struct scan *scan)
{
	if (scan->pid_space.fd >= 0)
		closing_add(&scan->closing, scan->pid_space.fd);
	scan->pid_space.fd = -1;
}

void pidmember_note(struct scan *scan, const struct task *task, uint64_t inode)
{
	struct stat status;

	if (scan->pid_space.inode != inode) {
		forget(scan);
		scan->pid_space.inode = inode;
		scan->pid_space.is_given_up = false;
		return;
	}
	if (scan->pid_space.fd >= 0 || scan->pid_space.is_given_up ||
	    scan->pid_space.is_unsupported || !scan->is_own_numbers)
		return;
	/* The second process in a row: there will be more. */
	scan->pid_space.fd =
		openat(task->fd, links_name(LINK_CHILDREN + CHILDREN_PID), O_RDONLY | O_CLOEXEC);
	if (scan->pid_space.fd < 0 || fstat(scan->pid_space.fd, &status) < 0 ||
	    status.st_ino != inode) {
		forget(scan);
		scan->pid_space.is_given_up = true;
	}
}

bool pidmember_is(struct scan *scan, const struct task *task, uint64_t inode)
{
	if (scan->pid_space.fd < 0 || scan->pid_space.inode != inode)
		return false;
	int r = kernel_ns_number_of(scan->pid_space.fd, task->pid);
	if (r == -ENOTTY)
		scan->pid_space.is_unsupported = true;
	if (r < 0)
		forget(scan);
	return r > 0;
}

void pidmember_done(struct scan *scan)
{
	forget(scan);
}
