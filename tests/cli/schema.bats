# SPDX-License-Identifier: GPL-2.0-or-later
# What is written as JSON is what the schemas say, and the schemas say what columns there are.
load common

# keep SCHEMA WORD...: stdin is to be valid by schema/SCHEMA; the words say what it is. Python takes longer to
# start than to read most of them, so `all_valid` looks at all that a test has kept.
keep() {
	local document

	mkdir -p "$BATS_TEST_TMPDIR/documents"
	document=$(mktemp "$BATS_TEST_TMPDIR/documents/$1.XXXXXX")
	{ echo "${*:2}"; cat; } >"$document"
}

# Whether all are valid that were kept, at least one; the first few errors of each otherwise.
all_valid() {
	local status=0

	python3 -c '
import json, os, sys
from jsonschema import Draft7Validator
schemas, documents = sys.argv[1:]
validators = {}
invalid = 0
for name in sorted(os.listdir(documents)):
    which = name.split(".")[0]
    if which not in validators:
        schema = json.load(open(f"{schemas}/{which}.schema.json"))
        Draft7Validator.check_schema(schema)
        validators[which] = Draft7Validator(schema)
    with open(f"{documents}/{name}") as document:
        label = document.readline().strip()
        try:
            errors = list(validators[which].iter_errors(json.load(document)))
        except ValueError as error:
            print(f"{which}: {label}: no JSON: {error}")
            invalid += 1
            continue
    invalid += bool(errors)
    for error in errors[:3]:
        print(f"{which}: {label}:", list(error.absolute_path), str(error.message)[:300])
        for cause in error.context[:6]:
            print("  ", list(cause.absolute_path), str(cause.message)[:200])
sys.exit(bool(invalid))
' "$NSKIT_SOURCE/schema" "$BATS_TEST_TMPDIR/documents" || status=$?
	rm -rf "$BATS_TEST_TMPDIR/documents"
	return "$status"
}

# Whether stdin is valid by schema/$1.
is_valid() {
	keep "$1" stdin
	all_valid
}

# Every view of a tree, with every column.
keep_views() {
	local view

	for view in '' '-T=owner' '-T=parent' '-T=process' '-P' '-t net' '--why' '--scan process' '-Q NPROCS>1'; do
		# shellcheck disable=SC2086 # several words on purpose
		"$NSLIST" "$@" -J --output-all $view 2>/dev/null | keep nslist "nslist $* -J --output-all $view"
	done
	"$NSLIST" "$@" -J 2>/dev/null | keep nslist "nslist $* -J"
}

# Every view of nstree as a tree and as a list, with its own columns and with all.
keep_trees() {
	local view options

	for view in pid process user session cgroup; do
		for options in '' --list '--output-all --all --threads' '--output-all --all --list'; do
			# shellcheck disable=SC2086 # several words on purpose
			"$NSTREE" "$@" -J $options "$view" 2>/dev/null | keep nstree "nstree $* -J $options $view"
		done
	done
	for options in '--output-all user --details' '--depth 1' '-Q KIND=="nosuch"'; do
		# shellcheck disable=SC2086 # several words on purpose
		"$NSTREE" "$@" -J $options 2>/dev/null | keep nstree "nstree $* -J $options"
	done
}

# Who would be signalled, by each kind of scope, with the columns of that and with all.
keep_rehearsals() {
	local target options code json=$BATS_TEST_TMPDIR/json

	for target in 4560 '-s 2000' '-T 4480' '-p 5000' '-N 4560' '-N=net 4560' '-c 2000' @web-5d7 4026532402; do
		for options in '' --output-all '-KILL --output-all' "-Q UID==33"; do
			code=0
			# shellcheck disable=SC2086 # several words on purpose
			"$PGKILL" -n "$@" -J $options $target 2>/dev/null >"$json" || code=$?
			# Where nobody matches there is no document.
			[ "$code" = 3 ] || keep pgkill "pgkill -n $* -J $options $target" <"$json"
		done
	done
}

setup() {
	python3 -c 'import jsonschema' 2>/dev/null || skip "needs the package python3-jsonschema"
}

@test "namespaces, in every view" {
	needs_root
	keep_views --sysroot "$(fixture small)"
	all_valid
}

@test "namespaces with hostile names" {
	needs_root
	keep_views --sysroot "$(fixture hostile)"
	all_valid
}

@test "namespaces of this host" {
	keep_views
	all_valid
}

@test "processes of a namespace, numbers of a process, columns" {
	needs_root
	"$NSLIST" --sysroot "$(fixture small)" -J --output-all 4026532301 2>/dev/null | keep nslist
	"$NSLIST" --sysroot "$(fixture small)" -J --pid 41 2>/dev/null | keep nslist
	"$NSLIST" -J -H | keep nslist
	all_valid
}

@test "a saved snapshot" {
	needs_root
	"$NSLIST" --sysroot "$(fixture small)" --save - 2>/dev/null | keep snapshot
	"$NSLIST" --sysroot "$(fixture hostile)" --save - 2>/dev/null | keep snapshot
	"$NSLIST" --save - 2>/dev/null | keep snapshot
	all_valid
}

@test "trees, in every view" {
	keep_trees --load "$(snapshot_fixture nest)"
	all_valid
}

@test "trees of hostile names, of a recorded host" {
	needs_root
	keep_trees --sysroot "$(fixture small)"
	keep_trees --sysroot "$(fixture hostile)"
	all_valid
}

@test "trees of this host" {
	keep_trees
	"$NSTREE" -J -H | keep nstree
	all_valid
}

@test "stopped groups that are orphaned, capabilities" {
	local nest pair

	nest=$(snapshot_fixture nest)
	"$NSTREE" --load "$nest" -J session --orphaned 2>/dev/null | keep nstree
	# A member, one in an ancestor, one that is neither.
	for pair in '3001 user:[4026532403]' '1 user:[4026532403]' '3001 net:[4026531833]'; do
		# shellcheck disable=SC2086 # two words on purpose
		"$NSTREE" --load "$nest" -J user --can $pair 2>/dev/null | keep nstree "$pair"
	done
	"$NSTREE" -J user --can $$ "/proc/$$/ns/net" 2>/dev/null | keep nstree
	all_valid
}

@test "who would be signalled" {
	local sleeper

	keep_rehearsals --load "$(snapshot_fixture nest)"
	"$PGKILL" -J -H | keep pgkill
	sleep 60 3>&- &
	sleeper=$!
	"$PGKILL" -n -J --output-all -p "$sleeper" 2>/dev/null >"$BATS_TEST_TMPDIR/json"
	kill "$sleeper"
	keep pgkill "a sleeper" <"$BATS_TEST_TMPDIR/json"
	jq -e '.processes[0].effect == "ends"' "$BATS_TEST_TMPDIR/json"
	all_valid
}

@test "each schema has every column of its tool, and no other" {
	diff -u <("$NSLIST" -H -J | jq -r '.columns[].name | ascii_downcase' | sort) \
		<(jq -r '.definitions.row.properties | keys[] | select(. != "children")' \
			"$NSKIT_SOURCE/schema/nslist.schema.json" | sort)
	for row in row flat_row; do
		diff -u <("$NSTREE" -H -J | jq -r '.columns[].name | ascii_downcase' | sort) \
			<(jq -r --arg row "$row" '.definitions[$row].properties | keys[] |
				select(. != "children" and . != "parent")' \
				"$NSKIT_SOURCE/schema/nstree.schema.json" | sort)
	done
	diff -u <("$PGKILL" -H -J | jq -r '.columns[].name | ascii_downcase' | sort) \
		<(jq -r '.definitions.row.properties | keys[]' "$NSKIT_SOURCE/schema/pgkill.schema.json" | sort)
}

@test "a column that both have is the same in both schemas" {
	diff -u <(jq -S '.definitions | {gap, holder, columns: (.row.properties | del(.children))}' \
		"$NSKIT_SOURCE/schema/nslist.schema.json") \
		<(jq -S --slurpfile other "$NSKIT_SOURCE/schema/nslist.schema.json" \
			'.definitions | {gap, holder, columns: (.columns.properties |
				with_entries(select(.key as $key | $other[0].definitions.row.properties | has($key))))}' \
			"$NSKIT_SOURCE/schema/nstree.schema.json")
	diff -u <(jq -S --slurpfile other "$NSKIT_SOURCE/schema/pgkill.schema.json" \
		'.definitions | {gap, holder, columns: (.columns.properties |
			with_entries(select(.key as $key | $other[0].definitions.row.properties | has($key))))}' \
		"$NSKIT_SOURCE/schema/nstree.schema.json") \
		<(jq -S '.definitions | {gap, holder, columns: (.row.properties |
			del(.effect, .sent, .ended, .exitcode, .endsignal, .after, .detail))}' \
			"$NSKIT_SOURCE/schema/pgkill.schema.json")
}

@test "the manual page says which keys each view has where none are chosen" {
	local view nest

	nest=$(snapshot_fixture nest)
	for view in pid process user session cgroup; do
		diff -u <(sed -n '/^\.Sh JSON/,/^\.Sh COLUMNS/p' "$NSKIT_SOURCE/man/nstree.1" |
			grep -A 1 -x "\.It Cm $view" | tail -n 1 | tr 'A-Z ' 'a-z\n') \
			<("$NSTREE" --load "$nest" -J -l "$view" | jq -r ".${view}[0] | keys_unsorted[] | select(. != \"parent\")")
	done
	diff -u <(sed -n '/^\.Sh JSON/,/^\.Sh COLUMNS/p' "$NSKIT_SOURCE/man/pgkill.1" |
		grep -A 1 -x '\.It Cm --dry-run' | tail -n 1 | tr 'A-Z ' 'a-z\n') \
		<("$PGKILL" -n --load "$nest" -J 4560 | jq -r '.processes[0] | keys_unsorted[]')
}

@test "the schema can refuse: a key or a type that is not there" {
	not is_valid nslist <<<'{"namespaces": [{"nosuch": 1}], "complete": true, "gaps": []}'
	not is_valid nslist <<<'{"namespaces": [{"nprocs": "1"}], "complete": true, "gaps": []}'
	not is_valid nslist <<<'{"namespaces": [], "gaps": []}'
	not is_valid nstree <<<'{"pid": [{"nosuch": 1, "children": []}], "complete": true, "gaps": []}'
	not is_valid nstree <<<'{"pid": [{"pid": "1", "children": []}], "complete": true, "gaps": []}'
	not is_valid nstree <<<'{"pid": [{"pid": 1}], "complete": true, "gaps": []}'
	not is_valid nstree <<<'{"pid": [{"pid": 1, "children": [], "parent": null}], "complete": true, "gaps": []}'
	not is_valid nstree <<<'{"pid": [{"kind": "link", "children": []}], "complete": true, "gaps": []}'
	not is_valid nstree <<<'{"net": [], "complete": true, "gaps": []}'
	not is_valid nstree <<<'{"can": [], "complete": true, "gaps": []}'
	is_valid nstree <<<'{"pid": [], "complete": true, "gaps": []}'
	not is_valid pgkill <<<'{"processes": [{"nosuch": 1}], "complete": true, "gaps": []}'
	not is_valid pgkill <<<'{"processes": [{"sent": "TERM"}], "complete": true, "gaps": []}'
	not is_valid pgkill <<<'{"processes": [{"ended": "by itself"}], "complete": true, "gaps": []}'
	not is_valid pgkill <<<'{"processes": [], "gaps": []}'
	is_valid pgkill <<<'{"processes": [{"ended": "exit 3", "sent": ["TERM", "RTMIN+3"]}], "complete": true, "gaps": []}'
	not is_valid snapshot <<<'{"format": "other"}'
}
