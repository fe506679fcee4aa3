# SPDX-License-Identifier: GPL-2.0-or-later
# What is wrong on the command line: one line on stderr that says what would be right, exit 2.
load common

@test "an unknown option, with the nearest one" {
	misuse "unknown option '--jsn', did you mean '--json'?" --jsn
	misuse "unknown option '--colour', did you mean '--color'?" --colour=never
	misuse "unknown option '--sysrot', did you mean '--sysroot'?" --sysrot /
	misuse "unknown option '--xyzzy'" --xyzzy
	misuse "unknown option '-z'" -z
	misuse "unknown option '-z'" -rz
	misuse "unknown option" "--$(printf 'x%.0s' {1..5000})"
	misuse "unknown option '-\\xc3'" $'-\xc3\xa9'
}

@test "an unknown option of a later version is unknown" {
	for option in --leaked --since=x --matrix --mounted=/ --within=1; do
		misuse "unknown option '${option%%=*}'" "$option"
	done
}

@test "an abbreviation that could be several options" {
	misuse "'--no' could be '--nowrap' or '--noheadings'" --no
	misuse "'--li' could be '--list' or '--list-columns'" --li
}

@test "an argument that is missing, or too much" {
	for letter in t p o Q; do
		misuse "option '-$letter' needs an argument" "-$letter"
	done
	for name in type task scan pid output filter sysroot save load; do
		misuse "option '--$name' needs an argument" "--$name"
	done
	for name in persistent nowrap why json raw list noheadings notruncate output-all \
		list-columns strict help version; do
		misuse "option '--$name' takes no argument" "--$name=x"
	done
}

@test "types" {
	for list in '' , net, ,net net,,pid NET nets net:1 'net,pid,user,bogus' ' net' $'net\n'; do
		misuse "--type takes mnt, net, pid, uts, ipc, user, cgroup, time" -t "$list"
	done
}

@test "places to look at" {
	for list in '' , fd, ,fd fd,,mount FD fds all 'process thread'; do
		misuse "--scan takes process, thread, fd, mount" --scan "$list"
	done
}

@test "kinds of trees" {
	for kind in '' Owner own processes owner,parent; do
		misuse "--tree takes owner, parent or process" "--tree=$kind"
	done
	misuse "--tree takes" -Tx
}

@test "colours" {
	for when in '' yes ALWAYS auto,never; do
		misuse "--color takes auto, always or never" "--color=$when"
	done
}

@test "columns" {
	misuse "unknown column 'BOGUS'" -o BOGUS
	misuse "unknown column 'BOGUS'" -o NS,BOGUS,PID
	misuse "unknown column 'BOGUS'" -o +BOGUS
	for list in , NS, ,NS NS,,PID +, ++NS; do
		misuse "unknown column" -o "$list"
	done
	for list in '' +; do
		misuse "--output takes a list of columns" -o "$list"
	done
	misuse "unknown column '\\x1b[31m'" -o $'\033[31m'
}

@test "filters" {
	for filter in '' '==' 'NS ==' 'NS == (' 'BOGUS == 1' 'NS == "x' 'NS == 1 &&' 'TYPE =~ "("' \
		'NS = 1' '1 2' ')'; do
		misuse "--filter: " -Q "$filter"
	done
}

@test "options that contradict each other" {
	misuse "--json and --raw exclude each other" --json --raw
	misuse "--load and --sysroot exclude each other" --load x --sysroot /
	misuse "--output and --output-all exclude each other" -o NS --output-all
	misuse "--save writes everything" --save x 1
	misuse "--save writes everything" --save x -p 1
	misuse "--save writes everything" --save x --pid 1
	misuse "--save writes everything" --save x --why
	for selection in '-t net' -P '--scan fd' '-Q NS'; do
		# shellcheck disable=SC2086
		misuse "--save writes everything" --save x $selection
	done
	misuse "--pid takes no other target" --pid 1 2
	misuse "--pid takes no other target" --pid 1 -p 2
	misuse "--pid takes no other target" --pid 1 --why
	misuse "--pid takes no other target" --pid 1 -P
	misuse "--pid takes one process" --pid 1 --pid 2
	misuse "--persistent means namespaces without a process" -P 1
	misuse "--persistent means namespaces without a process" -P -p 1
	misuse "--why and --tree exclude each other" --why -T
	misuse "namespaces and processes as targets exclude each other" 1 4026531837
	misuse "4026531837 is a namespace; --task and --pid take a process" -p 4026531837
	misuse "is a namespace" --pid 'pid:[4026531836]'
}

@test "files and folders that are named by nothing" {
	misuse "--sysroot takes a directory" --sysroot ''
	misuse "--save takes a file" --save ''
	misuse "--load takes a file" --load ''
}

@test "targets that no target looks like" {
	for target in '' @ 'net:[]' 'net:[12' 'bogus:[4026531837]' : :x 0 @a/b/c/d 7@ @/x \
		99999999999999999999 1: 1:x cg: 'net:[4026531837]x'; do
		misuse "" -- "$target"
	done
}

@test "a target is in quotes where one would not see where it ends" {
	misuse "'a/b c': a path begins with /" -- 'a/b c'
	misuse "a/b: a path begins with /" -- a/b
	misuse "'7@pid:[1] ': a namespace is written" -- '7@pid:[1] '
}

@test "misuse is said before anything is read" {
	misuse "unknown column" --sysroot /nonexistent -o BOGUS
	misuse "" --load /nonexistent -- @
}

@test "--help and --version come first, whatever follows" {
	nslist_exits 0 --help --bogus
	nslist_exits 0 -V --bogus
}
