/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what a target means to the scope that it stands for. */
#include <inttypes.h>

#include "base/vec.h"
#include "model/scope.h"
#include "model/select.h"
#include "model/target_part.h"

/* A target on its way to its scopes. */
struct request {
	struct arena *arena;
	const struct snapshot *snapshot;
	const struct target *target;
	const struct meaning *meaning;
	const struct scope_choice *choice;
	struct scopes *scopes;
	const char **ret_error;
};

/* As options call them. */
static const char *const choice_names[SCOPE_N_KINDS] = {
	[SCOPE_PROCESS] = "--process", [SCOPE_GROUP] = "--group",     [SCOPE_SESSION] = "--session",
	[SCOPE_TREE] = "--tree",       [SCOPE_SPACE] = "--namespace", [SCOPE_CGROUP] = "--cgroup",
};

bool scope_is_number(const struct target *target, const struct scope_choice *choice)
{
	return target->kind == TARGET_PROCESS && !target->inside && target->pidfd_inode == 0 &&
	       (choice->kind == SCOPE_GROUP || choice->kind == SCOPE_SESSION ||
	        choice->kind == SCOPE_N_KINDS);
}

/* A process by its number in another namespace is found by numbers and relations; what else a target
 * may be, through processes alone. */
static struct needs needs_of_target(const struct target *target)
{
	struct needs needs = target_needs(target);

	if (target->kind == TARGET_SPACE || target->kind == TARGET_PATH) {
		needs.sources = SOURCE_PROCESS;
		needs.holders = false;
		/* What is below a PID namespace belongs to it. */
		if (needs.types & NS_BIT(NS_PID))
			needs.space |= SPACE_RELATIONS;
	}
	return needs;
}

struct needs scope_needs(const struct target *target, const struct scope_choice *choice)
{
	struct needs needs = needs_of_target(target);

	if (target->kind == TARGET_SPACE || target->kind == TARGET_UNIT ||
	    target->kind == TARGET_CGROUP || target->kind == TARGET_PATH)
		return needs;
	switch (choice->kind) {
	case SCOPE_SPACE:
		needs.types |= NS_BIT(choice->type);
		needs.sources |= SOURCE_PROCESS;
		if (choice->type == NS_PID)
			needs.space |= SPACE_RELATIONS;
		break;
	case SCOPE_CGROUP:
		needs.process |= PROCESS_CGROUP;
		break;
	case SCOPE_PROCESS:
		break;
	case SCOPE_N_KINDS:
		if (target->kind == TARGET_CONTAINER)
			break;
		needs.process |= PROCESS_STAT;
		break;
	default:
		needs.process |= PROCESS_STAT;
	}
	return needs;
}

static int say(const struct request *request, int r, const char *message)
{
	return target_say(r, message, request->ret_error);
}

static int add(const struct request *request, const struct scope *scope)
{
	struct scopes *scopes = request->scopes;

	if (!scope->shown)
		return -ENOMEM;
	int r = VEC_GROW(&scopes->items, &scopes->capacity, scopes->count);
	if (r == 0)
		scopes->items[scopes->count++] = *scope;
	return r;
}

/* Whether the target leaves that choice: it says its own scope. */
static int check_own_scope(const struct request *request, const char *what, bool is_same)
{
	const struct scope_choice *choice = request->choice;

	if (choice->kind == SCOPE_N_KINDS || is_same)
		return 0;
	return say(request, -EINVAL,
	           arena_printf(request->arena,
	                        "%s is a %s and says itself what it stands for: %s does not go "
	                        "with it",
	                        request->target->shown, what, choice_names[choice->kind]));
}

/* A namespace as target says its type, and --namespace may say it again. */
static int check_type(const struct request *request, const struct space *space)
{
	const struct scope_choice *choice = request->choice;

	if (choice->kind != SCOPE_SPACE || choice->type == space->type)
		return check_own_scope(request, "namespace", choice->kind == SCOPE_SPACE);
	return say(request, -EINVAL,
	           arena_printf(request->arena, "%s is a %s namespace, not one of type %s",
	                        request->target->shown, ns_types[space->type].name,
	                        ns_types[choice->type].name));
}

static int add_space(const struct request *request, uint32_t space, uint32_t process)
{
	const struct space *found = &request->snapshot->spaces[space];
	const struct scope scope = {
		.kind = SCOPE_SPACE,
		.shown = arena_printf(request->arena, "%s:[%" PRIu64 "]",
		                      ns_types[found->type].name, found->inode),
		.process = process,
		.type = found->type,
		.inode = found->inode,
		.space = space,
	};

	if (!found->is_initial)
		return add(request, &scope);
	return say(request, -EPERM,
	           arena_printf(request->arena, "%s is the initial %s namespace of this host",
	                        scope.shown, ns_types[found->type].name));
}

static int add_cgroup(const struct request *request, const char *path, const char *hierarchy)
{
	const struct scope scope = {
		.kind = SCOPE_CGROUP,
		.shown = arena_printf(request->arena, "control group %s", path),
		.process = request->meaning->process,
		.space = NONE,
		.cgroup = arena_text(request->arena, path),
		.hierarchy = hierarchy,
	};

	if (!scope.cgroup)
		return -ENOMEM;
	if (!is_equal(path, "/"))
		return add(request, &scope);
	return say(request, -EPERM,
	           arena_printf(request->arena,
	                        "%s: / is the root of a hierarchy of control groups",
	                        request->target->shown));
}

static int add_pod(const struct request *request)
{
	const struct snapshot *snapshot = request->snapshot;

	for (uint32_t i = 0; i < snapshot->n_containers; i++) {
		const struct container *container = &snapshot->containers[i];
		uint32_t first = container->first_process;

		if (first == NONE || !container->cgroup ||
		    !select_is_meant(snapshot, request->meaning, first))
			continue;
		int r = add_cgroup(request, container->cgroup, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_container(const struct request *request)
{
	const struct meaning *meaning = request->meaning;

	if (meaning->kind == MEANS_POD)
		return add_pod(request);
	return add_cgroup(request, meaning->cgroup, meaning->hierarchy);
}

/* The namespace of the process, of the type that was asked for. */
static int add_space_of(const struct request *request, uint32_t process)
{
	const struct process *found = &request->snapshot->processes[process];
	enum ns_type type = request->choice->type;
	const char *name = ns_types[type].name;

	if (found->at.in[type] != NONE)
		return add_space(request, found->at.in[type], process);
	if (found->at.denied & NS_BIT(type))
		return say(request, -EACCES,
		           arena_printf(request->arena,
		                        "%s: the %s namespace of process %d is not readable (needs "
		                        "CAP_SYS_PTRACE)",
		                        request->target->shown, name, found->pid));
	return say(request, -ESRCH,
	           arena_printf(request->arena, "%s: process %d has no %s namespace any more",
	                        request->target->shown, found->pid, name));
}

/* The control group that the process is in: in version 2, else in the hierarchy that tells most. */
static int add_cgroup_of(const struct request *request, uint32_t process)
{
	const char *text = request->snapshot->processes[process].cgroup;
	const char *path = text ? container_cgroup_path(request->arena, text) : NULL;

	if (!path)
		return say(request, -EACCES,
		           arena_printf(request->arena, "%s: its control group is not readable",
		                        request->target->shown));
	return add_cgroup(request, path, NULL);
}

static int add_numbered(const struct request *request, enum scope_kind kind, pid_t id,
                        uint32_t process)
{
	static const char *const names[] = {
		[SCOPE_PROCESS] = "process",
		[SCOPE_GROUP] = "process group",
		[SCOPE_SESSION] = "session",
		[SCOPE_TREE] = "the tree of process",
	};
	const struct scope scope = {
		.kind = kind,
		.shown = arena_printf(request->arena, "%s %d", names[kind], id),
		.id = id,
		.process = process,
		.space = NONE,
		.is_number = scope_is_number(request->target, request->choice),
	};

	if (id > 0)
		return add(request, &scope);
	return say(request, -ESRCH,
	           arena_printf(request->arena,
	                        "%s: its %s began outside of this PID namespace and has no number "
	                        "here",
	                        request->target->shown, names[kind]));
}

static int add_of_process(const struct request *request, uint32_t process)
{
	const struct process *found = &request->snapshot->processes[process];

	switch (request->choice->kind) {
	case SCOPE_PROCESS:
	case SCOPE_TREE:
		return add_numbered(request, request->choice->kind, found->pid, process);
	case SCOPE_SESSION:
		return add_numbered(request, SCOPE_SESSION, found->session, process);
	case SCOPE_SPACE:
		return add_space_of(request, process);
	case SCOPE_CGROUP:
		return add_cgroup_of(request, process);
	default:
		return add_numbered(request, SCOPE_GROUP, found->group, process);
	}
}

/* "no process group 905; process 905 is in process group 880". */
static int say_no_number(const struct request *request, enum scope_kind kind, const char *name)
{
	pid_t id = request->target->pid;
	uint32_t process = snapshot_find_pid(request->snapshot, id);

	if (process == NONE)
		return say(request, -ESRCH,
		           arena_printf(request->arena, "no %s %d, and no process of that number",
		                        name, id));
	const struct process *found = &request->snapshot->processes[process];
	return say(request, -ESRCH,
	           arena_printf(request->arena,
	                        "no %s %d; process %d is in %s %d (--process takes it alone)", name,
	                        id, id, name, kind == SCOPE_GROUP ? found->group : found->session));
}

static int add_by_number(const struct request *request)
{
	enum scope_kind kind = request->choice->kind == SCOPE_SESSION ? SCOPE_SESSION : SCOPE_GROUP;
	const struct snapshot *snapshot = request->snapshot;
	pid_t id = request->target->pid;

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const struct process *process = &snapshot->processes[i];

		if (process->known & PROCESS_STAT &&
		    (kind == SCOPE_GROUP ? process->group : process->session) == id)
			return add_numbered(request, kind, id, snapshot_find_pid(snapshot, id));
	}
	return say_no_number(request, kind, kind == SCOPE_GROUP ? "process group" : "session");
}

static int add_meant(const struct request *request)
{
	const struct meaning *meaning = request->meaning;
	const struct scope_choice *choice = request->choice;
	int r;

	switch (meaning->kind) {
	case MEANS_SPACE:
		r = check_type(request, &request->snapshot->spaces[meaning->space]);
		return r < 0 ? r : add_space(request, meaning->space, NONE);
	case MEANS_CGROUP:
		r = check_own_scope(request, "control group", choice->kind == SCOPE_CGROUP);
		return r < 0 ? r : add_cgroup(request, meaning->cgroup, meaning->hierarchy);
	case MEANS_CONTAINER:
	case MEANS_POD:
		if (choice->kind == SCOPE_N_KINDS || choice->kind == SCOPE_CGROUP)
			return add_container(request);
		break;
	case MEANS_PROCESS:
		break;
	}
	return add_of_process(request, meaning->process);
}

int scopes_add(struct arena *arena, const struct snapshot *snapshot, const struct target *target,
               const struct meaning *meaning, const struct scope_choice *choice,
               struct scopes *scopes, const char **ret_error)
{
	const struct request request = {
		arena, snapshot, target, meaning, choice, scopes, ret_error
	};

	return scope_is_number(target, choice) ? add_by_number(&request) : add_meant(&request);
}
