/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of processes that nslist's table does not have. */
#ifndef NSKIT_PROCCOLS_H
#define NSKIT_PROCCOLS_H

#include "show/column.h"

/* PGID SID TPGID TTY STATE COMM NSPID START CAPEFF SECCOMP NNP LSM TID, then those of nscols_set(). */
const struct column_set *proccols_set(void);

/* The same, for tables that chain. */
extern const struct column_set proccols_table;

#endif
