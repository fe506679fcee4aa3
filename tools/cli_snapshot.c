/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Empty so far. */
typedef int not_empty_cli_snapshot;
