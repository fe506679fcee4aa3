# SPDX-License-Identifier: GPL-2.0-or-later
# nslist gives back all memory and descriptors, whatever it is asked and however it ends; in a nest, where
# there is one of almost everything. A build with sanitizers looks after its memory itself; an emulated
# guest would take too long for more than the exit statuses.
# shellcheck disable=SC2154
load live

setup_file() {
	needs_root
	start_nest
	# Modules of the name service stay loaded, with what they keep.
	cat >"$BATS_FILE_TMPDIR/suppressions" <<-'END'
		{
		   name-service
		   Memcheck:Leak
		   match-leak-kinds: reachable
		   ...
		   fun:getpwuid_r*
		}
	END
}

teardown_file() {
	end_nest
}

setup() {
	checker=()
	kinds=all
	log=$BATS_TEST_TMPDIR/valgrind
	if [ -z "${NSKIT_GUEST-}" ] && ! grep -qa __asan_init "$NSLIST"; then
		command -v valgrind >/dev/null || skip "needs the package valgrind"
		checker=(valgrind --errors-for-leak-kinds=all "--log-file=$log" --leak-check=full --show-leak-kinds=all --track-fds=yes
			--error-exitcode=99 --num-callers=50 "--suppressions=$BATS_FILE_TMPDIR/suppressions"
			"--suppressions=$NSKIT_SOURCE/tests/valgrind.suppressions")
	fi
}

# What is open at the end has come from whoever started it.
has_no_open_descriptors() {
	[ "$(grep -c 'Open .*\(descriptor\|socket\)' "$log")" = "$(grep -c '<inherited from parent>' "$log")" ]
}

# Misuse, --help and --version end the program where it stands: its memory is given back by that.
while_parsing() {
	local kinds=none

	ends "$@"
}

# ends STATUS ARGUMENT...: nslist exits with that, without errors and leftovers.
ends() {
	local status=0

	[ ${#checker[@]} = 0 ] || checker[1]=--errors-for-leak-kinds=$kinds
	inside "${checker[@]}" "$NSLIST" "${@:2}" </dev/null >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/said" || status=$?
	if [ "$status" != "$1" ] || { [ ${#checker[@]} != 0 ] && ! has_no_open_descriptors; }; then
		echo "nslist ${*:2}: exit $status, expected $1"
		cat "$BATS_TEST_TMPDIR/said"
		[ ${#checker[@]} = 0 ] || cat "$log"
		return 1
	fi
}

@test "no leaks: the views" {
	ends 0
	ends 0 --why
	ends 0 -J --output-all
	ends 0 -T=owner --output-all
	ends 0 -T=parent --raw
	ends 0 -T=process -J
	ends 0 -P
	ends 0 --scan process -t pid -o NS,NPROCS
}

@test "no leaks: targets and filters" {
	ends 0 1
	ends 0 -p 1 -t net
	ends 0 --pid 1
	ends 0 /proc/1/ns/net
	ends 0 "1@$(inside stat -L -c %i /proc/1/ns/pid)"
	ends 0 -Q 'NPROCS > 1 and (COMMAND =~ "^s.*p" or TYPE == "net") and PID != 5'
}

@test "no leaks: snapshots" {
	local file=$BATS_TEST_TMPDIR/snapshot

	ends 0 --save "$file"
	ends 0 --load "$file" --output-all
	ends 0 --load "$file" --why -J
	truncate --size=-100 "$file"
	ends 1 --load "$file"
	ends 1 --load "$file.missing"
	ends 1 --save /proc/1/nothing
	ends 0 --sysroot / --output-all
}

@test "no leaks: what is wrong" {
	ends 3 -p 4000000
	ends 3 @nothing
	ends 3 /run/netns/nothing
	while_parsing 2 --bogus
	while_parsing 2 -o NS,BOGUS
	while_parsing 2 -Q 'NPROCS > '
	while_parsing 2 -Q '(((NS == 1) and COMMAND =~ "(")'
	while_parsing 2 -t bogus
	ends 1 --sysroot /nonexistent
}

@test "no leaks: what is answered without a look" {
	while_parsing 0 --help
	while_parsing 0 --version
	ends 0 -H
	ends 0 -H -J
}
