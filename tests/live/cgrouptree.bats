# SPDX-License-Identifier: GPL-2.0-or-later
# The view of control groups, judged by /proc/PID/cgroup, cgroup.procs and the folders of the hierarchies.
# In single quotes is jq's or awk's language.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live
: "${NSTREE:=$NSKIT_BUILD/tools/nstree}"
export NSTREE

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	group='' pids=()
}

teardown() {
	local pid
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	remove_group
}

# "HIERARCHY<tab>PATH<tab>PID" of all processes, as their own files say it.
from_proc() {
	# Not awk alone: one that is gone ends it.
	grep -aH '' /proc/[0-9]*/cgroup 2>/dev/null | LC_ALL=C awk '{
		split($0, part, "/")
		sub(/^[^:]*:[0-9]*:/, "")
		controllers = path = $0
		sub(/:.*/, "", controllers)
		sub(/^[^:]*:/, "", path)
		print (controllers == "" ? "v2" : controllers) "\t" path "\t" part[3]
	}' | sort
}

# The same of a tree in JSON on stdin.
members() {
	jq -r '.cgroup[] | recurse(.children[]?) | select(.kind == "cgroup")
		| "\(.hierarchy)\t\(.cgroup)" as $group
		| .children[]? | select(.kind == "process") | "\($group)\t\(.pid)"' | sort
}

# For jq: whether a group has none of the names that `from_folders` leaves out.
plain='def is_plain: .cgroup | test("^[] -\\[^-~]*$");'

# "HIERARCHY<tab>PATH" of all groups with plain names in a tree in JSON on stdin.
groups() {
	jq -r "$plain"'.cgroup[] | recurse(.children[]?) | select(.kind == "cgroup" and is_plain)
		| "\(.hierarchy)\t\(.cgroup)"' | sort
}

# The row of group $1 in hierarchy $2, of a tree in JSON on stdin.
group_row() {
	jq -c --arg path "$1" --arg hierarchy "$2" '.cgroup[] | recurse(.children[]?)
		| select(.kind == "cgroup" and .hierarchy == $hierarchy and .cgroup == $path)'
}

# "HIERARCHY<tab>MOUNT POINT" of those of which the root that we see is mounted.
mounted() {
	awk '{ for (i = 7; $i != "-"; i++); print $4 "\t" $5 "\t" $(i + 1) "\t" $(i + 3) }' /proc/self/mountinfo |
		while IFS=$'\t' read -r root point type options; do
			[ "$root" = / ] || continue
			if [ "$type" = cgroup2 ]; then
				printf 'v2\t%s\n' "$point"
			elif [ "$type" = cgroup ]; then
				while IFS=: read -r _ controllers _; do
					[ -z "$controllers" ] || [[ ,$options, != *",$controllers,"* ]] ||
						printf '%s\t%s\n' "$controllers" "$point"
				done </proc/self/cgroup
			fi
		done
}

# "HIERARCHY<tab>PATH" of all folders in them, but for those with names that the tree spells in its own
# way: anything that is not printable ASCII, and the backslash.
from_folders() {
	mounted | while IFS=$'\t' read -r hierarchy point; do
		find "$point" -mindepth 1 -type d -printf "$hierarchy\t/%P\0" 2>/dev/null |
			LC_ALL=C grep -azx $'[]\t -[^-~]*' | tr '\0' '\n'
		printf '%s\t/\n' "$hierarchy"
	done | sort -u
}

# own_group v1|v2: a group of this test's own; sets $group, its folder, and $hierarchy.
own_group() {
	local point left
	needs_root
	while IFS=$'\t' read -r hierarchy point; do
		[ "$1" = v2 ] || [ "$hierarchy" != v2 ] || continue
		[ "$1" = v1 ] || [ "$hierarchy" = v2 ] || continue
		for left in "$point"/nskit-tree.*; do
			[ ! -d "$left" ] || [ -e "/proc/${left##*.}" ] ||
				find "$left" -depth -type d -exec rmdir {} + 2>/dev/null || true
		done
		mkdir "$point/nskit-tree.$$" 2>/dev/null || continue
		group=$point/nskit-tree.$$
		sleeper "$group" && return
		remove_group
	done < <(mounted)
	skip "no hierarchy of control groups $1 in which groups can be made"
}

remove_group() {
	[ -z "$group" ] || remove_groups "$group" || return
	group=''
}

# A process in that group; its number is in $pid.
sleeper() {
	sleep 1000 3>&- &
	pid=$!
	pids+=("$pid")
	echo "$pid" >"$1/cgroup.procs"
}

# Where the kernel says that the process is: place_of PID HIERARCHY.
place_of() {
	from_proc | LC_ALL=C awk -F '\t' -v pid="$1" -v hierarchy="$2" '$3 == pid && $1 == hierarchy { print $2 }'
}

columns=KIND,HIERARCHY,CGROUP,UNIT,CONTAINER,NPROCS,PID

# What was there all the time is in `listed`; what is only there is of processes that came meanwhile.
check_listed() {
	comm -12 before after >lasting
	comm -23 lasting listed >missing
	sort -u before after | comm -13 - listed >surplus
	cut -f 3 lasting | sort -u >old
	cut -f 3 surplus | sort -u | comm -12 - old >wrong
	if [ -s missing ] || [ -s wrong ]; then
		echo "missing:"
		cat missing
		echo "not where it is said to be:"
		cat wrong
		return 1
	fi
}

@test "each process is in its group of every hierarchy" {
	from_proc >before
	"$NSTREE" -J --all -o "$columns" cgroup >tree
	from_proc >after
	[ -s before ] || skip "this kernel has no control groups"
	members <tree >listed
	check_listed
	json_is '[.cgroup[] | recurse(.children[]?) | select(.kind == "cgroup")
		| .nprocs == ([.children[]? | select(.kind == "process")] | length)] | all' <tree
}

# Groups of the tree that have no folder, and no process.
phantoms() {
	mounted | cut -f 1 | sort -u >hierarchies
	jq -r "$plain"'.cgroup[] | recurse(.children[]?) | select(.kind == "cgroup" and is_plain)
		| select(any(recurse(.children[]?); .kind == "process") | not) | "\(.hierarchy)\t\(.cgroup)"' |
		grep -f <(sed 's/.*/^&\t/' hierarchies) | sort | comm -13 <(sort -u before after) -
}

@test "with --all each folder of every hierarchy is a group" {
	local try
	# Some come and go between two looks.
	for try in 1 2 3; do
		from_folders >before
		"$NSTREE" -J --all -o "$columns" cgroup >tree
		from_folders >after
		[ -s before ] || skip "no control groups are mounted"
		groups <tree >listed
		comm -12 before after | comm -23 - listed >missing
		phantoms <tree >surplus || true
		[ ! -s missing ] && [ ! -s surplus ] && [ -z "$(uniq -d listed)" ] && return
	done
	echo "$try times: missing:"
	cat missing
	echo "of which nobody knows, or twice:"
	cat surplus
	uniq -d listed
	false
}

# own_groups v1|v2: nested, empty, and of any name.
own_groups() {
	local odd=$'x:y z\\x2d \e[31m\xff(deleted)' path top inner
	own_group "$1"
	top=$pid
	mkdir -p "$group/a.service/b" "$group/empty/below" "$group/$odd"
	sleeper "$group/a.service/b"
	inner=$pid
	sleeper "$group/a.service/b"
	sleeper "$group/$odd"
	path=$(place_of "$top" "$hierarchy")

	"$NSTREE" -J -o "$columns" cgroup >tree
	group_row "$path" "$hierarchy" <tree | json_is ".nprocs == 1 and .pid == $top and .unit == null"
	group_row "$path/a.service" "$hierarchy" <tree |
		json_is '.nprocs == 0 and .unit == "a.service" and [.children[].kind] == ["cgroup"]'
	group_row "$path/a.service/b" "$hierarchy" <tree | jq '.children[].pid' >listed
	sort -n "$group/a.service/b/cgroup.procs" | diff - listed
	head -n 1 listed | grep -qx "$inner"
	[ -z "$(group_row "$path/empty" "$hierarchy" <tree)" ]
	# The odd name is there, whichever way it is written; nothing of it reaches a terminal.
	group_row "$path" "$hierarchy" <tree |
		json_is "[.children[] | select(any(.children[]?; .pid == $pid)) | .cgroup] | length == 1"
	"$NSTREE" cgroup >text
	grep -q "^[^a-z]*x:y z.* .*31m" text
	refute grep -q $'[\001-\010\013-\037]' text
	iconv -f UTF-8 -t UTF-8 text >/dev/null

	"$NSTREE" -J --all -o "$columns" cgroup >tree
	group_row "$path/empty/below" "$hierarchy" <tree | json_is '.nprocs == 0 and .pid == null'
	group_row "$path/empty" "$hierarchy" <tree | json_is '[.children[].kind] == ["cgroup"]'
}

@test "own groups, v2: nested, empty, of any name" { own_groups v2; }
@test "own groups, v1: nested, empty, of any name" { own_groups v1; }

# targets v1|v2: a group alone, and a process in all of its groups.
targets() {
	local path name=$1
	own_group "$name"
	mkdir "$group/inner"
	sleeper "$group/inner"
	path=$(place_of "$pid" "$hierarchy")
	[ "$hierarchy" = v2 ] && name='' || name=$hierarchy
	"$NSTREE" -J -o "$columns" cgroup "cg:$name:$path" >tree
	json_is "[.cgroup[] | recurse(.children[]?) | .pid] | unique == [$pid]" <tree
	json_is "[.cgroup[].cgroup] == [\"$path\"]" <tree
	"$NSTREE" -J -o "$columns" cgroup --up "$pid" >tree
	members <tree >listed
	from_proc | grep "	$pid$" | diff - listed
}

@test "targets, v2: a group, and a process in all of its groups" { targets v2; }
@test "targets, v1: a group, and a process in all of its groups" { targets v1; }

# empty_target v1|v2: a group that nobody is in, and one below it.
empty_target() {
	local path hierarchy_of target
	own_group "$1"
	mkdir -p "$group/empty.slice/below"
	path=$(place_of "$pid" "$hierarchy")/empty.slice
	[ "$hierarchy" = v2 ] && hierarchy_of='' || hierarchy_of=$hierarchy
	for target in "cg:$hierarchy_of:$path" "$group/empty.slice"; do
		"$NSTREE" cgroup "$target" >text
		[ "$(cat text)" = empty.slice ] || { cat text; return 1; }
		"$NSTREE" -J -o "$columns" cgroup --all "$target" | groups >listed
		printf '%s\t%s\n' "$hierarchy" "$path" "$hierarchy" "$path/below" | diff - listed
		refute "$NSTREE" process "$target" 2>said
		grep -q "no process is in this control group" said
	done
	"$NSTREE" cgroup empty.slice | grep -qx empty.slice
	"$NSTREE" --save saved
	"$NSTREE" --load saved cgroup "cg:$hierarchy_of:$path" | grep -qx empty.slice
	rmdir "$group/empty.slice/below" "$group/empty.slice"
	refute "$NSTREE" cgroup "cg:$hierarchy_of:$path" 2>said
	grep -q "there is no such control group in sight" said
}

@test "a group that nobody is in is a target, v1" { empty_target v1; }
@test "a group that nobody is in is a target, v2" { empty_target v2; }

# A process with a thread that is called apart; their numbers are in $pid and $tid.
with_thread() {
	python3 -c 'import ctypes, threading
def live():
    ctypes.CDLL(None).prctl(15, b"apart", 0, 0, 0)
    with open("thread", "w") as file:
        print(threading.get_native_id(), file=file)
    threading.Event().wait()
threading.Thread(target=live).start()' 3>&- &
	pid=$!
	pids+=("$pid")
	until [ -s thread ]; do sleep 0.02; done
	tid=$(cat thread)
}

# "HIERARCHY<tab>PATH" of a thread where its process is not.
apart_by_proc() {
	comm -23 <(sort "/proc/$1/task/$2/cgroup") <(sort "/proc/$1/cgroup") |
		sed 's/^[0-9]*:\([^:]*\):/\1\t/; s/^\t/v2\t/' | sort
}

# The same of a tree in JSON on stdin: the groups in which that thread stands.
apart_by_tree() {
	jq -r --argjson tid "$1" '.cgroup[] | recurse(.children[]?) | select(.kind == "cgroup")
		| select(any(.children[]?; .kind == "thread" and .tid == $tid)) | "\(.hierarchy)\t\(.cgroup)"' | sort
}

# thread_apart v1|v2: a thread that is not in the group of its process.
thread_apart() {
	own_group "$1"
	mkdir "$group/apart"
	with_thread
	echo "$pid" >"$group/cgroup.procs"
	if [ "$1" = v1 ]; then
		echo "$tid" >"$group/apart/tasks"
	else
		echo threaded >"$group/apart/cgroup.type" || skip "no threaded groups here"
		echo "$tid" >"$group/apart/cgroup.threads"
	fi
	apart_by_proc "$pid" "$tid" >expected
	[ "$(wc -l <expected)" = 1 ]
	"$NSTREE" -J cgroup --threads >tree
	apart_by_tree "$tid" <tree | diff expected -
	members <tree | grep -qx "$hierarchy	$(place_of "$pid" "$hierarchy")	$pid"
	"$NSTREE" cgroup --threads "cg:$([ "$hierarchy" = v2 ] || echo "$hierarchy"):$(place_of "$pid" "$hierarchy")" >text
	grep -qx "└─apart" text
	grep -qx "  └─{apart} $tid" text
	# Without the option neither the thread nor the group that nothing else is in; nor is either read.
	"$NSTREE" cgroup >text
	refute grep -q apart text
	"$NSTREE" --save saved
	"$NSTREE" --load saved -J cgroup --threads | apart_by_tree "$tid" | diff expected -
	# In its namespaces it is where its process is.
	"$NSTREE" --load saved process --threads "$pid" >text
	refute grep -q apart text
	# Who may not read its namespaces can read this.
	cp "$NSTREE" nstree
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" nstree
	setpriv --reuid 65534 --regid 65534 --clear-groups ./nstree --save - >saved 2>said
	"$NSTREE" --load saved -J cgroup --threads 2>said | apart_by_tree "$tid" | diff expected -
}

@test "a thread that is in another group than its process, v1" { thread_apart v1; }
@test "a thread that is in another group than its process, v2" { thread_apart v2; }

@test "a removed group in which a dead process is left" {
	own_group v2
	mkdir "$group/gone"
	# Nobody waits for the first one.
	bash -c 'sleep 1000 & echo $! >child; exec sleep 1000' 3>&- &
	pids+=($!)
	until [ "$(cat "/proc/$!/comm")" = sleep ] && [ -s child ]; do sleep 0.02; done
	pid=$(cat child)
	echo "$pid" >"$group/gone/cgroup.procs"
	kill -KILL "$pid"
	until grep -q '^State:.Z' "/proc/$pid/status"; do sleep 0.02; done
	rmdir "$group/gone"
	mkdir "$group/gone"
	sleeper "$group/gone"
	dead=$(place_of "$(cat child)" v2)
	[[ $dead = *"/gone (deleted)" ]] || skip "this kernel forgets it: $dead"
	"$NSTREE" -J -o "$columns" cgroup >tree
	group_row "$dead" v2 <tree | json_is "[.children[].pid] == [$(cat child)]"
	group_row "${dead% (deleted)}" v2 <tree | json_is "[.children[].pid] == [$pid]"
}

# from_within v1|v2: what a process in a control group namespace of its own sees.
from_within() {
	own_group "$1"
	mkdir "$group/inside" "$group/beside"
	sleeper "$group/beside"
	sleeper "$group/inside"
	# shellcheck disable=SC2094
	bash -c "$(declare -f from_proc)"'
		echo $$ >"$1/inside/cgroup.procs"
		exec unshare --cgroup bash -c "$(declare -f from_proc)
			from_proc >before
			\"\$NSTREE\" -J --all -o \"\$1\" cgroup >tree
			from_proc >after" - "$2"' - "$group" "$columns" 3>&- || skip "no control group namespaces"
	members <tree >listed
	check_listed
	grep -q "^$hierarchy	/	$pid$" listed
	grep -q "^$hierarchy	/../beside	" listed
	# What is above is drawn above.
	group_row /.. "$hierarchy" <tree | json_is '[.children[] | select(.kind == "cgroup") | .cgroup] == ["/", "/../beside"]'
	json_is "[.cgroup[] | select(.hierarchy == \"$hierarchy\") | .cgroup | test(\"^/[.][.]/[.][.]\")] == [true]" <tree
}

@test "from a control group namespace, v2: what is outside is above" { from_within v2; }
@test "from a control group namespace, v1: what is outside is above" { from_within v1; }

# container_and_unit v1|v2: a group such as an engine makes.
container_and_unit() {
	local id path
	own_group "$1"
	id=$(printf '%d-%s' $$ "$1" | sha256sum | cut -d ' ' -f 1)
	mkdir -p "$group/docker-$id.scope/sub"
	sleeper "$group/docker-$id.scope/sub"
	path=$(place_of "$pid" "$hierarchy")
	"$NSTREE" -J -o "$columns" cgroup >tree
	group_row "${path%/sub}" "$hierarchy" <tree |
		json_is ".container == \"${id:0:12}\" and .unit == \"docker-$id.scope\""
	# Here it is named once, at its group.
	[ "$("$NSTREE" --no-fold cgroup "cg:${path%/sub}" | grep -c "  ${id:0:12}$")" = 1 ]
	"$NSTREE" cgroup "cg:${path%/sub}" | grep -qx "docker-${id:0:12}.*[.]scope  ${id:0:12}"
	# Where its group is another, at the process.
	"$NSTREE" --all cgroup >text
	others=$(($(grep -c . "/proc/$pid/cgroup") - 1))
	[ "$(grep -c "sleep $pid  ${id:0:12}$" text)" = "$others" ]
}

@test "containers and units are named, v2" { container_and_unit v2; }
@test "containers and units are named, v1" { container_and_unit v1; }

@test "what is right in the root of a hierarchy is counted" {
	from_proc >before
	! grep -q '	/\.\.' before || skip "we are in a control group namespace, and others are not"
	"$NSTREE" cgroup >text
	while IFS=$'\t' read -r hierarchy path; do
		line="cgroup $hierarchy $path"
		n=$(grep -cE "^$line(  [0-9]+ processes? \(not shown: --all\))?$" text) || true
		[ "$n" = 1 ] || { echo "$n times: $line"; cat text; return 1; }
	done < <(grep "	/	" before | cut -f 1,2 | sort -u)
	"$NSTREE" --all cgroup >text
	refute grep -q "not shown" text
}
