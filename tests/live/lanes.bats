# SPDX-License-Identifier: GPL-2.0-or-later
# Nobody escapes pgkill by forking, and nobody gets a signal because he has got a number. The first is told
# by a pipe that all of a storm hold open, the second by those whom no signal was meant for. NSKIT_LONG=1
# does it ten times as often. Storms are in PID namespaces of their own, which end with the test.
# shellcheck disable=SC2154
load live

setup() {
	needs_root
	group='' hierarchy=''
}

teardown() {
	local status=0
	# All that is left in it is somebody's who was to be gone: it ends with its namespace.
	[ -z "$group" ] || remove_groups "$group" || status=1
	[ -z "$hierarchy" ] || umount "$hierarchy" || status=1
	return "$status"
}

# In a PID namespace of its own, PID 1 of which is the program; never longer than these seconds.
limit=900
[ -z "${NSKIT_LONG-}" ] || limit=7200
alone() {
	timeout -s KILL "$limit" unshare --pid --fork --kill-child --mount-proc "$@" 3>&- </dev/null
}

# trials COUNT SCOPE KIND OPTION...: so many in which nobody survives.
trials() {
	run alone "$programs/lanes" "$@" >/dev/null
	[ "$status" = 0 ] || { echo "$*: exit $status: $(tail -c 2000 <<<"$output")"; return 1; }
	[[ $output =~ trials=([0-9]+)\ survived=0\ failed=0 ]]
	[ "${BASH_REMATCH[1]}" = "$1" ]
}

# As many in a guest as here.
storm() {
	if [ -n "${NSKIT_LONG-}" ]; then trials 200 "$@"; else trials 20 "$@"; fi
}

# Of those that go the same ways as others.
side_storm() { trials "$(rounds 20 200)" "$@"; }

# A control group of the test's own below the mount of that hierarchy, a pattern for its options. A guest
# has only version 2, and mounts one of version 1 with the options $3.
make_group() {
	local mount
	mount=$(awk -v type="$1" -v with="$2" '$3 == type && $4 ~ with { print $2; exit }' /proc/mounts)
	if [ -z "$mount" ] && [ -n "${NSKIT_GUEST-}" ] && [ -n "${3-}" ]; then
		mount=$BATS_TEST_TMPDIR/hierarchy
		mkdir "$mount"
		mount -t cgroup -o "$3" nskit "$mount" || skip "no hierarchy of control groups $1 $3"
		hierarchy=$mount
	fi
	[ -n "$mount" ] || skip "no hierarchy of control groups $1 $2"
	group=$mount/nskit-lanes.$$
	mkdir "$group" 2>/dev/null || { group=''; skip "no group can be made in $mount"; }
}

@test "a process group, KILL" { storm group fork -KILL; }
@test "a process group, --end" { storm group fork --end=10s; }
@test "a process group without a leader, KILL" { storm orphaned fork -KILL; }
@test "a process group without a leader, --end" { storm orphaned double --end=10s; }
@test "a session, KILL" { storm session fork -KILL; }
@test "a session, --end" { storm session double --end=10s; }
@test "a tree, KILL" { storm tree fork -KILL; }
@test "a tree, by way of processes between, --end" { storm tree double --end=10s; }
@test "a tree, each in a session of its own, KILL" { storm tree setsid -KILL; }
@test "a PID namespace, KILL" { storm pid setsid -KILL; }
@test "a PID namespace, --end" { storm pid double --end=200ms; }
@test "a uts namespace, KILL" { side_storm uts setsid -KILL; }
@test "a uts namespace, --end" { side_storm uts double --end=10s; }

@test "those of a name in a uts namespace, KILL" { side_storm uts fork -KILL --comm=lanes; }
@test "those of a user in a uts namespace, --end" { side_storm uts double --end=10s --uid=root; }

@test "a control group v2, KILL" {
	make_group cgroup2 .
	storm "cgroup:$group" setsid -KILL
}

@test "a control group v2, --end" {
	make_group cgroup2 .
	storm "cgroup:$group" double --end=10s
}

@test "those of a name in a control group v2, KILL" {
	make_group cgroup2 .
	side_storm "cgroup:$group" setsid -KILL --comm=lanes
}

@test "a control group v1 without a freezer, KILL" {
	make_group cgroup pids none,name=nskit
	storm "cgroup:$group" setsid -KILL
}

@test "a control group v1 without a freezer, --end" {
	make_group cgroup pids none,name=nskit
	storm "cgroup:$group" double --end=10s
}

@test "a control group v1 with a freezer, KILL" {
	make_group cgroup freezer freezer
	storm "cgroup:$group" setsid -KILL
}

@test "a control group v1 with a freezer, --end" {
	make_group cgroup freezer freezer
	storm "cgroup:$group" double --end=10s
}

# What cannot be promised: whoever has neither his parent nor his session any more is nobody's. Only that
# pgkill comes to an end, and says so or has them all, is.
@test "a tree that sheds its ancestry is measured" {
	local count
	run alone "$programs/lanes" 5 tree-shedding setsid -KILL
	[[ $output =~ trials=([0-9]+)\ survived=([0-9]+)\ failed=([0-9]+) ]]
	count=${BASH_REMATCH[1]}
	[ "$count" -gt 0 ]
	echo "# of $count trees that shed their ancestry ${BASH_REMATCH[2]} survived" >&3
}

# few_numbers ROUNDS SCOPE OPTION...: no signal reaches a bystander, though numbers wrap around all the time.
few_numbers() {
	# Since Linux 6.14 a PID namespace has a limit of its own; before, a machine has one.
	if ! kernel_is_from 6.14 && [ -z "${NSKIT_GUEST-}" ]; then
		skip "kernel.pid_max is the whole machine's before Linux 6.14: only in a guest"
	fi
	run alone bash -c 'echo "$1" >/proc/sys/kernel/pid_max && shift && exec "$@"' few \
		"$(if kernel_is_from 6.14; then echo 400; else echo 600; fi)" "$programs/bystanders" "$@"
	[ "$status" = 0 ] || { echo "$*: exit $status: $(tail -c 2000 <<<"$output")"; return 1; }
	[[ $output =~ rounds=$1\ hits=([0-9]+)\ strays=0 ]]
}

# All of these together are 600 rounds, and 10,200 with NSKIT_LONG.
many_rounds() { few_numbers "$(rounds 100 1700)" "$@"; }

# A few with a pgkill that is so slow before each pidfd_open(2) that many a number is another's by then.
slow_rounds() {
	command -v strace >/dev/null || skip "needs strace"
	cat >"$BATS_TEST_TMPDIR/pgkill" <<-SLOW
		#!/bin/bash
		exec strace -qq -o /dev/null -e trace=pidfd_open -e signal=none \\
			-e inject=pidfd_open:delay_enter=15000 "$NSKIT_BUILD/tools/pgkill" "\$@"
	SLOW
	chmod +x "$BATS_TEST_TMPDIR/pgkill"
	PATH=$BATS_TEST_TMPDIR:$PATH few_numbers "$(rounds 4 40)" "$@"
}

@test "numbers used again: a uts namespace" { many_rounds uts; }
@test "numbers used again: a session" { many_rounds session; }
@test "numbers used again: a tree" { many_rounds tree; }
@test "numbers used again: a process group" { many_rounds group; }

@test "numbers used again: a control group v2" {
	make_group cgroup2 .
	many_rounds "cgroup:$group"
}

@test "numbers used again: a control group v1" {
	make_group cgroup pids none,name=nskit
	many_rounds "cgroup:$group"
}

@test "numbers used again before they are held: a uts namespace" { slow_rounds uts; }
@test "numbers used again before they are held: a session" { slow_rounds session; }
@test "numbers used again before they are held: a tree" { slow_rounds tree; }
