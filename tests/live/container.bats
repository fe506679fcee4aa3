# SPDX-License-Identifier: GPL-2.0-or-later
# Real containers, from the host and from within. Judged by what the engine says of them and by /proc.
# In single quotes is jq's or awk's language.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live

setup_file() {
	export name=nskit-$$
	if [ "$(id -u)" = 0 ] && command -v runc jq busybox >/dev/null; then
		make_bundle "$BATS_FILE_TMPDIR/bundle" && run_container
	fi
}

teardown_file() {
	if [ -e "$BATS_FILE_TMPDIR/bundle" ]; then
		runc delete --force "$name"
	fi
}

# A container's files: busybox, and nslist with its libraries.
make_root() {
	local file

	mkdir -p "$1"/bin "$1"/etc
	cp "$(command -v busybox)" "$1/bin/"
	for file in cat readlink sh sleep unshare; do
		ln -s busybox "$1/bin/$file"
	done
	echo 'root:x:0:0::/:/bin/sh' >"$1/etc/passwd"
	cp "$NSLIST" "$1/bin/nslist"
	# "libc.so.6 => /lib/libc.so.6 (0x...)", and the loader without the arrow.
	ldd "$NSLIST" | grep -o ' */[^ ]*' | while read -r file; do
		mkdir -p "$1${file%/*}"
		cp -L "$file" "$1$file"
	done
}

# Its first process has a child that is in a PID namespace below; it may do that, and trace.
make_bundle() {
	mkdir "$1"
	make_root "$1/root"
	chmod -R a+rX "$BATS_FILE_TMPDIR" "$1"
	runc spec --bundle "$1"
	jq 'del(.process.rlimits) | .process.terminal = false | .root.path = "root"
		| .process.args = ["/bin/sh", "-c", "unshare -p -f sleep 1001 & exec sleep 1000"]
		| .process.capabilities[] += ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE"]' "$1/config.json" >"$1/changed"
	mv "$1/changed" "$1/config.json"
}

run_container() {
	runc run --detach --bundle "$BATS_FILE_TMPDIR/bundle" "$name" </dev/null >/dev/null 3>&-
	init=$(runc state "$name" | jq .pid)
	until [ "$(cat "/proc/$init/comm" "/proc/$(nested_pid)/comm" 2>/dev/null | uniq -c | xargs)" = "2 sleep" ]; do
		sleep 0.05
	done
}

setup() {
	needs_root
	[ "$(command -v runc jq busybox | wc -l)" = 3 ] || skip "needs the packages runc, jq and busybox-static"
	init=$(runc state "$name" | jq .pid)
}

teardown() {
	end_situations
}

# The numbers of all processes of the container, as the host numbers them.
container_pids() {
	runc ps --format json "$name" | jq '.[]'
}

# The process of the container with a PID namespace below.
nested_pid() {
	local pid

	for pid in $(container_pids); do
		[ "$(numbers_of "$pid" | wc -w)" != 3 ] || echo "$pid"
	done
}

# The numbers that a process has, from the /proc that is read inwards.
numbers_of() {
	awk '$1 == "NSpid:" { $1 = ""; print }' "/proc/$1/status"
}

# "TYPE INODE" for each namespace that a process is in.
spaces_of() {
	local type

	for type in cgroup ipc mnt net pid time user uts; do
		echo "$type $(inode_of "$1" "$type")"
	done
}

# nslist without its remarks on what else is on this machine.
quietly() {
	"$NSLIST" "$@" 2>/dev/null
}

@test "runc: a container's namespaces name it" {
	local type inode

	while read -r type inode; do
		if [ "$inode" = "$(inode_of self "$type")" ]; then
			# What it shares with the host is the host's.
			row_is "$inode" TYPE,CONTAINER ".type == \"$type\" and .container == null"
		else
			row_is "$inode" TYPE,PID,PPID,UID,CONTAINER,RUNTIME,CID,POD,PATH ".type == \"$type\"
				and .container == \"$name\" and .runtime == \"runc\" and .cid == \"$name\"
				and .pod == null and .pid == $init and .uid == 0
				and .ppid == $(awk '$1 == "PPid:" { print $2 }' "/proc/$init/status")
				and .path == \"/proc/$init/ns/$type\""
		fi
	done < <(spaces_of "$init")
	# pid, net, ipc, uts and mnt, as `runc spec` has it, and at least those.
	[ "$(quietly -rn -o NS -Q "CONTAINER == '$name' && PID == $init" | wc -l)" -ge 5 ]
	row_is "$(inode_of "$init" pid)" NPROCS,COMMAND '.nprocs == 2 and .command == "sleep 1000"'
	row_is "$(inode_of "$init" net)" NPROCS,CGROUP ".nprocs == 3 and (.cgroup | test(\"/$name\"))"
}

@test "runc: every way to name the container and its processes" {
	local target

	spaces_of "$init" >"$BATS_TEST_TMPDIR/init"
	for target in "1@$name" "$init" "1@$(inode_of "$init" pid)" "1@pid:[$(inode_of "$init" pid)]"; do
		quietly -rn -o TYPE,NS "$target" | sort | diff "$BATS_TEST_TMPDIR/init" -
		quietly -rn -o TYPE,NS -p "$target" | sort | diff "$BATS_TEST_TMPDIR/init" -
	done
	# The container's are those of all its processes.
	for target in $(container_pids); do
		spaces_of "$target"
	done | sort -u >"$BATS_TEST_TMPDIR/all"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/all")" = 9 ]
	for target in "$name" "@$name"; do
		quietly -rn -o TYPE,NS "$target" | sort | diff "$BATS_TEST_TMPDIR/all" -
		quietly -rn -o TYPE,NS -p "$target" | sort | diff "$BATS_TEST_TMPDIR/all" -
	done
	run --separate-stderr "$NSLIST" "@$name-no"
	[ "$status" = 3 ]
	[[ $stderr == "nslist: "*"$name"* ]]
	run --separate-stderr "$NSLIST" "4000@$name"
	[ "$status" = 3 ]
}

@test "runc: the numbers of its processes" {
	local pid numbers

	for pid in $(container_pids); do
		numbers=$(numbers_of "$pid" | xargs -n 1)
		[ "$(quietly --pid "$pid" -rn -o PID)" = "$numbers" ]
	done
	[ "$(quietly --pid "@$name" -rn -o NS,PID)" = "$(inode_of self pid) $init
$(inode_of "$init" pid) 1" ]
}

@test "runc: a PID namespace in the container" {
	local pid inode number

	pid=$(nested_pid)
	inode=$(inode_of "$pid" pid)
	[ "$inode" != "$(inode_of "$init" pid)" ]
	row_is "$inode" TYPE,NPROCS,PID,COMMAND,CONTAINER,PNS,DEPTH ".type == \"pid\" and .nprocs == 1
		and .pid == $pid and .command == \"sleep 1001\" and .container == \"$name\" and .depth == 2
		and .pns == $(inode_of "$init" pid) and .pns == $(ask parent "/proc/$pid/ns/pid")"
	# As the container numbers it, and as its own namespace does.
	number=$(numbers_of "$pid" | awk '{ print $2 }')
	for target in "$number@$name" "1@$inode"; do
		quietly -rn -o TYPE,NS "$target" | sort | diff <(spaces_of "$pid") -
	done
	[ "$(quietly --pid "$number@$name" -rn -o NS,PID)" = "$(inode_of self pid) $pid
$(inode_of "$init" pid) $number
$inode 1" ]
	# A namespace as target lists who is in it.
	[ "$(quietly -rn -o PID "$(inode_of "$init" net)" | sort -n)" = "$(container_pids | sort -n)" ]
}

@test "runc: what keeps a container's namespaces" {
	why "$(inode_of "$init" uts)" "process $init sleep" "process $(nested_pid) sleep"
	holder_is "$(inode_of "$init" mnt)" ".kind == \"process\" and .pid == $init"
}

# The rows that are to be seen in the container, with its own numbers: one process more is in the
# namespaces of its first one.
rows_inside() {
	local pid

	for pid in $(container_pids); do
		spaces_of "$pid" | sed "s/$/ $(numbers_of "$pid" | awk '{ print $2 }')/"
	done | awk '{
		space = $1 " " $2
		count[space]++
		if (!(space in first) || $3 < first[space])
			first[space] = $3
	} END {
		for (space in count)
			print space, count[space] + (first[space] == 1), first[space]
	}' | sort
}

@test "runc: within the container" {
	local inside=$BATS_TEST_TMPDIR/inside

	rows_inside >"$inside.expected"
	[ "$(wc -l <"$inside.expected")" = 9 ]
	runc exec "$name" /bin/nslist -rn -o TYPE,NS,NPROCS,PID -Q 'NPROCS > 0' >"$inside" 2>"$inside.said" </dev/null
	sort "$inside" | diff "$inside.expected" -
	[ ! -s "$inside.said" ]
}

@test "runc: within the container, as nobody" {
	local inside=$BATS_TEST_TMPDIR/inside pid

	runc exec --user 65534:65534 "$name" /bin/nslist -J -o TYPE,NS,NPROCS >"$inside" 2>"$inside.said" </dev/null
	# Only itself, of four.
	diff "$inside.said" - <<-'END'
		nslist: incomplete: 3 of 4 processes: namespaces not readable (needs CAP_SYS_PTRACE)
		nslist: incomplete: 3 of 4 processes: descriptors not readable (needs CAP_SYS_PTRACE)
	END
	jq -e '.complete == false and (.gaps | length) == 2 and all(.gaps[]; .count == 3 and .total == 4)' "$inside"
	jq -r '.namespaces[] | select(.nprocs == 1) | "\(.type) \(.ns)"' "$inside" | sort | diff <(spaces_of "$init") -
	runc exec --user 65534:65534 "$name" /bin/nslist --strict >/dev/null 2>&1 </dev/null || [ $? = 5 ]
}

@test "runc: within the container every view ends well" {
	local options

	for options in "" -T -T=parent -T=process --why "-J --output-all" "--raw --output-all" "--pid 1" "-p 1" -P "--save -"; do
		# shellcheck disable=SC2086 # several words
		runc exec "$name" /bin/nslist $options >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/said" </dev/null
		refute grep -v '^nslist: incomplete: ' "$BATS_TEST_TMPDIR/said"
		[ -z "$(sort "$BATS_TEST_TMPDIR/said" | uniq -d)" ]
	done
}

# In podman's own places, where nslist looks for names: only in a guest, where all that is written
# vanishes.
needs_podman() {
	[ -n "${NSKIT_GUEST-}" ] || skip "only in a guest, see make check-vm: it writes to podman's storage"
	[ "$(command -v podman crun | wc -l)" = 2 ] || skip "needs the packages podman and crun"
}

engine() {
	podman --storage-driver=vfs --cgroup-manager=cgroupfs --runtime crun "$@" 3>&-
}

@test "podman and crun: a container's namespaces name it" {
	local inode type id

	needs_podman
	tar -C "$BATS_FILE_TMPDIR/bundle/root" -c . | engine import - img:1
	id=$(engine run --detach --name web --hostname web --network=none img:1 sleep 1002)
	init=$(engine inspect --format '{{.State.Pid}}' web)
	grep "libpod-$id" "/proc/$init/cgroup"
	while read -r type inode; do
		if [ "$inode" != "$(inode_of self "$type")" ]; then
			row_is "$inode" TYPE,PID,CONTAINER,RUNTIME,CID,COMMAND ".type == \"$type\" and .pid == $init
				and .container == \"web\" and .runtime == \"podman\" and .cid == \"$id\"
				and .command == \"sleep 1002\""
		fi
	done < <(spaces_of "$init")
	spaces_of "$init" >"$BATS_TEST_TMPDIR/expected"
	for target in web @web "@$id" "@${id:0:12}" "${id:0:12}" 1@web "$init"; do
		quietly -rn -o TYPE,NS "$target" | sort | diff "$BATS_TEST_TMPDIR/expected" -
	done
	engine exec web nslist -rn -o TYPE,NS,NPROCS,PID -Q 'NPROCS > 0' >"$BATS_TEST_TMPDIR/inside"
	spaces_of "$init" | sed 's/$/ 2 1/' | diff - <(sort "$BATS_TEST_TMPDIR/inside")
	engine rm --force --time 0 web
}
