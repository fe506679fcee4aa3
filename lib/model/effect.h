/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a signal would do to a process as it was when it was looked at, by the kernel's rules
 * (kernel/signal.c: sig_ignored, prepare_signal, complete_signal, get_signal; kernel/freezer.c,
 * kernel/cgroup/freezer.c). Sent to the process from its own PID namespace or one above it.
 */
#ifndef NSKIT_EFFECT_H
#define NSKIT_EFFECT_H

#include "model/snapshot.h"

enum effect {
	EFFECT_ENDS,
	EFFECT_STOPS,
	EFFECT_CONTINUES,
	EFFECT_HANDLER,
	EFFECT_IGNORED,      /* because the process says so; kernel threads ignore all */
	EFFECT_IGNORED_INIT, /* because it is the init of its PID namespace, and has no handler */
	EFFECT_NOTHING,      /* that is what the signal does by itself, or what it would do is so */
	EFFECT_ORPHANED,     /* it does not stop, as nobody in its session would make it go on */
	EFFECT_BLOCKED,      /* by all of its threads: it stays pending */
	EFFECT_STOPPED,      /* pending until CONT, also what ends it, but for KILL */
	EFFECT_FROZEN,       /* pending until its control group is thawed */
	EFFECT_TRACED,       /* its tracer is told, and decides */
	EFFECT_STUCK,        /* pending until a sleep is over that no signal of this kind ends */
	EFFECT_DEAD,         /* none of its threads lives */
	EFFECT_UNKNOWN,      /* what it does with signals was not read, or not of all threads */
	EFFECT_N
};

/*
 * What signal `number` (0: none) would do to the process with that index. PROCESS_SIGNALS must have
 * been read, else it is unknown; PROCESS_NUMBERS tells an init, PROCESS_CGROUP what is frozen.
 * `is_orphaned`: its process group is orphaned (session.h), so that TSTP, TTIN and TTOU do not stop
 * it.
 *
 * In state D, which is that of its first thread (which the kernel prefers for a signal), a
 * process does nothing about signals. Some such sleeps are over at once when a signal comes that
 * ends it (TASK_KILLABLE), but no file in /proc says which. By its wchan that is certain of a
 * vfork(2) parent and of functions named so; of others it is assumed that they are not.
 */
enum effect effect_of(const struct snapshot *snapshot, uint32_t process, int number,
                      bool is_orphaned);

/* The effect in words: "ends", "handler", "stuck in D (wchan)", "held by its tracer gdb 4711". In
 * `arena` or constant; NULL when out of memory. Names in it may hold any byte: see base/text. */
const char *effect_text(struct arena *arena, const struct snapshot *snapshot, uint32_t process,
                        enum effect effect);

#endif
