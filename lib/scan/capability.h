/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the calling thread may do. */
#ifndef NSKIT_CAPABILITY_H
#define NSKIT_CAPABILITY_H

#include "base/base.h"

/* Whether CAP_* `number` is in the effective set of the calling thread (capget(2)). */
bool capability_is_effective(unsigned number);

#endif
