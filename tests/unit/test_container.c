/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recorded /proc/PID/cgroup texts of every runtime, and hostile ones, against container.h. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/arena.h"
#include "model/container.h"

#define HEX64 "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4f72b9807785afee48bb"

/* One case of a fixture: "case:", "line:" as often as there are lines, and what is expected. */
struct fixture_case {
	char title[200], role[40], runtime[60], id[300], name[300], namespace[100], pod_uid[100];
	char kubernetes[30], cgroup[1000], path[1000], unit[300];
	char text[8000];
};

static const char *const role_names[] = {
	[CONTAINER_NONE] = "none",
	[CONTAINER_PAYLOAD] = "payload",
	[CONTAINER_SUPERVISOR] = "supervisor",
};

static void expect_text(const char *file, const struct fixture_case *c, const char *key,
                        const char *found, const char *wanted)
{
	if (*wanted ? !found || strcmp(found, wanted) != 0 : found != NULL)
		fail_msg("%s: %s: %s is %s, not %s", file, c->title, key, found ? found : "NULL",
		         *wanted ? wanted : "NULL");
}

static void check_case(const char *file, const struct fixture_case *c)
{
	auto_arena struct arena arena = { 0 };
	struct container found;
	enum container_role role;

	assert_int_equal(container_identify(&arena, c->text, &found, &role), 0);
	expect_text(file, c, "role", role_names[role], c->role);
	expect_text(file, c, "runtime", found.runtime, c->runtime);
	expect_text(file, c, "id", found.id, c->id);
	expect_text(file, c, "name", found.name, c->name);
	expect_text(file, c, "namespace", found.pod_namespace, c->namespace);
	expect_text(file, c, "pod-uid", found.pod_uid, c->pod_uid);
	expect_text(file, c, "kubernetes", found.is_kubernetes ? "yes" : NULL, c->kubernetes);
	expect_text(file, c, "cgroup", found.cgroup, c->cgroup);
	expect_text(file, c, "path", container_cgroup_path(&arena, c->text), c->path);
	expect_text(file, c, "unit", container_unit(&arena, c->text), c->unit);
	assert_false(found.is_sandbox);
	assert_int_equal(found.first_process, NONE);
}

static void set_key(const char *file, struct fixture_case *c, const char *line)
{
	const struct {
		const char *key;
		char *value;
		size_t size;
	} keys[] = {
		{ "case: ", c->title, sizeof(c->title) },
		{ "role: ", c->role, sizeof(c->role) },
		{ "runtime: ", c->runtime, sizeof(c->runtime) },
		{ "id: ", c->id, sizeof(c->id) },
		{ "name: ", c->name, sizeof(c->name) },
		{ "namespace: ", c->namespace, sizeof(c->namespace) },
		{ "pod-uid: ", c->pod_uid, sizeof(c->pod_uid) },
		{ "kubernetes: ", c->kubernetes, sizeof(c->kubernetes) },
		{ "cgroup: ", c->cgroup, sizeof(c->cgroup) },
		{ "path: ", c->path, sizeof(c->path) },
		{ "unit: ", c->unit, sizeof(c->unit) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!has_prefix(line, keys[i].key))
			continue;
		assert_true(strlen(line) < keys[i].size);
		strcpy(keys[i].value, line + strlen(keys[i].key));
		return;
	}
	if (!has_prefix(line, "line: "))
		fail_msg("%s: what is %s?", file, line);
	assert_true(strlen(c->text) + strlen(line) < sizeof(c->text));
	strcat(strcat(c->text, line + strlen("line: ")), "\n");
}

/* The number of cases in the file, each of which was checked. */
static size_t check_file(const char *file, FILE *stream)
{
	struct fixture_case c = { 0 };
	auto_free char *line = NULL;
	size_t capacity = 0, n_cases = 0;

	while (getline(&line, &capacity, stream) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#') {
			set_key(file, &c, line);
			continue;
		}
		if (*c.title) {
			check_case(file, &c);
			n_cases++;
		}
		c = (struct fixture_case){ 0 };
	}
	if (*c.title)
		check_case(file, &c);
	return n_cases + (*c.title ? 1 : 0);
}

static void test_fixtures(void **state)
{
	const char *top = getenv("srcdir");
	char folder[4096], path[8192];
	size_t n_files = 0;
	const struct dirent *entry;

	(void)state;
	snprintf(folder, sizeof(folder), "%s/tests/fixtures/cgroup", top ? top : ".");
	DIR *listing = opendir(folder);
	assert_non_null(listing);
	while ((entry = readdir(listing))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		FILE *stream = fopen(path, "re");
		assert_non_null(stream);
		assert_true(check_file(entry->d_name, stream) > 0);
		fclose(stream);
		n_files++;
	}
	closedir(listing);
	assert_true(n_files >= 30);
}

static enum container_role role_of(const char *text)
{
	auto_arena struct arena arena = { 0 };
	struct container found;
	enum container_role role;

	assert_int_equal(container_identify(&arena, text, &found, &role), 0);
	return role;
}

static void test_last_newline_may_be_missing(void **state)
{
	(void)state;
	assert_int_equal(role_of("0::/docker/" HEX64), CONTAINER_PAYLOAD);
	assert_int_equal(role_of(""), CONTAINER_NONE);
	assert_int_equal(role_of("\n\n"), CONTAINER_NONE);
	assert_int_equal(role_of("::"), CONTAINER_NONE);
	assert_int_equal(role_of("0::"), CONTAINER_NONE);
}

static void test_nothing_has_no_texts(void **state)
{
	auto_arena struct arena arena = { 0 };

	(void)state;
	assert_null(container_cgroup_path(&arena, ""));
	assert_null(container_unit(&arena, ""));
	assert_null(container_unit(&arena, "0::/"));
}

/* Empty names, and empty components, are no containers. */
static void test_empty_names(void **state)
{
	static const char *const texts[] = {
		"0::/lxc.payload.",
		"0::/lxc/",
		"0::/lxc.payload./x",
		"0::/default//",
		"0::/machine-.scope",
		"0::/docker-.scope",
		"0::/runc-.scope",
		"0::/systemd-nspawn@.service",
		"0::/snap..service",
		"0::/nomad/",
		"0:://////",
		"0::/.scope",
		("0::/-" HEX64 ".scope"),
		("0:::docker:" HEX64),
		"0::/app-flatpak--.scope",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (role_of(texts[i]) != CONTAINER_NONE)
			fail_msg("%s is no container", texts[i]);
}

/* What the name of a group may hold goes through as it is; \x00 would cut it short. */
static void test_hostile_names(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct container found;
	enum container_role role;

	(void)state;
	assert_int_equal(
		container_identify(&arena, "0::/lxc.payload.a:b \x1b[31m\xff", &found, &role), 0);
	assert_string_equal(found.id, "a:b \x1b[31m\xff");
	assert_int_equal(container_identify(&arena, "0::/machine-a\\x2fb\\x00c\\xzz\\x2.scope",
	                                    &found, &role),
	                 0);
	assert_string_equal(found.id, "a/b\\x00c\\xzz\\x2");
}

static void test_escape_at_the_end(void **state)
{
	auto_arena struct arena arena = { 0 };
	struct container found;
	enum container_role role;

	(void)state;
	assert_int_equal(container_identify(&arena, "0::/lxc/a\\x2", &found, &role), 0);
	assert_string_equal(found.id, "a\\x2");
	assert_int_equal(container_identify(&arena, "0::/lxc/a\\x", &found, &role), 0);
	assert_string_equal(found.id, "a\\x");
	assert_int_equal(container_identify(&arena, "0::/lxc/a\\", &found, &role), 0);
	assert_string_equal(found.id, "a\\");
}

/* The deepest path that the kernel writes, and what only a damaged record can hold. */
static void test_long_paths(void **state)
{
	const size_t size = 4096 - 100;
	auto_free char *text = malloc(size + 200);

	(void)state;
	assert_non_null(text);
	strcpy(text, "0::/");
	memset(text + 4, 'x', size);
	strcpy(text + 4 + size, "/docker/" HEX64);
	assert_int_equal(role_of(text), CONTAINER_PAYLOAD);
	for (size_t i = 4; i < size; i += 2)
		text[i] = '/';
	assert_int_equal(role_of(text), CONTAINER_PAYLOAD);
	strcpy(text + 4 + size, "/nothing");
	assert_int_equal(role_of(text), CONTAINER_NONE);
	memset(text + 4, '-', size);
	assert_int_equal(role_of(text), CONTAINER_NONE);
}

static void test_endless_path(void **state)
{
	auto_arena struct arena arena = { 0 };
	const size_t size = 1 << 20;
	auto_free char *text = malloc(size + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '/', size);
	memcpy(text, "0::/lxc/a", 9);
	text[size] = '\0';
	assert_int_equal(role_of(text), CONTAINER_NONE);
	assert_int_equal(strlen(container_cgroup_path(&arena, text)), size - 3);
	assert_null(container_unit(&arena, text));
}

static void expect_label(const struct container *container, const char *wanted)
{
	auto_arena struct arena arena = { 0 };

	assert_string_equal(container_label(&arena, container), wanted);
}

static void test_label(void **state)
{
	(void)state;
	expect_label(&(struct container){ .id = HEX64 }, "ca978112ca1b");
	expect_label(&(struct container){ .id = "short" }, "short");
	expect_label(&(struct container){ .id = HEX64, .name = "web" }, "web");
	expect_label(&(struct container){ .id = HEX64, .name = "nginx", .pod = "web-5d7" },
	             "web-5d7/nginx");
	expect_label(&(struct container){ .id = HEX64, .pod = "web-5d7" }, "web-5d7/ca978112ca1b");
	expect_label(&(struct container){ .id = HEX64, .pod = "web-5d7", .is_sandbox = true },
	             "web-5d7");
	expect_label(&(struct container){ .id = HEX64, .name = "x-infra", .is_sandbox = true },
	             "x-infra");
	expect_label(&(struct container){ 0 }, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixtures),
		cmocka_unit_test(test_last_newline_may_be_missing),
		cmocka_unit_test(test_nothing_has_no_texts),
		cmocka_unit_test(test_empty_names),
		cmocka_unit_test(test_hostile_names),
		cmocka_unit_test(test_escape_at_the_end),
		cmocka_unit_test(test_long_paths),
		cmocka_unit_test(test_endless_path),
		cmocka_unit_test(test_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
