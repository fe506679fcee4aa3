/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes us faster than those that we are after. */
#ifndef NSKIT_BOOST_H
#define NSKIT_BOOST_H

#include "base/base.h"

/* How the calling thread was scheduled before. All zero: nothing to put back. */
struct boost {
	int policy; /* with SCHED_RESET_ON_FORK where that was set */
	int niceness;
	bool is_real_time; /* it was raised to a real-time policy */
	bool is_nicer;     /* its niceness was */
};

/*
 * Raises the calling thread above all ordinary ones: the lowest real-time priority, else the
 * highest niceness, else nothing; whoever is real-time already is left alone. Children inherit the
 * niceness only. For one pass with an end that the caller has made sure of: on one processor nobody
 * else runs meanwhile, and who was killed needs one to die. Who looks again and again until all are
 * dead is slower with it than without.
 */
void boost_begin(struct boost *ret);

/* Puts it back as it was. */
void boost_end(struct boost *boost);
#define auto_boost __attribute__((cleanup(boost_end)))

#endif
