/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill, who is in a scope now, while those in it come and go: what a sweep asks. */
#include "act/pidfd.h"
#include "base/deadline.h"
#include "tools/pgkill_act.h"

/* How long somebody new may keep coming. */
#define SWEEP_LIMIT UINT64_C(10000000)

/* So many parents of one process may die while it is looked at. */
#define MAX_PARENTS 8

static int walk(void *data, sweep_visit visit, void *visit_data)
{
	const struct job *job = data;
	struct reach *reach = job_reach(job);
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
static bool is_in_tree(const struct job *job, const struct candidate *candidate)
{
	const struct victim *leader;

	if (find_pinned(job, candidate->parent))
		return true;
	if (candidate->session == candidate->pid)
		return false;
	leader = find_pinned(job, candidate->session);
	return leader && leader->session == leader->pid;
}

/* Its parent may have died since it was read, and left it to another one of the tree. */
static int read_in_tree(struct job *job, pid_t pid, struct candidate *ret)
{
	pid_t parent = 0;

	for (unsigned i = 0; i < MAX_PARENTS; i++) {
		int r = candidate_read(&job_reach(job)->reader, pid, ret);

		if (r < 0)
			return r;
		if (is_in_tree(job, ret))
			return ANSWER_YES;
		if (ret->is_kernel_thread || ret->parent == parent)
			break;
		parent = ret->parent;
	}
	return ANSWER_NO;
}

/* Whether the process is in a scope of that kind, number or path. An enum answer, or -errno. */
static int read_in_scope(struct job *job, pid_t pid, struct candidate *ret)
{
	int r;

	if (job_scope(job)->kind == SCOPE_TREE)
		return read_in_tree(job, pid, ret);
	r = candidate_read(&job_reach(job)->reader, pid, ret);
	return r < 0 ? r : (int)scope_has(job_scope(job), ret);
}

bool job_is_anchor(struct job *job, const struct victim *victim)
{
	const struct scope *scope = job_scope(job);
	struct candidate now;

	/* Of one that is being removed from /proc nothing is read (is_at_rest in lib/act/sweep.c). */
	return victim->scope == job->scope && victim->pidfd >= 0 &&
	       pidfd_is_unreaped(victim->pidfd) == 1 &&
	       candidate_read(&job_reach(job)->reader, victim->pid, &now) == 0 &&
	       (scope->kind == SCOPE_GROUP ? now.group : now.session) == scope->id &&
	       pidfd_is_unreaped(victim->pidfd) == 1;
}

bool job_has_anchor(struct job *job)
{
	const struct victims *victims = &job->work->plan->victims;
	struct reach *reach = job_reach(job);
	bool is_touched = false;

	if (reach->anchor < victims->count && job_is_anchor(job, &victims->items[reach->anchor]))
		return true;
	for (size_t i = victims->count; i-- > 0;) {
		const struct victim *victim = &victims->items[i];

		if (victim->scope != job->scope)
			continue;
		is_touched = is_touched || victim->is_signalled;
		if (job_is_anchor(job, victim)) {
			reach->anchor = i;
			return true;
		}
	}
	/* A number that was asked for is whoever's it is when the signal reaches the first. */
	return job_scope(job)->is_number && !is_touched;
}

/* Whether the scope is no other one's as long as that victim is there: a member of a group or session, the
 * root of a tree, which others may be left to. */
static bool keeps_scope(struct job *job, const struct victim *victim)
{
	switch (job_scope(job)->kind) {
	case SCOPE_GROUP:
	case SCOPE_SESSION:
		return job_is_anchor(job, victim);
	case SCOPE_TREE:
		return victim->scope == job->scope && victim->pid == job_scope(job)->id;
	default:
		return false;
	}
}

size_t job_find_stopped_anchor(struct job *job)
{
	const struct victims *victims = &job->work->plan->victims;

	for (size_t i = victims->count; i-- > 0;) {
		const struct victim *victim = &victims->items[i];

		/* Somebody may wait for the dead at any time. */
		if (victim->is_halted && victim->is_at_rest && keeps_scope(job, victim) &&
		    pidfd_has_ended(victim->pidfd) == 0)
			return i;
	}
	return SIZE_MAX;
}

/* Whether what tells the scope apart is still what it was: numbers and paths are used again. */
static bool is_still_the_scope(struct job *job)
{
	const struct reach *reach = job_reach(job);

	switch (job_scope(job)->kind) {
	case SCOPE_GROUP:
	case SCOPE_SESSION:
		return job_has_anchor(job);
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
	int r = read_in_scope(job, pid, ret);

	if (r != ANSWER_YES)
		return r;
	if (!is_still_the_scope(job)) {
		if (!candidate_is_dead(ret))
			job_reach(job)->has_strangers = true;
		return ANSWER_NO;
	}
	candidate_read_user(&job_reach(job)->reader, ret);
	return plan_lets_through(job->work->plan, ret) ? ANSWER_YES : ANSWER_NO;
}

static void note_end(void *data, struct victim *victim)
{
	const struct job *job = data;

	wait_note_end(job->work, victim);
}

static bool is_protected(void *data, const struct candidate *candidate)
{
	const struct job *job = data;

	return guard_reason(job->work->guard, job_scope(job)->kind, candidate->pid,
	                    candidate->session, candidate->is_kernel_thread) != NULL;
}

static int state(void *data, pid_t pid)
{
	const struct job *job = data;

	return candidate_state(&job_reach(job)->reader, pid);
}

static pid_t last_number(void *data)
{
	const struct job *job = data;

	return candidate_last_number(&job_reach(job)->reader);
}

struct sweep job_sweep(struct job *job, struct sweep_source *source, int signal)
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
