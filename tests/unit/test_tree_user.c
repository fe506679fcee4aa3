/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The view of user namespaces: which are drawn, below which, in which order. */
#include "tests/unit/made.h"

#include "model/tree.h"

/* The initial user namespace (systemd 1), two in it, and one in the second of those. */
struct host {
	struct snapshot snapshot;
	uint32_t initial, first, second, nested;
};

static uint32_t made_user_space(struct snapshot *snapshot, unsigned number, uint32_t parent)
{
	uint32_t index = made_space(snapshot, NS_USER, INODE(number));

	made_parent(snapshot, index, parent);
	made_owner(snapshot, index, parent);
	return index;
}

static void host_init(struct host *host)
{
	struct snapshot *snapshot = &host->snapshot;

	snapshot_init(snapshot);
	/* Not in the order of their inodes, and children before parents. */
	host->nested = made_space(snapshot, NS_USER, INODE(3));
	host->second = made_space(snapshot, NS_USER, INODE(2));
	host->initial = made_space(snapshot, NS_USER, ns_types[NS_USER].initial_inode);
	host->first = made_user_space(snapshot, 1, host->initial);
	made_parent(snapshot, host->second, host->initial);
	made_parent(snapshot, host->nested, host->second);
	snapshot->spaces[host->initial].parent_state = RELATION_ROOT;
	made_member(snapshot, 1, 0, "systemd", host->initial);
	made_member(snapshot, 10, 1, "a", host->first);
	made_member(snapshot, 30, 1, "c", host->nested);
}

static void host_done(struct host *host)
{
	snapshot_done(&host->snapshot);
}
#define auto_host __attribute__((cleanup(host_done)))

static void build(struct host *host, bool details, struct tree *ret)
{
	const struct tree_options options = { .view = TREE_USER, .details = details };

	made_finish(&host->snapshot);
	assert_int_equal(tree_build(&host->snapshot, &options, ret), 0);
}

/* The node of a namespace, or NONE. */
static uint32_t find(const struct tree *tree, uint32_t space)
{
	for (uint32_t i = 0; i < tree->count; i++) {
		assert_int_equal(tree->nodes[i].kind, NODE_NAMESPACE);
		assert_int_equal(tree->nodes[i].space, tree->nodes[i].index);
		if (tree->nodes[i].space == space)
			return i;
	}
	return NONE;
}

static uint32_t parent_space(const struct tree *tree, uint32_t space)
{
	uint32_t position = find(tree, space);

	assert_int_not_equal(position, NONE);
	uint32_t parent = tree->nodes[position].parent;
	return parent == NONE ? NONE : tree->nodes[parent].space;
}

static void each_is_below_its_parent(void **state)
{
	auto_host struct host host;
	auto_tree struct tree tree = { 0 };

	(void)state;
	host_init(&host);
	made_owner(&host.snapshot, made_space(&host.snapshot, NS_NET, INODE(9)), host.first);
	build(&host, false, &tree);
	assert_int_equal(tree.count, 4);
	assert_int_equal(parent_space(&tree, host.initial), NONE);
	assert_int_equal(parent_space(&tree, host.first), host.initial);
	/* Nobody is in it: it is drawn for what is below it. */
	assert_int_equal(parent_space(&tree, host.second), host.initial);
	assert_int_equal(parent_space(&tree, host.nested), host.second);
	assert_true(find(&tree, host.first) < find(&tree, host.second));
	assert_int_equal(tree.nodes[find(&tree, host.first)].process,
	                 snapshot_find_pid(&host.snapshot, 10));
	assert_int_equal(tree.nodes[find(&tree, host.second)].process, NONE);
	for (size_t i = 0; i < tree.count; i++)
		assert_true(tree.nodes[i].is_shown);
}

static void details_come_before_what_is_nested(void **state)
{
	auto_host struct host host;
	auto_tree struct tree tree = { 0 };

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	uint32_t uts = made_space(snapshot, NS_UTS, INODE(7));
	uint32_t later_net = made_space(snapshot, NS_NET, INODE(9));
	uint32_t net = made_space(snapshot, NS_NET, INODE(8));
	uint32_t unknown = made_space(snapshot, NS_MNT, INODE(6));
	uint32_t initial_net = made_space(snapshot, NS_NET, ns_types[NS_NET].initial_inode);
	made_owner(snapshot, uts, host.second);
	made_owner(snapshot, net, host.second);
	made_owner(snapshot, later_net, host.second);
	for (pid_t pid = 40; pid < 45; pid++) {
		const uint32_t spaces[] = { uts, net, later_net, unknown, initial_net };
		made_member(snapshot, pid, 1, "d", spaces[pid - 40]);
	}
	build(&host, true, &tree);
	assert_int_equal(tree.count, 9);
	assert_int_equal(parent_space(&tree, net), host.second);
	assert_int_equal(parent_space(&tree, uts), host.second);
	assert_true(find(&tree, net) < find(&tree, later_net));
	assert_true(find(&tree, later_net) < find(&tree, uts));
	assert_true(find(&tree, uts) < find(&tree, host.nested));
	/* Whose owner nobody could ask for. */
	assert_int_equal(parent_space(&tree, initial_net), host.initial);
	assert_int_equal(parent_space(&tree, unknown), NONE);
	assert_true(find(&tree, host.initial) < find(&tree, unknown));
	assert_int_equal(tree.nodes[find(&tree, net)].process, snapshot_find_pid(snapshot, 41));
}

static void hidden_and_unread_parents_make_roots(void **state)
{
	auto_host struct host host;
	auto_tree struct tree tree = { 0 };

	(void)state;
	host_init(&host);
	host.snapshot.spaces[host.first].parent_state = RELATION_HIDDEN;
	host.snapshot.spaces[host.nested].parent_state = RELATION_UNREAD;
	build(&host, false, &tree);
	assert_int_equal(parent_space(&tree, host.first), NONE);
	assert_int_equal(parent_space(&tree, host.nested), NONE);
	/* Nothing holds it any more. */
	assert_int_equal(find(&tree, host.second), NONE);
}

static void a_container_is_named_where_it_begins(void **state)
{
	auto_host struct host host;
	auto_tree struct tree tree = { 0 };
	const struct container key = { .id = "0123456789ab" };
	uint32_t container;

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	made_member(snapshot, 35, 1, "b", host.second);
	uint32_t net = made_space(snapshot, NS_NET, INODE(8));
	made_owner(snapshot, net, host.nested);
	assert_int_equal(snapshot_add_container(snapshot, &key, &container), 0);
	snapshot->processes[snapshot_find_pid(snapshot, 30)].container = container;
	snapshot->processes[snapshot_find_pid(snapshot, 35)].container = container;
	snapshot->processes[made_member(snapshot, 36, 1, "e", net)].container = container;
	build(&host, true, &tree);
	assert_int_equal(tree.nodes[find(&tree, host.initial)].container, NONE);
	assert_int_equal(tree.nodes[find(&tree, host.second)].container, container);
	assert_int_equal(tree.nodes[find(&tree, host.nested)].container, NONE);
	assert_int_equal(tree.nodes[find(&tree, net)].container, NONE);
}

/* What no kernel says, but a file may. */
static void damage_is_drawn(void **state)
{
	auto_host struct host host;
	auto_tree struct tree tree = { 0 };

	(void)state;
	host_init(&host);
	struct snapshot *snapshot = &host.snapshot;
	uint32_t net = made_space(snapshot, NS_NET, INODE(8));
	made_owner(snapshot, net, net);
	made_member(snapshot, 40, 1, "d", net);
	made_parent(snapshot, host.first, net);
	made_parent(snapshot, host.second, host.nested);
	build(&host, true, &tree);
	assert_int_equal(tree.count, 5);
	assert_int_equal(parent_space(&tree, net), NONE);
	assert_int_equal(parent_space(&tree, host.first), NONE);
	/* A circle, which the layout cuts. */
	assert_int_equal(parent_space(&tree, host.second), host.nested);
	assert_int_equal(parent_space(&tree, host.nested), host.second);
}

static void an_empty_snapshot_is_an_empty_tree(void **state)
{
	auto_snapshot struct snapshot snapshot;
	auto_tree struct tree tree = { 0 };
	const struct tree_options options = { .view = TREE_USER, .details = true };

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(tree_build(&snapshot, &options, &tree), 0);
	assert_int_equal(tree.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_below_its_parent),
		cmocka_unit_test(details_come_before_what_is_nested),
		cmocka_unit_test(hidden_and_unread_parents_make_roots),
		cmocka_unit_test(a_container_is_named_where_it_begins),
		cmocka_unit_test(damage_is_drawn),
		cmocka_unit_test(an_empty_snapshot_is_an_empty_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
