# SPDX-License-Identifier: GPL-2.0-or-later
# The manual page has the options of --help and the columns of --list-columns, and nothing else.

setup() {
	cd "$NSKIT_SOURCE" || return
	[ -x "$NSLIST" ] || { echo "no $NSLIST"; return 1; }
}

# Shows what only one of the two lists has.
same() {
	diff -u --label "$1" --label "$3" <(sort -u <<< "$2") <(sort -u <<< "$4")
}

# Options as lines "-t --type", those of --help and those of the manual page.
help_options() {
	"$NSLIST" --help | sed -nE 's/^  (-[A-Za-z]), (--[a-z-]+).*/\1 \2/p; s/^      (--[a-z-]+).*/\1/p'
}
manual_options() {
	sed -nE 's/^\.It Fl ([A-Za-z]) , -([a-z-]+).*/-\1 --\2/p; s/^\.It Fl -([a-z-]+).*/--\1/p' man/nslist.1
}

help_columns() {
	"$NSLIST" --list-columns --raw --noheadings | cut -d' ' -f1
}
manual_columns() {
	sed -n '/^\.Sh COLUMNS/,/^\.Sh EXIT/p' man/nslist.1 | sed -nE 's/^\.It (Cm|Sy|Li) //p' |
		tr -s ' ,' '\n' | grep -E '^[A-Z0-9_]+$'
}

@test "nslist(1) has every option of --help, and no other" {
	[ "$(help_options | wc -l)" -gt 20 ]
	same --help "$(help_options)" 'nslist(1)' "$(manual_options)"
}

@test "nslist(1) has every column of --list-columns, and no other" {
	[ "$(help_columns | wc -l)" -gt 20 ]
	same --list-columns "$(help_columns)" 'nslist(1)' "$(manual_columns)"
}
