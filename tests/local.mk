# SPDX-License-Identifier: GPL-2.0-or-later
# A unit test is one program of one file, %D%/unit/test_NAME.c.
unit_tests = \
	%D%/unit/test_authority \
	%D%/unit/test_candidate \
	%D%/unit/test_cgroupdir \
	%D%/unit/test_cgrouplist \
	%D%/unit/test_column \
	%D%/unit/test_container \
	%D%/unit/test_deadline \
	%D%/unit/test_effect \
	%D%/unit/test_expr \
	%D%/unit/test_fd \
	%D%/unit/test_fields \
	%D%/unit/test_forest \
	%D%/unit/test_freeze \
	%D%/unit/test_json \
	%D%/unit/test_kernel \
	%D%/unit/test_layout \
	%D%/unit/test_leaks \
	%D%/unit/test_map \
	%D%/unit/test_names \
	%D%/unit/test_nearest \
	%D%/unit/test_nstype \
	%D%/unit/test_parse \
	%D%/unit/test_pidfd \
	%D%/unit/test_proctext \
	%D%/unit/test_reference \
	%D%/unit/test_saveload \
	%D%/unit/test_scan \
	%D%/unit/test_scope \
	%D%/unit/test_select \
	%D%/unit/test_session \
	%D%/unit/test_signalname \
	%D%/unit/test_signals \
	%D%/unit/test_snapshot \
	%D%/unit/test_sweep \
	%D%/unit/test_table \
	%D%/unit/test_target \
	%D%/unit/test_text \
	%D%/unit/test_tree \
	%D%/unit/test_tree_user \
	%D%/unit/test_treecols \
	%D%/unit/test_treeshape \
	%D%/unit/test_treelabel \
	%D%/unit/test_users \
	%D%/unit/test_value \
	%D%/unit/test_waitset
check_PROGRAMS += $(unit_tests)

# A fuzz program is one parser with any bytes, %D%/fuzz/fuzz_NAME.c, and seeds for it.
fuzz_programs = \
	%D%/fuzz/fuzz_cgroup \
	%D%/fuzz/fuzz_cgrouplist \
	%D%/fuzz/fuzz_cmdline \
	%D%/fuzz/fuzz_columns \
	%D%/fuzz/fuzz_expr \
	%D%/fuzz/fuzz_load \
	%D%/fuzz/fuzz_names \
	%D%/fuzz/fuzz_nstype \
	%D%/fuzz/fuzz_parse \
	%D%/fuzz/fuzz_stat \
	%D%/fuzz/fuzz_status \
	%D%/fuzz/fuzz_sysroot \
	%D%/fuzz/fuzz_target \
	%D%/fuzz/fuzz_text
check_PROGRAMS += $(fuzz_programs)
fuzz_driver = %D%/fuzz/driver.c %D%/fuzz/fuzz.h
fuzz_snapshot = $(fuzz_driver) %D%/fuzz/snapshot.c %D%/fuzz/snapshot.h
fuzz_tree = $(fuzz_snapshot) %D%/fuzz/tree.c %D%/fuzz/tree.h
%C%_fuzz_fuzz_cgroup_SOURCES = %D%/fuzz/fuzz_cgroup.c $(fuzz_driver)
%C%_fuzz_fuzz_cgrouplist_SOURCES = %D%/fuzz/fuzz_cgrouplist.c $(fuzz_driver)
%C%_fuzz_fuzz_cmdline_SOURCES = %D%/fuzz/fuzz_cmdline.c $(fuzz_driver)
%C%_fuzz_fuzz_columns_SOURCES = %D%/fuzz/fuzz_columns.c $(fuzz_driver)
%C%_fuzz_fuzz_expr_SOURCES = %D%/fuzz/fuzz_expr.c $(fuzz_driver)
%C%_fuzz_fuzz_load_SOURCES = %D%/fuzz/fuzz_load.c $(fuzz_snapshot)
%C%_fuzz_fuzz_names_SOURCES = %D%/fuzz/fuzz_names.c $(fuzz_tree)
%C%_fuzz_fuzz_nstype_SOURCES = %D%/fuzz/fuzz_nstype.c $(fuzz_driver)
%C%_fuzz_fuzz_parse_SOURCES = %D%/fuzz/fuzz_parse.c $(fuzz_driver)
%C%_fuzz_fuzz_stat_SOURCES = %D%/fuzz/fuzz_stat.c $(fuzz_driver)
%C%_fuzz_fuzz_status_SOURCES = %D%/fuzz/fuzz_status.c $(fuzz_driver)
%C%_fuzz_fuzz_sysroot_SOURCES = %D%/fuzz/fuzz_sysroot.c $(fuzz_tree)
%C%_fuzz_fuzz_target_SOURCES = %D%/fuzz/fuzz_target.c $(fuzz_snapshot)
%C%_fuzz_fuzz_text_SOURCES = %D%/fuzz/fuzz_text.c $(fuzz_driver)

# What the live tests make situations with, and judge them by.
live_programs = %D%/live/actors %D%/live/ask %D%/live/bystanders %D%/live/effects %D%/live/jobs \
	%D%/live/lanes %D%/live/situation %D%/live/storm
check_PROGRAMS += $(live_programs)
live_trial = %D%/live/trial.c %D%/live/trial.h
%C%_live_actors_LDADD =
%C%_live_ask_LDADD =
%C%_live_bystanders_SOURCES = %D%/live/bystanders.c $(live_trial)
%C%_live_bystanders_LDADD =
%C%_live_effects_LDADD = -lpthread
%C%_live_jobs_LDADD = -lpthread
%C%_live_lanes_SOURCES = %D%/live/lanes.c $(live_trial)
%C%_live_lanes_LDADD =
%C%_live_situation_LDADD = -lpthread
%C%_live_storm_LDADD = -lpthread

# What measures, and what there is to measure.
bench_programs = %D%/bench/load %D%/bench/measure
check_PROGRAMS += $(bench_programs)
%C%_bench_load_LDADD = -lpthread
%C%_bench_measure_LDADD =

# Folders in which nothing is built are distributed as a whole.
EXTRA_DIST += %D%/cli %D%/fixtures %D%/lint %D%/tools %D%/vm \
	%D%/bench/bench %D%/bench/peers %D%/fuzz/corpus %D%/fuzz/libfuzzer %D%/fetch %D%/run \
	%D%/valgrind.suppressions
# Of the others, what is not compiled.
EXTRA_DIST += \
	%D%/live/can.bats \
	%D%/live/cgrouptree.bats \
	%D%/live/container.bats \
	%D%/live/deep.bats \
	%D%/live/environment.bats \
	%D%/live/holders.bats \
	%D%/live/hostile.bats \
	%D%/live/hostile.py \
	%D%/live/lanes.bats \
	%D%/live/leaks.bats \
	%D%/live/live.bash \
	%D%/live/lsns.bats \
	%D%/live/nest.bash \
	%D%/live/nesting.py \
	%D%/live/nestjudge.py \
	%D%/live/nstree.bats \
	%D%/live/pgkill.bats \
	%D%/live/regressions.bats \
	%D%/live/sessions.bats \
	%D%/live/sessions.py \
	%D%/live/signals.bats \
	%D%/live/storm.bats \
	%D%/live/treestorm.bats \
	%D%/live/treestorm.py \
	%D%/unit/child.h \
	%D%/unit/cgroups.h \
	%D%/unit/drawn.h \
	%D%/unit/made.h \
	%D%/unit/recorded.h \
	%D%/unit/skip.h \
	%D%/unit/world.h

run_tests = NSKIT_CC='$(CC)' NSKIT_BUILD='$(abs_builddir)' '$(abs_srcdir)/%D%/run'

# `make check` is what every change must pass (SUITES='unit lint' for a part of it); check-vm runs the
# live tests on other kernels.
SUITES = unit fuzz cli live lint
check-local:
	$(AM_V_at)$(run_tests) $(SUITES)

# Only after all: that is a make of its own, and two at a time would write the same files.
build-tests: $(check_PROGRAMS)
make_tests = +$(AM_V_at)$(MAKE) $(AM_MAKEFLAGS) build-tests

check-vm: all
	$(make_tests)
	$(AM_V_at)$(run_tests) vm

# In guests what depends most on the kernel: they are ten times slower. check-vm runs the rest there, too.
GUEST_LIVE = lanes,holders container cgrouptree,storm pgkill
check-all: all
	$(make_tests)
	$(AM_V_at)NSKIT_GUEST_LIVE='$(GUEST_LIVE)' $(run_tests) $(SUITES) vm

# The live tests with many more rounds, here and, the storms of pgkill, in guests; and the fuzz programs
# with other inputs, for a minute each. It takes hours.
check-long: all
	$(make_tests)
	$(AM_V_at)NSKIT_LONG=1 NSKIT_GUEST_LIVE=lanes $(run_tests) fuzz live vm

# The fuzz programs with clang's libFuzzer: make fuzz FUZZ='-s 600 load'
fuzz: all
	$(AM_V_at)NSKIT_BUILD='$(abs_builddir)' '$(abs_srcdir)/%D%/fuzz/libfuzzer' $(FUZZ)

# What nslist costs beside lsns: make bench BENCH='1000 10000'
bench: all
	$(make_tests)
	$(AM_V_at)NSKIT_BUILD='$(abs_builddir)' '$(abs_srcdir)/%D%/bench/bench' $(BENCH)

.PHONY: build-tests check-vm check-all check-long bench fuzz
