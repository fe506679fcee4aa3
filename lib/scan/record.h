/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One record of a saved snapshot: typed fields out of a JSON object. The first thing that is wrong
 * is noted with line, section and key, and stays; the caller looks once per record. Inside lib/scan
 * only.
 */
#ifndef NSKIT_RECORD_H
#define NSKIT_RECORD_H

#include "model/fieldnames.h"
#include "model/snapshot.h"
#include "scan/document.h"

struct json_t;

/* The reader of a snapshot file. */
struct record_reader {
	const struct document *document;
	struct snapshot *snapshot; /* owns the texts */
	struct arena *arena;       /* for the message */
	const char *section;       /* what is being read, for messages */
	size_t position;           /* where its record begins */
	const char *error;         /* what is wrong; NULL: nothing */
	int status;                /* 0, -EBADMSG (see error) or -ENOMEM */
	bool lacks;                /* the record has not all keys */
	uint64_t n_records;
	uint64_t n_lacking; /* how many lacked a key */
};

/* Begins the record in a slice, which must be an object. NULL and the reader's status where it is
 * none. */
struct json_t *record_begin(struct record_reader *reader, const char *section,
                            const struct slice *slice);

/* Ends it: counts what it lacked, and frees it. Accepts NULL. */
void record_end(struct record_reader *reader, struct json_t *record);

/* Notes what is wrong with a key of the record, unless something is noted already. */
void record_fail(struct record_reader *reader, const char *key, const char *what);

/* The member, or NULL where it is missing (then the record lacks) or null. */
struct json_t *record_member(struct record_reader *reader, const struct json_t *record,
                             const char *key);

/* Whether it has the member. What later versions added is asked for in this way: a file without it is
 * no worse for whoever does not want it. */
bool record_has(const struct json_t *record, const char *key);

/* The member, which must be an object; or NULL. */
struct json_t *record_object(struct record_reader *reader, const struct json_t *record,
                             const char *key);

/* A whole number from `least` to `most`; `unknown` where it is missing, null or wrong. */
int64_t record_number(struct record_reader *reader, const struct json_t *record, const char *key,
                      int64_t least, int64_t most, int64_t unknown);

/* Whether it is true; false where it is missing, null or wrong. */
bool record_bool(struct record_reader *reader, const struct json_t *record, const char *key);

/* A text of the snapshot, which may hold any byte but NUL; NULL where it is missing, null or wrong.
 */
const char *record_text(struct record_reader *reader, const struct json_t *record, const char *key);

/* A list of names as a set of bits. Names that are not known are left out: a later version added
 * them. */
unsigned record_set(struct record_reader *reader, const struct json_t *record, const char *key,
                    const struct field_names *names);

/* The plain string of a value, or NULL when it is none. */
const char *record_string(const struct json_t *value);

/* A list of process numbers, in the snapshot's memory; NULL where it is missing, null or wrong. */
const pid_t *record_pids(struct record_reader *reader, const struct json_t *record, const char *key,
                         uint32_t *ret_count);

/* Index of the namespace whose inode the member holds, or NONE. It must be in the snapshot; of type
 * `type` where that is not NS_N_TYPES. */
uint32_t record_space(struct record_reader *reader, const struct json_t *record, const char *key,
                      enum ns_type type);

/* Index of the process whose number the member holds, or NONE. It must be in the snapshot. */
uint32_t record_process(struct record_reader *reader, const struct json_t *record, const char *key);

#endif
