# SPDX-License-Identifier: GPL-2.0-or-later
# Every view of a host that is written down in a fixture, compared with what it should print.
load common

setup() {
	small=$(fixture small)
}

# shows NAME ARGUMENT...: exit 0, and stdout as in tests/cli/expected/NAME.
shows() {
	nslist_exits 0 --sysroot "$small" "${@:2}" || return
	expected "$1" <<<"$output"
}

@test "the default: a list by inode" {
	needs_root
	shows default
}

@test "a type: network namespaces say NETNSID and NSFS" {
	needs_root
	shows net -t net
	nslist_exits 0 --sysroot "$small" -rt net -t pid
	[ "${lines[0]}" = "NS TYPE NPROCS PID USER NETNSID NSFS CONTAINER COMMAND" ]
	nslist_exits 0 --sysroot "$small" -rt pid
	[ "${lines[0]}" = "NS TYPE NPROCS PID USER CONTAINER COMMAND" ]
}

@test "types as a list, and one by one" {
	local together

	together=$("$NSLIST" --sysroot "$small" -t mnt,uts 2>/dev/null)
	nslist_exits 0 --sysroot "$small" -t mnt -t uts
	[ "$output" = "$together" ]
	nslist_exits 0 --sysroot "$small" --type=uts --type mnt,uts
	[ "$output" = "$together" ]
	[ "$(awk 'NR > 1 { print $2 }' <<<"$output" | sort -u | tr '\n' ' ')" = "mnt uts " ]
}

@test "those without a process" {
	shows persistent -P -o NS,TYPE,NPROCS,HELD,NSFS,COMMAND
}

@test "the tree of processes" {
	shows tree-process -Tprocess -o NS,TYPE,NPROCS,PID,COMMAND
	nslist_exits 0 --sysroot "$small" --tree=process -o NS,TYPE,NPROCS,PID,COMMAND
	expected tree-process <<<"$output"
	nslist_exits 0 --sysroot "$small" -T=process -l -o NS,TYPE,NPROCS,PID,COMMAND
	expected tree-process <<<"$output"
}

@test "the kinds of trees" {
	local owner

	owner=$("$NSLIST" --sysroot "$small" --tree=owner 2>/dev/null)
	[ "$("$NSLIST" --sysroot "$small" -T 2>/dev/null)" = "$owner" ]
	[ "$("$NSLIST" --sysroot "$small" -Towner 2>/dev/null)" = "$owner" ]
	[ "$("$NSLIST" --sysroot "$small" -l -T 2>/dev/null)" = "$owner" ]
	nslist_exits 0 --sysroot "$small" --tree=parent
}

@test "the namespaces of a process" {
	shows task -p 80 -o NS,TYPE,NPROCS,PID,CONTAINER
	nslist_exits 0 --sysroot "$small" 80 -o NS,TYPE,NPROCS,PID,CONTAINER
	expected task <<<"$output"
	nslist_exits 0 --sysroot "$small" -p80 -t uts -o NS
	[ "$output" = $'        NS\n4026532603' ] || { echo "$output"; return 1; }
}

@test "a namespace of a thread is its process' too" {
	nslist_exits 0 --sysroot "$small" -p 60 -t net -rno NS
	[ "$output" = $'4026531833\n4026532401' ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" -p 40 -t pid -rno NS
	[ "$output" = $'4026531836\n4026532301' ] || { echo "$output"; return 1; }
}

@test "several processes" {
	nslist_exits 0 --sysroot "$small" -p 41 -p 80 -t pid -rno NS
	[ "$output" = $'4026532301\n4026532602' ] || { echo "$output"; return 1; }
	[ "$("$NSLIST" --sysroot "$small" 41 80 -t pid -rno NS 2>/dev/null)" = "$output" ]
	[ "$("$NSLIST" --sysroot "$small" 41 -p 80 -t pid -rno NS 2>/dev/null)" = "$output" ]
}

@test "containers, units, control groups" {
	for target in web @web @0123456789ab \
		docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope; do
		nslist_exits 0 --sysroot "$small" -t uts -rno NS "$target"
		[ "$output" = 4026532603 ] || { echo "$target: $output"; return 1; }
	done
	nslist_exits 0 --sysroot "$small" -t pid -rno NS session-3.scope
	[ "$output" = $'4026531836\n4026532301' ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" -t pid -rno NS cg:/user.slice
	[ "$output" = $'4026531836\n4026532301' ] || { echo "$output"; return 1; }
}

@test "the processes of a namespace" {
	needs_root
	shows members 4026532301
	nslist_exits 0 --sysroot "$small" 'pid:[4026532301]'
	expected members <<<"$output"
	shows members-tree 4026532301 -Tprocess
	shows members-json 4026532301 -J
	nslist_exits 0 --sysroot "$small" -J -Tprocess 4026532301 -o PID
	jq -e '.namespaces == []' <<<"$output"
	jq -e '.processes == [{"pid": 41, "children": [{"pid": 42, "children": []}]}]' <<<"$output"
}

@test "the processes of several namespaces, with NS" {
	nslist_exits 0 --sysroot "$small" 4026532602 4026532301 4026532500 -rno NS,PID
	[ "$output" = $'4026532301 41\n4026532301 42\n4026532602 80' ] || { echo "$output"; return 1; }
}

@test "a namespace that only a thread is in has a process" {
	nslist_exits 0 --sysroot "$small" 4026532401 -rno PID,COMMAND
	[ "$output" = '60 java\x20-jar\x20app.jar' ] || { echo "$output"; return 1; }
}

@test "a namespace that no process is in: its own row" {
	nslist_exits 0 --sysroot "$small" 4026532500 -J
	jq -e '.processes == [] and (.namespaces | length) == 1' <<<"$output"
	jq -e '.namespaces[0] | .ns == 4026532500 and .nprocs == 0 and .command == null' <<<"$output"
	nslist_exits 0 --sysroot "$small" 4026532500 4026532301 4026532402 -J
	jq -e '[.processes[].pid] == [41, 42] and [.namespaces[].ns] == [4026532402, 4026532500]' <<<"$output"
	nslist_exits 0 --sysroot "$small" 4026532500 4026532301 -J -Q 'NS == 1'
	jq -e '.processes == [] and .namespaces == []' <<<"$output"
	nslist_exits 0 --sysroot "$small" 4026532500 4026532301 -J -T -o NS
	jq -e '.processes == [{"ns": 4026532301}, {"ns": 4026532301}] and .namespaces == [{"ns": 4026532500, "children": []}]' <<<"$output"
	nslist_exits 0 --sysroot "$small" 4026532500 -o NS,TYPE,COMMAND
	[ "${lines[1]}" = "4026532500 net  (mount /run/netns/blue)" ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" 4026532402 -o COMMAND
	[ "${lines[1]}" = "(fd 9 of java 60)" ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" /run/netns/blue -o NS
	[ "${lines[1]}" = "4026532500" ] || { echo "$output"; return 1; }
}

@test "the numbers of a process" {
	nslist_exits 0 --sysroot "$small" --pid 42 -rno NS,PID,INITIAL
	[ "$output" = $'4026531836 42 yes\n4026532301 2 no' ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" --pid '2@pid:[4026532301]' -J
	jq -e '[.processes[].pid] == [42, 2]' <<<"$output"
	nslist_exits 0 --sysroot "$small" --pid 42 -r
	[ "${lines[0]}" = "NS DEPTH PID INITIAL" ]
}

@test "why" {
	shows why --why 4026532402 4026532500 4026532401
	shows why-json --why -J 4026532402 4026532500 4026532401
	nslist_exits 0 --sysroot "$small" --why -r 80
	[ "${lines[0]}" = "NS TYPE HOLDERS WHY" ]
	nslist_exits 0 --sysroot "$small" --why -P
	[[ $output == *"/run/netns/blue"* && $output == *4026532402* && $output != *4026531837* ]]
}

@test "filters" {
	nslist_exits 0 --sysroot "$small" -rno NS -Q 'NPROCS == 0 && TYPE == "net"'
	[ "$output" = $'4026532401\n4026532500' ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" -rno NS -Q 'HELD =~ "f" and NPROCS == 0'
	[ "$output" = 4026532402 ]
	nslist_exits 0 --sysroot "$small" -rno PID -Q 'COMMAND =~ "sleep"' 4026532301
	[ "$output" = 42 ]
	nslist_exits 0 --sysroot "$small" -rno PID -Q 'PID > 2' --pid 42
	[ "$output" = 42 ]
	nslist_exits 0 --sysroot "$small" -o NS -Q 'NS == 1'
	[ "$(wc -l <<<"$output")" -le 1 ]
	nslist_exits 0 --sysroot "$small" -J -Q 'NS == 1'
	jq -e '.namespaces == []' <<<"$output"
}

@test "a row that was filtered out leaves its children as roots" {
	nslist_exits 0 --sysroot "$small" -J -Tprocess -t pid -o NS -Q 'INITIAL == false'
	jq -e '[.namespaces[].ns] == [4026532301, 4026532602]' <<<"$output"
}

@test "every column of every row" {
	needs_root
	shows all -J --output-all
}

@test "columns: chosen, added, all, in any case" {
	nslist_exits 0 --sysroot "$small" -ro ns,Type,PID
	[ "${lines[0]}" = "NS TYPE PID" ]
	nslist_exits 0 --sysroot "$small" -ro +PNS,ons
	[ "${lines[0]}" = "NS TYPE NPROCS PID USER CONTAINER COMMAND PNS ONS" ]
	nslist_exits 0 --sysroot "$small" -r --output-all
	[ "${lines[0]}" = "$("$NSLIST" -Hrn | cut -d ' ' -f 1 | paste -sd ' ')" ]
	nslist_exits 0 --sysroot "$small" -o NS -o PID -r
	[ "${lines[0]}" = PID ]
}

@test "lsns' ways of writing things" {
	nslist_exits 0 --sysroot "$small" -nr -o NS -t pid -t uts -l -W -u
	[ "${#lines[@]}" = 6 ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" --noheadings --raw --output NS --type pid --list --nowrap --notruncate
	[ "${#lines[@]}" = 3 ]
	nslist_exits 0 --sysroot "$small" --output=NS --noh -rp80 -tuts
	[ "$output" = 4026532603 ] || { echo "$output"; return 1; }
	nslist_exits 0 --sysroot "$small" -nr -o NS -t uts -- 80
	[ "$output" = 4026532603 ]
}

@test "places to look at, and what is said of those left out" {
	nslist_exits 0 --sysroot "$small" --scan process -rno NS,NPROCS -t uts
	[ "$output" = $'4026531838 7\n4026532603 1' ] || { echo "$output"; return 1; }
	[ -z "$stderr" ] || { echo "$stderr"; return 1; }
	nslist_exits 0 --sysroot "$small" --scan process,fd -rno NS -t uts
	[ "$output" = $'4026531838\n4026532402\n4026532603' ] || { echo "$output"; return 1; }
	for arguments in "-o HELD" "-o HOLDERS" "-o WHY" "-o NSFS" "-o NTHREADS" "-P" "--why" "-o NS -Q HELD=='p'"; do
		# shellcheck disable=SC2086
		nslist --sysroot "$small" --scan process -t uts $arguments
		[[ $stderr == *": not looked at (leave out --scan)"* ]] || { echo "$arguments: $stderr"; return 1; }
	done
	nslist_exits 5 --sysroot "$small" --scan process -t uts -o HELD --strict
	nslist_exits 0 --sysroot "$small" --scan process -t uts -o HELD -J
	jq -e '.complete == false and (.gaps | any(.what == "threads, descriptors, mounts" and .count == 3 and .total == 4))' <<<"$output"
	nslist_exits 0 --sysroot "$small" --scan process,thread -t uts --why
	[[ $stderr == *"nslist: incomplete: descriptors, mounts: not looked at (leave out --scan)"* ]] ||
		{ echo "$stderr"; return 1; }
}

@test "COMMAND of a row without a process depends on all places" {
	nslist_exits 0 --sysroot "$small" --scan process,fd -rno NS,COMMAND -Q 'NS == 4026532402'
	[ "$output" = '4026532402 (fd\x209\x20of\x20java\x2060)' ] || { echo "$output"; return 1; }
	[[ $stderr == *"threads, mounts: not looked at (leave out --scan)"* ]] || { echo "$stderr"; return 1; }
	for arguments in "-o NS -Q NS==4026532402" "-o COMMAND -Q NPROCS>0" "-JoCOMMAND" "-P -JoCOMMAND -Q NS==1"; do
		# shellcheck disable=SC2086
		nslist_exits 0 --sysroot "$small" --scan process,fd -t uts $arguments
		case $arguments in -P*) [[ $stderr == *"not looked at"* ]] ;; *) [[ $stderr != *"not looked at"* ]] ;; esac ||
			{ echo "$arguments: $stderr"; return 1; }
	done
}

@test "what was not looked at has no number" {
	nslist_exits 0 --sysroot "$small" --scan fd -t uts -J -o NPROCS,NTHREADS,UID,USER
	jq -e '.namespaces | length > 0 and all(.nprocs == null and .nthreads == null and .uid == null and .user == null)' \
		<<<"$output"
	nslist_exits 0 --sysroot "$small" --scan process,fd -t uts -J -o NPROCS,NTHREADS
	jq -e '.namespaces | any(.nprocs == 0) and all(.nprocs != null and .nthreads == null)' <<<"$output"
}

@test "targets that match nothing are exit 3, and nothing is printed" {
	for target in 999 net:'[4026532999]' 4026532999 @nosuch nosuch.service /nonexistent /etc/passwd cg:/nosuch; do
		nslist_exits 3 --sysroot "$small" -- "$target"
		[ -z "$output" ]
		grep -v incomplete <<<"$stderr" | grep -q "^nslist: " || { echo "$target: $stderr"; return 1; }
		[ "$(grep -vc incomplete <<<"$stderr")" = 1 ]
	done
	nslist_exits 3 --sysroot "$small" -p 999
	nslist_exits 3 --sysroot "$small" --pid 999
	nslist_exits 3 --sysroot "$small" 80 999
	[ -z "$output" ]
	nslist_exits 3 --sysroot "$small" -t net 4026532603
}

@test "a thread is no process" {
	# It differs from its process, so the snapshot has it; a folder of its own a recorded tree has not.
	for option in -p --pid; do
		nslist_exits 3 --load <("$NSLIST" --sysroot "$small" --save - 2>/dev/null) "$option" 61
		[[ $stderr == *"no process 61; it is a thread of process 60"* ]] || { echo "$stderr"; return 1; }
	done
	python3 -c 'import threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print(flush=True)
time.sleep(60)' >"$BATS_TEST_TMPDIR/started" &
	local process=$! tid
	until [ -s "$BATS_TEST_TMPDIR/started" ]; do sleep 0.1; done
	tid=$(find "/proc/$process/task" -mindepth 1 -maxdepth 1 ! -name "$process" -printf "%f\n")
	for option in -p --pid; do
		nslist "$option" "$tid"
		[ "$status" = 3 ] && [[ $stderr == *"no process $tid; it is a thread of process $process"* ]] || break
	done
	kill "$process"
	[ "$status" = 3 ]
	[[ $stderr == *"no process $tid; it is a thread of process $process"* ]] || { echo "$stderr"; return 1; }
}

@test "a target that matches nothing is in quotes where it has blanks" {
	nslist_exits 3 --load <("$NSLIST" --sysroot "$small" --save -) ' web'
	[[ $stderr == *"no container ' web'; there are: "* ]] || { echo "$stderr"; return 1; }
	nslist_exits 3 --sysroot "$small" '/no such'
	[[ $stderr == *"'/no such': "* ]] || { echo "$stderr"; return 1; }
}

@test "a hierarchy of control groups that is not there" {
	nslist_exits 3 --sysroot "$small" cg:bogus:/x
	[[ $stderr == *"cg:bogus:/x: this hierarchy of control groups is unknown; there are: cg::"* ]] ||
		{ echo "$stderr"; return 1; }
	nslist_exits 3 --sysroot "$small" cg::/x
	[[ $stderr == *"cg::/x: no process is in this control group"* ]] || { echo "$stderr"; return 1; }
}

@test "a target whose namespaces may not be read" {
	local file=$BATS_TEST_TMPDIR/snapshot

	"$NSLIST" --sysroot "$small" --save - 2>/dev/null |
		jq '(.processes[] | select(.pid == 80) | .in) |= map_values("denied")
			| (.processes[] | select(.pid == 42) | .in.net) = "denied"' >"$file"
	for arguments in "80" "-p 80" "web" "--why 80" "-J 80" "42 80" "-t net 42"; do
		# shellcheck disable=SC2086
		nslist_exits 1 --load "$file" $arguments
		[ -z "$output" ] || { echo "$arguments: $output"; return 1; }
		[[ $stderr == "nslist: "*": its namespaces are not readable ("* ]] || { echo "$arguments: $stderr"; return 1; }
	done
	for arguments in "42" "-t net,pid 42" "--pid 80" "--scan fd 80" "-t net --scan fd 80"; do
		# shellcheck disable=SC2086
		nslist_exits 0 --load "$file" $arguments
	done
}

@test "a host that cannot be read" {
	nslist_exits 1 --sysroot /nonexistent
	says "cannot read /nonexistent/proc: No such file or directory"
	nslist_exits 1 --sysroot /etc/passwd
	nslist_exits 1 --load /nonexistent
	says "cannot load /nonexistent: No such file or directory"
}

@test "--sysroot may be relative" {
	cd "$small/.."
	nslist_exits 0 --sysroot small -t uts -rno NS
	[ "${#lines[@]}" = 3 ]
}

@test "a recorded tree says that it does not tell owners; a mounted host's tree tells them" {
	run --separate-stderr "$NSLIST" --sysroot "$small" -o NS,ONS
	[[ $stderr == *'a recorded /proc does not tell parent, owner and id'* ]]
	nslist --sysroot "$small"
	[[ $stderr != *'recorded /proc'* ]]
	# Whoever runs the test may read the namespaces of its own shell.
	run --separate-stderr "$NSLIST" --sysroot / --raw --noheadings -t user -o NS,ONS -p $$
	[ "$status" = 0 ]
	[[ $stderr != *'recorded /proc'* ]]
	[[ ${lines[0]} == "$(stat -Lc %i /proc/$$/ns/user)"* ]]
}
