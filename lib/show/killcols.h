/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of pgkill: what a signal would do, what was sent, what became of each. */
#ifndef NSKIT_KILLCOLS_H
#define NSKIT_KILLCOLS_H

#include "show/column.h"

/* EFFECT SENT ENDED EXITCODE ENDSIGNAL AFTER DETAIL, then those of proccols_set(). They are of the
 * victim that the row's place has, and unknown without one. */
const struct column_set *killcols_set(void);

#endif
