/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and numbers of signals, and what each does to a process by itself: signal(7). */
#ifndef NSKIT_SIGNALNAME_H
#define NSKIT_SIGNALNAME_H

#include "base/base.h"

/* What a signal does to a process that has not said otherwise. */
enum signal_action {
	SIGNAL_ENDS,
	SIGNAL_DUMPS, /* ends it, and writes a core file where that is wanted */
	SIGNAL_STOPS,
	SIGNAL_CONTINUES,
	SIGNAL_IGNORED
};

/* A signal with a name of its own. */
struct signal_kind {
	const char *name; /* without SIG */
	const char *help; /* a phrase: when it is sent */
	int number;
	enum signal_action action;
};

/* The one with that number; NULL of 0, of realtime signals, and of what is none. */
const struct signal_kind *signal_find(int number);

/* That of any number from 1 on: those without a name of their own end a process. */
enum signal_action signal_action_of(int number);

/*
 * A name with or without SIG in any case (TERM, sigkill; CLD, IOT, POLL and, where the C library
 * has it, UNUSED are other names of CHLD, ABRT, IO and SYS), a number from 0 (no signal: only the
 * check) to SIGRTMAX, or RTMIN, RTMIN+n, RTn (which is the same), RTMAX, RTMAX-n. These count as
 * the C library does: it keeps the kernel's first two realtime signals to itself, which have
 * numbers only. Strict as base/parse.h is: 0, -EINVAL or -ERANGE, and *ret is written only on 0.
 */
int signal_parse(const char *text, int *ret) must_use;

/* "TERM", "RTMIN+3", "RTMAX-14" (from whichever end is nearer, as shells list them), and a plain
 * number where there is no name: "0", "32". */
#define SIGNAL_NAME_SIZE 12
const char *signal_name(int number, char buffer[SIGNAL_NAME_SIZE]);

/*
 * A set of signals as /proc/PID/status and ps(1) have it: 16 digits of base 16 in lower case, bit
 * n - 1 for signal n. Behind "0x" fewer will do. 0, -EINVAL, or -ERANGE where "0x" has more.
 */
int signal_parse_mask(const char *text, uint64_t *ret) must_use;

/* Whether it is in a set; no set has 0, or numbers above 64. */
static inline bool signal_is_in(uint64_t mask, int number)
{
	return number >= 1 && number <= 64 && mask >> (number - 1) & 1;
}

#endif
