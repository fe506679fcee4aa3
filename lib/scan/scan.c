/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the sources that the needs ask for. */
#include "scan/scan.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <time.h>

#include "base/kernel.h"
#include "scan/capability.h"
#include "scan/cgroupfs.h"
#include "scan/source.h"

struct needs scan_everything(void)
{
	return (struct needs){
		.types = NS_ALL_BITS,
		.sources = SOURCE_ALL,
		.leader = PROCESS_ALL_FIELDS,
		.process = PROCESS_ALL_FIELDS,
		.thread = PROCESS_CGROUP,
		.space = SPACE_ALL_FIELDS,
		.holders = true,
		.names = true,
		.users = true,
		.cgroups = true,
	};
}

static void scan_done(struct scan *scan)
{
	pidmember_done(scan);
	closing_flush(&scan->closing);
	if (scan->netlink_fd >= 0)
		close(scan->netlink_fd);
	close_fd_at_end(&scan->proc_fd);
	close_fd_at_end(&scan->root_fd);
	free(scan->notes);
	free(scan->pending);
	buffer_done(&scan->buffer);
	numbers_done(&scan->tids);
	numbers_done(&scan->fds);
	free(scan->fds_plain);
	arena_done(&scan->scratch);
	map_done(&scan->sockets);
	map_done(&scan->cookies);
}
#define auto_scan __attribute__((cleanup(scan_done)))

static bool wants_closure(const struct needs *needs)
{
	return needs->sources == SOURCE_ALL && needs->types & (NS_BIT(NS_USER) | NS_BIT(NS_PID));
}

/* The types that are looked at: a source, or a namespace that exists only as owner of another, may
 * need more than is asked for. */
static unsigned types_to_read(const struct needs *needs)
{
	unsigned types = needs->types;

	if (types == 0)
		return 0;
	if (needs->sources & SOURCE_MOUNT)
		types |= NS_BIT(NS_MNT);
	if (needs->sources == SOURCE_ALL && types & NS_BIT(NS_USER))
		types = NS_ALL_BITS;
	return types;
}

static unsigned links_to_read(const struct needs *needs)
{
	unsigned types = types_to_read(needs), links = types;

	if (needs->sources & SOURCE_THREAD && types & NS_BIT(NS_PID))
		links |= LINK_BIT(LINK_CHILDREN + CHILDREN_PID);
	if (needs->sources & SOURCE_THREAD && types & NS_BIT(NS_TIME))
		links |= LINK_BIT(LINK_CHILDREN + CHILDREN_TIME);
	return links;
}

/* What is read through a descriptor of a namespace of that type. */
static unsigned facts_to_read(const struct needs *needs, enum ns_type type)
{
	unsigned facts = needs->space & (SPACE_RELATIONS | SPACE_OWNER_UID | SPACE_ID);

	if (wants_closure(needs) &&
	    (types_to_read(needs) == NS_ALL_BITS || ns_types[type].has_parent))
		facts |= SPACE_RELATIONS;
	if (type == NS_NET)
		facts |= needs->space & SPACE_NETNSID;
	return facts;
}

/* The tree of a running host, mounted somewhere, is as live as our own; a recorded one is files. */
static bool is_procfs(int fd)
{
	struct statfs status;

	return fstatfs(fd, &status) == 0 && status.f_type == KERNEL_PROC_MAGIC;
}

/* A recorded tree is somebody's: nothing in it may lead out of it. */
static int open_proc(int root_fd)
{
	const int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
	const struct open_how how = { .flags = (uint64_t)flags, .resolve = RESOLVE_IN_ROOT };
	long fd = syscall(SYS_openat2, root_fd, "proc", &how, sizeof(how));

	/* Before Linux 5.6, and under seccomp filters that do not know openat2(2). */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(root_fd, "proc", flags | O_NOFOLLOW);
	return fd < 0 ? -errno : (int)fd;
}

static int open_roots(struct scan *scan, const char *sysroot)
{
	scan->root_fd = open(sysroot ? sysroot : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (scan->root_fd < 0)
		return -errno;
	scan->proc_fd = open_proc(scan->root_fd);
	if (scan->proc_fd < 0)
		return scan->proc_fd;
	scan->is_live = is_procfs(scan->proc_fd);
	return scan->is_this_host && !scan->is_live ? -ENODEV : 0;
}

static int start(struct scan *scan, const struct scan_request *request, struct snapshot *snapshot)
{
	*scan = (struct scan){
		.needs = &request->needs,
		.snapshot = snapshot,
		.root_fd = -1,
		.proc_fd = -1,
		.netlink_fd = -1,
		.pid_space.fd = -1,
		.pids = request->pids,
		.n_pids = request->n_pids,
		.is_quick = request->is_quick,
		.is_this_host = request->sysroot == NULL,
		.links = links_to_read(&request->needs),
		.container = NONE,
	};
	closing_limit(&scan->closing);
	snapshot->scanned = request->needs;
	snapshot->can_trace = capability_is_effective(CAP_SYS_PTRACE);
	int r = open_roots(scan, request->sysroot);
	for (enum ns_type type = 0; r == 0 && scan->is_live && type < NS_N_TYPES; type++)
		scan->facts[type] = facts_to_read(&request->needs, type);
	if (!scan->is_this_host)
		scan->facts[NS_NET] &= ~(unsigned)SPACE_NETNSID;
	return r;
}

static int intern_text(struct snapshot *snapshot, const char *text, size_t length, const char **ret)
{
	*ret = snapshot_intern(snapshot, text, length);
	return *ret ? 0 : -ENOMEM;
}

/* A line of a file below proc/sys/kernel of a recorded tree, which may lack it. */
static int read_line(struct scan *scan, const char *path, const char **ret)
{
	int r = scan->is_live ? fd_read_at(scan->proc_fd, path, &scan->buffer)
	                      : scan_read_recorded(scan, scan->proc_fd, path);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	return intern_text(scan->snapshot, scan->buffer.data, strcspn(scan->buffer.data, "\n"),
	                   ret);
}

static int read_host(struct scan *scan)
{
	struct snapshot *snapshot = scan->snapshot;
	struct utsname names;
	struct timespec now;

	if (!scan->is_this_host) {
		int r = read_line(scan, "sys/kernel/hostname", &snapshot->host);
		return r < 0 ? r : read_line(scan, "sys/kernel/osrelease", &snapshot->kernel);
	}
	if (uname(&names) < 0 || clock_gettime(CLOCK_REALTIME, &now) < 0)
		return -errno;
	snapshot->taken = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	int r = intern_text(snapshot, names.nodename, strlen(names.nodename), &snapshot->host);
	return r < 0 ? r
	             : intern_text(snapshot, names.release, strlen(names.release),
	                           &snapshot->kernel);
}

static void add_gap(struct scan *scan, enum gap_kind kind, uint64_t count, uint64_t total)
{
	if (count > 0)
		snapshot_add_gap(scan->snapshot, kind, count, total);
}

static void note_gaps(struct scan *scan)
{
	uint64_t n_processes = scan->snapshot->n_processes;

	add_gap(scan, GAP_PROCESS_NAMESPACES, scan->denied_processes, n_processes);
	add_gap(scan, GAP_THREAD_NAMESPACES, scan->denied_threads, scan->n_threads);
	add_gap(scan, GAP_DESCRIPTORS, scan->denied_fds, n_processes);
	add_gap(scan, GAP_SOCKETS, scan->denied_sockets, scan->sockets.count);
	add_gap(scan, GAP_SOCKETS_FOREIGN_PROC, scan->foreign_sockets, n_processes);
	add_gap(scan, GAP_RELATIONS, scan->denied_facts, scan->snapshot->n_spaces);
	add_gap(scan, GAP_NETNSID, scan->denied_netnsids, 0);
	add_gap(scan, GAP_MOUNT_TABLES, scan->denied_tables, 0);
	if (!scan->is_live)
		add_gap(scan, GAP_RECORDED_TREE, 1, 0);
}

/* Of sources in a row the first failure counts. */
static int run_sources(struct scan *scan)
{
	static int (*const sources[])(struct scan * scan) = {
		/* clang-format off */
		mounts_scan_own,  /* before all others: its paths are the ones that we can use */
		walk_scan,
		mounts_scan_rest,
		nsfs_scan,
		listns_scan,
		mounts_scan_rest, /* of mount namespaces that only listns knew */
		nsfs_scan,        /* of what was found in those */
		blkname_scan,
		names_scan,
		users_scan,
		cgroupfs_scan,
		freezer_scan,
		/* clang-format on */
	};

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		int r = sources[i](scan);
		if (r < 0)
			return r;
	}
	return 0;
}

/* The ids of what is known tell what of the kernel's list is not: of all types that are listed. */
static void prepare_listns(struct scan *scan)
{
	if (!scan->is_this_host || !scan->is_own_numbers || scan->links == 0 ||
	    !needs_have_empties(scan->needs))
		return;
	scan->lists_all = listns_sees_all(scan);
	for (enum ns_type type = 0; scan->lists_all && type < NS_N_TYPES; type++)
		scan->facts[type] |= SPACE_ID;
}

/* What the kernel listed has a holder after all, where another source found one. */
static int finish(struct scan *scan)
{
	struct snapshot *snapshot = scan->snapshot;
	unsigned sources = scan->needs->sources;
	int r = sources & SOURCE_PROCESS ? snapshot_finish(snapshot)
	                                 : snapshot_restrict(snapshot, sources);

	for (size_t i = 0; r == 0 && i < snapshot->n_spaces; i++) {
		struct space *space = &snapshot->spaces[i];
		space->only_kernel_knows = space->only_kernel_knows && space->held == 0;
	}
	return r;
}

int scan_take(const struct scan_request *request, struct snapshot *ret)
{
	auto_scan struct scan scan;
	int r = start(&scan, request, ret);

	if (r == 0)
		r = read_host(&scan);
	if (r == 0)
		r = identity_read(&scan);
	if (r < 0)
		return r;
	prepare_listns(&scan);
	r = run_sources(&scan);
	if (r < 0)
		return r;
	note_gaps(&scan);
	return finish(&scan);
}
