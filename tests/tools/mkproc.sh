#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a host's tree (proc, etc, run, var) below DIR for --sysroot from a text fixture.
#
#   mkproc.sh FIXTURE DIR
#
# A fixture is shell text made of these words:
#
#   proc PID [KEY=VALUE...]        a process; its keys:
#       parent group session terminal foreground state flags threads start   as in stat (proc(5))
#       comm cmdline cgroup uid_map gid_map                      as %b: \n, NUL is \0000
#       uid          owner of the directory (root only)
#       tracer, and pending blocked ignored caught: sets of signals    as in status
#       nspid=40,1   its number in each PID namespace, outermost first
#       ns.TYPE=N    its namespace, also ns.pid_for_children; not given: the initial one; -: none
#   thread PID TID [KEY=VALUE...]  a thread of it (comm, ns.TYPE; not given: as the process has it)
#   fd PID NUMBER LINK             a descriptor: net:[4026532000], socket:[77], /dev/null
#   mount PID LINE                 a line of its mountinfo behind that of its root, as %b
#   file PATH TEXT                 any other file, PATH below DIR, TEXT as %b
set -eu

declare -A initial=(
	[mnt]=4026531832 [net]=4026531833 [time]=4026531834 [cgroup]=4026531835
	[pid]=4026531836 [user]=4026531837 [uts]=4026531838 [ipc]=4026531839
)

# A set of signals as status has it.
no_signals=0000000000000000

# Reads KEY=VALUE words into the array `key`, over what it holds.
read_keys() {
	local word

	for word in "$@"; do
		key["${word%%=*}"]=${word#*=}
	done
}

# The line that stat has: a comm may hold anything, the kernel escapes nothing.
write_stat() {
	local number=$1

	printf '%s (%b) %s %s %s %s %s %s %s 0 0 0 0 0 0 0 0 20 0 %s 0 %s' "$number" \
		"${key[comm]}" "${key[state]}" "${key[parent]}" "${key[group]}" "${key[session]}" \
		"${key[terminal]}" "${key[foreground]}" "${key[flags]}" "${key[threads]}" "${key[start]}"
	printf ' 0%.0s' {1..30}
	printf '\n'
}

# The kernel writes newline and backslash of a name as \n and \\ here, and nothing else.
escaped_name() {
	local name

	printf -v name '%b' "${key[comm]}"
	name=${name//\\/\\\\}
	printf '%s' "${name//$'\n'/\\n}"
}

write_status() {
	printf 'Name:\t%s\nUmask:\t0022\nState:\t%s (state)\nTgid:\t%s\nNgid:\t0\nPid:\t%s\nPPid:\t%s\n' \
		"$(escaped_name)" "${key[state]}" "$1" "$1" "${key[parent]}"
	printf 'TracerPid:\t%s\n' "${key[tracer]}"
	printf 'Uid:\t%s\t%s\t%s\t%s\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t\n' \
		"${key[uid]}" "${key[uid]}" "${key[uid]}" "${key[uid]}"
	printf 'NStgid:\t%s\nNSpid:\t%s\nNSpgid:\t%s\nNSsid:\t%s\nThreads:\t%s\n' \
		"${key[nspid]//,/$'\t'}" "${key[nspid]//,/$'\t'}" "${key[group]}" "${key[session]}" \
		"${key[threads]}"
	printf 'SigQ:\t0/9\nSigPnd:\t0000000000000000\nShdPnd:\t%s\nSigBlk:\t%s\nSigIgn:\t%s\nSigCgt:\t%s\n' \
		"${key[pending]}" "${key[blocked]}" "${key[ignored]}" "${key[caught]}"
	printf 'CapEff:\t0000000000000000\nNoNewPrivs:\t0\nSeccomp:\t0\n'
}

# The links in ns/: those of the keys, else the initial namespaces.
write_namespaces() {
	local directory=$1 type name

	mkdir -p "$directory"
	for type in "${!initial[@]}"; do
		[ "${key[ns.$type]:-${initial[$type]}}" = - ] ||
			ln -s "$type:[${key[ns.$type]:-${initial[$type]}}]" "$directory/$type"
	done
	for type in pid time; do
		name=${type}_for_children
		[ "${key[ns.$name]:-${key[ns.$type]:-${initial[$type]}}}" = - ] ||
			ln -s "$type:[${key[ns.$name]:-${key[ns.$type]:-${initial[$type]}}}]" \
				"$directory/$name"
	done
}

write_files() {
	local directory=$1 number=$2

	printf '%b\n' "${key[comm]}" >"$directory/comm"
	printf '%b' "${key[cmdline]}" >"$directory/cmdline"
	printf '%b\n' "${key[cgroup]}" >"$directory/cgroup"
	printf '%b\n' "${key[uid_map]}" >"$directory/uid_map"
	printf '%b\n' "${key[gid_map]}" >"$directory/gid_map"
	write_stat "$number" >"$directory/stat"
	write_status "$number" >"$directory/status"
}

# What a process is unless its keys say otherwise.
read_defaults() {
	read_keys parent=0 terminal=0 foreground=-1 state=S flags=0 threads=1 start=100 comm=test \
		cmdline='test\0' cgroup=0::/ uid=0 uid_map='0 0 4294967295' gid_map='0 0 4294967295' \
		group="$1" session="$1" nspid="$1" tracer=0 pending="$no_signals" \
		blocked="$no_signals" ignored="$no_signals" caught="$no_signals"
}

proc() {
	local pid=$1
	local directory=$root/proc/$pid
	local -A key=()

	read_defaults "$pid"
	read_keys "${@:2}"
	mkdir -p "$directory/fd" "$directory/task/$pid"
	write_files "$directory" "$pid"
	write_files "$directory/task/$pid" "$pid"
	write_namespaces "$directory/ns"
	write_namespaces "$directory/task/$pid/ns"
	printf '20 1 0:5 / / rw - ext4 /dev/vda1 rw\n' >"$directory/mountinfo"
	words_of[$pid]=$(printf '%q ' "${@:2}")
	if [ "$(id -u)" = 0 ]; then
		chown -R -h "${key[uid]}" "$directory"
	fi
}

thread() {
	local pid=$1 tid=$2
	local directory=$root/proc/$pid/task/$tid
	local -a words
	local -A key=()

	eval "words=(${words_of[$pid]})"
	read_defaults "$tid"
	read_keys "${words[@]}" state=S "${@:3}"
	mkdir -p "$directory"
	write_files "$directory" "$tid"
	write_namespaces "$directory/ns"
}

fd() {
	ln -s "$3" "$root/proc/$1/fd/$2"
}

mount() {
	printf '%b\n' "$2" >>"$root/proc/$1/mountinfo"
}

file() {
	mkdir -p "$(dirname "$root/$1")"
	printf '%b' "$2" >"$root/$1"
}

root=$2
declare -A words_of=()
mkdir -p "$root"/{proc,etc,run,var,sys}
# shellcheck source=/dev/null
. "$1"
