# SPDX-License-Identifier: GPL-2.0-or-later
# A unit test is one program of one file: %D%/unit/test_NAME.c.
unit_tests =

check_PROGRAMS += $(unit_tests)
