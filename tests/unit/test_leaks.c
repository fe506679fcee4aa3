/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scanning, saving and loading leave the same descriptors open that were open before, also where
 * they fail. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/fd.h"
#include "scan/load.h"
#include "scan/lookup.h"
#include "scan/scan.h"
#include "show/save.h"

/* Far above what a test has open by itself. */
#define MAX_FDS 1024

/* What is open, by number. */
struct open_fds {
	bool is_open[MAX_FDS];
};

static struct open_fds look(void)
{
	struct open_fds ret = { 0 };

	for (int fd = 0; fd < MAX_FDS; fd++)
		ret.is_open[fd] = fcntl(fd, F_GETFD) >= 0;
	return ret;
}

static void assert_as_before(const struct open_fds *before)
{
	const struct open_fds after = look();

	for (int fd = 0; fd < MAX_FDS; fd++) {
		if (after.is_open[fd] != before->is_open[fd])
			fail_msg("descriptor %d was %s", fd,
			         after.is_open[fd] ? "left open" : "closed");
	}
}

static int scan(const char *sysroot, const struct needs *needs)
{
	const struct scan_request request = { .sysroot = sysroot, .needs = *needs };
	auto_snapshot struct snapshot snapshot;

	snapshot_init(&snapshot);
	return scan_take(&request, &snapshot);
}

static void test_scan(void **state)
{
	(void)state;
	const struct needs everything = scan_everything();
	const struct open_fds before = look();

	for (int i = 0; i < 2; i++) {
		assert_int_equal(scan(NULL, &everything), 0);
		assert_as_before(&before);
	}
}

static void test_scan_of_each_type(void **state)
{
	(void)state;
	const struct open_fds before = look();

	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		struct needs needs = scan_everything();

		needs.types = NS_BIT(type);
		assert_int_equal(scan(NULL, &needs), 0);
		assert_as_before(&before);
	}
}

static void test_scan_of_each_source(void **state)
{
	(void)state;
	const struct open_fds before = look();

	for (unsigned sources = 0; sources <= SOURCE_ALL; sources++) {
		struct needs needs = scan_everything();

		needs.sources = sources;
		assert_int_equal(scan(NULL, &needs), 0);
		assert_as_before(&before);
	}
}

static void test_scan_elsewhere(void **state)
{
	(void)state;
	const struct needs everything = scan_everything();
	const struct open_fds before = look();

	assert_int_equal(scan("/", &everything), 0);
	assert_as_before(&before);
	assert_int_equal(scan("/nonexistent", &everything), -ENOENT);
	assert_as_before(&before);
	assert_int_equal(scan("/dev/null", &everything), -ENOTDIR);
	assert_as_before(&before);
	assert_int_equal(scan("/proc", &everything), -ENOENT);
	assert_as_before(&before);
}

/* Every open that can fail does so once: no more descriptors. */
static void test_scan_without_descriptors(void **state)
{
	(void)state;
	const struct needs everything = scan_everything();
	const struct open_fds before = look();
	struct rlimit limit, low;
	rlim_t first = 0;
	bool has_failed = false;

	while (before.is_open[first])
		first++;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	for (low = limit, low.rlim_cur = first; low.rlim_cur < first + 16; low.rlim_cur++) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
		const int r = scan(NULL, &everything);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		assert_true(r == 0 || r == -EMFILE);
		has_failed = has_failed || r < 0;
		assert_as_before(&before);
	}
	assert_true(has_failed);
}

/* Saves what there is; returns the size. */
static size_t save(const char *path)
{
	const struct needs everything = scan_everything();
	const struct scan_request request = { .needs = everything };
	auto_snapshot struct snapshot snapshot;
	FILE *stream = fopen(path, "we");
	long size;

	assert_non_null(stream);
	snapshot_init(&snapshot);
	assert_int_equal(scan_take(&request, &snapshot), 0);
	assert_int_equal(save_snapshot(stream, &snapshot), 0);
	size = ftell(stream);
	assert_true(size > 0);
	assert_int_equal(fclose(stream), 0);
	return (size_t)size;
}

static int load(const char *path)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const char *error = NULL;

	snapshot_init(&snapshot);
	return load_snapshot(&arena, path, &snapshot, &error);
}

static void test_save_and_load(void **state)
{
	(void)state;
	char path[] = "/tmp/nskit-test-XXXXXX";
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	const struct open_fds before = look();
	const size_t size = save(path);
	assert_as_before(&before);
	assert_int_equal(load(path), 0);
	assert_as_before(&before);
	for (size_t part = 0; part < 16; part++) {
		assert_int_equal(truncate(path, (off_t)(size - 2 - size / 16 * part)), 0);
		assert_int_equal(load(path), -EBADMSG);
		assert_as_before(&before);
	}
	unlink(path);
	assert_int_equal(load(path), -ENOENT);
	assert_int_equal(load("/"), -EISDIR);
	assert_as_before(&before);
}

static void look_up(const char *text, const char *sysroot)
{
	auto_arena struct arena arena = { 0 };
	const struct open_fds before = look();
	struct target target;
	const char *error = NULL;

	assert_int_equal(target_parse(&arena, text, &target, &error), 0);
	/* Whether it is there depends on the machine. */
	const int r = lookup_path(&arena, sysroot, &target, &error);
	assert_true(r <= 0);
	assert_as_before(&before);
}

static void test_lookup(void **state)
{
	(void)state;
	static const char *const paths[] = { "/proc/self/ns/net", "/proc/1/ns/mnt",
		                             "/sys/fs/cgroup",    "/etc/passwd",
		                             "/nonexistent",      "/dev/tty",
		                             "/run/netns/blue" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		look_up(paths[i], NULL);
		look_up(paths[i], "/");
		look_up(paths[i], "/nonexistent");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scan),
		cmocka_unit_test(test_scan_of_each_type),
		cmocka_unit_test(test_scan_of_each_source),
		cmocka_unit_test(test_scan_elsewhere),
		cmocka_unit_test(test_scan_without_descriptors),
		cmocka_unit_test(test_save_and_load),
		cmocka_unit_test(test_lookup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
