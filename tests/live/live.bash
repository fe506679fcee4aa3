# SPDX-License-Identifier: GPL-2.0-or-later
# What the live tests share: situations that are made for real, and questions to the tool about them.
# NSKIT_SOURCE, NSKIT_BUILD and NSLIST come from tests/run.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0
: "${NSKIT_SOURCE:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${NSKIT_BUILD:=$NSKIT_SOURCE/build}"
: "${NSLIST:=$NSKIT_BUILD/tools/nslist}"
programs=$NSKIT_BUILD/tests/live
export NSKIT_SOURCE NSKIT_BUILD NSLIST LC_ALL=C.UTF-8 TERM=dumb
unset COLUMNS NO_COLOR

needs_root() {
	[ "$(id -u)" = 0 ] || skip "needs root"
}

# Expects failure: "!" before a command does not end a test.
refute() {
	if "$@"; then
		echo "succeeded: $*"
		return 1
	fi
}

# Prints the words; in an emulated guest, where each takes long, only the first N: some N WORD...
some() {
	local n=$1
	shift
	[ -n "${NSKIT_GUEST-}" ] || n=$#
	echo "${@:1:n}"
}

# How many rounds: $1, a quarter of it in an emulated guest, and $2 with NSKIT_LONG=1.
rounds() {
	if [ -n "${NSKIT_LONG-}" ]; then
		echo "$2"
	elif [ -n "${NSKIT_GUEST-}" ]; then
		echo "$((($1 + 3) / 4))"
	else
		echo "$1"
	fi
}

# Removes that control group, the folder of one, and those below it. Their processes have been waited for, but the
# kernel may still be at it.
remove_groups() {
	local try
	for try in {1..50}; do
		find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
		[ -d "$1" ] || return 0
		sleep 0.1
	done
	echo "$try times: cannot remove $1"
	return 1
}

# Processes that this test has started, and the ends of their stdin.
live_pids=() live_ends=()
# What a situation says that it made: ${made[inode]}.
declare -gA made=()

# situation NAME [ARGUMENT]: makes it, with its facts in $made; it lasts until the end of the test.
# Not in a subshell: a situation ends with the shell that made it.
situation() {
	make_by situation "$@"
}

# The same by another program of this folder: make_by PROGRAM [ARGUMENT...].
make_by() {
	local folder end status=0 word words

	folder=$(mktemp -d "$BATS_TEST_TMPDIR/situation.XXXXXX")
	mkfifo "$folder/stdin"
	"$programs/$1" "${@:2}" <"$folder/stdin" >"$folder/stdout" 2>"$folder/stderr" 3>&- &
	live_pids+=($!)
	exec {end}>"$folder/stdin"
	live_ends+=("$end")
	until [ -s "$folder/stdout" ] || has_ended "${live_pids[-1]}"; do
		sleep 0.02
	done
	made=()
	read -ra words <"$folder/stdout" || true
	for word in "${words[@]}"; do
		made[${word%%=*}]=${word#*=}
	done
	if [ -z "${made[pid]-}" ]; then
		wait "${live_pids[-1]}" || status=$?
		[ "$status" != 77 ] || skip "this kernel cannot: $(cat "$folder/stderr")"
		echo "$*: exit $status: $(cat "$folder/stderr")"
		return 1
	fi
}

# Whether all threads of a child of this shell have ended. Asked twice: what the leader starts right
# before it ends is not among the threads that were listed before.
has_ended() {
	! has_living_thread "$1" && ! has_living_thread "$1"
}

has_living_thread() {
	grep -qs "^State:[[:space:]]*[^ZX[:space:]]" "/proc/$1"/task/*/status
}

# Ends what this test has started; for teardown.
end_situations() {
	local end pid
	for end in "${live_ends[@]}"; do
		exec {end}>&-
	done
	for pid in "${live_pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	live_pids=() live_ends=()
}

# The inode that a link in /proc/PID/ns names: inode_of PID LINK.
inode_of() {
	local link
	link=$(readlink "/proc/$1/ns/$2") || return
	link=${link##*\[}
	echo "${link%]}"
}

# ask QUESTION FILE: the kernel's answer about a namespace; empty where it says no.
ask() {
	"$programs/ask" "$@" 2>/dev/null || true
}

has_listns() {
	"$programs/ask" listns 2>/dev/null
}

# Whether this kernel is at least that: kernel_is_from 6.11.
kernel_is_from() {
	[ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# How many tasks are in a namespace: tasks_in TYPE INODE.
tasks_in() {
	readlink /proc/[0-9]*/task/*/ns/"$1" 2>/dev/null | grep -cxF "$1:[$2]"
}

# json_is FILTER: jq's filter is true of the one document on stdin.
json_is() {
	local answer
	answer=$(jq "$1")
	[ "$answer" = true ] || { echo "$answer, expected: $1"; return 1; }
}

# The row of a namespace as JSON, on one line; nothing where it is not listed: row INODE COLUMNS.
row() {
	"$NSLIST" -J -o "$2" -Q "NS == $1" 2>/dev/null | jq -c '.namespaces[]'
}

# row_is INODE COLUMNS FILTER: there is one row of that namespace, and jq's filter is true of it.
# $inode, $pid, ... in the filter are numbers of the situation.
row_is() {
	local line name arguments=()

	for name in "${!made[@]}"; do
		arguments+=(--argjson "$name" "${made[$name]}")
	done
	line=$(row "$1" "$2")
	if [ "$(jq "${arguments[@]}" "$3" <<<"$line")" != true ]; then
		echo "row of $1: $line"
		echo "expected: $3 with $(declare -p made)"
		return 1
	fi
}

# holder_is INODE FILTER: jq's filter is true of exactly one of its holders.
holder_is() {
	row_is "$1" HOLDERS "[.holders[] | select($2)] | length == 1"
}

# why INODE LINE...: --why has these lines, word for word: a kind and what is said of it, or "It goes...".
why() {
	local text line
	text=$("$NSLIST" --why "$1" 2>/dev/null)
	for line in "${@:2}"; do
		# The kinds stand in a column; the sentence may go on with what could not be seen.
		if ! sed -E 's/^  (process|thread|for_children|fd|socket|mount|nested|owned)  +/  \1 /; s/^  //
			s/ Not everything could be seen: .*//' <<<"$text" | grep -qxF -- "$line"; then
			echo "--why $1: $text"
			echo "expected: $line"
			return 1
		fi
	done
}

# The nest (nest.bash) lasts from setup_file to teardown_file.
start_nest() {
	local unshare
	unshare --pid --fork --kill-child --net --mount-proc bash "$BATS_TEST_DIRNAME/nest.bash" \
		"$BATS_FILE_TMPDIR/ready" 3>&- >"$BATS_FILE_TMPDIR/nest" 2>&1 &
	unshare=$!
	echo "$unshare" >"$BATS_FILE_TMPDIR/unshare"
	until [ -e "$BATS_FILE_TMPDIR/ready" ]; do
		has_ended "$unshare" && { cat "$BATS_FILE_TMPDIR/nest"; return 1; }
		sleep 0.02
	done
	# Its init is the only child.
	ps -o pid= --ppid "$unshare" | tr -d ' ' >"$BATS_FILE_TMPDIR/init"
}

end_nest() {
	local unshare
	[ -e "$BATS_FILE_TMPDIR/unshare" ] || return 0
	unshare=$(cat "$BATS_FILE_TMPDIR/unshare")
	kill -KILL "$unshare" 2>/dev/null || true
	wait "$unshare" 2>/dev/null || true
}

# Runs a command in the nest.
inside() {
	nsenter --target "$(cat "$BATS_FILE_TMPDIR/init")" --pid --mount --net -- "$@"
}
