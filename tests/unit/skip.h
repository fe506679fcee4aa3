/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Skipping a unit test with a reason, which cmocka's own skip() has no place for. */
#ifndef NSKIT_TESTS_SKIP_H
#define NSKIT_TESTS_SKIP_H

/* Needs <cmocka.h>. tests/run reads the line before a skip as its reason. */
#define skip_because(reason)                                                                       \
	do {                                                                                       \
		print_message("# %s\n", reason);                                                   \
		skip();                                                                            \
	} while (0)

#endif
