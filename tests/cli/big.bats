# SPDX-License-Identifier: GPL-2.0-or-later
# A host with 25,600 processes, a chain of 10,240 among them (tests/cli/big.py): each view costs no more
# than in proportion to one with a sixteenth of that, on a stack that no recursion fits on.
load common

measure=$NSKIT_BUILD/tests/bench/measure
small=1600 big=25600
depth=$((big * 2 / 5))

setup_file() {
	for size in $small $big; do
		python3 "$BATS_TEST_DIRNAME/big.py" "$NSKIT_SOURCE/tests/fixtures/snapshot/nest.json" "$size" \
			>"$BATS_FILE_TMPDIR/$size"
	done
}

# CPU time in microseconds: cost SIZE ARGUMENT...
cost() {
	(
		ulimit -s 256
		"$measure" timeout 120 "$NSTREE" --load "$BATS_FILE_TMPDIR/$1" "${@:2}" 2>"$BATS_TEST_TMPDIR/said"
	) | cut -d' ' -f1
	if [ "${PIPESTATUS[0]}" != 0 ] || [ -s "$BATS_TEST_TMPDIR/said" ]; then
		echo "nstree ${*:2}: $(cat "$BATS_TEST_TMPDIR/said")" >&2
		return 1
	fi
}

# Sixteen times as much may cost 24 times as much: caches are small. A quadratic step, be it as simple
# as can be, makes that 30 or more. On a busy machine the least of several measurements counts.
is_linear() {
	local least=999999999 most=999999999 attempts=0 now

	while ((attempts++ < 5)); do
		now=$(cost $small "$@") || return
		least=$((now < least ? now : least))
		now=$(cost $big "$@") || return
		most=$((now < most ? now : most))
		[ "$most" -gt "$((least * 24))" ] || return 0
	done
	echo "nstree $*: $least microseconds for $small processes, $most for $big"
	return 1
}

@test "whole trees" {
	for view in pid process user session cgroup; do
		is_linear $view --all --threads
	done
}

@test "JSON, as deep as the tree" {
	for view in pid process user session cgroup; do
		is_linear $view --all -J
	done
}

@test "raw, folded, not deep, with columns" {
	for view in pid process user session cgroup; do
		is_linear $view --raw --fold --depth 9 -o PID,NS,COMM,CONTAINER,NPROCS
	done
}

@test "a part of it as a list" {
	for view in pid process user session cgroup; do
		is_linear $view -J -l --up -Q 'PID > 5' 'user:[4026531837]'
	done
}

@test "each process is drawn, none deeper than 60 levels" {
	LC_ALL=C "$NSTREE" --load "$BATS_FILE_TMPDIR/$big" process --all >"$BATS_TEST_TMPDIR/drawn"
	# The chain, from its highest number down; what is deeper than all indents says how deep it is.
	awk -v processes=$big -v depth=$depth '
		/-link-|\) link-/ {
			number = $0
			sub(/.*link-[0-9] /, "", number)
			wrong += number + 0 != depth + 1 - chain++
			wrong += /-\([0-9]+\) link/ != (chain >= 60) || (chain >= 60 && !index($0, "-(" chain ") "))
			indent = index($0, "-")
			deepest = indent > deepest ? indent : deepest
		}
		{ drawn++ }
		END {
			print drawn, chain, wrong, deepest
			exit !(drawn == processes && chain == depth && wrong == 0 && deepest == 59 * 2)
		}' "$BATS_TEST_TMPDIR/drawn"
	[ "$("$NSTREE" --load "$BATS_FILE_TMPDIR/$big" process --all -J -l | grep -c '"pid":')" = "$big" ]
}
