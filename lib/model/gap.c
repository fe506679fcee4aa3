/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each kind of gap is called, where it comes from, what would cure it, and whom it concerns. */
#include "model/gap.h"

#include "model/nstype.h"

#define CURE_IF_HELD                                                                               \
	"refused although CAP_SYS_PTRACE is held: by a security module, or because their user "    \
	"namespace is not within ours"

/* clang-format off */
const struct gap_text gap_texts[GAP_N_KINDS] = {
	[GAP_PROCESS_NAMESPACES] = {
		.key = "process-namespaces", .what = "processes",
		.reason = "namespaces not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = { .types = NS_ALL_BITS },
	},
	[GAP_THREAD_NAMESPACES] = {
		.key = "thread-namespaces", .what = "threads",
		.reason = "namespaces not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = { .types = NS_ALL_BITS, .sources = SOURCE_THREAD },
	},
	[GAP_DESCRIPTORS] = {
		.key = "descriptors", .what = "processes",
		.reason = "descriptors not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = { .types = NS_ALL_BITS, .sources = SOURCE_FD },
	},
	[GAP_SOCKETS] = {
		.key = "sockets", .what = "sockets",
		.reason = "network namespace not readable",
		.cure = "needs CAP_SYS_PTRACE and CAP_NET_ADMIN",
		.view = { .types = NS_BIT(NS_NET), .sources = SOURCE_FD },
	},
	[GAP_SOCKETS_FOREIGN_PROC] = {
		.key = "sockets-foreign-proc", .what = "processes",
		.reason = "sockets not looked at, /proc belongs to another PID namespace",
		.cure = "mount a /proc of this PID namespace",
		.view = { .types = NS_BIT(NS_NET), .sources = SOURCE_FD },
	},
	[GAP_MOUNT_TABLES] = {
		.key = "mount-tables", .what = "mount namespaces",
		.reason = "mount table not readable",
		.cure = "needs CAP_SYS_PTRACE and a process that is in it",
		.cure_if_held = "needs a process in it that may be looked into",
		.view = { .types = NS_ALL_BITS, .sources = SOURCE_MOUNT },
	},
	[GAP_RELATIONS] = {
		.key = "relations", .what = "namespaces",
		.reason = "parent or owner not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = "needs a process in it that may be looked into",
		.view = { .space = SPACE_RELATIONS | SPACE_OWNER_UID },
	},
	[GAP_HIDEPID] = {
		.key = "hidepid", .what = "processes of other users",
		.reason = "hidden by the mount option hidepid of /proc",
		.cure = "needs CAP_SYS_PTRACE, or the group that the option gid= names",
		.is_uncounted = true,
	},
	[GAP_FOREIGN_PROC] = {
		.key = "foreign-proc", .what = "processes of this PID namespace",
		.reason = "/proc belongs to another PID namespace and shows none of them",
		.cure = "mount a /proc of this PID namespace",
		.is_uncounted = true,
	},
	[GAP_CMDLINE] = {
		.key = "cmdline", .what = "processes",
		.reason = "command line not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = { .leader = PROCESS_CMDLINE, .process = PROCESS_CMDLINE },
	},
	[GAP_CGROUP] = {
		.key = "cgroup", .what = "processes",
		.reason = "control group not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = { .leader = PROCESS_CGROUP, .process = PROCESS_CGROUP },
	},
	[GAP_LISTNS] = {
		.key = "listns", .what = "namespaces that the kernel lists",
		.reason = "could not be opened",
		.cure = "needs CAP_SYS_ADMIN in the initial user and PID namespace",
		.view = { .types = NS_ALL_BITS, .empties = true },
	},
	[GAP_SOURCES] = {
		.key = "sources", .what = "places",
		.reason = "not looked at", .cure = "leave out --scan",
		.view = { .types = NS_ALL_BITS },
	},
	[GAP_RECORDED] = {
		.key = "recorded", .what = "kinds of data",
		.reason = "not in the loaded snapshot", .cure = "save it with this version",
	},
	[GAP_RECORDED_TREE] = {
		.key = "recorded-tree", .what = "namespaces",
		.reason = "a recorded /proc does not tell parent, owner and id",
		.cure = "read the host itself, or a snapshot of it",
		.view = { .space = SPACE_RELATIONS },
		.is_uncounted = true,
	},
	[GAP_NETNSID] = {
		.key = "netnsid", .what = "network namespaces",
		.reason = "number not readable", .cure = "needs a descriptor of the namespace",
		.view = { .space = SPACE_NETNSID },
	},
	[GAP_CONTAINER_NAMES] = {
		.key = "container-names", .what = "state files of containers",
		.reason = "not readable", .cure = "needs CAP_DAC_READ_SEARCH",
		.view = { .names = true },
	},
	[GAP_PROCESS_STATUS] = {
		.key = "process-status", .what = "processes",
		.reason = "stat or status not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = {
			.leader = PROCESS_STAT | PROCESS_COMM | PROCESS_NUMBERS | PROCESS_PARENT |
				  PROCESS_SIGNALS,
			.process = PROCESS_STAT | PROCESS_COMM | PROCESS_NUMBERS | PROCESS_PARENT |
				   PROCESS_SIGNALS,
		},
	},
	[GAP_CANDIDATES] = {
		.key = "candidates", .what = "processes",
		.reason = "may be meant and are not readable, so they were left alone",
		.cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
	},
	[GAP_LABELS] = {
		.key = "labels", .what = "processes",
		.reason = "security label not readable", .cure = "needs CAP_SYS_PTRACE",
		.cure_if_held = CURE_IF_HELD,
		.view = { .leader = PROCESS_LABEL, .process = PROCESS_LABEL },
	},
	[GAP_CGROUP_FOLDERS] = {
		.key = "cgroup-folders", .what = "control groups",
		.reason = "folder not readable", .cure = "needs CAP_DAC_READ_SEARCH",
		.view = { .cgroups = true },
	},
	[GAP_CGROUP_MOUNTS] = {
		.key = "cgroup-mounts", .what = "hierarchies of control groups",
		.reason = "mounted as another cgroup namespace sees them, empty groups not found",
		.cure = "mount them anew in this cgroup namespace",
		.view = { .cgroups = true },
	},
	[GAP_THREAD_CGROUPS] = {
		.key = "thread-cgroups", .what = "threads",
		.reason = "control groups not in the loaded snapshot",
		.cure = "save it with this version",
		.view = { .thread = PROCESS_CGROUP },
		.is_uncounted = true,
	},
	[GAP_ORPHANED] = {
		.key = "orphaned", .what = "stopped process groups",
		.reason = "a parent is not in sight, so they may be orphaned",
		.cure = "look from the PID namespace of their parents",
		.view = { .process = PROCESS_STAT },
	},
};
/* clang-format on */

const char *gap_what(struct arena *arena, enum gap_kind kind, const struct gap *gap)
{
	/* clang-format off */
	static const struct { unsigned source; const char *what; } places[] = {
		{ SOURCE_PROCESS, "processes" },
		{ SOURCE_THREAD,  "threads" },
		{ SOURCE_FD,      "descriptors" },
		{ SOURCE_MOUNT,   "mounts" },
	};
	/* clang-format on */
	const char *list = "";

	if (gap->sources == 0)
		return gap_texts[kind].what;
	for (size_t i = 0; i < ARRAY_SIZE(places) && list; i++) {
		if (gap->sources & places[i].source)
			list = arena_printf(arena, "%s%s%s", list, *list ? ", " : "",
			                    places[i].what);
	}
	return list;
}

const char *gap_cure(enum gap_kind kind, bool can_trace)
{
	const struct gap_text *text = &gap_texts[kind];

	return can_trace && text->cure_if_held ? text->cure_if_held : text->cure;
}

/* Whether `needs` asks for any data of `view`, types and sources left aside. */
static bool asks_for_data(const struct needs *view, const struct needs *needs)
{
	return (view->leader & needs->leader) || (view->process & needs->process) ||
	       (view->thread & needs->thread) || (view->empties && needs_have_empties(needs)) ||
	       (view->space & needs->space) || (view->holders && needs->holders) ||
	       (view->names && needs->names) || (view->users && needs->users) ||
	       (view->cgroups && needs->cgroups);
}

static bool names_data(const struct needs *view)
{
	return view->leader || view->process || view->thread || view->space || view->empties ||
	       view->holders || view->names || view->users || view->cgroups;
}

bool gap_concerns(enum gap_kind kind, const struct needs *needs)
{
	const struct needs *view = &gap_texts[kind].view;

	if (view->types && !(view->types & needs->types))
		return false;
	if ((view->sources & needs->sources) != view->sources)
		return false;
	return !names_data(view) || asks_for_data(view, needs);
}

enum gap_kind gap_by_key(const char *key)
{
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		if (is_equal(gap_texts[kind].key, key))
			return kind;
	}
	return GAP_N_KINDS;
}
