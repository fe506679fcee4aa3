# SPDX-License-Identifier: GPL-2.0-or-later
# Names of processes, command lines, mount points and control groups that hold any byte: no control byte
# comes out, JSON is always valid, nothing is lost. The names are random, from fixed seeds; with
# NSKIT_LONG=1 there are more.
# shellcheck disable=SC2154
load live

judge() {
	python3 "$BATS_TEST_DIRNAME/hostile.py" "$@"
}

setup() {
	needs_root
	folder=$BATS_TEST_TMPDIR
	group=''
}

teardown() {
	end_situations
	remove_group
}

# What a run left behind that was killed: groups of that name without processes.
remove_leftovers() {
	local left
	for left in "$1"/nskit-test.*; do
		[ ! -d "$left" ] || [ -e "/proc/${left##*.}" ] ||
			find "$left" -depth -type d -exec rmdir {} + 2>/dev/null || true
	done
}

# A control group of this test's own, where there is a hierarchy of version 2 to be written to.
make_group() {
	local hierarchy
	hierarchy=$(findmnt -n -t cgroup2 -o TARGET | head -n 1)
	[ -n "$hierarchy" ] || return 0
	remove_leftovers "$hierarchy"
	mkdir "$hierarchy/nskit-test.$$" 2>/dev/null || return 0
	group=$hierarchy/nskit-test.$$
	# What /proc/PID/cgroup calls it: below the root of the caller's control group namespace.
	shown=/nskit-test.$$
}

remove_group() {
	[ -z "$group" ] || remove_groups "$group"
}

# hostile SEED COUNT: so many situations at once. What was made is in $folder/made.
hostile() {
	local i text place
	mkdir "$folder/names"
	judge make "$1" "$2" "$folder/names"
	make_group
	for ((i = 0; i < $2; i++)); do
		# A substitution would take newlines from the end.
		text=$(cat "$folder/names/$i" && echo .)
		text=${text%.}
		situation hostile "$text"
		place=-
		if [ -n "$group" ]; then
			# The kernel refuses newlines here.
			mkdir "$group/${text//$'\n'/_}"
			echo "${made[pid]}" >"$group/${text//$'\n'/_}/cgroup.procs"
			place=$shown
		fi
		printf '%s\t%s\t%s\t%s\t%s\n' "${made[inode]}" "${made[mounted]}" "${made[pid]}" "$folder/names/$i" "$place" >>"$folder/made"
	done
}

nslist() {
	"$NSLIST" "$@" 2>>"$folder/stderr"
}

all_columns=NS,TYPE,PID,COMMAND,USER,NSFS,PATH,HOLDERS,WHY,CONTAINER,RUNTIME,CID,POD,UNIT,CGROUP,SOURCE,FSTYPE

json_views() {
	nslist -J >"$folder/j1"
	nslist -J --output-all >"$folder/j2"
	nslist -J --why >"$folder/j3"
	nslist -J -Tprocess -o "$all_columns" >"$folder/j4"
	nslist --save - >"$folder/j5"
	LC_ALL=C nslist -J --output-all >"$folder/j6"
	judge json "$folder"/j?
	local file
	for file in "$folder"/j?; do
		python3 -m json.tool <"$file" >/dev/null
		jq . "$file" >/dev/null
		iconv -f UTF-8 -t UTF-8 "$file" >/dev/null
	done
	judge rows "$folder/j2" "$folder/made"
}

text_views() {
	local locale rows
	for locale in C C.UTF-8; do
		# The holders of the initial ones are many, and below in --why.
		LC_ALL=$locale nslist -Q '!INITIAL' -o "$all_columns" >"$folder/t1.$locale"
		LC_ALL=$locale nslist -Q '!INITIAL' -r -o "$all_columns" >"$folder/t2.$locale"
		LC_ALL=$locale nslist --why >"$folder/t3.$locale"
		LC_ALL=$locale nslist -Tprocess >"$folder/t4.$locale"
		LC_ALL=$locale nslist -W -Q 'NPROCS == 0' -o NS,NSFS,HOLDERS,COMMAND >"$folder/t5.$locale"
		judge printable "$folder"/t?."$locale"
		# As many lines as rows, and as many cells in each.
		rows=$(LC_ALL=$locale nslist -rn -o NS,COMMAND,CGROUP,NSFS,HOLDERS,TYPE | awk -F ' ' '{ print gsub(/ /, " ") }' | sort -u)
		[ "$rows" = 5 ] || { echo "blanks in a row of $locale: $rows"; return 1; }
	done
}

snapshot_views() {
	nslist --save "$folder/s1"
	nslist --load "$folder/s1" --save "$folder/s2"
	cmp "$folder/s1" "$folder/s2"
	nslist --load "$folder/s1" -J --output-all >"$folder/s3"
	nslist --load "$folder/s2" --why >"$folder/s4"
	judge json "$folder/s1" "$folder/s3"
	judge printable "$folder/s4"
	judge rows "$folder/s3" "$folder/made"
}

nstree() {
	"${NSTREE:-$NSKIT_BUILD/tools/nstree}" "$@" 2>>"$folder/stderr"
}

json_trees() {
	local view file
	for view in pid process user session cgroup; do
		nstree "$view" --all -J -o +COMMAND,CGROUP,TREE >"$folder/j1.$view"
		nstree "$view" --all -J --list -o +COMMAND,CGROUP,TREE >"$folder/j2.$view"
		LC_ALL=C nstree "$view" --all -J --output-all >"$folder/j3.$view"
		judge json "$folder"/j?."$view"
		for file in "$folder"/j?."$view"; do
			python3 -m json.tool <"$file" >/dev/null
			jq . "$file" >/dev/null
		done
		[ "$view" = user ] || judge trees "$view" "$folder/j2.$view" "$folder/made"
	done
}

text_trees() {
	local view locale options
	nstree --save "$folder/saved"
	for locale in C C.UTF-8; do
		for view in pid process user session cgroup; do
			for options in "" --all "--fold --all" --raw --list "--all -o PID,COMM,CGROUP,COMMAND" \
				"--raw --all -o COMM,CGROUP,COMMAND"; do
				# shellcheck disable=SC2086 # several words
				LC_ALL=$locale nstree "$view" $options >"$folder/t.$locale"
				judge printable "$folder/t.$locale"
			done
			# As many lines as rows.
			[ "$(LC_ALL=$locale nstree --load "$folder/saved" "$view" --raw | wc -l)" = \
				"$(nstree --load "$folder/saved" "$view" -J --list | jq ".$view | length")" ]
		done
	done
}

# The first lot of situations is for all; the others are for NSKIT_LONG.
each_lot() {
	local seed
	for ((seed = 1; seed <= $(rounds 1 10); seed++)); do
		hostile "$seed" "$(rounds 40 40)"
		"$1"
		[ ! -s "$folder/stderr" ] || judge printable "$folder/stderr"
		end_situations
		remove_group
		rm -rf "${folder:?}"/*
	done
}

@test "JSON is valid, and says every name as it is" { each_lot json_views; }
@test "text has no control bytes, and no name makes a row" { each_lot text_views; }
@test "a snapshot comes back as it was saved" { each_lot snapshot_views; }
@test "trees as JSON are valid, and say every name as it is" { each_lot json_trees; }
@test "trees have no control bytes" { each_lot text_trees; }
