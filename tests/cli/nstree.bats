# SPDX-License-Identifier: GPL-2.0-or-later
# nstree: every view of a host that is written down in a fixture, its options, errors and exit codes.
# shellcheck disable=SC2034,SC2154 # run sets status, output, stderr; common.bash reads tool
load common

setup() {
	tool=nstree
	nest=$(snapshot_fixture nest)
}

# shows NAME ARGUMENT...: exit 0, nothing on stderr, and stdout as in tests/cli/expected/nstree-NAME.
shows() {
	exits 0 --load "$nest" "${@:2}" || return
	[ -z "$stderr" ] || { echo "said: $stderr"; return 1; }
	expected "nstree-$1" <<<"$output"
}

# prints TEXT ARGUMENT...: exit 0, and just that.
prints() {
	exits 0 --load "$nest" "${@:2}" || return
	[ "$output" = "$1" ] || { echo "$output"; return 1; }
}

@test "each view" {
	shows pid
	shows pid pid
	shows pid-all --all
	shows process process
	shows process-threads process --threads
	shows user user
	shows user-details user --details
	shows session session
	shows cgroup cgroup
	shows cgroup-all cgroup -a
	shows cgroup-threads cgroup --threads
}

@test "each view as JSON" {
	for view in pid process user session cgroup; do
		shows "$view-json" "$view" -J
		is_json <<<"$output"
		[ "$(jq -r 'keys_unsorted | join(" ")' <<<"$output")" = "$view complete gaps" ]
		# The same rows, nested or flat; a flat one has the position of its parent.
		flat=$("$NSTREE" --load "$nest" "$view" -J -l)
		nested=$(jq -c '[.. | objects | select(has("kind"))] | map(del(.children))' <<<"$output")
		[ "$(jq -c ".$view | map(del(.parent))" <<<"$flat")" = "$nested" ]
		jq -e ".$view | . as \$rows | to_entries | all(.value.parent == null or .value.parent < .key)" <<<"$flat"
		[ "$(jq "[.${view}[] | select(.parent == null)] | length" <<<"$flat")" = \
			"$(jq ".$view | length" <<<"$output")" ]
	done
}

@test "which keys are there depends on the options, never on the host" {
	local first

	for view in pid process user session cgroup; do
		first=$("$NSTREE" --load "$nest" "$view" -J -l | jq -c ".$view | map(keys_unsorted) | unique")
		[ "$(jq length <<<"$first")" = 1 ] || { echo "$first"; return 1; }
		[ "$("$NSTREE" --sysroot "$(fixture small)" "$view" -J -l 2>/dev/null |
			jq -c ".$view | map(keys_unsorted) | unique")" = "$first" ]
	done
}

@test "in JSON TREE is a key where it is asked for, and nothing is folded" {
	exits 0 --load "$nest" process --all -J -o TREE,SAME
	jq -e '[.. | objects | select(has("tree"))] | length == 18 and all(.same == 1)' <<<"$output"
	exits 0 --load "$nest" process -J
	jq -e '.process[0] | has("tree") | not' <<<"$output"
	exits 0 --load "$nest" process -J -o +USER
	jq -e '.process[0] | keys_unsorted == ["kind", "pid", "tid", "ppid", "comm", "changed", "container", "left",
		"user", "children"]' <<<"$output"
}

@test "in JSON a thread has its number without asking for it" {
	local file=$BATS_TEST_TMPDIR/changed

	jq '.threads[0].for_children.pid = 4026532555' "$nest" >"$file"
	exits 0 --load "$file" --threads -J
	[ "$(jq -c '[.. | objects | select(.kind == "thread") | [.pid, .tid, .comm, .forchildren]]' <<<"$output")" = \
		'[[60,61,"worker",4026532555]]' ] || { echo "$output"; return 1; }
	exits 0 --load "$nest" process --threads -J
	[ "$(jq -c '[.. | objects | select(.kind == "thread") | [.pid, .tid]]' <<<"$output")" = '[[60,61],[60,62]]' ]
}

@test "columns stand beside the tree, and only then there are headings" {
	shows columns --all -o PID,NSPID,USER
	shows columns --all -o PID,TREE,NSPID,USER
	shows columns --all -o +PID,NSPID,USER
	exits 0 --load "$nest" --all -n -o PID,NSPID,USER
	[ "$output" = "$(tail -n +2 "$NSKIT_SOURCE/tests/cli/expected/nstree-columns")" ] || { echo "$output"; return 1; }
	exits 0 --load "$nest" --output-all
	[[ ${lines[0]} == TREE\ * ]]
	prints 'pause 4498/1' 4498
}

@test "on a terminal the tree makes room for the columns beside it, in a pipe never" {
	local options locale

	cd "$BATS_TEST_TMPDIR"
	# What has no room beside a third of the line for the tree wraps all the same.
	for locale in C C.UTF-8; do
		for options in '-o PID,NSPID,USER' '--all -o PID,STATE,CAPEFF,USER' '-o PID,COMMAND' \
			'process --threads -o USER,CAPEFF,SECCOMP,NNP' 'user -o NPROCS,UIDMAP,OWNERUID' \
			'session -o STATE,TPGID,CAPEFF,COMMAND' 'cgroup -o PID,CGROUP' '-l -o PID,CAPEFF,SECCOMP,USER,NNP'; do
			# shellcheck disable=SC2086
			LC_ALL=$locale on_terminal 80 "$NSTREE" --color=never --load "$nest" $options >screen
			[ "$(LC_ALL=C.UTF-8 wc -L <screen)" -le 80 ] || { echo "$options"; cat screen; return 1; }
			# As many rows; and uncut, just that.
			# shellcheck disable=SC2086
			LC_ALL=$locale "$NSTREE" --load "$nest" $options >pipe
			[ "$(wc -l <screen)" = "$(wc -l <pipe)" ]
			# shellcheck disable=SC2086
			[ "$(LC_ALL=$locale on_terminal 80 "$NSTREE" --color=never --load "$nest" $options -u)" = "$(cat pipe)" ]
		done
	done
	exits 0 --load "$nest" 4711 --up -o PID,STATE,CAPEFF,SECCOMP,NNP
	[ "${lines[3]}" = '  └─unshare 4711  children go to pid:[4026532555]   4711 S     000001ffffffffff none    no' ] ||
		{ echo "${lines[3]}"; return 1; }
	run on_terminal 80 "$NSTREE" --color=never --load "$nest" 4711 --up -o PID,STATE,CAPEFF,SECCOMP,NNP
	[ "${lines[3]}" = '  └─unshare 4711  children go to pid:[4… 4711 S     000001ffffffffff none    no' ] ||
		{ echo "$output"; return 1; }
	LC_ALL=C run on_terminal 80 "$NSTREE" --color=never --load "$nest" 4711 --up -o PID,STATE,CAPEFF,SECCOMP,NNP
	[ "${lines[3]}" = '  `-unshare 4711  children go to pid:... 4711 S     000001ffffffffff none    no' ] ||
		{ echo "$output"; return 1; }
}

@test "raw and lists have no tree" {
	prints $'nginx\\x204560/1\nnginx\\x204581/29\nnginx\\x204582/30' 4560 -r
	prints $'nginx 4560/1\nnginx 4581/29\nnginx 4582/30' 4560 -l
	prints $'TREE PID\nnginx\\x204560/1 4560\nnginx\\x204581/29 4581\nnginx\\x204582/30 4582' 4560 -r -o PID
}

@test "a target is its branch; --up is the way to it" {
	shows target 4560
	shows target 1@web-5d7/nginx
	shows target-up 4560 --up
	shows target-pod @web-5d7
	prints $'pid:[4026532390] web-5d7\n└─pause 4498/1' 'pid:[4026532390]'
	prints $'pause 4498\nnginx 4560\n├─nginx 4581\n└─nginx 4582\nsh 6427' session 'net:[4026532384]'
	prints $'session 2000 bash  pts/0 (4 more below)\n└─group 2010 vim  foreground\n  └─vim 2010' \
		session 2010 --up
	prints $'bbbb0000  web-5d7/nginx\n├─nginx 4560\n├─nginx 4581\n├─nginx 4582\n└─sh 6427' cgroup @web-5d7/nginx
	prints $'system.slice\n├─app.service\n│ └─java 60\n└─containerd.service\n  └─containerd-shim 4480' \
		cgroup cg:/system.slice
	prints $'vim 2010\nsleep 2020' process 2020 2010
}

@test "a PID namespace that no process is in says so, and what keeps it" {
	local file=$BATS_TEST_TMPDIR/changed

	jq '(.namespaces[] | select(.inode == 4026532555)) as $like
		| .namespaces += [$like + {inode: 4026532700, parent: 4026532398}, $like + {inode: 4026532701},
			$like + {inode: 4026532702, only_kernel_knows: true}]
		| .references += [.references[0] + {namespace: 4026532700, path: "/run/pid/x"},
			.references[0] + {namespace: 4026532701, kind: "fd", pid: 60, fd: 9, path: null,
				mount_namespace: null}]' "$nest" >"$file"
	exits 0 --load "$file"
	[ -z "$stderr" ]
	[ "$(grep "no process" <<<"$output")" = \
		'│ │   └─pid:[4026532700] no processes (mount /run/pid/x)  dead: its init is gone
├─pid:[4026532555] no processes  dead: its init is gone
├─pid:[4026532701] no processes (fd 9 of java 60)  dead: its init is gone
└─pid:[4026532702] no processes  dead: its init is gone' ] || { echo "$output"; return 1; }
	exits 0 --load "$file" -J -l
	[ "$(jq -c '.pid | map(select(.kind == "namespace" and .pid == null) | [.ns, .dead])' <<<"$output")" = \
		'[[4026532700,true],[4026532555,true],[4026532701,true],[4026532702,true]]' ]
	exits 0 --load "$file" 4026532701
	[ "$output" = 'pid:[4026532701] no processes (fd 9 of java 60)  dead: its init is gone' ]
}

@test "a PID namespace is dead as soon as its init ends" {
	local file=$BATS_TEST_TMPDIR/changed change

	for change in '.state = "Z"' '.state = "X"' '.ending = true' '.state = "Z" | .threads = 2 | .ending = true'; do
		jq ".processes |= map(if .pid == 4560 then $change else . end)" "$nest" >"$file"
		exits 0 --load "$file" 4026532398 --depth 0
		[ "$output" = 'pid:[4026532398] web-5d7/nginx  dead: its init has ended (6 below)' ] ||
			{ echo "$change: $output"; return 1; }
		exits 0 --load "$file" 4026532398 -J -l
		[ "$(jq '.pid[0].dead' <<<"$output")" = true ]
	done
	# Of one that ended other threads go on.
	jq '.processes |= map(if .pid == 4560 then .state = "Z" | .threads = 2 else . end)' "$nest" >"$file"
	prints 'pid:[4026532398] web-5d7/nginx (6 below)' 4026532398 --depth 0
	exits 0 --load "$file" 4026532398 -J -l
	[ "$(jq '.pid[0].dead' <<<"$output")" = false ]
}

@test "an empty control group is drawn as a target" {
	local target

	for target in cg:/system.slice/idle.service cg::/system.slice/idle.service idle.service \
		/sys/fs/cgroup/system.slice/idle.service; do
		prints 'idle.service' cgroup "$target"
		prints $'cgroup v2 / (24 more below)\n└─system.slice (4 more below)\n  └─idle.service' cgroup "$target" --up
		exits 0 --load "$nest" cgroup "$target" -J
		[ "$(jq -c '.cgroup | map([.kind, .cgroup, .nprocs, .pid])' <<<"$output")" = \
			'[["cgroup","/system.slice/idle.service",0,null]]' ]
	done
	prints $'idle.service\nvim 2010' cgroup idle.service 2010
	# One that only a thread is in is as empty without --threads.
	prints pinned cgroup cg:/system.slice/app.service/pinned
	prints $'pinned\n└─{pinned} 63' cgroup --threads cg:/system.slice/app.service/pinned
	exits 0 --sysroot "$(fixture small)" cgroup --threads cg:/system.slice/app.service/pinned
	[ "$output" = $'pinned\n└─{pinned} 62' ] || { echo "$output"; return 1; }
	exits 3 --load "$nest" cgroup cg:/system.slice/nosuch.service
	says "cg:/system.slice/nosuch.service: there is no such control group in sight"
	exits 3 --load "$nest" cgroup idl.service
	says "there is no unit idl.service; there are: idle.service, "
	# Elsewhere there is nothing of it to show.
	for view in pid process session user; do
		exits 3 --load "$nest" "$view" cg:/system.slice/idle.service
		says "no process is in this control group or below"
	done
	nslist_exits 3 --load "$nest" idle.service
}

@test "threads in a control group that their process is not in" {
	local old=$BATS_TEST_TMPDIR/old

	prints $'app.service\n├─java 60\n└─pinned\n  └─{pinned} 63' cgroup --threads app.service
	# The process alone means it everywhere.
	prints $'java 60\n{pinned} 63' cgroup --threads 60
	prints 'java 60' cgroup 60
	exits 0 --load "$nest" cgroup --threads 60 -J -l
	[ "$(jq -c '.cgroup | map([.kind, .pid, .tid, .cgroup])' <<<"$output")" = \
		'[["process",60,null,"/system.slice/app.service"],["thread",60,63,"/system.slice/app.service/pinned"]]' ]
	prints $'TREE CGROUP UNIT\n{pinned}\\x2063 /system.slice/app.service/pinned app.service' \
		cgroup --threads -r -o CGROUP,UNIT -Q 'TID == 63'
	# In its namespaces it is where its process is.
	exits 0 --load "$nest" process --threads
	[[ $output != *pinned* ]]
	# No two threads of a process are in different sessions or user namespaces.
	for view in session user; do
		exits 0 --load "$nest" "$view" --threads
		[ "$output" = "$("$NSTREE" --load "$nest" "$view")" ] || { echo "$output"; return 1; }
	done
	exits 0 --sysroot "$(fixture small)" cgroup --threads app.service
	[ "$output" = $'app.service\n├─java 60\n└─pinned\n  └─{pinned} 62' ] || { echo "$output"; return 1; }
	# A file of an earlier version does not know them; nothing else of it is missing.
	jq 'del(.scan.asked.thread) | .threads |= map(select(.tid != 63) | del(.cgroup))' "$nest" >"$old"
	exits 0 --load "$old" process --threads
	[ -z "$stderr" ] || { echo "$stderr"; return 1; }
	exits 5 --load "$old" cgroup --threads --strict
	says "incomplete: threads: control groups not in the loaded snapshot (save it with this version)"
}

@test "a user namespace for each process that is a target" {
	exits 0 --load "$nest" user 3001 -J -l -o NS
	[ "$(jq -c '.user | map(.ns)' <<<"$output")" = '[4026532403]' ] || { echo "$output"; return 1; }
	exits 0 --load "$nest" user 3001 -J -l -o NS --up
	[ "$(jq -c '.user | map(.ns)' <<<"$output")" = '[4026531837,4026532401,4026532403]' ]
}

@test "targets that are not there" {
	exits 3 --load "$nest" 4561
	says "no process 4561"
	exits 3 --load "$nest" @nosuch
	says "nosuch"
	exits 3 --load "$nest" 4560 4561
	[ -z "$output" ]
	exits 3 --load "$nest" 'net:[4026532500]'
	says "net:[4026532500]: the view pid shows neither it nor a process that is in it"
	exits 3 --load "$nest" user 'net:[4026532500]'
	says "net:[4026532500]: the view user shows neither"
	# With details it does, and as a target it needs none.
	exits 0 --load "$nest" user --details 'net:[4026532500]'
	[ "$output" = "net:[4026532500] (mount /run/netns/blue)" ]
}

@test "an operand that is the name of a view is the view" {
	exits 3 --load "$nest" process process
	says "process"
	exits 3 --load "$nest" @pid
	exits 3 --load "$nest" net
	exits 3 --load "$nest" 4560 process
	exits 0 --load "$nest" -- user 3000
}

@test "a word that is neither a view nor a container is no view either, says the message" {
	local word

	for word in sesion sess essio; do
		exits 3 --load "$nest" "$word"
		says "no container $word; there are: "
		[[ $stderr == *"; no view either, did you mean 'session'?" ]] || { echo "$stderr"; return 1; }
	done
	exits 3 --load "$nest" nosuchthing
	[[ $stderr == *"; no view either, those are: pid, process, user, session, cgroup" ]] ||
		{ echo "$stderr"; return 1; }
	says "no container nosuchthing; there are: "
	# What could not have been one is none for sure.
	for words in @sesion '4560 sesion' 'session sesion' sesion.service 4561; do
		# shellcheck disable=SC2086
		exits 3 --load "$nest" $words
		[[ $stderr != *"view either"* ]] || { echo "$words: $stderr"; return 1; }
	done
}

@test "depth" {
	prints $'pid:[4026531836] host, 12 processes (22 below)' --depth 0
	prints $'pid:[4026531836] host, 12 processes (9 more below)
├─systemd 1 (11 below)
└─pid:[4026532555] no processes  dead: its init is gone' --depth 1
	[ "$("$NSTREE" --load "$nest" --depth 99999999999999999999999)" = \
		"$("$NSTREE" --load "$nest" | sed 's/not shown: --all/more below/')" ]
	for depth in '' x -1 1x ' 1' 1.5; do
		misuse "--depth takes a number of levels" --depth "$depth"
	done
}

@test "like leaves are one on a terminal, or where it is asked for" {
	local folded
	folded=$'nginx 4560/1\n└─2*[nginx]'

	prints "$folded" 4560 --fold
	prints "$(cat "$NSKIT_SOURCE/tests/cli/expected/nstree-target")" 4560 --no-fold
	run on_terminal 80 "$NSTREE" --load "$nest" 4560
	[ "$output" = "$folded" ] || { echo "$output"; return 1; }
	for unfolded in --no-fold '-o PID' -l -r -J; do
		# shellcheck disable=SC2086
		[[ $(on_terminal 80 "$NSTREE" --load "$nest" 4560 $unfolded) == *458[12]*458[12]* ]]
	done
	[[ $(on_terminal 80 "$NSTREE" --load "$nest" 4560 -o PID --fold) == *'2*[nginx]'* ]]
	exits 0 --load "$nest" 4560 --fold -r -o SAME,LEFT
	[ "${lines[2]}" = '2*[nginx] 2 0' ] || { echo "$output"; return 1; }
}

@test "a row that does not pass --filter is not shown, what is below it becomes a root" {
	prints $'nginx 4560 +mnt +net +pid  web-5d7/nginx (1 more below)\n├─nginx 4581\n└─nginx 4582' \
		process -Q 'COMM == "nginx"'
	prints $'nginx 4581\nnginx 4582' process -Q 'COMM == "nginx" && PPID == 4560'
	prints '' process -Q 'COMM == "nosuch"'
	exits 0 --load "$nest" -J process -Q 'COMM == "nosuch"'
	[ "$(jq -c . <<<"$output")" = '{"process":[],"complete":true,"gaps":[]}' ]
	prints 'group 2020 sleep  stopped (1 below)' session -Q 'KIND == "group" && STOPPED && !ORPHANED'
	misuse "--filter: " -Q 'BOGUS == 1'
	misuse "--filter: " -Q '('
}

@test "orphaned groups with stopped members are exit 4" {
	exits 4 --load "$nest" session --orphaned
	[ "$output" = $'session 2100  leader is gone, no terminal
└─group 2104  leader is gone, stopped, orphaned
  └─lost 2105  stopped' ] || { echo "$output"; return 1; }
	exits 4 --load "$nest" session --orphaned -J
	[ "$(jq -c '[.. | objects | select(has("kind")).kind]' <<<"$output")" = '["session","group","process"]' ]
	exits 4 --load "$nest" session --orphaned 2105
	exits 0 --load "$nest" session --orphaned 2020
	[ -z "$output" ]
	exits 0 --load "$nest" session --orphaned -Q 'COMM == "sleep"'
	exits 4 --load "$nest" session --orphaned -Q 'KIND == "group"'
	exits 0 --load "$nest" session --orphaned -Q 'KIND == "session"'
}

@test "a check that cannot see is no check" {
	local file=$BATS_TEST_TMPDIR/changed

	# Its parent is nowhere, so nobody can tell in which session it would be.
	jq '.processes |= map(if .pid == 2105 then .parent = 2104 else . end)' "$nest" >"$file"
	exits 5 --load "$file" session --orphaned
	says "incomplete: stopped process groups: a parent is not in sight, so they may be orphaned"
	exits 5 --load "$file" session --orphaned -J
	jq -e '.complete == false and (.gaps | length == 1)' <<<"$output"
	exits 0 --load "$file" session --orphaned 2020
	exits 0 --load "$file" session
	[ -z "$stderr" ]
	jq '.gaps = [{"gap": "process-status", "count": 1, "total": 18}]' "$nest" >"$file"
	exits 4 --load "$file" session --orphaned
	exits 5 --load "$file" session --orphaned 2020
}

@test "what a process may do to a namespace" {
	exits 0 --load "$nest" user --can 3000 4026532403
	[[ $output == "rootless 3000 (uid 1000, in user:[4026532401]) over user:[4026532403]:"* ]]
	exits 0 --load "$nest" user --can 3000 4026532403 -J
	jq -e '.can[0].rule' <<<"$output"
	exits 3 --load "$nest" user --can 4026532403 3000
	says "is a namespace, not a process"
	exits 3 --load "$nest" user --can 3000 3001
	says "3001: is no namespace"
	for operands in '' 3000 '3000 4026532403 3001'; do
		# shellcheck disable=SC2086
		misuse "--can takes two targets, a process and a namespace" user --can $operands
	done
}

@test "options that do not go together" {
	misuse "--details is for the view user" --details
	misuse "--details is for the view user" session --details
	misuse "--can is for the view user" --can 1 4026531837
	misuse "--orphaned is for the view session" --orphaned
	misuse "--fold and --json exclude each other" --fold --json
	for option in --all --threads --details --up '--depth 1' --fold --no-fold; do
		# shellcheck disable=SC2086
		misuse "--can draws no tree" user --can 1 4026531837 $option
	done
	for option in '-o PID' --output-all '-Q PID' -r -l; do
		# shellcheck disable=SC2086
		misuse "--can has no columns" user --can 1 4026531837 $option
	done
	misuse "--save writes everything" --save x 1
	misuse "--save writes everything" --save x user
	for option in --all --threads --details --up '--depth 1' --fold --no-fold '-Q PID' --can --orphaned; do
		# shellcheck disable=SC2086
		misuse "--save writes everything" --save x $option
	done
	misuse "--json and --raw exclude each other" --json --raw
	misuse "unknown column 'BOGUS'" -o BOGUS
}

@test "options of a later version, and none at all, are unknown" {
	for option in --dot --html=x --net -z; do
		misuse "unknown option '${option%%=*}'" "$option"
	done
	misuse "unknown option '--theads', did you mean '--threads'?" --theads
	misuse "'--o' could be '--orphaned' or '--output'" --o
	for name in all up threads fold no-fold details can orphaned; do
		misuse "option '--$name' takes no argument" "--$name=x"
	done
	misuse "option '--depth' needs an argument" --depth
	for target in '' @ 'net:[12' : 0 a/b; do
		misuse "" -- "$target"
	done
}

@test "a full disk, a closed stdout: exit 1 and one line" {
	for arguments in '' -J -r session 'user --can 1 4026531837' -H -HJ --help --version '--save -'; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c '"$0" "$@" >/dev/full' "$NSTREE" --load "$nest" $arguments
		[ "$status" = 1 ] || { echo "$arguments: $status $stderr"; return 1; }
		[ "$(grep -c 'No space left on device' <<<"$stderr")" = 1 ] || { echo "$arguments: $stderr"; return 1; }
		# shellcheck disable=SC2086
		run --separate-stderr bash -c '"$0" "$@" >&-' "$NSTREE" --load "$nest" $arguments
		[ "$status" = 1 ] || { echo "$arguments: $status $stderr"; return 1; }
	done
	# What was found is no less found.
	run bash -c '"$0" --load "$1" session --orphaned >/dev/full' "$NSTREE" "$nest"
	[ "$status" = 1 ]
}

@test "trees are drawn in the locale's characters" {
	LC_ALL=C exits 0 --load "$nest"
	LC_ALL=C not grep '[^ -~]' <<<"$output"
	[[ $output == *$'\n|-systemd 1\n'* ]] || { echo "$output"; return 1; }
}

@test "hostile names reach neither the terminal nor JSON raw" {
	local hostile
	hostile=$(fixture hostile)

	for view in pid process user 'user --details' session cgroup '4026532001 --up' '@nosuch'; do
		for arguments in '' -a '-r --output-all' --output-all -l --fold; do
			for locale in C C.UTF-8; do
				# shellcheck disable=SC2086
				LC_ALL=$locale nstree --sysroot "$hostile" $view $arguments
				is_printable <<<"$output$stderr" ||
					{ echo "$locale $view $arguments:"; cat -v <<<"$output"; return 1; }
			done
		done
		[ "$view" != @nosuch ] || continue
		# shellcheck disable=SC2086
		exits 0 --sysroot "$hostile" $view -J --output-all
		is_json <<<"$output"
	done
}

@test "who may not look sees the tree all the same, and is told once what is missing" {
	needs_root
	# A build folder need not be open to all.
	cp "$NSTREE" "$BATS_TEST_TMPDIR/nstree"
	chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR/nstree"
	nobody() {
		run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups \
			--bounding-set=-all --inh-caps=-all "$BATS_TEST_TMPDIR/nstree" "$@"
	}
	nobody true
	[ "$status" != 126 ] && [ "$status" != 127 ] || skip "the build cannot be run by others"
	nobody pid -a
	[ "$status" = 0 ] || { echo "$status $stderr"; return 1; }
	[ "${#lines[@]}" -gt 2 ]
	[ "$(grep -c 'processes: namespaces not readable' <<<"$stderr")" = 1 ] || { echo "$stderr"; return 1; }
	nobody pid --strict
	[ "$status" = 5 ]
	# What is not shown is not missed.
	nobody session --strict
	[ "$status" = 0 ] || { echo "$status $stderr"; return 1; }
	nobody cgroup --strict
	[ "$status" = 0 ] || { echo "$status $stderr"; return 1; }
}
