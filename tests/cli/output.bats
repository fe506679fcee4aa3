# SPDX-License-Identifier: GPL-2.0-or-later
# Where output goes and what becomes of it: full disks, closed descriptors, readers that go away,
# terminals, locales.
load common

# A command that is wider than any terminal.
long_fixture() {
	local folder=$BATS_FILE_TMPDIR/long file=$BATS_FILE_TMPDIR/long.proc

	printf "proc 1 comm=init cmdline='%s\\\\0'\n" "$(printf 'x%.0s' {1..3000})" >"$file"
	[ -d "$folder" ] || "$NSKIT_SOURCE/tests/tools/mkproc.sh" "$file" "$folder"
	echo "$folder"
}

@test "a full disk is exit 1 and one line" {
	local arguments

	for arguments in "" "-J" "-r" "--why" "-H" "-HJ" "--help" "--version" "--save -"; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c '"$0" "$@" >/dev/full' "$NSLIST" --sysroot "$(fixture small)" $arguments
		[ "$status" = 1 ] || { echo "$arguments: $status $stderr"; return 1; }
		[[ $stderr == *"No space left on device"* ]] || { echo "$arguments: $stderr"; return 1; }
		[ "$(grep -c 'No space' <<<"$stderr")" = 1 ]
	done
}

@test "a snapshot for a full disk: said once" {
	run --separate-stderr bash -c '"$0" --sysroot "$1" --save - >/dev/full' "$NSLIST" "$(fixture small)"
	[ "$status" = 1 ]
	[ "$(grep -vc incomplete <<<"$stderr")" = 1 ] || { echo "$stderr"; return 1; }
}

@test "a full disk and much output" {
	run --separate-stderr bash -c '"$0" --sysroot "$1" -o "$(yes COMMAND | head -40 | paste -sd,)" >/dev/full' \
		"$NSLIST" "$(long_fixture)"
	[ "$status" = 1 ]
	[ "$(grep -c 'No space' <<<"$stderr")" = 1 ] || { echo "$stderr"; return 1; }
}

@test "closed descriptors" {
	run --separate-stderr bash -c '"$0" --sysroot "$1" >&-' "$NSLIST" "$(fixture small)"
	[ "$status" = 1 ]
	[[ $stderr == *"write error: Bad file descriptor"* ]] || { echo "$stderr"; return 1; }
	run bash -c '"$0" --sysroot "$1" <&- | cat' "$NSLIST" "$(fixture small)"
	[ "$status" = 0 ]
	run bash -c '"$0" --sysroot "$1" 2>&-' "$NSLIST" "$(fixture small)"
	[ "$status" = 0 ]
	run bash -c '"$0" --sysroot "$1" <&- >&- 2>&-' "$NSLIST" "$(fixture small)"
	[ "$status" = 1 ]
}

@test "nothing is printed with --save, so stdout may be closed" {
	run bash -c '"$0" --sysroot "$1" --save "$2" >&-' "$NSLIST" "$(fixture small)" "$BATS_TEST_TMPDIR/x"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	[ -s "$BATS_TEST_TMPDIR/x" ]
}

@test "a reader that goes away ends it quietly" {
	run --separate-stderr bash -c 'for i in {1..20}; do
		"$0" --sysroot "$1" -o "$(yes COMMAND | head -40 | paste -sd,)" 2>"$2" | head -c 1 >/dev/null
		echo "${PIPESTATUS[0]}"; grep -v incomplete "$2"; done | sort -u' "$NSLIST" "$(long_fixture)" "$BATS_TEST_TMPDIR/err"
	[[ $output =~ ^(141|0)$ ]] || [[ $output == $'0\n141' ]] || { echo "$output"; return 1; }
}

@test "a reader that goes away ends it quietly, SIGPIPE ignored" {
	run --separate-stderr python3 - "$NSLIST" "$(long_fixture)" <<-'END'
		import os, signal, subprocess, sys
		reader, writer = os.pipe()
		os.close(reader)
		columns = ",".join(["COMMAND"] * 40)
		child = subprocess.run([sys.argv[1], "--sysroot", sys.argv[2], "-o", columns],
		                       stdout=writer, stderr=subprocess.PIPE, restore_signals=False,
		                       preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_IGN))
		print(child.returncode, child.stderr.decode())
	END
	[ "$output" = "1 " ] || { echo "$output"; return 1; }
}

@test "a terminal cuts the last column, a pipe never" {
	local folder

	folder=$(long_fixture)
	nslist_exits 0 --sysroot "$folder" -t mnt -o NS,COMMAND
	[ "${#lines[1]}" -gt 3000 ]
	run on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt -o NS,COMMAND
	[ "${#lines[1]}" = 80 ] || { echo "${#lines[1]}"; return 1; }
	COLUMNS=100 run on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt -o NS,COMMAND
	[ "${#lines[1]}" = 100 ] || { echo "${#lines[1]}"; return 1; }
	COLUMNS=bogus run on_terminal 60 "$NSLIST" --sysroot "$folder" -t mnt -o NS,COMMAND
	[ "${#lines[1]}" = 60 ] || { echo "${#lines[1]}"; return 1; }
	run on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt -o NS,COMMAND -u
	[ "${#lines[1]}" -gt 3000 ]
	COLUMNS=80 nslist_exits 0 --sysroot "$folder" -t mnt -o NS,COMMAND
	[ "${#lines[1]}" -gt 3000 ]
}

@test "a terminal cuts no number and no name of a target" {
	local column folder

	folder=$(long_fixture)
	for column in NS TARGET PNS UIDMAP INITIAL; do
		# shellcheck disable=SC2016 # bash there expands it
		on_terminal 80 bash -c '"$@" 2>/dev/null' bash "$NSLIST" --sysroot "$folder" -t pid,user -n \
			-o "COMMAND,$column" |
			sed 's/^x* *//; s/ *$//' |
			diff -u - <("$NSLIST" --sysroot "$folder" -t pid,user -n -o "$column" 2>/dev/null | sed 's/^ *//; s/ *$//')
	done
}

@test "colour: on a terminal, never in a pipe, as told" {
	local folder escape=$'\033'

	folder=$(fixture small)
	[[ $(on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt) == *"$escape"* ]]
	[[ $(NO_COLOR=1 on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt) != *"$escape"* ]]
	[[ $(NO_COLOR='' on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt) == *"$escape"* ]]
	[[ $(TERM=dumb on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt) != *"$escape"* ]]
	[[ $(on_terminal 80 "$NSLIST" --sysroot "$folder" -t mnt --color=never) != *"$escape"* ]]
	[[ $("$NSLIST" --sysroot "$folder" -t mnt 2>/dev/null) != *"$escape"* ]]
	[[ $("$NSLIST" --sysroot "$folder" -t mnt --color=auto 2>/dev/null) != *"$escape"* ]]
	[[ $("$NSLIST" --sysroot "$folder" -t mnt --color 2>/dev/null) == *"$escape"* ]]
	[[ $(NO_COLOR=1 "$NSLIST" --sysroot "$folder" -t mnt --color=always 2>/dev/null) == *"$escape"* ]]
	[[ $("$NSLIST" --sysroot "$folder" -J --color=always 2>/dev/null) != *"$escape"* ]]
}

@test "trees are drawn in the locale's characters" {
	local folder

	folder=$(fixture small)
	[[ $(LC_ALL=C.UTF-8 "$NSLIST" --sysroot "$folder" -Tprocess -t pid 2>/dev/null) == *└─* ]]
	[[ $(LC_ALL=C "$NSLIST" --sysroot "$folder" -Tprocess -t pid 2>/dev/null) == *'`-'* ]]
	LC_ALL=C nslist_exits 0 --sysroot "$folder" -Tprocess
	LC_ALL=C not grep '[^ -~]' <<<"$output"
}

@test "JSON is the same in every locale" {
	local folder

	folder=$(fixture hostile)
	[ "$(LC_ALL=C "$NSLIST" --sysroot "$folder" -J --output-all 2>/dev/null)" = \
		"$(LC_ALL=C.UTF-8 "$NSLIST" --sysroot "$folder" -J --output-all 2>/dev/null)" ]
}
