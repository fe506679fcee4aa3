/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a target means in a snapshot: units and control groups, by the paths of their processes. */
#include "model/cgrouptext.h"
#include "model/nearest.h"
#include "model/target_part.h"

/* The path of one process after the other; neighbours often share theirs. */
struct paths {
	const char *text; /* what `path` was found in */
	const char *path; /* NULL: none */
	struct arena scratch;
};

static void paths_done(struct paths *paths)
{
	arena_done(&paths->scratch);
}
#define auto_paths __attribute__((cleanup(paths_done)))

/* Whether the process has another path than the one before it; paths->path is its path then. */
static bool paths_next(struct paths *paths, const struct process *process)
{
	if (!process->cgroup || process->cgroup == paths->text)
		return false;
	paths->text = process->cgroup;
	arena_reset(&paths->scratch);
	paths->path = container_cgroup_path(&paths->scratch, process->cgroup);
	return paths->path != NULL;
}

static struct meaning cgroup_meaning(uint32_t process, const char *path, const char *hierarchy)
{
	return (struct meaning){ .kind = MEANS_CGROUP,
		                 .process = process,
		                 .space = NONE,
		                 .container = NONE,
		                 .cgroup = path,
		                 .hierarchy = hierarchy };
}

/* The hierarchies that there are, where that of the target is none of them; "" where it is, NULL when
 * out of memory. */
static const char *list_others(const struct resolver *resolver, const struct target *target)
{
	const struct snapshot *snapshot = resolver->snapshot;
	const char *any = NULL;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const char *text = snapshot->processes[i].cgroup;

		if (text && (!target->hierarchy || cgrouptext_has(text, target->hierarchy)))
			return "";
		any = any ? any : text;
	}
	return any ? cgrouptext_hierarchies(resolver->arena, any) : "";
}

static int say_no_cgroup(const struct resolver *resolver, const struct target *target)
{
	const char *others = list_others(resolver, target);
	const char *reason = target->may_be_empty ? "there is no such control group in sight"
	                                          : "no process is in this control group or below";

	if (!others)
		return -ENOMEM;
	if (*others)
		reason = "this hierarchy of control groups is unknown; there are: ";
	return target_say(-ESRCH,
	                  arena_printf(resolver->arena, "%s: %s%s", target->shown, reason, others),
	                  resolver->ret_error);
}

/* Whether the control group is there, though no process is in it. */
static bool is_there(const struct snapshot *snapshot, const struct target *target)
{
	for (size_t i = 0; i < snapshot->n_cgroups; i++) {
		const struct cgroup *cgroup = &snapshot->cgroups[i];

		if (cgrouptext_is_group_in(cgroup->hierarchy, cgroup->path, target->path,
		                           target->hierarchy))
			return true;
	}
	for (size_t i = 0; i < snapshot->n_threads; i++) {
		const char *text = snapshot->threads[i].cgroup;

		if (text && cgrouptext_is_in(text, target->path, target->hierarchy))
			return true;
	}
	return false;
}

int target_resolve_cgroup(const struct resolver *resolver, const struct target *target,
                          struct meaning *ret)
{
	const struct snapshot *snapshot = resolver->snapshot;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const char *text = snapshot->processes[i].cgroup;

		if (!text || !cgrouptext_is_in(text, target->path, target->hierarchy))
			continue;
		*ret = cgroup_meaning(i, target->path, target->hierarchy);
		return 0;
	}
	if (!target->may_be_empty || !is_there(snapshot, target))
		return say_no_cgroup(resolver, target);
	*ret = cgroup_meaning(NONE, target->path, target->hierarchy);
	return 0;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Whether a component is that unit, written as it is or with its \xNN as bytes (systemd.unit(5)).
 * systemd puts "_" before a name that could be taken for one of the kernel's files. */
static bool is_unit_component(const char *component, size_t length, const char *unit)
{
	size_t at = 0;

	if (strlen(unit) == length && memcmp(component, unit, length) == 0)
		return true;
	if (length > 0 && component[0] == '_' && unit[0] != '_')
		at = 1;
	for (; at < length && *unit; unit++) {
		bool is_escape = length - at >= 4 && component[at] == '\\' &&
		                 component[at + 1] == 'x' && hex_value(component[at + 2]) >= 0 &&
		                 hex_value(component[at + 3]) >= 0;
		int byte =
			is_escape ? hex_value(component[at + 2]) * 16 + hex_value(component[at + 3])
				  : (unsigned char)component[at];

		if (byte != (unsigned char)*unit)
			return false;
		at += is_escape ? 4 : 1;
	}
	return at == length && *unit == '\0';
}

/* Length of the path up to the outermost component that is the unit, or 0. */
static size_t find_unit(const char *path, const char *unit)
{
	size_t at = 0;

	while (path[at] == '/') {
		size_t length = strcspn(path + at + 1, "/");

		if (is_unit_component(path + at + 1, length, unit))
			return at + 1 + length;
		at += 1 + length;
	}
	return 0;
}

/* The control groups of one name: first, and all for a message. */
struct unit_groups {
	const char *path;
	uint32_t process;
	struct candidates candidates;
};

static int unit_groups_add(struct arena *arena, struct unit_groups *groups, const char *path,
                           size_t length, uint32_t process)
{
	const char *copy;

	if (groups->path && strlen(groups->path) == length &&
	    memcmp(groups->path, path, length) == 0)
		return 0;
	copy = arena_copy(arena, path, length);
	if (!copy)
		return -ENOMEM;
	if (!groups->path) {
		groups->path = copy;
		groups->process = process;
	}
	return candidates_add(&groups->candidates, arena_printf(arena, "cg:%s", copy));
}

/* Containers have units of their own, often with the names of the host's. */
static bool is_inside_container(const struct snapshot *snapshot, const struct process *process,
                                size_t length)
{
	const char *top =
		process->container == NONE ? NULL : snapshot->containers[process->container].cgroup;

	return top && length > strlen(top);
}

/* The same of a control group that no process is in. */
static bool is_below_container(const struct snapshot *snapshot, const char *path)
{
	for (size_t i = 0; i < snapshot->n_containers; i++) {
		const char *top = snapshot->containers[i].cgroup;

		if (top && !is_equal(path, top) && cgrouptext_is_group_in("", path, top, NULL))
			return true;
	}
	return false;
}

static int find_units(const struct resolver *resolver, const char *unit, struct unit_groups *hosts,
                      struct unit_groups *contained)
{
	const struct snapshot *snapshot = resolver->snapshot;
	auto_paths struct paths paths = { 0 };

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];
		struct unit_groups *groups = hosts;
		size_t length;
		int r;

		if (!paths_next(&paths, process))
			continue;
		length = find_unit(paths.path, unit);
		if (length == 0)
			continue;
		if (is_inside_container(snapshot, process, length))
			groups = contained;
		r = unit_groups_add(resolver->arena, groups, paths.path, length, i);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Those that no process is in. */
static int find_empty_units(const struct resolver *resolver, const char *unit,
                            struct unit_groups *hosts, struct unit_groups *contained)
{
	const struct snapshot *snapshot = resolver->snapshot;
	int r = 0;

	for (size_t i = 0; r == 0 && i < snapshot->n_cgroups; i++) {
		const char *path = snapshot->cgroups[i].path;
		size_t length = find_unit(path, unit);

		if (length > 0)
			r = unit_groups_add(resolver->arena,
			                    is_below_container(snapshot, path) ? contained : hosts,
			                    path, length, NONE);
	}
	return r;
}

static int offer_units(const struct resolver *resolver, const char *path, struct nearest *nearest)
{
	while (*path == '/') {
		size_t length = strcspn(path + 1, "/");
		const char *component = arena_copy(resolver->arena, path + 1, length);

		if (!component)
			return -ENOMEM;
		if (target_is_unit(component))
			nearest_offer(nearest, component, component);
		path += 1 + length;
	}
	return 0;
}

static int say_no_unit(const struct resolver *resolver, const struct target *target)
{
	const struct snapshot *snapshot = resolver->snapshot;
	struct nearest nearest = { .wanted = target->unit };
	auto_paths struct paths paths = { 0 };
	const char *list;
	int r = 0;

	for (size_t i = 0; r == 0 && i < snapshot->n_processes; i++) {
		if (paths_next(&paths, &snapshot->processes[i]))
			r = offer_units(resolver, paths.path, &nearest);
	}
	for (size_t i = 0; r == 0 && target->may_be_empty && i < snapshot->n_cgroups; i++)
		r = offer_units(resolver, snapshot->cgroups[i].path, &nearest);
	list = nearest_list(resolver->arena, &nearest);
	if (r < 0 || !list)
		return -ENOMEM;
	return target_say(
		-ESRCH,
		arena_printf(resolver->arena, "%s %s; %s%s",
	                     target->may_be_empty ? "there is no unit" : "no process is in a unit",
	                     target->shown, *list ? "there are: " : "there are none in sight",
	                     list),
		resolver->ret_error);
}

int target_resolve_unit(const struct resolver *resolver, const struct target *target,
                        struct meaning *ret)
{
	struct unit_groups hosts = { 0 }, contained = { 0 };
	const struct unit_groups *groups = &hosts;
	int r = find_units(resolver, target->unit, &hosts, &contained);

	if (r == 0 && target->may_be_empty && !hosts.path && !contained.path)
		r = find_empty_units(resolver, target->unit, &hosts, &contained);
	if (r < 0)
		return r;
	if (!groups->path)
		groups = &contained;
	if (!groups->path)
		return say_no_unit(resolver, target);
	if (groups->candidates.count > 1)
		return candidates_say(resolver, target, &groups->candidates);
	*ret = cgroup_meaning(groups->process, groups->path, NULL);
	return 0;
}
