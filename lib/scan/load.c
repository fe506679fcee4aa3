/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads a saved snapshot, nskit-snapshot(5). The file may come from anywhere: every number has a
 * range, every relation must lead to a record of the file, and only one record is parsed at a time.
 */
#include "scan/load.h"

#include <fcntl.h>
#include <inttypes.h>

#include "base/fd.h"
#include "base/parse.h"
#include "scan/loader.h"

/* A later version may mean other things by the same keys. */
#define READ_VERSION 1

/* The value of that member of the outermost object, or NULL. */
static const struct slice *find_value(const struct loader *loader, const char *key)
{
	const size_t length = strlen(key);

	for (size_t i = 0; i < loader->n_members; i++) {
		const struct slice *slice = &loader->members[i].key;

		if (slice->end - slice->start == length &&
		    memcmp(loader->reader.document->text + slice->start, key, length) == 0)
			return &loader->members[i].value;
	}
	return NULL;
}

static void load_record(struct loader *loader, const char *section, const struct slice *slice,
                        record_loader load)
{
	struct json_t *record = record_begin(&loader->reader, section, slice);

	if (record)
		load(loader, record);
	record_end(&loader->reader, record);
}

/* A section that is missing counts like a record that lacks a key. */
static void count_missing(struct record_reader *reader)
{
	reader->n_records++;
	reader->n_lacking++;
}

void loader_read_section(struct loader *loader, const char *section, record_loader load)
{
	struct record_reader *reader = &loader->reader;
	const struct slice *array = find_value(loader, section);
	struct slice item = { 0 };
	size_t cursor = 0;
	int r = 1;

	if (!array)
		count_missing(reader);
	while (array && r > 0 && reader->status == 0) {
		r = document_next_item(reader->document, array, &cursor, &item);
		if (r > 0)
			load_record(loader, section, &item, load);
	}
	if (r >= 0)
		return;
	reader->section = section;
	reader->position = cursor;
	record_fail(reader, NULL, "this is no array of records");
}

static void load_asked(struct record_reader *reader, const struct json_t *record)
{
	const struct json_t *asked = record_object(reader, record, "asked");

	if (!asked)
		return;
	reader->snapshot->scanned = (struct needs){
		.types = record_set(reader, asked, "types", &type_names),
		.sources = record_set(reader, asked, "sources", &source_names),
		.leader = record_set(reader, asked, "leader", &process_field_names),
		.process = record_set(reader, asked, "process", &process_field_names),
		.space = record_set(reader, asked, "space", &space_field_names),
		.holders = record_bool(reader, asked, "holders"),
		.names = record_bool(reader, asked, "names"),
		.users = record_bool(reader, asked, "users"),
		.cgroups = record_bool(reader, asked, "cgroups"),
	};
	if (record_has(asked, "thread"))
		reader->snapshot->scanned.thread =
			record_set(reader, asked, "thread", &process_field_names);
	else if (reader->snapshot->gaps[GAP_THREAD_CGROUPS].count == 0)
		/* A file of an earlier version: that is a gap for whoever wants it, said once. */
		snapshot_add_gap(reader->snapshot, GAP_THREAD_CGROUPS, 1, 0);
}

static void load_scan(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	struct snapshot *snapshot = reader->snapshot;
	const struct json_t *self_in = record_object(reader, record, "self_in");

	snapshot->host = record_text(reader, record, "host");
	snapshot->kernel = record_text(reader, record, "kernel");
	snapshot->taken = (uint64_t)record_number(reader, record, "taken", 1, INT64_MAX, 0);
	snapshot->has_ids = record_bool(reader, record, "has_ids");
	snapshot->can_trace = record_bool(reader, record, "can_trace");
	snapshot->self = (pid_t)record_number(reader, record, "self", 1, INT32_MAX, 0);
	for (enum ns_type type = 0; self_in && type < NS_N_TYPES; type++)
		snapshot->self_at[type] = record_space(reader, self_in, ns_types[type].name, type);
	load_asked(reader, record);
}

static void load_gap(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const char *key = record_string(record_member(reader, record, "gap"));
	const enum gap_kind kind = key ? gap_by_key(key) : GAP_N_KINDS;
	const int64_t count = record_number(reader, record, "count", 0, INT64_MAX, 0);
	const int64_t total = record_number(reader, record, "total", 0, INT64_MAX, 0);

	/* A kind that a later version added: something was not seen, all the same. */
	if (kind == GAP_N_KINDS)
		reader->lacks = true;
	else
		snapshot_add_gap(reader->snapshot, kind, (uint64_t)count, (uint64_t)total);
}

static void load_user(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const int64_t uid = record_number(reader, record, "uid", 0, UINT32_MAX, -1);
	const char *name = record_text(reader, record, "name");

	if (uid < 0)
		record_fail(reader, "uid", "is not known");
	else
		loader_note(reader, snapshot_add_user(reader->snapshot, (uid_t)uid, name));
}

static void load_container(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const size_t n_before = reader->snapshot->n_containers;
	const struct container container = {
		.runtime = record_text(reader, record, "runtime"),
		.id = record_text(reader, record, "id"),
		.name = record_text(reader, record, "name"),
		.pod = record_text(reader, record, "pod"),
		.pod_uid = record_text(reader, record, "pod_uid"),
		.pod_namespace = record_text(reader, record, "pod_namespace"),
		.cgroup = record_text(reader, record, "cgroup"),
		.is_sandbox = record_bool(reader, record, "sandbox"),
		.is_kubernetes = record_bool(reader, record, "kubernetes"),
		.first_process = NONE,
	};
	uint32_t index = NONE;

	loader_note(reader, snapshot_add_container(reader->snapshot, &container, &index));
	if (reader->snapshot->n_containers == n_before)
		record_fail(reader, "id", "is that of an earlier container");
}

static void load_cgroup(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const char *hierarchy = record_text(reader, record, "hierarchy");
	const char *path = record_text(reader, record, "path");

	if (!hierarchy)
		record_fail(reader, "hierarchy", "is not known");
	else if (!path || *path != '/')
		record_fail(reader, "path", "does not begin with a slash");
	else if (reader->status == 0)
		loader_note(reader, snapshot_add_cgroup(reader->snapshot, hierarchy, path));
}

static void read_section_of_one(struct loader *loader, const char *section, record_loader load)
{
	const struct slice *value = find_value(loader, section);

	if (!value)
		count_missing(&loader->reader);
	else if (loader->reader.status == 0)
		load_record(loader, section, value, load);
}

static bool holds(const struct document *document, const struct slice *slice, const char *text)
{
	return slice && slice->end - slice->start == strlen(text) &&
	       memcmp(document->text + slice->start, text, strlen(text)) == 0;
}

/* Whether it is a snapshot, of a version that we know. */
static void check_format(struct loader *loader)
{
	struct record_reader *reader = &loader->reader;
	const char *text = reader->document->text;
	const struct slice *version = find_value(loader, "version");
	uint64_t number = 0;

	reader->section = "format";
	if (!holds(reader->document, find_value(loader, "format"), "\"nskit-snapshot\""))
		record_fail(reader, NULL, "this is no saved snapshot");
	else if (!version ||
	         parse_u64_n(text + version->start, version->end - version->start, &number) < 0)
		record_fail(reader, "version", "is not a number");
	else if (number == 0 || number > READ_VERSION)
		record_fail(reader, "version", "is later than this program can read");
}

/* Each section may refer to those before it. */
static void read_sections(struct loader *loader)
{
	check_format(loader);
	loader_read_section(loader, "gaps", load_gap);
	loader_read_section(loader, "users", load_user);
	loader_read_section(loader, "containers", load_container);
	loader_read_spaces(loader);
	loader_read_tasks(loader);
	loader_read_section(loader, "cgroups", load_cgroup);
	read_section_of_one(loader, "scan", load_scan);
}

static int read_document(struct loader *loader)
{
	struct record_reader *reader = &loader->reader;
	size_t position = 0;
	int r = document_members(reader->document, &loader->members, &loader->n_members, &position);

	if (r == -EBADMSG || r == -ENOTEMPTY) {
		reader->section = "format";
		reader->position = position;
		record_fail(reader, NULL,
		            r == -EBADMSG ? "this is no JSON object, or its end is missing"
		                          : "more follows behind the end of the snapshot");
	}
	loader_note(reader, r);
	if (reader->status == 0)
		read_sections(loader);
	if (reader->status == 0 && reader->n_lacking > 0)
		snapshot_add_gap(reader->snapshot, GAP_RECORDED, reader->n_lacking,
		                 reader->n_records);
	return reader->status;
}

static int read_file(const char *path, struct buffer *ret)
{
	if (is_equal(path, "-"))
		return fd_read_all(STDIN_FILENO, ret);
	auto_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	return fd_read_all(fd, ret);
}

int load_snapshot(struct arena *arena, const char *path, struct snapshot *ret,
                  const char **ret_error)
{
	auto_buffer struct buffer buffer = { 0 };
	int r = read_file(path, &buffer);

	if (r < 0) {
		*ret_error = strerror(-r);
		return r;
	}
	const struct document document = { .text = buffer.data, .length = buffer.length };
	auto_loader struct loader loader = {
		.reader = { .document = &document, .snapshot = ret, .arena = arena },
	};
	r = read_document(&loader);
	if (r == 0)
		r = snapshot_finish(ret);
	if (r < 0)
		*ret_error = loader.reader.error ? loader.reader.error : strerror(-r);
	return r;
}
