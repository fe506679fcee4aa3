/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of namespaces and of processes in them: one row and one getter each. */
#include "show/nscols.h"

#include "model/target.h"
#include "show/holdercols.h"
#include "show/noderow.h"

static const struct space *space_of(const struct row *row)
{
	return row->place->space == NONE ? NULL : &row->snapshot->spaces[row->place->space];
}

/* Of a control group its own container: the first process in it may be in one further below. */
static const struct container *container_of(const struct row *row)
{
	const struct process *process = noderow_process(row);
	const struct cgroup_entry *cgroup = noderow_cgroup(row);
	uint32_t container = process ? process->container : NONE;

	if (cgroup)
		container = cgroup->container;
	return container == NONE ? NULL : &row->snapshot->containers[container];
}

/* A text that was made in the scratch arena: NULL can only mean that memory ran out. */
static int made_text(const char *text, struct value *ret)
{
	if (!text)
		return -ENOMEM;
	*ret = value_text(text);
	return 0;
}

static int get_inode(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space ? value_number(space->inode) : value_none();
	return 0;
}

static int get_type(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space ? value_text(ns_types[space->type].name) : value_none();
	return 0;
}

/* A number of what was looked at; none that were not looked at is no 0. */
static struct value count_from(const struct row *row, unsigned source, size_t count)
{
	if (space_of(row) && row->snapshot->scanned.sources & source)
		return value_number(count);
	return value_none();
}

/* Of a session, group or control group those right in it. */
static uint64_t n_members(const struct row *row)
{
	const struct cgroup_entry *cgroup = noderow_cgroup(row);
	const struct session *session = noderow_session(row);
	const struct process_group *group = noderow_group(row);
	uint64_t n = 0;

	if (cgroup)
		return cgroup->n_processes;
	if (group)
		return group->n_processes;
	for (uint32_t i = 0; session && i < session->n_groups; i++)
		n += row->tree->sessions.groups[session->first_group + i].n_processes;
	return n;
}

static int get_n_processes(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	if (noderow_cgroup(row) || noderow_session(row))
		*ret = value_number(n_members(row));
	else
		*ret = count_from(row, SOURCE_PROCESS, space ? space->n_processes : 0);
	return 0;
}

static int get_n_threads(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = count_from(row, SOURCE_THREAD, space ? space->n_threads : 0);
	return 0;
}

static int get_pid(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_process(row);

	*ret = value_none();
	if (row->place->number != 0)
		*ret = value_number((uint64_t)row->place->number);
	else if (process)
		*ret = value_number((uint64_t)process->pid);
	return 0;
}

static int get_ppid(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_process(row);
	const bool is_known =
		process && process->known & (PROCESS_STAT | PROCESS_PARENT) && process->parent >= 0;

	*ret = is_known ? value_number((uint64_t)process->parent) : value_none();
	return 0;
}

/*
 * Whose the row is: the process's effective user; of a namespace without processes its creator, as
 * far as the kernel tells: the one who made the user namespace that owns it (NS_GET_OWNER_UID).
 */
static bool uid_of(const struct row *row, uid_t *ret)
{
	const struct process *process = noderow_process(row);
	const struct space *space = space_of(row);

	if (process && process->known & PROCESS_UID) {
		*ret = process->uid;
		return true;
	}
	if (process || !space || !space->has_owner_uid)
		return false;
	/* It may have processes, when nobody looked. */
	if (!(row->snapshot->scanned.sources & SOURCE_PROCESS))
		return false;
	*ret = space->owner_uid;
	return true;
}

static int get_uid(const struct row *row, struct value *ret)
{
	uid_t uid = 0;

	*ret = uid_of(row, &uid) ? value_number(uid) : value_none();
	return 0;
}

static int get_user(const struct row *row, struct value *ret)
{
	uid_t uid = 0;

	*ret = value_none();
	if (!uid_of(row, &uid))
		return 0;
	const char *name = snapshot_user_name(row->snapshot, uid);
	return made_text(name ? name : arena_printf(row->scratch, "%u", uid), ret);
}

static int get_owner_uid(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space && space->has_owner_uid ? value_number(space->owner_uid) : value_none();
	return 0;
}

/* "unassigned" is no number, and none is what JSON and filters should see. */
static int get_netnsid(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_none();
	if (!space || space->type != NS_NET || !space->netnsid_known)
		return 0;
	if (space->netnsid >= 0)
		*ret = value_number((uint64_t)space->netnsid);
	else
		ret->display = "unassigned";
	return 0;
}

static struct value relation(const struct row *row, enum relation_state state, uint32_t to)
{
	return state == RELATION_KNOWN ? value_number(row->snapshot->spaces[to].inode)
	                               : value_none();
}

static int get_parent(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space ? relation(row, space->parent_state, space->parent) : value_none();
	return 0;
}

static int get_owner(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space ? relation(row, space->owner_state, space->owner) : value_none();
	return 0;
}

static int get_id(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space && space->id ? value_number(space->id) : value_none();
	return 0;
}

static bool is_deleted(const char *path)
{
	static const char mark[] = " (deleted)";
	const size_t length = strlen(path);

	return length >= strlen(mark) && is_equal(path + length - strlen(mark), mark);
}

/* "cg:memory:/x"; of v2 "cg::/x". Nothing can name one that was deleted. */
static int cgroup_target(const struct row *row, const struct cgroup_entry *cgroup,
                         struct value *ret)
{
	const size_t length = strcspn(cgroup->hierarchy, ",");

	if (is_deleted(cgroup->path))
		return 0;
	return made_text(arena_printf(row->scratch, "cg:%.*s:%s", (int)length, cgroup->hierarchy,
	                              cgroup->path),
	                 ret);
}

static int get_target(const struct row *row, struct value *ret)
{
	const struct process *process = noderow_process(row);
	const struct cgroup_entry *cgroup = noderow_cgroup(row);
	const struct space *space = space_of(row);

	*ret = value_none();
	if (cgroup)
		return cgroup_target(row, cgroup, ret);
	if (noderow_is(row, NODE_THREAD))
		return 0;
	if (row->is_process)
		return process ? made_text(target_of_process(row->scratch, process), ret) : 0;
	return space ? made_text(target_of_space(row->scratch, space), ret) : 0;
}

static int get_container(const struct row *row, struct value *ret)
{
	const struct container *container = container_of(row);

	*ret = value_none();
	return container ? made_text(container_label(row->scratch, container), ret) : 0;
}

static int get_runtime(const struct row *row, struct value *ret)
{
	const struct container *container = container_of(row);

	*ret = value_text(container ? container->runtime : NULL);
	return 0;
}

#define LONG_ID 64
#define SHORT_ID 12

/* An id as most runtimes make them; others have names for ids, which are shown whole. */
static bool is_long_id(const char *id)
{
	return strlen(id) == LONG_ID && strspn(id, "0123456789abcdef") == LONG_ID;
}

static int get_container_id(const struct row *row, struct value *ret)
{
	const struct container *container = container_of(row);

	*ret = value_text(container ? container->id : NULL);
	if (ret->type == VALUE_NONE || !is_long_id(ret->as.text))
		return 0;
	ret->display = arena_copy(row->scratch, ret->as.text, SHORT_ID);
	return ret->display ? 0 : -ENOMEM;
}

/* The name, else the UID: that one is in the control group path, the name only in state files. */
static int get_pod(const struct row *row, struct value *ret)
{
	const struct container *container = container_of(row);

	*ret = value_none();
	if (container)
		*ret = value_text(container->pod ? container->pod : container->pod_uid);
	return 0;
}

static int get_unit(const struct row *row, struct value *ret)
{
	const struct cgroup_entry *cgroup = noderow_cgroup(row);
	const char *text = noderow_cgroup_text(row);

	*ret = value_none();
	if (cgroup)
		*ret = value_text(cgroup->unit);
	else if (text)
		*ret = value_text(container_unit(row->scratch, text));
	return 0;
}

static int get_cgroup(const struct row *row, struct value *ret)
{
	const struct cgroup_entry *cgroup = noderow_cgroup_around(row);
	const char *text = noderow_cgroup_text(row);

	*ret = value_none();
	if (cgroup)
		*ret = value_text(cgroup->path);
	else if (text)
		*ret = value_text(container_cgroup_path(row->scratch, text));
	return 0;
}

static int get_depth(const struct row *row, struct value *ret)
{
	const int depth =
		row->place->space == NONE ? -1 : snapshot_depth(row->snapshot, row->place->space);

	*ret = depth >= 0 ? value_number((uint64_t)depth) : value_none();
	return 0;
}

static int get_uid_map(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_text(space ? space->uid_map : NULL);
	return 0;
}

static int get_gid_map(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_text(space ? space->gid_map : NULL);
	return 0;
}

static int get_root_source(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_text(space ? space->root_source : NULL);
	return 0;
}

static int get_root_type(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_text(space ? space->root_type : NULL);
	return 0;
}

static int get_root_label(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_text(space ? space->root_label : NULL);
	return 0;
}

static int get_root_uuid(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = value_text(space ? space->root_uuid : NULL);
	return 0;
}

static int get_initial(const struct row *row, struct value *ret)
{
	const struct space *space = space_of(row);

	*ret = space ? value_bool(space->is_initial) : value_none();
	return 0;
}

/* clang-format off */
/* Every holder of a namespace, and what can be said of it. */
#define HOLDERS_NEEDS(fields) { .types = NS_ALL_BITS, .sources = SOURCE_ALL, .process = (fields), \
				.space = SPACE_RELATIONS, .holders = true }

static const struct column columns[] = {
	{ .name = "NS", .help = "namespace, by inode number",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .get = get_inode },
	{ .name = "TYPE", .help = "type of namespace",
	  .type = VALUE_TEXT, .get = get_type },
	{ .name = "PATH", .help = "path to the namespace in /proc",
	  .type = VALUE_TEXT, .needs = { .sources = SOURCE_PROCESS },
	  .get = holdercols_get_path },
	{ .name = "NPROCS", .help = "number of processes in it",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .sources = SOURCE_PROCESS },
	  .get = get_n_processes },
	{ .name = "PID", .help = "lowest process number in it; in rows of processes the process",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .sources = SOURCE_PROCESS },
	  .get = get_pid },
	{ .name = "PPID", .help = "parent of PID",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .leader = PROCESS_PARENT },
	  .get = get_ppid },
	{ .name = "COMMAND", .help = "command line of PID; without a process, what holds the namespace",
	  .type = VALUE_TEXT, .flags = COLUMN_CUT, .needs = { .leader = PROCESS_CMDLINE },
	  .get = holdercols_get_command },
	{ .name = "UID", .help = "effective user of PID, by number; without a process the creator",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT,
	  .needs = { .leader = PROCESS_UID, .space = SPACE_OWNER_UID }, .get = get_uid },
	{ .name = "USER", .help = "effective user of PID, by name; without a process the creator",
	  .type = VALUE_TEXT,
	  .needs = { .leader = PROCESS_UID, .space = SPACE_OWNER_UID, .users = true },
	  .get = get_user },
	{ .name = "NETNSID", .help = "number of a network namespace as seen from ours",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .space = SPACE_NETNSID },
	  .get = get_netnsid },
	{ .name = "NSFS", .help = "where it is bind-mounted",
	  .type = VALUE_LIST, .flags = COLUMN_WRAP,
	  .needs = { .sources = SOURCE_MOUNT, .holders = true }, .get = holdercols_get_mounts },
	{ .name = "PNS", .help = "parent namespace (pid and user), by inode number",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .space = SPACE_RELATIONS },
	  .get = get_parent },
	{ .name = "ONS", .help = "user namespace that owns it, by inode number",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .space = SPACE_RELATIONS },
	  .get = get_owner },
	{ .name = "NSID", .help = "64-bit id, which is never reused (Linux 6.18)",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .space = SPACE_ID },
	  .get = get_id },
	{ .name = "TARGET", .help = "what names this row for good, for all tools",
	  .type = VALUE_TEXT,
	  .needs = { .leader = PROCESS_PIDFD_INODE, .space = SPACE_ID }, .get = get_target },
	{ .name = "NTHREADS", .help = "number of threads in it whose process is elsewhere",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .sources = SOURCE_THREAD },
	  .get = get_n_threads },
	{ .name = "HELD", .help = "what keeps it alive: p process, t thread, c for_children, f fd, "
				  "s socket, m mount, n nested child, o owned",
	  .type = VALUE_TEXT,
	  .needs = { .types = NS_ALL_BITS, .sources = SOURCE_ALL, .space = SPACE_RELATIONS,
		     .holders = true },
	  .get = holdercols_get_held },
	{ .name = "HOLDERS", .help = "every reference that keeps it alive",
	  .type = VALUE_LIST, .flags = COLUMN_WRAP, .needs = HOLDERS_NEEDS(PROCESS_COMM),
	  .get = holdercols_get_holders },
	{ .name = "WHY", .help = "what would have to go for it to go",
	  .type = VALUE_TEXT, .flags = COLUMN_CUT, .needs = HOLDERS_NEEDS(PROCESS_COMM | PROCESS_NUMBERS),
	  .get = holdercols_get_conclusion },
	{ .name = "CONTAINER", .help = "container of PID, with its pod",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_CGROUP, .names = true },
	  .get = get_container },
	{ .name = "RUNTIME", .help = "what runs the container",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_CGROUP }, .get = get_runtime },
	{ .name = "CID", .help = "id of the container",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_CGROUP }, .get = get_container_id },
	{ .name = "POD", .help = "pod of the container: its name, or its UID",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_CGROUP, .names = true }, .get = get_pod },
	{ .name = "UNIT", .help = "systemd unit of PID",
	  .type = VALUE_TEXT, .needs = { .leader = PROCESS_CGROUP }, .get = get_unit },
	{ .name = "CGROUP", .help = "control group of PID",
	  .type = VALUE_TEXT, .flags = COLUMN_CUT, .needs = { .leader = PROCESS_CGROUP }, .get = get_cgroup },
	{ .name = "DEPTH", .help = "how many namespaces lie above it (pid and user)",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .space = SPACE_RELATIONS },
	  .get = get_depth },
	{ .name = "OWNERUID", .help = "user who made the user namespace that owns it",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .needs = { .space = SPACE_OWNER_UID },
	  .get = get_owner_uid },
	{ .name = "UIDMAP", .help = "user ids inside, outside, and how many",
	  .type = VALUE_TEXT, .needs = { .space = SPACE_ID_MAPS }, .get = get_uid_map },
	{ .name = "GIDMAP", .help = "group ids inside, outside, and how many",
	  .type = VALUE_TEXT, .needs = { .space = SPACE_ID_MAPS }, .get = get_gid_map },
	{ .name = "SOURCE", .help = "device behind the root of a mount namespace",
	  .type = VALUE_TEXT, .needs = { .space = SPACE_ROOT }, .get = get_root_source },
	{ .name = "FSTYPE", .help = "file system behind the root of a mount namespace",
	  .type = VALUE_TEXT, .needs = { .space = SPACE_ROOT }, .get = get_root_type },
	{ .name = "FSLABEL", .help = "label of that file system",
	  .type = VALUE_TEXT, .needs = { .space = SPACE_ROOT | SPACE_ROOT_LABEL },
	  .get = get_root_label },
	{ .name = "FSUUID", .help = "UUID of that file system",
	  .type = VALUE_TEXT, .needs = { .space = SPACE_ROOT | SPACE_ROOT_LABEL },
	  .get = get_root_uuid },
	{ .name = "INITIAL", .help = "whether it is the first of its type, made at boot",
	  .type = VALUE_BOOL, .get = get_initial },
};
/* clang-format on */

const struct column_set nscols_table = { .columns = columns, .count = ARRAY_SIZE(columns) };

const struct column_set *nscols_set(void)
{
	return &nscols_table;
}
