# SPDX-License-Identifier: GPL-2.0-or-later
# pgkill on processes that are made for it, judged by wait(2), signals that they say they got, and /proc.
# shellcheck disable=SC2030,SC2031,SC2154
load live

setup() {
	needs_root
	cd "$BATS_TEST_TMPDIR" || return
	started=() group='' container=''
}

teardown() {
	local pid
	end_situations
	for pid in "${started[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[ -z "$container" ] || runc delete --force "$container" >/dev/null 2>&1 || true
	[ -z "$group" ] || remove_groups "$group"
}

# Starts a program of the test's own in a session of its own; its number is in $pid.
start() {
	setsid "$@" </dev/null >/dev/null 2>&1 3>&- &
	pid=$!
	started+=("$pid")
	# setsid has become the program, and leads its session.
	until [ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ] && [ "$(cat "/proc/$pid/comm")" != setsid ]; do
		sleep 0.01
	done
}

# A control group of the test's own.
make_cgroup2() {
	local mount
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	[ -n "$mount" ] || skip "no control groups v2"
	group=$mount/nskit-pgkill.$$
	mkdir "$group"
}

is_alive() {
	grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"
}

# What effects.c says next about its target, or nothing for a while.
next_line() {
	local folder
	folder=$(dirname "$(readlink "/proc/${live_pids[-1]}/fd/1")")
	for _ in $(seq 40); do
		if [ "$(wc -l <"$folder/stdout")" -gt "$1" ]; then
			sed -n "$(($1 + 1))p" "$folder/stdout"
			return
		fi
		sleep 0.05
	done
}

# forecast WORDS SIGNAL EFFECT WHAT: what is foretold, and what happens then ("" for nothing).
forecast() {
	local words=$1 signal=$2 effect=$3 what=$4 foretold happened
	make_by effects "$words"
	foretold=$(pgkill --dry-run --process "-$signal" --allow "${made[target]}" --raw --noheadings -o EFFECT \
		"${made[target]}" | sed 's/\\x20/ /g')
	# shellcheck disable=SC2053
	[[ $foretold == $effect ]] || { echo "$words $signal: foretold $foretold, not $effect"; return 1; }
	pgkill --process --no-wait "-$signal" --allow "${made[target]}" "${made[target]}"
	happened=$(next_line 1)
	# shellcheck disable=SC2053
	[[ $happened == $what ]] || { echo "$words $signal: foretold $foretold, happened: $happened"; return 1; }
	end_situations
}

@test "what is foretold happens: plain, handler, ignored, blocked" {
	forecast plain TERM ends 'ended 15'
	forecast plain KILL ends 'ended 9'
	forecast plain STOP stops 'stopped 19'
	forecast plain WINCH 'no effect' ''
	forecast handler TERM handler 'handler 15'
	forecast handler KILL ends 'ended 9'
	forecast ignored TERM ignored ''
	forecast ignored KILL ends 'ended 9'
	forecast blocked TERM blocked ''
	forecast blocked KILL ends 'ended 9'
	forecast blocked,thread TERM ends 'ended 15'
}

@test "what is foretold happens: stopped, traced, an init, a vfork parent" {
	forecast stopped TERM 'pending until CONT' ''
	forecast stopped KILL ends 'ended 9'
	forecast stopped CONT continues 'continued'
	forecast traced TERM 'held by its tracer *' 'trapped 15'
	forecast traced KILL ends 'ended 9'
	forecast init TERM 'ignored: init of its PID namespace has no handler' ''
	forecast init,handler TERM handler 'handler 15'
	forecast init KILL ends 'ended 9'
	forecast vfork TERM ends 'ended 15'
}

@test "what is foretold happens: a zombie leader with a living thread" {
	forecast leaderless,thread TERM ends 'ended 15'
	forecast leaderless,thread KILL ends 'ended 9'
}

@test "what is foretold happens: frozen, v2" {
	forecast frozen TERM ends 'ended 15'
	forecast frozen,handler TERM 'pending until thawed' ''
	forecast frozen KILL ends 'ended 9'
}

@test "what is foretold happens: frozen, v1" {
	forecast frozen1 TERM 'pending until thawed' ''
	forecast frozen1 KILL 'pending until thawed' ''
}

# ended EXITCODE ENDSIGNAL: a condition for a row. Before Linux 6.15 nobody tells how one ended whom his
# parent reaped at once, as shells do.
ended() {
	local untold=''
	kernel_is_from 6.15 || untold='or (.exitcode == null and .endsignal == null and .ended == "ended")'
	echo "((.exitcode == $1 and .endsignal == $2) $untold)"
}

@test "exit statuses are those that the processes had" {
	local code expected
	for code in 0 1 42 255; do
		start bash -c "trap 'exit $code' TERM; while :; do sleep 0.02; done"
		sleep 0.2
		pgkill --process --end=5s -J -o PID,ENDED,EXITCODE,ENDSIGNAL "$pid" >rows
		expected=0
		wait "$pid" || expected=$?
		json_is ".processes | length == 1 and .[0].pid == $pid and (.[0] | $(ended "$expected" null))" <rows
	done
	start sleep 1000
	pgkill --process --end=5s -J -o PID,ENDED,EXITCODE,ENDSIGNAL "$pid" >rows
	expected=0
	wait "$pid" || expected=$?
	[ "$expected" = 143 ]
	json_is ".processes[0] | $(ended null '"TERM"')" <rows
}

@test "exit statuses of other people's children" {
	kernel_is_from 6.15 || skip "the kernel tells them since Linux 6.15"
	# Reaped at once by the shell that started it.
	start bash -c 'bash -c "trap \"exit 7\" TERM; while :; do sleep 0.02; done" & echo $! >inner; wait; wait; sleep 1000'
	until [ -s inner ]; do sleep 0.02; done
	sleep 0.2
	pgkill --process --end=5s -J -o PID,EXITCODE "$(cat inner)" >rows
	json_is ".processes == [{\"pid\": $(cat inner), \"exitcode\": 7}]" <rows
}

@test "--end kills what does not go, and says what was sent" {
	start bash -c 'trap "" TERM; sleep 1001 & sleep 1002 & wait; wait'
	sleep 0.3
	run --separate-stderr pgkill --end=300ms -J -o PID,SENT,ENDED,EXITCODE,ENDSIGNAL "$pid"
	[ "$status" = 0 ]
	json_is ".processes | length == 3 and all(.sent == [\"TERM\", \"CONT\", \"KILL\"] and $(ended null '"KILL"'))" <<<"$output"
	refute is_alive "$pid"
}

@test "who is stopped gets CONT after the signal" {
	start sleep 1000
	kill -STOP "$pid"
	pgkill --process --end=5s -J -o ENDED,EXITCODE,ENDSIGNAL "$pid" >rows
	json_is ".processes[0] | $(ended null '"TERM"')" <rows
}

@test "--wait says who has survived, and exits with 4" {
	start bash -c 'trap "" TERM; while :; do sleep 0.02; done'
	sleep 0.2
	run --separate-stderr pgkill --process --wait=200ms "$pid"
	[ "$status" = 4 ]
	[[ $stderr == "pgkill: process $pid (bash) has survived: "* ]]
	is_alive "$pid"
}

@test "a process that nobody reaps has gone, and its parent is named" {
	start python3 -c 'import os, time
pid = os.fork()
if pid == 0: time.sleep(1000)
open("child", "w").write(str(pid))
time.sleep(1000)'
	until [ -s child ]; do sleep 0.02; done
	pgkill --process --end=5s -J -o PID,ENDSIGNAL,DETAIL "$(cat child)" >rows
	json_is ".processes[0] | .endsignal == \"TERM\" and .detail == \"dead, not reaped by its parent $pid (python3)\"" <rows
}

@test "a group with a number of its own, and one without" {
	local child
	start bash -c 'sleep 1001 & echo $! >child; wait'
	until [ -s child ]; do sleep 0.02; done
	child=$(cat child)
	run --separate-stderr pgkill "$child"
	[ "$status" = 3 ]
	[[ $stderr == "pgkill: no process group $child; process $child is in process group $pid "* ]]
	is_alive "$child"
	pgkill -KILL "$pid"
	refute is_alive "$child"
}

@test "the whole tree, a process alone, a session" {
	local inner
	start bash -c 'setsid bash -c "echo \$\$ >inner; sleep 1001 & wait" & sleep 1002'
	until [ -s inner ]; do sleep 0.02; done
	inner=$(cat inner)
	pgkill -KILL --tree "$pid"
	refute is_alive "$pid"
	refute is_alive "$inner"
	rm inner
	start bash -c 'setsid bash -c "echo \$\$ >inner; sleep 1001 & wait" & sleep 1002'
	until [ -s inner ]; do sleep 0.02; done
	inner=$(cat inner)
	pgkill -KILL --session "$pid"
	refute is_alive "$pid"
	is_alive "$inner"
	pgkill -KILL --session "$inner"
	refute is_alive "$inner"
}

@test "who got it and who was not permitted" {
	local other
	start bash -c 'setpriv --reuid 65534 --regid 65534 --clear-groups sleep 1001 & exec sleep 1002'
	sleep 0.3
	other=$(pgrep -P "$pid")
	run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$NSKIT_BUILD/tools/pgkill" -TERM -J -o PID,SENT "$pid"
	[ "$status" = 1 ]
	[[ $stderr == *"pgkill: process $pid (sleep): Operation not permitted"* ]]
	json_is "[.processes[] | select(.sent == [\"TERM\"]).pid] == [$other]" <<<"$output"
	is_alive "$pid"
	for _ in $(seq 40); do
		is_alive "$other" || return 0
		sleep 0.05
	done
	false
}

@test "a namespace that cannot be read matches nobody: exit 5" {
	start unshare --uts sleep 1001
	sleep 0.2
	run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups \
		"$NSKIT_BUILD/tools/pgkill" -KILL --namespace=uts "$pid"
	[ "$status" = 5 ]
	[ -n "$stderr" ]
	is_alive "$pid"
}

@test "itself, its ancestors and its session are refused, and nobody is signalled" {
	run --separate-stderr pgkill --process $$
	[ "$status" = 6 ]
	[[ $stderr == *"is an ancestor of this pgkill"* ]]
	# Another process of its session, reached by a control group: none of them gets it.
	make_cgroup2
	start sleep 1001
	echo "$pid" >"$group/cgroup.procs"
	# shellcheck disable=SC2016
	run --separate-stderr setsid --wait bash -c 'sleep 1002 &
		echo $! >"$1/cgroup.procs"
		echo $!
		pgkill -KILL "$1"
		echo $?
		kill -0 $! && pgkill -KILL --allow $! "$1"
		echo $?' session "$group" 3>&-
	[ "${lines[1]}" = 6 ]
	[[ $stderr == *"process ${lines[0]} (sleep) is in the session of this pgkill"* ]]
	[ "${lines[2]}" = 0 ]
	refute is_alive "$pid"
	refute is_alive "${lines[0]}"
}

@test "a session out of sight may be that of pgkill" {
	make_cgroup2
	# Both are in the session of the test, whose leader is above.
	# shellcheck disable=SC2016
	run --separate-stderr unshare --pid --fork --kill-child --mount-proc bash -c 'sleep 1003 &
		echo $! >"$1/cgroup.procs"
		pgkill -KILL "$1"
		echo $?
		kill -0 $!
		echo $?
		pgkill -KILL --allow $! "$1"
		echo $?' session "$group" 3>&-
	[ "${lines[*]}" = '6 0 0' ]
	[[ $stderr == *"(sleep) may be in the session of this pgkill: both are out of sight"* ]]
}

@test "a group whose leader is gone: each gets a signal that queues once" {
	start python3 -c '
import os, signal, time
if os.fork() > 0:
    while not os.path.exists("go"):
        time.sleep(0.01)
    os._exit(0)
# A byte for each signal that comes; it ends when no more do.
signal.set_wakeup_fd(os.open("got", os.O_WRONLY | os.O_CREAT | os.O_NONBLOCK))
signal.signal(signal.SIGRTMIN, lambda *_: None)
open("ready", "w").write(str(os.getpid()))
signal.pause()
time.sleep(0.5)'
	touch go
	wait "$pid"
	until [ -s ready ]; do sleep 0.05; done
	started+=("$(cat ready)")
	run --separate-stderr pgkill -v --signal=RTMIN --end=30s "$pid"
	[ "$status" = 0 ]
	[[ $stderr == *"by its number, which one that was stopped kept"* ]]
	[ "$(wc -c <got)" = 1 ]
	refute is_alive "$(cat ready)"
}

@test "where something lies over /proc/loadavg a sweep looks more often" {
	start sleep 1001
	echo '0.00 0.00 0.00 1/1 1' >loadavg
	# shellcheck disable=SC2016
	run --separate-stderr unshare --mount bash -c 'mount --bind loadavg /proc/loadavg && pgkill -v -KILL -s "$1"' mount "$pid"
	[ "$status" = 0 ]
	[[ $stderr == *"stopped one by one, then signalled, in 6 passes"* ]] || { echo "$stderr"; return 1; }
	refute is_alive "$pid"
}

@test "one target that cannot be resolved, and nobody is signalled" {
	start sleep 1001
	run --separate-stderr pgkill -KILL "$pid" @nskit-nobody
	[ "$status" = 3 ]
	is_alive "$pid"
	run --separate-stderr pgkill -KILL --count 2 "$pid"
	[ "$status" = 6 ]
	is_alive "$pid"
	pgkill -KILL --count 1 "$pid"
	refute is_alive "$pid"
}

@test "filters" {
	start bash -c 'sleep 1001 & setpriv --reuid 1234 sleep 1002 & wait; wait'
	sleep 0.3
	pgkill --dry-run --raw --noheadings -o COMMAND --comm sleep --uid 1234 "$pid" >rows
	[ "$(cat rows)" = 'sleep\x201002' ]
	pgkill -KILL --uid 1234 "$pid"
	[ "$(pgrep -P "$pid" -c)" = 1 ]
	run pgkill -KILL --older 1h "$pid"
	[ "$status" = 3 ]
	pgkill -KILL -Q 'COMM == "sleep"' "$pid"
	refute is_alive "$(pgrep -P "$pid" || echo 0)"
}

@test "a namespace in which only a thread is" {
	situation thread net
	run --separate-stderr pgkill --dry-run "net:[${made[inode]}]"
	[ "$status" = 3 ]
	[[ $stderr == *"no process in sight is in a namespace net:[${made[inode]}]; nslist tells"* ]]
	[ "$(nslist --list --noheadings --raw -t net -o NS,NTHREADS -Q "NS == ${made[inode]}")" = "${made[inode]} 1" ]
}

@test "filters in a namespace: the others are not even stopped" {
	command -v strace >/dev/null || skip "needs strace"
	start unshare --uts bash -c 'sleep 1001 & setpriv --reuid 1234 sleep 1002 & setpriv --reuid 1234 tail -f /dev/null & wait; wait; wait'
	until [ "$(ps -o comm= --ppid "$pid" | sort | xargs)" = "sleep sleep tail" ]; do sleep 0.02; done
	run --separate-stderr strace -f -qq -o calls -e trace=pidfd_send_signal -e signal=none \
		pgkill -v -KILL --uid 1234 --comm sleep --namespace=uts "$pid"
	[ "$status" = 0 ]
	[[ $stderr == *": KILL to 1 of 1 processes, stopped one by one, then signalled"* ]]
	[ "$(grep -c SIGSTOP calls)" = 1 ]
	until [ "$(ps -o comm= --ppid "$pid" | sort | xargs)" = "sleep tail" ]; do sleep 0.02; done
	pgkill -KILL --uid root,1234 --namespace=uts "$pid"
	refute is_alive "$pid"
}

@test "filters: neither cgroup.kill nor the init of a PID namespace" {
	local signal
	for signal in KILL TERM; do
		# shellcheck disable=SC2016
		start unshare --pid --fork --kill-child --mount-proc bash -c 'sleep 1001 & tail -f /dev/null & wait; wait'
		until [ "$(pgkill -n --noheadings --raw -o COMM --namespace "$(pgrep -P "$pid")" | sort | xargs)" = "bash sleep tail" ]; do
			sleep 0.02
		done
		pgkill "-$signal" --wait --comm sleep --namespace "$(pgrep -P "$pid")"
		[ "$(pgkill -n --noheadings --raw -o COMM --namespace "$(pgrep -P "$pid")" | sort | xargs)" = "bash tail" ]
	done
	make_cgroup2
	for signal in KILL TERM; do
		start sleep 1001
		echo "$pid" >"$group/cgroup.procs"
		start tail -f /dev/null
		echo "$pid" >"$group/cgroup.procs"
		pgkill "-$signal" --wait --comm sleep "cg:${group#"$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)"}"
		is_alive "$pid"
		pgkill -KILL "$group"
	done
}

@test "filters, and somebody who is not meant makes those who are, again and again" {
	local lifetime=0.02
	[ -z "${NSKIT_GUEST-}" ] || lifetime=0.5
	# Who is forked by a thread is born with its name. In a PID namespace, which ends with the test.
	# He lives for longer than it takes to read /proc, which takes long in a guest.
	start unshare --pid --fork --kill-child --mount-proc --uts python3 -c '
import ctypes, os, signal, sys, threading, time
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def make():
    ctypes.CDLL(None).prctl(15, b"made")
    while True:
        if os.fork() == 0:
            time.sleep(float(sys.argv[1]))
            os._exit(0)
threading.Thread(target=make).start()' "$lifetime"
	for options in -KILL --end=200ms "-KILL --wait=500ms"; do
		for _ in {1..50}; do
			# shellcheck disable=SC2086
			run --separate-stderr timeout -s KILL 60 pgkill $options --comm made --namespace=uts "$pid"
			# For a moment nobody may be there.
			[ "$status" = 3 ] || break
			sleep 0.05
		done
		# It ends, with 1 or 4 where there were new ones to the last, by chance with 0.
		[[ $status == [014] ]] || { echo "$options: $status: $stderr"; return 1; }
		[ "${#stderr_lines[@]}" -lt 15 ]
	done
	is_alive "$pid"
}

@test "signal 0 looks once and moves nobody, also where new ones never end" {
	local began
	make_cgroup2
	start unshare --pid --fork --kill-child --mount-proc --uts bash -c 'while :; do sleep 0.03 & sleep 0.01; done'
	echo "$pid" >"$group/cgroup.procs"
	until pgrep -P "$pid" >/dev/null; do sleep 0.02; done
	pgrep -P "$pid" >"$group/cgroup.procs"
	for scope in "--namespace=uts $(pgrep -P "$pid")" "--comm=bash --namespace=uts $(pgrep -P "$pid")" "$group" \
		"--group $pid"; do
		began=$SECONDS
		# shellcheck disable=SC2086
		run --separate-stderr pgkill -0 -v --raw -o PID,SENT $scope
		echo "$scope: $status: $stderr"
		[ "$status" = 0 ]
		[ "$((SECONDS - began))" -lt 5 ]
		[[ $stderr == *", by pidfd" ]]
		[ "${#lines[@]}" -gt 1 ]
	done
}

@test "of a group in which all are dead signal 0 says 3, others that it is gone" {
	start python3 -c '
import os, time
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    os._exit(0)
open("dead", "w").write(str(pid))
time.sleep(1000)'
	until grep -qs "^State:.*Z" "/proc/$(cat dead 2>/dev/null)/status"; do sleep 0.02; done
	run --separate-stderr pgkill -0 "$(cat dead)"
	[ "$status" = 3 ]
	[ "$stderr" = "pgkill: no process matches" ]
	pgkill -0 --wait "$(cat dead)"
	pgkill "$(cat dead)"
}

@test "many survivors do not fill the screen" {
	start bash -c 'trap "" TERM; for i in {1..13}; do sleep 1001 & done; wait'
	until [ "$(ps -o comm= --ppid "$pid" | grep -c sleep)" = 13 ]; do sleep 0.02; done
	run --separate-stderr pgkill --wait=100ms "$pid"
	[ "$status" = 4 ]
	[ "$(grep -c "has survived" <<<"$stderr")" = 10 ]
	[[ $stderr == *"pgkill: and 4 more processes"* ]]
	pgkill -KILL "$pid"
}

@test "filters: two scopes, one of which others keep together" {
	start unshare --uts bash -c 'sleep 1001 & wait'
	local first=$pid
	start bash -c 'sleep 1002 & wait'
	until [ "$(ps -o comm= --ppid "$pid,$first" | xargs)" = "sleep sleep" ]; do sleep 0.02; done
	pgkill -KILL --comm sleep "uts:[$(stat -L -c %i "/proc/$first/ns/uts")]" "$pid"
	refute is_alive "$first"
	refute is_alive "$pid"
}

@test "of several scopes the one that we are in is the last" {
	start unshare --uts sleep 1001
	local other=$pid
	# shellcheck disable=SC2016
	start unshare --uts bash -c 'exec pgkill -KILL --allow $$ --namespace=uts $$ "$1"' last "$other"
	wait "$pid" || [ $? = 137 ]
	refute is_alive "$other"
}

@test "a value is queued with the signal" {
	start python3 -c 'import signal
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
open("ready", "w").write("x")
info = signal.sigwaitinfo([signal.SIGUSR1])
open("got", "w").write("%d %d" % (info.si_code, info.si_uid))'
	until [ -s ready ]; do sleep 0.02; done
	pgkill -USR1 --process --queue 4711 "$pid"
	until [ -s got ]; do sleep 0.02; done
	# SI_QUEUE
	[ "$(cat got)" = "-1 0" ]
}

@test "a PID namespace with its init, nested ones too" {
	local init
	start unshare --pid --fork --kill-child bash -c 'unshare --pid --fork bash -c "sleep 1001 & wait" & sleep 1002; wait'
	sleep 0.5
	init=$(pgrep -P "$pid")
	run --separate-stderr pgkill --dry-run -J -o COMM --namespace "$init"
	[ "$status" = 0 ]
	json_is '.processes | length >= 4' <<<"$output"
	pgkill -KILL -v --namespace "$init" >/dev/null 2>said
	grep -q 'the init of the PID namespace, and with it all' said
	refute is_alive "$init"
}

@test "a container of runc, all of it" {
	[ "$(command -v runc jq busybox | wc -l)" = 3 ] || skip "needs the packages runc, jq and busybox-static"
	local name=nskit-pgkill-$$ init
	mkdir -p bundle/rootfs/bin
	cp "$(command -v busybox)" bundle/rootfs/bin/busybox
	(cd bundle && runc spec && jq '.process.terminal = false | del(.process.rlimits)
		| .process.args = ["/bin/busybox", "sh", "-c", "/bin/busybox sleep 1001 & /bin/busybox sleep 1002"]' \
		config.json >new && mv new config.json)
	runc run --detach --bundle bundle "$name" </dev/null >/dev/null 3>&- 2>said ||
		skip "runc cannot run here: $(tail -n 1 said)"
	container=$name
	init=$(runc state "$name" | jq .pid)
	run --separate-stderr pgkill --dry-run -J -o PID,CONTAINER "@$name"
	[ "$status" = 0 ]
	json_is ".processes | length == 2 and all(.container == \"$name\") and any(.pid == $init)" <<<"$output"
	run --separate-stderr pgkill "$name"
	[ "$status" = 2 ]
	pgkill --end=500ms "@$name" >/dev/null
	refute is_alive "$init"
}
