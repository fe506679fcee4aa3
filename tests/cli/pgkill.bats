# SPDX-License-Identifier: GPL-2.0-or-later
# pgkill: whom it would signal on a host that is written down in a fixture, what that would do to each, its
# errors and exit codes. Nobody is signalled here: where --dry-run is not part of a command, its target
# exists nowhere.
# shellcheck disable=SC2034,SC2154 # run sets status, output, stderr; common.bash reads tool
load common

setup() {
	tool=pgkill
	nest=$(snapshot_fixture nest)
}

# rehearse STATUS ARGUMENT...: who would be signalled in the fixture.
rehearse() {
	exits "$1" --dry-run --load "$nest" "${@:2}"
}

# meant "PID..." ARGUMENT...: these would be, and nobody else.
meant() {
	rehearse 0 --noheadings --raw -o PID "${@:2}" || return
	[ -z "$stderr" ] || { echo "said: $stderr"; return 1; }
	[ "${lines[*]}" = "$1" ] || { echo "${*:2}: ${lines[*]}, expected $1"; return 1; }
}

# refused TEXT ARGUMENT...: exit 6, nothing shown, one line that holds TEXT.
refused() {
	rehearse 6 "${@:2}" || return
	[ -z "$output" ] || { echo "printed: $output"; return 1; }
	says "refused: $1"
}

# missing TEXT ARGUMENT...: exit 3, in the same way.
missing() {
	rehearse 3 "${@:2}" || return
	[ -z "$output" ] || { echo "printed: $output"; return 1; }
	says "$1"
}

# effect TEXT ARGUMENT...: what it would do to the one process that is meant.
effect() {
	rehearse 0 --noheadings -o EFFECT "${@:2}" || return
	[ "$output" = "$1" ] || { echo "${*:2}: $output, expected $1"; return 1; }
}

# changed FILTER: the fixture, changed by jq.
changed() {
	jq "$1" "$(snapshot_fixture nest)" >"$BATS_TEST_TMPDIR/changed"
	nest=$BATS_TEST_TMPDIR/changed
}

@test "a target is needed" {
	misuse "who is to be signalled?"
	misuse "who is to be signalled?" --dry-run
	misuse "who is to be signalled?" -KILL
}

@test "two scopes" {
	for options in '-g -s' '-s -T' '-T -p' '-p -N' '-N -c' '-c -g' '-s -N=net'; do
		# shellcheck disable=SC2086 # several words on purpose
		misuse "-g, -s, -T, -p, -N and -c exclude each other" $options @nosuch
	done
	missing "@nosuch" -s -s @nosuch
}

@test "arguments that are wrong" {
	misuse "--namespace takes one type of namespace (mnt net pid uts ipc user cgroup time), not 'x'" -N=x @nosuch
	misuse "not 'net,pid'" --namespace=net,pid @nosuch
	misuse "--end takes a time like 500ms, 10s or 2m, not 'x'" --end=x @nosuch
	misuse "--wait takes a time like 500ms, 10s or 2m, not '-1'" --wait=-1 @nosuch
	misuse "--older takes a time like 500ms, 10s or 2m, not 'old'" --older old @nosuch
	for user in no-such-user -1; do
		misuse "--uid takes users by name or number; there is no user '$user'" -u "$user" @nosuch
	done
	for user in '' 0,,1 ,0; do
		misuse "--uid takes users by name or number, not '$user'" -u "$user" @nosuch
	done
	misuse "--comm takes the name of a process" --comm '' @nosuch
	misuse "--comm takes the name of a process as the kernel has it, 15 bytes at most: 'containerd-shim'?" \
		--comm containerd-shim-runc-v2 @nosuch
	for states in '' Y s 'R Z' R+; do
		misuse "--state takes letters as in proc(5), R S D T t Z I" --state "$states" @nosuch
	done
	for value in '' x 1x 2147483648 -2147483649 --1; do
		misuse "--queue takes a number of 32 bits" -q "$value" @nosuch
	done
	for number in '' x -1 1x; do
		misuse "--count takes a number of processes" --count "$number" @nosuch
	done
	for number in '' x 0 -1 1x @web; do
		misuse "--allow takes the number of a process" --allow "$number" @nosuch
	done
	for name in comm older state signal queue count allow uid load sysroot output filter; do
		misuse "option '--$name' needs an argument" "--$name"
	done
	for name in group session tree process cgroup dry-run no-wait verbose list-signals; do
		misuse "option '--$name' takes no argument" "--$name=x"
	done
}

@test "options that contradict each other" {
	misuse "--dry-run signals nobody: --end and --wait do not go with it" -n --end @nosuch
	misuse "--dry-run signals nobody: --end and --wait do not go with it" -n --wait=1s @nosuch
	misuse "--load and --sysroot go with --dry-run only" --load "$nest" @nosuch
	misuse "--load and --sysroot go with --dry-run only" --sysroot / @nosuch
	misuse "--no-wait does not go with --wait and --end" --no-wait --wait @nosuch
	misuse "--no-wait does not go with --wait and --end" --no-wait --end @nosuch
	misuse "--end waits by itself: --wait does not go with it" --end --wait @nosuch
	misuse "signal 0 is none: no value goes with it" -0 -q 1 @nosuch
	misuse "--json and --raw exclude each other" -n --json --raw @nosuch
}

@test "what other tools have and this one has not" {
	for option in --save=x --tree=owner --list -r -t; do
		exits 2 -n "$option" @nosuch
	done
	misuse "unknown column 'BOGUS'" -n -o BOGUS @nosuch
	misuse "--filter: " -n -Q 'BOGUS == 1' @nosuch
}

@test "targets that are a slip of the hand" {
	misuse "web-5d7: a container is written with @ here: @web-5d7" -n --load "$nest" web-5d7
	misuse "net: a container is written with @ here: @net" -n --load "$nest" -N net
	misuse "-4560: no signal has this number; a process group is given as 4560" -n -4560 @nosuch
	misuse "-1: no target begins with -" -n -- -1
	misuse "0: process numbers begin at 1" -n 0
	misuse "a/b: a path begins with /" -n a/b
	meant '4560 4581 4582 6427' @bbbb0000bbbb
	rehearse 2 @bbbb0000bbb
	says "@bbbb0000bbb: the id of a container is given with 12 digits at least here: @bbbb0000bbbb"
	[ -z "$output" ]
}

@test "a target that says itself what it stands for" {
	misuse "4026532398 is a pid namespace, not one of type net" -n --load "$nest" -N=net 4026532398
	for option in -g -s -T -p -c; do
		misuse "4026532398 is a namespace and says itself what it stands for" -n --load "$nest" "$option" 4026532398
	done
	for option in -g -s -T -p -N; do
		misuse "cg:/kubepods is a control group and says itself what it stands for" \
			-n --load "$nest" "$option" cg:/kubepods
	done
	meant '4560 4581 4582 5000 6427' -N 4026532398
	meant '4498 4560 4581 4582 6427' -c cg:/kubepods
}

@test "words for a signal" {
	# Only KILL and STOP reach an init from outside.
	for word in -KILL -SIGKILL -9 --signal=KILL --signal=kill --signal=sigkill --signal=9; do
		effect ends "$word" -p 4560
		rehearse 0 -p "$word" 4560
	done
	rehearse 0 --signal KILL 4560
	for word in -STOP -19; do
		effect stops "$word" -p 4560
	done
	for word in -RTMIN+3 -37 -RTMAX-1 -HUP -1 -64; do
		effect ends "$word" -p 4581
	done
	effect 'no effect' -0 -p 4581
	effect 'no effect' -CHLD -p 4581
	effect 'no effect' -WINCH -p 4581
	rehearse 0 -q 7 -RTMIN 4560
	rehearse 0 -q -2147483648 -USR1 4560
}

@test "words that are no signal" {
	misuse "one signal at a time: a second one is 'KILL'" -n -TERM -KILL @nosuch
	misuse "one signal at a time: a second one is '9'" -n --signal TERM -9 @nosuch
	for word in '' FOO 65 -1 RTMIN+31 RTMAX+1; do
		misuse "no signal is called '$word': --list-signals has them all" -n "--signal=$word" @nosuch
	done
	misuse "-65: no signal has this number; a process group is given as 65" -n -65 @nosuch
	# Options in lower case are no signals, and behind a target is none.
	exits 2 -n -term @nosuch
	exits 2 -n -FOO @nosuch
	exits 2 -n -RTMIN+31 @nosuch
	exits 2 -n @nosuch -KILL
	exits 2 -n @nosuch -9
}

@test "signals are listed" {
	exits 0 -l
	[ "${#lines[@]}" = 62 ]
	[[ ${lines[8]} == ' 9 KILL '*'ends '* && ${lines[17]} == '18 CONT '*'continues '* ]]
	[[ ${lines[31]} == '34 RTMIN '* && ${lines[61]} == '64 RTMAX '* ]]
	not grep -qE '^(32|33) ' <<<"$output"
	[ "$("$PGKILL" -l)" = "$output" ]
	for word in 15 TERM SIGTERM sigterm; do
		exits 0 -l "$word"
		[[ $output == '15 TERM '*'ends '* ]]
	done
	exits 0 --list-signals RTMIN+3 HUP
	[[ ${lines[0]} == '37 RTMIN+3 '* && ${lines[1]} == ' 1 HUP '* ]]
}

@test "masks of signals as in /proc" {
	exits 0 -l 0000000000014002
	[ "$(awk '{ print $2 }' <<<"$output" | tr '\n' ' ')" = 'INT TERM CHLD ' ]
	exits 0 -l 0x14002
	[ "${#lines[@]}" = 3 ]
	exits 0 -l ffffffffffffffff
	[ "${#lines[@]}" = 64 ]
	for word in foo 65 14002x 00000000000140020 0x; do
		misuse "'$word' is no signal, and no mask of signals" -l "$word"
	done
}

@test "a mask has 16 digits, and is no number then" {
	exits 0 -l 0000000000000004
	[[ $output == ' 3 QUIT '* ]] || { echo "$output"; return 1; }
	exits 0 -l 0000000000000000
	[ -z "$output" ]
}

@test "signals as JSON" {
	exits 0 -lJ 9 TERM 0000000000000004
	is_json <<<"$output"
	[ "$(jq -c '[.signals[] | [.number, .name]]' <<<"$output")" = '[[9,"KILL"],[15,"TERM"],[3,"QUIT"]]' ]
	exits 0 -lJ
	[ "$(jq '.signals | length' <<<"$output")" = 62 ]
}

@test "process groups" {
	meant '4560 4581 4582' 4560
	meant '4560 4581 4582' -g 4560
	meant 2105 2104
	meant '2000 2105' 2104 2000 2104
	# Numbers in a container; there are no groups of these.
	meant '4560 4581 4582' 29@web-5d7/nginx
	meant '4560 4581 4582' -g @web-5d7/nginx
	missing "no process group 4581; process 4581 is in process group 4560 (--process takes it alone)" 4581
	missing "no process group 99999, and no process of that number" 99999
}

@test "sessions" {
	meant '2000 2010 2020' -s 2000
	meant 2105 -s 2100
	meant '4560 4581 4582' -s 30@web-5d7/nginx
	missing "no session 2105; process 2105 is in session 2100 (--process takes it alone)" -s 2105
	missing "no session 99999" --session 99999
}

@test "trees" {
	meant '4480 4498 4560 4581 4582 5000 6427' -T 4480
	meant '4560 4581 4582 5000' --tree 4560
	meant 4581 -T 4581
	missing 99999 -T 99999
	# Who lost its parent is in the session that the root leads.
	changed '.processes |= map(if .pid == 2020 then .parent = 1 else . end)'
	meant '2000 2010 2020' -T 2000
	# Not in one that somebody else leads.
	meant 2010 -T 2010
}

@test "processes" {
	meant 4581 -p 4581
	meant '4560 4581' -p 4581 4560 4581
	meant 4582 -p 30@pid:[4026532398]
	meant 4560 -p @web-5d7/nginx
	missing 99999 -p 99999
}

@test "namespaces" {
	# One that is nested belongs to it.
	meant '4560 4581 4582 5000 6427' -N 4560
	meant 5000 4026532560
	meant '4560 4581 4582 5000 6427' 'pid:[4026532398]'
	meant '4498 4560 4581 4582 6427' -N=net 4560
	meant '4498 4560 4581 4582 6427' --namespace=net @web-5d7/nginx
	# Of other types it does not.
	meant 3000 -N=user 3000
	meant 3001 -N=user 3001
	# Nobody is in it; nobody but a thread.
	missing "no process matches" 4026532500
	missing "no process matches" 4026532510
	missing 4026539999 4026539999
}

@test "control groups and units" {
	meant '4498 4560 4581 4582 6427' cg:/kubepods/pod1
	meant '4560 4581 4582 6427' -c 4581
	meant '2000 2010 2020 3000 3001' session-3.scope
	meant '2000 2010 2020 3000 3001' -c 2000
	missing "nosuch.service" nosuch.service
	missing "/kubepods/pod2" cg:/kubepods/pod2
}

@test "containers and pods" {
	meant '4560 4581 4582 6427' @web-5d7/nginx
	meant '4560 4581 4582 6427' @default/web-5d7/nginx
	meant '4498 4560 4581 4582 6427' @web-5d7
	meant '4560 4581 4582 6427' -c @web-5d7/nginx
	missing "no container @nosuch; there are: @default/web-5d7/nginx" @nosuch
}

@test "several targets: who is in two is there once; one that is wrong, and nobody is" {
	meant '2000 2010 2020 4560 4581 4582' -s 2000 4560
	meant '4560 4581 4582' 4560 4560
	missing "no process group 99999" 4560 99999 2000
	refused "process group 1: process 1 (systemd) is PID 1" 4560 1
}

@test "filters" {
	meant '4581 4582' -u 33 @web-5d7
	meant '4560 4581 4582 6427' -u 33,0 @web-5d7
	meant '4560 4581 4582 6427' -u 33 -u root @web-5d7
	meant 6427 --comm sh @web-5d7
	meant 2020 --state T -s 2000
	meant '2000 2010 2020' --state S,T -s 2000
	meant '2000 2010' --state S -s 2000
	meant '4581 4582' -Q 'UID == 33' @web-5d7
	meant 4581 -Q 'NSPID =~ "29"' @web-5d7
	meant 4582 -u 33 --comm nginx --state S -Q 'PID > 4581' @web-5d7
	missing "no process matches" --comm SH @web-5d7
	missing "no process matches" --comm nginx -u 1000 @web-5d7
	misuse "--older compares with the clock of this host" -n --load "$nest" --older 1000d @web-5d7
	# Users are those of the recorded host.
	meant 2020 --state T -u alice -s 2000
}

@test "a number of processes" {
	meant '4560 4581 4582' --count 3 4560
	meant '4581 4582' --count 2 -u 33 4560
	refused "3 processes match, and not 4" --count 4 4560
	refused "3 processes match, and not 0" --count 0 4560
}

@test "who is never signalled: PID 1, threads of the kernel" {
	refused "process group 1: process 1 (systemd) is PID 1, the init of this PID namespace" 1
	refused "session 1: process 1 (systemd) is PID 1" -s 1
	refused "process 1: process 1 (systemd) is PID 1" -p 1
	refused "control group /init.scope: process 1 (systemd) is PID 1" init.scope
	refused "process 2: process 2 (kthreadd) is a thread of the kernel" -p 2
	rehearse 6 -T 2
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 2 ]
	meant 1 --allow 1 1
	meant '1 4581' --allow 4711 --allow 1 -p 1 4581
	refused "process 2: process 2 (kthreadd) is a thread of the kernel" --allow 2 -p 2
}

@test "who is never signalled: an initial namespace, the root of the control groups" {
	local type inode

	for type in mnt net pid uts ipc user cgroup time; do
		inode=$(jq ".namespaces[] | select(.type == \"$type\" and .initial) | .inode" "$nest")
		refused "$type:[$inode] is the initial $type namespace of this host" "-N=$type" 60
		refused "$type:[$inode] is the initial $type namespace of this host" "$inode"
		refused "$type:[$inode] is the initial $type namespace of this host" --allow 1 "$type:[$inode]"
	done
	refused "cg:/: / is the root of a hierarchy of control groups" cg:/
	refused "4711: / is the root of a hierarchy of control groups" -c 4711
}

# in_session WORD...: a forecast in a session of its own, "own", of which a sleep is, "child".
in_session() {
	# shellcheck disable=SC2016
	run --separate-stderr env PGKILL="$PGKILL" setsid --wait bash -c 'sleep 60 &
		until [ "$(cat /proc/$!/comm)" = sleep ]; do sleep 0.01; done
		words=("${@/#own/$$}")
		"$PGKILL" --dry-run "${words[@]/#child/$!}"
		status=$?
		kill $!
		exit $status' session "$@" 3>&-
}

@test "who is never signalled: we ourselves, our ancestors, our session" {
	exits 6 --dry-run -p $$
	says "refused: process $$: process $$ (bash) is an ancestor of this pgkill"
	exits 6 --dry-run -T $$
	grep -q 'is this pgkill itself$' <<<"$stderr"
	[ -z "$output" ]
	exits 0 --dry-run --noheadings -o PID --allow $$ -p $$
	[ "$output" -eq $$ ]
	in_session -s own
	[ "$status" = 6 ]
	grep -qE 'process [0-9]+ \(sleep\) is in the session of this pgkill$' <<<"$stderr"
	[ -z "$output" ]
	# A process of our session by its own number is nobody's but ours.
	in_session --noheadings -o COMM -p child
	[ "$status" = 0 ]
	[ "$output" = sleep ]
}

@test "what a signal would do to each" {
	changed '.processes |= map(
		if .pid == 60 then .signals.tracer = 4711
		elif .pid == 2000 then .signals.blocked = "0000000000004000"
		elif .pid == 2010 then .signals = null
		elif .pid == 2105 then .state = "S" | .signals.state = "S"
		elif .pid == 3000 then .signals.caught = "0000000000004000" | .signals.frozen = "v2"
		elif .pid == 3001 then .state = "D" | .signals.state = "D" | .signals.wchan = "nfs_wait_bit"
		elif .pid == 4581 then .signals.caught = "0000000000004000"
		elif .pid == 4582 then .signals.ignored = "0000000000004000"
		else . end)'
	effect ends -p 6427
	effect ends -ABRT -p 6427
	effect stops -STOP -p 6427
	effect continues -CONT -p 2020
	effect handler -p 4581
	effect ignored -p 4582
	effect 'ignored: init of its PID namespace has no handler' -p 4560
	effect ends -KILL -p 4560
	effect 'no effect' -CONT -p 6427
	effect 'no effect: its process group is orphaned' -TSTP -p 2105
	effect blocked -p 2000
	effect ends -KILL -p 2000
	effect 'pending until CONT' -p 2020
	effect ends -KILL -p 2020
	effect 'pending until thawed' -p 3000
	effect 'held by its tracer unshare 4711' -p 60
	effect 'stuck in D (nfs_wait_bit)' -p 3001
	effect 'dead already' -p 5000
	effect unknown -p 2010
}

@test "who could not be read may be meant: exit 5, also where nobody matches" {
	changed '.processes |= map(if .pid == 60 then .in.net = "denied" else . end)'
	rehearse 5 --noheadings --raw -o PID -N=net 4560
	[ "${lines[*]}" = '4498 4560 4581 4582 6427' ]
	[[ $stderr == "pgkill: incomplete: "* ]] || { echo "$stderr"; return 1; }
	rehearse 5 --comm nosuch -N=net 4560
	[ -z "$output" ]
	# It does not matter to who is not meant by that.
	meant '4560 4581 4582' 4560
	# 6 and 3 come first.
	rehearse 6 --count 4 -N=net 4560
}

@test "as a table, raw, as JSON" {
	rehearse 0 4560
	[ "$output" = " PID USER CONTAINER     COMMAND EFFECT
4560 root web-5d7/nginx nginx   ignored: init of its PID namespace has no handler
4581 33   web-5d7/nginx nginx   ends
4582 33   web-5d7/nginx nginx   ends" ] || { echo "$output"; return 1; }
	rehearse 0 --raw -o PID,USER 4560
	[ "${lines[0]}" = "PID USER" ]
	[ "${lines[1]}" = "4560 root" ]
	rehearse 0 -J 4560
	is_json <<<"$output"
	jq -e '.processes == [
		{"pid": 4560, "user": "root", "container": "web-5d7/nginx", "command": "nginx",
			"effect": "ignored: init of its PID namespace has no handler"},
		{"pid": 4581, "user": "33", "container": "web-5d7/nginx", "command": "nginx", "effect": "ends"},
		{"pid": 4582, "user": "33", "container": "web-5d7/nginx", "command": "nginx", "effect": "ends"}]
		and .complete and .gaps == []' <<<"$output"
	rehearse 0 -J --output-all -KILL @web-5d7
	is_json <<<"$output"
	jq -e 'all(.processes[]; .effect == "ends" and .sent == [] and .ended == null and .after == null)' <<<"$output"
	[ "$(jq -r '.processes[0] | keys_unsorted | join(" ")' <<<"$output")" = \
		"$("$PGKILL" -H --raw --noheadings | cut -d ' ' -f 1 | tr 'A-Z\n' 'a-z ' | sed 's/ $//')" ]
}

@test "from stdin, from a tree of files" {
	needs_root
	exits 0 -n --load - --noheadings --raw -o PID 4560 <"$nest"
	[ "${lines[*]}" = '4560 4581 4582' ]
	exits 1 -n --load /nonexistent/snapshot 1
	exits 1 -n --sysroot /nonexistent 1
	exits 6 -n --sysroot "$(fixture small)" -p 1
	exits 3 -n --sysroot "$(fixture small)" -p 99999
}
