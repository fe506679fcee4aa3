/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Types of namespace, their names, and the table of gaps. */
#include "tests/unit/made.h"

#include <sched.h>

#include "model/gap.h"
#include "model/nstype.h"

static void every_type_is_found_by_name_and_flag(void **state)
{
	(void)state;
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		const char *name = ns_types[type].name;
		assert_int_equal(ns_type_by_name(name, strlen(name)), type);
		assert_int_equal(ns_type_by_flag(ns_types[type].clone_flag), type);
		assert_true(ns_types[type].initial_inode >= 0xEFFFFFF8);
	}
	assert_int_equal(ns_type_by_name("networks", 8), NS_N_TYPES);
	assert_int_equal(ns_type_by_name("nets", 3), NS_NET);
	assert_int_equal(ns_type_by_name("ne", 2), NS_N_TYPES);
	assert_int_equal(ns_type_by_name("", 0), NS_N_TYPES);
	assert_int_equal(ns_type_by_flag(0), NS_N_TYPES);
	assert_int_equal(ns_type_by_flag(CLONE_NEWNET | CLONE_NEWPID), NS_N_TYPES);
}

static void names_are_read_whole_or_not_at_all(void **state)
{
	static const char *const bad[] = {
		"",
		"net",
		"net:",
		"net:[",
		"net:[]",
		"net:[1",
		"net:[1]x",
		"net:1",
		"net:[-1]",
		"net:[+1]",
		"net:[ 1]",
		"net:[1 ]",
		"net:[0x1]",
		"NET:[1]",
		":[1]",
		"socket:[1]",
		"pid_for_children:[1]",
		"net:[18446744073709551616]",
		"net:[18446744073709551615]",
		"net:[4294967296]",
		"net:[0]",
		"net:[1]]",
		"net:[1]\n",
		"/net:[1]",
	};
	enum ns_type type = NS_N_TYPES;
	uint64_t inode = 7;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_true(ns_parse_name(bad[i], &type, &inode) < 0);
		assert_int_equal(type, NS_N_TYPES);
		assert_int_equal(inode, 7);
	}
	assert_int_equal(ns_parse_name("cgroup:[4026531835]", &type, &inode), 0);
	assert_int_equal(type, NS_CGROUP);
	assert_int_equal(inode, 4026531835);
	assert_int_equal(ns_parse_name("mnt:[4294967295]", &type, &inode), 0);
	assert_int_equal(inode, UINT32_MAX);
}

static void lists_of_types_have_no_empty_parts(void **state)
{
	static const char *const bad[] = { "",         ",",        "net,",    ",net",
		                           "net,,pid", "net, pid", "network", "net;pid" };
	unsigned types = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ns_parse_types(bad[i], &types), -EINVAL);
	assert_int_equal(types, 0);
	assert_int_equal(ns_parse_types("time", &types), 0);
	assert_int_equal(types, NS_BIT(NS_TIME));
	assert_int_equal(ns_parse_types("net,pid,net", &types), 0);
	assert_int_equal(types, NS_BIT(NS_NET) | NS_BIT(NS_PID));
	assert_int_equal(ns_parse_types("mnt,net,pid,uts,ipc,user,cgroup,time", &types), 0);
	assert_int_equal(types, NS_ALL_BITS);
}

static void every_gap_has_its_texts(void **state)
{
	(void)state;
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		const struct gap_text *text = &gap_texts[kind];
		assert_non_null(text->key);
		assert_non_null(text->what);
		assert_non_null(text->reason);
		assert_non_null(text->cure);
		assert_int_equal(gap_by_key(text->key), kind);
	}
	assert_int_equal(gap_by_key(""), GAP_N_KINDS);
	assert_int_equal(gap_by_key("socket"), GAP_N_KINDS);
}

static void no_cure_is_what_is_held_already(void **state)
{
	(void)state;
	assert_string_equal(gap_cure(GAP_DESCRIPTORS, false), "needs CAP_SYS_PTRACE");
	for (enum gap_kind kind = 0; kind < GAP_N_KINDS; kind++) {
		assert_string_equal(gap_cure(kind, false), gap_texts[kind].cure);
		assert_string_not_equal(gap_cure(kind, true), "needs CAP_SYS_PTRACE");
	}
	assert_string_equal(gap_cure(GAP_SOURCES, true), "leave out --scan");
}

static void left_out_places_are_named(void **state)
{
	auto_arena struct arena arena = { 0 };
	const struct gap gap = { .count = 2, .sources = SOURCE_FD | SOURCE_MOUNT };
	const struct gap unknown = { .count = 2 };

	(void)state;
	assert_string_equal(gap_what(&arena, GAP_SOURCES, &gap), "descriptors, mounts");
	assert_string_equal(gap_what(&arena, GAP_SOURCES, &unknown), "places");
	assert_string_equal(gap_what(&arena, GAP_CMDLINE, &unknown), "processes");
}

static void gaps_concern_only_who_needs_the_data(void **state)
{
	const struct needs nothing = { 0 };
	const struct needs types = { .types = NS_BIT(NS_PID), .sources = SOURCE_PROCESS };
	const struct needs all = { .types = NS_ALL_BITS, .sources = SOURCE_ALL };
	const struct needs nets = { .types = NS_BIT(NS_NET), .sources = SOURCE_FD };
	const struct needs commands = { .leader = PROCESS_CMDLINE };

	(void)state;
	assert_true(gap_concerns(GAP_HIDEPID, &nothing));
	assert_false(gap_concerns(GAP_PROCESS_NAMESPACES, &nothing));
	assert_true(gap_concerns(GAP_PROCESS_NAMESPACES, &types));
	assert_false(gap_concerns(GAP_DESCRIPTORS, &types));
	assert_true(gap_concerns(GAP_DESCRIPTORS, &all));
	assert_true(gap_concerns(GAP_SOCKETS, &nets));
	assert_false(gap_concerns(GAP_SOCKETS, &types));
	assert_false(gap_concerns(GAP_LISTNS, &nets));
	assert_true(gap_concerns(GAP_LISTNS, &all));
	assert_false(gap_concerns(GAP_LISTNS, &types));
	assert_true(gap_concerns(GAP_LISTNS,
	                         &(struct needs){ .types = NS_BIT(NS_PID), .empties = true }));
	assert_false(gap_concerns(GAP_LISTNS, &(struct needs){ .empties = true }));
	assert_false(gap_concerns(GAP_CMDLINE, &all));
	assert_true(gap_concerns(GAP_CMDLINE, &commands));
	assert_false(gap_concerns(GAP_RELATIONS, &all));
	assert_false(gap_concerns(GAP_THREAD_CGROUPS, &all));
	assert_true(gap_concerns(GAP_THREAD_CGROUPS, &(struct needs){ .thread = PROCESS_CGROUP }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_found_by_name_and_flag),
		cmocka_unit_test(names_are_read_whole_or_not_at_all),
		cmocka_unit_test(lists_of_types_have_no_empty_parts),
		cmocka_unit_test(every_gap_has_its_texts),
		cmocka_unit_test(no_cure_is_what_is_held_already),
		cmocka_unit_test(left_out_places_are_named),
		cmocka_unit_test(gaps_concern_only_who_needs_the_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
