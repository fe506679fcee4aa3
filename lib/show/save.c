/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a snapshot as JSON, a record a line, nskit-snapshot(5). Nothing is kept in memory. */
#include "show/save.h"

#include <inttypes.h>

#include "base/text.h"
#include "model/fieldnames.h"
#include "show/json.h"

struct writer {
	FILE *stream;
	const struct snapshot *snapshot;
	bool is_first; /* the next member needs no comma */
	int error;     /* the first one; nothing matters after it */
};

static void write_key(struct writer *writer, const char *key)
{
	fprintf(writer->stream, "%s\"%s\": ", writer->is_first ? "" : ", ", key);
	writer->is_first = false;
}

static void write_signed(struct writer *writer, const char *key, int64_t number)
{
	write_key(writer, key);
	fprintf(writer->stream, "%" PRId64, number);
}

static void write_null(struct writer *writer, const char *key)
{
	write_key(writer, key);
	fputs("null", writer->stream);
}

/* JSON readers, ours too, know signed 64-bit integers; the kernel's counters stay far below. */
static void write_number(struct writer *writer, const char *key, uint64_t number)
{
	if (number > INT64_MAX)
		write_null(writer, key);
	else
		write_signed(writer, key, (int64_t)number);
}

static void write_number_or_null(struct writer *writer, const char *key, bool is_known,
                                 uint64_t number)
{
	if (is_known)
		write_number(writer, key, number);
	else
		write_null(writer, key);
}

static void write_bool(struct writer *writer, const char *key, bool flag)
{
	write_key(writer, key);
	fputs(flag ? "true" : "false", writer->stream);
}

/* Bytes that are no UTF-8 cannot stand in JSON: such a text is written byte by byte. */
static void write_text(struct writer *writer, const char *key, const char *text)
{
	auto_arena struct arena repaired = { 0 };

	write_key(writer, key);
	const char *valid = text ? text_valid_utf8(&repaired, text) : text;
	int r = 0;
	if (valid == text) {
		r = json_write_text(writer->stream, text);
	} else if (valid) {
		fputs("{\"base16\": \"", writer->stream);
		for (; *text; text++)
			fprintf(writer->stream, "%02x", (unsigned char)*text);
		fputs("\"}", writer->stream);
	} else {
		r = -ENOMEM;
	}
	if (r < 0 && writer->error == 0)
		writer->error = r;
}

static void write_space(struct writer *writer, const char *key, uint32_t space)
{
	write_number_or_null(writer, key, space != NONE,
	                     space == NONE ? 0 : writer->snapshot->spaces[space].inode);
}

static void write_pid(struct writer *writer, const char *key, uint32_t process)
{
	write_number_or_null(writer, key, process != NONE,
	                     process == NONE ? 0
	                                     : (uint64_t)writer->snapshot->processes[process].pid);
}

/* The names of the members of a set of bits. */
static void write_set(struct writer *writer, const char *key, const struct field_names *names,
                      unsigned set)
{
	const char *comma = "";

	write_key(writer, key);
	fputc('[', writer->stream);
	for (size_t i = 0; i < names->count; i++) {
		if (!(set & (1U << i)))
			continue;
		fprintf(writer->stream, "%s\"%s\"", comma, names->names[i]);
		comma = ", ";
	}
	fputc(']', writer->stream);
}

static void begin_object(struct writer *writer, const char *key)
{
	write_key(writer, key);
	fputc('{', writer->stream);
	writer->is_first = true;
}

static void end_object(struct writer *writer)
{
	fputc('}', writer->stream);
	writer->is_first = false;
}

static void begin_section(struct writer *writer, const char *key)
{
	fprintf(writer->stream, ",\n\"%s\": [", key);
}

static void begin_record(struct writer *writer, bool is_first)
{
	fputs(is_first ? "\n{" : ",\n{", writer->stream);
	writer->is_first = true;
}

static void end_section(struct writer *writer, bool is_empty)
{
	fputs(is_empty ? "]" : "\n]", writer->stream);
}

static void write_asked(struct writer *writer)
{
	const struct needs *scanned = &writer->snapshot->scanned;

	begin_object(writer, "asked");
	write_set(writer, "types", &type_names, scanned->types);
	write_set(writer, "sources", &source_names, scanned->sources);
	write_set(writer, "leader", &process_field_names, scanned->leader);
	write_set(writer, "process", &process_field_names, scanned->process);
	write_set(writer, "thread", &process_field_names, scanned->thread);
	write_set(writer, "space", &space_field_names, scanned->space);
	write_bool(writer, "holders", scanned->holders);
	write_bool(writer, "names", scanned->names);
	write_bool(writer, "users", scanned->users);
	write_bool(writer, "cgroups", scanned->cgroups);
	end_object(writer);
}

static void write_head(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	fprintf(writer->stream, "{\"format\": \"nskit-snapshot\", \"version\": %d,\n\"scan\": {",
	        SNAPSHOT_FORMAT_VERSION);
	writer->is_first = true;
	write_text(writer, "host", snapshot->host);
	write_text(writer, "kernel", snapshot->kernel);
	write_number_or_null(writer, "taken", snapshot->taken != 0, snapshot->taken);
	write_bool(writer, "has_ids", snapshot->has_ids);
	write_bool(writer, "can_trace", snapshot->can_trace);
	write_number_or_null(writer, "self", snapshot->self > 0, (uint64_t)snapshot->self);
	begin_object(writer, "self_in");
	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		write_space(writer, ns_types[type].name, snapshot->self_at[type]);
	end_object(writer);
	write_asked(writer);
	end_object(writer);
}

static void write_gaps(struct writer *writer)
{
	bool is_empty = true;

	begin_section(writer, "gaps");
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		const struct gap *gap = &writer->snapshot->gaps[kind];

		if (gap->count == 0)
			continue;
		begin_record(writer, is_empty);
		is_empty = false;
		write_text(writer, "gap", gap_texts[kind].key);
		write_number(writer, "count", gap->count);
		write_number_or_null(writer, "total", gap->total != 0, gap->total);
		end_object(writer);
	}
	end_section(writer, is_empty);
}

static void write_users(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "users");
	for (size_t i = 0; i < snapshot->n_users; i++) {
		begin_record(writer, i == 0);
		write_number(writer, "uid", snapshot->users[i].uid);
		write_text(writer, "name", snapshot->users[i].name);
		end_object(writer);
	}
	end_section(writer, snapshot->n_users == 0);
}

static void write_containers(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "containers");
	for (size_t i = 0; i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];

		begin_record(writer, i == 0);
		write_text(writer, "runtime", container->runtime);
		write_text(writer, "id", container->id);
		write_text(writer, "name", container->name);
		write_text(writer, "pod", container->pod);
		write_text(writer, "pod_uid", container->pod_uid);
		write_text(writer, "pod_namespace", container->pod_namespace);
		write_text(writer, "cgroup", container->cgroup);
		write_bool(writer, "sandbox", container->is_sandbox);
		write_bool(writer, "kubernetes", container->is_kubernetes);
		end_object(writer);
	}
	end_section(writer, snapshot->n_containers == 0);
}

static void write_relation(struct writer *writer, const char *key, enum relation_state state,
                           uint32_t to)
{
	if (state == RELATION_KNOWN)
		write_space(writer, key, to);
	else
		write_text(writer, key, relation_state_names.names[state]);
}

static void write_space_record(struct writer *writer, const struct space *space)
{
	write_number(writer, "inode", space->inode);
	write_text(writer, "type", ns_types[space->type].name);
	write_number_or_null(writer, "id", space->id != 0, space->id);
	write_relation(writer, "parent", space->parent_state, space->parent);
	write_relation(writer, "owner", space->owner_state, space->owner);
	write_number_or_null(writer, "owner_uid", space->has_owner_uid, space->owner_uid);
	write_bool(writer, "initial", space->is_initial);
	write_bool(writer, "only_kernel_knows", space->only_kernel_knows);
	if (space->netnsid_known)
		write_signed(writer, "netnsid", space->netnsid);
	else
		write_null(writer, "netnsid");
	write_text(writer, "uid_map", space->uid_map);
	write_text(writer, "gid_map", space->gid_map);
	write_text(writer, "root_source", space->root_source);
	write_text(writer, "root_type", space->root_type);
	write_text(writer, "root_label", space->root_label);
	write_text(writer, "root_uuid", space->root_uuid);
	write_text(writer, "mount_path", space->mount_path);
}

static void write_spaces(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "namespaces");
	for (size_t i = 0; i < snapshot->n_spaces; i++) {
		begin_record(writer, i == 0);
		write_space_record(writer, &snapshot->spaces[i]);
		end_object(writer);
	}
	end_section(writer, snapshot->n_spaces == 0);
}

static void write_placement(struct writer *writer, const struct placement *at)
{
	begin_object(writer, "in");
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		const char *name = ns_types[type].name;

		if (at->in[type] == NONE && at->denied & NS_BIT(type))
			write_text(writer, name, "denied");
		else if (at->in[type] == NONE && at->absent & NS_BIT(type))
			write_text(writer, name, "absent");
		else
			write_space(writer, name, at->in[type]);
	}
	end_object(writer);
	begin_object(writer, "for_children");
	for (size_t i = 0; i < CHILDREN_N_LINKS; i++)
		write_space(writer, children_link_names.names[i], at->children[i]);
	end_object(writer);
}

static void write_numbers(struct writer *writer, const struct process *process)
{
	if (!process->numbers || process->n_numbers == 0) {
		write_null(writer, "numbers");
		return;
	}
	write_key(writer, "numbers");
	fputc('[', writer->stream);
	for (size_t i = 0; i < process->n_numbers; i++)
		fprintf(writer->stream, "%s%d", i ? ", " : "", process->numbers[i]);
	fputc(']', writer->stream);
}

/* A container has no number: its runtime and id name it. */
static void write_container_of(struct writer *writer, const struct process *process)
{
	if (process->container == NONE) {
		write_null(writer, "container");
		return;
	}
	const struct container *container = &writer->snapshot->containers[process->container];
	begin_object(writer, "container");
	write_text(writer, "runtime", container->runtime);
	write_text(writer, "id", container->id);
	end_object(writer);
}

/* JSON readers know no unsigned 64-bit numbers. */
static void write_bits(struct writer *writer, const char *key, uint64_t bits)
{
	char digits[17];

	snprintf(digits, sizeof(digits), "%016" PRIx64, bits);
	write_text(writer, key, digits);
}

static void write_signals(struct writer *writer, const struct process *process)
{
	const struct snapshot *snapshot = writer->snapshot;
	const struct signals *signals =
		snapshot_find_signals(snapshot, (uint32_t)(process - snapshot->processes));

	if (!signals) {
		write_null(writer, "signals");
		return;
	}
	const char state[] = { signals->state, '\0' };
	begin_object(writer, "signals");
	write_bits(writer, "pending", signals->pending);
	write_bits(writer, "blocked", signals->blocked);
	write_bits(writer, "ignored", signals->ignored);
	write_bits(writer, "caught", signals->caught);
	write_bool(writer, "unread_threads", signals->has_unread_threads);
	write_text(writer, "state", state);
	write_number(writer, "tracer", (uint64_t)signals->tracer);
	write_text(writer, "wchan", signals->wchan);
	write_text(writer, "frozen",
	           signals->frozen == FROZEN_UNKNOWN ? NULL : frozen_names.names[signals->frozen]);
	end_object(writer);
}

static void write_audit(struct writer *writer, const struct process *process)
{
	const bool has_seccomp = process->has_audit && process->seccomp >= 0;

	if (process->has_audit)
		write_bits(writer, "effective_caps", process->effective_caps);
	else
		write_null(writer, "effective_caps");
	write_number_or_null(writer, "seccomp", has_seccomp, (uint64_t)process->seccomp);
	if (process->has_audit)
		write_bool(writer, "no_new_privs", process->no_new_privs);
	else
		write_null(writer, "no_new_privs");
	write_text(writer, "label", process->label);
}

static void write_process_record(struct writer *writer, const struct process *process)
{
	const char state[] = { process->state, '\0' };

	write_signed(writer, "pid", process->pid);
	write_set(writer, "known", &process_field_names, process->known);
	write_set(writer, "refused", &process_field_names, process->refused);
	write_signed(writer, "parent", process->parent);
	write_signed(writer, "group", process->group);
	write_signed(writer, "session", process->session);
	write_signed(writer, "foreground_group", process->foreground_group);
	write_signed(writer, "terminal", process->terminal);
	write_text(writer, "terminal_name", process->terminal_name);
	write_number_or_null(writer, "terminal_device", process->terminal_device != 0,
	                     process->terminal_device);
	write_number_or_null(writer, "uid", process->uid != (uid_t)-1, process->uid);
	write_number(writer, "threads", process->n_threads);
	write_number(writer, "start", process->start);
	write_number_or_null(writer, "pidfd_inode", process->pidfd_inode != 0,
	                     process->pidfd_inode);
	write_text(writer, "state", process->state ? state : NULL);
	write_bool(writer, "kernel_thread", process->is_kernel_thread);
	write_bool(writer, "ending", process->is_ending);
	write_text(writer, "comm", process->comm);
	write_text(writer, "command", process->command);
	write_text(writer, "cgroup", process->cgroup);
	write_container_of(writer, process);
	write_numbers(writer, process);
	write_audit(writer, process);
	write_signals(writer, process);
	write_placement(writer, &process->at);
}

static void write_processes(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "processes");
	for (size_t i = 0; i < snapshot->n_processes; i++) {
		begin_record(writer, i == 0);
		write_process_record(writer, &snapshot->processes[i]);
		end_object(writer);
	}
	end_section(writer, snapshot->n_processes == 0);
}

static void write_threads(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "threads");
	for (size_t i = 0; i < snapshot->n_threads; i++) {
		const struct thread *thread = &snapshot->threads[i];

		begin_record(writer, i == 0);
		write_pid(writer, "pid", thread->process);
		write_signed(writer, "tid", thread->tid);
		write_text(writer, "comm", thread->comm);
		write_text(writer, "cgroup", thread->cgroup);
		write_placement(writer, &thread->at);
		end_object(writer);
	}
	end_section(writer, snapshot->n_threads == 0);
}

static void write_references(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "references");
	for (size_t i = 0; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];

		begin_record(writer, i == 0);
		write_space(writer, "namespace", reference->space);
		write_text(writer, "kind", reference_kinds[reference->kind].name);
		write_pid(writer, "pid", reference->process);
		write_number_or_null(writer, "tid", reference->tid != 0, (uint64_t)reference->tid);
		write_number_or_null(writer, "fd", reference->fd >= 0, (uint64_t)reference->fd);
		write_number_or_null(writer, "socket", reference->socket != 0, reference->socket);
		write_space(writer, "mount_namespace", reference->mount_space);
		write_text(writer, "path", reference->path);
		write_bool(writer, "covered", reference->covered);
		end_object(writer);
	}
	end_section(writer, snapshot->n_references == 0);
}

static void write_cgroups(struct writer *writer)
{
	const struct snapshot *snapshot = writer->snapshot;

	begin_section(writer, "cgroups");
	for (size_t i = 0; i < snapshot->n_cgroups; i++) {
		begin_record(writer, i == 0);
		write_text(writer, "hierarchy", snapshot->cgroups[i].hierarchy);
		write_text(writer, "path", snapshot->cgroups[i].path);
		end_object(writer);
	}
	end_section(writer, snapshot->n_cgroups == 0);
}

int save_snapshot(FILE *stream, const struct snapshot *snapshot)
{
	struct writer writer = { .stream = stream, .snapshot = snapshot };

	write_head(&writer);
	write_gaps(&writer);
	write_users(&writer);
	write_containers(&writer);
	write_spaces(&writer);
	write_processes(&writer);
	write_threads(&writer);
	write_references(&writer);
	write_cgroups(&writer);
	fputs("\n}\n", stream);
	return writer.error;
}
