/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules by which the kernel delivers a signal, in the order in which they count. */
#include "model/effect.h"

#include <signal.h>

#include "base/signalname.h"

/* A signal, and whom it is for. */
struct question {
	const struct process *process;
	const struct signals *signals;
	int number;
	enum signal_action action; /* what it does by itself */
	bool is_caught;
	bool is_orphaned;
};

/* KILL and STOP can be neither caught nor blocked nor ignored (sig_kernel_only). */
static bool is_kernel_only(const struct question *question)
{
	return question->number == SIGKILL || question->number == SIGSTOP;
}

static bool is_dead(char state)
{
	return state == 'Z' || state == 'X';
}

static bool is_stop(const struct question *question)
{
	return signal_action_of(question->number) == SIGNAL_STOPS;
}

/* Where there is no handler. KILL takes a way of its own. */
static bool is_fatal(const struct question *question)
{
	return !question->is_caught &&
	       (question->action == SIGNAL_ENDS || question->action == SIGNAL_DUMPS);
}

/* A process in the freezer of version 1 has state D, whatever it had before. The function in which
 * it sleeps tells that, too, where its control group is not in sight. */
static bool is_frozen_v1(const struct signals *signals)
{
	return signals->frozen == FROZEN_V1 || (signals->state == 'D' && signals->wchan &&
	                                        has_prefix(signals->wchan, "__refrigerator"));
}

static bool is_frozen(const struct signals *signals)
{
	return signals->frozen == FROZEN_V2 || is_frozen_v1(signals);
}

/* A stopped process in that freezer is told by where it sleeps. */
static bool is_stopped(const struct signals *signals)
{
	return signals->state == 'T' || (is_frozen_v1(signals) && signals->wchan &&
	                                 has_prefix(signals->wchan, "do_signal_stop"));
}

static bool is_traced(const struct signals *signals)
{
	return signals->tracer != 0 || signals->state == 't';
}

/*
 * Whether its sleep is over when a signal comes that ends it. The compiler may have added to the
 * name: "kernel_clone.part.0". In there only a vfork(2) parent sleeps (wait_for_vfork_done in
 * kernel/fork.c).
 */
static bool is_killable(const char *wchan)
{
	static const char *const of_vfork[] = { "kernel_clone", "_do_fork", "do_fork",
		                                "wait_for_vfork_done" };
	static const char killable[] = "_killable";

	if (!wchan)
		return false;
	const size_t length = strcspn(wchan, ".");
	for (size_t i = 0; i < ARRAY_SIZE(of_vfork); i++) {
		if (strlen(of_vfork[i]) == length && memcmp(wchan, of_vfork[i], length) == 0)
			return true;
	}
	return length >= strlen(killable) &&
	       memcmp(wchan + length - strlen(killable), killable, strlen(killable)) == 0;
}

/* The init of a PID namespace: 1 is its innermost number. */
static bool is_init(const struct process *process)
{
	return process->n_numbers > 0 && process->numbers[process->n_numbers - 1] == 1;
}

/* Without a handler nothing reaches an init but KILL and STOP from a namespace above it. Where 1 is
 * its only number, we are in its own namespace. */
static bool is_ignored_by_init(const struct question *question)
{
	if (!is_init(question->process) || question->is_caught)
		return false;
	return !is_kernel_only(question) || question->process->n_numbers == 1;
}

/* CONT makes a stopped process go on as it is sent, even where it is blocked or ignored. */
static enum effect effect_of_continue(const struct question *question)
{
	return is_frozen(question->signals) ? EFFECT_FROZEN : EFFECT_CONTINUES;
}

/* A tracer is told also of what the process ignores, or an init does not want. */
static enum effect effect_on_traced(const struct signals *signals)
{
	if (is_frozen_v1(signals) || (signals->frozen == FROZEN_V2 && signals->state != 't'))
		return EFFECT_FROZEN;
	return signals->state == 'D' ? EFFECT_STUCK : EFFECT_TRACED;
}

/* What is dropped as it is sent, or once it is delivered; EFFECT_N: it is not. */
static enum effect effect_if_dropped(const struct question *question)
{
	const struct signals *signals = question->signals;

	if (!is_kernel_only(question) && signal_is_in(signals->ignored, question->number))
		return EFFECT_IGNORED;
	/* The CONT that would let it see one takes all of them away. */
	if (is_stop(question) && is_stopped(signals))
		return EFFECT_NOTHING;
	if (question->is_caught)
		return EFFECT_N;
	if (question->action == SIGNAL_IGNORED || question->action == SIGNAL_CONTINUES)
		return EFFECT_NOTHING;
	if (is_ignored_by_init(question))
		return EFFECT_IGNORED_INIT;
	if (is_stop(question) && question->number != SIGSTOP && question->is_orphaned)
		return EFFECT_ORPHANED;
	return EFFECT_N;
}

/* KILL waits for a thaw in version 1 alone. */
static enum effect effect_of_kill(const struct signals *signals)
{
	if (is_frozen_v1(signals))
		return EFFECT_FROZEN;
	return signals->state != 'D' || is_killable(signals->wchan) ? EFFECT_ENDS : EFFECT_STUCK;
}

/*
 * What ends a process becomes KILL as it is sent (complete_signal), and so ends also a frozen one,
 * and a sleep that is killable: but not where a core file may be written, and in a sleep only when
 * there is no other signal to see to, of which being told to freeze is one (wants_signal).
 */
static bool ends_as_it_is_sent(const struct question *question)
{
	const struct signals *signals = question->signals;

	if (!is_fatal(question) || question->action == SIGNAL_DUMPS)
		return false;
	return signals->state != 'D' ||
	       (is_killable(signals->wchan) && signals->frozen != FROZEN_V2 &&
	        (signals->pending & ~signals->blocked) == 0);
}

/* What waits for something, or else is delivered. A stopped process is not woken to see to a signal
 * (wants_signal), so that not even what ends it does so before CONT. */
static enum effect effect_of_delivery(const struct question *question)
{
	const struct signals *signals = question->signals;

	if (is_frozen_v1(signals))
		return EFFECT_FROZEN;
	if (is_stopped(signals))
		return EFFECT_STOPPED;
	if (ends_as_it_is_sent(question))
		return EFFECT_ENDS;
	if (signals->state == 'D')
		return EFFECT_STUCK;
	if (signals->frozen == FROZEN_V2)
		return EFFECT_FROZEN;
	if (question->is_caught)
		return EFFECT_HANDLER;
	return is_stop(question) ? EFFECT_STOPS : EFFECT_ENDS;
}

static enum effect answer(const struct question *question)
{
	const struct signals *signals = question->signals;

	if (question->number == SIGCONT && is_stopped(signals) && !is_traced(signals))
		return effect_of_continue(question);
	if (!is_kernel_only(question) && signal_is_in(signals->blocked, question->number))
		return signals->has_unread_threads ? EFFECT_UNKNOWN : EFFECT_BLOCKED;
	if (is_traced(signals) && question->number != SIGKILL)
		return effect_on_traced(signals);
	const enum effect dropped = effect_if_dropped(question);
	if (dropped != EFFECT_N)
		return dropped;
	return question->number == SIGKILL ? effect_of_kill(signals) : effect_of_delivery(question);
}

enum effect effect_of(const struct snapshot *snapshot, uint32_t process, int number,
                      bool is_orphaned)
{
	struct question question = {
		.process = &snapshot->processes[process],
		.signals = snapshot_find_signals(snapshot, process),
		.number = number,
		.action = signal_action_of(number),
		.is_orphaned = is_orphaned,
	};

	if (number == 0)
		return EFFECT_NOTHING;
	if (question.process->is_kernel_thread)
		return EFFECT_IGNORED;
	if (!question.signals)
		return EFFECT_UNKNOWN;
	if (is_dead(question.signals->state))
		return question.signals->has_unread_threads ? EFFECT_UNKNOWN : EFFECT_DEAD;
	question.is_caught = signal_is_in(question.signals->caught, number);
	return answer(&question);
}

/* clang-format off */
static const char *const texts[EFFECT_N] = {
	[EFFECT_ENDS] = "ends",
	[EFFECT_STOPS] = "stops",
	[EFFECT_CONTINUES] = "continues",
	[EFFECT_HANDLER] = "handler",
	[EFFECT_IGNORED] = "ignored",
	[EFFECT_IGNORED_INIT] = "ignored: init of its PID namespace has no handler",
	[EFFECT_NOTHING] = "no effect",
	[EFFECT_ORPHANED] = "no effect: its process group is orphaned",
	[EFFECT_BLOCKED] = "blocked",
	[EFFECT_STOPPED] = "pending until CONT",
	[EFFECT_FROZEN] = "pending until thawed",
	[EFFECT_TRACED] = "held by its tracer",
	[EFFECT_STUCK] = "stuck in D",
	[EFFECT_DEAD] = "dead already",
	[EFFECT_UNKNOWN] = "unknown",
};
/* clang-format on */

static const char *text_with_tracer(struct arena *arena, const struct snapshot *snapshot,
                                    pid_t tracer)
{
	const uint32_t process = snapshot_find_pid(snapshot, tracer);
	const char *comm = process == NONE ? NULL : snapshot->processes[process].comm;

	return arena_printf(arena, "%s %s%s%d", texts[EFFECT_TRACED], comm ? comm : "",
	                    comm ? " " : "", tracer);
}

const char *effect_text(struct arena *arena, const struct snapshot *snapshot, uint32_t process,
                        enum effect effect)
{
	const struct signals *signals = snapshot_find_signals(snapshot, process);

	if (effect == EFFECT_TRACED && signals && signals->tracer != 0)
		return text_with_tracer(arena, snapshot, signals->tracer);
	if (effect == EFFECT_STUCK && signals && signals->wchan)
		return arena_printf(arena, "%s (%s)", texts[effect], signals->wchan);
	return texts[effect];
}
