/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The eight types of namespace, and the text `net:[4026531833]`. */
#include "model/nstype.h"

#include <sched.h>

#include "base/kernel.h"
#include "base/parse.h"

/* clang-format off */
const struct ns_type_info ns_types[NS_N_TYPES] = {
	[NS_MNT] = {
		.name = "mnt", .clone_flag = CLONE_NEWNS, .per_thread = true,
		.initial_inode = 0xEFFFFFF8, .initial_id = 8,
	},
	[NS_NET] = {
		.name = "net", .clone_flag = CLONE_NEWNET, .per_thread = true,
		.initial_inode = 0xEFFFFFF9, .initial_id = 7,
	},
	[NS_PID] = {
		.name = "pid", .children_link = "pid_for_children", .clone_flag = CLONE_NEWPID,
		.has_parent = true, .initial_inode = 0xEFFFFFFC, .initial_id = 4,
	},
	[NS_UTS] = {
		.name = "uts", .clone_flag = CLONE_NEWUTS, .per_thread = true,
		.initial_inode = 0xEFFFFFFE, .initial_id = 2,
	},
	[NS_IPC] = {
		.name = "ipc", .clone_flag = CLONE_NEWIPC, .per_thread = true,
		.initial_inode = 0xEFFFFFFF, .initial_id = 1,
	},
	[NS_USER] = {
		.name = "user", .clone_flag = CLONE_NEWUSER, .has_parent = true,
		.initial_inode = 0xEFFFFFFD, .initial_id = 3,
	},
	[NS_CGROUP] = {
		.name = "cgroup", .clone_flag = CLONE_NEWCGROUP, .per_thread = true,
		.initial_inode = 0xEFFFFFFB, .initial_id = 5,
	},
	[NS_TIME] = {
		.name = "time", .children_link = "time_for_children", .clone_flag = CLONE_NEWTIME,
		.initial_inode = 0xEFFFFFFA, .initial_id = 6,
	},
};
/* clang-format on */

enum ns_type ns_type_by_name(const char *name, size_t length)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (strlen(ns_types[type].name) == length &&
		    memcmp(ns_types[type].name, name, length) == 0)
			return type;
	}
	return NS_N_TYPES;
}

enum ns_type ns_type_by_flag(int clone_flag)
{
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (ns_types[type].clone_flag == clone_flag)
			return type;
	}
	return NS_N_TYPES;
}

int ns_parse_name(const char *text, enum ns_type *ret_type, uint64_t *ret_inode)
{
	const char *open = strchr(text, ':');

	if (!open || open[1] != '[')
		return -EINVAL;
	enum ns_type type = ns_type_by_name(text, (size_t)(open - text));
	if (type == NS_N_TYPES)
		return -EINVAL;

	const char *digits = open + 2;
	size_t length = strspn(digits, "0123456789");
	uint64_t inode;
	if (!is_equal(digits + length, "]") || parse_u64_n(digits, length, &inode) < 0 ||
	    !ns_is_inode(inode))
		return -EINVAL;
	*ret_type = type;
	*ret_inode = inode;
	return 0;
}

int ns_parse_types(const char *list, unsigned *ret)
{
	unsigned types = 0;

	for (;;) {
		size_t length = strcspn(list, ",");
		enum ns_type type = ns_type_by_name(list, length);
		if (type == NS_N_TYPES)
			return -EINVAL;
		types |= NS_BIT(type);
		if (list[length] == '\0')
			break;
		list += length + 1;
	}
	*ret = types;
	return 0;
}
