/* SPDX-License-Identifier: GPL-2.0-or-later */
/* State files of containers, of which the tree has nothing but control groups and start times of
 * processes: the names that they give, and nothing but names. */
#include "fuzz.h"
#include "scan/scan.h"
#include "snapshot.h"
#include "tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_snapshot struct snapshot with = { 0 }, without = { 0 };
	struct scan_request request = { .needs = { .process = PROCESS_STAT | PROCESS_CGROUP } };
	char *root = tree_make(data, size);

	request.sysroot = root;
	snapshot_init(&with);
	snapshot_init(&without);
	int r = scan_take(&request, &without);
	request.needs.names = true;
	int r_with = scan_take(&request, &with);
	tree_remove(root);
	require(r_with == r);
	if (r < 0)
		return 0;
	check_snapshot(&with);
	check_saved(&with);
	require(with.n_processes == without.n_processes);
	require(with.n_containers >= without.n_containers);
	for (size_t i = 0; i < without.n_containers; i++)
		require(is_equal(with.containers[i].id, without.containers[i].id));
	for (size_t i = 0; i < without.n_processes; i++)
		require(without.processes[i].container == NONE ||
		        with.processes[i].container == without.processes[i].container);
	return 0;
}
