# SPDX-License-Identifier: GPL-2.0-or-later
# What once went wrong: processes that want to lead a scan astray or to hold it up, and conditions under
# which something was overlooked without a word.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load live

setup() {
	needs_root
}

teardown() {
	end_situations
}

@test "of a command line that claims to have terabytes the start is read" {
	situation command-line $((1 << 40))
	local inode=${made[inode]}

	(
		ulimit -v $((1 << 20))
		timeout 60 "$NSLIST" -J -o COMMAND -Q "NS == $inode" >"$BATS_TEST_TMPDIR/rows"
	)
	[ "$(jq -r '.namespaces[].command' "$BATS_TEST_TMPDIR/rows")" = claimed ]
}
