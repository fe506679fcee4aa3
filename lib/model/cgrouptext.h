/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control groups the text of /proc/PID/cgroup says a process is in, cgroups(7). */
#ifndef NSKIT_CGROUPTEXT_H
#define NSKIT_CGROUPTEXT_H

#include "base/base.h"

/*
 * Whether the process of that text is in the control group or below it: in that hierarchy
 * ("memory", or one of "cpu,cpuacct"; "" is v2), or in any where it is NULL.
 */
bool cgrouptext_is_in(const char *text, const char *group, const char *hierarchy);

#endif
