# SPDX-License-Identifier: GPL-2.0-or-later
# --help, --version, the man page and the completion tell of everything that there is.
load common

setup() {
	program=$NSLIST
	tool=nslist
}

# for_each_tool COMMAND: with `tool` and `program` set.
for_each_tool() {
	for tool in nslist nstree; do
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

help_is_whole() {
	local column section

	exits 0 --help
	[ -z "$stderr" ]
	for column in $(columns); do
		# A long name has its explanation on the next line.
		grep -qE "^  $column( +[A-Za-z0-9]|\$)" <<<"$output" || { echo "$column"; return 1; }
	done
	not grep -E '.{81}' <<<"$output"
	[[ $output == "Usage: $tool [options] "*"[TARGET...]"* ]]
	for section in Targets Options 'Common options' Columns 'Exit status'; do
		grep -q "^$section" <<<"$output" || { echo "$section"; return 1; }
	done
	[ "$("$program" -h)" = "$output" ]
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
	for word in 0 1 2 3 4 5; do
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
	exits 0 -Hr
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
