/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a path means in a snapshot that came from elsewhere: /proc/PID/ns, bind mounts, cgroupfs. */
#include "base/parse.h"
#include "model/target_part.h"

static int say_nothing(const struct resolver *resolver, const struct target *target)
{
	return target_say(-ESRCH,
	                  arena_printf(resolver->arena,
	                               "%s: no namespace and no control group here", target->shown),
	                  resolver->ret_error);
}

static struct meaning space_meaning(uint32_t space)
{
	return (struct meaning){
		.kind = MEANS_SPACE, .process = NONE, .space = space, .container = NONE
	};
}

/* Cuts the next component off; *path is behind it then. Empty at the end. */
static char *next_component(char **path)
{
	char *component = *path + strspn(*path, "/");
	size_t length = strcspn(component, "/");

	*path = component + length + (component[length] == '/');
	component[length] = '\0';
	return component;
}

/* The namespace behind one link of a ns directory, or NONE. */
static uint32_t space_at(const struct placement *at, const char *link)
{
	enum ns_type type = ns_type_by_name(link, strlen(link));

	if (type != NS_N_TYPES)
		return at->in[type];
	if (is_equal(link, "pid_for_children"))
		return at->children[CHILDREN_PID] != NONE ? at->children[CHILDREN_PID]
		                                          : at->in[NS_PID];
	if (is_equal(link, "time_for_children"))
		return at->children[CHILDREN_TIME] != NONE ? at->children[CHILDREN_TIME]
		                                           : at->in[NS_TIME];
	return NONE;
}

static const struct placement *thread_placement(const struct snapshot *snapshot, uint32_t process,
                                                const char *number)
{
	pid_t tid;

	if (parse_pid(number, &tid) < 0)
		return NULL;
	for (size_t i = 0; i < snapshot->n_threads; i++) {
		const struct thread *thread = &snapshot->threads[i];

		if (thread->process == process && thread->tid == tid)
			return &thread->at;
	}
	/* only threads that differ from their process are recorded */
	return &snapshot->processes[process].at;
}

/* /proc/PID/ns/TYPE and /proc/PID/task/TID/ns/TYPE; NONE where it is neither. */
static uint32_t find_in_proc(const struct snapshot *snapshot, char *path)
{
	const struct placement *at;
	const char *number, *word;
	uint32_t process;
	pid_t pid;

	if (!is_equal(next_component(&path), "proc"))
		return NONE;
	number = next_component(&path);
	if (is_equal(number, "self"))
		pid = snapshot->self;
	else if (parse_pid(number, &pid) < 0)
		return NONE;
	process = snapshot_find_pid(snapshot, pid);
	if (process == NONE)
		return NONE;
	at = &snapshot->processes[process].at;
	word = next_component(&path);
	if (is_equal(word, "task")) {
		at = thread_placement(snapshot, process, next_component(&path));
		word = next_component(&path);
	}
	return at && is_equal(word, "ns") ? space_at(at, next_component(&path)) : NONE;
}

/* /var/run is a link to /run wherever systemd runs, and mount tables say /run. */
static bool is_mount_path(const char *path, const char *wanted)
{
	return is_equal(path, wanted) ||
	       (has_prefix(wanted, "/var/run/") && is_equal(path, wanted + strlen("/var")));
}

/* Of the mounts on that path, those that the scanning process saw; where it saw none, all. */
struct mounts_found {
	uint32_t space;
	struct candidates own, others;
};

static int add_mount(const struct resolver *resolver, struct mounts_found *found,
                     const struct reference *reference)
{
	const struct snapshot *snapshot = resolver->snapshot;
	bool is_own = reference->mount_space == snapshot->self_at[NS_MNT];

	if (is_own ? found->own.count == 0 : found->own.count + found->others.count == 0)
		found->space = reference->space;
	return candidates_add(
		is_own ? &found->own : &found->others,
		target_of_space(resolver->arena, &snapshot->spaces[reference->space]));
}

static int find_mounts(const struct resolver *resolver, const char *path,
                       struct mounts_found *found)
{
	const struct snapshot *snapshot = resolver->snapshot;

	for (size_t i = 0; i < snapshot->n_references; i++) {
		const struct reference *reference = &snapshot->references[i];
		int r = 0;

		if (reference->kind == HELD_MOUNT && reference->path && !reference->covered &&
		    is_mount_path(reference->path, path))
			r = add_mount(resolver, found, reference);
		if (r < 0)
			return r;
	}
	return 0;
}

static int resolve_mount(const struct resolver *resolver, const struct target *target,
                         struct meaning *ret)
{
	struct mounts_found found = { .space = NONE };
	const struct candidates *candidates;
	int r = find_mounts(resolver, target->path, &found);

	if (r < 0)
		return r;
	if (found.space == NONE)
		return say_nothing(resolver, target);
	candidates = found.own.count > 0 ? &found.own : &found.others;
	if (candidates->count > 1)
		return candidates_say(resolver, target, candidates);
	*ret = space_meaning(found.space);
	return 0;
}

/* How v1 and hybrid hosts name the folders of their hierarchies. */
static const char *hierarchy_of_folder(const char *folder)
{
	if (is_equal(folder, "unified"))
		return "";
	return is_equal(folder, "systemd") ? "name=systemd" : folder;
}

/* Below the mount as v2 has it, else as v1 has it, with the hierarchy's folder first. */
static int resolve_in_cgroupfs(const struct resolver *resolver, const struct target *target,
                               const char *path, struct meaning *ret)
{
	struct target group = { .text = target->text,
		                .shown = target->shown,
		                .kind = TARGET_CGROUP,
		                .path = *path ? path : "/",
		                .may_be_empty = target->may_be_empty };
	/* A folder that is no hierarchy is simply not there: what was said first stays. */
	const char *unsaid;
	struct resolver second = { resolver->arena, resolver->snapshot, &unsaid };
	char *rest = arena_text(resolver->arena, path), *folder;
	int r;

	if (!rest)
		return -ENOMEM;
	r = target_resolve_cgroup(resolver, &group, ret);
	folder = next_component(&rest);
	if (r != -ESRCH || *folder == '\0')
		return r;
	group.hierarchy = hierarchy_of_folder(folder);
	group.path = arena_printf(resolver->arena, "/%s", rest);
	return group.path ? target_resolve_cgroup(&second, &group, ret) : -ENOMEM;
}

int target_resolve_path(const struct resolver *resolver, const struct target *target,
                        struct meaning *ret)
{
	static const char cgroupfs[] = "/sys/fs/cgroup";
	const char *below = target->path + strlen(cgroupfs);
	char *copy = arena_text(resolver->arena, target->path);
	uint32_t space;

	if (!copy)
		return -ENOMEM;
	if (has_prefix(target->path, cgroupfs) && (*below == '/' || *below == '\0'))
		return resolve_in_cgroupfs(resolver, target, below, ret);
	space = find_in_proc(resolver->snapshot, copy);
	if (space == NONE)
		return resolve_mount(resolver, target, ret);
	*ret = space_meaning(space);
	return 0;
}
