# SPDX-License-Identifier: GPL-2.0-or-later
# What nslist shows where it is not root on a host that it sees as a whole: the right rows, and each
# gap once. Judged by find(1) on the links of /proc/PID/ns, which is run just as nslist is.
# In single quotes is jq's or awk's language, or what another shell expands.
# shellcheck disable=SC2016
load live

setup() {
	needs_root
	# The sanitizers look for leaks by their own number in /proc; leaks.bats has the right one.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

# Without /proc/self/environ the sanitizers know of no options.
needs_no_proc() {
	if grep -qa __asan_init "$NSLIST"; then
		skip "a build with sanitizers cannot run without a /proc of its own"
	fi
}

# world FUNCTION [ARGUMENT...]: calls it as the first process of PID and mount namespaces with their
# own /proc, so that nothing else on the machine shows. All that is in there goes with it. What ran
# before a failure is printed.
world() {
	timeout 300 unshare --mount --pid --fork --kill-child --mount-proc bash -c '
		exec 9>&1
		export BASH_XTRACEFD=9
		set -xeuo pipefail
		"$@"' world "$@" </dev/null 3>&-
}

# In a world: a place for files that everybody may read, with the program; processes of two users,
# the first of each in no namespace of its own, so that nslist itself never stands for one.
populate() {
	local program
	exec {program}<"$NSLIST"
	mount -t tmpfs -o mode=755 environment /mnt
	cat <&"$program" >/mnt/nslist
	chmod 755 /mnt/nslist
	exec {program}<&-
	sleep 1000 &
	as_nobody sleep 1001 &
	unshare --net --uts --ipc sleep 1002 &
	as_nobody unshare --user --net sleep 1003 &
	until [ "$(cat /proc/[0-9]*/comm | grep -cx sleep)" = 4 ]; do sleep 0.02; done
}

as_nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"
}

as_root() {
	"$@"
}

# The kernel's answer as "TYPE INODE PROCESSES FIRST" below the /proc of folder $1, for user $2:
# /mnt/rows; as "TYPE INODE" for all that has a file there, that of children too: /mnt/seen.
judge() {
	"$2" find "$1/proc" -maxdepth 3 -path "$1/proc/[0-9]*/ns/*" ! -name '*_for_children' \
		-printf '%P %l\n' >/mnt/links 2>/dev/null </dev/null || true
	awk -F '[]/ :[]' '$6 {
		space = $4 " " $6
		count[space]++
		if (!(space in first) || $1 < first[space])
			first[space] = $1
	} END {
		for (space in count)
			print space, count[space], first[space]
	}' /mnt/links | sort >/mnt/rows
}

# How many processes there are for user $1, and how many of them do not show their namespaces; after
# judge.
count_processes() {
	local readable
	"$1" find /proc -maxdepth 1 -name '[0-9]*' >/mnt/processes </dev/null
	all=$(wc -l </mnt/processes)
	readable=$(grep '\[' /mnt/links | cut -d / -f 1 | sort -u | wc -l)
	denied=$((all - readable))
}

# What user $1 is shown, by nslist with the other arguments: /mnt/shown, and stderr in /mnt/said.
show() {
	"$1" /mnt/nslist -rn -o TYPE,NS,NPROCS,PID -Q 'NPROCS > 0' "${@:2}" \
		>/mnt/output 2>/mnt/said </dev/null
	sort /mnt/output >/mnt/shown
}

# User $1 is shown what the kernel shows, and told the lines on stdin and nothing else.
is_right_for() {
	sed 's/^/nslist: incomplete: /' >/mnt/gaps
	show "$1" "${@:2}"
	judge "" "$1"
	diff -u /mnt/rows /mnt/shown
	diff -u /mnt/gaps /mnt/said
	[ -s /mnt/rows ]
}

# The gaps of user $1, who may look into some processes alone; the cure is $2.
gaps_of_denied() {
	local cure=${2-needs CAP_SYS_PTRACE}

	judge "" "$1"
	count_processes "$1"
	[ "$denied" -gt 0 ]
	echo "$denied of $all processes: namespaces not readable ($cure)"
	echo "$denied of $all processes: descriptors not readable ($cure)"
}

is_strict_about() {
	local status=0

	"$1" /mnt/nslist --strict >/dev/null 2>/mnt/strict </dev/null || status=$?
	[ "$status" = 5 ]
	diff -u /mnt/gaps /mnt/strict
	# --strict changes the exit status alone.
	"$1" /mnt/nslist >/dev/null 2>/mnt/strict </dev/null
	diff -u /mnt/gaps /mnt/strict
}

# JSON says the same gaps as stderr.
is_in_json() {
	"$1" /mnt/nslist -J >/mnt/json 2>/mnt/said </dev/null
	diff -u /mnt/gaps /mnt/said
	jq -e '.complete == (.gaps == [])' /mnt/json
	jq -r '.gaps[] | "nslist: incomplete: "
		+ (if .total then "\(.count) of \(.total) " elif .count then "\(.count) " else "" end)
		+ "\(.what): \(.reason) (\(.cure))"' /mnt/json >/mnt/json.gaps
	diff -u /mnt/gaps /mnt/json.gaps
}

hide() {
	umount -l /proc
	mount -t proc -o "hidepid=$1" proc /proc
}

export -f populate as_nobody as_root judge count_processes show is_right_for gaps_of_denied \
	is_strict_about is_in_json hide

alone() {
	populate
	is_right_for as_root </dev/null
	/mnt/nslist --strict >/dev/null
	/mnt/nslist -J | jq -e '.complete and .gaps == []'
}
export -f alone

@test "in a PID namespace with its own /proc" {
	world alone
}

nobody() {
	populate
	gaps_of_denied as_nobody >/mnt/expected
	is_right_for as_nobody </mnt/expected
	# The namespaces that root's process alone is in do not show.
	[ "$(wc -l </mnt/links)" = 24 ]
	is_strict_about as_nobody
	is_in_json as_nobody
	# No descriptors wanted, none missing.
	as_nobody /mnt/nslist --scan process -o NS,NPROCS >/dev/null 2>/mnt/said
	diff -u <(head -n 1 /mnt/gaps) /mnt/said

}
export -f nobody

@test "as nobody" {
	world nobody
}

# As nobody it is all that nobody may trace; as root all.
hidden() {
	populate
	hide "$1"
	is_right_for as_root </dev/null
	gaps_of_denied as_nobody >/mnt/expected
	is_right_for as_nobody </mnt/expected
}

invisible() {
	populate
	hide "$1"
	is_right_for as_root </dev/null
	is_right_for as_nobody <<-'END'
		processes of other users: hidden by the mount option hidepid of /proc (needs CAP_SYS_PTRACE, or the group that the option gid= names)
	END
	count_processes as_nobody
	[ "$all $denied" = "3 0" ]
	is_strict_about as_nobody
	is_in_json as_nobody
}
export -f hidden invisible

@test "hidepid=1" {
	world hidden 1
}

@test "hidepid=2" {
	world invisible 2
}

@test "hidepid=2, but not for a group that nobody is in" {
	world hidden 2,gid=65534
}

@test "hidepid=2, and another group" {
	world invisible 2,gid=4
}

@test "hidepid=4" {
	world invisible 4
}

@test "hidepid=4 spares no group" {
	world invisible 4,gid=65534
}

# Runs a program that has a socket.
with_socket() {
	exec python3 -c 'import os, socket, sys
made = socket.socket()
made.set_inheritable(True)
os.execvp(sys.argv[1], sys.argv[1:])' "$@" </dev/null
}

# Processes of two users with a socket each.
add_sockets() {
	with_socket sleep 1010 &
	with_socket setpriv --reuid 65534 --regid 65534 --clear-groups sleep 1011 &
	until [ "$(cat /proc/[0-9]*/comm | grep -cx sleep)" = 6 ]; do sleep 0.02; done
}

# How many processes have a socket, but for the one that looks; for user $1.
count_sockets() {
	"$1" find /proc -maxdepth 3 -path '/proc/[0-9]*/fd/*' -lname 'socket:*' -printf '%P\n' \
		>/mnt/sockets 2>/dev/null </dev/null 9>/dev/null || true
	cut -d / -f 1 /mnt/sockets | sort -u | wc -l
}

# What user $1 is told with the /proc of an outer PID namespace.
outer_gaps() {
	judge "" "$1"
	count_processes "$1"
	[ "$denied" = 0 ] || gaps_of_denied "$1"
	echo "$(count_sockets "$1") of $all processes: sockets not looked at, /proc belongs to another PID namespace (mount a /proc of this PID namespace)"
}

# In the inner PID namespace.
inner() {
	local number

	read -r number _ </proc/self/stat
	[ "$$" = 1 ]
	[ "$number" != 1 ]
	as_nobody sleep 1012 &
	until [ "$(cat /proc/[0-9]*/comm | grep -cx sleep)" = 7 ]; do sleep 0.02; done
	outer_gaps as_root >/mnt/expected
	is_right_for as_root </mnt/expected
	is_strict_about as_root
	is_in_json as_root
	# Its own number there is that of /proc.
	grep -x "pid $(inode_of self pid) 4 $number" /mnt/shown
	[ "$(/mnt/nslist -rn -o NS -t pid -p "$number" 2>/dev/null)" = "$(inode_of self pid)" ]
	[ "$(/mnt/nslist -rn -o NS -t pid -p 1 2>/dev/null)" = "$(inode_of 1 pid)" ]
	# No socket wanted, none missing.
	/mnt/nslist -t uts --strict >/dev/null
	outer_gaps as_nobody >/mnt/expected
	is_right_for as_nobody </mnt/expected
	is_in_json as_nobody
}

outer() {
	populate
	add_sockets
	unshare --pid --fork --kill-child bash -xeuo pipefail -c inner
}
export -f with_socket add_sockets count_sockets outer_gaps inner outer inode_of

@test "in a PID namespace with the /proc of the outer one" {
	world outer
}

# Namespaces beyond those of a process in another PID namespace, with its /proc in place of ours.
unrelated() {
	local init

	populate
	unshare --pid --fork --kill-child --mount-proc bash -c '
		unshare --net sleep 1004 &
		unshare --net sleep 1005 &
		until [ "$(cat /proc/[0-9]*/comm | grep -cx sleep)" = 2 ]; do sleep 0.02; done
		exec 7<"/proc/$!/ns/net"
		kill "$!"
		wait "$!" || true
		exec sleep 1006' &
	until init=$(pgrep -fx 'sleep 1006'); do sleep 0.02; done
	mkdir /mnt/proc
	nsenter --pid="/proc/$init/ns/pid" mount -t proc proc /mnt/proc
	held=$(stat -L -c %i "/proc/$init/fd/7")
	mount --move /mnt/proc /proc
	! readlink /proc/self || false
	[ "$(cat /proc/1/comm)" = sleep ]
	is_right_for as_root <<-'END'
		processes of this PID namespace: /proc belongs to another PID namespace and shows none of them (mount a /proc of this PID namespace)
	END
	is_strict_about as_root
	is_in_json as_root
	# What a descriptor holds is found there too.
	/mnt/nslist -rn -o NS,TYPE,NPROCS,HELD >/mnt/output 2>/dev/null
	cat /mnt/output
	grep -x "$held net 0 f" /mnt/output
	# Nothing in there is nobody's.
	show as_nobody
	[ ! -s /mnt/shown ]
	diff -u /mnt/said - <<-'END'
		nslist: incomplete: 2 of 2 processes: namespaces not readable (needs CAP_SYS_PTRACE)
		nslist: incomplete: 2 of 2 processes: descriptors not readable (needs CAP_SYS_PTRACE)
		nslist: incomplete: processes of this PID namespace: /proc belongs to another PID namespace and shows none of them (mount a /proc of this PID namespace)
	END
}
export -f unrelated

@test "with the /proc of a PID namespace that it is not in" {
	needs_no_proc
	world unrelated
}

# In a user namespace of nobody's; sleep 1020 is in there too.

as_nobody_in_user_namespace() {
	as_nobody nsenter --user="/proc/$init/ns/user" --preserve-credentials -- "$@"
}

user_namespace() {
	populate
	as_nobody unshare --user --map-root-user sleep 1020 &
	until init=$(pgrep -fx 'sleep 1020'); do sleep 0.02; done
	export init
	# It has all capabilities, but not there.
	gaps_of_denied as_nobody_in_user_namespace "refused although CAP_SYS_PTRACE is held: by a security module, or because their user namespace is not within ours" >/mnt/expected
	is_right_for as_nobody_in_user_namespace </mnt/expected
	is_strict_about as_nobody_in_user_namespace
	is_in_json as_nobody_in_user_namespace
	# Those outside are beyond view: not one of them is a row, a parent or an owner.
	[ "$(jq '[.namespaces[] | select(.type == "user").ns]' /mnt/json)" = "[
  $(inode_of "$init" user)
]" ]
	as_nobody_in_user_namespace /mnt/nslist -J -o NS,TYPE,PNS,ONS,OWNERUID,UIDMAP,USER >/mnt/json 2>/mnt/said
	diff -u /mnt/gaps /mnt/said
	jq -e '.namespaces | length == 8 and all(.pns == null and .ons == null)' /mnt/json
	jq -e '.namespaces[] | select(.type == "user") | .owneruid == 0 and .user == "root"' /mnt/json
}

user_and_pid_namespace() {
	populate
	as_nobody unshare --user --map-root-user --pid --fork --mount-proc --kill-child bash -xeuo pipefail -c '
		status=0
		/mnt/nslist --strict -J -o NS,TYPE,NPROCS,PID,PNS,ONS
		/mnt/nslist --strict --output-all --raw >/dev/null || status=$?
		[ "$status" = 0 ]' >/mnt/json
	jq -e '.complete and (.namespaces | length == 8 and all(.nprocs == 2 and .pid == 1))' /mnt/json
	jq -e '[.namespaces[] | select(.type == "user")][0].ns as $user
		| .namespaces | all(.pns == null and .ons ==
			if .type == "pid" or .type == "mnt" then $user else null end)' /mnt/json
}
export -f as_nobody_in_user_namespace user_namespace user_and_pid_namespace

@test "in a user namespace from which others are not readable" {
	world user_namespace
}

@test "as root of user and PID namespaces of its own nothing is missing" {
	world user_and_pid_namespace
}

# All that a command writes to a terminal of 80 columns, named by TERM: /mnt/screen.
on_terminal() {
	script -qec "stty cols 80 rows 24; $1" /dev/null >/mnt/typescript
	tr -d '\r' </mnt/typescript >/mnt/screen
}

# Each cell stands under its heading: NPROCS to the right, COMMAND to the left.
is_aligned() {
	awk 'NR == 1 {
		nprocs = index($0, "NPROCS") + 5
		command = index($0, "COMMAND")
	}
	NR > 1 && (substr($0, nprocs, 2) !~ /[0-9] / || substr($0, command - 1, 2) !~ / [^ ]/) {
		print "not aligned: " $0
		failed = 1
	}
	END {
		exit failed || NR < 9 || !nprocs || !command
	}' "$1"
}

# A process with a namespace and a long name that is not ASCII.
add_long_name() {
	zeros=$(printf '%0100d' 0)
	unshare --uts bash -c 'exec -a "café $0" sleep 1000' "$zeros" &
	until grep -zqx "café $zeros" "/proc/$!/cmdline"; do sleep 0.02; done
}

widths() {
	populate
	add_long_name
	export TERM=dumb
	on_terminal /mnt/nslist
	is_aligned /mnt/screen
	grep -E " café 0{10,}$" /mnt/screen
	# Cut where the terminal ends, and not before.
	[ "$(wc -L </mnt/screen)" = 80 ]
	for command in "nslist -T" "nslist -T=process" "nslist $(inode_of 1 pid)"; do
		on_terminal "/mnt/$command"
		[ "$(wc -L </mnt/screen)" = 80 ]
	done
	on_terminal "LC_ALL=C /mnt/nslist -T"
	is_aligned /mnt/screen
	[ "$(wc -L </mnt/screen)" = 80 ]
	# Nothing is cut where that is asked for, nor in a pipe or a file, whatever it says of COLUMNS.
	on_terminal "/mnt/nslist --notruncate"
	grep "café $zeros 1000\$" /mnt/screen
	COLUMNS=80 /mnt/nslist | cat >/mnt/output
	grep "café $zeros 1000\$" /mnt/output
	is_aligned /mnt/output
}

locales() {
	populate
	add_long_name
	for options in "" -T -T=process --raw -J --why; do
		# shellcheck disable=SC2086 # none is an argument too
		LC_ALL=C /mnt/nslist $options >/mnt/output
		# JSON is UTF-8 everywhere.
		[ "$options" = -J ] || refute grep -qP '[^\n -~]' /mnt/output
		LC_ALL=C.UTF-8 /mnt/nslist $options >/mnt/output
		iconv -f UTF-8 -t UTF-8 /mnt/output >/dev/null
	done
	LC_ALL=C /mnt/nslist | grep -F 'caf\xc3\xa9 0'
	LC_ALL=C.UTF-8 /mnt/nslist | grep -F 'café 0'
	LC_ALL=C /mnt/nslist -T | grep -E '^[|`]-[0-9]'
	LC_ALL=C.UTF-8 /mnt/nslist -T | grep -E '^[├└]─[0-9]'
	# A locale that is not there is C.
	LC_ALL=xx_XX.UTF-8 /mnt/nslist | grep -F 'caf\xc3\xa9 0'
}

colours() {
	local escape=$'\e'

	populate
	TERM=xterm on_terminal /mnt/nslist
	grep "$escape\[" /mnt/screen
	# Without them it says the same.
	sed "s/$escape\[[0-9;]*m//g" /mnt/screen >/mnt/plain
	TERM=xterm on_terminal "/mnt/nslist --color=never"
	diff /mnt/screen /mnt/plain
	is_aligned /mnt/plain
	TERM=dumb on_terminal /mnt/nslist
	diff /mnt/screen /mnt/plain
	TERM=xterm NO_COLOR=1 on_terminal /mnt/nslist
	diff /mnt/screen /mnt/plain
	TERM=xterm NO_COLOR="" on_terminal /mnt/nslist
	grep "$escape\[" /mnt/screen
	TERM=xterm /mnt/nslist >/mnt/output
	refute grep "$escape" /mnt/output
	TERM=xterm /mnt/nslist --color=always >/mnt/output
	grep "$escape\[" /mnt/output
}
export -f on_terminal is_aligned add_long_name widths locales colours refute

@test "a terminal of 80 columns" {
	world widths
}

@test "in the locale C no byte is beyond ASCII" {
	world locales
}

@test "colours only for a terminal that wants them" {
	world colours
}

@test "a full disk" {
	local option status

	for option in "" -J --why --raw --help -H --version "--save -"; do
		status=0
		# shellcheck disable=SC2086 # one with an argument
		"$NSLIST" $option >/dev/full 2>"$BATS_TEST_TMPDIR/said" || status=$?
		[ "$status" = 1 ]
		[ "$(grep -vc '^nslist: incomplete: ' "$BATS_TEST_TMPDIR/said")" = 1 ]
		grep -E '^nslist: (write error|cannot [a-z ]*): No space left on device$' "$BATS_TEST_TMPDIR/said"
	done
}

# A host's tree in the mount namespace of something like a container.
container_like() {
	mount --rbind / /mnt/host
	mount -t proc proc /proc
	[ "$(cut -d ' ' -f 1 /proc/self/stat)" -lt 10 ]
	as_nobody sleep 1021 &
	until [ "$(cat /proc/[0-9]*/comm | grep -cx sleep)" = 1 ]; do sleep 0.02; done
	show as_root --sysroot /mnt/host
	judge /mnt/host as_root
	diff -u /mnt/rows /mnt/shown
	[ ! -s /mnt/said ]
	# Numbers, names and users are those of the host.
	[ "$(/mnt/nslist --sysroot /mnt/host -rn -o PID,USER,COMMAND -Q 'COMMAND == "sleep 1003"' -t net)" = \
		"$(pgrep_in /mnt/host/proc 'sleep 1003') $(id -nu 65534) sleep\\x201003" ]
	show as_nobody --sysroot /mnt/host
	judge /mnt/host as_nobody
	diff -u /mnt/rows /mnt/shown
	grep -c 'processes: namespaces not readable' /mnt/said
	[ "$(sort /mnt/said | uniq -d)" = "" ]
}

# The number of a process by its command line, in some /proc.
pgrep_in() {
	local folder

	for folder in "$1"/[0-9]*; do
		if [ "$(tr '\0' ' ' <"$folder/cmdline")" = "$2 " ]; then echo "${folder##*/}"; fi
	done
}

host_tree() {
	populate
	mkdir /mnt/host
	unshare --mount --pid --fork --kill-child bash -xeuo pipefail -c container_like
}
export -f container_like pgrep_in host_tree

@test "--sysroot of a host's tree, in a mount namespace like a container's" {
	world host_tree
}

no_proc() {
	local status=0

	populate
	mount -t tmpfs none /proc
	/mnt/nslist >/mnt/output 2>/mnt/said || status=$?
	[ "$status" = 1 ]
	[ ! -s /mnt/output ]
	[ "$(cat /mnt/said)" = "nslist: no proc file system is mounted on /proc" ]
}
export -f no_proc

@test "where /proc is not mounted" {
	needs_no_proc
	world no_proc
}
