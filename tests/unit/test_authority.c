/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process may do to a namespace: every rule, everything that may not be known, and the text of
 * capabilities. */
#include "tests/unit/made.h"

#include "model/authority.h"

#define NET_ADMIN (1ULL << 12)
#define SYS_ADMIN (1ULL << 21)

/*
 * The initial user namespace; in it `outer`, which uid 1000 made, and in that `inner`, which uid 2000
 * made; beside `outer` stands `other`. Each owns a network namespace.
 */
struct host {
	struct snapshot snapshot;
	uint32_t initial, outer, inner, other;
	uint32_t initial_net, outer_net, inner_net;
};

static uint32_t made_user_space(struct snapshot *snapshot, unsigned number, uint32_t parent,
                                uid_t creator)
{
	uint32_t index = made_space(snapshot, NS_USER, INODE(number));

	made_parent(snapshot, index, parent);
	made_owner(snapshot, index, parent);
	snapshot->spaces[index].has_owner_uid = true;
	snapshot->spaces[index].owner_uid = creator;
	return index;
}

static uint32_t made_net(struct snapshot *snapshot, unsigned number, uint32_t owner)
{
	uint32_t index = made_space(snapshot, NS_NET, INODE(number));

	made_owner(snapshot, index, owner);
	return index;
}

static void host_init(struct host *host)
{
	struct snapshot *snapshot = &host->snapshot;

	snapshot_init(snapshot);
	host->initial = made_space(snapshot, NS_USER, ns_types[NS_USER].initial_inode);
	snapshot->spaces[host->initial].parent_state = RELATION_ROOT;
	snapshot->spaces[host->initial].owner_state = RELATION_ROOT;
	snapshot->spaces[host->initial].has_owner_uid = true;
	host->outer = made_user_space(snapshot, 1, host->initial, 1000);
	host->inner = made_user_space(snapshot, 2, host->outer, 2000);
	host->other = made_user_space(snapshot, 3, host->initial, 1000);
	host->initial_net = made_space(snapshot, NS_NET, ns_types[NS_NET].initial_inode);
	made_owner(snapshot, host->initial_net, host->initial);
	host->outer_net = made_net(snapshot, 11, host->outer);
	host->inner_net = made_net(snapshot, 12, host->inner);
	snapshot->self_at[NS_USER] = host->initial;
}

static void host_done(struct host *host)
{
	snapshot_done(&host->snapshot);
}
#define auto_host __attribute__((cleanup(host_done)))

/* A process with that effective uid and set, numbered in the order in which they are made. */
static uint32_t made_actor(struct host *host, uint32_t user, uid_t uid, uint64_t capabilities)
{
	struct snapshot *snapshot = &host->snapshot;
	uint32_t index = made_member(snapshot, (pid_t)snapshot->n_processes + 1, 0, "a", user);

	snapshot->processes[index].uid = uid;
	snapshot->processes[index].effective_caps = capabilities;
	snapshot->processes[index].has_audit = true;
	return index;
}

/* Finds the answer, after everything was read. */
static struct authority find(struct host *host, uint32_t process, uint32_t space)
{
	made_finish(&host->snapshot);
	return authority_find(&host->snapshot, process, space);
}

static void check(const struct authority *answer, enum authority_rule rule, uint64_t capabilities,
                  uint32_t governor, uint32_t through)
{
	assert_int_equal(answer->rule, rule);
	assert_true(answer->capabilities == capabilities);
	assert_int_equal(answer->governor, governor);
	assert_int_equal(answer->through, through);
	assert_int_equal(answer->missing, AUTHORITY_MISSING_NOTHING);
	assert_int_equal(answer->missing_of, NONE);
}

static void check_unknown(const struct authority *answer, enum authority_missing missing,
                          uint32_t of)
{
	assert_int_equal(answer->rule, AUTHORITY_UNKNOWN);
	assert_true(answer->capabilities == 0);
	assert_int_equal(answer->through, NONE);
	assert_int_equal(answer->missing, missing);
	assert_int_equal(answer->missing_of, of);
}

static void a_member_has_its_effective_set(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t actor = made_actor(&host, host.outer, 0, NET_ADMIN | SYS_ADMIN);
	struct authority answer = find(&host, actor, host.outer_net);
	check(&answer, AUTHORITY_MEMBER, NET_ADMIN | SYS_ADMIN, host.outer, NONE);
	answer = find(&host, actor, host.outer);
	check(&answer, AUTHORITY_MEMBER, NET_ADMIN | SYS_ADMIN, host.outer, NONE);
}

/* Also where its user made the namespace that it is in: that counts from the parent alone. */
static void a_member_without_capabilities_has_none(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t actor = made_actor(&host, host.outer, 1000, 0);
	struct authority answer = find(&host, actor, host.outer_net);
	check(&answer, AUTHORITY_MEMBER, 0, host.outer, NONE);
}

static void an_ancestors_member_has_its_effective_set(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t root = made_actor(&host, host.initial, 0, NET_ADMIN);
	struct authority answer = find(&host, root, host.outer_net);
	check(&answer, AUTHORITY_ANCESTOR, NET_ADMIN, host.outer, NONE);
	answer = find(&host, root, host.inner_net);
	check(&answer, AUTHORITY_ANCESTOR, NET_ADMIN, host.inner, NONE);
	answer = find(&host, root, host.inner);
	check(&answer, AUTHORITY_ANCESTOR, NET_ADMIN, host.inner, NONE);
}

static void a_creator_in_the_parent_has_all(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t alice = made_actor(&host, host.initial, 1000, 0);
	struct authority answer = find(&host, alice, host.outer_net);
	check(&answer, AUTHORITY_CREATOR, CAPABILITY_ALL, host.outer, host.outer);
	/* What she has over hers she has over what lies in it, whoever made that. */
	answer = find(&host, alice, host.inner_net);
	check(&answer, AUTHORITY_CREATOR, CAPABILITY_ALL, host.inner, host.outer);
	answer = find(&host, alice, host.initial_net);
	check(&answer, AUTHORITY_MEMBER, 0, host.initial, NONE);
}

/* The maker of a namespace further below is nobody where it stands now. */
static void a_creator_elsewhere_is_no_creator(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t bob = made_actor(&host, host.initial, 2000, SYS_ADMIN);
	struct authority answer = find(&host, bob, host.inner_net);
	check(&answer, AUTHORITY_ANCESTOR, SYS_ADMIN, host.inner, NONE);
	uint32_t inside = made_actor(&host, host.outer, 2000, 0);
	answer = find(&host, inside, host.inner_net);
	check(&answer, AUTHORITY_CREATOR, CAPABILITY_ALL, host.inner, host.inner);
}

static void neither_above_nor_within_is_nothing(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t child = made_actor(&host, host.outer, 1000, CAPABILITY_ALL);
	struct authority answer = find(&host, child, host.initial_net);
	check(&answer, AUTHORITY_NONE, 0, host.initial, NONE);
	answer = find(&host, child, host.other);
	check(&answer, AUTHORITY_NONE, 0, host.other, NONE);
	uint32_t grandchild = made_actor(&host, host.inner, 1000, CAPABILITY_ALL);
	answer = find(&host, grandchild, host.outer_net);
	check(&answer, AUTHORITY_NONE, 0, host.outer, NONE);
}

static void what_is_not_known_is_said(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	uint32_t lost = made_actor(&host, host.initial, 1000, CAPABILITY_ALL);
	snapshot->processes[lost].at.in[NS_USER] = NONE;
	struct authority answer = find(&host, lost, host.outer_net);
	check_unknown(&answer, AUTHORITY_MISSING_PLACE, NONE);

	uint32_t root = made_actor(&host, host.initial, 0, CAPABILITY_ALL);
	snapshot->spaces[host.outer_net].owner_state = RELATION_UNREAD;
	answer = find(&host, root, host.outer_net);
	check_unknown(&answer, AUTHORITY_MISSING_OWNER, host.outer_net);
	assert_int_equal(answer.governor, NONE);

	snapshot->processes[root].has_audit = false;
	answer = find(&host, root, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_SET, NONE);
	answer = find(&host, root, host.initial_net);
	check_unknown(&answer, AUTHORITY_MISSING_SET, NONE);
	/* Whoever made it needs no set. */
	snapshot->processes[root].uid = 1000;
	answer = find(&host, root, host.inner_net);
	check(&answer, AUTHORITY_CREATOR, CAPABILITY_ALL, host.inner, host.outer);

	snapshot->processes[root].uid = (uid_t)-1;
	answer = find(&host, root, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_UID, NONE);
	snapshot->spaces[host.outer].has_owner_uid = false;
	answer = find(&host, root, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_CREATOR, host.outer);
	snapshot->spaces[host.outer].parent_state = RELATION_UNREAD;
	answer = find(&host, root, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_PARENT, host.outer);
	assert_int_equal(answer.governor, host.inner);
}

/* Seen from within another user namespace, 65534 stands for every uid that has no number there. */
static void the_overflow_uid_is_nobody_in_particular(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	snapshot->spaces[host.inner].owner_uid = AUTHORITY_OVERFLOW_UID;
	uint32_t nobody = made_actor(&host, host.outer, AUTHORITY_OVERFLOW_UID, NET_ADMIN);
	uint32_t alice = made_actor(&host, host.outer, 1000, NET_ADMIN);
	struct authority answer = find(&host, nobody, host.inner_net);
	check(&answer, AUTHORITY_CREATOR, CAPABILITY_ALL, host.inner, host.inner);

	snapshot->self_at[NS_USER] = host.outer;
	answer = find(&host, nobody, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_IDENTITY, host.inner);
	snapshot->self_at[NS_USER] = NONE;
	answer = find(&host, nobody, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_IDENTITY, host.inner);
	/* One of them has a number: then they are two. */
	answer = find(&host, alice, host.inner_net);
	check(&answer, AUTHORITY_ANCESTOR, NET_ADMIN, host.inner, NONE);
	snapshot->spaces[host.inner].owner_uid = 2000;
	answer = find(&host, nobody, host.inner_net);
	check(&answer, AUTHORITY_ANCESTOR, NET_ADMIN, host.inner, NONE);
}

/* A snapshot that was made in `outer`: parents and owners outside of it are hidden. */
static void what_is_beyond_our_own_is_not_below_it(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	snapshot->self_at[NS_USER] = host.outer;
	snapshot->spaces[host.outer].parent_state = RELATION_HIDDEN;
	snapshot->spaces[host.other].parent_state = RELATION_HIDDEN;
	uint32_t far_net = made_net(snapshot, 20, NONE);
	snapshot->spaces[far_net].owner_state = RELATION_HIDDEN;
	uint32_t inside = made_actor(&host, host.inner, 0, CAPABILITY_ALL);
	uint32_t outside = made_actor(&host, host.other, 0, CAPABILITY_ALL);

	struct authority answer = find(&host, inside, far_net);
	check(&answer, AUTHORITY_NONE, 0, NONE, NONE);
	answer = find(&host, inside, host.outer_net);
	check(&answer, AUTHORITY_NONE, 0, host.outer, NONE);
	answer = find(&host, inside, host.other);
	check(&answer, AUTHORITY_NONE, 0, host.other, NONE);
	answer = find(&host, inside, host.inner_net);
	check(&answer, AUTHORITY_MEMBER, CAPABILITY_ALL, host.inner, NONE);
	/* A process that is outside itself may be in the one that cannot be seen. */
	answer = find(&host, outside, far_net);
	check_unknown(&answer, AUTHORITY_MISSING_OWNER, far_net);
	answer = find(&host, outside, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_PARENT, host.outer);
}

static void initial_namespaces_need_no_relation(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	host.snapshot.spaces[host.initial_net].owner_state = RELATION_UNREAD;
	host.snapshot.spaces[host.initial].parent_state = RELATION_UNREAD;
	uint32_t root = made_actor(&host, host.initial, 0, NET_ADMIN);
	uint32_t child = made_actor(&host, host.outer, 0, NET_ADMIN);
	struct authority answer = find(&host, root, host.initial_net);
	check(&answer, AUTHORITY_MEMBER, NET_ADMIN, host.initial, NONE);
	answer = find(&host, child, host.initial_net);
	check(&answer, AUTHORITY_NONE, 0, host.initial, NONE);
}

/* What no kernel says, but a file may: a circle, and namespaces of another type. */
static void damage_is_not_followed(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	uint32_t root = made_actor(&host, host.initial, 0, CAPABILITY_ALL);
	made_parent(snapshot, host.outer, host.inner);
	struct authority answer = find(&host, root, host.inner_net);
	assert_int_equal(answer.rule, AUTHORITY_UNKNOWN);
	assert_int_equal(answer.missing, AUTHORITY_MISSING_PARENT);
	snapshot->self_at[NS_USER] = host.other;
	uint32_t circling = made_actor(&host, host.outer, 0, CAPABILITY_ALL);
	snapshot->spaces[host.other].parent_state = RELATION_HIDDEN;
	answer = find(&host, circling, host.other);
	check_unknown(&answer, AUTHORITY_MISSING_PARENT, host.other);

	made_parent(snapshot, host.outer, host.initial_net);
	answer = find(&host, root, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_PARENT, host.outer);
	made_owner(snapshot, host.inner_net, host.outer_net);
	answer = find(&host, root, host.inner_net);
	check_unknown(&answer, AUTHORITY_MISSING_OWNER, host.inner_net);
	snapshot->processes[root].at.in[NS_USER] = host.outer_net;
	answer = authority_find(snapshot, root, host.outer_net);
	check_unknown(&answer, AUTHORITY_MISSING_PLACE, NONE);
}

static void deep_chains_are_walked(void **state)
{
	auto_host struct host host;

	(void)state;
	host_init(&host);
	uint32_t space = host.inner;
	for (unsigned i = 0; i < 1000; i++)
		space = made_user_space(&host.snapshot, 100 + i, space, 0);
	uint32_t root = made_actor(&host, host.initial, 0, SYS_ADMIN);
	struct authority answer = find(&host, root, space);
	check(&answer, AUTHORITY_ANCESTOR, SYS_ADMIN, space, NONE);
	uint32_t alice = made_actor(&host, host.initial, 1000, 0);
	answer = find(&host, alice, space);
	check(&answer, AUTHORITY_CREATOR, CAPABILITY_ALL, space, host.outer);
}

static void check_text(uint64_t capabilities, const char *expected)
{
	auto_arena struct arena arena = { 0 };

	assert_string_equal(capability_text(&arena, capabilities), expected);
}

static void sets_are_named_the_shorter_way(void **state)
{
	(void)state;
	check_text(0, "none");
	check_text(CAPABILITY_ALL, "all");
	check_text(CAPABILITY_ALL | 1ULL << 63, "all");
	check_text(NET_ADMIN | SYS_ADMIN, "CAP_NET_ADMIN, CAP_SYS_ADMIN");
	check_text(1, "CAP_CHOWN");
	check_text(CAPABILITY_ALL & ~(1ULL << 22), "all but CAP_SYS_BOOT");
	check_text(CAPABILITY_ALL & ~(NET_ADMIN | SYS_ADMIN),
	           "all but CAP_NET_ADMIN, CAP_SYS_ADMIN");
	check_text(1ULL << 41 | 1ULL << 63 | 1, "CAP_CHOWN, 41, 63");
}

static void every_capability_has_a_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CAPABILITY_COUNT; i++) {
		assert_non_null(capability_name(i));
		assert_memory_equal(capability_name(i), "CAP_", 4);
	}
	assert_string_equal(capability_name(0), "CAP_CHOWN");
	assert_string_equal(capability_name(21), "CAP_SYS_ADMIN");
	assert_string_equal(capability_name(40), "CAP_CHECKPOINT_RESTORE");
	assert_null(capability_name(CAPABILITY_COUNT));
	assert_null(capability_name(UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_member_has_its_effective_set),
		cmocka_unit_test(a_member_without_capabilities_has_none),
		cmocka_unit_test(an_ancestors_member_has_its_effective_set),
		cmocka_unit_test(a_creator_in_the_parent_has_all),
		cmocka_unit_test(a_creator_elsewhere_is_no_creator),
		cmocka_unit_test(neither_above_nor_within_is_nothing),
		cmocka_unit_test(what_is_not_known_is_said),
		cmocka_unit_test(the_overflow_uid_is_nobody_in_particular),
		cmocka_unit_test(what_is_beyond_our_own_is_not_below_it),
		cmocka_unit_test(initial_namespaces_need_no_relation),
		cmocka_unit_test(damage_is_not_followed),
		cmocka_unit_test(deep_chains_are_walked),
		cmocka_unit_test(sets_are_named_the_shorter_way),
		cmocka_unit_test(every_capability_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
