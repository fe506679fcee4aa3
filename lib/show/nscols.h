/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of namespaces and of processes in them. */
#ifndef NSKIT_NSCOLS_H
#define NSKIT_NSCOLS_H

#include "show/column.h"

/* All columns that nslist has. */
const struct column_set *nscols_set(void);

/* The same, for tables that chain. */
extern const struct column_set nscols_table;

#endif
