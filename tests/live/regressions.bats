# SPDX-License-Identifier: GPL-2.0-or-later
# What once went wrong: processes that want to lead a scan astray or to hold it up, and conditions under
# which something was overlooked without a word.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live

setup() {
	needs_root
}

teardown() {
	end_situations
}

@test "of a command line that claims to have terabytes the start is read" {
	situation command-line $((1 << 40))
	local inode=${made[inode]}

	(
		ulimit -v $((1 << 20))
		timeout 60 "$NSLIST" -J -o COMMAND -Q "NS == $inode" >"$BATS_TEST_TMPDIR/rows"
	)
	[ "$(jq -r '.namespaces[].command' "$BATS_TEST_TMPDIR/rows")" = claimed ]
}

# Of members in a row not each link is read: it must not be taken for one of them.
@test "what set a PID namespace aside that those before it are in is not counted in it" {
	local unshare init inode outside
	unshare --pid --fork --kill-child bash -c 'sleep 1000 & sleep 1000 & sleep 1000 & wait' \
		</dev/null >/dev/null 2>&1 3>&- &
	unshare=$!
	live_pids+=("$unshare")
	until init=$(ps -o pid= --ppid "$unshare" | tr -d ' ') && [ -n "$init" ] &&
		[ "$(ps -o comm= --ppid "$init" | grep -cx sleep)" = 3 ]; do
		sleep 0.02
	done
	inode=$(inode_of "$init" pid)
	nsenter --no-fork --pid="/proc/$init/ns/pid" sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
	outside=$!
	live_pids+=("$outside")
	until [ "$(inode_of "$outside" pid_for_children)" = "$inode" ]; do sleep 0.02; done
	[ "$(inode_of "$outside" pid)" != "$inode" ]
	[ "$("$NSLIST" -rn -o NPROCS,HELD -Q "NS == $inode" 2>/dev/null)" = "4 pc" ]
}

# The process before has as many descriptors, and some of the same numbers: the second one is looked at
# as if it were like the first, and then anew.
@test "a socket that may not be looked at is said where descriptors are looked at twice" {
	[[ $("$programs/situation" socket inet </dev/null 3>&-) =~ fd=([0-9]+) ]]
	local fd=${BASH_REMATCH[1]} pid
	bash -c "exec 3>&- $fd</dev/null 63</dev/null; exec sleep 1000" </dev/null >/dev/null 2>&1 &
	pid=$!
	live_pids+=("$pid")
	exec 62</dev/null
	situation socket inet
	exec 62<&-
	[ "${made[fd]}" = "$fd" ]
	[ "$(find "/proc/${made[pid]}/fd" -type l | wc -l)" = "$(find "/proc/$pid/fd" -type l | wc -l)" ]
	setpriv --bounding-set -net_admin --inh-caps -net_admin "$NSLIST" -n 2>&1 >/dev/null |
		grep -q 'network namespace not readable'
}

@test "a bind mount in a file system that no longer answers is listed, and not waited for" {
	situation mount-hung net
	local inode=${made[inode]}

	timeout -s KILL 60 "$NSLIST" -rn -o NS,HELD,NSFS -Q "NS == $inode" >"$BATS_TEST_TMPDIR/rows"
	[ "$(cat "$BATS_TEST_TMPDIR/rows")" = "$inode m /mnt/hung/place" ]
}

# 30 megabytes of mountinfo.
@test "a mount table costs no memory for what does not matter" {
	situation deep-mounts 1000
	local inode=${made[inode]}

	(
		ulimit -v $((48 << 10))
		timeout 60 "$NSLIST" -rn -o NS,HELD,NSFS -Q "NS == $inode" >"$BATS_TEST_TMPDIR/rows"
	)
	[ "$(cat "$BATS_TEST_TMPDIR/rows")" = "$inode m /mnt/place" ]
}

# jailed KIND COMMAND...: in a mount namespace where a network namespace is kept outside of a jail, which
# is a folder or a mount point. The command may call nslist_in_jail, and knows $inode.
jailed() {
	unshare --mount --pid --fork --kill-child --mount-proc bash -c '
		set -euo pipefail
		nslist_in_jail=(chroot /mnt/jail "$NSLIST" -rn -o HELD,NSFS)
		mount -t tmpfs jail /mnt
		mkdir /mnt/jail
		if [ "$1" = folder ]; then
			for folder in /bin /lib* /usr /proc "$NSKIT_BUILD"; do
				[ ! -d "$folder" ] || { mkdir -p "/mnt/jail$folder"; mount --rbind "$folder" "/mnt/jail$folder"; }
			done
		else
			mount --rbind / /mnt/jail
		fi
		touch /mnt/kept
		unshare --net="/mnt/kept" true
		inode=$(stat -c %i /mnt/kept)
		shift
		"$@"' jailed "$@" 3>&-
}

with_others() {
	"${nslist_in_jail[@]}" --strict -Q "NS == $inode"
}

# Not in a shell that is outside.
alone() {
	exec unshare --mount "${nslist_in_jail[@]}" --strict -Q "NS == $(inode_of self mnt)"
}
export -f with_others alone inode_of

@test "in a chroot, mounts outside of it are found where another process sees them" {
	local kind

	for kind in folder mount-point; do
		jailed "$kind" with_others >"$BATS_TEST_TMPDIR/rows"
		[ "$(cat "$BATS_TEST_TMPDIR/rows")" = "m /mnt/kept" ]
	done
}

@test "in a chroot, mounts outside of it are said to be missing" {
	local kind status

	for kind in folder mount-point; do
		[ "$kind" = folder ] || kernel_is_from 6.8 || continue
		status=0
		jailed "$kind" alone 2>"$BATS_TEST_TMPDIR/said" || status=$?
		[ "$status" = 5 ]
		grep -q '^nslist: incomplete: .*mount namespaces: mount table not readable' "$BATS_TEST_TMPDIR/said"
	done
}

# By numbers of another PID namespace, and where a filter refuses it as those of containers do.
@test "a thread's own descriptors are found where tables cannot be compared" {
	situation thread-fd net
	local inode=${made[inode]} filter

	for filter in "unshare --pid --fork" "strace -qq -o /dev/null -e inject=kcmp:error=EPERM" \
		"strace -qq -o /dev/null -e inject=kcmp:error=ENOSYS"; do
		# shellcheck disable=SC2086
		$filter "$NSLIST" -J -o HOLDERS -Q "NS == $inode" >"$BATS_TEST_TMPDIR/rows" 2>/dev/null
		json_is ".namespaces[0].holders | map([.kind, .pid, .tid, .fd])
			== [[\"fd\", ${made[pid]}, ${made[tid]}, ${made[fd]}]]" <"$BATS_TEST_TMPDIR/rows"
	done
}

in_other_proc() {
	local init inode

	unshare --pid --fork --kill-child --mount --mount-proc bash -c '
		mount -t tmpfs kept /mnt
		touch /mnt/kept
		unshare --net=/mnt/kept true
		exec sleep 1007' &
	until init=$(pgrep -fx "sleep 1007"); do sleep 0.02; done
	inode=$(stat -c %i "/proc/$init/root/mnt/kept")
	mount -t tmpfs proc /mnt
	mkdir /mnt/proc
	nsenter --pid="/proc/$init/ns/pid" mount -t proc proc /mnt/proc
	mount --move /mnt/proc /proc
	"$NSLIST" -J -o HELD,ONS -Q "NS == $inode"
}
export -f in_other_proc

@test "a bind mount in the /proc of another PID namespace is asked like others" {
	unshare --mount --pid --fork --kill-child --mount-proc bash -euo pipefail -c in_other_proc \
		>"$BATS_TEST_TMPDIR/rows" 2>/dev/null 3>&-
	json_is '.namespaces | length == 1 and .[0].held == "m" and .[0].ons > 0' <"$BATS_TEST_TMPDIR/rows"
}

# The only descriptor of a namespace, at the moment when no more files may be open.
with_no_descriptor() {
	local calls at status

	unshare --net sleep 1000 &
	until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/$$/ns/net)" ]; do sleep 0.02; done
	exec 7<"/proc/$!/ns/net"
	kill "$!"
	wait "$!" || true
	mount -t tmpfs strace /mnt
	strace -qq -o /mnt/calls -e trace=openat "$NSLIST" -t net --strict >/dev/null
	calls=$(grep -n '"../fd/7"' /mnt/calls)
	calls=${calls%%:*}
	# It is one more or less in each run.
	for ((at = calls - 4; at < calls + 5; at++)); do
		status=0
		strace -qq -o /mnt/calls -e trace=openat -e "inject=openat:error=$1:when=$at" \
			"$NSLIST" -t net --strict >/dev/null 2>/mnt/said || status=$?
		grep '"../fd/7".*INJECTED' /mnt/calls || continue
		cat /mnt/said
		return "$status"
	done
}
export -f with_no_descriptor

@test "a namespace that could not be opened for want of descriptors is said to be missing" {
	local error status

	for error in EMFILE ENFILE; do
		status=0
		unshare --mount --pid --fork --kill-child --mount-proc bash -euo pipefail -c \
			'with_no_descriptor "$@"' bash "$error" >"$BATS_TEST_TMPDIR/said" 3>&- || status=$?
		[ "$status" = 5 ]
		grep -q 'descriptors not readable' "$BATS_TEST_TMPDIR/said"
	done
}

@test "a descriptor that becomes a fifo is not waited for" {
	ulimit -n 4096
	situation fd-or-fifo "$BATS_TEST_TMPDIR/fifo"
	local round

	for ((round = $(rounds 20 200); round > 0; round--)); do
		timeout -s KILL 60 "$NSLIST" -t uts >/dev/null
	done
}

# A pending signal ends a listing of a directory early.
@test "descriptors are all found by a scan that is stopped and continued" {
	ulimit -n 4096
	situation fd-or-fifo "$BATS_TEST_TMPDIR/fifo"
	local round pid

	for ((round = $(rounds 20 200); round > 0; round--)); do
		"$NSLIST" -t uts -rn -o PATH >"$BATS_TEST_TMPDIR/rows" 2>/dev/null &
		pid=$!
		# Until the shell has seen it end.
		while kill -STOP "$pid" && kill -CONT "$pid"; do :; done 2>/dev/null
		wait "$pid"
		[ "$(grep -c "^/proc/${made[pid]}/fd/" "$BATS_TEST_TMPDIR/rows")" = 100 ]
	done
}

@test "few descriptors do" {
	local type _

	for _ in {1..200}; do
		sleep 1000 3>&- &
		live_pids+=($!)
	done
	(ulimit -n 32 && exec "$NSLIST" -rn -o TYPE,NS) >"$BATS_TEST_TMPDIR/rows"
	for type in mnt net pid user; do
		grep -qx "$type $(inode_of self "$type")" "$BATS_TEST_TMPDIR/rows"
	done
}
