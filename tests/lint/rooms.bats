# SPDX-License-Identifier: GPL-2.0-or-later
# The rooms of the library: who may include whom, which libraries are seen where, what no room does.

setup() {
	cd "$NSKIT_SOURCE" || return
}

# Fails and shows them if there are any of the lines on stdin.
none() {
	local lines
	lines=$(cat)
	[ -z "$lines" ] || { echo "$lines"; return 1; }
}

# Lines of the room's files that include one of the rooms $2 (a|b|c).
includes() {
	grep -nE "^#[[:space:]]*include[[:space:]]+\"($2)/" -r "lib/$1" --include='*.[ch]' || true
}

# Includes of header $1 outside of the files $2...
strays() {
	local header=$1
	shift
	grep -lE "^#[[:space:]]*include[[:space:]]+<$header>" -r lib tools --include='*.[ch]' |
		grep -vxF "$(printf '%s\n' "$@")" || true
}

@test "base includes no other room" {
	includes base 'model|scan|act|show|tools' | none
}

@test "model includes base alone" {
	includes model 'scan|act|show|tools' | none
}

@test "scan, act and show do not know each other" {
	includes scan 'act|show|tools' | none
	[ ! -d lib/act ] || includes act 'scan|show|tools' | none
	includes show 'scan|act|tools' | none
}

@test "files are included by their room's name" {
	grep -nE '^#[[:space:]]*include[[:space:]]+"' -r lib --include='*.[ch]' |
		grep -vE 'include[[:space:]]+"(base|model|scan|act|show)/[a-z_]+\.h"' | none
}

@test "each foreign library is included where it is wrapped, and nowhere else" {
	strays 'libmount\.h' lib/scan/mounts.c | none
	strays '(blkid/)?blkid\.h' lib/scan/blkname.c | none
	strays 'libsmartcols\.h' lib/show/table.c | none
	strays 'jansson\.h' lib/scan/statefile.c lib/scan/record.c lib/show/json.c | none
	strays 'n?curses\.h' | none
}

@test "each header compiles alone" {
	local header
	for header in lib/*/*.h tools/*.h; do
		echo "#include \"$PWD/$header\"" |
			${NSKIT_CC:-cc} -std=gnu17 -D_GNU_SOURCE -Ilib -I. -Wall -Wextra -Werror -fsyntax-only -xc -
	done
}

# Objects of a room, as the build made them.
objects() {
	find "$NSKIT_BUILD/lib/$1" -name '*.o'
}

# Undefined symbols $2 (a regular expression) in the objects of the rooms $1.
calls() {
	objects "$1" | xargs -r nm -A -u | grep -E " U ($2)(@.*)?$" || true
}

@test "the library neither prints nor exits" {
	calls . '(__)?v?printf(_chk)?|puts|putchar|perror|psignal|(v?(warn|err)x?)|stderr|exit|_exit|_Exit|quick_exit|abort|__assert_fail' | none
	# A file that is called - is stdout.
	calls . stdout | grep -v '/base/fd\.o:' | none
}

@test "the model makes no system call" {
	calls model 'open(at)?(64)?|read|write|ioctl|syscall|f?stat(at)?(64)?|readlink(at)?|fopen(64)?|opendir|socket|get[a-z]*[ug]id|getpid|kill|mount|clone|fork|isatty|getenv' | none
}

@test "the library has no variable that changes" {
	if nm -u "$NSKIT_BUILD/libnskit.a" 2> /dev/null | grep -q __asan_init; then
		skip "sanitizers add variables of their own"
	fi
	objdump -t "$NSKIT_BUILD/libnskit.a" |
		grep -E ' O (\.data|\.bss|\.tdata|\.tbss|\*COM\*)' | grep -vE '\.data\.rel\.ro' | none
}
