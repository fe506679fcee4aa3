/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saved snapshots: one that loads keeps every promise and can be shown, another one is refused with
 * a reason. */
#include "fuzz.h"
#include "model/effect.h"
#include "scan/load.h"
#include "snapshot.h"

/* Whatever is said of a process, a signal has some effect on it, which can be said. */
static void check_effects(const struct snapshot *snapshot, size_t size)
{
	auto_arena struct arena arena = { 0 };

	for (uint32_t i = 0; i < snapshot->n_processes; i++) {
		const int number = (int)((size + i) % 66);
		const enum effect effect = effect_of(snapshot, i, number, size & 1);
		require(effect < EFFECT_N && effect_text(&arena, snapshot, i, effect));
		require(snapshot_find_signals(snapshot, i) || effect == EFFECT_UNKNOWN ||
		        effect == EFFECT_IGNORED || number == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_snapshot struct snapshot snapshot = { 0 };
	auto_arena struct arena arena = { 0 };
	const char *error = NULL;

	snapshot_init(&snapshot);
	int r = load_snapshot(&arena, memory_file(data, size), &snapshot, &error);
	require(r == 0 || r == -EBADMSG);
	if (r < 0) {
		require(error && *error && fuzz_is_printable(error, ""));
		return 0;
	}
	check_snapshot(&snapshot);
	check_holders(&snapshot);
	check_saved(&snapshot);
	check_view(&snapshot, size);
	check_effects(&snapshot, size);
	require(snapshot_restrict(&snapshot, size % (SOURCE_ALL + 1)) == 0);
	check_snapshot(&snapshot);
	check_holders(&snapshot);
	return 0;
}
