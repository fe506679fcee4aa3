/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Getters of the columns that say what keeps a namespace alive: inside lib/show only. */
#ifndef NSKIT_HOLDERCOLS_H
#define NSKIT_HOLDERCOLS_H

#include "show/column.h"

/* PATH: the file in /proc that leads to the namespace, through a process, thread or descriptor. */
int holdercols_get_path(const struct row *row, struct value *ret) must_use;

/* COMMAND: the command line; without a process none, and a table shows the first holder. */
int holdercols_get_command(const struct row *row, struct value *ret) must_use;

/* NSFS: the paths on which it is bind-mounted, each once. */
int holdercols_get_mounts(const struct row *row, struct value *ret) must_use;

/* HELD: a letter for each kind of holder. */
int holdercols_get_held(const struct row *row, struct value *ret) must_use;

/* HOLDERS: an object for each holder, always with the same keys. */
int holdercols_get_holders(const struct row *row, struct value *ret) must_use;

/* WHY: the closing sentence. */
int holdercols_get_conclusion(const struct row *row, struct value *ret) must_use;

#endif
