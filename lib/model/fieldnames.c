/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of sets and states in a saved snapshot. They are a file format: names are added, never
 * changed. */
#include "model/fieldnames.h"

/* clang-format off */
static const char *const process_fields[] = {
	"uid", "stat", "comm", "cmdline", "cgroup", "numbers", "pidfd_inode",
	"label", "terminal", "parent", "signals",
};
static const char *const space_fields[] = {
	"relations", "owner_uid", "id", "netnsid", "id_maps", "root", "root_label",
};
static const char *const sources[] = { "process", "thread", "fd", "mount" };
static const char *const relation_states[] = { "unread", "known", "root", "hidden", "nothing" };
static const char *const types[] = { "mnt", "net", "pid", "uts", "ipc", "user", "cgroup", "time" };
static const char *const children_links[] = { "pid", "time" };
static const char *const frozen[] = { "unknown", "no", "v2", "v1" };

#define NAMES(array) { .names = (array), .count = ARRAY_SIZE(array) }
const struct field_names process_field_names = NAMES(process_fields);
const struct field_names space_field_names = NAMES(space_fields);
const struct field_names source_names = NAMES(sources);
const struct field_names relation_state_names = NAMES(relation_states);
const struct field_names type_names = NAMES(types);
const struct field_names children_link_names = NAMES(children_links);
const struct field_names frozen_names = NAMES(frozen);
/* clang-format on */

size_t field_names_find(const struct field_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (is_equal(names->names[i], name))
			return i;
	return SIZE_MAX;
}
