/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names of sets and states in a saved snapshot, nskit-snapshot(5): written and read by one
 * table. */
#ifndef NSKIT_FIELDNAMES_H
#define NSKIT_FIELDNAMES_H

#include "base/base.h"

/* The names of a set's members: that of the bit 1 << i at [i]; of a state: that of value i. */
struct field_names {
	const char *const *names;
	size_t count;
};

extern const struct field_names process_field_names;  /* PROCESS_* */
extern const struct field_names space_field_names;    /* SPACE_* */
extern const struct field_names source_names;         /* SOURCE_* */
extern const struct field_names relation_state_names; /* RELATION_*, by value */
extern const struct field_names type_names;           /* NS_BITs */
extern const struct field_names children_link_names;  /* CHILDREN_*, by value */
extern const struct field_names frozen_names;         /* FROZEN_*, by value */

/* The position of that name, or SIZE_MAX. */
size_t field_names_find(const struct field_names *names, const char *name);

#endif
