/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads a mount table line by line: of thousands of mounts few are of interest. */
#include "scan/mounttable.h"

#include <ctype.h>
#include <limits.h>

#include "base/vec.h"

/* A line has two paths, of which each byte may be written as "\ooo". Longer ones can be made, by
 * mounting below a folder that no path leads to. */
#define MAX_LINE ((size_t)PATH_MAX * 4 * 2)

/* What is kept of one table: tens of thousands of namespaces on ordinary paths. */
#define MAX_KEPT ((size_t)8 << 20)

/* The stream: what was read and is not a line yet. */
struct stream {
	int fd;
	size_t start, end;
	bool is_skipping; /* within a line of which the beginning was enough */
	char data[MAX_LINE];
};

struct line {
	const char *text;
	size_t length;
	bool is_cut;
};

/* Reads on behind what is there. Returns the number of bytes, 0 at the end, or -errno. */
static ssize_t fill(struct stream *stream)
{
	ssize_t n;

	memmove(stream->data, stream->data + stream->start, stream->end - stream->start);
	stream->end -= stream->start;
	stream->start = 0;
	do
		n = read(stream->fd, stream->data + stream->end,
		         sizeof(stream->data) - stream->end);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	stream->end += (size_t)n;
	return n;
}

/* Takes the next line, with its newline, from what is there: false where its end is still missing. */
static bool take_line(struct stream *stream, struct line *ret)
{
	const char *text = stream->data + stream->start;
	size_t length = stream->end - stream->start;
	const char *newline = memchr(text, '\n', length);

	*ret = (struct line){ .text = text, .length = length };
	if (newline)
		ret->length = (size_t)(newline - text) + 1;
	else if (length == sizeof(stream->data))
		ret->is_cut = true;
	else
		return false;
	stream->start += ret->length;
	return true;
}

/* A number and the blank behind it; *at moves on. */
static bool take_number(const struct line *line, size_t *at, uint64_t *ret)
{
	uint64_t number = 0;
	size_t start = *at;

	for (; *at < line->length && isdigit((unsigned char)line->text[*at]); ++*at)
		number = number * 10 + (uint64_t)(line->text[*at] - '0');
	*ret = number;
	return *at > start && *at < line->length && line->text[(*at)++] == ' ';
}

/* A field and the blank behind it; *at moves on. A field without an end is as long as is there. */
static struct line take_field(const struct line *line, size_t *at)
{
	const char *text = line->text + *at;
	const char *blank = memchr(text, ' ', line->length - *at);
	size_t length = blank ? (size_t)(blank - text) : line->length - *at;

	*at += length + (blank != NULL);
	return (struct line){ .text = text, .length = length };
}

static int keep(struct mount_lines *lines, const struct line *line)
{
	int r = vec_reserve(&lines->data, &lines->capacity, lines->length + line->length, 1);

	if (r < 0)
		return r;
	memcpy(lines->data + lines->length, line->text, line->length);
	lines->length += line->length;
	return 0;
}

/* "36 35 98:0 ROOT PLACE ...": a namespace as the root of a mount is "net:[4026532178]". */
static int add_line(void *data, const struct line *line)
{
	struct mount_table *table = data;
	static const char sign[] = ":[";
	uint64_t id, parent;
	size_t at = 0;

	if (!take_number(line, &at, &id) || !take_number(line, &at, &parent))
		return 0;
	table->n_mounts++;
	int r = map_put(&table->parents, parent, 1);
	if (r < 0)
		return r;
	take_field(line, &at);
	struct line root = take_field(line, &at);
	struct line place = take_field(line, &at);
	bool is_bind = memmem(root.text, root.length, sign, strlen(sign)) && *root.text != '/';
	bool is_root = place.length == 1 && *place.text == '/';
	if (!is_bind && !is_root)
		return 0;
	if (is_root) {
		table->has_root = true;
		table->root.length = 0;
	}
	if (line->is_cut || (is_bind && table->binds.length + line->length > MAX_KEPT)) {
		table->is_cut = true;
		return 0;
	}
	r = is_root ? keep(&table->root, line) : 0;
	return r == 0 && is_bind ? keep(&table->binds, line) : r;
}

/* Calls `visit` with every line until that does not return 0, which is returned. */
static int visit_lines(struct stream *stream, int (*visit)(void *data, const struct line *line),
                       void *data)
{
	struct line line;
	int r = 0;

	while (r == 0 && take_line(stream, &line)) {
		if (!stream->is_skipping)
			r = visit(data, &line);
		stream->is_skipping = line.is_cut;
	}
	return r;
}

static int visit_table(int fd, int (*visit)(void *data, const struct line *line), void *data)
{
	struct stream stream = { .fd = fd };
	ssize_t n;

	while ((n = fill(&stream)) > 0) {
		int r = visit_lines(&stream, visit, data);
		if (r != 0)
			return r;
	}
	if (n < 0)
		return (int)n;
	/* The last line of a recorded table may lack its newline. There is room for it: a full
	 * buffer was taken as a line. */
	if (stream.start < stream.end)
		stream.data[stream.end++] = '\n';
	return visit_lines(&stream, visit, data);
}

int mount_table_read(int fd, struct mount_table *ret)
{
	auto_mount_table struct mount_table table = { 0 };
	int r = visit_table(fd, add_line, &table);

	if (r < 0)
		return r;
	*ret = table;
	table = (struct mount_table){ 0 };
	return 0;
}

struct search {
	uint64_t id;
	char *type;
	size_t size;
};

/* "36 35 98:0 / /mnt rw,noatime master:1 - ext3 /dev/root rw": 1 when it is the one. */
static int find_type(void *data, const struct line *line)
{
	static const char sign[] = " - ";
	const struct search *search = data;
	uint64_t id;
	size_t at = 0;

	if (!take_number(line, &at, &id) || id != search->id)
		return 0;
	const char *found = memmem(line->text, line->length, sign, strlen(sign));
	if (!found)
		return -ENOENT;
	at = (size_t)(found - line->text) + strlen(sign);
	struct line type = take_field(line, &at);
	size_t length = type.length < search->size ? type.length : search->size - 1;
	memcpy(search->type, type.text, length);
	search->type[length] = '\0';
	return 1;
}

int mount_table_type(int fd, uint64_t id, char *ret, size_t size)
{
	struct search search = { .id = id, .type = ret, .size = size };
	int r = visit_table(fd, find_type, &search);

	if (r < 0)
		return r;
	return r == 1 ? 0 : -ENOENT;
}

void mount_table_done(struct mount_table *table)
{
	free(table->binds.data);
	free(table->root.data);
	map_done(&table->parents);
	*table = (struct mount_table){ 0 };
}
