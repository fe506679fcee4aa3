# SPDX-License-Identifier: GPL-2.0-or-later
# Names that anyone may choose never reach the terminal as they are, and JSON stays JSON.
load common

setup() {
	hostile=$(fixture hostile)
}

@test "no view prints a control byte or invalid UTF-8" {
	for arguments in "" "-r --output-all" "--output-all" "-Tprocess --output-all" "--why" "-H" \
		"4026532001" "4026532001 -Tprocess" "4026532001 -r --output-all" "--pid 5"; do
		for locale in C C.UTF-8; do
			# shellcheck disable=SC2086
			LC_ALL=$locale nslist_exits 0 --sysroot "$hostile" $arguments
			is_printable <<<"$output$stderr" || { echo "$locale $arguments:"; cat -v <<<"$output"; return 1; }
			iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
		done
		# shellcheck disable=SC2086
		LC_ALL=C nslist_exits 0 --sysroot "$hostile" $arguments
		LC_ALL=C not grep '[^ -~]' <<<"$output$stderr"
	done
}

@test "every JSON is JSON" {
	for arguments in "" "--output-all" "-Tprocess --output-all" "--why" "4026532001 --output-all" \
		"--pid 5 --output-all" "-P"; do
		# shellcheck disable=SC2086
		nslist_exits 0 --sysroot "$hostile" -J $arguments
		is_json <<<"$output" || { echo "$arguments:"; cat -v <<<"$output"; return 1; }
	done
}

@test "no name moves a field" {
	nslist_exits 0 --sysroot "$hostile" -t net -rno NS,NPROCS,PID
	[ "$output" = $'4026531833 2 1\n4026532001 2 5\n4026532004 0 ' ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$hostile" 4026532001 -rno PID,PPID
	[ "$output" = $'5 1\n6 5' ] || { echo "$output"; return 1; }
}

@test "one row stays one line" {
	nslist_exits 0 --sysroot "$hostile" -t mnt,ipc -o NS,COMMAND,CGROUP,UNIT,USER
	[ "${#lines[@]}" = 4 ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$hostile" -r --output-all
	[ "$(awk 'NF { print split($0, cells, " ") }' <<<"$output" | sort -u | wc -l)" -le 34 ]
}

@test "targets with hostile names are said safely" {
	nslist_exits 2 --sysroot "$hostile" -- $'@\033[31mweb'
	is_printable <<<"$stderr"
	nslist_exits 3 --sysroot "$hostile" -- $'/\377\033'
	is_printable <<<"$stderr"
	nslist_exits 1 --sysroot $'/\033[2J'
	is_printable <<<"$stderr"
}

# A recorded tree comes from somebody else, and may be read by root.
@test "no symbolic link leads out of a recorded tree" {
	local tree=$BATS_TEST_TMPDIR/tree outside=$BATS_TEST_TMPDIR/outside file

	"$NSKIT_SOURCE/tests/tools/mkproc.sh" "$NSKIT_SOURCE/tests/fixtures/proc/small.proc" "$tree"
	cp -a "$tree" "$outside"
	nslist_exits 0 --sysroot "$outside" -J --output-all
	[[ $output == *nginx* && $output == *4026532500* && $output == *4026532401* && $output == *4026532402* ]]
	rm -r "$tree"/proc/{1/mountinfo,80/cmdline,80/stat,80/comm,80/status,80/cgroup,60/task,60/fd,40/ns,41}
	for file in 1/mountinfo 80/{cmdline,stat,comm,status,cgroup} 60/{task,fd} 40/ns 41; do
		ln -s "$outside/proc/$file" "$tree/proc/$file"
	done
	nslist_exits 0 --sysroot "$tree" -J --output-all
	not grep -E 'nginx|bash|4026532500|4026532401|4026532402' <<<"$output"
	rm -r "$tree/proc"
	ln -s "$outside/proc" "$tree/proc"
	nslist_exits 1 --sysroot "$tree"
}

# Random bytes in everything that a process may choose, from a seed that is printed.
@test "random bytes in all names" {
	local seed=${NSKIT_SEED:-$RANDOM} round

	echo "NSKIT_SEED=$seed"
	for round in 1 2 3 4 5 6; do
		rm -rf "$BATS_TEST_TMPDIR/fuzz"
		"$NSKIT_SOURCE/tests/tools/hostileproc" "$((seed + round))" "$BATS_TEST_TMPDIR/fuzz"
		for arguments in "--output-all" "-Tprocess --output-all" "--why"; do
			# shellcheck disable=SC2086
			nslist_exits 0 --sysroot "$BATS_TEST_TMPDIR/fuzz" -J $arguments
			is_json <<<"$output"
			# shellcheck disable=SC2086
			nslist_exits 0 --sysroot "$BATS_TEST_TMPDIR/fuzz" $arguments
			is_printable <<<"$output$stderr"
			iconv -f UTF-8 -t UTF-8 <<<"$output" >/dev/null
		done
	done
}
