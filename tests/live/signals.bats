# SPDX-License-Identifier: GPL-2.0-or-later
# What snapshots tell of signals: of processes that are made for it, judged by their status.
# In single quotes is jq's language.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live

setup() {
	needs_root
}

teardown() {
	end_situations
}

# What a snapshot has of the process that was made, into $signals.
read_signals() {
	signals=$("$NSLIST" --save - 2>/dev/null |
		jq -c --argjson pid "${made[target]}" '.processes[] | select(.pid == $pid) | .signals')
}

# The same of a process that is made by these words of effects.c.
look_at() {
	make_by effects "$1"
	read_signals
}

# signals_are FILTER: jq's filter is true of them.
signals_are() {
	json_is "$1" <<<"$signals" || { echo "$signals"; return 1; }
}

# A line of a task's status: status_of TASK KEY; the task is PID or PID/task/TID.
status_of() {
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

@test "sets of signals" {
	local words target
	for words in plain handler ignored blocked handler,blocked; do
		look_at "$words"
		target=${made[target]}
		signals_are ".blocked == \"$(status_of "$target" SigBlk)\""
		signals_are ".ignored == \"$(status_of "$target" SigIgn)\""
		signals_are ".caught == \"$(status_of "$target" SigCgt)\""
		signals_are '.state == "S" and .tracer == 0 and .wchan == null'
		signals_are '.unread_threads == false and .frozen != "v1" and .frozen != "v2" and .pending == "0000000000000000"'
	done
}

@test "a signal that waits" {
	look_at blocked
	kill -TERM "${made[target]}"
	read_signals
	signals_are '.pending == "0000000000004000"'
}

@test "blocked is what all threads block" {
	look_at blocked,twin
	signals_are ".blocked == \"$(status_of "${made[target]}" SigBlk)\""
	look_at blocked,thread
	[ "$(status_of "${made[target]}" SigBlk)" != 0000000000000000 ]
	signals_are '.blocked == "0000000000000000"'
}

@test "a thread stands for a leader that is a zombie" {
	look_at leaderless,thread,blocked
	signals_are '.state == "S" and .blocked == "0000000000000000"'
	look_at leaderless,twin,stopped
	signals_are '.state == "T"'
	look_at zombie
	signals_are '.state == "Z"'
}

@test "who traces it" {
	look_at traced
	signals_are ".state == \"S\" and .tracer == ${made[pid]}"
	look_at trapped
	signals_are ".state == \"t\" and .tracer == ${made[pid]}"
}

@test "where it sleeps" {
	look_at vfork
	signals_are ".state == \"D\" and .wchan == \"$(cat "/proc/${made[target]}/wchan")\""
}

@test "frozen by its control group, v2" {
	look_at frozen
	signals_are '.frozen == "v2"'
	look_at frozen,stopped
	signals_are '.frozen == "v2" and .state == "T"'
}

@test "frozen by its control group, v1" {
	look_at frozen1
	signals_are '.frozen == "v1" and .wchan == "__refrigerator"'
}
