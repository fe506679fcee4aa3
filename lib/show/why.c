/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --why: a paragraph for each namespace, its holders and the closing sentence. */
#include "show/why.h"

#include <inttypes.h>

#include "base/text.h"
#include "model/reference.h"

struct why {
	FILE *stream;
	const struct snapshot *snapshot;
	struct arena *scratch;
	bool utf8;
};

static int write_line(const struct why *why, const char *before, const char *text)
{
	const char *printable = text ? text_printable(why->scratch, text, why->utf8) : NULL;

	if (!printable)
		return -ENOMEM;
	fprintf(why->stream, "%s%s\n", before, printable);
	return 0;
}

/* "net:[4026532319] (blue; id 8812)": the last part of its mount point is what people call it. */
static int write_headline(const struct why *why, const struct space *space)
{
	const char *slash = space->mount_path ? strrchr(space->mount_path, '/') : NULL;
	const char *name = slash ? slash + 1 : space->mount_path;
	const char *const between = name && space->id ? "; " : "";
	const char *id = "";

	if (space->id)
		id = arena_printf(why->scratch, "id %" PRIu64, space->id);
	const char *notes = "";
	if (id && (name || space->id))
		notes = arena_printf(why->scratch, " (%s%s%s)", name ? name : "", between, id);
	if (!id || !notes)
		return -ENOMEM;
	return write_line(why, "",
	                  arena_printf(why->scratch, "%s:[%" PRIu64 "]%s",
	                               ns_types[space->type].name, space->inode, notes));
}

static int write_holder(const struct why *why, const struct holder *holder)
{
	auto_arena struct arena scratch = { 0 };
	const struct why own = { .stream = why->stream,
		                 .snapshot = why->snapshot,
		                 .scratch = &scratch,
		                 .utf8 = why->utf8 };

	return write_line(&own, "  ", reference_line(&scratch, why->snapshot, holder));
}

static int write_paragraph(const struct why *why, uint32_t space)
{
	auto_holders struct holders holders = { 0 };
	int r = write_headline(why, &why->snapshot->spaces[space]);

	if (r == 0)
		r = reference_list(why->snapshot, space, 0, &holders);
	for (size_t i = 0; r == 0 && i < holders.count; i++)
		r = write_holder(why, &holders.items[i]);
	if (r < 0)
		return r;
	return write_line(why, "  ",
	                  reference_conclusion(why->scratch, why->snapshot, space, &holders));
}

int why_print(FILE *stream, const struct rows *rows)
{
	auto_arena struct arena scratch = { 0 };
	const struct why why = { .stream = stream,
		                 .snapshot = rows->snapshot,
		                 .scratch = &scratch,
		                 .utf8 = text_is_utf8_locale() };
	bool is_first = true;

	for (size_t i = 0; i < rows->count; i++) {
		if (rows->items[i].space == NONE)
			continue;
		fputs(is_first ? "" : "\n", stream);
		is_first = false;
		int r = write_paragraph(&why, rows->items[i].space);
		if (r < 0)
			return r;
		arena_reset(&scratch);
	}
	return 0;
}
