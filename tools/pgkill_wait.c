/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pgkill, waiting: all together against one deadline, how each ended, and why some have not. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "act/pidfd.h"
#include "act/waitset.h"
#include "base/deadline.h"
#include "base/fd.h"
#include "tools/pgkill_act.h"

/* How many ends are taken note of at a time. */
#define ENDS_AT_ONCE 256

/* How often in a row those are looked for that came meanwhile, once nobody is left whom we know. A sweep
 * itself looks until it is sure; but who takes a user or a name that is meant does so without being born. */
#define LOOKS_AT_THE_END 1
#define FILTERED_LOOKS_AT_THE_END 3

/* Who has the number of a scope after all whom we know have gone may be on his way out, too: so long, at
 * such intervals, he is looked for again. */
#define STRANGERS_LIMIT UINT64_C(5000000)
#define STRANGERS_PAUSE_NS 10000000

void wait_note_end(struct work *work, struct victim *victim)
{
	int proc_fd = work->reaches[victim->scope].reader.proc_fd;

	victim->end = VICTIM_ENDED;
	victim->after = deadline_now() - work->started;
	victim->has_status =
		pidfd_exit_status(victim->pidfd, proc_fd, victim->pid, &victim->status) == 0;
}

/* Adds those from *first on, who are not waited for yet. 0 or -errno. */
static int add_new(const struct work *work, struct waitset *set, size_t *first)
{
	const struct victims *victims = &work->plan->victims;
	int r = 0;

	for (; *first < victims->count && r == 0; (*first)++) {
		const struct victim *victim = &victims->items[*first];

		if (victim->end == VICTIM_ALIVE && victim->pidfd >= 0)
			r = waitset_add(set, victim->pidfd, (uint32_t)*first);
	}
	return r;
}

/* Until nobody of those that were added lives. 0, -ETIMEDOUT, or -errno. */
static int wait_for_known(struct work *work, struct waitset *set, uint64_t deadline)
{
	uint32_t ended[ENDS_AT_ONCE];

	while (set->n_waiting > 0) {
		int n = waitset_wait(set, deadline, ended, ARRAY_SIZE(ended));

		if (n == -EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? n : -ETIMEDOUT;
		for (int i = 0; i < n; i++)
			wait_note_end(work, &work->plan->victims.items[ended[i]]);
	}
	return 0;
}

/* Signals those that came meanwhile and have not got it, and lets all go on, where they are stopped. */
static void signal_new(const struct work *work, size_t first, int signal)
{
	struct victims *victims = &work->plan->victims;

	for (size_t i = first; i < victims->count && signal != 0; i++) {
		struct victim *victim = &victims->items[i];

		if (!victim->is_signalled)
			victim_note_sent(victim, signal, pidfd_send(victim->pidfd, signal, NULL));
		victim->is_signalled = true;
		if (signal != SIGKILL && signal != SIGSTOP && victim->error == 0)
			victim_note_sent(victim, SIGCONT, pidfd_send(victim->pidfd, SIGCONT, NULL));
	}
}

/* How many came meanwhile, in all scopes, or -errno. */
static int adopt_all(struct work *work, int signal, uint64_t deadline)
{
	int sum = 0;

	for (uint32_t i = 0; i < work->plan->scopes.count; i++) {
		int n = deliver_adopt(work, i, signal, deadline);

		if (n < 0)
			return n;
		sum += n;
	}
	return sum;
}

/* Whether there are such ones, and there is time to look again; after a pause. */
static bool waits_for_strangers(const struct work *work, uint64_t limit)
{
	const struct timespec pause = { .tv_nsec = STRANGERS_PAUSE_NS };
	bool any = false;

	for (size_t i = 0; i < work->plan->scopes.count; i++)
		any = any || work->reaches[i].has_strangers;
	if (!any || deadline_now() >= limit)
		return false;
	nanosleep(&pause, NULL);
	return true;
}

int wait_for_end(struct work *work, uint64_t deadline, int signal)
{
	auto_waitset struct waitset set = { 0 };
	unsigned wanted =
		plan_is_filtered(work->plan) ? FILTERED_LOOKS_AT_THE_END : LOOKS_AT_THE_END;
	uint64_t limit = DEADLINE_NEVER;
	size_t first = 0;
	int n = 0, r = waitset_open(&set);

	for (unsigned looks = 0; r == 0 && looks < wanted;) {
		size_t known;

		r = add_new(work, &set, &first);
		if (r == 0)
			r = wait_for_known(work, &set, deadline);
		if (r < 0)
			return r;
		/* Somebody whom we leave alone makes new ones. */
		if (n > 0 && deadline_now() >= deadline) {
			work->is_late = true;
			return -ETIMEDOUT;
		}
		if (limit == DEADLINE_NEVER)
			limit = deadline_after(STRANGERS_LIMIT);
		known = work->plan->victims.count;
		n = adopt_all(work, signal, deadline);
		if (n < 0)
			return n;
		signal_new(work, known, signal);
		/* As many looks in a row must meet nobody. */
		if (n > 0 || waits_for_strangers(work, limit < deadline ? limit : deadline))
			looks = 0;
		else
			looks++;
	}
	return r;
}

/* A line of a file of a process, or NULL. */
static const char *read_word(struct work *work, pid_t pid, const char *file)
{
	auto_buffer struct buffer buffer = { 0 };
	char path[48];

	snprintf(path, sizeof(path), "%d/%s", pid, file);
	if (fd_read_at(work->reaches[0].reader.proc_fd, path, &buffer) < 0 || buffer.length == 0)
		return NULL;
	buffer.data[strcspn(buffer.data, "\n")] = '\0';
	return arena_text(&work->plan->arena, buffer.data);
}

/* Why a victim lives although it was signalled. */
static const char *reason_of(struct work *work, const struct candidate *now)
{
	struct arena *arena = &work->plan->arena;
	const char *wchan;

	switch (now->state) {
	case 'D':
		wchan = read_word(work, now->pid, "wchan");
		return arena_printf(arena, "stuck in D (%s)", wchan && *wchan != '0' ? wchan : "?");
	case 'T':
		return "stopped";
	case 't':
		return "held by its tracer";
	case 'Z':
	case 'X':
		return arena_printf(arena, "its first thread has ended, %u others live",
		                    now->n_threads > 0 ? now->n_threads - 1 : 0);
	default:
		return "alive: it handles, ignores or blocks the signal";
	}
}

/* Of one that is dead: who would have to reap it. */
static const char *reaper_of(struct work *work, const struct candidate *now)
{
	const char *name = read_word(work, now->parent, "comm");

	return arena_printf(&work->plan->arena, "dead, not reaped by its parent %d (%s)",
	                    now->parent, name ? name : "?");
}

int wait_explain(struct work *work)
{
	struct victims *victims = &work->plan->victims;

	for (size_t i = 0; i < victims->count; i++) {
		struct victim *victim = &victims->items[i];
		struct candidate now;

		if (victim->pidfd < 0 || pidfd_is_unreaped(victim->pidfd) != 1)
			continue;
		if (candidate_read(&work->reaches[victim->scope].reader, victim->pid, &now) < 0 ||
		    pidfd_is_unreaped(victim->pidfd) != 1)
			continue;
		if (victim->error == -EPERM)
			victim->detail = "not permitted";
		else if (victim->end == VICTIM_ENDED)
			victim->detail = reaper_of(work, &now);
		else
			victim->detail = reason_of(work, &now);
		if (!victim->detail)
			return -ENOMEM;
		victim->state = now.state;
	}
	return 0;
}
