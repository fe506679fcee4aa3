/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Label and UUID of the devices behind the roots of mount namespaces. */
#include <blkid.h>

#include "scan/source.h"

static void put_cache_at_end(blkid_cache *cache)
{
	/* Nothing was changed in it, so nothing is written back. */
	if (*cache)
		blkid_put_cache(*cache);
}
#define auto_cache __attribute__((cleanup(put_cache_at_end)))

static void free_probe_at_end(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}
#define auto_probe __attribute__((cleanup(free_probe_at_end)))

static void end_iterate_at_end(blkid_tag_iterate *tags)
{
	if (*tags)
		blkid_tag_iterate_end(*tags);
}
#define auto_tags __attribute__((cleanup(end_iterate_at_end)))

static int note_tag(struct scan *scan, struct space *space, const char *name, const char *value)
{
	const char **place = is_equal(name, "LABEL")  ? &space->root_label
	                     : is_equal(name, "UUID") ? &space->root_uuid
	                                              : NULL;

	if (!place)
		return 0;
	*place = snapshot_intern(scan->snapshot, value, strlen(value));
	return *place ? 0 : -ENOMEM;
}

/* What is on record about the device; whether anything is. */
static int read_cache(struct scan *scan, struct space *space, blkid_cache cache, bool *ret)
{
	const char *name, *value;
	blkid_dev device = cache ? blkid_get_dev(cache, space->root_source, BLKID_DEV_FIND) : NULL;

	*ret = device != NULL;
	if (!device)
		return 0;
	auto_tags blkid_tag_iterate tags = blkid_tag_iterate_begin(device);
	while (tags && blkid_tag_next(tags, &name, &value) == 0) {
		int r = note_tag(scan, space, name, value);
		if (r < 0)
			return r;
	}
	return 0;
}

static int note_value(struct scan *scan, struct space *space, blkid_probe probe, const char *name)
{
	const char *value;

	if (blkid_probe_lookup_value(probe, name, &value, NULL) < 0)
		return 0;
	return note_tag(scan, space, name, value);
}

/* What the device itself says, where it may be read. */
static int read_device(struct scan *scan, struct space *space)
{
	auto_probe blkid_probe probe = blkid_new_probe_from_filename(space->root_source);

	if (!probe)
		return 0;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID);
	if (blkid_do_safeprobe(probe) != 0)
		return 0;
	int r = note_value(scan, space, probe, "LABEL");
	return r < 0 ? r : note_value(scan, space, probe, "UUID");
}

static int read_names(struct scan *scan, struct space *space, blkid_cache cache)
{
	bool is_cached;
	int r = read_cache(scan, space, cache, &is_cached);

	return r < 0 || is_cached ? r : read_device(scan, space);
}

int blkname_scan(struct scan *scan)
{
	auto_cache blkid_cache cache = NULL;
	auto_map struct map seen = { 0 };

	if (!scan->is_this_host || !(scan->needs->space & SPACE_ROOT_LABEL))
		return 0;
	if (blkid_get_cache(&cache, NULL) < 0)
		cache = NULL;
	for (uint32_t i = 0; i < scan->snapshot->n_spaces; i++) {
		struct space *space = &scan->snapshot->spaces[i];
		if (!space->root_source || !has_prefix(space->root_source, "/dev/"))
			continue;
		/* Equal texts of a snapshot are one. */
		uint64_t key = (uintptr_t)space->root_source;
		uint32_t known = map_find(&seen, key);
		int r = known == NONE ? read_names(scan, space, cache) : 0;
		if (known != NONE) {
			space->root_label = scan->snapshot->spaces[known].root_label;
			space->root_uuid = scan->snapshot->spaces[known].root_uuid;
		} else if (r == 0) {
			r = map_put(&seen, key, i);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

const char *scan_block_library_version(void)
{
	const char *version = "";

	blkid_get_library_version(&version, NULL);
	return version;
}
