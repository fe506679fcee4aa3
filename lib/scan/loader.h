/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of a saved snapshot's sections share: inside lib/scan only. */
#ifndef NSKIT_LOADER_H
#define NSKIT_LOADER_H

#include "scan/record.h"

/* A relation between namespaces, as inode, until all of them are known. 0: none. */
struct pending_relations {
	uint64_t parent, owner;
	size_t position; /* of the record in the file */
};

struct loader {
	struct record_reader reader;
	struct document_member *members;
	size_t n_members;
	struct pending_relations *pending; /* of each namespace */
	size_t pending_capacity;
};

/* Frees what it holds, the snapshot excepted. */
static inline void loader_done(struct loader *loader)
{
	free(loader->members);
	free(loader->pending);
}
#define auto_loader __attribute__((cleanup(loader_done)))

/* Reads one record into the snapshot; what is wrong is in the reader. */
typedef void (*record_loader)(struct loader *loader, const struct json_t *record);

/* Notes a failure of the snapshot's own functions, unless something is noted already. */
static inline void loader_note(struct record_reader *reader, int r)
{
	if (r < 0 && reader->status == 0)
		reader->status = r;
}

/* Reads all records of an array of the outermost object; does nothing once something is wrong. */
void loader_read_section(struct loader *loader, const char *section, record_loader load);

/* Namespaces, and their relations to each other. */
void loader_read_spaces(struct loader *loader);

/* Processes, threads, and the references that they and mounts hold. */
void loader_read_tasks(struct loader *loader);

#endif
