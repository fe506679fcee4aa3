# SPDX-License-Identifier: GPL-2.0-or-later
# The view of sessions: sessions, process groups and terminals that are made for real (jobs.c). Judged by
# /proc/PID/stat (sessions.py), and of what is orphaned by the kernel itself: SIGTSTP stops nobody in
# an orphaned group, and one that becomes orphaned while it is stopped gets SIGHUP and SIGCONT.
# In single quotes is jq's language.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live
: "${NSTREE:=$NSKIT_BUILD/tools/nstree}"
export NSTREE

columns=KIND,SID,PGID,PID,COMM,TTY,STATE,FOREGROUND,STOPPED,ORPHANED,LEADERLESS
judge=$BATS_TEST_DIRNAME/sessions.py

setup() {
	needs_root
}

teardown() {
	end_situations
}

# jobs PROCESS...: makes them; their numbers are ${made[NAME]}.
jobs() {
	make_by jobs "$@"
}

# rows FILTER: the rows of nstree of which jq's filter is true, each on a line.
rows() {
	"$NSTREE" session --all -J --list -o "$columns" 2>/dev/null | jq -c ".session[] | select($1)"
}

# Whether there is just one such row.
one_row() {
	local found
	found=$(rows "$1")
	[ "$(grep -c . <<<"$found")" = 1 ] || { echo "not one row of $1: $found"; return 1; }
}

# Whether nstree has this line, as a tree without its lines.
has_line() {
	local text
	text=$("$NSTREE" session --all --list 2>/dev/null)
	grep -qxF -- "$1" <<<"$text" || { echo "no line: $1"; echo "$text"; return 1; }
}

# nstree and /proc/PID/stat say the same of the sessions of these processes. Not at once: they are not
# read in one moment, and signals have their effect when the process runs.
agrees() {
	local try answer
	for try in {1..100}; do
		if answer=$("$NSTREE" session --all -J --list -o "$columns" 2>/dev/null |
			python3 "$judge" agrees "$@"); then
			return
		fi
		sleep 0.05
	done
	echo "$try times: $answer"
	return 1
}

comm_of() {
	local name
	read -r name <"/proc/$1/comm"
	echo "$name"
}

# A field of stat by its number in proc_pid_stat(5), from 3 on: field PID NUMBER.
field() {
	local text fields
	text=$(tr '\n' ' ' <"/proc/$1/stat")
	read -ra fields <<<"${text##*) }"
	echo "${fields[$2 - 3]}"
}

# Some thread of it is stopped; that of a leader which has exited is not.
is_stopped() {
	grep -qs "^State:[[:space:]]*T" "/proc/$1"/task/*/status
}

stop() {
	local pid
	for pid; do
		kill -STOP "$pid"
		until is_stopped "$pid"; do sleep 0.02; done
	done
}

# Ends processes, and waits until the kernel has given their children away.
end() {
	local pid
	for pid; do
		kill -KILL "$pid"
		until has_ended "$pid"; do sleep 0.02; done
	done
}

# Waits until a process has said something by its name.
says() {
	local try
	for try in {1..500}; do
		[ "$(comm_of "$1")" != "$2" ] || return 0
		sleep 0.02
	done
	echo "$try times: $1 says $(comm_of "$1"), not $2"
	return 1
}

# Whether the group of this process is orphaned, by the kernel's answer: true or false. It sends itself
# SIGTSTP, and has another name once it goes on.
ask_kernel() {
	local before try
	before=$(comm_of "$1")
	kill -USR1 "$1"
	for try in {1..500}; do
		if is_stopped "$1"; then
			kill -CONT "$1"
			while [ "$(comm_of "$1")" = "$before" ]; do sleep 0.02; done
			echo false
			return
		fi
		if [ "$(comm_of "$1")" != "$before" ]; then
			echo true
			return
		fi
		sleep 0.01
	done
	echo "no answer after $try times"
	return 1
}

# "PID ORPHANED" for each process that lives and is not stopped, by the row of its group.
shown_orphaned() {
	"$NSTREE" session --all -J --list -o "$columns" 2>/dev/null | jq -r '.session
		| map(select(.kind == "group") | {key: "\(.sid) \(.pgid)", value: .orphaned}) as $groups
		| ($groups | from_entries) as $orphaned | .[] | select(.kind == "process")
		| "\(.pid) \($orphaned["\(.sid) \(.pgid)"])"'
}

# The kernel agrees on each of these processes that can answer.
kernel_agrees() {
	local shown pid answer expected
	shown=$(shown_orphaned)
	for pid; do
		if has_ended "$pid" || is_stopped "$pid"; then
			continue
		fi
		expected=$(awk -v pid="$pid" '$1 == pid { print $2 }' <<<"$shown")
		answer=$(ask_kernel "$pid")
		[ "$answer" = "$expected" ] ||
			{ echo "group of $pid: orphaned is $expected, the kernel: $answer"; return 1; }
	done
}

@test "job control: a stopped job in the background, one in the foreground" {
	jobs init 'shell<init,session,terminal' 'job<shell,group' 'second<job' 'front<shell,group,foreground' \
		'third<shell,with=front'
	local shell=${made[shell]} job=${made[job]} front=${made[front]} name

	stop "$job"
	[ "$(field "$shell" 8)" = "$front" ]
	agrees "$shell"
	one_row ".kind == \"group\" and .pgid == $job and .stopped and .foreground == false and .orphaned == false"
	one_row ".kind == \"group\" and .pgid == $front and .stopped == false and .foreground"
	one_row ".kind == \"process\" and .pid == ${made[second]} and .stopped == false and .foreground == false"
	one_row ".kind == \"process\" and .pid == ${made[third]} and .foreground"
	# The terminal is the one that its descriptors are.
	name=$(readlink "/proc/$shell/fd/0")
	one_row ".kind == \"session\" and .sid == $shell and .tty == \"${name#/dev/}\""
	has_line "group $job job  stopped"
	has_line "job $job  stopped"
	has_line "group $front front  foreground"
	# Now the other way round.
	kill -CONT "$job"
	stop "$front" "${made[third]}"
	agrees "$shell"
	has_line "group $front front  foreground, stopped"
	kill -CONT "$front" "${made[third]}"
	agrees "$shell"
	kernel_agrees "$shell" "${made[second]}" "$front" "${made[third]}"
}

@test "a foreground group that is gone is nobody's" {
	jobs init 'shell<init,session,terminal,reaps' 'front<shell,group,foreground'
	end "${made[front]}"
	until [ ! -e "/proc/${made[front]}" ]; do sleep 0.02; done
	[ "$(field "${made[shell]}" 8)" = "${made[front]}" ]
	agrees "${made[shell]}"
	[ -z "$(rows ".sid == ${made[shell]} and .foreground")" ]
}

@test "a session without a leader" {
	jobs init 'leader<init,session' 'left<leader' 'job<leader,group'
	local leader=${made[leader]} left=${made[left]} job=${made[job]}

	agrees "$left"
	one_row ".kind == \"session\" and .sid == $leader and .leaderless == false"
	end "$leader"
	until [ ! -e "/proc/$leader" ]; do sleep 0.02; done
	[ "$(field "$left" 6)" = "$leader" ]
	agrees "$left"
	one_row ".kind == \"session\" and .sid == $leader and .leaderless and .pid == $left and .tty == null"
	one_row ".kind == \"group\" and .pgid == $leader and .leaderless and .orphaned"
	has_line "session $leader  leader is gone, no terminal"
	has_line "group $leader  leader is gone, orphaned"
	has_line "group $job job  orphaned"
	kernel_agrees "$left" "$job"
}

@test "a daemon that was forked twice has neither terminal nor leader" {
	jobs init 'shell<init,session,terminal,reaps' 'start<shell,group,reaps' 'middle<start,session' 'daemon<middle'
	end "${made[middle]}" "${made[start]}"
	[ "$(field "${made[daemon]}" 4)" = "${made[init]}" ]
	[ "$(field "${made[daemon]}" 7)" = 0 ]
	agrees "${made[daemon]}" "${made[shell]}"
	kernel_agrees "${made[daemon]}" "${made[shell]}"
	has_line "session ${made[middle]}  leader is gone, no terminal"
	# The terminal stays where it was.
	one_row ".kind == \"session\" and .sid == ${made[shell]} and (.tty | startswith(\"pts/\"))"
}

@test "a group without a leader need not be orphaned" {
	jobs init 'shell<init,session,terminal,reaps' 'job<shell,group' 'second<shell,with=job'
	local job=${made[job]}

	end "$job"
	until [ ! -e "/proc/$job" ]; do sleep 0.02; done
	agrees "${made[second]}"
	one_row ".kind == \"group\" and .pgid == $job and .leaderless and .orphaned == false"
	[ "$(ask_kernel "${made[second]}")" = false ]
	has_line "group $job  leader is gone"
}

@test "a leader that joined another group leads it no more" {
	jobs init 'shell<init,session' 'one<shell,group' 'two<shell,group,with=one,later' 'three<two'
	local one=${made[one]} two=${made[two]}

	until [ "$(field "$two" 5)" = "$one" ]; do sleep 0.02; done
	[ "$(field "${made[three]}" 5)" = "$two" ]
	agrees "${made[shell]}"
	one_row ".kind == \"group\" and .pgid == $two and .leaderless and .orphaned == false"
	one_row ".kind == \"process\" and .pid == $two and .pgid == $one"
	kernel_agrees "$one" "$two" "${made[three]}"
}

@test "a zombie keeps no group from being orphaned, and its sibling is not" {
	jobs init 'shell<init,session' 'a<shell,group' 'b<a' 'c<shell,group'
	end "${made[a]}"
	[ "$(field "${made[a]}" 3)" = Z ]
	[ "$(field "${made[b]}" 4)" = "${made[init]}" ]
	agrees "${made[shell]}"
	one_row ".kind == \"group\" and .pgid == ${made[a]} and .orphaned and .leaderless == false"
	one_row ".kind == \"group\" and .pgid == ${made[c]} and .orphaned == false"
	has_line "group ${made[a]} a  orphaned"
	[ "$(ask_kernel "${made[b]}")" = true ]
	[ "$(ask_kernel "${made[c]}")" = false ]
}

@test "a zombie leader whose thread lives keeps its group" {
	jobs init 'shell<init,session' 'a<shell,group,threads' 'b<a'
	until [ "$(field "${made[a]}" 3)" = Z ]; do sleep 0.02; done
	[ "$(field "${made[b]}" 4)" = "${made[a]}" ]
	agrees "${made[shell]}"
	one_row ".kind == \"group\" and .pgid == ${made[a]} and .orphaned == false"
	[ "$(ask_kernel "${made[b]}")" = false ]
}

@test "a subreaper in the session keeps a group" {
	jobs init 'shell<init,session,subreaper,reaps' 'middle<shell' 'job<middle,group'
	end "${made[middle]}"
	[ "$(field "${made[job]}" 4)" = "${made[shell]}" ]
	agrees "${made[job]}"
	one_row ".kind == \"group\" and .pgid == ${made[job]} and .orphaned == false"
	[ "$(ask_kernel "${made[job]}")" = false ]
}

@test "a group that becomes orphaned while stopped gets SIGHUP and SIGCONT, and is marked" {
	jobs init 'shell<init,session' 'job<shell,group' 'other<shell,group'
	local job=${made[job]} other=${made[other]}

	stop "$job"
	agrees "$job"
	one_row ".kind == \"group\" and .pgid == $job and .stopped and .orphaned == false"
	refute grep -qw "$job" <<<"$("$NSTREE" session --orphaned -J --list -o PGID 2>/dev/null)"
	end "${made[shell]}"
	says "$job" HUP,CONT
	# The kernel tells those that have stopped, and nobody else.
	says "$other" other
	agrees "$job" "$other"
	one_row ".kind == \"group\" and .pgid == $job and .stopped == false and .orphaned"
	kernel_agrees "$job" "$other"
	# Orphaned and stopped: nobody in its session could continue it.
	stop "$job"
	agrees "$job" "$other"
	one_row ".kind == \"group\" and .pgid == $job and .stopped and .orphaned"
	has_line "group $job $(comm_of "$job")  stopped, orphaned"
	run --separate-stderr "$NSTREE" session --orphaned -J --list -o "$columns"
	[ "$status" = 4 ]
	jq -e "[.session[] | select(.kind == \"group\") | .pgid] | index($job) and (index($other) | not)" <<<"$output"
	run --separate-stderr "$NSTREE" session --orphaned "$job"
	[ "$status" = 4 ]
	run --separate-stderr "$NSTREE" session --orphaned "$other"
	[ "$status" != 4 ]
	refute grep -q group <<<"$output"
}

@test "two terminals of one number, of two instances of devpts" {
	jobs init,devpts 'one<init,session,terminal'
	local one=${made[one]} two
	jobs init,devpts 'two<init,session,terminal'
	two=${made[two]}

	[ "$(field "$one" 7)" = 34816 ]
	[ "$(field "$two" 7)" = 34816 ]
	[ "$(stat -Lc %d "/proc/$one/fd/0")" != "$(stat -Lc %d "/proc/$two/fd/0")" ]
	agrees "$one" "$two"
	has_line "session $one one  pts/0 of another devpts"
	has_line "session $two two  pts/0 of another devpts"
}

# Runs a command in the PID namespace of the last jobs, with its /proc.
within() {
	nsenter --target "${made[init]}" --pid -- unshare --mount --mount-proc -- "$@"
}

# The number that a process has in its own PID namespace.
inner() {
	awk '$1 == "NSpid:" { print $NF }' "/proc/${made[$1]}/status"
}

@test "from inside a PID namespace: what lies outside is kept apart" {
	jobs init 'shell<init,session,terminal' 'job<shell,group' 'front<shell,group,foreground' \
		'left<init,group' 'below<left' 'beside<init'
	local left below beside file=$BATS_TEST_TMPDIR/rows
	left=$(inner left) below=$(inner below) beside=$(inner beside)

	stop "${made[job]}"
	agrees "${made[shell]}"
	within "$NSTREE" session --all -J --list -o "$columns,TREE" >"$file"
	within python3 "$judge" agrees "$(inner shell)" <"$file"
	# stat has 0 for a group, and for a session, that is not of this PID namespace.
	[ "$(within cat "/proc/$beside/stat" | cut -d ' ' -f 5,6)" = "0 0" ]
	[ "$(within cat "/proc/$below/stat" | cut -d ' ' -f 5,6)" = "$left 0" ]
	json_is '[.session[] | select(.kind == "session" and (.tree | startswith("session outside")))] | length == 3' \
		<"$file"
	# Init and what it began; the group that is of this namespace; nstree itself.
	json_is ".session as \$all | [\$all[] | select(.pid == 1 or .pid == $beside or .pid == $below)
		| select(.kind == \"process\") | \$all[.parent]
		| [.kind, .pgid, .sid, .orphaned]] == [[\"group\", null, null, null], [\"process\", null, null, null],
		[\"process\", $left, null, null]]" <"$file"
	json_is "[.session[] | select(.kind == \"group\" and .pgid == $left)
		| [.leaderless, .orphaned, .foreground]] == [[false, null, false]]" <"$file"
	json_is "[.session[] | select(.kind == \"group\" and .pid == 1)
		| [.tree, .leaderless, .orphaned]] == [[\"group outside\", null, null]]" <"$file"
	# Its own init is no global init: what is its child counts.
	json_is "[.session[] | select(.kind == \"group\" and .pgid == $(inner job)) | .orphaned] == [false]" <"$file"
}

@test "random shapes, stops and deaths: the kernel agrees on every group" {
	local seed words what pids numbers
	for ((seed = 1; seed <= $(rounds 5 100); seed++)); do
		mapfile -t words < <(python3 "$judge" make "$seed")
		echo "seed $seed: ${words[*]}"
		jobs "${words[@]}"
		numbers=()
		for what in "${!made[@]}"; do
			[[ $what != p[0-9]* ]] || numbers+=("${made[$what]}")
		done
		agrees "${numbers[@]}"
		kernel_agrees "${numbers[@]}"
		words=()
		for what in "${!made[@]}"; do words+=("$what=${made[$what]}"); done
		while read -ra pids; do
			what=${pids[0]}
			echo "${pids[@]}"
			if [ "$what" = stop ]; then
				stop "${pids[@]:1}"
			else
				end "${pids[@]:1}"
			fi
		done < <(python3 "$judge" end "$seed" "${words[@]}")
		agrees "${numbers[@]}"
		kernel_agrees "${numbers[@]}"
		end_situations
	done
}
