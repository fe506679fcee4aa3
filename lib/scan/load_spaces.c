/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The namespaces of a saved snapshot, and their relations to each other. */
#include "base/vec.h"
#include "scan/loader.h"

/* A relation is an inode, resolved later, or the name of a state. */
static enum relation_state load_relation(struct record_reader *reader, const struct json_t *record,
                                         const char *key, uint64_t *ret_inode)
{
	const struct json_t *member = record_member(reader, record, key);
	const char *name = record_string(member);

	*ret_inode = 0;
	if (!member)
		return RELATION_UNREAD;
	if (!name) {
		*ret_inode = (uint64_t)record_number(reader, record, key, 1, INT64_MAX, 0);
		return RELATION_UNREAD;
	}
	const size_t state = field_names_find(&relation_state_names, name);
	if (state != SIZE_MAX && state != RELATION_KNOWN)
		return (enum relation_state)state;
	record_fail(reader, key, "is neither an inode nor a state of a relation");
	return RELATION_UNREAD;
}

static void load_space_texts(struct record_reader *reader, const struct json_t *record,
                             struct space *space)
{
	space->uid_map = record_text(reader, record, "uid_map");
	space->gid_map = record_text(reader, record, "gid_map");
	space->root_source = record_text(reader, record, "root_source");
	space->root_type = record_text(reader, record, "root_type");
	space->root_label = record_text(reader, record, "root_label");
	space->root_uuid = record_text(reader, record, "root_uuid");
	space->mount_path = record_text(reader, record, "mount_path");
}

#define UNKNOWN_NETNSID INT64_MIN

static void load_space_fields(struct record_reader *reader, const struct json_t *record,
                              struct space *space, struct pending_relations *pending)
{
	const int64_t uid = record_number(reader, record, "owner_uid", 0, UINT32_MAX, -1);
	const int64_t netnsid =
		record_number(reader, record, "netnsid", -1, INT32_MAX, UNKNOWN_NETNSID);

	space->parent_state = load_relation(reader, record, "parent", &pending->parent);
	space->owner_state = load_relation(reader, record, "owner", &pending->owner);
	space->has_owner_uid = uid >= 0;
	space->owner_uid = (uid_t)uid;
	space->is_initial = record_bool(reader, record, "initial");
	space->only_kernel_knows = record_bool(reader, record, "only_kernel_knows");
	space->netnsid_known = netnsid != UNKNOWN_NETNSID;
	space->netnsid = space->netnsid_known ? (int32_t)netnsid : -1;
	load_space_texts(reader, record, space);
}

/* Adds the namespace of the record: its type and inode must be there, and new. */
static uint32_t add_space(struct record_reader *reader, const struct json_t *record)
{
	const char *name = record_string(record_member(reader, record, "type"));
	const enum ns_type type = name ? ns_type_by_name(name, strlen(name)) : NS_N_TYPES;
	const int64_t inode = record_number(reader, record, "inode", 1, INT64_MAX, 0);
	const size_t n_before = reader->snapshot->n_spaces;
	uint32_t index = NONE;

	if (type == NS_N_TYPES)
		record_fail(reader, "type", "is no type of namespace");
	else if (inode == 0)
		record_fail(reader, "inode", "is not known");
	else
		loader_note(reader,
		            snapshot_add_space(reader->snapshot, type, (uint64_t)inode, &index));
	if (reader->status == 0 && reader->snapshot->n_spaces == n_before)
		record_fail(reader, "inode", "is that of an earlier namespace");
	return reader->status < 0 ? NONE : index;
}

static void load_space(struct loader *loader, const struct json_t *record)
{
	struct record_reader *reader = &loader->reader;
	const int64_t id = record_number(reader, record, "id", 1, INT64_MAX, 0);
	const uint32_t index = add_space(reader, record);

	if (index == NONE)
		return;
	loader_note(reader, VEC_GROW(&loader->pending, &loader->pending_capacity, index));
	if (reader->status < 0)
		return;
	loader->pending[index] = (struct pending_relations){ .position = reader->position };
	load_space_fields(reader, record, &reader->snapshot->spaces[index],
	                  &loader->pending[index]);
	if (id != 0 && snapshot_find_id(reader->snapshot, (uint64_t)id) != NONE)
		record_fail(reader, "id", "is that of an earlier namespace");
	else if (id != 0)
		loader_note(reader, snapshot_set_id(reader->snapshot, index, (uint64_t)id));
}

/* What the kernel knows: a parent is of the same type, an owner is a user namespace. */
static void resolve_relation(struct record_reader *reader, const char *key, uint64_t inode,
                             enum ns_type type, enum relation_state *state, uint32_t *to)
{
	if (inode == 0)
		return;
	*to = snapshot_find_space(reader->snapshot, type, inode);
	if (*to != NONE)
		*state = RELATION_KNOWN;
	else if (snapshot_find_inode(reader->snapshot, inode) != NONE)
		record_fail(reader, key, "is a namespace of another type");
	else
		record_fail(reader, key, "is no namespace of this snapshot");
}

static void resolve_relations(struct loader *loader)
{
	struct record_reader *reader = &loader->reader;
	struct snapshot *snapshot = reader->snapshot;

	reader->section = "namespaces";
	for (size_t i = 0; reader->status == 0 && i < snapshot->n_spaces; i++) {
		const struct pending_relations *pending = &loader->pending[i];
		struct space *space = &snapshot->spaces[i];

		reader->position = pending->position;
		if (pending->parent && !ns_types[space->type].has_parent)
			record_fail(reader, "parent", "is set, but this type has none");
		resolve_relation(reader, "parent", pending->parent, space->type,
		                 &space->parent_state, &space->parent);
		resolve_relation(reader, "owner", pending->owner, NS_USER, &space->owner_state,
		                 &space->owner);
	}
}

/*
 * Refuses namespaces that are their own ancestors. Each is visited once: `seen` holds on which walk
 * it was met, so meeting one of the same walk again is a circle.
 */
static void refuse_circles(struct loader *loader, const char *key,
                           uint32_t (*next)(const struct space *space))
{
	struct record_reader *reader = &loader->reader;
	const struct snapshot *snapshot = reader->snapshot;
	auto_free uint32_t *seen = calloc(snapshot->n_spaces + 1, sizeof(*seen));

	if (!seen)
		loader_note(reader, -ENOMEM);
	for (uint32_t i = 0; seen && reader->status == 0 && i < snapshot->n_spaces; i++) {
		uint32_t at = i;

		for (; at != NONE && seen[at] == 0; at = next(&snapshot->spaces[at]))
			seen[at] = i + 1;
		if (at == NONE || seen[at] != i + 1)
			continue;
		reader->position = loader->pending[at].position;
		record_fail(reader, key, "leads in a circle");
	}
}

static uint32_t parent_of(const struct space *space)
{
	return space->parent_state == RELATION_KNOWN ? space->parent : NONE;
}

static uint32_t owner_of(const struct space *space)
{
	return space->owner_state == RELATION_KNOWN ? space->owner : NONE;
}

void loader_read_spaces(struct loader *loader)
{
	loader_read_section(loader, "namespaces", load_space);
	resolve_relations(loader);
	refuse_circles(loader, "parent", parent_of);
	refuse_circles(loader, "owner", owner_of);
}
