# SPDX-License-Identifier: GPL-2.0-or-later
# `alias lsns=nslist`: for each of lsns's options the same rows and cells, where lsns is right. In a nest,
# against this machine's lsns and the newest one: PEER_LSNS, or what tests/bench/peers has fetched.
# shellcheck disable=SC2030,SC2031,SC2154
load live

setup_file() {
	needs_root
	start_nest
}

teardown_file() {
	end_nest
}

setup() {
	read -ra newest <<<"$(find_newest)"
}

# The command of the newest lsns, or nothing. CI must have it.
find_newest() {
	# A guest may start us without it.
	export HOME=${HOME:-/root}
	if [ -n "${PEER_LSNS-}" ]; then
		echo "$PEER_LSNS"
	elif [ -n "${CI-}" ] || [ -e "${XDG_CACHE_HOME:-$HOME/.cache}/nskit/peers/packages" ]; then
		"$NSKIT_SOURCE/tests/bench/peers" lsns
	fi
}

needs_newest() {
	[ ${#newest[@]} != 0 ] || skip "no newer lsns: set PEER_LSNS, or run tests/bench/peers lsns once"
}

# Columns that differ in nothing.
columns=NS,TYPE,NPROCS,PID,PPID,UID,USER,COMMAND

# What differs on purpose is made alike on both sides:
# - the rows of processes are called processes, and a leaf of a tree has an empty list of children;
# - older versions have NETNSID as text: "117", "unassigned";
# - 0 as parent or owner means that there is none, or none in sight;
# - PATH of a namespace without processes leads to what holds it, where that has a path;
# - NSFS is a list; for a namespace without processes it has all paths, lsns knows one;
# - siblings may come in another order.
# shellcheck disable=SC2016
alike='def alike: map(
	(if has("netnsid") then
		.netnsid = (.netnsid | if type == "string" then (try tonumber catch null) else . end) else . end)
	| (if .pns == 0 then .pns = null else . end)
	| (if .ons == 0 then .ons = null else . end)
	| (if .nprocs == 0 then .path = null else . end)
	| (if has("nsfs") then
		.nsfs = (.nsfs | if type == "string" then split("[\n,]"; null) elif . == null then [] else . end)
		else . end)
	| (if .nprocs == 0 and has("nsfs") then .nsfs = (.nsfs | length > 0) else . end)
	| (if has("children") then .children = (.children | alike) else . end)
	| (if .children == [] then del(.children) else . end)
	) | sort_by(.ns, .pid);
((.processes // []) + (.namespaces // [])) | alike'
# lsns 2.38 does not know namespaces without processes.
without_empty='def full: map(if .children then .children = (.children | full) else . end
	| select(.nprocs != 0 or .children)); full'
# Each sees itself, under its own number.
without_itself='map(select(.command // "" | test("(lsns|nslist).* -J") | not))'

# rows_of FILTER COMMAND...: what it prints, made alike.
rows_of() {
	local filter=$1
	shift
	inside "$@" >"$BATS_TEST_TMPDIR/json" 2>"$BATS_TEST_TMPDIR/stderr" ||
		{ echo "exit $?: $*: $(cat "$BATS_TEST_TMPDIR/stderr")"; return 1; }
	jq -S "$alike | $filter | $without_itself" "$BATS_TEST_TMPDIR/json"
}

# compare FILTER "LSNS..." ARGUMENT...
compare() {
	local filter=$1 peer
	read -ra peer <<<"$2"
	shift 2
	rows_of "$filter" "${peer[@]}" -J "$@" >"$BATS_TEST_TMPDIR/theirs" || { cat "$BATS_TEST_TMPDIR/theirs"; return 1; }
	rows_of "$filter" "$NSLIST" -J "$@" >"$BATS_TEST_TMPDIR/ours" || { cat "$BATS_TEST_TMPDIR/ours"; return 1; }
	diff -u "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours" || { echo "${peer[-1]} -J $*"; return 1; }
	[ "$(jq length "$BATS_TEST_TMPDIR/ours")" -gt 0 ] || { echo "no rows: $*"; return 1; }
}

# In an emulated guest everything is slow: there the newest lsns does.
wants_machine() {
	[ -z "${NSKIT_GUEST-}" ] || [ ${#newest[@]} = 0 ]
}

# same_rows ARGUMENT...: the same as JSON.
same_rows() {
	if ! wants_machine; then
		:
	elif lsns --help | grep -q -- --persistent; then
		compare . lsns "$@"
	else
		compare "$without_empty" lsns "$@"
	fi
	same_rows_newest "$@"
}

# The same only in the newest lsns.
same_rows_newest() {
	[ ${#newest[@]} = 0 ] || compare . "${newest[*]}" "$@"
}

# same_text FILTER ARGUMENT...: the same text, after that filter. One after the other: each is a
# process in the nest.
same_text() {
	local filter=$1 peer peers=("${newest[*]}")
	shift

	! wants_machine || peers+=(lsns)
	inside "$NSLIST" "$@" | $filter >"$BATS_TEST_TMPDIR/ours"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ours")" -gt 1 ]
	for peer in "${peers[@]}"; do
		[ -n "$peer" ] || continue
		# shellcheck disable=SC2086
		inside $peer "$@" | $filter >"$BATS_TEST_TMPDIR/theirs"
		diff -u "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours" || { echo "$peer $*"; return 1; }
	done
}

# The number of a process in the nest, by its command line.
nest_pid() {
	inside pgrep -fx "$1"
}

@test "all namespaces, all columns" {
	same_rows -l -o "$columns"
	same_rows -l -o "$columns,PATH,NSFS,PNS,ONS,NETNSID"
	same_rows --list --output "$columns"
	same_rows -l -o ns,nprocs,pid,type
}

# The inodes of the nest's own namespaces, not those that it shares.
nest_inodes() {
	inside bash -c 'readlink /proc/[0-9]*/ns/*' | tr -dc '0-9\n' | sort -u |
		grep -vxF "$(readlink /proc/self/ns/* | tr -dc '0-9\n')"
}

@test "all that /proc shows, with the right numbers" {
	# Seen from outside, where nothing of this test is in the nest.
	nest_inodes >"$BATS_TEST_TMPDIR/inodes"
	readlink /proc/[0-9]*/ns/{cgroup,ipc,mnt,net,pid,time,user,uts} 2>/dev/null | sort | uniq -c |
		sed -E 's/ *([0-9]+) ([a-z]+):\[([0-9]+)\]/\3 \2 \1/' |
		grep -wFf "$BATS_TEST_TMPDIR/inodes" | sort >"$BATS_TEST_TMPDIR/expected"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/expected")" -ge 30 ] || { cat "$BATS_TEST_TMPDIR"/{inodes,expected}; return 1; }
	"$NSLIST" -rn -o NS,TYPE,NPROCS -Q 'NPROCS > 0' 2>/dev/null | grep -wFf "$BATS_TEST_TMPDIR/inodes" | sort |
		diff -u "$BATS_TEST_TMPDIR/expected" -
}

@test "lsns on the same host, looked at from outside" {
	local inodes try
	inodes=$(nest_inodes | paste -sd,)
	# lsns prints nothing when a process exits meanwhile.
	for try in {1..20}; do
		lsns -J -l -o "$columns,PATH,PNS,ONS" >"$BATS_TEST_TMPDIR/theirs" 2>/dev/null && break
		[ "$try" != 20 ] || skip "lsns failed 20 times: too many processes come and go"
	done
	"$NSLIST" -J -l -o "$columns,PATH,PNS,ONS" >"$BATS_TEST_TMPDIR/ours" 2>/dev/null
	diff -u <(jq -S "$alike | $without_empty | map(select(.ns == ($inodes)))" "$BATS_TEST_TMPDIR/theirs") \
		<(jq -S "$alike | $without_empty | map(select(.ns == ($inodes)))" "$BATS_TEST_TMPDIR/ours")
}

@test "-o +LIST adds to the default columns" {
	local added
	# CONTAINER is ours alone.
	for added in +PATH +ppid,uid +PNS,ONS,NETNSID,NSFS; do
		inside "$NSLIST" -J -l -o "$added" | json_is '.namespaces[0] | has("container")'
	done
	inside "$NSLIST" -J -l -o +PPID | jq -S "$alike | map(del(.container)) | $without_empty" >"$BATS_TEST_TMPDIR/ours"
	inside lsns -J -l -o +PPID | jq -S "$alike | $without_empty" | diff -u - "$BATS_TEST_TMPDIR/ours"
}

# Every column that the command has, ours has.
has_columns_of() {
	local theirs
	theirs=$(inside "$@" -J -l --output-all | jq -c '.namespaces[0] | keys')
	[ "$(jq length <<<"$theirs")" -ge 13 ]
	inside "$NSLIST" -J -l --output-all | json_is ".namespaces[0] | $theirs - keys == []"
}

@test "--output-all has every column of lsns" {
	has_columns_of lsns
	[ ${#newest[@]} = 0 ] || has_columns_of "${newest[@]}"
}

@test "-H lists every column of lsns" {
	needs_newest
	[ -z "$(comm -23 <(inside "${newest[@]}" -H | awk '{ print $1 }' | sort) <(inside "$NSLIST" -H | awk '{ print $1 }' | sort))" ]
}

@test "-t TYPE" {
	local type
	for type in $(some 3 net pid time mnt uts ipc user cgroup); do
		same_rows -l -t "$type" -o "$columns"
		same_rows -l --type "$type" -o "$columns,PNS,ONS,NSFS"
	done
}

@test "-p PID" {
	local pid
	# Without what a process sets aside for its children: lsns does not know that.
	for pid in $(some 2 "$(nest_pid 'sleep 1002')" 1 "$(nest_pid 'sleep 1003')" "$(nest_pid 'sleep 1005')" \
		"$(nest_pid 'sleep 1006')"); do
		same_rows -l -p "$pid" -o "$columns"
		same_rows -l --task "$pid" -t net -o "$columns"
		# Older versions draw those of other processes, too.
		same_rows_newest -Tprocess -p "$pid" -o "$columns"
		# Here the owners and parents are drawn, too, that the process is not in.
		same_rows_newest -Towner -p "$pid" -o "$columns"
		same_rows_newest -Tparent -t pid -p "$pid" -o "$columns"
		same_rows_newest -Tparent -t user -p "$pid" -o "$columns"
	done
	same_rows_newest -Towner -p 1 -o "$columns"
	same_rows_newest -T -P -o "$columns"
}

@test "-T=owner, -T=parent, -T=process, and together with others" {
	local kind
	for kind in $(some 4 -T -Towner -Tparent -Tprocess --tree --tree=owner --tree=parent --tree=process); do
		same_rows "$kind" -o "$columns"
	done
	for kind in owner parent process; do
		# Older versions draw other types, too.
		same_rows_newest "-T$kind" -t pid -o "$columns"
		same_rows_newest "-T$kind" -t user -o "$columns"
	done
	# What lsns shows without any option is the tree of processes.
	inside lsns -J -o "$columns" | jq -S "$alike | $without_empty" >"$BATS_TEST_TMPDIR/theirs"
	inside "$NSLIST" -J -Tprocess -o "$columns" | jq -S "$alike | $without_empty" | diff -u "$BATS_TEST_TMPDIR/theirs" -
}

@test "an inode lists the processes in it" {
	local type inode
	for type in $(some 2 pid user uts net time); do
		inode=$(inside readlink /proc/1/ns/$type | tr -dc 0-9)
		same_rows -l -o PID,PPID,USER,UID,COMMAND "$inode"
		same_rows -Tprocess -o PID,PPID,USER,UID,COMMAND "$inode"
		inode=$(inside readlink "/proc/$(nest_pid 'sleep 1002')/ns/$type" | tr -dc 0-9)
		same_rows -l -o PID,PPID,USER,UID,COMMAND "$inode"
		same_rows -l "$inode"
	done
}

@test "-P lists those without processes" {
	needs_newest
	compare . "${newest[*]}" -P -l -o "$columns"
	compare . "${newest[*]}" --persistent -l -t net -o "$columns,NETNSID,ONS"
	[ "$(inside "$NSLIST" -Prn | wc -l)" = 4 ]
}

@test "-Q EXPR" {
	local filter
	needs_newest
	for filter in 'TYPE == "net"' 'TYPE == "net" && NPROCS > 1' 'NPROCS == 0' 'PID > 5 and PID < 12' \
		'TYPE =~ "^u"' 'not (TYPE == "mnt" or TYPE == "user")' 'COMMAND =~ "sleep 100[2-5]"' 'UID == 1234' \
		'USER == "root" && TYPE != "net"' 'NPROCS > 0 && COMMAND !~ "bash|unshare"' 'NS >= 4026531840 || TYPE eq "uts"'; do
		compare . "${newest[*]}" -l -Q "$filter" -o "$columns"
	done
	compare . "${newest[*]}" -l --filter 'NPROCS > 2' -t pid -o "$columns"
}

@test "tables, lists and raw text are the same" {
	local options
	# shellcheck disable=SC2086
	for options in -l -ln -lu -lW -lnuW '--list --noheadings' '--list --notruncate --nowrap'; do
		# lsns makes some columns wider than what is in them.
		same_text 'tr -s [:blank:]' $options -t mnt -o "$columns"
		same_text 'tr -s [:blank:]' $options -t user -o NS,TYPE,NPROCS,PID,COMMAND
	done
	# shellcheck disable=SC2086
	for options in -lr -lrn '--list --raw --noheadings'; do
		same_text cat $options -t mnt -o "$columns"
		same_text cat $options -t user -o NS,TYPE,NPROCS,PID,COMMAND
	done
	same_text cat -lr -t time -o COMMAND,NS
}

@test "trees look the same" {
	same_text 'tr -s [:blank:]' -Tprocess -t pid -o NS,TYPE,NPROCS,PID,USER,COMMAND
	same_text 'tr -s [:blank:]' -Tprocess -t user -o NS,TYPE,NPROCS,PID,USER,COMMAND
	LC_ALL=C same_text 'tr -s [:blank:]' -Tprocess -t mnt -o NS,TYPE,NPROCS,PID,USER,COMMAND
}

@test "what lsns refuses is refused" {
	local arguments
	for arguments in '-t bogus' '-o BOGUS' '-p x' '--bogus' '-Tbogus' '42' '4026999999'; do
		# shellcheck disable=SC2086
		run inside lsns $arguments
		[ "$status" != 0 ]
		# shellcheck disable=SC2086
		run inside "$NSLIST" $arguments
		[ "$status" = 2 ] || [ "$status" = 3 ]
	done
}
