# SPDX-License-Identifier: GPL-2.0-or-later
# Every view of nstree on namespaces that are nested for real (nesting.py), and on a container in a
# container. Judged by /proc/PID/{status,stat,cgroup,ns,uid_map} and ioctl_ns(2): nestjudge.py.
# In single quotes is jq's or awk's language.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live
: "${NSTREE:=$NSKIT_BUILD/tools/nstree}"
export NSTREE

views=(pid process user session cgroup)

setup_file() {
	[ "$(id -u)" != 0 ] || start_nesting
}

teardown_file() {
	end_nest
}

setup() {
	needs_root
	cd "$BATS_TEST_TMPDIR" || return
	init=$(cat "$BATS_FILE_TMPDIR/init")
	container='' mounted='' nested_pids=()
	# The sanitizers look for leaks by their own number in /proc; leaks.bats has the right one.
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
}

teardown() {
	local pid
	[ -z "$container" ] || runc delete --force "$container"
	[ -z "$mounted" ] || umount "$mounted"
	for pid in "${nested_pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# It lasts until teardown_file. What everybody may read is in its /mnt.
start_nesting() {
	local unshare
	unshare --mount --pid --fork --kill-child --mount-proc python3 -B "$BATS_TEST_DIRNAME/nesting.py" \
		"$BATS_FILE_TMPDIR/ready" 3>&- >"$BATS_FILE_TMPDIR/nest" 2>&1 &
	unshare=$!
	echo "$unshare" >"$BATS_FILE_TMPDIR/unshare"
	until [ -e "$BATS_FILE_TMPDIR/ready" ]; do
		has_ended "$unshare" && { cat "$BATS_FILE_TMPDIR/nest"; return 1; }
		sleep 0.02
	done
	ps -o pid= --ppid "$unshare" | tr -d ' ' >"$BATS_FILE_TMPDIR/init"
	install -m 755 "$NSTREE" "/proc/$(cat "$BATS_FILE_TMPDIR/init")/root/mnt/nstree"
}

# The number of the process of the nest with that name, as the nest numbers it: number_of NAME.
number_of() {
	beside bash -c 'for file in /proc/[0-9]*/comm; do
		IFS= read -r line <"$file"
		[ "$line" != "$1" ] || { file=${file%/comm}; echo "${file##*/}"; break; }
	done' - "$1"
}

# Runs a command that sees the nest's /proc but is not in there: nothing in it ever changes.
beside() {
	nsenter --target "$init" --mount -- "$@"
}

# Runs a command in the nest; in the PID namespace of init-2, which has a /proc of its own.
within() {
	nsenter --target "$init" --mount --pid -- "$@"
}

in_the_middle() {
	local spaces
	spaces=/proc/$init/root/proc/$(number_of init-2)/ns
	nsenter --mount="$spaces/mnt" --pid="$spaces/pid" -- "$@"
}

nobody() {
	setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"
}

# judge COMMAND...: every view is right where that command runs it. $options are the judge's.
judge() {
	local view
	for view in "${views[@]}"; do
		echo "$view $*"
		# shellcheck disable=SC2086 # several words
		"$@" python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" $options "$view" /mnt/nstree 2>said ||
			{ cat said; return 1; }
	done
}

@test "beside the nest: every view is what the kernel says" {
	options="--exact"
	judge beside
}

@test "beside the nest: with threads and details" {
	options="--exact --more"
	judge beside
}

@test "within the nest: every view is what the kernel says, and complete" {
	options="--exact"
	judge within
	[ ! -s said ]
	options="--exact --more"
	judge within
	[ ! -s said ]
}

@test "within the nest, as nobody" {
	options="--exact --more --uid 65534"
	judge within
	options="--exact --uid 65534"
	views=(pid)
	judge within
	grep "processes: namespaces not readable (needs CAP_SYS_PTRACE)" said
}

@test "in the PID namespace in the middle" {
	options="--exact --more"
	judge in_the_middle
	[ ! -s said ]
	options="--exact --uid 65534"
	judge in_the_middle
}

@test "in the PID namespace in the middle, with --sysroot of the outer one" {
	options="--exact --more --root /mnt/outer"
	judge in_the_middle
	options="--exact --root /mnt/outer --uid 65534"
	judge in_the_middle
}

@test "on the host, while the nest is there" {
	local view
	for view in "${views[@]}"; do
		python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" --more "$view" "$NSTREE"
	done
}

@test "sessions and groups of the nest" {
	beside python3 -B "$BATS_TEST_DIRNAME/sessions.py" agrees "$(number_of session-3)" \
		< <(beside /mnt/nstree session --all -J --list \
			-o KIND,SID,PGID,PID,COMM,TTY,STATE,FOREGROUND,STOPPED,ORPHANED,LEADERLESS)
	within python3 -B "$BATS_TEST_DIRNAME/sessions.py" agrees "$(number_of session-3)" \
		< <(within /mnt/nstree session --all -J --list \
			-o KIND,SID,PGID,PID,COMM,TTY,STATE,FOREGROUND,STOPPED,ORPHANED,LEADERLESS)
}

# has COLUMN NAME...: of the processes of the nest just those have that column true.
has() {
	jq -r --arg column "$1" '[.. | objects | select(.kind == "process" and .[$column] == true).comm]
		| sort | .[]' tree >shown
	printf '%s\n' "${@:2}" | sort | diff - shown
}

@test "what is marked: put in from outside, dead, for children" {
	beside /mnt/nstree -J --all >tree
	has entered entered-1 entered-2 entered-3 entered-orphan dead-entered dead-threads
	# One whose init has exited, one whose init is a zombie, two whose init waits for a zombie that was
	# put in; init-thread's maker has a second thread.
	jq -r '[.. | objects | select(.kind == "namespace" and .dead) | .comm // "nobody"] | sort | .[]' tree >shown
	diff shown - <<-'END'
		dead-zombie
		nobody
		nobody
		second-init
		third-init
	END
	jq -r '[.. | objects | select(.kind == "process" and .forchildren).comm] | unique | .[]' tree >shown
	printf '%s\n' dead-aside dead-entered dead-threads dead-zombie enterer-1 enterer-2 entered-1 levels maker-3 |
		diff <(sort shown) <(sort -)
	beside /mnt/nstree >text
	grep -x ".*─entered-2 $(number_of entered-2)/[0-9]*/[0-9]*  entered from outside" text
	grep -x ".*─pid:\[[0-9]*\] no processes  dead: its init is gone" text
	grep -A 1 "─pid:\[[0-9]*\]  dead: its init has ended\$" text | grep "─second-init [0-9]*/1\$"
	grep -A 1 "─pid:\[[0-9]*\]  dead: its init has ended\$" text | grep "─third-init [0-9]*/1\$"
	grep -x ".*─maker-3 [0-9/]*  children go to pid:\[[0-9]*\]" text
	beside /mnt/nstree --threads >text
	grep -x ".*─{maker} [0-9]*  children go to pid:\[[0-9]*\]" text
}

@test "a dead PID namespace that only a descriptor holds is there when it is asked for" {
	local link
	link=$(beside find "/proc/$(number_of dead-open)/fd" -lname 'pid:*' -printf '%l\n')
	beside /mnt/nstree -J "$link" >tree
	[ "$(jq -c '[.. | objects | select(.kind)] | map([.kind, .ns, .dead])' tree)" = \
		"[[\"namespace\",${link//[!0-9]/},true]]" ]
	[ "$(beside /mnt/nstree "$link")" = "$link no processes (fd 3 of dead-open $(number_of dead-open))  dead: its init is gone" ]
}

# The only child of a process, as soon as there is one: child_of PID.
child_of() {
	local child
	until child=$(ps -o pid= --ppid "$1") && [ -n "$child" ]; do sleep 0.02; done
	echo "${child// /}"
}

# A PID namespace in another one: $outer is the init of the one, $last that of the other. Once that is
# dead, nobody is in there, nor has it for children.
make_nested() {
	unshare --pid --fork --kill-child bash -c 'unshare --pid --fork sleep 1000 & wait; sleep 1000' 3>&- &
	nested_pids+=("$!")
	outer=$(child_of "$!")
	last=$(child_of "$(child_of "$outer")")
	until [ "$(cat "/proc/$last/comm")" = sleep ]; do sleep 0.02; done
	inner=$(inode_of "$last" pid)
}

# Ends it.
empty_nested() {
	local maker
	maker=$(ps -o ppid= "$last")
	kill -KILL "$last"
	while [ -e "/proc/${maker// /}" ]; do sleep 0.02; done
}

# The row of namespace $inner: what it is, what it stands below, whether it is dead.
nested_row() {
	jq -c --argjson inner "$inner" '.pid as $rows | $rows[] | select(.kind == "namespace" and .ns == $inner)
		| [$rows[.parent].ns, $rows[.parent].kind, .pid, .dead]'
}

@test "a PID namespace that no process is in, and a bind mount in our mount namespace keeps" {
	make_nested
	touch kept
	mount --bind "/proc/$last/ns/pid" kept
	mounted=$PWD/kept
	empty_nested
	[ "$(stat -c %i kept)" = "$inner" ]
	"$NSTREE" -J -l | nested_row >row
	[ "$(cat row)" = "[$(inode_of "$outer" pid),\"namespace\",null,true]" ]
	"$NSTREE" >text
	grep -x ".*─pid:\[$inner\] no processes (mount $PWD/kept)  dead: its init is gone" text
	# A descriptor of it would not have been looked for, and nothing else was.
	"$NSTREE" --save saved
	"$NSTREE" --load saved -J -l | nested_row | diff row -
	umount kept
	mounted=''
	"$NSTREE" >text
	refute grep "pid:\[$inner\]" text
}

@test "a PID namespace that only a descriptor keeps: where the kernel lists it, and in a snapshot" {
	make_nested
	sleep 1000 9<"/proc/$last/ns/pid" 3>&- &
	nested_pids+=("$!")
	until [ "$(cat "/proc/$!/comm")" = sleep ]; do sleep 0.02; done
	empty_nested
	echo "[$(inode_of "$outer" pid),\"namespace\",null,true]" >row
	"$NSTREE" --save saved
	"$NSTREE" --load saved -J -l | nested_row | diff row -
	"$NSTREE" --load saved >text
	grep -x ".*─pid:\[$inner\] no processes (fd 9 of sleep $!)  dead: its init is gone" text
	"$NSTREE" >text
	if has_listns && [ "$(inode_of self pid)" = 4026531836 ] && [ "$(inode_of self user)" = 4026531837 ]; then
		grep -x ".*─pid:\[$inner\] no processes  dead: its init is gone" text
		"$NSTREE" -J -l | nested_row | diff row -
	else
		refute grep "pid:\[$inner\]" text
	fi
}

@test "a thread that differs is drawn below its process" {
	beside /mnt/nstree process --threads >text
	grep -A 1 "─threads-2 $(number_of threads-2)\$" text | grep -x ".*─{apart} [0-9]* +net +uts"
	refute grep -q '{like}' text
	beside /mnt/nstree process >text
	refute grep -q '{' text
}

@test "--up: the way to the root, and one branch" {
	local view name number
	for view in pid process session; do
		beside /mnt/nstree "$view" --all -J >whole
		for name in init-1 init-3 entered-3 session-3 deep-35 adopted-1 zombie-leader true; do
			number=$(number_of "$name")
			beside /mnt/nstree "$view" --up -J "$number" >branch
			python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" up "$number" "$view" whole branch
		done
	done
	# The same process by the number that it has in its PID namespace.
	number=$(number_of plain-3)
	beside /mnt/nstree --up "$number" >branch
	# To find a namespace it looks at more places, so that more may be left.
	beside /mnt/nstree --up "2@$(beside readlink "/proc/$number/ns/pid")" >other
	diff <(sed 's/ ([0-9]* more below)$//' branch) <(sed 's/ ([0-9]* more below)$//' other)
	[ "$(wc -l <branch)" -gt 10 ]
}

# Options for all views; --threads and --details for those that have them.
variants() {
	local view options
	for view in "${views[@]}"; do
		for options in "" --all "-J --all" "-J --all --list" --raw --list --fold --no-fold "--depth 3 --all" \
			"--output-all -J --all" "--all --raw --output-all" "-o PID,STATE,CAPEFF,SECCOMP,NNP,LSM --all" \
			"--up $1 --all"; do
			# A user namespace has no branch of a process.
			[ "$view" != user ] || options=${options/--up $1/--up}
			echo "$view $options"
		done
	done
	echo "pid --threads --all"
	echo "process --threads -J"
	echo "cgroup --threads --all"
	echo "user --details"
	echo "user --details -J --output-all"
}

@test "what a snapshot says is what was said when it was taken" {
	local options locale file
	beside /mnt/nstree --save - >saved 2>/dev/null
	"$NSTREE" --load saved --save again
	cmp saved again
	# What only a descriptor keeps the view pid does not look for; from a file it has it.
	inner=$(beside find "/proc/$(number_of dead-open)/fd" -lname 'pid:*' -printf '%l\n')
	jq --argjson held "${inner//[!0-9]/}" '.references |= map(select(.namespace != $held))
		| .namespaces |= map(select(.inode != $held))' saved >saved.pid
	variants "$(number_of entered-3)" >all
	while read -r options; do
		file=saved
		[[ $options != pid* || $options = *--output-all* ]] || file=saved.pid
		for locale in C C.UTF-8; do
			# shellcheck disable=SC2086 # several words
			LC_ALL=$locale beside /mnt/nstree $options >live 2>live.said
			# shellcheck disable=SC2086
			LC_ALL=$locale "$NSTREE" --load "$file" $options >loaded 2>loaded.said
			cmp live loaded || { echo "$locale: $options"; diff live loaded; return 1; }
		done
		[ -s live ]
	done <all
	[ "$(wc -l <all)" -gt 60 ]
}

# All that a command writes to a terminal of 80 columns.
on_terminal() {
	script -qec "stty cols 80 rows 24; $1" /dev/null </dev/null | tr -d '\r'
}

@test "on a terminal of 80 columns no line is longer, and names and numbers are whole" {
	local locale options name
	for locale in C C.UTF-8; do
		for options in pid "pid --all" process "process --threads" user "user --details" session cgroup \
			"cgroup --all"; do
			on_terminal "LC_ALL=$locale nsenter --target $init --mount -- /mnt/nstree $options 2>/dev/null" >screen
			[ -s screen ]
			[ "$(wc -L <screen)" -le 80 ] || { echo "$locale $options:"; cat screen; return 1; }
			refute grep -qP '[\x00-\x08\x0b-\x1f\x7f]' screen
			[ "$locale" != C ] || refute grep -qP '[^\n -~]' screen
			iconv -f UTF-8 -t UTF-8 screen >/dev/null
		done
		on_terminal "LC_ALL=$locale nsenter --target $init --mount -- /mnt/nstree --all 2>/dev/null" >screen
		for name in init-1 init-2 init-3 entered-3 orphan-3; do
			grep -E "[-─]$name [0-9]+(/[0-9]+)+( |\$)" screen
		done
		# However deep, and with like ones folded.
		grep -E "\([0-9]+\) deep-1 $(number_of deep-1)\$" screen
		grep -E '[-─]4\*\[like\]$' screen
		grep -F '\x1b[31m\x0a) Z 1 (\xff' screen
	done
	grep "─漢字漢字漢 [0-9]*\$" screen
}

@test "with columns beside it the tree has headings, and each cell stands under its own" {
	local locale
	for locale in C C.UTF-8; do
		on_terminal "LC_ALL=$locale nsenter --target $init --mount -- /mnt/nstree --all -o PID,STATE 2>/dev/null" >screen
		python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" aligned <screen
		on_terminal "LC_ALL=$locale nsenter --target $init --mount -- /mnt/nstree --all --color=never \
			-o PID,CAPEFF,SECCOMP,STATE 2>/dev/null" >screen
		[ "$(wc -L <screen)" -le 80 ] || { cat screen; return 1; }
		sed -E 's/^(.*) [0-9a-f]{16} (none|filter|strict) /\1 /; 1s/ CAPEFF  *SECCOMP//' screen |
			python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" aligned
	done
}

# A container's files: busybox, and the other programs with their libraries: make_root ROOT PROGRAM...
make_root() {
	local program file
	mkdir -p "$1/bin" "$1/run" "$1/tmp"
	for program in "$(command -v busybox)" "${@:2}"; do
		cp "$program" "$1/bin/"
		# "libc.so.6 => /lib/libc.so.6 (0x...)", and the loader without the arrow.
		{ ldd "$program" 2>/dev/null || true; } | grep -o ' */[^ ]*' | while read -r file; do
			mkdir -p "$1${file%/*}"
			cp -L "$file" "$1$file"
		done || true
	done
	for program in sh sleep; do
		ln -s busybox "$1/bin/$program"
	done
}

# change_spec BUNDLE FILTER [ARGUMENT...]: a new config.json, changed by jq.
change_spec() {
	runc spec --bundle "$1"
	jq "${@:3}" "del(.process.rlimits, .linux.seccomp) | .process.terminal = false | .root.path = \"root\"
		| .process.env = [\"PATH=/bin\"] | $2" "$1/config.json" >"$1/changed"
	mv "$1/changed" "$1/config.json"
}

# A container in which runc makes another one: its first process is $outer, that of the other $inner.
make_containers() {
	local capabilities try
	[ "$(command -v runc jq busybox | wc -l)" = 3 ] || skip "needs the packages runc, jq and busybox-static"
	make_root outer/root "$(command -v runc)" "$NSTREE"
	make_root outer/root/inner/root
	change_spec outer/root/inner '.process.args = ["sleep", "1001"]
		| .linux.namespaces |= map(select(.type != "network"))
		| .mounts |= map(select(.destination | startswith("/sys") | not))'
	capabilities=$(setpriv --dump | sed -n 's/^Capability bounding set: //p' | tr ',' '\n' |
		sed 's/.*/CAP_\U&/' | jq -Rn '[inputs]')
	change_spec outer '.process.capabilities |= map_values($capabilities)
		| .root.readonly = false | del(.linux.maskedPaths, .linux.readonlyPaths)
		| .linux.resources.devices = [{allow: true, access: "rwm"}]
		| .mounts |= map(if .destination == "/sys/fs/cgroup" then .options -= ["ro"] else . end)
		| .process.args = ["/bin/sh", "-c", "runc run -b /inner inner >/inner/said 2>&1 & exec sleep 1000"]' \
		--argjson capabilities "$capabilities"
	container=nskit-tree-$$
	runc run --detach --bundle outer "$container" </dev/null >said 2>&1 3>&- ||
		{ container=''; skip "runc cannot make a container here: $(cat said)"; }
	outer=$(runc state "$container" | jq .pid)
	for try in {1..250}; do
		inner=$(runc ps --format json "$container" | jq '.[]' | while read -r inner; do
			[ "$(awk '$1 == "NSpid:" { print NF }' "/proc/$inner/status")" != 4 ] ||
				[ "$(cat "/proc/$inner/comm")" != sleep ] || echo "$inner"
		done 2>/dev/null)
		[ -z "$inner" ] || return 0
		sleep 0.02
	done
	skip "runc makes no container in a container here, tried $try times: $(cat outer/root/inner/said)"
}

@test "a container in a container: every view" {
	local view space number
	make_containers
	for view in "${views[@]}"; do
		python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" --more "$view" "$NSTREE"
	done
	# The container is named at its namespace; that in it is not known by a name of its own.
	"$NSTREE" -J --up "$inner" >tree 2>/dev/null
	space=$(inode_of "$outer" pid)
	number=$(awk '$1 == "NSpid:" { $1 = ""; print }' "/proc/$inner/status" | xargs | tr ' ' /)
	[ "$(jq -r '[.. | objects | select(.kind == "namespace")][1:]
		| map("\(.ns) \(.container)") | .[]' tree)" = "$space $container
$(inode_of "$inner" pid) $container" ] || { cat tree; return 1; }
	"$NSTREE" --up "1@$(inode_of "$inner" pid)" >text 2>/dev/null
	grep -x " *└─pid:\[$space\] $container" text
	grep -x " *└─pid:\[$(inode_of "$inner" pid)\]" text
	grep -x " *└─sleep $number" text
	# Nothing beside the way.
	[ "$(wc -l <text)" = "$(jq '[.. | objects | select(.kind)] | length' tree)" ]
	# By the container's name: its control groups, in each both.
	"$NSTREE" cgroup -J "@$container" >tree 2>/dev/null
	jq -e --argjson outer "$outer" --argjson inner "$inner" '[.cgroup[]
		| [recurse(.children[]?) | .pid] | (index($outer) and index($inner))] | length > 0 and all' tree
}

@test "a container in a container: from within" {
	local view
	make_containers
	# As the outer one numbers it, with a /proc of that PID namespace.
	for view in pid process session; do
		nsenter --target "$outer" --pid -- unshare --mount --mount-proc \
			python3 -B "$BATS_TEST_DIRNAME/nestjudge.py" --exact --more "$view" "$NSTREE"
	done
	# And with what it has itself.
	runc exec "$container" nstree >text 2>said </dev/null
	[ ! -s said ]
	head -n 1 text | grep -x "pid:\[$(inode_of "$outer" pid)\] this one, 3 processes\( (1 not shown: --all)\)\?"
	grep -x '.*`-sleep [0-9]*/1' text
	runc exec "$container" nstree -J --all </dev/null |
		jq -e --argjson space "$(inode_of "$inner" pid)" \
			'[.. | objects | select(.kind == "namespace") | .ns] | index($space) == 1 and length == 2'
}
