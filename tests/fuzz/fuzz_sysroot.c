/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --sysroot: a host's tree of any files: processes, threads, descriptors, mount tables, users and
 * state files of containers. */
#include "fuzz.h"
#include "scan/scan.h"
#include "snapshot.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_snapshot struct snapshot snapshot = { 0 };
	struct scan_request request = { .needs = scan_everything() };
	char *root = tree_make(data, size);

	request.sysroot = root;
	snapshot_init(&snapshot);
	int r = scan_take(&request, &snapshot);
	tree_remove(root);
	require(r == 0 || r == -ENOENT || r == -ENOTDIR || r == -ELOOP);
	if (r < 0)
		return 0;
	check_snapshot(&snapshot);
	check_holders(&snapshot);
	check_saved(&snapshot);
	check_view(&snapshot, size);
	return 0;
}
