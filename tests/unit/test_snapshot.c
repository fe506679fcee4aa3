/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The snapshot: finding, counting, holders, initial namespaces, and forgetting sources. */
#include "tests/unit/made.h"

static void processes_are_found_by_number(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t index = 0;

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(snapshot_find_pid(&snapshot, 1), NONE);
	for (pid_t pid = 1; pid < 1000; pid += 2)
		assert_int_equal(made_process(&snapshot, pid, 0, NULL), (pid - 1) / 2);
	for (pid_t pid = 0; pid < 1002; pid++)
		assert_int_equal(snapshot_find_pid(&snapshot, pid),
		                 pid % 2 && pid < 1000 ? (uint32_t)(pid - 1) / 2 : NONE);
	assert_int_equal(snapshot_add_process(&snapshot, 7, &index), 0);
	assert_int_equal(index, 3);
	assert_int_equal(snapshot_add_process(&snapshot, 8, &index), -EINVAL);
	assert_int_equal(snapshot.n_processes, 500);
	assert_int_equal(snapshot.processes[3].container, NONE);
	assert_int_equal(snapshot.processes[3].at.in[NS_TIME], NONE);
	assert_int_equal(snapshot.processes[3].at.children[CHILDREN_TIME], NONE);
}

static void spaces_are_found_by_inode_and_id(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(made_space(&snapshot, i % NS_N_TYPES, INODE(i)), i);
		assert_int_equal(snapshot_set_id(&snapshot, i, UINT64_MAX - i), 0);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		assert_int_equal(made_space(&snapshot, i % NS_N_TYPES, INODE(i)), i);
		assert_int_equal(snapshot_find_inode(&snapshot, INODE(i)), i);
		assert_int_equal(snapshot_find_id(&snapshot, UINT64_MAX - i), i);
	}
	assert_int_equal(snapshot.n_spaces, 5000);
	assert_int_equal(snapshot_find_inode(&snapshot, INODE(5000)), NONE);
	assert_int_equal(snapshot.spaces[NS_NET].parent_state, RELATION_NOTHING);
	assert_int_equal(snapshot.spaces[NS_PID].parent_state, RELATION_UNREAD);
}

/* The first was gone when the second, of another type, got its number. */
static void an_inode_that_is_used_again_is_another_namespace(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(made_space(&snapshot, NS_UTS, INODE(1)), 0);
	assert_int_equal(made_space(&snapshot, NS_IPC, INODE(1)), 1);
	assert_int_equal(made_space(&snapshot, NS_UTS, INODE(1)), 0);
	assert_int_equal(snapshot_find_space(&snapshot, NS_UTS, INODE(1)), 0);
	assert_int_equal(snapshot_find_space(&snapshot, NS_IPC, INODE(1)), 1);
	assert_int_equal(snapshot_find_space(&snapshot, NS_NET, INODE(1)), NONE);
	assert_int_equal(snapshot_find_inode(&snapshot, INODE(1)), 1);
}

static void equal_texts_are_stored_once(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	const char *text = snapshot_intern(&snapshot, "a\xff) S 1\n", 7);
	assert_memory_equal(text, "a\xff) S 1", 8);
	assert_ptr_equal(snapshot_intern(&snapshot, "a\xff) S 1", 7), text);
	assert_ptr_not_equal(snapshot_intern(&snapshot, "a\xff) S 1", 6), text);
	assert_string_equal(snapshot_intern(&snapshot, "", 0), "");
	assert_ptr_equal(snapshot_intern(&snapshot, "x", 0), snapshot_intern(&snapshot, "", 0));
	assert_int_equal(snapshot.n_texts, 3);
}

static void containers_are_told_apart_by_runtime_and_id(void **state)
{
	auto_snapshot struct snapshot snapshot;
	char id[] = "web";
	struct container key = { .runtime = "lxc", .id = id };
	uint32_t first, second, third, again;

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(snapshot_add_container(&snapshot, &key, &first), 0);
	key.runtime = "nspawn";
	assert_int_equal(snapshot_add_container(&snapshot, &key, &second), 0);
	key.runtime = NULL;
	assert_int_equal(snapshot_add_container(&snapshot, &key, &third), 0);
	key.runtime = "lxc";
	key.name = "changed later";
	assert_int_equal(snapshot_add_container(&snapshot, &key, &again), 0);
	assert_int_equal(first, again);
	assert_int_equal(snapshot.n_containers, 3);
	assert_true(second != first && third != first && third != second);
	memset(id, 'x', 3);
	assert_string_equal(snapshot.containers[first].id, "web");

	uint32_t process = made_process(&snapshot, 5, 1, NULL);
	snapshot.processes[process].container = second;
	process = made_process(&snapshot, 6, 1, NULL);
	snapshot.processes[process].container = second;
	made_finish(&snapshot);
	assert_int_equal(snapshot.containers[first].first_process, NONE);
	assert_int_equal(snapshot.containers[second].first_process, 0);
}

static void users_are_found_after_sorting(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(snapshot_add_user(&snapshot, 4294967290, "big"), 0);
	assert_int_equal(snapshot_add_user(&snapshot, 1000, NULL), 0);
	assert_int_equal(snapshot_add_user(&snapshot, 0, "root"), 0);
	made_finish(&snapshot);
	assert_string_equal(snapshot_user_name(&snapshot, 4294967290), "big");
	assert_string_equal(snapshot_user_name(&snapshot, 0), "root");
	assert_null(snapshot_user_name(&snapshot, 1000));
	assert_null(snapshot_user_name(&snapshot, 1));
}

#define HELD(kind) (1 << (kind))

static void members_and_holders_are_counted(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t thread_net = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t pid = made_space(&snapshot, NS_PID, INODE(3));
	uint32_t inner_pid = made_space(&snapshot, NS_PID, INODE(4));
	uint32_t user = made_space(&snapshot, NS_USER, INODE(5));
	uint32_t inner_user = made_space(&snapshot, NS_USER, INODE(6));
	uint32_t lost = made_space(&snapshot, NS_NET, INODE(7));
	uint32_t first = made_member(&snapshot, 10, 1, "a", net);
	uint32_t second = made_member(&snapshot, 11, 1, "b", net);
	made_thread(&snapshot, first, 20, thread_net);
	made_thread(&snapshot, first, 21, net);
	made_thread(&snapshot, second, 30, thread_net);
	snapshot.processes[second].at.children[CHILDREN_PID] = inner_pid;
	made_fd(&snapshot, net, second, 9);
	made_fd(&snapshot, net, second, 3);
	made_mount(&snapshot, thread_net, "/run/netns/blue", NONE);
	made_parent(&snapshot, inner_pid, pid);
	made_parent(&snapshot, inner_user, user);
	made_owner(&snapshot, inner_user, user);
	made_owner(&snapshot, net, inner_user);

	for (int round = 0; round < 2; round++) {
		made_finish(&snapshot);
		const struct space *spaces = snapshot.spaces;
		assert_int_equal(spaces[net].n_processes, 2);
		assert_int_equal(spaces[net].n_threads, 0);
		assert_int_equal(spaces[net].leader, first);
		assert_int_equal(snapshot.members[spaces[net].first_member], first);
		assert_int_equal(snapshot.members[spaces[net].first_member + 1], second);
		assert_int_equal(spaces[net].held, HELD(HELD_PROCESS) | HELD(HELD_FD));
		assert_int_equal(spaces[net].first_reference, 0);
		assert_int_equal(snapshot.references[0].fd, 3);
		assert_int_equal(snapshot.references[1].fd, 9);
		assert_int_equal(spaces[thread_net].n_processes, 0);
		assert_int_equal(spaces[thread_net].n_threads, 2);
		assert_int_equal(spaces[thread_net].leader, NONE);
		assert_int_equal(spaces[thread_net].held, HELD(HELD_THREAD) | HELD(HELD_MOUNT));
		assert_int_equal(spaces[thread_net].first_thread, 0);
		assert_int_equal(spaces[pid].held, HELD(HELD_NESTED));
		assert_int_equal(spaces[pid].first_nested, inner_pid);
		assert_int_equal(spaces[inner_pid].next_nested, NONE);
		assert_int_equal(spaces[inner_pid].held, HELD(HELD_CHILDREN));
		assert_int_equal(spaces[inner_pid].first_children, second);
		/* The owner of a user namespace is its parent: one reference, not two. */
		assert_int_equal(spaces[user].held, HELD(HELD_NESTED));
		assert_int_equal(spaces[inner_user].held, HELD(HELD_OWNED));
		assert_int_equal(spaces[lost].held, 0);
	}
}

/* A zombie leader has no net namespace of its own: its threads say where the process is. */
static void a_zombie_leader_is_where_its_threads_are(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t net = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t other = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t process = made_process(&snapshot, 10, 1, "zombie");
	made_member(&snapshot, 11, 1, "later", net);
	snapshot.processes[process].at.absent = NS_BIT(NS_NET);
	made_thread(&snapshot, process, 20, net);
	made_thread(&snapshot, process, 21, other);
	made_thread(&snapshot, process, 22, net);
	made_finish(&snapshot);
	assert_int_equal(snapshot.spaces[net].n_processes, 2);
	assert_int_equal(snapshot.spaces[net].n_threads, 2);
	assert_int_equal(snapshot.spaces[net].leader, process);
	assert_int_equal(snapshot.spaces[other].n_processes, 1);
	assert_int_equal(snapshot.spaces[net].held, HELD(HELD_PROCESS) | HELD(HELD_THREAD));
	assert_int_equal(snapshot.spaces[other].held, HELD(HELD_THREAD));
}

static void initial_by_inode_where_inodes_are_fixed(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		assert_int_equal(snapshot_find_initial(&snapshot, type), NONE);
	for (enum ns_type type = 0; type < NS_N_TYPES; type++) {
		uint32_t index = made_space(&snapshot, type, ns_types[type].initial_inode);
		assert_true(snapshot.spaces[index].is_initial);
		assert_int_equal(snapshot_find_initial(&snapshot, type), index);
	}
	made_finish(&snapshot);
	for (enum ns_type type = 0; type < NS_N_TYPES; type++)
		assert_int_equal(snapshot_find_initial(&snapshot, type), type);
	/* The inode of another type's initial one means nothing. */
	auto_snapshot struct snapshot wrong;
	snapshot_init(&wrong);
	uint32_t index = made_space(&wrong, NS_NET, ns_types[NS_MNT].initial_inode);
	assert_false(wrong.spaces[index].is_initial);
}

/* Linux before 6.17: net and mnt have any number; process 2 is kthreadd, or somebody's. */
static void initial_by_kthreadd_where_they_are_not(void **state)
{
	(void)state;
	for (int is_host = 0; is_host < 2; is_host++) {
		auto_snapshot struct snapshot snapshot;
		snapshot_init(&snapshot);
		uint64_t inode = is_host ? ns_types[NS_PID].initial_inode : INODE(9);
		uint32_t pid = made_space(&snapshot, NS_PID, inode);
		uint32_t net = made_space(&snapshot, NS_NET, 4026531992);
		uint32_t mnt = made_space(&snapshot, NS_MNT, 4026531840);
		uint32_t other = made_space(&snapshot, NS_MNT, 4026531860);
		made_member(&snapshot, 1, 0, "init", other);
		uint32_t process = made_member(&snapshot, 2, 0, "kthreadd", pid);
		snapshot.processes[process].at.in[NS_NET] = net;
		snapshot.processes[process].at.in[NS_MNT] = mnt;
		made_finish(&snapshot);
		assert_int_equal(snapshot.spaces[net].is_initial, is_host);
		assert_int_equal(snapshot.spaces[mnt].is_initial, is_host);
		assert_false(snapshot.spaces[other].is_initial);
		assert_int_equal(snapshot_find_initial(&snapshot, NS_MNT), is_host ? mnt : NONE);
	}
}

static void gaps_add_up(void **state)
{
	auto_snapshot struct snapshot snapshot;
	const struct needs view = { .types = NS_BIT(NS_PID), .sources = SOURCE_PROCESS };

	(void)state;
	snapshot_init(&snapshot);
	assert_true(snapshot_is_complete(&snapshot, &view));
	snapshot_add_gap(&snapshot, GAP_DESCRIPTORS, 3, 10);
	assert_true(snapshot_is_complete(&snapshot, &view));
	snapshot_add_gap(&snapshot, GAP_PROCESS_NAMESPACES, 1, 0);
	snapshot_add_gap(&snapshot, GAP_PROCESS_NAMESPACES, 2, 340);
	assert_false(snapshot_is_complete(&snapshot, &view));
	assert_int_equal(snapshot.gaps[GAP_PROCESS_NAMESPACES].count, 3);
	assert_int_equal(snapshot.gaps[GAP_PROCESS_NAMESPACES].total, 340);
}

static void depth_is_known_only_from_the_root(void **state)
{
	auto_snapshot struct snapshot snapshot;
	uint32_t chain[32];

	(void)state;
	snapshot_init(&snapshot);
	for (uint32_t i = 0; i < ARRAY_SIZE(chain); i++) {
		chain[i] = made_space(&snapshot, NS_USER, INODE(i));
		if (i > 0)
			made_parent(&snapshot, chain[i], chain[i - 1]);
	}
	assert_int_equal(snapshot_depth(&snapshot, chain[31]), -1);
	snapshot.spaces[chain[0]].parent_state = RELATION_HIDDEN;
	assert_int_equal(snapshot_depth(&snapshot, chain[31]), -1);
	snapshot.spaces[chain[0]].parent_state = RELATION_ROOT;
	assert_int_equal(snapshot_depth(&snapshot, chain[0]), 0);
	assert_int_equal(snapshot_depth(&snapshot, chain[31]), 31);
	made_parent(&snapshot, chain[0], chain[31]);
	assert_int_equal(snapshot_depth(&snapshot, chain[5]), -1);
}

/* One namespace for each way of being held. */
struct ways {
	uint32_t process, thread, children, fd, mount, nested, owned, kernel;
};

static struct ways make_ways(struct snapshot *snapshot)
{
	struct ways ways = {
		.process = made_space(snapshot, NS_PID, INODE(1)),
		.thread = made_space(snapshot, NS_NET, INODE(2)),
		.children = made_space(snapshot, NS_PID, INODE(3)),
		.fd = made_space(snapshot, NS_NET, INODE(4)),
		.mount = made_space(snapshot, NS_NET, INODE(5)),
		.nested = made_space(snapshot, NS_PID, INODE(6)),
		.owned = made_space(snapshot, NS_USER, INODE(7)),
		.kernel = made_space(snapshot, NS_UTS, INODE(8)),
	};
	uint32_t process = made_member(snapshot, 10, 1, "holder", ways.process);

	made_thread(snapshot, process, 11, ways.thread);
	snapshot->processes[process].at.children[CHILDREN_PID] = ways.children;
	made_mount(snapshot, ways.mount, "/m", NONE);
	made_fd(snapshot, ways.fd, process, 3);
	made_parent(snapshot, ways.process, ways.nested);
	made_owner(snapshot, ways.process, ways.owned);
	snapshot->spaces[ways.mount].mount_path = "/m";
	snapshot->spaces[ways.kernel].only_kernel_knows = true;
	made_finish(snapshot);
	return ways;
}

static void forgetting_a_source_forgets_what_it_found(void **state)
{
	(void)state;
	for (unsigned sources = 0; sources <= SOURCE_ALL; sources++) {
		auto_snapshot struct snapshot snapshot;
		snapshot_init(&snapshot);
		struct ways ways = make_ways(&snapshot);
		const struct space *spaces = snapshot.spaces;
		bool all = sources == SOURCE_ALL;

		assert_int_equal(snapshot_restrict(&snapshot, sources), 0);
		assert_int_equal(snapshot.scanned.sources, sources);
		assert_int_equal(spaces[ways.process].held != 0, !!(sources & SOURCE_PROCESS));
		assert_int_equal(spaces[ways.process].n_processes, !!(sources & SOURCE_PROCESS));
		assert_int_equal(spaces[ways.thread].held != 0, !!(sources & SOURCE_THREAD));
		assert_int_equal(spaces[ways.thread].n_threads, !!(sources & SOURCE_THREAD));
		assert_int_equal(spaces[ways.children].held != 0, !!(sources & SOURCE_THREAD));
		assert_int_equal(spaces[ways.fd].held != 0, !!(sources & SOURCE_FD));
		assert_int_equal(spaces[ways.mount].held != 0, !!(sources & SOURCE_MOUNT));
		assert_int_equal(spaces[ways.mount].mount_path != NULL, !!(sources & SOURCE_MOUNT));
		assert_int_equal(spaces[ways.nested].held != 0, all);
		assert_int_equal(spaces[ways.owned].held != 0, all);
		assert_int_equal(spaces[ways.kernel].only_kernel_knows, all);
	}
}

/* Threads that differ from their process in control groups alone are none for whoever looks for
 * namespaces of threads. */
static void threads_in_the_namespaces_of_their_process_hold_nothing(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	uint32_t space = made_space(&snapshot, NS_NET, INODE(1));
	uint32_t other = made_space(&snapshot, NS_NET, INODE(2));
	uint32_t process = made_member(&snapshot, 10, 1, "x", space);
	made_thread(&snapshot, process, 11, space);
	made_thread(&snapshot, process, 12, other);
	made_finish(&snapshot);
	assert_false(snapshot_is_apart(&snapshot, &snapshot.threads[0]));
	assert_true(snapshot_is_apart(&snapshot, &snapshot.threads[1]));
	assert_int_equal(snapshot.spaces[space].n_threads, 0);
	assert_int_equal(snapshot.spaces[other].n_threads, 1);
	assert_int_equal(snapshot_restrict(&snapshot, SOURCE_PROCESS | SOURCE_THREAD), 0);
	assert_int_equal(snapshot.n_threads, 2);
	assert_int_equal(snapshot_restrict(&snapshot, SOURCE_THREAD), 0);
	assert_int_equal(snapshot.n_threads, 1);
	assert_int_equal(snapshot.spaces[space].held, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_are_found_by_number),
		cmocka_unit_test(spaces_are_found_by_inode_and_id),
		cmocka_unit_test(an_inode_that_is_used_again_is_another_namespace),
		cmocka_unit_test(equal_texts_are_stored_once),
		cmocka_unit_test(containers_are_told_apart_by_runtime_and_id),
		cmocka_unit_test(users_are_found_after_sorting),
		cmocka_unit_test(members_and_holders_are_counted),
		cmocka_unit_test(a_zombie_leader_is_where_its_threads_are),
		cmocka_unit_test(initial_by_inode_where_inodes_are_fixed),
		cmocka_unit_test(initial_by_kthreadd_where_they_are_not),
		cmocka_unit_test(gaps_add_up),
		cmocka_unit_test(depth_is_known_only_from_the_root),
		cmocka_unit_test(forgetting_a_source_forgets_what_it_found),
		cmocka_unit_test(threads_in_the_namespaces_of_their_process_hold_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
