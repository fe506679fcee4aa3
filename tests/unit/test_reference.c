/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Holders: all of them in order, and what is said about them. */
#include "tests/unit/made.h"

#include <stdio.h>

#include "model/reference.h"

/* Compares the lines of --why, the closing sentence last. */
static void check_why(const struct snapshot *snapshot, uint32_t space, const char *const *expected)
{
	auto_arena struct arena arena = { 0 };
	auto_holders struct holders holders = { 0 };
	size_t i = 0;

	assert_int_equal(reference_list(snapshot, space, 0, &holders), 0);
	for (; i < holders.count; i++) {
		assert_non_null(expected[i]);
		assert_int_equal(holders.items[i].type, snapshot->spaces[space].type);
		assert_string_equal(reference_line(&arena, snapshot, &holders.items[i]),
		                    expected[i]);
	}
	assert_non_null(expected[i]);
	assert_string_equal(reference_conclusion(&arena, snapshot, space, &holders), expected[i]);
	assert_null(expected[i + 1]);
}

static void check_first(const struct snapshot *snapshot, uint32_t space, const char *expected)
{
	auto_arena struct arena arena = { 0 };
	struct holder holder;

	assert_int_equal(reference_first(snapshot, space, &holder), expected != NULL);
	if (expected)
		assert_string_equal(reference_phrase(&arena, snapshot, &holder), expected);
}

/* A host with a mount namespace, a docker-proxy and a java. */
struct host {
	struct snapshot snapshot;
	uint32_t mnt, proxy, java;
};

static void host_init(struct host *host)
{
	snapshot_init(&host->snapshot);
	host->mnt = made_space(&host->snapshot, NS_MNT, ns_types[NS_MNT].initial_inode);
	made_member(&host->snapshot, 1, 0, "systemd", host->mnt);
	host->java = made_process(&host->snapshot, 880, 1, "java");
	host->proxy = made_process(&host->snapshot, 4711, 1, "docker-proxy");
}

static void host_done(struct host *host)
{
	snapshot_done(&host->snapshot);
}
#define auto_host __attribute__((cleanup(host_done)))

static void initial_namespaces_stay(void **state)
{
	auto_host struct host host;
	static const char *const expected[] = {
		"process       1 systemd",
		"It is an initial namespace and stays until the host shuts down.",
		NULL,
	};

	(void)state;
	host_init(&host);
	made_finish(&host.snapshot);
	check_why(&host.snapshot, host.mnt, expected);
}

static void mounts_and_descriptors_are_named_with_their_place(void **state)
{
	auto_host struct host host;
	static const char *const expected[] = {
		"fd            9 of docker-proxy 4711",
		"socket        fd 7 of java 880 (socket:[8812])",
		"mount         /run/netns/blue in mnt:[4026531832] (systemd 1)",
		"mount         /run/netns/red (covered by another mount)",
		"It goes when /run/netns/blue is unmounted in mnt:[4026531832], /run/netns/red is "
		"unmounted, docker-proxy 4711 closes descriptor 9 and java 880 closes its socket, "
		"descriptor 7.",
		NULL,
	};

	(void)state;
	host_init(&host);
	uint32_t net = made_space(&host.snapshot, NS_NET, INODE(1));
	made_mount(&host.snapshot, net, "/run/netns/red", NONE);
	host.snapshot.references[0].covered = true;
	made_mount(&host.snapshot, net, "/run/netns/blue", host.mnt);
	const struct reference socket = {
		.space = net,
		.process = host.java,
		.mount_space = NONE,
		.fd = 7,
		.socket = 8812,
		.kind = HELD_SOCKET,
	};
	assert_int_equal(snapshot_add_reference(&host.snapshot, &socket), 0);
	made_fd(&host.snapshot, net, host.proxy, 9);
	made_finish(&host.snapshot);
	check_why(&host.snapshot, net, expected);
	check_first(&host.snapshot, net, "fd 9 of docker-proxy 4711");
}

static void threads_and_children_links_are_named(void **state)
{
	auto_host struct host host;
	static const char *const of_net[] = {
		"thread        905 GC (of java 880)",
		"It goes when thread 905 of java 880 exits.",
		NULL,
	};
	static const char *const of_pid[] = {
		"for_children  pid_for_children of java 880",
		"for_children  pid_for_children of thread 906 of java 880",
		"for_children  pid_for_children of docker-proxy 4711",
		"It goes when java 880, which set it aside for children, exits, thread 906 of java "
		"880, which set it aside for children, exits and docker-proxy 4711, which set it "
		"aside for children, exits.",
		NULL,
	};

	(void)state;
	host_init(&host);
	uint32_t net = made_space(&host.snapshot, NS_NET, INODE(1));
	uint32_t pid = made_space(&host.snapshot, NS_PID, INODE(2));
	uint32_t thread = made_thread(&host.snapshot, host.java, 905, net);
	host.snapshot.threads[thread].comm = "GC";
	thread = made_thread(&host.snapshot, host.java, 906, net);
	host.snapshot.threads[thread].at.in[NS_NET] = NONE;
	host.snapshot.threads[thread].at.children[CHILDREN_PID] = pid;
	host.snapshot.processes[host.java].at.children[CHILDREN_PID] = pid;
	host.snapshot.processes[host.proxy].at.children[CHILDREN_PID] = pid;
	made_finish(&host.snapshot);
	check_why(&host.snapshot, net, of_net);
	check_first(&host.snapshot, net, "thread 905 of java 880");
	check_why(&host.snapshot, pid, of_pid);
	check_first(&host.snapshot, pid, "pid_for_children of java 880");
	host.snapshot.processes[host.java].at.children[CHILDREN_PID] = NONE;
	made_finish(&host.snapshot);
	check_first(&host.snapshot, pid, "pid_for_children of thread 906 of java 880");
}

static void relations_are_named_by_inode(void **state)
{
	auto_host struct host host;
	static const char *const expected[] = {
		"nested        user:[4026532005] is its child",
		"owned         owns net:[4026532003]",
		"owned         owns net:[4026532007]",
		"It goes when its child user:[4026532005] goes, net:[4026532003], which it owns, "
		"goes and net:[4026532007], which it owns, goes.",
		NULL,
	};

	(void)state;
	host_init(&host);
	uint32_t later = made_space(&host.snapshot, NS_NET, INODE(7));
	uint32_t user = made_space(&host.snapshot, NS_USER, INODE(1));
	uint32_t child = made_space(&host.snapshot, NS_USER, INODE(5));
	uint32_t net = made_space(&host.snapshot, NS_NET, INODE(3));
	made_owner(&host.snapshot, later, user);
	made_owner(&host.snapshot, net, user);
	made_parent(&host.snapshot, child, user);
	made_owner(&host.snapshot, child, user);
	made_finish(&host.snapshot);
	check_why(&host.snapshot, user, expected);
	check_first(&host.snapshot, user, "parent of user:[4026532005]");
	host.snapshot.spaces[child].parent_state = RELATION_HIDDEN;
	made_finish(&host.snapshot);
	check_first(&host.snapshot, user, "owner of net:[4026532003]");
}

/* What a member of the namespace holds besides goes with it. */
static void only_the_exit_of_members_is_worth_a_word(void **state)
{
	auto_host struct host host;
	static const char *const expected[] = {
		"process       5000 a",
		"process       5001 b",
		"fd            3 of b 5001",
		"It goes when process 5000 (a) exits and process 5001 (b) exits.",
		NULL,
	};

	(void)state;
	host_init(&host);
	uint32_t net = made_space(&host.snapshot, NS_NET, INODE(1));
	made_member(&host.snapshot, 5000, 1, "a", net);
	made_fd(&host.snapshot, net, made_member(&host.snapshot, 5001, 1, "b", net), 3);
	made_finish(&host.snapshot);
	check_why(&host.snapshot, net, expected);
	check_first(&host.snapshot, net, "fd 3 of b 5001");
}

static void a_pid_namespace_goes_with_its_init(void **state)
{
	auto_host struct host host;
	auto_arena struct arena arena = { 0 };
	auto_holders struct holders holders = { 0 };
	static const pid_t numbers[] = { 6001, 1 };

	(void)state;
	host_init(&host);
	uint32_t pid = made_space(&host.snapshot, NS_PID, INODE(1));
	made_member(&host.snapshot, 6000, 1, "entered", pid);
	uint32_t init = made_member(&host.snapshot, 6001, 1, "init", pid);
	made_finish(&host.snapshot);
	assert_int_equal(reference_list(&host.snapshot, pid, 0, &holders), 0);
	assert_string_equal(
		reference_conclusion(&arena, &host.snapshot, pid, &holders),
		"It goes when its init, process 1 in it, exits (all others in it die then).");
	host.snapshot.processes[init].numbers = numbers;
	host.snapshot.processes[init].n_numbers = 2;
	assert_string_equal(
		reference_conclusion(&arena, &host.snapshot, pid, &holders),
		"It goes when its init, process 6001 (init), exits (all others in it die then).");
}

static void many_holders_are_counted(void **state)
{
	auto_host struct host host;
	auto_arena struct arena arena = { 0 };
	auto_holders struct holders holders = { 0 }, some = { 0 };

	(void)state;
	host_init(&host);
	uint32_t net = made_space(&host.snapshot, NS_NET, INODE(1));
	for (int fd = 0; fd < 5; fd++)
		made_fd(&host.snapshot, net, host.proxy, fd);
	for (pid_t pid = 5000; pid < 5131; pid++)
		made_member(&host.snapshot, pid, 1, "many", net);
	made_finish(&host.snapshot);
	assert_int_equal(reference_list(&host.snapshot, net, 0, &holders), 0);
	assert_int_equal(holders.count, 136);
	assert_string_equal(reference_conclusion(&arena, &host.snapshot, net, &holders),
	                    "It goes when all 131 processes in it exit and 5 descriptors of it are "
	                    "closed.");
	assert_int_equal(reference_list(&host.snapshot, net, 2, &some), 0);
	assert_int_equal(some.count, 4);
	assert_int_equal(some.items[1].process, holders.items[1].process);
	assert_int_equal(some.items[3].fd, 1);
}

static void a_limit_keeps_the_lowest_inodes(void **state)
{
	auto_host struct host host;
	auto_holders struct holders holders = { 0 };

	(void)state;
	host_init(&host);
	uint32_t user = made_space(&host.snapshot, NS_USER, INODE(50));
	for (unsigned i = 9; i > 0; i--)
		made_owner(&host.snapshot, made_space(&host.snapshot, NS_NET, INODE(i)), user);
	made_finish(&host.snapshot);
	assert_int_equal(reference_list(&host.snapshot, user, 2, &holders), 0);
	assert_int_equal(holders.count, 2);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(host.snapshot.spaces[holders.items[i].space].inode, INODE(i + 1));
}

#define UNSEEN                                                                                     \
	" no holder can be found: it may be a descriptor in flight, an io_uring file, a kernel "   \
	"user such as an NFS mount, or a holder that cannot be seen from here."

static void what_cannot_be_found_is_said(void **state)
{
	auto_host struct host host;
	static const char *const expected[] = {
		"The kernel says that it lives, but" UNSEEN,
		NULL,
	};
	static const char *const with_gaps[] = {
		"The kernel says that it lives, but" UNSEEN
		" Not everything could be seen: 3 of 12 processes: descriptors not readable; "
		"processes of other users: hidden by the mount option hidepid of /proc.",
		NULL,
	};
	static const char *const restricted[] = {
		"It was seen, but" UNSEEN
		" Not everything could be seen: not looked at: threads, descriptors, mounts; "
		"processes of other users: hidden by the mount option hidepid of /proc.",
		NULL,
	};

	(void)state;
	host_init(&host);
	uint32_t uts = made_space(&host.snapshot, NS_UTS, INODE(1));
	host.snapshot.spaces[uts].only_kernel_knows = true;
	made_finish(&host.snapshot);
	check_why(&host.snapshot, uts, expected);
	check_first(&host.snapshot, uts, NULL);
	snapshot_add_gap(&host.snapshot, GAP_DESCRIPTORS, 3, 12);
	snapshot_add_gap(&host.snapshot, GAP_SOCKETS, 3, 12);
	snapshot_add_gap(&host.snapshot, GAP_CMDLINE, 3, 12);
	snapshot_add_gap(&host.snapshot, GAP_HIDEPID, 1, 0);
	check_why(&host.snapshot, uts, with_gaps);
	assert_int_equal(snapshot_restrict(&host.snapshot, SOURCE_PROCESS), 0);
	check_why(&host.snapshot, uts, restricted);
}

/* A file may say anything: relations in a circle, threads where the kernel allows none. */
static void absurd_records_do_no_harm(void **state)
{
	auto_host struct host host;
	auto_arena struct arena arena = { 0 };

	(void)state;
	host_init(&host);
	uint32_t pid = made_space(&host.snapshot, NS_PID, INODE(1));
	uint32_t user = made_space(&host.snapshot, NS_USER, INODE(2));
	uint32_t net = made_space(&host.snapshot, NS_NET, INODE(3));
	made_parent(&host.snapshot, pid, pid);
	made_owner(&host.snapshot, pid, user);
	made_parent(&host.snapshot, user, user);
	made_thread(&host.snapshot, host.java, 881, pid);
	host.snapshot.processes[host.java].at.children[CHILDREN_TIME] = net;
	host.snapshot.processes[host.java].comm = NULL;
	made_fd(&host.snapshot, net, NONE, -1);
	made_finish(&host.snapshot);
	for (uint32_t i = 0; i < host.snapshot.n_spaces; i++) {
		auto_holders struct holders holders = { 0 };
		struct holder first;
		assert_int_equal(reference_list(&host.snapshot, i, 0, &holders), 0);
		for (size_t h = 0; h < holders.count; h++)
			assert_non_null(reference_line(&arena, &host.snapshot, &holders.items[h]));
		assert_non_null(reference_conclusion(&arena, &host.snapshot, i, &holders));
		if (reference_first(&host.snapshot, i, &first))
			assert_non_null(reference_phrase(&arena, &host.snapshot, &first));
	}
}

/* Each process holds one namespace, in two ways: what the others hold is not looked at for each. */
static void holders_of_many_namespaces_take_linear_time(void **state)
{
	const uint32_t count = 40000;
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t aside = made_space(&snapshot, NS_PID, INODE(2 * i));
		uint32_t apart = made_space(&snapshot, NS_UTS, INODE(2 * i + 1));
		uint32_t process = made_process(&snapshot, (pid_t)(2 * i + 1), 0, "x");
		snapshot.processes[process].at.children[CHILDREN_PID] = aside;
		uint32_t thread = made_thread(&snapshot, process, (pid_t)(2 * i + 2), apart);
		snapshot.threads[thread].at.children[CHILDREN_PID] = aside;
	}
	made_finish(&snapshot);
	alarm(10);
	for (uint32_t i = 0; i < snapshot.n_spaces; i++) {
		auto_holders struct holders holders = { 0 };
		assert_int_equal(reference_list(&snapshot, i, 0, &holders), 0);
		assert_int_equal(holders.count, snapshot.spaces[i].type == NS_PID ? 2 : 1);
	}
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(initial_namespaces_stay),
		cmocka_unit_test(mounts_and_descriptors_are_named_with_their_place),
		cmocka_unit_test(threads_and_children_links_are_named),
		cmocka_unit_test(relations_are_named_by_inode),
		cmocka_unit_test(only_the_exit_of_members_is_worth_a_word),
		cmocka_unit_test(a_pid_namespace_goes_with_its_init),
		cmocka_unit_test(many_holders_are_counted),
		cmocka_unit_test(a_limit_keeps_the_lowest_inodes),
		cmocka_unit_test(what_cannot_be_found_is_said),
		cmocka_unit_test(absurd_records_do_no_harm),
		cmocka_unit_test(holders_of_many_namespaces_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
