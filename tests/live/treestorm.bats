# SPDX-License-Identifier: GPL-2.0-or-later
# While processes come, go and are adopted by the thousand, nstree never fails, and all that stay are in
# its trees, once, where they belong (treestorm.py). NSKIT_LONG=1 does it 1,000 times.
# shellcheck disable=SC2154
load live
: "${NSTREE:=$NSKIT_BUILD/tools/nstree}"

setup() {
	needs_root
	# The sanitizers look for leaks by their own number in /proc; leaks.bats has the right one.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

# storm RUNS VIEW: what it leaves behind ends with its PID namespace.
storm() {
	run --separate-stderr unshare --pid --fork --kill-child --mount-proc "$programs/storm" 900 \
		python3 -B "$BATS_TEST_DIRNAME/treestorm.py" "$1" "$2" "$NSTREE"
	[ "$status" = 0 ] || { echo "exit $status: $output $stderr"; return 1; }
	# It was a storm: more than ten processes for each run.
	[[ $stderr =~ storm:\ ([0-9]+)\ processes ]]
	[ "${BASH_REMATCH[1]}" -gt "$(($1 * 10))" ] || { echo "$stderr"; return 1; }
}

@test "PID namespaces in a storm" { storm "$(rounds 100 1000)" pid; }
@test "processes in a storm" { storm "$(rounds 100 1000)" process; }
@test "sessions in a storm" { storm "$(rounds 100 1000)" session; }
