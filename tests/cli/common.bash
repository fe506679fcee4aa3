# SPDX-License-Identifier: GPL-2.0-or-later
# What the tests of the command line share; NSKIT_SOURCE and NSLIST come from tests/run.
# shellcheck shell=bash
bats_require_minimum_version 1.5.0
: "${NSKIT_SOURCE:=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}"
: "${NSLIST:=$NSKIT_SOURCE/build/tools/nslist}"
: "${NSTREE:=${NSLIST%/*}/nstree}"
: "${PGKILL:=${NSLIST%/*}/pgkill}"
export LC_ALL=C.UTF-8 TERM=xterm
unset COLUMNS NO_COLOR

# Makes the tree of a fixture, once a file: fixture NAME. Prints its folder.
fixture() {
	local folder=$BATS_FILE_TMPDIR/$1

	[ -d "$folder" ] ||
		"$NSKIT_SOURCE/tests/tools/mkproc.sh" "$NSKIT_SOURCE/tests/fixtures/proc/$1.proc" "$folder"
	echo "$folder"
}

# Makes the snapshot of a fixture, once a file: snapshot_fixture NAME. Prints its path.
snapshot_fixture() {
	local file=$BATS_FILE_TMPDIR/$1.snapshot

	[ -e "$file" ] ||
		"$NSKIT_SOURCE/tests/tools/mksnapshot.sh" "$NSKIT_SOURCE/tests/fixtures/snapshot/$1.json" >"$file" ||
		return
	echo "$file"
}

# Only root can give the processes of a fixture to other users.
needs_root() {
	[ "$(id -u)" = 0 ] || skip "needs root, to give the fixture its owners"
}

# Runs nslist; stdout is in $output, stderr in $stderr.
nslist() {
	run --separate-stderr "$NSLIST" "$@"
}

# The same of nstree.
nstree() {
	run --separate-stderr "$NSTREE" "$@"
}

# The same of pgkill.
pgkill() {
	run --separate-stderr "$PGKILL" "$@"
}

# Runs the tool that the tests are about (a file of tests may set `tool`) and expects that exit status.
exits() {
	"${tool:-nslist}" "${@:2}"
	# shellcheck disable=SC2154
	[ "$status" = "$1" ] || { echo "exit $status, expected $1: $output $stderr"; return 1; }
}

# Runs nslist and expects that exit status.
nslist_exits() {
	local tool=nslist

	exits "$@"
}

# One line on stderr that begins with the name of the tool and holds $1.
says() {
	# shellcheck disable=SC2154
	[ "${#stderr_lines[@]}" = 1 ] && [[ $stderr == "${tool:-nslist}: "*"$1"* ]] ||
		{ echo "said: $stderr"; echo "expected: $1"; return 1; }
}

# misuse TEXT ARGUMENT...: exit 2, nothing on stdout, one line that holds TEXT and points to --help.
misuse() {
	exits 2 "${@:2}" || return
	[ -z "$output" ] || { echo "printed: $output"; return 1; }
	says "$1" || return
	[[ $stderr == *"; see ${tool:-nslist} --help" ]] || { echo "no pointer: $stderr"; return 1; }
}

# Runs the command on a terminal of $1 columns and prints what comes out, without carriage returns.
on_terminal() {
	python3 - "$@" <<-'END'
		import fcntl, os, pty, struct, sys, termios
		pid, terminal = pty.fork()
		if pid == 0:
		    os.execvp(sys.argv[2], sys.argv[2:])
		fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
		data = b""
		while True:
		    try:
		        piece = os.read(terminal, 65536)
		    except OSError:
		        break
		    if not piece:
		        break
		    data += piece
		status = os.waitpid(pid, 0)[1]
		sys.stdout.buffer.write(data.replace(b"\r", b""))
		sys.exit(os.waitstatus_to_exitcode(status))
	END
}

# Compares stdin with the file tests/cli/expected/NAME; NSKIT_ACCEPT=1 writes it instead.
expected() {
	local file=$NSKIT_SOURCE/tests/cli/expected/$1

	if [ -n "${NSKIT_ACCEPT-}" ]; then
		cat >"$file"
	else
		diff -u "$file" -
	fi
}

# `! command` alone does not fail a test.
not() {
	! "$@"
}

# Both readers take stdin as one JSON document, in UTF-8.
is_json() {
	local file=$BATS_TEST_TMPDIR/json

	cat >"$file"
	python3 -m json.tool <"$file" >/dev/null && jq -e . "$file" >/dev/null && iconv -f UTF-8 -t UTF-8 "$file" >/dev/null
}

# No byte of stdin but newline is a control byte, C1 controls in UTF-8 included.
is_printable() {
	! LC_ALL=C grep -qaP '[\x00-\x1f\x7f]|\xc2[\x80-\x9f]'
}
