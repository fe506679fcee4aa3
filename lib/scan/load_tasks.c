/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes and threads of a saved snapshot, and the references that they and mounts hold. */
#include "base/parse.h"
#include "scan/loader.h"

/* Where it is in a namespace of that type: an inode, or why that is not known. */
static void load_place(struct record_reader *reader, const struct json_t *in, enum ns_type type,
                       struct placement *at)
{
	const char *key = ns_types[type].name;
	const char *state = record_string(record_member(reader, in, key));

	if (!state)
		at->in[type] = record_space(reader, in, key, type);
	else if (is_equal(state, "denied"))
		at->denied |= (uint8_t)NS_BIT(type);
	else if (is_equal(state, "absent"))
		at->absent |= (uint8_t)NS_BIT(type);
	else
		record_fail(reader, key, "is neither an inode nor \"denied\" nor \"absent\"");
}

static void load_placement(struct record_reader *reader, const struct json_t *record,
                           struct placement *at)
{
	static const enum ns_type types[CHILDREN_N_LINKS] = {
		[CHILDREN_PID] = NS_PID,
		[CHILDREN_TIME] = NS_TIME,
	};
	const struct json_t *in = record_object(reader, record, "in");
	const struct json_t *children = record_object(reader, record, "for_children");

	for (enum ns_type type = 0; in && type < NS_N_TYPES; type++)
		load_place(reader, in, type, at);
	for (size_t i = 0; children && i < CHILDREN_N_LINKS; i++)
		at->children[i] =
			record_space(reader, children, children_link_names.names[i], types[i]);
}

/* The container with that runtime and id, which must be one of the section. */
static uint32_t load_container_of(struct record_reader *reader, const struct json_t *record)
{
	const struct json_t *named = record_object(reader, record, "container");
	const size_t n_before = reader->snapshot->n_containers;
	uint32_t index = NONE;

	if (!named)
		return NONE;
	const struct container key = {
		.runtime = record_text(reader, named, "runtime"),
		.id = record_text(reader, named, "id"),
	};
	loader_note(reader, snapshot_add_container(reader->snapshot, &key, &index));
	if (reader->snapshot->n_containers != n_before)
		record_fail(reader, "container", "is no container of this snapshot");
	return index;
}

/* One character; 0 where it is missing, null or wrong. */
static char load_state(struct record_reader *reader, const struct json_t *record)
{
	const char *state = record_text(reader, record, "state");

	if (state && strlen(state) != 1)
		record_fail(reader, "state", "is not one character");
	return state ? *state : '\0';
}

/* /proc/PID/stat has -1 for some of these where a process is about to go. */
static void load_stat(struct record_reader *reader, const struct json_t *record,
                      struct process *process)
{
	process->parent = (pid_t)record_number(reader, record, "parent", -1, INT32_MAX, 0);
	process->group = (pid_t)record_number(reader, record, "group", -1, INT32_MAX, 0);
	process->session = (pid_t)record_number(reader, record, "session", -1, INT32_MAX, 0);
	process->foreground_group =
		(pid_t)record_number(reader, record, "foreground_group", -1, INT32_MAX, 0);
	process->terminal =
		(int32_t)record_number(reader, record, "terminal", INT32_MIN, INT32_MAX, 0);
	process->terminal_name = record_text(reader, record, "terminal_name");
	process->terminal_device =
		(uint32_t)record_number(reader, record, "terminal_device", 1, UINT32_MAX, 0);
	process->n_threads = (uint32_t)record_number(reader, record, "threads", 0, UINT32_MAX, 0);
	process->start = (uint64_t)record_number(reader, record, "start", 0, INT64_MAX, 0);
	process->is_kernel_thread = record_bool(reader, record, "kernel_thread");
	if (record_has(record, "ending"))
		process->is_ending = record_bool(reader, record, "ending");
	process->state = load_state(reader, record);
}

/* A set of 64 bits, as /proc/PID/status writes it. False where it is missing, null or wrong. */
static bool load_bits(struct record_reader *reader, const struct json_t *record, const char *key,
                      uint64_t *ret)
{
	const struct json_t *member = record_member(reader, record, key);
	const char *text = record_string(member);

	if (!member)
		return false;
	if (text && parse_base16_n(text, strlen(text), ret) == 0)
		return true;
	record_fail(reader, key, "is not a set of bits in base 16");
	return false;
}

static uint8_t load_frozen(struct record_reader *reader, const struct json_t *record)
{
	const struct json_t *member = record_member(reader, record, "frozen");
	const char *name = record_string(member);
	const size_t position = name ? field_names_find(&frozen_names, name) : SIZE_MAX;

	if (member && position == SIZE_MAX)
		record_fail(reader, "frozen", "is neither \"no\" nor \"v1\" nor \"v2\"");
	return position == SIZE_MAX ? FROZEN_UNKNOWN : (uint8_t)position;
}

/* Without all of its sets, or a state, it says nothing. */
static void load_signals(struct record_reader *reader, const struct json_t *record, pid_t pid)
{
	const struct json_t *member = record_object(reader, record, "signals");

	if (!member)
		return;
	struct signals signals = {
		.pid = pid,
		.tracer = (pid_t)record_number(reader, member, "tracer", 0, INT32_MAX, 0),
		.wchan = record_text(reader, member, "wchan"),
		.state = load_state(reader, member),
		.frozen = load_frozen(reader, member),
		.has_unread_threads = record_bool(reader, member, "unread_threads"),
	};
	const bool is_whole = load_bits(reader, member, "pending", &signals.pending) &&
	                      load_bits(reader, member, "blocked", &signals.blocked) &&
	                      load_bits(reader, member, "ignored", &signals.ignored) &&
	                      load_bits(reader, member, "caught", &signals.caught);
	if (is_whole && signals.state)
		loader_note(reader, snapshot_add_signals(reader->snapshot, &signals));
}

/* Capabilities as in /proc/PID/status: without them, what stands beside them there is not known. */
static void load_audit(struct record_reader *reader, const struct json_t *record,
                       struct process *process)
{
	process->seccomp = (int8_t)record_number(reader, record, "seccomp", 0, INT8_MAX, -1);
	process->no_new_privs = record_bool(reader, record, "no_new_privs");
	process->label = record_text(reader, record, "label");
	process->has_audit = load_bits(reader, record, "effective_caps", &process->effective_caps);
}

static void load_process_fields(struct record_reader *reader, const struct json_t *record,
                                struct process *process)
{
	process->known = (uint16_t)record_set(reader, record, "known", &process_field_names);
	process->refused = (uint16_t)record_set(reader, record, "refused", &process_field_names);
	process->uid = (uid_t)record_number(reader, record, "uid", 0, UINT32_MAX - 1, (uid_t)-1);
	process->pidfd_inode =
		(uint64_t)record_number(reader, record, "pidfd_inode", 1, INT64_MAX, 0);
	process->comm = record_text(reader, record, "comm");
	process->command = record_text(reader, record, "command");
	process->cgroup = record_text(reader, record, "cgroup");
	process->container = load_container_of(reader, record);
	process->numbers = record_pids(reader, record, "numbers", &process->n_numbers);
	load_stat(reader, record, process);
	load_audit(reader, record, process);
	load_signals(reader, record, process->pid);
	load_placement(reader, record, &process->at);
}

static void load_process(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const size_t n_before = reader->snapshot->n_processes;
	const int64_t pid = record_number(reader, record, "pid", 1, INT32_MAX, 0);
	uint32_t index = NONE;

	if (pid == 0) {
		record_fail(reader, "pid", "is not known");
		return;
	}
	int r = snapshot_add_process(reader->snapshot, (pid_t)pid, &index);
	if (r == -EINVAL || reader->snapshot->n_processes == n_before)
		record_fail(reader, "pid", "is not above that of the process before");
	loader_note(reader, r);
	if (reader->status == 0)
		load_process_fields(reader, record, &reader->snapshot->processes[index]);
}

/* Sorted by process, then by number, as the snapshot wants them. */
static bool is_behind_last(const struct snapshot *snapshot, uint32_t process, pid_t tid)
{
	if (snapshot->n_threads == 0)
		return true;
	const struct thread *last = &snapshot->threads[snapshot->n_threads - 1];
	return process > last->process || (process == last->process && tid > last->tid);
}

static void load_thread(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	struct snapshot *snapshot = reader->snapshot;
	const uint32_t process = record_process(reader, record, "pid");
	const pid_t tid = (pid_t)record_number(reader, record, "tid", 1, INT32_MAX, 0);
	uint32_t index = NONE;

	if (process == NONE)
		record_fail(reader, "pid", "is not known");
	else if (tid == 0)
		record_fail(reader, "tid", "is not known");
	else if (!is_behind_last(snapshot, process, tid))
		record_fail(reader, "tid", "is not above that of the thread before");
	else
		loader_note(reader, snapshot_add_thread(snapshot, process, tid, &index));
	if (reader->status < 0)
		return;
	snapshot->threads[index].comm = record_text(reader, record, "comm");
	if (record_has(record, "cgroup"))
		snapshot->threads[index].cgroup = record_text(reader, record, "cgroup");
	load_placement(reader, record, &snapshot->threads[index].at);
}

/* The kind of that name, or HELD_N_KINDS. */
static enum reference_kind kind_by_name(const char *name)
{
	enum reference_kind kind = 0;

	while (name && kind < HELD_N_KINDS && !is_equal(reference_kinds[kind].name, name))
		kind++;
	return name ? kind : HELD_N_KINDS;
}

/* The other kinds follow from processes, threads and relations. */
static bool is_stored(enum reference_kind kind)
{
	return kind == HELD_FD || kind == HELD_SOCKET || kind == HELD_MOUNT;
}

static void load_reference(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const struct reference reference = {
		.space = record_space(reader, record, "namespace", NS_N_TYPES),
		.process = record_process(reader, record, "pid"),
		.tid = (pid_t)record_number(reader, record, "tid", 1, INT32_MAX, 0),
		.mount_space = record_space(reader, record, "mount_namespace", NS_MNT),
		.fd = (int32_t)record_number(reader, record, "fd", 0, INT32_MAX, -1),
		.socket = (uint64_t)record_number(reader, record, "socket", 1, INT64_MAX, 0),
		.path = record_text(reader, record, "path"),
		.kind = kind_by_name(record_string(record_member(reader, record, "kind"))),
		.covered = record_bool(reader, record, "covered"),
	};

	if (reference.space == NONE)
		record_fail(reader, "namespace", "is not known");
	else if (!is_stored(reference.kind))
		record_fail(reader, "kind", "is neither fd nor socket nor mount");
	else if (reader->status == 0)
		loader_note(reader, snapshot_add_reference(reader->snapshot, &reference));
}

void loader_read_tasks(struct loader *loader)
{
	loader_read_section(loader, "processes", load_process);
	loader_read_section(loader, "threads", load_thread);
	loader_read_section(loader, "references", load_reference);
}
