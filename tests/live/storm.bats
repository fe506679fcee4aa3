# SPDX-License-Identifier: GPL-2.0-or-later
# While processes come and go by the thousand, nslist never fails and never misses the namespaces of
# those that stay. NSKIT_LONG=1 does it 1,000 times.
# shellcheck disable=SC2154
load live

setup() {
	needs_root
}

# In the PID namespace of the storm: runs a command so many times, and prints what went wrong, at most
# ten times. Arguments: how many times, the folder for files, the command.
in_the_storm() {
	local runs=$1 folder=$2 run failures=0 type inode status said
	shift 2
	# What stays: three processes, each in namespaces of its own.
	for run in 1 2 3; do
		unshare --uts --ipc --net --mount sleep 1000 &
		until [ "$(cat "/proc/$!/comm")" = sleep ]; do sleep 0.01; done
		for type in uts ipc net mnt; do
			inode=$(readlink "/proc/$!/ns/$type")
			echo "${inode//[!0-9]/} $type 1 $!"
		done
	done >"$folder/expected"
	for ((run = 1; run <= runs && failures < 10; run++)); do
		status=0
		"$@" >"$folder/stdout" 2>"$folder/stderr" || status=$?
		said=''
		[ "$status" = 0 ] || said="exit $status"
		# A process that exits meanwhile is no gap.
		[ ! -s "$folder/stderr" ] || said="$said, on stderr: $(cat "$folder/stderr")"
		[ "$(grep -cxFf "$folder/expected" "$folder/stdout")" = 12 ] || said="$said, namespaces are missing"
		if [ -n "$said" ]; then
			failures=$((failures + 1))
			echo "run $run: $said"
		fi
	done
	[ "$failures" = 0 ] || cat "$folder/expected" - "$folder/stdout" <<<"The last output was:"
	return "$((failures != 0))"
}

# storm RUNS COMMAND...: it is to print NS, TYPE, NPROCS and PID, one space apart.
storm() {
	local runs=$1
	shift
	export -f in_the_storm
	run --separate-stderr unshare --pid --fork --kill-child --mount-proc \
		"$programs/storm" 900 bash -c 'in_the_storm "$@"' storm "$runs" "$BATS_TEST_TMPDIR" "$@"
	[ "$status" = 0 ] || { echo "exit $status: $output $stderr"; return 1; }
	# It was a storm: more than ten processes for each run.
	[[ $stderr =~ storm:\ ([0-9]+)\ processes ]]
	[ "${BASH_REMATCH[1]}" -gt "$((runs * 10))" ] || { echo "$stderr"; return 1; }
}

columns=NS,TYPE,NPROCS,PID

@test "the default in a storm" {
	storm "$(rounds 100 1000)" "$NSLIST" -rn -o "$columns"
}

@test "only processes in a storm" {
	storm "$(rounds 50 500)" "$NSLIST" -rn --scan process -o "$columns"
}

@test "everything in a storm" {
	# What a filter names is read.
	local name filter='NS > 0'
	for name in COMMAND USER HOLDERS WHY UIDMAP FSTYPE CGROUP CONTAINER; do
		filter+=" || $name == \"x\""
	done
	storm "$(rounds 20 200)" "$NSLIST" -rn -o "$columns" -Q "$filter || NSID == 0 || NETNSID == 0"
}

@test "a snapshot in a storm" {
	# shellcheck disable=SC2016
	storm "$(rounds 12 120)" bash -c '"$NSLIST" --save "$0" && "$NSLIST" --load "$0" "$@"' \
		"$BATS_TEST_TMPDIR/snapshot" -rn -o "$columns"
}
