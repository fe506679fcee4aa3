# SPDX-License-Identifier: GPL-2.0-or-later
# The manual page of each tool has the options of --help and the columns of --list-columns, and nothing
# else.

tools=(nslist nstree pgkill)

setup() {
	cd "$NSKIT_SOURCE" || return
	folder=$(dirname -- "$NSLIST")
	for tool in "${tools[@]}"; do
		[ -x "$folder/$tool" ] || { echo "no $folder/$tool"; return 1; }
	done
}

# Shows what only one of the two lists has.
same() {
	[ "$(wc -l <<< "$2")" -gt 20 ] || { echo "$1: only $2"; return 1; }
	diff -u --label "$1" --label "$3" <(sort -u <<< "$2") <(sort -u <<< "$4")
}

# Options as lines "-t --type", those of --help and those of the manual page.
help_options() {
	"$folder/$1" --help | sed -nE 's/^  (-[A-Za-z]), (--[a-z-]+).*/\1 \2/p; s/^      (--[a-z-]+).*/\1/p'
}
manual_options() {
	sed -nE 's/^\.It Fl ([A-Za-z]) , -([a-z-]+).*/-\1 --\2/p; s/^\.It Fl -([a-z-]+).*/--\1/p' "man/$1.1"
}

help_columns() {
	"$folder/$1" --list-columns --raw --noheadings | cut -d' ' -f1
}
manual_columns() {
	sed -n '/^\.Sh COLUMNS/,/^\.Sh EXIT/p' "man/$1.1" | sed -nE 's/^\.It (Cm|Sy|Li) //p' |
		tr -s ' ,' '\n' | grep -E '^[A-Z0-9_]+$'
}

@test "every option of --help is in the manual page, and no other" {
	for tool in "${tools[@]}"; do
		same "$tool --help" "$(help_options "$tool")" "$tool(1)" "$(manual_options "$tool")" || return
	done
}

@test "every column of --list-columns is in the manual page, and no other" {
	for tool in "${tools[@]}"; do
		same "$tool --list-columns" "$(help_columns "$tool")" "$tool(1)" "$(manual_columns "$tool")" || return
	done
}
