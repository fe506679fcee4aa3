/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgkill, options -> victims. Two looks: the first at all processes, and of each only at what tells
 * whether it is in a scope. Those that are get pinned by a pidfd, and are read a second time, now with all
 * that is shown: what is not reaped after that is the process that was read.
 */
#include <signal.h>

#include "act/pidfd.h"
#include "base/kernel.h"
#include "base/vec.h"
#include "scan/scan.h"
#include "show/killcols.h"
#include "tools/pgkill.h"

/* Columns of what would be done, and of what was. */
static const char forecast_columns[] = "PID,USER,CONTAINER,COMMAND,EFFECT";
static const char report_columns[] = "PID,USER,CONTAINER,COMM,SENT,ENDED,AFTER,DETAIL";

/* An id of a container may be shortened to no fewer digits. */
#define LEAST_ID_DIGITS 12

bool plan_is_recorded(const struct pgkill_options *options)
{
	return options->common.load || options->common.sysroot;
}

struct snapshot *plan_snapshot(struct plan *plan)
{
	return plan_is_recorded(plan->options) ? &plan->found : &plan->known;
}

void plan_init(const struct pgkill_options *options, struct plan *ret)
{
	*ret = (struct plan){ .options = options };
	snapshot_init(&ret->found);
	snapshot_init(&ret->known);
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; plan->pins && i < plan->scopes.count; i++)
		close_fd_at_end(&plan->pins[i]);
	columns_done(&plan->columns);
	filter_done(&plan->filter);
	scopes_done(&plan->scopes);
	victims_done(&plan->victims);
	snapshot_done(&plan->found);
	snapshot_done(&plan->known);
	arena_done(&plan->arena);
}

/* A bare word may be a slip. */
static void check_container(const struct target *target)
{
	if (target->kind == TARGET_CONTAINER && !target->is_container_for_sure)
		cli_usage_error("%s: a container is written with @ here: @%s", target->shown,
		                target->name);
}

static bool is_same(const char *a, const char *b)
{
	return a && is_equal(a, b);
}

/* A short id may be somebody else's. */
static int check_id(const struct plan *plan, const struct target *target,
                    const struct meaning *meaning)
{
	const struct container *container;

	if (target->kind != TARGET_CONTAINER || target->pod || meaning->container == NONE)
		return EXIT_OK;
	container = &plan->found.containers[meaning->container];
	if (is_same(container->name, target->name) || is_same(container->pod, target->name) ||
	    is_same(container->id, target->name) || strlen(target->name) >= LEAST_ID_DIGITS)
		return EXIT_OK;
	cli_fail(0, "%s: the id of a container is given with %d digits at least here: @%.*s",
	         target->shown, LEAST_ID_DIGITS, LEAST_ID_DIGITS, container->id);
	return EXIT_USAGE;
}

static int parse_targets(struct plan *plan)
{
	const struct pgkill_options *options = plan->options;
	int status = EXIT_OK;

	plan->targets =
		arena_alloc(&plan->arena, (options->n_operands + 1) * sizeof(*plan->targets));
	if (!plan->targets)
		return cli_fail(-ENOMEM, "cannot read the targets");
	for (size_t i = 0; i < options->n_operands && status == EXIT_OK; i++) {
		status = cli_plan_target(&options->common, &plan->arena, options->operands[i],
		                         &plan->targets[i]);
		if (status == EXIT_OK)
			check_container(&plan->targets[i]);
	}
	plan->n_targets = options->n_operands;
	return status;
}

/* What is read of those who are in a scope. */
static struct needs details_needs(const struct plan *plan)
{
	struct needs needs = columns_needs(&plan->columns);
	struct needs filter = filter_needs(&plan->filter);

	needs_add(&needs, &filter);
	needs_add(&needs, &plan->select);
	needs_raise_to_processes(&needs);
	needs.process |= PROCESS_STAT | PROCESS_UID | PROCESS_NUMBERS;
	needs.users = true;
	/* Where a namespace is held otherwise does not matter. */
	needs.sources &= SOURCE_PROCESS;
	needs.holders = false;
	if (plan->options->dry_run)
		needs.process |= PROCESS_SIGNALS | PROCESS_CGROUP;
	return needs;
}

static int plan_needs(struct plan *plan)
{
	const struct pgkill_options *options = plan->options;
	const char *standard = options->dry_run ? forecast_columns : report_columns;
	int r = cli_choose_columns(&options->common, killcols_set(), standard, &plan->columns);

	if (r == 0)
		r = cli_compile_filter(&options->common, killcols_set(), &plan->filter);
	if (r < 0)
		return cli_fail(r, "cannot choose the columns");
	for (size_t i = 0; i < plan->n_targets; i++) {
		struct needs target = scope_needs(&plan->targets[i], &options->choice);

		needs_add(&plan->select, &target);
	}
	if (options->dry_run && (options->signal == SIGTSTP || options->signal == SIGTTIN ||
	                         options->signal == SIGTTOU))
		plan->select.process |= PROCESS_STAT;
	plan->details = details_needs(plan);
	/* What was recorded is looked at once. */
	if (plan_is_recorded(options))
		needs_add(&plan->select, &plan->details);
	return EXIT_OK;
}

/* The exit code of a scope that there is not. */
static int refuse_scope(int r, const char *error)
{
	if (r == -EINVAL)
		cli_usage_error("%s", error);
	if (r == -EPERM) {
		cli_fail(0, "refused: %s", error);
		return EXIT_REFUSED;
	}
	if (r == -ESRCH)
		return cli_no_target("%s", error);
	cli_fail(r == -EACCES ? 0 : r, "%s", error);
	return r == -EACCES ? EXIT_INCOMPLETE : EXIT_FAILED;
}

static int resolve_target(struct plan *plan, const struct target *target)
{
	const struct pgkill_options *options = plan->options;
	struct meaning meaning = { .container = NONE };
	const char *error = "cannot resolve the targets";
	int status = EXIT_OK;
	int r;

	if (!scope_is_number(target, &options->choice))
		status = cli_resolve_target(&options->common, &plan->arena, &plan->found, target,
		                            &meaning);
	if (status == EXIT_OK)
		status = check_id(plan, target, &meaning);
	if (status != EXIT_OK)
		return status;
	r = scopes_add(&plan->arena, &plan->found, target, &meaning, &options->choice,
	               &plan->scopes, &error);
	return r < 0 ? refuse_scope(r, error) : EXIT_OK;
}

/* Every target, before anything is done. The gravest of what is wrong with them is told. */
static int resolve_targets(struct plan *plan)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < plan->n_targets && status == EXIT_OK; i++)
		status = resolve_target(plan, &plan->targets[i]);
	return status;
}

/* For each process of the snapshot the first scope that it is in, or NONE. 0 or -ENOMEM. */
static int mark_scopes(struct plan *plan, const struct snapshot *snapshot, uint32_t *scope_of,
                       uint64_t *ret_unknown)
{
	auto_free bool *marks = calloc(snapshot->n_processes + 1, sizeof(*marks));
	int r = marks ? 0 : -ENOMEM;

	*ret_unknown = 0;
	for (size_t i = 0; i < snapshot->n_processes; i++)
		scope_of[i] = NONE;
	for (uint32_t s = 0; s < plan->scopes.count && r == 0; s++) {
		uint64_t unknown;

		memset(marks, 0, snapshot->n_processes * sizeof(*marks));
		r = scope_mark(snapshot, &plan->scopes.items[s], marks, &unknown);
		for (size_t i = 0; r == 0 && i < snapshot->n_processes; i++) {
			if (marks[i] && scope_of[i] == NONE)
				scope_of[i] = s;
		}
		*ret_unknown += unknown;
	}
	return r;
}

/* Whether the number of a scope has not changed hands since it was found: that is asked after a snapshot
 * was read. The one process of a scope is pinned; of a group or session a victim must still be there. */
static bool has_kept_number(const struct plan *plan, uint32_t index,
                            const struct snapshot *snapshot)
{
	const struct scope *scope = &plan->scopes.items[index];
	bool is_group = scope->kind == SCOPE_GROUP;

	if (scope->kind == SCOPE_PROCESS || scope->kind == SCOPE_TREE)
		return plan->pins[index] >= 0 && pidfd_is_unreaped(plan->pins[index]) == 1;
	if (!is_group && scope->kind != SCOPE_SESSION)
		return true;
	for (size_t i = 0; i < plan->victims.count; i++) {
		const struct victim *victim = &plan->victims.items[i];
		uint32_t at = snapshot_find_pid(snapshot, victim->pid);

		if (victim->scope != index || victim->pidfd < 0 || at == NONE)
			continue;
		const struct process *process = &snapshot->processes[at];
		if ((is_group ? process->group : process->session) == scope->id &&
		    pidfd_is_unreaped(victim->pidfd) == 1)
			return true;
	}
	return false;
}

/* Their places in another snapshot. Groups and sessions need a victim in them once there were any. */
static void place_scopes(struct plan *plan, const struct snapshot *snapshot, bool had_victims)
{
	for (uint32_t i = 0; i < plan->scopes.count; i++) {
		struct scope *scope = &plan->scopes.items[i];
		bool is_single = scope->kind == SCOPE_PROCESS || scope->kind == SCOPE_TREE;

		if ((is_single || had_victims) && !has_kept_number(plan, i, snapshot))
			scope->is_over = true;
		if (scope->kind == SCOPE_SPACE)
			scope->space = snapshot_find_space(snapshot, scope->type, scope->inode);
		scope->process = scope->id > 0 ? snapshot_find_pid(snapshot, scope->id) : NONE;
	}
}

/* Pins the one process that a scope is about: as long as it is not reaped, its number is its own. */
static int pin_scopes(struct plan *plan)
{
	plan->pins = arena_alloc(&plan->arena, (plan->scopes.count + 1) * sizeof(*plan->pins));
	if (!plan->pins)
		return -ENOMEM;
	for (size_t i = 0; i < plan->scopes.count; i++)
		plan->pins[i] = -1;
	for (size_t i = 0; i < plan->scopes.count; i++) {
		const struct scope *scope = &plan->scopes.items[i];

		if (scope->kind != SCOPE_PROCESS && scope->kind != SCOPE_TREE)
			continue;
		plan->pins[i] = kernel_pidfd_open(scope->id, 0);
		if (plan->pins[i] == -EMFILE || plan->pins[i] == -ENFILE)
			return -EMFILE;
	}
	return 0;
}

static struct victim victim_of(pid_t pid, uint32_t scope)
{
	return (struct victim){
		.pid = pid, .pidfd = -1, .process = NONE, .scope = scope, .uid = (uid_t)-1
	};
}

/* Fills in what was read of it. */
static void describe(struct victim *victim, const struct snapshot *snapshot, uint32_t index)
{
	const struct process *process = &snapshot->processes[index];

	victim->process = index;
	victim->parent = process->parent;
	victim->group = process->group;
	victim->session = process->session;
	victim->uid = process->uid;
	victim->start = process->start;
	victim->state = process->state;
	const struct candidate state = { .state = process->state, .n_threads = process->n_threads };
	victim->is_dead = candidate_is_dead(&state);
	if (process->comm)
		strncpy(victim->comm, process->comm, sizeof(victim->comm) - 1);
}

/* A descriptor of it; -ESRCH where there is nobody to signal: the dead, of which a storm leaves
 * thousands, are only shown. */
static int open_living(const struct plan *plan, pid_t pid)
{
	auto_close int pidfd = kernel_pidfd_open(pid, 0);

	if (pidfd < 0)
		return pidfd;
	if (!plan->options->dry_run && pidfd_has_ended(pidfd) != 0)
		return -ESRCH;
	return take_fd(&pidfd);
}

/* Pins one, unless it is held already. 0, -EMFILE, or -ENOMEM. */
static int pin_one(struct plan *plan, pid_t pid, uint32_t scope)
{
	const struct victim *held = victims_find(&plan->victims, pid);
	struct victim victim;
	int r;

	if (held && held->pidfd >= 0 && pidfd_is_unreaped(held->pidfd) == 1)
		return 0;
	victim = victim_of(pid, scope);
	victim.pidfd = open_living(plan, pid);
	if (victim.pidfd < 0)
		return victim.pidfd == -EMFILE || victim.pidfd == -ENFILE ? -EMFILE : 0;
	r = victims_add(&plan->victims, &victim, NULL);
	if (r < 0)
		close(victim.pidfd);
	return r;
}

/* Pins every process of a scope. Those that have gone already are left out. */
static int pin(struct plan *plan, const uint32_t *scope_of)
{
	int r = 0;

	for (uint32_t i = 0; i < plan->found.n_processes && r == 0; i++) {
		if (scope_of[i] == NONE)
			continue;
		plan->any_found = true;
		r = pin_one(plan, plan->found.processes[i].pid, scope_of[i]);
	}
	return r;
}

/* Reads those that are held from `first` on, and nobody else. 0 or -errno. */
static int read_held(const struct plan *plan, size_t first, struct snapshot *ret)
{
	size_t n = plan->victims.count - first;
	auto_free pid_t *pids = calloc(n + 1, sizeof(*pids));

	if (!pids)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		pids[i] = plan->victims.items[first + i].pid;
	const struct scan_request request = { .needs = plan->details, .pids = pids, .n_pids = n };
	return scan_take(&request, ret);
}

/* Whether it came after all were found that must be refused, and is one of those. */
static bool is_guarded(const struct plan *plan, const struct victim *victim,
                       const struct snapshot *read, uint32_t index)
{
	return plan->guard &&
	       guard_reason(plan->guard, plan->scopes.items[victim->scope].kind, victim->pid,
	                    victim->session, read->processes[index].is_kernel_thread);
}

/* Whether a pinned process is still in a scope now that it was read, and its number was its own until
 * then. The dead are shown, but nobody signals them. 0 or -errno. */
static int confirm(const struct plan *plan, const struct snapshot *read, struct victim *victim,
                   const uint32_t *scope_of, bool *ret)
{
	uint32_t index = snapshot_find_pid(read, victim->pid);

	*ret = index != NONE && scope_of[index] != NONE && pidfd_is_unreaped(victim->pidfd) == 1;
	if (!*ret)
		return 0;
	victim->scope = scope_of[index];
	describe(victim, read, index);
	*ret = (plan->options->dry_run || !victim->is_dead) &&
	       !is_guarded(plan, victim, read, index);
	if (read != &plan->known)
		victim->process = NONE;
	return *ret ? plan_passes(plan, read, index, ret) : 0;
}

/* Lets go of those from `first` on that are not to be signalled. 0 or -errno. */
static int confirm_held(struct plan *plan, const struct snapshot *read, size_t first)
{
	auto_free uint32_t *scope_of = calloc(read->n_processes + 1, sizeof(*scope_of));
	struct victims kept = { 0 };
	uint64_t unknown;
	int r = scope_of ? 0 : -ENOMEM;

	/* Of a bare number of a group or session the first look has just said whose it is. */
	if (r == 0)
		place_scopes(plan, read, first > 0);
	if (r == 0)
		r = mark_scopes(plan, read, scope_of, &unknown);
	for (size_t i = 0; i < plan->victims.count; i++) {
		struct victim *victim = &plan->victims.items[i];
		bool is_kept = i < first;

		if (r == 0 && !is_kept)
			r = confirm(plan, read, victim, scope_of, &is_kept);
		if (r == 0 && is_kept)
			r = victims_add(&kept, victim, NULL);
		if (r < 0 || !is_kept)
			close_fd_at_end(&victim->pidfd);
	}
	/* Their descriptors are in the new list, or closed. */
	free(plan->victims.items);
	map_done(&plan->victims.by_pid);
	plan->victims = kept;
	return r;
}

/* Those of a recorded snapshot, whom nobody holds. 0 or -errno. */
static int list_recorded(struct plan *plan, const uint32_t *scope_of)
{
	int r = 0;

	for (uint32_t i = 0; i < plan->found.n_processes && r == 0; i++) {
		struct victim victim;
		bool is_shown;

		if (scope_of[i] == NONE)
			continue;
		plan->any_found = true;
		r = plan_passes(plan, &plan->found, i, &is_shown);
		if (r < 0 || !is_shown)
			continue;
		victim = victim_of(plan->found.processes[i].pid, scope_of[i]);
		describe(&victim, &plan->found, i);
		r = victims_add(&plan->victims, &victim, NULL);
	}
	return r;
}

/* From the marks of the first look to victims, which are read into `read`. 0 or -errno. */
static int hold(struct plan *plan, struct snapshot *read)
{
	auto_free uint32_t *scope_of = calloc(plan->found.n_processes + 1, sizeof(*scope_of));
	size_t first = plan->victims.count;
	int r = scope_of ? 0 : -ENOMEM;

	if (r == 0)
		r = mark_scopes(plan, &plan->found, scope_of, &plan->n_unreadable);
	if (r < 0)
		return r;
	if (plan_is_recorded(plan->options))
		return list_recorded(plan, scope_of);
	r = plan->pins ? 0 : pin_scopes(plan);
	if (r == 0)
		r = pin(plan, scope_of);
	if (r == 0)
		r = read_held(plan, first, read);
	return r < 0 ? r : confirm_held(plan, read, first);
}

int plan_look_again(struct plan *plan)
{
	const struct scan_request request = { .needs = plan->select, .is_quick = true };
	auto_snapshot struct snapshot read;
	size_t before = plan->victims.count;
	int r;

	snapshot_done(&plan->found);
	snapshot_init(&plan->found);
	snapshot_init(&read);
	r = scan_take(&request, &plan->found);
	if (r < 0)
		return r;
	place_scopes(plan, &plan->found, true);
	r = hold(plan, &read);
	return r < 0 ? r : (int)(plan->victims.count - before);
}

int plan_make(struct plan *plan)
{
	int status = parse_targets(plan);
	int r;

	if (status == EXIT_OK)
		status = plan_find_users(plan);
	if (status == EXIT_OK)
		status = plan_needs(plan);
	if (status == EXIT_OK)
		status = cli_take_snapshot(&plan->options->common, &plan->select, &plan->found);
	if (status == EXIT_OK)
		status = resolve_targets(plan);
	if (status != EXIT_OK)
		return status;
	r = pidfd_make_room(0);
	if (r == 0)
		r = hold(plan, &plan->known);
	if (r == -EMFILE)
		return cli_fail(0, "more processes match than we may hold descriptors: raise "
		                   "ulimit -n");
	return r < 0 ? cli_fail(r, "cannot hold on to the processes") : EXIT_OK;
}
