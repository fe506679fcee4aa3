/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control groups from paths: components become entries of a tree, which is put in order at the end. */
#include "model/cgrouplist.h"

#include <limits.h>

#include "base/vec.h"
#include "model/forest.h"
#include "model/pathpattern.h"

static const char deleted_mark[] = " (deleted)";

/* The kernel writes no longer ones (cgroup_path_ns in kernel/cgroup/cgroup.c). Each component has its
 * whole path, so that one without an end would take memory by the square. */
#define LONGEST_PATH (PATH_MAX + sizeof(deleted_mark))

/* An entry while the list grows: parents before children, else in no order. */
struct found {
	struct cgroup_entry entry;
	uint32_t last_text; /* of a root: the text that named the hierarchy last */
};

/* The groups that one text names: a position in builder->groups, and how many. */
struct text_groups {
	uint32_t first, count;
};

struct builder {
	const struct snapshot *snapshot;
	struct found *found;
	size_t count, capacity;
	struct map by_component; /* parent and component -> entry */
	struct text_groups *texts;
	size_t n_texts, texts_capacity;
	struct map by_text; /* address of a text -> position in texts */
	uint32_t *groups;   /* entries */
	size_t n_groups, groups_capacity;
	uint32_t *text_of;        /* of each process, or NONE */
	uint32_t *thread_text_of; /* of each thread */
	struct arena arena;
};

static void builder_done(struct builder *builder)
{
	free(builder->found);
	map_done(&builder->by_component);
	free(builder->texts);
	map_done(&builder->by_text);
	free(builder->groups);
	free(builder->text_of);
	free(builder->thread_text_of);
	arena_done(&builder->arena);
}
#define auto_builder __attribute__((cleanup(builder_done)))

/* The text up to the separator or the end; *rest goes behind the separator. */
static struct piece cut(struct piece *rest, char separator)
{
	const char *end = memchr(rest->text, separator, rest->length);
	struct piece piece = { rest->text, end ? (size_t)(end - rest->text) : rest->length };
	size_t used = piece.length + (end != NULL);

	rest->text += used;
	rest->length -= used;
	return piece;
}

static bool piece_is(struct piece piece, const char *text)
{
	return strncmp(text, piece.text, piece.length) == 0 && text[piece.length] == '\0';
}

/* Roots are known by their hierarchy, the others by parent and component. */
static const char *name_in_parent(const struct cgroup_entry *entry)
{
	return entry->parent == NONE ? entry->hierarchy : entry->name;
}

static uint64_t component_key(uint32_t parent, struct piece component)
{
	return map_hash(component.text, component.length) + parent * UINT64_C(0x9e3779b97f4a7c15);
}

/* The child of that name, or NONE; *key is then where it belongs. */
static uint32_t find_child(const struct builder *builder, uint32_t parent, struct piece component,
                           uint64_t *key)
{
	uint32_t index;

	*key = component_key(parent, component);
	for (; (index = map_find(&builder->by_component, *key)) != NONE; ++*key) {
		const struct cgroup_entry *entry = &builder->found[index].entry;
		if (entry->parent == parent && piece_is(component, name_in_parent(entry)))
			return index;
	}
	return NONE;
}

static int fill_root(struct builder *builder, struct piece hierarchy, struct cgroup_entry *ret)
{
	ret->hierarchy = arena_copy(&builder->arena, hierarchy.text, hierarchy.length);
	ret->path = ret->name = "/";
	return ret->hierarchy ? 0 : -ENOMEM;
}

static int fill_child(struct builder *builder, struct piece component, struct cgroup_entry *ret)
{
	const struct cgroup_entry *parent = &builder->found[ret->parent].entry;
	const char *above = parent->parent == NONE ? "" : parent->path;
	size_t length = strlen(above);
	char *path = arena_alloc(&builder->arena, length + 1 + component.length + 1);

	if (!path)
		return -ENOMEM;
	memcpy(path, above, length);
	path[length] = '/';
	memcpy(path + length + 1, component.text, component.length);
	ret->hierarchy = parent->hierarchy;
	ret->path = path;
	ret->name = path + length + 1;
	return 0;
}

/* The child of that name, which is added when it is new; of parent NONE a hierarchy. 0 or -ENOMEM. */
static int add_child(struct builder *builder, uint32_t parent, struct piece component,
                     uint32_t *ret)
{
	struct found found = { .entry = { .parent = parent, .container = NONE },
		               .last_text = NONE };
	uint64_t key;
	uint32_t index = find_child(builder, parent, component, &key);

	if (index != NONE) {
		*ret = index;
		return 0;
	}
	int r = parent == NONE ? fill_root(builder, component, &found.entry)
	                       : fill_child(builder, component, &found.entry);
	if (r == 0)
		r = VEC_GROW(&builder->found, &builder->capacity, builder->count);
	if (r == 0)
		r = map_put(&builder->by_component, key, (uint32_t)builder->count);
	if (r < 0)
		return r;
	*ret = (uint32_t)builder->count;
	builder->found[builder->count++] = found;
	return 0;
}

/* Adds all that lies on the way from the hierarchy's root to the path; *ret is where that ends. 0 or
 * -ENOMEM. */
static int add_path(struct builder *builder, uint32_t root, struct piece path, uint32_t *ret)
{
	char separator = path.length > LONGEST_PATH ? '\0' : '/';
	uint32_t index = root;

	if (path.length > 0 && *path.text == '/')
		cut(&path, '/');
	while (path.length > 0) {
		struct piece component = cut(&path, separator);
		int r = component.length == 0 ? 0 : add_child(builder, index, component, &index);
		if (r < 0)
			return r;
	}
	*ret = index;
	return 0;
}

/* "ID:CONTROLLERS:PATH", cgroups(7). Of two lines of one hierarchy the first counts: a process is in
 * one group of each. */
static int add_line(struct builder *builder, struct piece line)
{
	uint32_t text = (uint32_t)builder->n_texts;
	uint32_t index;

	cut(&line, ':');
	struct piece controllers = cut(&line, ':');
	if (line.length == 0 || *line.text != '/')
		return 0;
	int r = add_child(builder, NONE, controllers, &index);
	if (r < 0 || builder->found[index].last_text == text)
		return r;
	builder->found[index].last_text = text;
	r = add_path(builder, index, line, &index);
	if (r == 0)
		r = VEC_GROW(&builder->groups, &builder->groups_capacity, builder->n_groups);
	if (r < 0)
		return r;
	builder->groups[builder->n_groups++] = index;
	return 0;
}

/* Adds the groups of a text of /proc/PID/cgroup; *ret is its position in texts. 0 or -ENOMEM. */
static int add_text(struct builder *builder, const char *text, uint32_t *ret)
{
	struct piece rest = { text, strlen(text) };
	size_t first = builder->n_groups;
	int r = VEC_GROW(&builder->texts, &builder->texts_capacity, builder->n_texts);

	while (r == 0 && rest.length > 0)
		r = add_line(builder, cut(&rest, '\n'));
	if (r < 0)
		return r;
	builder->texts[builder->n_texts] = (struct text_groups){
		.first = (uint32_t)first,
		.count = (uint32_t)(builder->n_groups - first),
	};
	*ret = (uint32_t)builder->n_texts++;
	return 0;
}

/* The texts of most processes are those of others too, and equal ones of a snapshot are one: each is
 * taken apart once. *ret is NONE without a text. 0 or -ENOMEM. */
static int find_text(struct builder *builder, const char *text, uint32_t *ret)
{
	*ret = text ? map_find(&builder->by_text, (uintptr_t)text) : NONE;
	if (!text || *ret != NONE)
		return 0;
	int r = add_text(builder, text, ret);
	return r < 0 ? r : map_put(&builder->by_text, (uintptr_t)text, *ret);
}

static int add_tasks(struct builder *builder)
{
	const struct snapshot *snapshot = builder->snapshot;
	int r = 0;

	builder->text_of = malloc((snapshot->n_processes + 1) * sizeof(*builder->text_of));
	builder->thread_text_of = malloc((snapshot->n_threads + 1) * sizeof(*builder->text_of));
	if (!builder->text_of || !builder->thread_text_of)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < snapshot->n_processes; i++)
		r = find_text(builder, snapshot->processes[i].cgroup, &builder->text_of[i]);
	for (size_t i = 0; r == 0 && i < snapshot->n_threads; i++)
		r = find_text(builder, snapshot->threads[i].cgroup, &builder->thread_text_of[i]);
	return r;
}

static struct piece piece_of(const char *text)
{
	return (struct piece){ text, strlen(text) };
}

/* Those that the file system has. */
static int add_scanned(struct builder *builder)
{
	const struct snapshot *snapshot = builder->snapshot;

	for (size_t i = 0; i < snapshot->n_cgroups; i++) {
		const struct cgroup *cgroup = &snapshot->cgroups[i];
		uint32_t index;
		int r = add_child(builder, NONE, piece_of(cgroup->hierarchy), &index);
		if (r == 0)
			r = add_path(builder, index, piece_of(cgroup->path), &index);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * What lies outside of the scanning process's cgroup namespace is written "/..", "/../x"
 * (cgroup_namespaces(7)): the group "/" is one of those in "/..", so those trade places.
 */
static void turn_around(struct builder *builder, uint32_t root)
{
	uint32_t below = root;
	uint32_t index;
	uint64_t key;

	while ((index = find_child(builder, below, piece_of(".."), &key)) != NONE) {
		struct cgroup_entry *entry = &builder->found[index].entry;
		builder->found[below].entry.parent = index;
		entry->parent = NONE;
		entry->name = entry->path;
		below = index;
	}
}

/* Roots as cgrouplist.h orders hierarchies; the others, of which only siblings matter, by name. */
static int compare_places(const void *a, const void *b, void *context)
{
	const struct found *found = context;
	const uint32_t *left = a, *right = b;
	const struct cgroup_entry *one = &found[*left].entry, *other = &found[*right].entry;
	int r = (one->parent != NONE) - (other->parent != NONE);

	if (r == 0 && one->parent == NONE) {
		r = (*one->hierarchy != '\0') - (*other->hierarchy != '\0');
		if (r == 0)
			r = is_equal(other->hierarchy, "name=systemd") -
			    is_equal(one->hierarchy, "name=systemd");
	}
	if (r == 0)
		r = strcmp(name_in_parent(one), name_in_parent(other));
	return r != 0 ? r : (*left > *right) - (*left < *right);
}

/* Entries in the order in which they are shown. 0 or -ENOMEM. */
static int sort_found(const struct builder *builder, struct forest *ret)
{
	auto_free uint32_t *order = reallocarray(NULL, builder->count + 1, sizeof(*order));
	auto_free uint32_t *parents = reallocarray(NULL, builder->count + 1, sizeof(*parents));

	if (!order || !parents)
		return -ENOMEM;
	for (uint32_t i = 0; i < builder->count; i++) {
		order[i] = i;
		parents[i] = builder->found[i].entry.parent;
	}
	qsort_r(order, builder->count, sizeof(*order), compare_places, builder->found);
	return forest_build(order, builder->count, parents, builder->count, ret);
}

/* Moves the entries to the list, and makes builder->groups positions in that. 0 or -ENOMEM. */
static int take_entries(struct builder *builder, struct cgrouplist *list)
{
	auto_forest struct forest forest = { 0 };
	auto_free uint32_t *place = reallocarray(NULL, builder->count + 1, sizeof(*place));
	int r = place ? sort_found(builder, &forest) : -ENOMEM;

	if (r < 0)
		return r;
	list->items = calloc(builder->count + 1, sizeof(*list->items));
	if (!list->items)
		return -ENOMEM;
	list->count = builder->count;
	for (uint32_t i = 0; i < list->count; i++) {
		list->items[i] = builder->found[forest.rows[i].item].entry;
		list->items[i].parent = forest.rows[i].parent;
		place[forest.rows[i].item] = i;
	}
	for (size_t i = 0; i < builder->n_groups; i++)
		builder->groups[i] = place[builder->groups[i]];
	return 0;
}

/* Where the processes and threads of each group begin, once it is known how many there are. */
static void place_members(struct cgrouplist *list)
{
	uint32_t first = 0, first_thread = 0;

	for (size_t i = 0; i < list->count; i++) {
		list->items[i].first = first;
		list->items[i].first_thread = first_thread;
		first += list->items[i].n_processes;
		first_thread += list->items[i].n_threads;
	}
	list->n_members = first;
	list->n_threads = first_thread;
	for (size_t i = list->count; i-- > 0;) {
		struct cgroup_entry *entry = &list->items[i];
		entry->n_below += entry->n_processes;
		entry->n_threads_below += entry->n_threads;
		if (entry->parent != NONE) {
			list->items[entry->parent].n_below += entry->n_below;
			list->items[entry->parent].n_threads_below += entry->n_threads_below;
		}
		entry->n_processes = 0;
		entry->n_threads = 0;
	}
}

/* Counts the process in each of its groups; with `write` it is put there too. */
static void count_process(const struct builder *builder, uint32_t process, bool write,
                          struct cgrouplist *list)
{
	uint32_t text = builder->text_of[process];

	if (text == NONE)
		return;
	const uint32_t *groups = builder->groups + builder->texts[text].first;
	for (uint32_t i = 0; i < builder->texts[text].count; i++) {
		struct cgroup_entry *entry = &list->items[groups[i]];
		if (write)
			list->members[entry->first + entry->n_processes] = process;
		entry->n_processes++;
	}
}

/* Whether the text (or NONE) names that group. */
static bool names_group(const struct builder *builder, uint32_t text, uint32_t group)
{
	if (text == NONE)
		return false;
	const struct text_groups *named = &builder->texts[text];
	for (uint32_t i = 0; i < named->count; i++) {
		if (builder->groups[named->first + i] == group)
			return true;
	}
	return false;
}

/* The same of a thread, where its process is in another group of the hierarchy. */
static void count_thread(const struct builder *builder, uint32_t thread, bool write,
                         struct cgrouplist *list)
{
	uint32_t text = builder->thread_text_of[thread];

	if (text == NONE)
		return;
	const uint32_t leader = builder->text_of[builder->snapshot->threads[thread].process];
	const uint32_t *groups = builder->groups + builder->texts[text].first;
	for (uint32_t i = 0; i < builder->texts[text].count; i++) {
		struct cgroup_entry *entry = &list->items[groups[i]];
		if (names_group(builder, leader, groups[i]))
			continue;
		if (write)
			list->threads[entry->first_thread + entry->n_threads] = thread;
		entry->n_threads++;
	}
}

static void count_members(const struct builder *builder, bool write, struct cgrouplist *list)
{
	for (uint32_t i = 0; i < builder->snapshot->n_processes; i++)
		count_process(builder, i, write, list);
	for (uint32_t i = 0; i < builder->snapshot->n_threads; i++)
		count_thread(builder, i, write, list);
}

static int take_members(const struct builder *builder, struct cgrouplist *list)
{
	count_members(builder, false, list);
	place_members(list);
	list->members = reallocarray(NULL, list->n_members + 1, sizeof(*list->members));
	list->threads = reallocarray(NULL, list->n_threads + 1, sizeof(*list->threads));
	if (!list->members || !list->threads)
		return -ENOMEM;
	count_members(builder, true, list);
	return 0;
}

/* A name or path without the mark that the kernel puts behind that of a removed group. */
static struct piece without_deleted(const char *text)
{
	struct piece piece = piece_of(text);
	size_t length = strlen(deleted_mark);

	if (piece.length > length && is_equal(text + piece.length - length, deleted_mark))
		piece.length -= length;
	return piece;
}

/* The container whose own group has that path, or NONE; *key is then where it belongs. */
static uint32_t find_container(const struct snapshot *snapshot, const struct map *by_path,
                               struct piece path, uint64_t *key)
{
	uint32_t index;

	*key = map_hash(path.text, path.length);
	for (; (index = map_find(by_path, *key)) != NONE; ++*key) {
		if (piece_is(path, snapshot->containers[index].cgroup))
			return index;
	}
	return NONE;
}

/* Of containers in one group, as a process of a machine may be another, the first counts. */
static int map_containers(const struct snapshot *snapshot, struct map *by_path)
{
	for (uint32_t i = 0; i < snapshot->n_containers; i++) {
		const char *path = snapshot->containers[i].cgroup;
		uint64_t key;
		if (!path || find_container(snapshot, by_path, piece_of(path), &key) != NONE)
			continue;
		int r = map_put(by_path, key, i);
		if (r < 0)
			return r;
	}
	return 0;
}

/* What the groups are: units, and containers' own. 0 or -ENOMEM. */
static int name_entries(const struct snapshot *snapshot, struct cgrouplist *list)
{
	auto_map struct map by_path = { 0 };
	int r = map_containers(snapshot, &by_path);

	for (size_t i = 0; i < list->count && r == 0; i++) {
		struct cgroup_entry *entry = &list->items[i];
		struct piece name = without_deleted(entry->name);
		uint64_t key;
		entry->container =
			find_container(snapshot, &by_path, without_deleted(entry->path), &key);
		r = container_component_unit(&list->texts, name.text, name.length, &entry->unit);
	}
	return r;
}

int cgrouplist_build(const struct snapshot *snapshot, struct cgrouplist *ret)
{
	auto_builder struct builder builder = { .snapshot = snapshot };
	auto_cgrouplist struct cgrouplist list = { 0 };
	int r = add_tasks(&builder);

	if (r == 0)
		r = add_scanned(&builder);
	if (r < 0)
		return r;
	for (uint32_t i = 0; i < builder.count; i++)
		if (builder.found[i].entry.parent == NONE)
			turn_around(&builder, i);
	r = take_entries(&builder, &list);
	if (r == 0)
		r = take_members(&builder, &list);
	list.texts = builder.arena;
	builder.arena = (struct arena){ 0 };
	if (r == 0)
		r = name_entries(snapshot, &list);
	if (r < 0)
		return r;
	*ret = list;
	list = (struct cgrouplist){ 0 };
	return 0;
}

void cgrouplist_done(struct cgrouplist *list)
{
	free(list->items);
	free(list->members);
	free(list->threads);
	arena_done(&list->texts);
	*list = (struct cgrouplist){ 0 };
}
