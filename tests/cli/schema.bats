# SPDX-License-Identifier: GPL-2.0-or-later
# What is written as JSON is what the schemas say, and the schemas say what columns there are.
load common

# Whether stdin is valid by schema/$1; the first few errors otherwise.
is_valid() {
	python3 -c '
import json, sys
from jsonschema import Draft7Validator
schema = json.load(open(sys.argv[1]))
Draft7Validator.check_schema(schema)
errors = list(Draft7Validator(schema).iter_errors(json.load(sys.stdin)))
for error in errors[:3]:
    print(list(error.absolute_path), str(error.message)[:300])
    for cause in error.context[:6]:
        print("  ", list(cause.absolute_path), str(cause.message)[:200])
sys.exit(bool(errors))
' "$NSKIT_SOURCE/schema/$1.schema.json"
}

# Every view of a tree, with every column.
views_are_valid() {
	local view

	for view in '' '-T=owner' '-T=parent' '-T=process' '-P' '-t net' '--why' '--scan process' '-Q NPROCS>1'; do
		# shellcheck disable=SC2086 # several words on purpose
		"$NSLIST" "$@" -J --output-all $view 2>/dev/null | is_valid nslist ||
			{ echo "view: $view"; return 1; }
	done
	"$NSLIST" "$@" -J 2>/dev/null | is_valid nslist
}

setup() {
	python3 -c 'import jsonschema' 2>/dev/null || skip "needs the package python3-jsonschema"
}

@test "namespaces, in every view" {
	needs_root
	views_are_valid --sysroot "$(fixture small)"
}

@test "namespaces with hostile names" {
	needs_root
	views_are_valid --sysroot "$(fixture hostile)"
}

@test "namespaces of this host" {
	views_are_valid
}

@test "processes of a namespace, numbers of a process, columns" {
	needs_root
	"$NSLIST" --sysroot "$(fixture small)" -J --output-all 4026532301 2>/dev/null | is_valid nslist
	"$NSLIST" --sysroot "$(fixture small)" -J --pid 41 2>/dev/null | is_valid nslist
	"$NSLIST" -J -H | is_valid nslist
}

@test "a saved snapshot" {
	needs_root
	"$NSLIST" --sysroot "$(fixture small)" --save - 2>/dev/null | is_valid snapshot
	"$NSLIST" --sysroot "$(fixture hostile)" --save - 2>/dev/null | is_valid snapshot
	"$NSLIST" --save - 2>/dev/null | is_valid snapshot
}

@test "the schema can refuse: a key or a type that is not there" {
	not is_valid nslist <<<'{"namespaces": [{"nosuch": 1}], "complete": true, "gaps": []}'
	not is_valid nslist <<<'{"namespaces": [{"nprocs": "1"}], "complete": true, "gaps": []}'
	not is_valid nslist <<<'{"namespaces": [], "gaps": []}'
	not is_valid snapshot <<<'{"format": "other"}'
}
