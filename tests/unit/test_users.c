/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users of a recorded tree, whose etc/passwd is data, and of this host, against users_scan. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "scan/source.h"

static void add_process(struct snapshot *snapshot, pid_t pid, uid_t uid, bool is_known)
{
	uint32_t index;

	assert_int_equal(snapshot_add_process(snapshot, pid, &index), 0);
	snapshot->processes[index].uid = uid;
	snapshot->processes[index].known = is_known ? PROCESS_UID : 0;
}

/* Scans with that passwd file (NULL: none), or this host where it is live. */
static void scan_users(const char *passwd, bool is_live, struct snapshot *snapshot)
{
	char root[] = "/tmp/nskit-users-XXXXXX", path[100];
	const struct needs needs = { .users = true };
	struct scan scan = { .needs = &needs, .snapshot = snapshot, .is_live = is_live };

	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/etc", root);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/etc/passwd", root);
	if (passwd) {
		FILE *stream = fopen(path, "we");
		assert_non_null(stream);
		assert_true(fputs(passwd, stream) >= 0);
		fclose(stream);
	}
	scan.root_fd = open(is_live ? "/" : root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(scan.root_fd >= 0);
	assert_int_equal(users_scan(&scan), 0);
	close(scan.root_fd);
	unlink(path);
	snprintf(path, sizeof(path), "%s/etc", root);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(root), 0);
}

static void expect_user(const struct snapshot *snapshot, uid_t uid, const char *name)
{
	size_t n_found = 0;

	for (size_t i = 0; i < snapshot->n_users; i++) {
		const struct user *user = &snapshot->users[i];
		if (user->uid != uid)
			continue;
		n_found++;
		if (name)
			assert_string_equal(user->name, name);
		else
			assert_null(user->name);
	}
	assert_int_equal(n_found, 1);
}

static void test_recorded(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t space;

	(void)state;
	snapshot_init(&snapshot);
	add_process(&snapshot, 1, 0, true);
	add_process(&snapshot, 2, 4294967290, true);
	add_process(&snapshot, 3, 1000, true);
	add_process(&snapshot, 4, 1000, true);
	add_process(&snapshot, 5, 7, false);
	assert_int_equal(snapshot_add_space(&snapshot, NS_USER, 4026532000, &space), 0);
	snapshot.spaces[space].owner_uid = 1001;
	snapshot.spaces[space].has_owner_uid = true;
	scan_users("operator:x:0:0::/:/bin/sh\nroot:x:0:0::/root:/bin/sh\n\n:x:1000:0::/:\n"
	           "few:x:1000\nmany:x:1000:0::/:/bin/sh:more\n-1:x:-1:0::/:\nn:x:01x:0::/:\n"
	           "alice:x:1000:1000:A:/home/alice:/bin/sh\nbob:x:1001:1001::/home/bob:",
	           false, &snapshot);
	assert_int_equal(snapshot.n_users, 4);
	expect_user(&snapshot, 0, "operator");
	expect_user(&snapshot, 4294967290, NULL);
	expect_user(&snapshot, 1000, "alice");
	expect_user(&snapshot, 1001, "bob");
}

static void test_no_passwd(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	add_process(&snapshot, 1, 0, true);
	scan_users(NULL, false, &snapshot);
	expect_user(&snapshot, 0, NULL);
}

static void test_live(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	add_process(&snapshot, 1, 0, true);
	add_process(&snapshot, 2, 4294967290, true);
	scan_users(NULL, true, &snapshot);
	expect_user(&snapshot, 0, "root");
	expect_user(&snapshot, 4294967290, NULL);
}

static void test_not_asked(void **state)
{
	auto_snapshot struct snapshot snapshot;
	const struct needs needs = { .names = true };
	struct scan scan = { .needs = &needs, .snapshot = &snapshot, .root_fd = -1 };

	(void)state;
	snapshot_init(&snapshot);
	add_process(&snapshot, 1, 0, true);
	assert_int_equal(users_scan(&scan), 0);
	assert_int_equal(snapshot.n_users, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_no_passwd),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
