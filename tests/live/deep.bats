# SPDX-License-Identifier: GPL-2.0-or-later
# Chains and crowds of real processes are drawn whole, a line each, at most 60 levels deep; who is
# whose parent is what ps says.
# shellcheck disable=SC2154
load live

setup() {
	needs_root
	n=$(rounds 2000 2000)
}

teardown() {
	end_situations
}

# family OPTION...: so many processes in a PID namespace, made by tests/bench/load. Sets first and pids,
# each behind its parent.
family() {
	"$NSKIT_BUILD/tests/bench/load" -p "$n" -n 1 -k pid "$@" >"$BATS_TEST_TMPDIR/ready" 3>&- &
	live_pids+=($!)
	until [ -s "$BATS_TEST_TMPDIR/ready" ]; do
		refute has_ended "${live_pids[-1]}"
		sleep 0.1
	done
	mapfile -t pids < <(ps -e -o pid=,ppid= | sort -n | awk -v parent="${live_pids[-1]}" '
		{ children[$2] = children[$2] " " $1 }
		END {
			waiting = children[parent]
			while (split(waiting, all) > 0) {
				waiting = ""
				for (i = 1; i in all; i++) {
					print all[i]
					waiting = waiting children[all[i]]
				}
			}
		}')
	first=${pids[0]}
	[ "${#pids[@]}" = "$n" ] || { echo "${#pids[@]} processes"; return 1; }
}

# Prints the numbers of the processes, and in their PID namespace: as status has them.
numbers() {
	local files=("${pids[@]/#//proc/}")

	awk -v OFS=/ '/^NSpid:/ { print $2, $3 }' "${files[@]/%//status}"
}

# drawn FILE ARGUMENT...: nstree draws just that.
drawn() {
	nstree "${@:2}" >"$BATS_TEST_TMPDIR/drawn" 2>"$BATS_TEST_TMPDIR/said" ||
		{ cat "$BATS_TEST_TMPDIR/said"; return 1; }
	diff "$1" "$BATS_TEST_TMPDIR/drawn" | head -n 20
	cmp "$1" "$BATS_TEST_TMPDIR/drawn"
}

@test "a chain" {
	family -c
	# What is deeper than 60 levels hangs below the one that the last level hangs below.
	numbers | awk -v n="$n" '
		{ depth = NR - 1; label = "load-0 " $1 }
		depth == 0 { print label; next }
		depth >= 60 { label = "(" depth ") " label }
		{ printf "%*s%s─%s\n", (depth < 60 ? depth - 1 : 58) * 2, "",
			depth < 59 || NR == n ? "└" : "├", label }' >"$BATS_TEST_TMPDIR/numbers"
	drawn "$BATS_TEST_TMPDIR/numbers" pid "$first"
	# The view of processes has one number of each, and the namespace that the first one changed.
	sed -E "s,/[0-9]+\$,,; 1s,\$, +pid," "$BATS_TEST_TMPDIR/numbers" >"$BATS_TEST_TMPDIR/pids"
	drawn "$BATS_TEST_TMPDIR/pids" process "$first"
	# The branch of the last one is all of them, behind those above the first one.
	nstree process "${pids[-1]}" --up -J -l 2>/dev/null | jq '.process[].pid' | tail -n "$n" |
		cmp - <(printf '%s\n' "${pids[@]}")
	[ "$(nstree process "$first" --depth 9 2>/dev/null | tail -n 1)" = \
		"$(sed -n 10p "$BATS_TEST_TMPDIR/pids") ($((n - 10)) below)" ]
}

@test "a crowd" {
	family
	numbers | awk -v n="$n" '
		NR > 1 { printf "%s─", NR < n ? "├" : "└" }
		{ print "load-0 " $1 }' >"$BATS_TEST_TMPDIR/numbers"
	drawn "$BATS_TEST_TMPDIR/numbers" pid "$first"
	printf '%s\n' "load-0 $first/1" "└─$((n - 1))*[load-0]" >"$BATS_TEST_TMPDIR/folded"
	drawn "$BATS_TEST_TMPDIR/folded" pid "$first" --fold
	# Each is a child of the first one, and nobody is missing.
	nstree pid "$first" -J 2>/dev/null | jq -r '.pid[] | .pid, .children[].pid' |
		cmp - <(printf '%s\n' "${pids[@]}")
}
