# SPDX-License-Identifier: GPL-2.0-or-later
# --help, --version, the man page and the completion tell of everything that there is.
load common

setup() {
	program=$NSLIST
	tool=nslist
}

# for_each_tool COMMAND: with `tool` and `program` set.
for_each_tool() {
	for tool in nslist nstree pgkill; do
		program=${NSLIST%/*}/$tool
		echo "of $tool:"
		"$@"
	done
}

# The long options, as --help lists them.
options() {
	"$program" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'
}

columns() {
	"$program" --list-columns --raw --noheadings | cut -d ' ' -f 1
}

# As --help lists them.
exit_codes() {
	"$program" --help | sed -n '/^Exit status/,$s/^  \([0-9]\)  .*/\1/p'
}

man_text() {
	mandoc -Tascii "$NSKIT_SOURCE/man/$tool.1" | col -bx
}

# Every option of cli.md that belongs here, and every column: names stay.
@test "the options are these" {
	diff -u - <(options | sort) <<-'END'
		--color
		--filter
		--help
		--json
		--list
		--list-columns
		--load
		--noheadings
		--notruncate
		--nowrap
		--output
		--output-all
		--persistent
		--pid
		--raw
		--save
		--scan
		--strict
		--sysroot
		--task
		--tree
		--type
		--version
		--why
	END
}

@test "the columns are these" {
	[ "$(columns | sort | tr '\n' ' ')" = "CGROUP CID COMMAND CONTAINER DEPTH FSLABEL FSTYPE FSUUID GIDMAP \
HELD HOLDERS INITIAL NETNSID NPROCS NS NSFS NSID NTHREADS ONS OWNERUID PATH PID PNS POD PPID RUNTIME SOURCE \
TARGET TYPE UID UIDMAP UNIT USER WHY " ]
}

@test "the options of nstree are these" {
	program=$NSTREE
	diff -u - <(options | sort) <<-'END'
		--all
		--can
		--color
		--depth
		--details
		--filter
		--fold
		--help
		--json
		--list
		--list-columns
		--load
		--no-fold
		--noheadings
		--notruncate
		--orphaned
		--output
		--output-all
		--raw
		--save
		--strict
		--sysroot
		--threads
		--up
		--version
	END
}

@test "the columns of nstree are those of nslist, and these" {
	local shared

	shared=$(columns | sort)
	program=$NSTREE
	[ "$(comm -13 - <(columns | sort) <<<"$shared" | tr '\n' ' ')" = "CAPEFF CHANGED COMM DEAD ENTERED FORCHILDREN \
FOREGROUND HIERARCHY KIND LEADERLESS LEFT LSM NNP NSPID ORPHANED PGID SAME SECCOMP SID START STATE STOPPED TID \
TPGID TREE TTY " ]
	[ -z "$(comm -23 - <(columns | sort) <<<"$shared")" ]
}

@test "the options of pgkill are these" {
	program=$PGKILL
	diff -u - <(options | sort) <<-'END'
		--allow
		--cgroup
		--color
		--comm
		--count
		--dry-run
		--end
		--filter
		--group
		--help
		--json
		--list-columns
		--list-signals
		--load
		--namespace
		--no-wait
		--noheadings
		--notruncate
		--older
		--output
		--output-all
		--process
		--queue
		--raw
		--session
		--signal
		--state
		--strict
		--sysroot
		--tree
		--uid
		--verbose
		--version
		--wait
	END
}

@test "the columns of pgkill are those of nslist, of processes as in nstree, and these" {
	program=$PGKILL
	[ "$(columns | head -n 7 | tr '\n' ' ')" = "EFFECT SENT ENDED EXITCODE ENDSIGNAL AFTER DETAIL " ]
	[ "$(comm -13 <("$NSLIST" --list-columns --raw --noheadings | cut -d ' ' -f 1 | sort) \
		<(columns | tail -n +8 | sort) | tr '\n' ' ')" = \
		"CAPEFF COMM LSM NNP NSPID PGID SECCOMP SID START STATE TID TPGID TTY " ]
	[ -z "$(comm -23 <("$NSLIST" --list-columns --raw --noheadings | cut -d ' ' -f 1 | sort) <(columns | sort))" ]
}

help_is_whole() {
	local column section

	exits 0 --help
	[ -z "$stderr" ]
	for column in $(columns); do
		# A long name has its explanation on the next line.
		grep -qE "^  $column( +[A-Za-z0-9]|\$)" <<<"$output" || { echo "$column"; return 1; }
	done
	not grep -E '.{81}' <<<"$output"
	[[ $output == "Usage: $tool [options] "*TARGET...* ]]
	for section in Targets Options 'Common options' Columns 'Exit status'; do
		grep -q "^$section" <<<"$output" || { echo "$section"; return 1; }
	done
	[ "$("$program" -h)" = "$output" ]
}

@test "the exit codes are these" {
	[ "$(exit_codes | tr -d '\n')" = 021345 ]
	program=$NSTREE
	[ "$(exit_codes | tr -d '\n')" = 021345 ]
	program=$PGKILL
	[ "$(exit_codes | tr -d '\n')" = 0263145 ]
}

@test "--help has every column, in 80 columns" {
	for_each_tool help_is_whole
}

manual_is_whole() {
	local word text

	text=$(man_text)
	for word in $(options); do
		grep -qE "^ +(-., )?$word(\[|=| |$)" <<<"$text" || { echo "$word"; return 1; }
	done
	for word in $(columns); do
		grep -qE "^ +([A-Z]+, )*$word(,| |$)" <<<"$text" || { echo "$word"; return 1; }
	done
	for word in $(exit_codes); do
		grep -qE "^ +$word +[A-Z]" <<<"$text" || { echo "$word"; return 1; }
	done
}

@test "the man page has every option, column and exit code" {
	command -v mandoc >/dev/null || skip "needs mandoc"
	for_each_tool manual_is_whole
}

manual_is_sound() {
	run mandoc -Tlint -Wwarning "$NSKIT_SOURCE/man/$tool.1"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

@test "the man page is sound" {
	command -v mandoc >/dev/null || skip "needs mandoc"
	for_each_tool manual_is_sound
}

version_has_libraries() {
	local word

	exits 0 --version
	[ -z "$stderr" ]
	for word in "$tool (nskit) [0-9]" 'libsmartcols [0-9]' 'jansson [0-9]' 'libmount [0-9]' 'libblkid [0-9]'; do
		grep -q "^$word" <<<"$output" || { echo "$word"; return 1; }
	done
}

@test "--version has the libraries" {
	for_each_tool version_has_libraries
}

columns_are_listed() {
	exits 0 -H
	[ "$(wc -l <<<"$output")" -ge 34 ]
	exits 0 -H --raw
	grep -qE '^NS (number|<[a-z]+>) ' <<<"$output"
	exits 0 -HJ
	is_json <<<"$output"
	[ "$(jq -r '.columns[].name' <<<"$output")" = "$(columns)" ]
	jq -e 'all(.columns[]; .type and .help)' <<<"$output"
}

@test "--list-columns as a table, raw, as JSON" {
	for_each_tool columns_are_listed
}

@test "bash completes options, columns, types, files" {
	local script='
		. "$1"; shift
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }
		_nslist; printf "%s\n" "${COMPREPLY[@]}"'
	complete_words() {
		bash -c "$script" bash "$NSKIT_SOURCE/completion/nslist" "$NSLIST" "$@"
	}

	[ "$(complete_words --wh)" = --why ]
	[ "$(complete_words -- | sort)" = "$(options | sort)" ]
	[ "$(complete_words -o NS,NPR)" = NS,NPROCS ]
	[ "$(complete_words -o +ON)" = +ONS ]
	[ "$(complete_words -t net,u | tr '\n' ' ')" = "net,uts net,user " ]
	[ "$(complete_words --tree = ow)" = owner ]
	[ "$(complete_words --scan thread,m)" = thread,mount ]
}

@test "bash completes options, signals, types, columns of pgkill" {
	local script='
		. "$1"; shift
		COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }
		_pgkill; printf "%s\n" "${COMPREPLY[@]}"'
	complete_words() {
		bash -c "$script" bash "$NSKIT_SOURCE/completion/pgkill" "$PGKILL" "$@"
	}

	program=$PGKILL
	[ "$(complete_words --dr)" = --dry-run ]
	[ "$(complete_words -- | sort)" = "$(options | sort)" ]
	[ "$(complete_words -KI)" = -KILL ]
	[ "$(complete_words - | grep -cxE -- '-KILL|-RTMIN\+3|--end')" = 3 ]
	[ "$(complete_words --signal TE)" = TERM ]
	[ "$(complete_words --signal = HU)" = HUP ]
	[ "$(complete_words -l CO)" = CONT ]
	[ "$(complete_words --namespace = u | tr '\n' ' ')" = "uts user " ]
	[ "$(complete_words -o PID,EFF)" = PID,EFFECT ]
}
