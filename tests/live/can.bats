# SPDX-License-Identifier: GPL-2.0-or-later
# nstree user --can: what it says of a process and a namespace is what the kernel then does. Each actor
# (actors.c) has tried, and the errno that it got is the judge.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live

setup_file() {
	needs_root
	start_actors
	ask_all
}

teardown_file() {
	end_actors
}

teardown() {
	end_situations
}

# The actors last until teardown_file. What they tried is in the file "tried".
start_actors() {
	local actors status=0
	mkfifo "$BATS_FILE_TMPDIR/stdin"
	# Their stdin ends with the process that holds it open.
	sleep 3600 3>&- >"$BATS_FILE_TMPDIR/stdin" &
	echo "$!" >"$BATS_FILE_TMPDIR/holder"
	"$programs/actors" <"$BATS_FILE_TMPDIR/stdin" >"$BATS_FILE_TMPDIR/tried" \
		2>"$BATS_FILE_TMPDIR/stderr" 3>&- &
	actors=$!
	until grep -qx ready "$BATS_FILE_TMPDIR/tried" || has_ended "$actors"; do
		sleep 0.02
	done
	if ! grep -qx ready "$BATS_FILE_TMPDIR/tried"; then
		wait "$actors" || status=$?
		[ "$status" != 77 ] || skip "not here: $(cat "$BATS_FILE_TMPDIR/stderr")"
		echo "actors: exit $status: $(cat "$BATS_FILE_TMPDIR/stderr")"
		return 1
	fi
}

end_actors() {
	local holder
	[ -e "$BATS_FILE_TMPDIR/holder" ] || return 0
	holder=$(cat "$BATS_FILE_TMPDIR/holder")
	kill -KILL "$holder" 2>/dev/null || true
	wait 2>/dev/null || true
}

# Asks nstree about each pair (in an emulated guest every fourth: of an actor's three namespaces each
# is met); the file "said" has PID INODE RULE CAPABILITIES.
ask_all() {
	local pid type inode
	awk 'NF == 7 { print $3, $4, $5 }' "$BATS_FILE_TMPDIR/tried" | sort -u |
		awk -v step="${NSKIT_GUEST:+4}" 'NR % (step ? step : 1) == 0' >"$BATS_FILE_TMPDIR/pairs"
	while read -r pid type inode; do
		can "$pid" "$type:[$inode]"
	done <"$BATS_FILE_TMPDIR/pairs" >"$BATS_FILE_TMPDIR/answers"
	jq -r '.can[] | "\(.pid) \(.namespace) \(.rule) \(.capabilities // [] | join(","))"' \
		"$BATS_FILE_TMPDIR/answers" >"$BATS_FILE_TMPDIR/said"
}

# What nstree says, as JSON: can PROCESS NAMESPACE.
can() {
	"$NSKIT_BUILD/tools/nstree" user --can --json "$@" 2>/dev/null
}

# Every attempt for that capability at a namespace of that type ended as it was said, and of both ends
# there were some: agrees TYPE CAPABILITY.
agrees() {
	awk -v type="$1" -v capability="$2" '
		FILENAME ~ /said$/ { said[$1 " " $2] = $3 " ," $4 ","; next }
		FILENAME ~ /pairs$/ { asked[$1 " " $3]; next }
		$4 == type && $6 == capability && $3 " " $5 in asked {
			can = said[$3 " " $5]
			answer = index(can, "," capability ",") ? "yes" : "no"
			if (can == "" || answer != $7) {
				print $0 ", said: " can
				wrong++
			}
			seen[$7]++
		}
		END {
			print seen["yes"] + 0 " yes, " seen["no"] + 0 " no, " wrong + 0 " wrong"
			exit wrong || !seen["yes"] || !seen["no"]
		}' "$BATS_FILE_TMPDIR/pairs" "$BATS_FILE_TMPDIR/said" "$BATS_FILE_TMPDIR/tried"
}

# The number of the process or the inode of the namespace in the attempts of that actor at the
# namespaces of that type in that user namespace: pid_of ACTOR SPACE, target_of SPACE TYPE.
pid_of() {
	awk -v actor="$1" -v space="$2" '$1 == actor && $2 == space { print $3; exit }' \
		"$BATS_FILE_TMPDIR/tried"
}

target_of() {
	awk -v space="$1" -v type="$2" '$2 == space && $4 == type { print type ":[" $5 "]"; exit }' \
		"$BATS_FILE_TMPDIR/tried"
}

# rule_is ACTOR SPACE RULE: over the network namespace of that user namespace.
rule_is() {
	local text
	text=$(can "$(pid_of "$1" "$2")" "$(target_of "$2" net)")
	[ "$(jq -r '.can[0].rule' <<<"$text")" = "$3" ] || { echo "$1 $2 $3: $text"; return 1; }
}

@test "every pair has an answer" {
	[ "$(wc -l <"$BATS_FILE_TMPDIR/pairs")" -gt 100 ]
	[ "$(wc -l <"$BATS_FILE_TMPDIR/said")" = "$(wc -l <"$BATS_FILE_TMPDIR/pairs")" ]
	refute grep -w null "$BATS_FILE_TMPDIR/said"
}

@test "CAP_NET_ADMIN over a network namespace: SIOCGSKNS" { agrees net CAP_NET_ADMIN; }
@test "CAP_NET_RAW over a network namespace: a raw socket" { agrees net CAP_NET_RAW; }
@test "CAP_SYS_ADMIN over a UTS namespace: sethostname" { agrees uts CAP_SYS_ADMIN; }
@test "CAP_SYS_ADMIN over a user namespace: setns" { agrees user CAP_SYS_ADMIN; }
@test "CAP_KILL over a user namespace: a signal to another user" { agrees user CAP_KILL; }

@test "the rule is the one by which it is so" {
	rule_is root host member
	rule_is root-none host member
	rule_is alice host member
	rule_is root inner ancestor
	rule_is root-net alices ancestor
	rule_is carol inner ancestor
	rule_is alice alices creator
	rule_is alice innermost creator
	rule_is alice sibling creator
	rule_is bob alices ancestor
	rule_is root-none roots creator
	rule_is alices-none alices member
	rule_is alices-root inner ancestor
	rule_is alices-carol inner creator
	rule_is inner-alice innermost creator
	rule_is alices-root host none
	rule_is alices-root sibling none
	rule_is inner-root alices none
	rule_is sibling-root alices none
	rule_is bobs-alice alices none
}

@test "all that is said agrees with /proc and the ioctls" {
	local pid target file text
	pid=$(pid_of alices-carol inner)
	target=$(target_of inner net)
	text=$(can "$pid" "$target")
	file=/proc/$(awk '$1 == "inner-root" && $2 == "inner" { print $3; exit }' "$BATS_FILE_TMPDIR/tried")/ns
	jq -e --argjson pid "$pid" --argjson own "$(inode_of "$pid" user)" \
		--argjson governor "$(ask owner "$file/net")" --argjson net "$(inode_of "$pid" net)" \
		--argjson uid "$(stat -c %u "/proc/$pid")" '.can == [{
			pid: $pid, comm: "actors", uid: $uid, user_namespace: $own, namespace: $net,
			type: "net", governor: $governor, rule: "creator",
			capabilities: .can[0].capabilities, lacks: [],
			why: "it made user:[\($governor)] (uid \($uid)) and is in its parent" }]
		and (.can[0].capabilities | length) == 41 and .complete and .gaps == []' <<<"$text"
}

@test "an effective set is told bit by bit" {
	local pid text effective count=0
	pid=$(pid_of root host)
	text=$(can "$pid" "$(target_of host uts)")
	effective=$((16#$(sed -n 's/^CapEff:\t//p' "/proc/$pid/status")))
	for ((; effective; effective >>= 1)); do
		count=$((count + (effective & 1)))
	done
	[ "$(jq '.can[0].capabilities | length' <<<"$text")" = "$count" ]
	[ "$(jq '.can[0] | .capabilities + .lacks | length' <<<"$text")" = 41 ]
	pid=$(pid_of alice-raw host)
	text=$(can "$pid" "$(target_of host uts)")
	[ "$(jq -c '.can[0].capabilities' <<<"$text")" = '["CAP_KILL","CAP_NET_RAW"]' ]
}

@test "in words" {
	local pid own net owner
	pid=$(pid_of alices-dave alices)
	net=$(target_of alices net)
	own=$(readlink "/proc/$pid/ns/user")
	run --separate-stderr "$NSKIT_BUILD/tools/nstree" user --can "$pid" "$net"
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 3 ]
	[ "${lines[0]}" = "actors $pid (uid 100002, in $own) over $net, which $own owns:" ]
	[ "${lines[1]}" = "  CAP_NET_RAW, CAP_SYS_ADMIN: its effective set, since it is in $own" ]
	[ "${lines[2]}" = "  lacks: all but CAP_NET_RAW, CAP_SYS_ADMIN" ]
	pid=$(pid_of alice innermost)
	owner=$(target_of innermost user)
	run --separate-stderr "$NSKIT_BUILD/tools/nstree" user --can "$pid" "$owner"
	[ "${lines[0]}" = "actors $pid (uid 1000, in $(readlink /proc/self/ns/user)) over $owner:" ]
	[ "${lines[1]}" = "  all capabilities: it made $(target_of alices user) (uid 1000) and is in its parent; $owner is below that" ]
	[ "${lines[2]}" = "  lacks: none" ]
	pid=$(pid_of sibling-root alices)
	run --separate-stderr "$NSKIT_BUILD/tools/nstree" user --can "$pid" "$net"
	[ "${lines[1]}" = "  none: $own is not $(readlink "/proc/$pid/ns/user"), which it is in, and not below it" ]
	[ "${lines[2]}" = "  lacks: all" ]
}

@test "who may not look is told so" {
	local pid target
	pid=$(pid_of root alices)
	target=$(target_of host net)
	run --separate-stderr setpriv --reuid 1002 --regid 1002 --clear-groups \
		"$NSKIT_BUILD/tools/nstree" user --can "$pid" "$target"
	[ "$status" = 0 ]
	[[ ${lines[1]} == "  not known: its user namespace could not be read" ]]
	run --separate-stderr setpriv --reuid 1002 --regid 1002 --clear-groups \
		"$NSKIT_BUILD/tools/nstree" user --can --strict "$pid" "$target"
	[ "$status" = 5 ]
	setpriv --reuid 1002 --regid 1002 --clear-groups \
		"$NSKIT_BUILD/tools/nstree" user --can -J "$pid" "$target" 2>/dev/null |
		json_is '.can[0] | .rule == null and .capabilities == null and .lacks == null'
}

@test "from within a user namespace: nothing over what is hidden, all over its own" {
	local text
	text=$(unshare --user --map-root-user --uts bash -c '
		"$NSKIT_BUILD/tools/nstree" user --can --strict -J $$ /proc/$$/ns/net
		sethostname=$(hostname "$(hostname)" 2>&1) && echo yes
		"$NSKIT_BUILD/tools/nstree" user --can --strict -J $$ /proc/$$/ns/uts' 2>/dev/null)
	grep -v '^yes$' <<<"$text" | jq -s -e '
		(.[0].can[0] | .rule == "none" and .governor == null and .capabilities == [])
		and (.[1].can[0] | .rule == "member" and .lacks == [])'
	grep -qx yes <<<"$text"
}

@test "a hostile name is one line, and valid JSON" {
	local name=$'a) "\e[31m\n\x9b\xff' pid
	situation hostile "$name"
	pid=${made[pid]}
	[ "$(cat "/proc/$pid/comm")" = "$name" ]
	run --separate-stderr "$NSKIT_BUILD/tools/nstree" user --can "$pid" "/proc/$pid/ns/net"
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 3 ]
	[ "${lines[0]% (uid*}" = "a) \"\\x1b[31m\\x0a\\x9b\\xff $pid" ]
	can "$pid" "/proc/$pid/ns/net" | iconv -f UTF-8 -t UTF-8 |
		json_is ".can[0] | .pid == $pid and (.comm | startswith(\"a) \\\"\\u001b[31m\\n\"))"
}
