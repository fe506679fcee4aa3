/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our own scheduling, sched(7). */
#include "act/boost.h"

#include <sched.h>
#include <sys/resource.h>

#define LEAST_NICE (-20)

static int set_policy(int policy, int priority)
{
	const struct sched_param parameters = { .sched_priority = priority };

	return sched_setscheduler(0, policy, &parameters) < 0 ? -errno : 0;
}

static bool is_ordinary(int policy)
{
	policy &= ~SCHED_RESET_ON_FORK;
	return policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

void boost_begin(struct boost *ret)
{
	struct boost boost = { .policy = sched_getscheduler(0),
		               .niceness = getpriority(PRIO_PROCESS, 0) };

	*ret = (struct boost){ 0 };
	if (boost.policy < 0 || !is_ordinary(boost.policy))
		return;
	boost.is_real_time = set_policy(SCHED_FIFO | SCHED_RESET_ON_FORK,
	                                sched_get_priority_min(SCHED_FIFO)) == 0;
	if (!boost.is_real_time)
		boost.is_nicer = setpriority(PRIO_PROCESS, 0, LEAST_NICE) == 0;
	*ret = boost;
}

void boost_end(struct boost *boost)
{
	/* Only who may raise priorities may take the flag off again. */
	if (boost->is_real_time && set_policy(boost->policy, 0) < 0 &&
	    set_policy(boost->policy | SCHED_RESET_ON_FORK, 0) < 0)
		return;
	if (boost->is_nicer)
		setpriority(PRIO_PROCESS, 0, boost->niceness);
	*boost = (struct boost){ 0 };
}
