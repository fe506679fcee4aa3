# SPDX-License-Identifier: GPL-2.0-or-later
# --help, --version, the man page and the completion tell of everything that there is.
load common

# The long options, as --help lists them.
options() {
	"$NSLIST" --help | sed -n 's/^  \(-., \|    \)\(--[a-z-]*\).*/\2/p'
}

columns() {
	"$NSLIST" --list-columns --raw --noheadings | cut -d ' ' -f 1
}

man_text() {
	mandoc -Tascii "$NSKIT_SOURCE/man/nslist.1" | col -bx
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

@test "--help has every column, in 80 columns" {
	local column

	nslist_exits 0 --help
	[ -z "$stderr" ]
	for column in $(columns); do
		grep -q "^  $column  *[A-Za-z0-9]" <<<"$output" || { echo "$column"; return 1; }
	done
	not grep -E '.{81}' <<<"$output"
	[[ $output == "Usage: nslist [options] [TARGET...]"* ]]
	for section in Targets Options 'Common options' Columns 'Exit status'; do
		grep -q "^$section" <<<"$output" || { echo "$section"; return 1; }
	done
	[ "$("$NSLIST" -h)" = "$output" ]
}

@test "the man page has every option, column and exit code" {
	command -v mandoc >/dev/null || skip "needs mandoc"
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

@test "the man page is sound" {
	command -v mandoc >/dev/null || skip "needs mandoc"
	run mandoc -Tlint -Wwarning "$NSKIT_SOURCE/man/nslist.1"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

@test "--version has the libraries" {
	nslist_exits 0 --version
	[ -z "$stderr" ]
	for word in 'nslist (nskit) [0-9]' 'libsmartcols [0-9]' 'jansson [0-9]' 'libmount [0-9]' 'libblkid [0-9]'; do
		grep -q "^$word" <<<"$output" || { echo "$word"; return 1; }
	done
}

@test "--list-columns as a table, raw, as JSON" {
	nslist_exits 0 -H
	[ "$(wc -l <<<"$output")" -ge 34 ]
	nslist_exits 0 -Hr
	grep -qE '^NS (number|<[a-z]+>) ' <<<"$output"
	nslist_exits 0 -HJ
	is_json <<<"$output"
	[ "$(jq -r '.columns[].name' <<<"$output")" = "$(columns)" ]
	jq -e 'all(.columns[]; .type and .help)' <<<"$output"
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
