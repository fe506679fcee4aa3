# SPDX-License-Identifier: GPL-2.0-or-later
# What every source file has, and what none has.

setup() {
	cd "$NSKIT_SOURCE" || return
}

none() {
	local lines
	lines=$(cat)
	[ -z "$lines" ] || { echo "$lines"; return 1; }
}

# Every script of the project, bats files apart.
scripts() {
	grep -lsE '^#!/bin/(ba)?sh' bootstrap .ci/* -r tests
}

@test "the library is LGPL-2.1-or-later, each file says so" {
	grep -LE 'SPDX-License-Identifier: LGPL-2\.1-or-later' -r lib --include='*.[ch]' --include=local.mk | none
}

@test "all else is GPL-2.0-or-later, each file says so" {
	{
		find tools tests -name '*.[ch]' -o -name '*.bats' -o -name '*.bash' -o -name '*.sh'
		find tools man completion schema tests -name local.mk
		find man -name '*.[1-8]'
		scripts
		ls Makefile.am configure.ac m4/nskit.m4
	} | sort -u | xargs grep -L 'SPDX-License-Identifier: GPL-2\.0-or-later' | none
}

@test "a file of the library or of a tool is at most 600 lines" {
	find lib tools -name '*.[ch]' -exec awk 'END { if (FNR > 600) print FILENAME ": " FNR " lines" }' {} \; | none
}

@test "a function is at most 60 lines" {
	find lib tools tests -name '*.c' -exec awk '
		FNR == 1 { start = 0 }
		/^\{/ { start = FNR }
		/^\}/ && start { if (FNR - start > 60) print FILENAME ":" start ": " FNR - start " lines"; start = 0 }
	' {} + | none
}

@test "no jumps, no notes to self, no memory on the stack by the byte" {
	grep -nE '\b(goto|alloca|TODO|FIXME|XXX|HACK)\b' -r lib tools --include='*.[ch]' | none
}

@test "every file that is compiled is listed, and every unit test is built" {
	local file name
	for file in lib/*/*.[ch] tools/*.[ch]; do
		grep -qF "%D%/${file##*/}" "${file%/*}/local.mk" || echo "$file"
	done | none
	for file in tests/unit/test_*.c; do
		name=${file##*/}
		grep -qF "%D%/unit/${name%.c}" tests/local.mk || echo "$file"
	done | none
}
