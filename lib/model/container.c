/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads /proc/PID/cgroup: which line counts, and which container, pod and unit its path names. */
#include "model/container.h"

#include <limits.h>

#include "model/containertable.h"

/* clang-format off */
static const char *const unit_suffixes[] = {
	".service", ".scope", ".slice", ".socket", ".mount", ".swap",
};
/* clang-format on */

/* The lines of /proc/PID/cgroup that may stand for the process: their paths. */
struct cgroup_lines {
	struct piece unified; /* 0::PATH */
	struct piece systemd; /* name=systemd */
	struct piece longest; /* of the other controllers */
};

/* The path that stands for the process, and what was found in it. */
struct choice {
	struct piece path;
	const struct container_pattern *row; /* NULL: no container */
	struct pattern_match match;
};

static bool piece_equals(struct piece piece, const char *text)
{
	return piece.length == strlen(text) && memcmp(piece.text, text, piece.length) == 0;
}

static bool piece_has_suffix(struct piece piece, const char *suffix)
{
	size_t length = strlen(suffix);

	return piece.length > length &&
	       memcmp(piece.text + piece.length - length, suffix, length) == 0;
}

/* Cuts "...SEPARATOR" off the front. False when there is no separator: *rest is as it was. */
static bool piece_cut_first(struct piece *rest, char separator, struct piece *ret)
{
	const char *end = memchr(rest->text, separator, rest->length);

	if (!end)
		return false;
	*ret = (struct piece){ rest->text, (size_t)(end - rest->text) };
	rest->text = end + 1;
	rest->length -= ret->length + 1;
	return true;
}

/* "HIERARCHY:CONTROLLERS:PATH": paths may hold ":" too, so only the first two count. */
static void lines_add(struct cgroup_lines *lines, struct piece line)
{
	struct piece hierarchy, controllers;

	if (!piece_cut_first(&line, ':', &hierarchy) || !piece_cut_first(&line, ':', &controllers))
		return;
	if (line.length == 0 || *line.text != '/')
		return;
	if (piece_has_suffix(line, " (deleted)"))
		line.length -= strlen(" (deleted)");
	if (piece_equals(hierarchy, "0") && controllers.length == 0)
		lines->unified = line;
	else if (piece_equals(controllers, "name=systemd"))
		lines->systemd = line;
	else if (controllers.length > 0 &&
	         (controllers.length < 5 || memcmp(controllers.text, "name=", 5) != 0) &&
	         line.length > lines->longest.length)
		lines->longest = line;
}

static struct cgroup_lines lines_split(const char *text)
{
	struct piece rest = { text, strlen(text) };
	struct cgroup_lines lines = { 0 };
	struct piece line;

	while (piece_cut_first(&rest, '\n', &line))
		lines_add(&lines, line);
	lines_add(&lines, rest);
	return lines;
}

/*
 * The path without its leading "/", and without the "/.." for each level by which it lies outside
 * the reader's cgroup namespace (cgroup_namespaces(7)). Empty: it says nothing.
 */
static struct piece path_below_root(struct piece path)
{
	while (path.length > 0 && *path.text == '/') {
		bool is_up = path.length >= 3 && memcmp(path.text, "/..", 3) == 0 &&
		             (path.length == 3 || path.text[3] == '/');
		size_t step = is_up ? 3 : 1;
		path.text += step;
		path.length -= step;
	}
	return path;
}

static const struct container_pattern *match_component(struct piece path, struct pattern_match *ret)
{
	for (size_t i = 0; i < container_n_patterns; i++)
		if (pattern_matches(container_patterns[i].pattern, path, ret))
			return &container_patterns[i];
	return NULL;
}

/*
 * Looks for a container from the innermost component outward. A supervisor inside another container
 * is that container's process, so the search goes on behind it.
 */
static void choice_find(struct choice *choice)
{
	struct piece path = path_below_root(choice->path);

	/* The kernel writes no longer ones (cgroup_path_ns). */
	if (path.length >= PATH_MAX)
		return;
	while (path.length > 0) {
		struct pattern_match match;
		const struct container_pattern *row = match_component(path, &match);
		if (!row) {
			piece_cut_last(&path);
			continue;
		}
		if (row->role == CONTAINER_PAYLOAD ||
		    (row->role == CONTAINER_SUPERVISOR && !choice->row)) {
			choice->row = row;
			choice->match = match;
		}
		if (row->role == CONTAINER_PAYLOAD)
			return;
		path.length = (size_t)(match.first.text - path.text);
		if (path.length > 0)
			path.length--;
	}
}

/*
 * On a hybrid host one hierarchy may name the container while another has the engine's service or
 * the root: the first line with a container wins, then the first that says anything.
 */
static struct choice choose(const char *cgroup_text)
{
	struct cgroup_lines lines = lines_split(cgroup_text);
	const struct piece candidates[] = { lines.unified, lines.systemd, lines.longest };
	struct piece any = { 0 }, telling = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++) {
		struct choice choice = { .path = candidates[i] };
		if (!choice.path.text)
			continue;
		choice_find(&choice);
		if (choice.row)
			return choice;
		if (!any.text)
			any = choice.path;
		if (!telling.text && path_below_root(choice.path).length > 0)
			telling = choice.path;
	}
	return (struct choice){ .path = telling.text ? telling : any };
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "\xNN" stands for (systemd.unit(5)), or 0 where there is none. */
static char escaped_byte(const char *text)
{
	if (text[0] != '\\' || text[1] != 'x')
		return 0;
	int high = hex_value(text[2]);
	int low = high < 0 ? -1 : hex_value(text[3]);

	return low < 0 ? 0 : (char)(high * 16 + low);
}

/* A copy in which \xNN is the byte again. */
static const char *copy_unescaped(struct arena *arena, struct piece piece)
{
	char *copy = arena_copy(arena, piece.text, piece.length);
	size_t to = 0;

	if (!copy)
		return NULL;
	for (size_t from = 0; copy[from]; to++) {
		char c = escaped_byte(copy + from);
		copy[to] = c ? c : copy[from];
		from += c ? 4 : 1;
	}
	copy[to] = '\0';
	return copy;
}

/* Fills in the pod whose component lies around the container's. 0 or -ENOMEM. */
static int fill_pod(struct arena *arena, struct piece own, struct container *ret)
{
	struct piece above = own;
	struct pattern_match match;

	piece_cut_last(&above);
	for (size_t i = 0; i < pod_n_patterns; i++) {
		const struct pod_pattern *row = &pod_patterns[i];
		if (!pattern_matches(row->pattern, row->is_own_component ? own : above, &match))
			continue;
		char *uid = arena_copy(arena, match.id.text, match.id.length);
		if (!uid)
			return -ENOMEM;
		/* A "-" in a slice's name would mean another level (systemd.slice(5)). */
		for (char *c = uid; *c; c++)
			if (*c == '_')
				*c = '-';
		ret->pod_uid = uid;
		ret->is_kubernetes = row->is_kubernetes;
		return 0;
	}
	return 0;
}

/* The path up to and including the component in which the id is. */
static struct piece path_through_id(const struct choice *choice)
{
	const char *end = choice->path.text + choice->path.length;
	const char *slash =
		memchr(choice->match.id.text, '/', (size_t)(end - choice->match.id.text));

	return (struct piece){ choice->path.text,
		               (size_t)((slash ? slash : end) - choice->path.text) };
}

static int fill_texts(struct arena *arena, const struct choice *choice, struct container *ret)
{
	const struct pattern_match *match = &choice->match;
	bool has_name = match->name.text && !piece_is_hex64(match->name);

	ret->runtime =
		choice->row->runtime ? choice->row->runtime : copy_unescaped(arena, match->runtime);
	ret->pod_namespace = choice->row->namespace;
	if (match->id.text)
		ret->id = copy_unescaped(arena, match->id);
	if (has_name)
		ret->name = copy_unescaped(arena, match->name);
	if (!ret->runtime || (match->id.text && !ret->id) || (has_name && !ret->name))
		return -ENOMEM;
	return 0;
}

static int fill_container(struct arena *arena, const struct choice *choice, struct container *ret)
{
	int r = fill_texts(arena, choice, ret);

	if (r < 0 || choice->row->role != CONTAINER_PAYLOAD)
		return r;
	struct piece own = path_through_id(choice);

	ret->cgroup = arena_copy(arena, own.text, own.length);
	if (!ret->cgroup)
		return -ENOMEM;
	return fill_pod(arena, path_below_root(own), ret);
}

int container_identify(struct arena *arena, const char *cgroup_text, struct container *ret,
                       enum container_role *ret_role)
{
	struct container container = { .first_process = NONE };
	struct choice choice = choose(cgroup_text);

	if (choice.row) {
		int r = fill_container(arena, &choice, &container);
		if (r < 0)
			return r;
	}
	*ret = container;
	*ret_role = choice.row ? choice.row->role : CONTAINER_NONE;
	return 0;
}

const char *container_cgroup_path(struct arena *arena, const char *cgroup_text)
{
	struct choice choice = choose(cgroup_text);

	return choice.path.text ? arena_copy(arena, choice.path.text, choice.path.length) : NULL;
}

static bool is_unit(struct piece component)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_suffixes); i++)
		if (piece_has_suffix(component, unit_suffixes[i]))
			return true;
	return false;
}

/* The name of a unit by its component. NULL when out of memory. */
static const char *copy_unit(struct arena *arena, struct piece component)
{
	/* systemd puts "_" before a name that could be taken for one of the kernel's files, as
	 * _cpu.service. */
	if (*component.text == '_') {
		component.text++;
		component.length--;
	}
	return copy_unescaped(arena, component);
}

const char *container_unit(struct arena *arena, const char *cgroup_text)
{
	struct piece path = path_below_root(choose(cgroup_text).path);

	while (path.length > 0) {
		struct piece component = piece_cut_last(&path);
		if (is_unit(component))
			return copy_unit(arena, component);
	}
	return NULL;
}

int container_component_unit(struct arena *arena, const char *component, size_t length,
                             const char **ret)
{
	const struct piece piece = { component, length };
	const char *unit = NULL;

	if (is_unit(piece)) {
		unit = copy_unit(arena, piece);
		if (!unit)
			return -ENOMEM;
	}
	*ret = unit;
	return 0;
}

const char *container_label(struct arena *arena, const struct container *container)
{
	const char *id = container->id ? container->id : "";
	const int shown = 12; /* as every engine shortens ids */

	if (container->is_sandbox && container->pod)
		return arena_text(arena, container->pod);
	if (container->pod && container->name)
		return arena_printf(arena, "%s/%s", container->pod, container->name);
	if (container->pod)
		return arena_printf(arena, "%s/%.*s", container->pod, shown, id);
	if (container->name)
		return arena_text(arena, container->name);
	return arena_printf(arena, "%.*s", shown, id);
}
