/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control groups the text of /proc/PID/cgroup says a process is in. */
#include "model/cgrouptext.h"

/* A piece of text that is not NUL-terminated. */
struct span {
	const char *text;
	size_t length;
};

/* The text up to the separator or the end; *rest goes behind the separator. */
static struct span cut(struct span *rest, char separator)
{
	const char *end = memchr(rest->text, separator, rest->length);
	struct span piece = { rest->text, end ? (size_t)(end - rest->text) : rest->length };
	size_t used = piece.length + (end != NULL);

	rest->text += used;
	rest->length -= used;
	return piece;
}

static bool is_text(struct span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.text, text, span.length) == 0;
}

/* Whether the controllers of a line are, or have, that name; "" is the v2 hierarchy, with none. */
static bool is_listed(struct span list, const char *name)
{
	if (is_text(list, name))
		return true;
	while (list.length > 0) {
		struct span item = cut(&list, ',');
		if (is_text(item, name))
			return true;
	}
	return false;
}

/* The path of a removed control group ends so (cgroups(7)). */
static struct span without_deleted(struct span path)
{
	static const char mark[] = " (deleted)";
	size_t length = strlen(mark);

	if (path.length > length && memcmp(path.text + path.length - length, mark, length) == 0)
		path.length -= length;
	return path;
}

/* Whether a control group is `group` or lies below it. */
static bool is_at_or_below(struct span path, const char *group)
{
	size_t length = strlen(group);

	while (length > 0 && group[length - 1] == '/')
		length--;
	return path.length >= length && memcmp(path.text, group, length) == 0 &&
	       (path.length == length || path.text[length] == '/');
}

/* The controllers of a line, which is "ID:CONTROLLERS:PATH"; what is left of it is the path, and that
 * may hold colons. */
static struct span cut_controllers(struct span *line)
{
	cut(line, ':');
	return cut(line, ':');
}

static bool is_group_in(struct span controllers, struct span path, const char *group,
                        const char *hierarchy)
{
	if (hierarchy && !is_listed(controllers, hierarchy))
		return false;
	return path.length > 0 && is_at_or_below(without_deleted(path), group);
}

bool cgrouptext_is_in(const char *text, const char *group, const char *hierarchy)
{
	struct span rest = { text, strlen(text) };

	while (rest.length > 0) {
		struct span line = cut(&rest, '\n');
		struct span controllers = cut_controllers(&line);
		if (is_group_in(controllers, line, group, hierarchy))
			return true;
	}
	return false;
}

bool cgrouptext_is_group_in(const char *controllers, const char *path, const char *group,
                            const char *hierarchy)
{
	const struct span list = { controllers, strlen(controllers) };
	const struct span whole = { path, strlen(path) };

	return is_group_in(list, whole, group, hierarchy);
}

bool cgrouptext_has(const char *text, const char *hierarchy)
{
	struct span rest = { text, strlen(text) };

	while (rest.length > 0) {
		struct span line = cut(&rest, '\n');
		if (is_listed(cut_controllers(&line), hierarchy))
			return true;
	}
	return false;
}

int cgrouptext_path(struct arena *arena, const char *text, const char *hierarchy, const char **ret)
{
	struct span rest = { text, strlen(text) };

	*ret = NULL;
	while (rest.length > 0) {
		struct span line = cut(&rest, '\n');
		if (!is_listed(cut_controllers(&line), hierarchy))
			continue;
		*ret = arena_copy(arena, line.text, line.length);
		return *ret ? 0 : -ENOMEM;
	}
	return 0;
}

bool cgrouptext_is_hierarchy(const char *controllers, const char *hierarchy)
{
	return is_listed((struct span){ controllers, strlen(controllers) }, hierarchy);
}

const char *cgrouptext_hierarchies(struct arena *arena, const char *text)
{
	struct span rest = { text, strlen(text) };
	const char *list = "";

	while (rest.length > 0 && list) {
		struct span line = cut(&rest, '\n');
		struct span controllers = cut_controllers(&line);
		list = arena_printf(arena, "%s%scg:%.*s:", list, *list ? ", " : "",
		                    (int)controllers.length, controllers.text);
	}
	return list;
}
