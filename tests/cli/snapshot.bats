# SPDX-License-Identifier: GPL-2.0-or-later
# What is saved and loaded again gives the same output, byte for byte, in every view.
load common

# The views that must come out the same, one a line, as words of the shell.
views_of_nslist() {
	cat <<-'END'

		-l
		-t net
		-t net,user -t pid
		-P
		-T
		-Towner
		-Tparent
		-Tprocess
		-J
		-J -T
		-J -Tprocess --output-all
		--output-all
		-r --output-all
		-n -W --output-all
		-o +PNS,ONS,HELD,HOLDERS
		-o HELD,HOLDERS,WHY -J
		-Q 'NPROCS > 1 || HELD =~ "m"'
		--scan process
		--scan process,thread -o +HELD,NTHREADS,HOLDERS
		--scan fd,mount -J --output-all
		--scan process -t user -Towner -o +HELD
		-t user --output-all
		-t pid -o NS,DEPTH,PNS,HELD
		--why
		--why -J
		--why -P
		--strict
	END
}

# Of nstree itself, in a PID namespace of the test's own, START differs from run to run.
views_of_nstree() {
	local view

	for view in pid process user session; do
		sed "s/^/$view /" <<-'END'

			-a
			--threads
			--up 1
			--depth 1
			-o COMM,CONTAINER,USER
			--fold -o NS,NPROCS,HELD
			-r -o PID,COMM,NSPID
			-l
			-J
			-J -l
			-J -a --threads
			-a -o CAPEFF,SECCOMP,NNP,LSM,TTY
			-J --output-all -Q 'COMM != "nstree"'
			-Q 'PID > 1' --strict
		END
	done
	cat <<-'END'
		user --details
		user --details -J
		user --details --output-all -Q 'TYPE == "net"'
		user --can 1 4026531837
		session --orphaned
		session --orphaned -J
		cgroup
		cgroup -J
	END
}

views() {
	"views_of_${TOOL##*/}"
}

# In a PID namespace of the test's own the next process gets the same number each time: nslist sees
# itself, too.
set_number() {
	[ -z "${is_quiet-}" ] || echo 100 >/proc/sys/kernel/ns_last_pid
}

# The command, once whoever started it has come to wait for it: its state is to be seen, too.
when_awaited() {
	[ -n "${is_quiet-}" ] || exec "$@"
	# shellcheck disable=SC2016 # that shell's own
	exec bash -c 'until read -r _ _ state _ </proc/$PPID/stat && [ "$state" = S ]; do :; done
		exec "$@"' bash "$@"
}

# Runs the tool, without capabilities where the test wants gaps: then PID 1 is out of reach.
ask() {
	if [ -n "${is_limited-}" ]; then
		(when_awaited setpriv --bounding-set=-all --inh-caps=-all "$TOOL" "$@")
	else
		(when_awaited "$TOOL" "$@")
	fi
}

# same ROOT ARGUMENT...: answers of the host below ROOT (empty: this host) and of its snapshot are
# one. No pipe and no subshell: this host's processes must be the same each time.
same() {
	local from=(--sysroot "$1") live=0 stored=0 work=$BATS_TEST_TMPDIR

	[ -n "$1" ] || from=()
	set_number
	ask "${from[@]}" "${@:2}" >"$work/live" 2>&1 || live=$?
	"$TOOL" --load "$snapshot" "${@:2}" >"$work/stored" 2>&1 || stored=$?
	if [ "$live" != "$stored" ] || ! cmp -s "$work/live" "$work/stored"; then
		echo "not the same: ${*:2} ($live, $stored)"
		diff "$work/live" "$work/stored"
		return 1
	fi
}

save() {
	snapshot=$BATS_TEST_TMPDIR/snapshot
	set_number
	ask "$@" --save "$snapshot" 2>/dev/null
}

setup() {
	TOOL=$NSLIST
}

every_view_of_a_fixture() {
	local view words

	for name in small hostile; do
		save --sysroot "$(fixture "$name")"
		while read -r view; do
			eval "words=($view)"
			same "$(fixture "$name")" "${words[@]}" || return
		done < <(views)
	done
}

@test "every view of a fixture" {
	every_view_of_a_fixture
}

@test "every view of a fixture, as trees" {
	TOOL=$NSTREE
	every_view_of_a_fixture
}

@test "targets" {
	save --sysroot "$(fixture small)"
	for target in 80 41 999 @0123456789ab session-3.scope 4026532301 4026532500 4026532402 'net:[4026532401]' \
		/run/netns/blue cg:/user.slice '2@pid:[4026532301]' @nosuch; do
		same "$(fixture small)" "$target"
		same "$(fixture small)" "$target" -J
		same "$(fixture small)" --why "$target"
		case $target in *blue | 402* | net*) ;; *) same "$(fixture small)" --pid "$target" ;; esac
	done
}

@test "targets of trees" {
	TOOL=$NSTREE
	save --sysroot "$(fixture small)"
	for target in 80 41 999 @0123456789ab session-3.scope 4026532301 4026532500 4026532402 'net:[4026532401]' \
		/run/netns/blue cg:/user.slice '2@pid:[4026532301]' @nosuch; do
		for view in pid process user session cgroup; do
			same "$(fixture small)" "$view" "$target" --up
			same "$(fixture small)" "$view" "$target" -J
		done
	done
}

# every_view [is_limited]: of a PID namespace where nothing else happens.
every_view() {
	[ "$(id -u)" = 0 ] || skip "needs root, to make a quiet PID namespace"
	unshare --pid --fork --mount-proc --net --uts --ipc true || skip "needs namespaces"
	views >"$BATS_TEST_TMPDIR/views"
	export -f ask same save set_number when_awaited
	export TOOL BATS_TEST_TMPDIR is_limited=${1-}
	run unshare --pid --fork --mount-proc --net --uts --ipc bash -c '
		is_quiet=1
		# Somebody whom it can see, so that it is not the first process itself.
		setpriv --bounding-set=-all --inh-caps=-all sleep 600 &
		until [ "$(</proc/$!/comm)" = sleep ]; do :; done
		save
		while read -r view; do
			eval "words=($view)"
			same "" "${words[@]}" || exit 1
		done <"$BATS_TEST_TMPDIR/views"
		ask --strict >/dev/null 2>&1
		echo $?'
	# shellcheck disable=SC2154
	[ "$status" = 0 ] || { echo "$output"; return 1; }
}

@test "every view of this host" {
	every_view
	[ "$output" = 0 ] || { echo "$output"; return 1; }
}

@test "every view of this host, with gaps" {
	every_view is_limited
	[ "$output" = 5 ] || { echo "$output"; return 1; }
}

@test "every view of this host, as trees" {
	TOOL=$NSTREE
	every_view
	[ "$output" = 0 ] || { echo "$output"; return 1; }
}

@test "every view of this host, as trees, with gaps" {
	TOOL=$NSTREE
	every_view is_limited
	[ "$output" = 5 ] || { echo "$output"; return 1; }
}

@test "whether CAP_SYS_PTRACE was held is in the snapshot, and decides what is said to be the cure" {
	local file=$BATS_TEST_TMPDIR/changed held cure

	save --sysroot "$(fixture small)"
	for held in true false; do
		jq --argjson held "$held" '.scan.can_trace = $held
			| .gaps = [{"gap": "descriptors", "count": 1, "total": 9}]' "$snapshot" >"$file"
		cure="needs CAP_SYS_PTRACE"
		[ "$held" = false ] || cure="refused although CAP_SYS_PTRACE is held: by a security module, or because their user namespace is not within ours"
		nslist_exits 0 --load "$file" -t uts
		says "incomplete: 1 of 9 processes: descriptors not readable ($cure)"
		nslist_exits 0 --load "$file" -t uts -J
		[ "$(jq -r '.gaps[0].cure' <<<"$output")" = "$cure" ]
	done
	[ "$(jq .scan.can_trace "$snapshot")" = "$([ "$(id -u)" = 0 ] && echo true || echo false)" ]
}

@test "a copy of a snapshot is the snapshot" {
	save --sysroot "$(fixture small)"
	"$NSLIST" --load "$snapshot" --save "$snapshot.copy"
	cmp "$snapshot" "$snapshot.copy"
	"$NSLIST" --load - --save - <"$snapshot" | cmp "$snapshot" -
}

@test "a snapshot is its owner's alone, and is replaced whole" {

	local folder=$BATS_TEST_TMPDIR/folder

	mkdir "$folder"
	umask 000
	nslist_exits 0 --sysroot "$(fixture small)" --save "$folder/s"
	[ -z "$output" ]
	[ "$(stat -c %a "$folder/s")" = 600 ]
	chmod 644 "$folder/s"
	nslist_exits 0 --sysroot "$(fixture small)" --save "$folder/s"
	[ "$(stat -c %a "$folder/s")" = 600 ]
	[ "$(ls -A "$folder")" = s ]
	is_json <"$folder/s"
	nslist_exits 1 --sysroot "$(fixture small)" --save /nonexistent/x
	[ "${stderr_lines[0]}" = "nslist: cannot write /nonexistent/x: No such file or directory" ]
}

@test "what is no snapshot is refused in one line" {
	local file=$BATS_TEST_TMPDIR/x

	for text in '' '{' '{}' '[]' 'null' '{"processes": 1}' "$(printf '\377')" '{"format": "other"}'; do
		printf '%s' "$text" >"$file"
		nslist_exits 1 --load "$file"
		[ -z "$output" ] || { echo "$text: $output"; return 1; }
		says "cannot load $file: "
	done
	nslist_exits 1 --load "$BATS_TEST_TMPDIR"
	nslist_exits 1 --load /dev/null
}

@test "a snapshot that was cut off is refused" {
	save --sysroot "$(fixture small)"
	local size step

	size=$(stat -c %s "$snapshot")
	for ((step = 1; step < 20; step++)); do
		head -c $((size * step / 20)) "$snapshot" >"$snapshot.cut"
		nslist_exits 1 --load "$snapshot.cut"
		[ -z "$output" ]
	done
}
