/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The snapshot's arrays: growing them, and finding in them by number, inode, id and text. */
#include "model/snapshot.h"

#include "base/vec.h"

static const struct placement nowhere = {
	.in = { NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE },
	.children = { NONE, NONE },
};

void snapshot_init(struct snapshot *snapshot)
{
	*snapshot = (struct snapshot){ 0 };
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		snapshot->self_at[type] = NONE;
		snapshot->initial[type] = NONE;
	}
}

void snapshot_done(struct snapshot *snapshot)
{
	free(snapshot->processes);
	free(snapshot->threads);
	free(snapshot->spaces);
	free(snapshot->references);
	free(snapshot->containers);
	free(snapshot->users);
	free(snapshot->cgroups);
	free(snapshot->signals);
	free(snapshot->texts_by_hash);
	free(snapshot->members);
	map_done(&snapshot->inodes);
	map_done(&snapshot->ids);
	map_done(&snapshot->interned);
	map_done(&snapshot->container_keys);
	arena_done(&snapshot->texts);
	snapshot_init(snapshot);
}

uint32_t snapshot_find_pid(const struct snapshot *snapshot, pid_t pid)
{
	size_t low = 0, high = snapshot->n_processes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (snapshot->processes[middle].pid == pid)
			return (uint32_t)middle;
		if (snapshot->processes[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return NONE;
}

/* The number of a namespace that goes is free at once, for one of any type: during a scan, too. */
static uint64_t space_key(enum ns_type type, uint64_t inode)
{
	return inode * NS_N_TYPES + type;
}

uint32_t snapshot_find_space(const struct snapshot *snapshot, enum ns_type type, uint64_t inode)
{
	return map_find(&snapshot->inodes, space_key(type, inode));
}

uint32_t snapshot_find_inode(const struct snapshot *snapshot, uint64_t inode)
{
	uint32_t latest = NONE;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint32_t index = snapshot_find_space(snapshot, type, inode);
		if (index != NONE && (latest == NONE || index > latest))
			latest = index;
	}
	return latest;
}

uint32_t snapshot_find_id(const struct snapshot *snapshot, uint64_t id)
{
	return map_find(&snapshot->ids, id);
}

uint32_t snapshot_find_initial(const struct snapshot *snapshot, enum ns_type type)
{
	return snapshot->initial[type];
}

int snapshot_append_process(struct snapshot *snapshot, pid_t pid, uint32_t *ret_index)
{
	size_t n = snapshot->n_processes;
	int r = VEC_GROW(&snapshot->processes, &snapshot->processes_capacity, n);
	if (r < 0)
		return r;
	snapshot->processes[n] = (struct process){
		.pid = pid,
		.uid = (uid_t)-1,
		.container = NONE,
		.at = nowhere,
	};
	snapshot->n_processes++;
	*ret_index = (uint32_t)n;
	return 0;
}

int snapshot_add_process(struct snapshot *snapshot, pid_t pid, uint32_t *ret_index)
{
	size_t n = snapshot->n_processes;

	if (n == 0 || pid > snapshot->processes[n - 1].pid)
		return snapshot_append_process(snapshot, pid, ret_index);
	uint32_t index = snapshot_find_pid(snapshot, pid);
	if (index == NONE)
		return -EINVAL;
	*ret_index = index;
	return 0;
}

int snapshot_add_signals(struct snapshot *snapshot, const struct signals *signals)
{
	int r = VEC_GROW(&snapshot->signals, &snapshot->signals_capacity, snapshot->n_signals);

	if (r == 0)
		snapshot->signals[snapshot->n_signals++] = *signals;
	return r;
}

const struct signals *snapshot_find_signals(const struct snapshot *snapshot, uint32_t process)
{
	const pid_t pid = snapshot->processes[process].pid;
	size_t low = 0, high = snapshot->n_signals;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (snapshot->signals[middle].pid == pid)
			return &snapshot->signals[middle];
		if (snapshot->signals[middle].pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

int snapshot_add_thread(struct snapshot *snapshot, uint32_t process, pid_t tid, uint32_t *ret_index)
{
	size_t n = snapshot->n_threads;
	int r = VEC_GROW(&snapshot->threads, &snapshot->threads_capacity, n);

	if (r < 0)
		return r;
	snapshot->threads[n] = (struct thread){ .process = process, .tid = tid, .at = nowhere };
	snapshot->n_threads++;
	*ret_index = (uint32_t)n;
	return 0;
}

bool snapshot_is_apart(const struct snapshot *snapshot, const struct thread *thread)
{
	const struct placement *at = &thread->at;
	const struct placement *leader = &snapshot->processes[thread->process].at;

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		if (at->in[type] != leader->in[type])
			return true;
	}
	return at->children[CHILDREN_PID] != NONE || at->children[CHILDREN_TIME] != NONE;
}

static struct space new_space(enum ns_type type, uint64_t inode)
{
	return (struct space){
		.inode = inode,
		.type = type,
		.parent_state = ns_types[type].has_parent ? RELATION_UNREAD : RELATION_NOTHING,
		.owner_state = RELATION_UNREAD,
		.parent = NONE,
		.owner = NONE,
		.leader = NONE,
		.first_reference = NONE,
		.first_thread = NONE,
		.first_children = NONE,
		.first_children_thread = NONE,
		.first_nested = NONE,
		.next_nested = NONE,
		.first_owned = NONE,
		.next_owned = NONE,
		.owner_uid = (uid_t)-1,
		.is_initial = inode == ns_types[type].initial_inode,
		.netnsid = -1,
	};
}

int snapshot_add_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode,
                       uint32_t *ret_index)
{
	uint32_t index = snapshot_find_space(snapshot, type, inode);

	if (index != NONE) {
		*ret_index = index;
		return 0;
	}
	index = (uint32_t)snapshot->n_spaces;
	int r = VEC_GROW(&snapshot->spaces, &snapshot->spaces_capacity, snapshot->n_spaces);
	if (r == 0)
		r = map_put(&snapshot->inodes, space_key(type, inode), index);
	if (r < 0)
		return r;
	snapshot->spaces[index] = new_space(type, inode);
	snapshot->n_spaces++;
	if (snapshot->spaces[index].is_initial)
		snapshot->initial[type] = index;
	*ret_index = index;
	return 0;
}

int snapshot_set_id(struct snapshot *snapshot, uint32_t space, uint64_t id)
{
	int r = map_put(&snapshot->ids, id, space);

	if (r < 0)
		return r;
	snapshot->spaces[space].id = id;
	return 0;
}

int snapshot_add_reference(struct snapshot *snapshot, const struct reference *reference)
{
	size_t n = snapshot->n_references;
	int r = VEC_GROW(&snapshot->references, &snapshot->references_capacity, n);

	if (r < 0)
		return r;
	snapshot->references[n] = *reference;
	snapshot->n_references++;
	snapshot->spaces[reference->space].held |= (uint8_t)(1U << reference->kind);
	return 0;
}

/* Two texts with one hash take neighbouring keys. */
const char *snapshot_intern(struct snapshot *snapshot, const char *text, size_t length)
{
	uint64_t key = map_hash(text, length);
	uint32_t position;

	for (; (position = map_find(&snapshot->interned, key)) != NONE; key++) {
		const char *known = snapshot->texts_by_hash[position];
		if (strlen(known) == length && memcmp(known, text, length) == 0)
			return known;
	}
	position = (uint32_t)snapshot->n_texts;
	if (VEC_GROW(&snapshot->texts_by_hash, &snapshot->texts_capacity, snapshot->n_texts) < 0)
		return NULL;
	char *copy = arena_copy(&snapshot->texts, text, length);
	if (!copy || map_put(&snapshot->interned, key, position) < 0)
		return NULL;
	snapshot->texts_by_hash[position] = copy;
	snapshot->n_texts++;
	return copy;
}

static bool is_same_text(const char *a, const char *b)
{
	return a && b ? is_equal(a, b) : a == b;
}

static uint64_t container_key(const struct container *container)
{
	uint64_t hash = container->id ? map_hash(container->id, strlen(container->id)) : 0;

	if (!container->runtime)
		return hash;
	return hash ^ (map_hash(container->runtime, strlen(container->runtime)) << 1);
}

/* Replaces a text by the snapshot's own copy. 0 or -ENOMEM. */
static int own_text(struct snapshot *snapshot, const char **text)
{
	if (!*text)
		return 0;
	*text = snapshot_intern(snapshot, *text, strlen(*text));
	return *text ? 0 : -ENOMEM;
}

static int own_container(struct snapshot *snapshot, struct container *container)
{
	const char **texts[] = {
		&container->runtime, &container->id,      &container->name,
		&container->pod,     &container->pod_uid, &container->pod_namespace,
		&container->cgroup,
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int r = own_text(snapshot, texts[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

int snapshot_add_container(struct snapshot *snapshot, const struct container *key,
                           uint32_t *ret_index)
{
	struct container container = *key;
	uint64_t hash = container_key(key);
	uint32_t index;

	for (; (index = map_find(&snapshot->container_keys, hash)) != NONE; hash++) {
		const struct container *known = &snapshot->containers[index];
		if (!is_same_text(known->id, key->id) ||
		    !is_same_text(known->runtime, key->runtime))
			continue;
		*ret_index = index;
		return 0;
	}
	index = (uint32_t)snapshot->n_containers;
	container.first_process = NONE;
	int r = VEC_GROW(&snapshot->containers, &snapshot->containers_capacity,
	                 snapshot->n_containers);
	if (r == 0)
		r = own_container(snapshot, &container);
	if (r == 0)
		r = map_put(&snapshot->container_keys, hash, index);
	if (r < 0)
		return r;
	snapshot->containers[index] = container;
	snapshot->n_containers++;
	*ret_index = index;
	return 0;
}

int snapshot_add_user(struct snapshot *snapshot, uid_t uid, const char *name)
{
	int r = VEC_GROW(&snapshot->users, &snapshot->users_capacity, snapshot->n_users);

	if (r == 0)
		r = own_text(snapshot, &name);
	if (r < 0)
		return r;
	snapshot->users[snapshot->n_users++] = (struct user){ .uid = uid, .name = name };
	return 0;
}

int snapshot_add_cgroup(struct snapshot *snapshot, const char *hierarchy, const char *path)
{
	int r = VEC_GROW(&snapshot->cgroups, &snapshot->cgroups_capacity, snapshot->n_cgroups);

	if (r == 0)
		r = own_text(snapshot, &hierarchy);
	if (r == 0)
		r = own_text(snapshot, &path);
	if (r < 0)
		return r;
	snapshot->cgroups[snapshot->n_cgroups++] =
		(struct cgroup){ .hierarchy = hierarchy, .path = path };
	return 0;
}

const char *snapshot_user_name(const struct snapshot *snapshot, uid_t uid)
{
	size_t low = 0, high = snapshot->n_users;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (snapshot->users[middle].uid == uid)
			return snapshot->users[middle].name;
		if (snapshot->users[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

void snapshot_add_gap(struct snapshot *snapshot, enum gap_kind kind, uint64_t count, uint64_t total)
{
	struct gap *gap = &snapshot->gaps[kind];

	gap->count += count;
	if (gap->total < total)
		gap->total = total;
}

void snapshot_add_left_out(struct snapshot *snapshot, unsigned sources)
{
	struct gap *gap = &snapshot->gaps[GAP_SOURCES];

	gap->sources |= sources;
	gap->count = (uint64_t)__builtin_popcount(gap->sources);
	gap->total = (uint64_t)__builtin_popcount(SOURCE_ALL);
}

bool snapshot_is_complete(const struct snapshot *snapshot, const struct needs *view)
{
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		if (snapshot->gaps[kind].count > 0 && gap_concerns(kind, view))
			return false;
	}
	return true;
}

int snapshot_depth(const struct snapshot *snapshot, uint32_t space)
{
	/* PID and user namespaces nest 32 deep (pid_namespaces(7), user_namespaces(7)): a longer
	 * way, or one in a circle, can only be in a damaged file. */
	const int deepest = 64;

	for (int depth = 0; depth <= deepest; depth++) {
		const struct space *here = &snapshot->spaces[space];
		if (here->parent_state == RELATION_ROOT)
			return depth;
		if (here->parent_state != RELATION_KNOWN)
			return -1;
		space = here->parent;
	}
	return -1;
}
