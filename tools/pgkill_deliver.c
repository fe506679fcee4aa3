/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pgkill, a signal to a scope. What the kernel does in one step nobody escapes by forking: cgroup.kill, a
 * frozen control group, the init of a PID namespace, a process group by its leader. All else is a sweep.
 */
#include <signal.h>

#include "act/boost.h"
#include "act/freeze.h"
#include "act/pidfd.h"
#include "base/deadline.h"
#include "base/kernel.h"
#include "model/cgrouptext.h"
#include "tools/pgkill_act.h"

/* How long somebody new may keep coming. */
#define SWEEP_LIMIT UINT64_C(10000000)
#define FREEZE_LIMIT UINT64_C(2000000)

/* So many rounds are to find one of a group that can be stopped. */
#define TRIES 64

/* So many parents of one process may die while it is looked at. */
#define MAX_PARENTS 8

/* How often a signal that does not kill goes after those that came meanwhile. */
#define FILTERED_PASSES 64

/* A scope, for the functions of a sweep. */
struct job {
	struct work *work;
	uint32_t scope;
};

static const struct scope *scope_of(const struct job *job)
{
	return &job->work->plan->scopes.items[job->scope];
}

static struct reach *reach_of(const struct job *job)
{
	return &job->work->reaches[job->scope];
}

static int walk(void *data, sweep_visit visit, void *visit_data)
{
	const struct job *job = data;
	struct reach *reach = reach_of(job);
	int r;

	reach->has_strangers = false;
	if (!reach->has_own_walk)
		return candidate_walk(&reach->reader, visit, visit_data);
	r = cgroupdir_walk(reach->dir.fd, visit, visit_data);
	/* A removed group has nobody in it; what is hidden there is found in /proc. */
	if (r == -ENOENT || r == -ENODEV)
		return 0;
	if (r == -EREMOTE || r == -EXDEV || is_denied(r))
		return candidate_walk(&reach->reader, visit, visit_data);
	return r;
}

/* A victim of the scope that is not reaped yet: what was read with its number before was about it. */
static const struct victim *find_pinned(const struct job *job, pid_t pid)
{
	const struct victim *victim = victims_find(&job->work->plan->victims, pid);

	if (!victim || victim->scope != job->scope || victim->pidfd < 0)
		return NULL;
	return pidfd_is_unreaped(victim->pidfd) == 1 ? victim : NULL;
}

/* A process is in a tree when its parent is, or the leader of its session. */
static enum answer is_in_tree(const struct job *job, const struct candidate *candidate)
{
	const struct victim *leader;

	if (find_pinned(job, candidate->parent))
		return ANSWER_YES;
	if (candidate->session == candidate->pid)
		return ANSWER_NO;
	leader = find_pinned(job, candidate->session);
	return leader && leader->session == leader->pid ? ANSWER_YES : ANSWER_NO;
}

/* Its parent may have died since it was read, and left it to another one of the tree. */
static int read_in_tree(struct job *job, pid_t pid, struct candidate *ret)
{
	pid_t parent = 0;
	int r = 0;

	for (unsigned i = 0; i < MAX_PARENTS && r == 0; i++) {
		r = candidate_read(&reach_of(job)->reader, pid, ret);
		if (r < 0)
			return r;
		if (is_in_tree(job, ret) == ANSWER_YES)
			return ANSWER_YES;
		if (ret->is_kernel_thread || ret->parent == parent)
			break;
		parent = ret->parent;
	}
	return ANSWER_NO;
}

/* Whether that victim is in the group or session of the scope, and not reaped. */
static bool is_anchor(struct job *job, const struct victim *victim)
{
	const struct scope *scope = scope_of(job);
	struct candidate now;

	return victim->scope == job->scope && victim->pidfd >= 0 &&
	       candidate_read(&reach_of(job)->reader, victim->pid, &now) == 0 &&
	       (scope->kind == SCOPE_GROUP ? now.group : now.session) == scope->id &&
	       pidfd_is_unreaped(victim->pidfd) == 1;
}

/* Whether a victim is still in the group or session. Then its number has not changed hands: the kernel
 * gives none away that is in use as such (free_pid in kernel/pid.c). */
static bool has_anchor(struct job *job)
{
	const struct victims *victims = &job->work->plan->victims;
	struct reach *reach = reach_of(job);
	bool is_touched = false;

	if (reach->anchor < victims->count && is_anchor(job, &victims->items[reach->anchor]))
		return true;
	for (size_t i = victims->count; i-- > 0;) {
		const struct victim *victim = &victims->items[i];

		if (victim->scope != job->scope)
			continue;
		is_touched = is_touched || victim->is_signalled;
		if (is_anchor(job, victim)) {
			reach->anchor = i;
			return true;
		}
	}
	/* A number that was asked for is whoever's it is when the signal reaches the first. */
	return scope_of(job)->is_number && !is_touched;
}

/* Whether the scope is no other one's as long as that victim is there: a member of a group or session, the
 * root of a tree, which others may be left to. */
static bool keeps_scope(struct job *job, const struct victim *victim)
{
	switch (scope_of(job)->kind) {
	case SCOPE_GROUP:
	case SCOPE_SESSION:
		return is_anchor(job, victim);
	case SCOPE_TREE:
		return victim->scope == job->scope && victim->pid == scope_of(job)->id;
	default:
		return false;
	}
}

/* Such a one that is stopped, or SIZE_MAX. */
static size_t find_stopped_anchor(struct job *job)
{
	const struct victims *victims = &job->work->plan->victims;

	for (size_t i = victims->count; i-- > 0;) {
		const struct victim *victim = &victims->items[i];

		if (victim->is_halted && victim->is_at_rest && keeps_scope(job, victim))
			return i;
	}
	return SIZE_MAX;
}

/* Whether what tells the scope apart is still what it was: numbers and paths are used again. */
static bool is_still_the_scope(struct job *job)
{
	const struct reach *reach = reach_of(job);

	switch (scope_of(job)->kind) {
	case SCOPE_GROUP:
	case SCOPE_SESSION:
		return has_anchor(job);
	case SCOPE_CGROUP:
		/* Of a removed group only the descriptor is left, also when its name is back. */
		return reach->dir.version == 0 ||
		       faccessat(reach->dir.fd, "cgroup.procs", F_OK, 0) == 0;
	default:
		return true;
	}
}

static int belongs(void *data, pid_t pid, struct candidate *ret)
{
	struct job *job = data;
	int r;

	if (scope_of(job)->kind == SCOPE_TREE)
		r = read_in_tree(job, pid, ret);
	else
		r = candidate_read(&reach_of(job)->reader, pid, ret);
	if (r < 0)
		return r;
	enum answer answer =
		scope_of(job)->kind == SCOPE_TREE ? (enum answer)r : scope_has(scope_of(job), ret);

	if (answer == ANSWER_YES && !is_still_the_scope(job)) {
		reach_of(job)->has_strangers =
			reach_of(job)->has_strangers || !candidate_is_dead(ret);
		answer = ANSWER_NO;
	}
	if (answer == ANSWER_YES)
		candidate_read_user(&reach_of(job)->reader, ret);
	return (int)answer;
}

static void note_end(void *data, struct victim *victim)
{
	const struct job *job = data;

	wait_note_end(job->work, victim);
}

static bool is_protected(void *data, const struct candidate *candidate)
{
	const struct job *job = data;

	return guard_reason(job->work->guard, scope_of(job)->kind, candidate->pid,
	                    candidate->session, candidate->is_kernel_thread) != NULL;
}

static int state(void *data, pid_t pid)
{
	const struct job *job = data;

	return candidate_state(&reach_of(job)->reader, pid);
}

static pid_t last_number(void *data)
{
	const struct job *job = data;

	return candidate_last_number(&reach_of(job)->reader);
}

/* A sweep over that scope, not begun yet. `source` must outlast it. */
static struct sweep sweep_of(struct job *job, struct sweep_source *source, int signal)
{
	const struct pgkill_options *options = job->work->plan->options;

	*source = (struct sweep_source){
		.walk = walk,
		.belongs = belongs,
		.note_end = note_end,
		.is_protected = is_protected,
		.state = state,
		.last_number = last_number,
		.data = job,
	};
	return (struct sweep){
		.source = source,
		.victims = &job->work->plan->victims,
		.scope = job->scope,
		.deed = SWEEP_SIGNAL,
		.spared = SIZE_MAX,
		.signal = signal,
		.value = options->has_value && signal == options->signal ? &options->value : NULL,
		.deadline = deadline_after(SWEEP_LIMIT),
	};
}

static int end_sweep(struct job *job, const struct sweep *sweep, int r)
{
	struct reach *reach = reach_of(job);

	reach->n_passes += sweep->n_passes;
	reach->n_unreadable = sweep->n_unreadable;
	if (r != -ETIMEDOUT)
		return r;
	job->work->is_late = true;
	return 0;
}

/* Only those that are held: nobody else is meant. */
static int deliver_held(struct job *job, int signal)
{
	struct sweep_source source;
	struct sweep sweep = sweep_of(job, &source, signal);

	sweep_signal_held(&sweep);
	reach_of(job)->how = "by pidfd";
	return 0;
}

/* Notes at all of the scope that they got it in one step. */
static void note_all(struct job *job, int signal)
{
	struct victims *victims = &job->work->plan->victims;

	for (size_t i = 0; i < victims->count; i++) {
		struct victim *victim = &victims->items[i];
		int r;

		if (victim->scope != job->scope || victim->end != VICTIM_ALIVE || victim->pidfd < 0)
			continue;
		/* One that was not permitted is not told of by the kernel; one that is reaped by now
		 * was there when all got it. */
		r = pidfd_send(victim->pidfd, 0, NULL);
		victim_note_sent(victim, signal, r == -ESRCH ? 0 : r);
		victim->is_signalled = true;
		victim->is_halted = false;
	}
}

/* Stops all, signals them, and looks whether somebody was set free by that: the kernel sends CONT to a
 * stopped group that nobody outside has a child in any more (kill_orphaned_pgrp in kernel/exit.c). Of a
 * group or session one stays stopped meanwhile, so that its number is nobody else's; of a tree the root. */
static int halt_and_signal(struct job *job, struct sweep *sweep)
{
	int r;

	sweep->deed = SWEEP_HALT;
	sweep_halt_held(sweep);
	r = sweep_until_quiet(sweep);
	while (r == 0) {
		size_t met = sweep->n_met;

		sweep->spared = find_stopped_anchor(job);
		sweep_signal_held(sweep);
		r = sweep_until_quiet(sweep);
		if (sweep->n_met == met)
			break;
		if (r == 0 && deadline_now() >= sweep->deadline)
			r = -ETIMEDOUT;
	}
	sweep->spared = SIZE_MAX;
	sweep_signal_held(sweep);
	return r;
}

/* One by one, round after round. Who is stopped first can neither fork nor exit. */
static int deliver_by_sweep(struct job *job, int signal, bool halts)
{
	struct sweep_source source;
	struct sweep sweep = sweep_of(job, &source, signal);
	auto_boost struct boost boost = { 0 };
	int r;

	boost_begin(&boost);
	if (halts) {
		r = halt_and_signal(job, &sweep);
		reach_of(job)->how = "stopped one by one, then signalled";
		return end_sweep(job, &sweep, r);
	}
	sweep_signal_held(&sweep);
	r = sweep_until_quiet(&sweep);
	reach_of(job)->how = "one by one";
	return end_sweep(job, &sweep, r);
}

/* All of a group at once. As long as one of it is stopped its number is its own: nobody can have it by
 * the time that the kernel looks for it. -ESRCH where none could be stopped. */
static int send_by_number(struct job *job, int signal)
{
	struct sweep_source source;
	struct sweep sweep = sweep_of(job, &source, signal);
	auto_boost struct boost boost = { 0 };
	size_t anchor = SIZE_MAX;
	int r = 0;

	boost_begin(&boost);
	sweep.deed = SWEEP_HALT;
	sweep_halt_held(&sweep);
	while (r >= 0 && anchor == SIZE_MAX && sweep.n_passes < TRIES) {
		r = sweep_once(&sweep);
		anchor = find_stopped_anchor(job);
	}
	if (r >= 0 && anchor == SIZE_MAX)
		r = -ESRCH;
	if (r >= 0)
		r = kill(-scope_of(job)->id, signal) < 0 ? -errno : 0;
	/* All have got it: those too that are met only now. */
	sweep.deed = SWEEP_ADOPT;
	if (r == 0 && signal != SIGKILL)
		r = sweep_once(&sweep);
	return end_sweep(job, &sweep, r < 0 ? r : 0);
}

/* After the kernel has killed all: whoever is left has come by another way. */
static int mop_up(struct job *job, int signal)
{
	const char *how = reach_of(job)->how;
	struct sweep_source source;
	struct sweep sweep = sweep_of(job, &source, signal);
	int r = sweep_until_quiet(&sweep);

	if (sweep.n_met == 0)
		reach_of(job)->how = how;
	return end_sweep(job, &sweep, r);
}

static int deliver_to_group(struct job *job, int signal, bool halts)
{
	const struct pgkill_options *options = job->work->plan->options;
	const int *value = options->has_value && signal == options->signal ? &options->value : NULL;
	struct reach *reach = reach_of(job);
	int r = reach->leader < 0 ? -EOPNOTSUPP : pidfd_send_group(reach->leader, signal, value);

	reach->how = "the whole group at once, by the pidfd of its leader";
	if ((r == -EOPNOTSUPP || r == -ESRCH) && halts && !value) {
		r = send_by_number(job, signal);
		reach->how =
			"the whole group at once, by its number, which one that was stopped kept";
	}
	if (r == -EOPNOTSUPP || r == -ESRCH)
		return deliver_by_sweep(job, signal, halts);
	note_all(job, signal);
	/* Not one of them was permitted. */
	if (r == -EPERM)
		return 0;
	return r == 0 && signal == SIGKILL ? mop_up(job, signal) : r;
}

/* The init of the scope's own PID namespace, among the victims, or NULL. */
static struct victim *find_init(const struct job *job)
{
	const struct plan *plan = job->work->plan;

	for (size_t i = 0; i < plan->victims.count; i++) {
		struct victim *victim = &plan->victims.items[i];
		const struct process *process;

		if (victim->scope != job->scope || victim->process == NONE)
			continue;
		process = &plan->known.processes[victim->process];
		if (process->at.in[NS_PID] == scope_of(job)->space && process->n_numbers > 0 &&
		    process->numbers[process->n_numbers - 1] == 1)
			return victim;
	}
	return NULL;
}

/* With its init, the kernel kills all that is in a PID namespace, and lets nobody be born there
 * (zap_pid_ns_processes in kernel/pid_namespace.c). */
static int deliver_to_space(struct job *job, int signal, bool halts)
{
	struct victim *init = NULL;

	if (scope_of(job)->type == NS_PID && signal == SIGKILL)
		init = find_init(job);
	if (!init || pidfd_send(init->pidfd, SIGKILL, NULL) < 0)
		return deliver_by_sweep(job, signal, halts);
	note_all(job, signal);
	reach_of(job)->how = "the init of the PID namespace, and with it all";
	return 0;
}

/* Nobody moves while they are signalled one by one. */
static int deliver_frozen(struct job *job, int signal)
{
	struct reach *reach = reach_of(job);
	struct sweep_source source;
	struct sweep sweep;
	auto_freeze struct freeze freeze = { 0 };
	int r = freeze_begin(reach->dir.fd, reach->dir.version, deadline_after(FREEZE_LIMIT),
	                     &freeze);

	if (r < 0)
		return r;
	sweep = sweep_of(job, &source, signal);
	sweep_signal_held(&sweep);
	r = sweep_until_quiet(&sweep);
	reach->how = "frozen, signalled one by one, thawed";
	return end_sweep(job, &sweep, r);
}

static int deliver_to_cgroup(struct job *job, int signal, bool halts)
{
	struct reach *reach = reach_of(job);
	int r = -EOPNOTSUPP;

	if (reach->dir.version > 0 && !reach->dir.is_root && signal == SIGKILL) {
		r = cgroup_kill(reach->dir.fd);
		if (r == 0) {
			note_all(job, signal);
			reach->how = "cgroup.kill";
			return mop_up(job, signal);
		}
	}
	if (reach->dir.version > 0 && !reach->dir.is_root)
		r = deliver_frozen(job, signal);
	return r == 0 ? 0 : deliver_by_sweep(job, signal, halts);
}

/* Those that --uid and the like let through are found by whole looks. */
static int deliver_filtered(struct job *job, int signal)
{
	for (unsigned i = 0; i < FILTERED_PASSES; i++) {
		int r = deliver_held(job, signal);

		if (r == 0)
			r = plan_look_again(job->work->plan);
		if (r <= 0)
			return r;
	}
	job->work->is_late = true;
	return 0;
}

/* We would stop, freeze or kill ourselves before we were done. */
static bool includes_us(const struct job *job)
{
	const struct victim *victim = victims_find(&job->work->plan->victims, getpid());

	return victim && victim->scope == job->scope;
}

/* All but ourselves, then ourselves. */
static int deliver_around_us(struct job *job, int signal)
{
	struct victim *self = victims_find(&job->work->plan->victims, getpid());

	self->is_signalled = true;
	deliver_held(job, signal);
	self->is_signalled = false;
	return deliver_held(job, signal);
}

int deliver(struct work *work, uint32_t scope, int signal, bool halts)
{
	struct job job = { work, scope };
	sigset_t all, before;
	int r;

	halts = halts || signal == SIGKILL;
	if (includes_us(&job))
		return deliver_around_us(&job, signal);
	if (plan_is_filtered(work->plan))
		return deliver_filtered(&job, signal);
	/* Who ends us now would leave others stopped. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	switch (scope_of(&job)->kind) {
	case SCOPE_PROCESS:
		r = deliver_held(&job, signal);
		break;
	case SCOPE_GROUP:
		r = deliver_to_group(&job, signal, halts);
		break;
	case SCOPE_SPACE:
		r = deliver_to_space(&job, signal, halts);
		break;
	case SCOPE_CGROUP:
		r = deliver_to_cgroup(&job, signal, halts);
		break;
	default:
		r = deliver_by_sweep(&job, signal, halts);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

int deliver_adopt(struct work *work, uint32_t scope, int signal)
{
	struct job job = { work, scope };
	struct reach *reach = reach_of(&job);
	struct sweep_source source;
	struct sweep sweep = sweep_of(&job, &source, signal);
	int r;

	if (work->plan->scopes.items[scope].kind == SCOPE_PROCESS)
		return 0;
	if (plan_is_filtered(work->plan))
		return plan_look_again(work->plan);
	/* The kernel knows better than a pass. */
	if (reach->has_own_walk && cgroup_is_populated(reach->dir.fd) == 0)
		return 0;
	if (signal == 0) {
		sweep.deed = SWEEP_ADOPT;
		r = sweep_until_quiet(&sweep);
	} else {
		r = halt_and_signal(&job, &sweep);
	}
	r = end_sweep(&job, &sweep, r);
	return r < 0 ? r : (int)sweep.n_met;
}

/* The hierarchy in which a member is in the control group, and where its folder is. */
static void open_cgroup(const struct scope *scope, const char *text, struct reach *reach)
{
	static const char *const hierarchies[] = { "",    "freezer", "pids",   "name=systemd",
		                                   "cpu", "memory",  "devices" };

	if (scope->hierarchy) {
		if (cgroupdir_open(scope->hierarchy, scope->cgroup, &reach->dir) < 0)
			return;
		reach->has_own_walk = true;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(hierarchies); i++) {
		if (!text || !cgrouptext_is_in(text, scope->cgroup, hierarchies[i]) ||
		    cgroupdir_open(hierarchies[i], scope->cgroup, &reach->dir) < 0)
			continue;
		/* In the others somebody else may be in a group of that path. */
		reach->has_own_walk = !strchr(text, '\n');
		return;
	}
}

/* The leader's own number is the group's as long as it is not reaped. */
static void open_leader(struct job *job)
{
	const struct scope *scope = scope_of(job);
	struct reach *reach = reach_of(job);
	struct candidate candidate;
	auto_close int pidfd = kernel_pidfd_open(scope->id, 0);

	if (pidfd >= 0 && candidate_read(&reach->reader, scope->id, &candidate) == 0 &&
	    candidate.group == scope->id && has_anchor(job) && pidfd_is_unreaped(pidfd) == 1)
		reach->leader = take_fd(&pidfd);
}

/* A victim in the scope, the first from *at on; NULL: there is none. */
static const struct victim *next_member(const struct plan *plan, uint32_t scope, size_t *at)
{
	while (*at < plan->victims.count) {
		const struct victim *victim = &plan->victims.items[(*at)++];

		if (victim->scope == scope)
			return victim;
	}
	return NULL;
}

static int open_reach(struct work *work, uint32_t index)
{
	struct job job = { work, index };
	const struct plan *plan = work->plan;
	const struct scope *scope = scope_of(&job);
	struct reach *reach = reach_of(&job);
	const struct candidate_wants wants = {
		.cgroup = scope->kind == SCOPE_CGROUP,
		.space = scope->kind == SCOPE_SPACE,
		.type = scope->type,
		.inode = scope->inode,
	};
	int r = candidate_open(&wants, &reach->reader);
	size_t at = 0;

	for (const struct victim *member; r == 0 && (member = next_member(plan, index, &at));) {
		if (scope->kind == SCOPE_SPACE)
			candidate_pin_space(&reach->reader, member->pid);
		if (scope->kind == SCOPE_CGROUP && reach->dir.version == 0)
			open_cgroup(scope, plan->known.processes[member->process].cgroup, reach);
	}
	if (r == 0 && scope->kind == SCOPE_GROUP)
		open_leader(&job);
	return r;
}

int work_open(struct plan *plan, const struct guard *guard, struct work *ret)
{
	size_t n = plan->scopes.count;
	int r = 0;

	*ret = (struct work){ .plan = plan, .guard = guard };
	ret->reaches = arena_alloc(&plan->arena, (n + 1) * sizeof(*ret->reaches));
	if (!ret->reaches)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		ret->reaches[i].leader = -1;
		ret->reaches[i].reader.proc_fd = ret->reaches[i].reader.space_fd =
			ret->reaches[i].reader.load_fd = -1;
	}
	for (uint32_t i = 0; i < n && r == 0; i++)
		r = open_reach(ret, i);
	return r;
}

void work_done(struct work *work)
{
	for (size_t i = 0; work->reaches && i < work->plan->scopes.count; i++) {
		struct reach *reach = &work->reaches[i];

		candidate_close(&reach->reader);
		cgroupdir_done(&reach->dir);
		close_fd_at_end(&reach->leader);
	}
}
