# SPDX-License-Identifier: GPL-2.0-or-later
# Namespaces that are held in unusual ways: they are listed, with the right type and numbers, and every
# holder is named. Judged by /proc/PID/ns, /proc/PID/mountinfo and ioctl_ns(2).
# In single quotes is jq's language.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live

setup() {
	needs_root
}

teardown() {
	end_situations
}

only_a_thread() {
	situation thread "$1"
	local inode=${made[inode]} pid=${made[pid]} tid=${made[tid]}

	[ "$(readlink "/proc/$pid/task/$tid/ns/$1")" = "$1:[$inode]" ]
	[ "$(inode_of "$pid" "$1")" != "$inode" ]
	[ "$(tasks_in "$1" "$inode")" = 1 ]
	row_is "$inode" TYPE,NPROCS,NTHREADS,HELD,PID,COMMAND,PATH \
		".type == \"$1\" and .nprocs == 0 and .nthreads == 1 and .held == \"t\" and .pid == null
		and .command == null and .path == \"/proc/$pid/task/$tid/ns/$1\""
	holder_is "$inode" '.kind == "thread" and .pid == $pid and .tid == $tid and .comm == "apart"'
	why "$inode" "thread $tid apart (of situation $pid)" "It goes when thread $tid of situation $pid exits."
	[[ $("$NSLIST" -rn -o COMMAND -Q "NS == $inode" 2>/dev/null) == "(thread\\x20$tid\\x20of\\x20situation\\x20$pid)" ]]
	# It is one of those that the process is in.
	"$NSLIST" -rn -o NS -p "$pid" 2>/dev/null | grep -qx "$inode"
}

@test "only a thread is in it: net" { only_a_thread net; }
@test "only a thread is in it: uts" { only_a_thread uts; }
@test "only a thread is in it: mnt" { only_a_thread mnt; }
@test "only a thread is in it: ipc" { only_a_thread ipc; }
@test "only a thread is in it: cgroup" { only_a_thread cgroup; }

@test "a zombie leader whose thread lives counts as a process" {
	situation zombie-leader
	local inode=${made[inode]} pid=${made[pid]} tid=${made[tid]} expected

	grep -q '^State:	Z' "/proc/$pid/status"
	refute readlink "/proc/$pid/ns/net"
	[ "$(readlink "/proc/$pid/task/$tid/ns/net")" = "net:[$inode]" ]
	row_is "$inode" TYPE,NPROCS,PID,HELD \
		'.type == "net" and .nprocs == 1 and .pid == $pid and .held == "p"'
	holder_is "$inode" '.kind == "process" and .pid == $pid'
	why "$inode" "process $pid situation"
	# -p shows all that its threads are in.
	expected=$(cd "/proc/$pid/task/$tid/ns" && readlink ./* | sort -u)
	[ "$("$NSLIST" -rn -o TYPE,NS -p "$pid" 2>/dev/null | sed 's/\(.*\) \(.*\)/\1:[\2]/' | sort)" = "$expected" ]
	[ "$(wc -l <<<"$expected")" = 8 ]
}

@test "only pid_for_children holds it" {
	situation for-children pid
	local inode=${made[inode]} pid=${made[pid]}

	[ "$(inode_of "$pid" pid_for_children)" = "$inode" ]
	[ "$(inode_of "$pid" pid)" != "$inode" ]
	row_is "$inode" TYPE,NPROCS,NTHREADS,HELD,PNS \
		".type == \"pid\" and .nprocs == 0 and .nthreads == 0 and .held == \"c\"
		and .pns == $(ask parent "/proc/$pid/ns/pid_for_children")"
	holder_is "$inode" '.kind == "for_children" and .pid == $pid'
	why "$inode" "for_children pid_for_children of situation $pid" \
		"It goes when situation $pid, which set it aside for children, exits."
}

@test "only time_for_children holds it" {
	situation for-children time
	local inode=${made[inode]} pid=${made[pid]}

	[ "$(inode_of "$pid" time_for_children)" = "$inode" ]
	[ "$(inode_of "$pid" time)" != "$inode" ]
	row_is "$inode" TYPE,NPROCS,HELD '.type == "time" and .nprocs == 0 and .held == "c"'
	holder_is "$inode" '.kind == "for_children" and .pid == $pid'
	why "$inode" "for_children time_for_children of situation $pid" \
		"It goes when situation $pid, which set it aside for children, exits."
}

only_a_descriptor() {
	situation fd "$1"
	local inode=${made[inode]} pid=${made[pid]} fd=${made[fd]}

	[ "$(readlink "/proc/$pid/fd/$fd")" = "$1:[$inode]" ]
	[ "$(tasks_in "$1" "$inode")" = 0 ]
	row_is "$inode" TYPE,NPROCS,HELD,PATH,ONS \
		".type == \"$1\" and .nprocs == 0 and .held == \"f\" and .path == \"/proc/$pid/fd/$fd\"
		and .ons == $(ask owner "/proc/$pid/fd/$fd")"
	holder_is "$inode" '.kind == "fd" and .pid == $pid and .fd == $fd and .comm == "situation"'
	why "$inode" "fd $fd of situation $pid" "It goes when situation $pid closes descriptor $fd."
}

@test "only a descriptor holds it: net" { only_a_descriptor net; }
@test "only a descriptor holds it: uts" { only_a_descriptor uts; }
@test "only a descriptor holds it: mnt" { only_a_descriptor mnt; }
@test "only a descriptor holds it: ipc" { only_a_descriptor ipc; }
@test "only a descriptor holds it: cgroup" { only_a_descriptor cgroup; }
@test "only a descriptor holds it: user" { only_a_descriptor user; }

@test "only a descriptor of a thread holds it, which shares none with its process" {
	situation thread-fd net
	local inode=${made[inode]} pid=${made[pid]} fd=${made[fd]} tid=${made[tid]}

	[ "$(readlink "/proc/$pid/task/$tid/fd/$fd")" = "net:[$inode]" ]
	refute readlink "/proc/$pid/fd/$fd"
	row_is "$inode" TYPE,NPROCS,HELD '.type == "net" and .nprocs == 0 and .held == "f"'
	holder_is "$inode" '.kind == "fd" and .pid == $pid and .tid == $tid and .fd == $fd'
	why "$inode" "fd $fd of thread $tid of situation $pid" \
		"It goes when thread $tid of situation $pid closes descriptor $fd."
	row_is "$inode" PATH ".path == \"/proc/$pid/task/$tid/fd/$fd\""
	[ "$(stat -Lc %i "/proc/$pid/task/$tid/fd/$fd")" = "$inode" ]
}

@test "only a socket of a thread holds it, which shares none with its process" {
	situation thread-socket inet
	local inode=${made[inode]} pid=${made[pid]} fd=${made[fd]} tid=${made[tid]} socket

	socket=$(readlink "/proc/$pid/task/$tid/fd/$fd")
	[[ $socket == socket:* ]]
	refute readlink "/proc/$pid/fd/$fd"
	[ "$(tasks_in net "$inode")" = 0 ]
	if ! kernel_is_from 6.9; then
		# There are no pidfds of threads: said as a gap.
		[ -z "$(row "$inode" NS)" ]
		"$NSLIST" 2>&1 >/dev/null | grep -q 'sockets\?: network namespace not readable'
		return
	fi
	row_is "$inode" TYPE,NPROCS,HELD '.type == "net" and .nprocs == 0 and .held == "s"'
	holder_is "$inode" ".kind == \"socket\" and .pid == \$pid and .tid == \$tid and .fd == \$fd
		and .socket == $(tr -dc 0-9 <<<"$socket")"
	why "$inode" "socket fd $fd of thread $tid of situation $pid ($socket)" \
		"It goes when thread $tid of situation $pid closes its socket, descriptor $fd."
}

only_a_socket() {
	situation socket "$1"
	local inode=${made[inode]} pid=${made[pid]} fd=${made[fd]} socket

	socket=$(readlink "/proc/$pid/fd/$fd")
	[[ $socket == socket:* ]]
	[ "$(inode_of "$pid" net)" != "$inode" ]
	[ "$(tasks_in net "$inode")" = 0 ]
	row_is "$inode" TYPE,NPROCS,HELD '.type == "net" and .nprocs == 0 and .held == "s"'
	holder_is "$inode" ".kind == \"socket\" and .pid == \$pid and .fd == \$fd
		and .socket == $(tr -dc 0-9 <<<"$socket")"
	why "$inode" "socket fd $fd of situation $pid ($socket)" \
		"It goes when situation $pid closes its socket, descriptor $fd."
}

@test "only a socket holds it: inet" { only_a_socket inet; }
@test "only a socket holds it: unix" { only_a_socket unix; }

@test "bind-mounted only in another mount namespace, at a path of odd bytes" {
	situation mount-elsewhere net
	local inode=${made[inode]} pid=${made[pid]} mnt=${made[mnt]}

	grep -qF "net:[$inode] " "/proc/$pid/mountinfo"
	refute grep -qF "net:[$inode] " /proc/self/mountinfo
	[ "$(inode_of "$pid" mnt)" = "$mnt" ]
	[ "$(tasks_in net "$inode")" = 0 ]
	row_is "$inode" TYPE,NPROCS,HELD,NSFS '.type == "net" and .nprocs == 0 and .held == "m"
		and .nsfs == ["/mnt/a place\twith \\xff bytes"]'
	holder_is "$inode" '.kind == "mount" and .mount_namespace == $mnt and .covered == false
		and .path == "/mnt/a place\twith \\xff bytes"'
	why "$inode" "mount /mnt/a place\\x09with \\xff bytes in mnt:[$mnt] (situation $pid)" \
		"It goes when /mnt/a place\\x09with \\xff bytes is unmounted in mnt:[$mnt]."
}

@test "bind-mounted in a mount namespace that no process is in" {
	situation mount-in-fd net
	local inode=${made[inode]} mnt=${made[mnt]}

	[ "$(tasks_in mnt "$mnt")" = 0 ]
	refute grep -qsF "net:[$inode] " /proc/[0-9]*/mountinfo
	row_is "$mnt" TYPE,HELD '.type == "mnt" and .held == "f"'
	if kernel_is_from 6.11; then
		# statmount(2) tells of other mount namespaces.
		row_is "$inode" TYPE,NPROCS,HELD '.type == "net" and .nprocs == 0 and .held == "m"'
		holder_is "$inode" '.kind == "mount" and .mount_namespace == $mnt and .path == "/mnt/place"'
		why "$inode" "mount /mnt/place in mnt:[$mnt]" \
			"It goes when /mnt/place is unmounted in mnt:[$mnt]."
	else
		[ -z "$(row "$inode" NS)" ]
		"$NSLIST" 2>&1 >/dev/null | grep -q 'mount namespaces\?: mount table not readable'
	fi
}

@test "two mounts on one path: both have their own type" {
	situation stacked
	local lower=${made[lower]} upper=${made[upper]} mnt=${made[mnt]} pid=${made[pid]}

	[ "$(stat -Lc %i "/proc/$pid/root/mnt/stack")" = "$upper" ]
	[ "$(grep -c ' /mnt/stack ' "/proc/$pid/mountinfo")" = 2 ]
	row_is "$lower" TYPE,NPROCS,NSFS '.type == "net" and .nprocs == 0 and .nsfs == ["/mnt/stack"]'
	row_is "$upper" TYPE,NPROCS,NSFS '.type == "uts" and .nprocs == 0 and .nsfs == ["/mnt/stack"]'
	holder_is "$lower" '.kind == "mount" and .path == "/mnt/stack" and .mount_namespace == $mnt and .covered'
	holder_is "$upper" '.kind == "mount" and .path == "/mnt/stack" and .mount_namespace == $mnt
		and .covered == false'
	why "$lower" "mount /mnt/stack in mnt:[$mnt] (situation $pid) (covered by another mount)"
	why "$upper" "mount /mnt/stack in mnt:[$mnt] (situation $pid)"
}

@test "who made a namespace without processes is not root" {
	situation owned 1234
	local inode=${made[inode]} user=${made[user]} pid=${made[pid]} fd=${made[fd]}

	[ "$(ask owner "/proc/$pid/fd/$fd")" = "$user" ]
	row_is "$inode" UID,USER,OWNERUID,ONS,NPROCS \
		'.uid == 1234 and .user == "1234" and .owneruid == 1234 and .ons == $user and .nprocs == 0'
	# Its owner is held by nothing else.
	[ "$(tasks_in user "$user")" = 0 ]
	row_is "$user" TYPE,UID,OWNERUID,HELD,NPROCS \
		'.type == "user" and .uid == 1234 and .owneruid == 1234 and .held == "o" and .nprocs == 0'
	holder_is "$user" '.kind == "owned" and .namespace == $inode'
	why "$user" "owned owns net:[$inode]" "It goes when net:[$inode], which it owns, goes."
}

@test "a uid beyond two billion is a positive number" {
	situation uid 4294967290
	local inode=${made[inode]}

	[ "$(stat -c %u "/proc/${made[pid]}")" = 4294967290 ]
	row_is "$inode" UID,USER,PID '.uid == 4294967290 and .user == "4294967290" and .pid == $pid'
	[ "$("$NSLIST" -rn -o UID,USER -Q "NS == $inode" 2>/dev/null)" = "4294967290 4294967290" ]
	[ "$("$NSLIST" -n -o UID -Q "NS == $inode && UID == 4294967290" 2>/dev/null)" = 4294967290 ]
}

@test "a user namespace that exists only as a parent" {
	situation parent-only
	local inode=${made[inode]} nested=${made[nested]}

	[ "$(tasks_in user "$inode")" = 0 ]
	[ "$(tasks_in user "$nested")" -ge 1 ]
	row_is "$inode" TYPE,NPROCS,PID,DEPTH,HELD \
		'.type == "user" and .nprocs == 0 and .pid == null and .depth == 1 and (.held | test("n"))'
	row_is "$nested" NPROCS,PNS,DEPTH '.nprocs == 1 and .pns == $inode and .depth == 2'
	holder_is "$inode" '.kind == "nested" and .namespace == $nested'
	why "$inode" "nested user:[$nested] is its child" "It goes when its child user:[$nested] goes."
}

@test "a descriptor in flight is known to the kernel alone" {
	situation in-flight net
	local inode=${made[inode]}

	[ "$(tasks_in net "$inode")" = 0 ]
	[ "$(readlink /proc/[0-9]*/fd/* 2>/dev/null | grep -cxF "net:[$inode]")" = 0 ]
	if has_listns; then
		row_is "$inode" TYPE,NPROCS,HELD,HOLDERS \
			'.type == "net" and .nprocs == 0 and .held == "" and .holders == []'
		"$NSLIST" --why "$inode" 2>/dev/null |
			grep -q 'The kernel says that it lives, but no holder can be found'
		[ "$("$NSLIST" -n -o COMMAND -Q "NS == $inode" 2>/dev/null)" = "(no holder found)" ]
	else
		[ -z "$(row "$inode" NS)" ]
		run --separate-stderr "$NSLIST" "$inode"
		[ "$status" = 3 ]
	fi
}

@test "parents and owners beyond view are unknown, not 0" {
	local text

	text=$(unshare --user --map-root-user --pid --fork --mount-proc "$NSLIST" -J -o NS,TYPE,PNS,ONS,DEPTH 2>/dev/null)
	json_is '[.namespaces[] | select(.type == "user" or .type == "pid")]
		| length == 2 and all(.pns == null)' <<<"$text"
	json_is '[.namespaces[] | select(.type == "net" or .type == "ipc" or .type == "uts" or .type == "user")]
		| length == 4 and all(.ons == null)' <<<"$text"
	# The others belong to the new user namespace.
	json_is '(.namespaces[] | select(.type == "user").ns) as $user
		| [.namespaces[] | select(.type == "pid" or .type == "mnt")] | all(.ons == $user)' <<<"$text"
}

@test "a process that does not exist" {
	run --separate-stderr "$NSLIST" -p "$(cat /proc/sys/kernel/pid_max)"
	[ "$status" = 3 ]
	[ -z "$output" ]
	# shellcheck disable=SC2154
	[ "$(grep -vc '^nslist: incomplete: ' <<<"$stderr")" = 1 ]
	[[ $stderr == *"nslist: "*"$(cat /proc/sys/kernel/pid_max)"* ]]
}
