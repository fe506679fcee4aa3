/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed fields out of one JSON object of a saved snapshot. */
#include "scan/record.h"

#include <inttypes.h>
#include <jansson.h>

#include "model/proctext.h"

void record_fail(struct record_reader *reader, const char *key, const char *what)
{
	if (reader->status < 0)
		return;
	const size_t line = document_line(reader->document, reader->position);

	reader->error =
		key ? arena_printf(reader->arena, "line %zu: %s: \"%s\" %s", line, reader->section,
	                           key, what)
		    : arena_printf(reader->arena, "line %zu: %s: %s", line, reader->section, what);
	reader->status = reader->error ? -EBADMSG : -ENOMEM;
}

static void run_out_of_memory(struct record_reader *reader)
{
	if (reader->status == 0)
		reader->status = -ENOMEM;
}

json_t *record_begin(struct record_reader *reader, const char *section, const struct slice *slice)
{
	json_error_t error = { 0 };

	reader->section = section;
	reader->position = slice->start;
	reader->lacks = false;
	reader->n_records++;
	json_t *json = json_loadb(reader->document->text + slice->start, slice->end - slice->start,
	                          JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
	if (json_is_object(json))
		return json;
	/* The library's message may quote bytes of the file, so it is not repeated. */
	if (!json && json_error_code(&error) == json_error_out_of_memory)
		run_out_of_memory(reader);
	else
		record_fail(reader, NULL, json ? "this is no object" : "this is no valid JSON");
	json_decref(json);
	return NULL;
}

void record_end(struct record_reader *reader, json_t *record)
{
	if (reader->lacks)
		reader->n_lacking++;
	json_decref(record);
}

json_t *record_member(struct record_reader *reader, const json_t *record, const char *key)
{
	json_t *member = json_object_get(record, key);

	if (!member)
		reader->lacks = true;
	return json_is_null(member) ? NULL : member;
}

bool record_has(const json_t *record, const char *key)
{
	return json_object_get(record, key) != NULL;
}

json_t *record_object(struct record_reader *reader, const json_t *record, const char *key)
{
	json_t *member = record_member(reader, record, key);

	if (!member || json_is_object(member))
		return member;
	record_fail(reader, key, "is not an object");
	return NULL;
}

int64_t record_number(struct record_reader *reader, const json_t *record, const char *key,
                      int64_t least, int64_t most, int64_t unknown)
{
	const json_t *member = record_member(reader, record, key);

	if (!member)
		return unknown;
	const int64_t number = json_integer_value(member);
	if (json_is_integer(member) && number >= least && number <= most)
		return number;
	const char *what = arena_printf(
		reader->arena, "is not a number from %" PRId64 " to %" PRId64, least, most);
	record_fail(reader, key, what ? what : "is not a number that is possible");
	return unknown;
}

bool record_bool(struct record_reader *reader, const json_t *record, const char *key)
{
	const json_t *member = record_member(reader, record, key);

	if (member && !json_is_boolean(member))
		record_fail(reader, key, "is neither true nor false");
	return json_is_true(member);
}

const char *record_string(const json_t *value)
{
	return json_string_value(value);
}

static int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* The text behind {"base16": "..."}; NULL when it is no such object, or when out of memory. */
static const char *decode_base16(struct record_reader *reader, const json_t *object,
                                 const char *key)
{
	const json_t *member = json_object_get(object, "base16");
	const char *digits = json_string_value(member);
	const size_t length = json_string_length(member) / 2;
	char *text = digits ? arena_alloc(reader->arena, length + 1) : NULL;

	if (digits && !text)
		run_out_of_memory(reader);
	if (!text) {
		record_fail(reader, key, "is neither a string nor {\"base16\": \"...\"}");
		return NULL;
	}
	for (size_t i = 0; i < length; i++) {
		const int high = digit_value(digits[2 * i]), low = digit_value(digits[2 * i + 1]);

		if (high < 0 || low < 0 || (high == 0 && low == 0)) {
			record_fail(reader, key, "is not base16 of bytes other than NUL");
			return NULL;
		}
		text[i] = (char)(high << 4 | low);
	}
	return text;
}

const char *record_text(struct record_reader *reader, const json_t *record, const char *key)
{
	const json_t *member = record_member(reader, record, key);

	if (!member)
		return NULL;
	const char *text = json_is_string(member) ? json_string_value(member)
	                                          : decode_base16(reader, member, key);
	if (!text)
		return NULL;
	const char *own = snapshot_intern(reader->snapshot, text, strlen(text));
	if (!own)
		run_out_of_memory(reader);
	return own;
}

unsigned record_set(struct record_reader *reader, const json_t *record, const char *key,
                    const struct field_names *names)
{
	const json_t *member = record_member(reader, record, key);
	unsigned set = 0;

	if (member && !json_is_array(member))
		record_fail(reader, key, "is not a list of names");
	for (size_t i = 0; i < json_array_size(member); i++) {
		const char *name = json_string_value(json_array_get(member, i));
		const size_t position = name ? field_names_find(names, name) : SIZE_MAX;

		if (!name)
			record_fail(reader, key, "is not a list of names");
		if (position != SIZE_MAX)
			set |= 1U << position;
	}
	return set;
}

const pid_t *record_pids(struct record_reader *reader, const json_t *record, const char *key,
                         uint32_t *ret_count)
{
	const json_t *member = record_member(reader, record, key);
	const size_t count = json_array_size(member);

	if (!member)
		return NULL;
	if (!json_is_array(member) || count == 0 || count > PROCTEXT_MAX_LEVELS) {
		record_fail(reader, key, "is not a list of process numbers");
		return NULL;
	}
	pid_t *pids = arena_alloc(&reader->snapshot->texts, count * sizeof(*pids));
	if (!pids)
		run_out_of_memory(reader);
	for (size_t i = 0; pids && i < count; i++) {
		const json_t *item = json_array_get(member, i);
		const int64_t number = json_integer_value(item);

		if (!json_is_integer(item) || number < 0 || number > INT32_MAX)
			record_fail(reader, key, "is not a list of process numbers");
		pids[i] = (pid_t)number;
	}
	*ret_count = pids ? (uint32_t)count : 0;
	return pids;
}

uint32_t record_space(struct record_reader *reader, const json_t *record, const char *key,
                      enum ns_type type)
{
	const int64_t inode = record_number(reader, record, key, 1, INT64_MAX, 0);

	if (inode == 0)
		return NONE;
	const uint32_t index =
		type == NS_N_TYPES ? snapshot_find_inode(reader->snapshot, (uint64_t)inode)
				   : snapshot_find_space(reader->snapshot, type, (uint64_t)inode);
	if (index == NONE)
		record_fail(reader, key,
		            snapshot_find_inode(reader->snapshot, (uint64_t)inode) == NONE
		                    ? "is no namespace of this snapshot"
		                    : "is a namespace of another type");
	return index;
}

uint32_t record_process(struct record_reader *reader, const json_t *record, const char *key)
{
	const int64_t pid = record_number(reader, record, key, 1, INT32_MAX, 0);
	const uint32_t index = pid ? snapshot_find_pid(reader->snapshot, (pid_t)pid) : NONE;

	if (pid != 0 && index == NONE)
		record_fail(reader, key, "is no process of this snapshot");
	return index;
}
