/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A saved snapshot loaded again is the same; a file that is none, or a hostile one, is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "scan/load.h"
#include "show/save.h"

#define HOSTILE "a\n) S 1 \x1b[31m\xff\xc0\x80\xed\xa0\x80\xc2\x9b\\ \"\x7f\xe2\x80\xae"

/* What a stream holds, as a text of the arena. */
static char *saved_text(struct arena *arena, const struct snapshot *snapshot)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(save_snapshot(stream, snapshot), 0);
	assert_int_equal(fclose(stream), 0);
	char *copy = arena_copy(arena, text, size);
	free(text);
	assert_non_null(copy);
	return copy;
}

/* Loads a text as if it were a file. */
static int load_bytes(struct arena *arena, const char *bytes, size_t size, struct snapshot *ret,
                      const char **ret_error)
{
	char path[] = "/tmp/nskit-test-XXXXXX";
	const int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), (ssize_t)size);
	close(fd);
	snapshot_init(ret);
	const int r = load_snapshot(arena, path, ret, ret_error);
	unlink(path);
	return r;
}

static const char *own(struct snapshot *snapshot, const char *text)
{
	return snapshot_intern(snapshot, text, strlen(text));
}

static uint32_t add_space(struct snapshot *snapshot, enum ns_type type, uint64_t inode)
{
	uint32_t index = NONE;

	assert_int_equal(snapshot_add_space(snapshot, type, inode, &index), 0);
	return index;
}

static void add_spaces(struct snapshot *snapshot)
{
	add_space(snapshot, NS_USER, 4026531837);
	add_space(snapshot, NS_USER, 4026532300);
	add_space(snapshot, NS_NET, 4026532301);
	add_space(snapshot, NS_MNT, 4026532302);
	add_space(snapshot, NS_PID, 4026532303);
	add_space(snapshot, NS_TIME, 4026532304);
	assert_int_equal(snapshot_set_id(snapshot, 2, 8812), 0);

	struct space *spaces = snapshot->spaces;
	spaces[0].parent_state = spaces[0].owner_state = RELATION_ROOT;
	spaces[1].parent_state = spaces[1].owner_state = RELATION_KNOWN;
	spaces[1].parent = spaces[1].owner = 0;
	spaces[1].has_owner_uid = true;
	spaces[1].owner_uid = 4294967290;
	spaces[1].uid_map = own(snapshot, "0 100000 65536");
	spaces[1].gid_map = own(snapshot, "0 100000 65536");
	spaces[2].owner_state = RELATION_KNOWN;
	spaces[2].owner = 1;
	spaces[2].netnsid_known = true;
	spaces[2].netnsid = -1;
	spaces[2].mount_path = own(snapshot, "/run/netns/" HOSTILE);
	spaces[2].only_kernel_knows = true;
	spaces[3].root_source = own(snapshot, "/dev/sda1");
	spaces[3].root_type = own(snapshot, "ext4");
	spaces[3].root_label = own(snapshot, HOSTILE);
	spaces[3].root_uuid = own(snapshot, "");
	spaces[3].is_initial = true;
	spaces[4].parent_state = RELATION_HIDDEN;
	spaces[4].owner_state = RELATION_UNREAD;
}

static void add_containers(struct snapshot *snapshot)
{
	const struct container first = { .runtime = "docker",
		                         .id = "0123456789ab",
		                         .name = "web",
		                         .pod = "web-5d7",
		                         .pod_uid = "u-u",
		                         .pod_namespace = "default",
		                         .cgroup = HOSTILE,
		                         .is_sandbox = true,
		                         .is_kubernetes = true };
	const struct container second = { .runtime = "lxc", .id = HOSTILE };
	uint32_t index = NONE;

	assert_int_equal(snapshot_add_container(snapshot, &first, &index), 0);
	assert_int_equal(snapshot_add_container(snapshot, &second, &index), 0);
}

static void fill_process(struct snapshot *snapshot, struct process *process)
{
	static const pid_t numbers[] = { 7, 1 };

	process->parent = 1;
	process->group = process->session = -1;
	process->foreground_group = -1;
	process->terminal = -34816;
	process->uid = 4294967290;
	process->n_threads = 3;
	process->start = 123456789;
	process->pidfd_inode = 90112;
	process->state = 'S';
	process->comm = own(snapshot, HOSTILE);
	process->command = own(snapshot, HOSTILE " --password");
	process->cgroup = own(snapshot, "0::/" HOSTILE "\n1:name=systemd:/x");
	process->container = 1;
	process->terminal_name = own(snapshot, "pts/" HOSTILE);
	process->terminal_device = UINT32_MAX;
	process->label = own(snapshot, HOSTILE);
	process->effective_caps = UINT64_MAX;
	process->seccomp = 2;
	process->no_new_privs = true;
	process->has_audit = true;
	process->is_ending = true;
	process->known = PROCESS_ALL_FIELDS & ~PROCESS_COMM;
	process->refused = PROCESS_COMM;
	pid_t *copy = arena_alloc(&snapshot->texts, sizeof(numbers));
	assert_non_null(copy);
	memcpy(copy, numbers, sizeof(numbers));
	process->numbers = copy;
	process->n_numbers = 2;
	process->at.in[NS_USER] = 1;
	process->at.in[NS_MNT] = 3;
	process->at.children[CHILDREN_PID] = 4;
	process->at.denied = NS_BIT(NS_NET) | NS_BIT(NS_UTS);
	process->at.absent = NS_BIT(NS_IPC);
}

static void add_tasks(struct snapshot *snapshot)
{
	uint32_t index = NONE;

	assert_int_equal(snapshot_add_process(snapshot, 1, &index), 0);
	snapshot->processes[0].at.in[NS_USER] = 0;
	snapshot->processes[0].is_kernel_thread = true;
	/* A kernel without seccomp, where no security module has labels. */
	snapshot->processes[0].has_audit = true;
	snapshot->processes[0].seccomp = -1;
	snapshot->processes[0].label = own(snapshot, "");
	assert_int_equal(snapshot_add_process(snapshot, 7, &index), 0);
	fill_process(snapshot, &snapshot->processes[1]);
	assert_int_equal(snapshot_add_thread(snapshot, 1, 8, &index), 0);
	snapshot->threads[0].comm = own(snapshot, "w\x7f\xc2\x9b\xc3\xa9\t");
	snapshot->threads[0].cgroup = own(snapshot, "0::/" HOSTILE "/t");
	snapshot->threads[0].at.in[NS_NET] = 2;
	snapshot->threads[0].at.children[CHILDREN_TIME] = 5;
	const struct signals signals = { .pid = 7,
		                         .tracer = INT32_MAX,
		                         .pending = 1,
		                         .blocked = UINT64_MAX,
		                         .ignored = UINT64_C(1) << 63,
		                         .caught = 0,
		                         .wchan = own(snapshot, HOSTILE),
		                         .state = 'D',
		                         .frozen = FROZEN_V1,
		                         .has_unread_threads = true };
	assert_int_equal(snapshot_add_signals(snapshot, &signals), 0);
}

static void add_references(struct snapshot *snapshot)
{
	const struct reference references[] = {
		{ .space = 2, .process = 1, .fd = 9, .mount_space = NONE, .kind = HELD_FD },
		{ .space = 2,
		  .process = 1,
		  .fd = 4,
		  .socket = 77,
		  .mount_space = NONE,
		  .kind = HELD_SOCKET },
		{ .space = 2,
		  .process = NONE,
		  .fd = -1,
		  .mount_space = 3,
		  .path = own(snapshot, "/run/netns/" HOSTILE),
		  .kind = HELD_MOUNT,
		  .covered = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(references); i++)
		assert_int_equal(snapshot_add_reference(snapshot, &references[i]), 0);
}

/* A snapshot in which every field and every state is there. */
static void fill(struct snapshot *snapshot)
{
	snapshot_init(snapshot);
	snapshot->host = own(snapshot, HOSTILE);
	snapshot->kernel = own(snapshot, "6.18.44");
	snapshot->taken = 1732228620000001;
	snapshot->self = 7;
	snapshot->has_ids = true;
	snapshot->can_trace = true;
	snapshot->scanned = (struct needs){ .types = NS_ALL_BITS,
		                            .sources = SOURCE_ALL,
		                            .leader = PROCESS_UID | PROCESS_PIDFD_INODE,
		                            .process = PROCESS_STAT,
		                            .thread = PROCESS_CGROUP,
		                            .space = SPACE_ALL_FIELDS,
		                            .holders = true,
		                            .users = true,
		                            .cgroups = true };
	add_spaces(snapshot);
	snapshot->self_at[NS_USER] = 0;
	add_containers(snapshot);
	add_tasks(snapshot);
	add_references(snapshot);
	assert_int_equal(snapshot_add_cgroup(snapshot, "", "/"), 0);
	assert_int_equal(snapshot_add_cgroup(snapshot, "name=" HOSTILE, "/" HOSTILE), 0);
	snapshot_add_gap(snapshot, GAP_PROCESS_NAMESPACES, 312, 340);
	snapshot_add_gap(snapshot, GAP_HIDEPID, 1, 0);
	assert_int_equal(snapshot_add_user(snapshot, 4294967290, HOSTILE), 0);
	assert_int_equal(snapshot_add_user(snapshot, 0, "root"), 0);
	assert_int_equal(snapshot_add_user(snapshot, 5, NULL), 0);
	assert_int_equal(snapshot_finish(snapshot), 0);
}

static void loads_what_was_saved(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot before;
	auto_snapshot struct snapshot after;
	const char *error = NULL;

	(void)state;
	fill(&before);
	const char *first = saved_text(&arena, &before);
	const int r = load_bytes(&arena, first, strlen(first), &after, &error);
	if (r < 0)
		fail_msg("%s", error);
	assert_string_equal(first, saved_text(&arena, &after));
}

static void check_signals(const struct snapshot *after)
{
	assert_null(snapshot_find_signals(after, 0));
	const struct signals *signals = snapshot_find_signals(after, 1);
	assert_non_null(signals);
	assert_int_equal(signals->tracer, INT32_MAX);
	assert_true(signals->pending == 1 && signals->blocked == UINT64_MAX);
	assert_true(signals->ignored == UINT64_C(1) << 63 && signals->caught == 0);
	assert_string_equal(signals->wchan, HOSTILE);
	assert_int_equal(signals->state, 'D');
	assert_int_equal(signals->frozen, FROZEN_V1);
	assert_true(signals->has_unread_threads);
}

static void keeps_every_state(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot before;
	auto_snapshot struct snapshot after;
	const char *error = NULL;

	(void)state;
	fill(&before);
	const char *text = saved_text(&arena, &before);
	assert_int_equal(load_bytes(&arena, text, strlen(text), &after, &error), 0);
	assert_string_equal(after.host, HOSTILE);
	assert_int_equal(after.n_processes, 2);
	const struct process *process = &after.processes[1];
	assert_string_equal(process->command, HOSTILE " --password");
	assert_string_equal(process->cgroup, "0::/" HOSTILE "\n1:name=systemd:/x");
	assert_int_equal(process->terminal, -34816);
	assert_string_equal(process->terminal_name, "pts/" HOSTILE);
	assert_true(process->terminal_device == UINT32_MAX);
	assert_string_equal(process->label, HOSTILE);
	assert_true(process->has_audit && process->no_new_privs);
	assert_true(process->is_ending && !after.processes[0].is_ending);
	assert_true(process->effective_caps == UINT64_MAX);
	assert_int_equal(process->seccomp, 2);
	assert_int_equal(after.processes[0].seccomp, -1);
	assert_true(after.processes[0].has_audit && after.processes[0].effective_caps == 0);
	assert_string_equal(after.processes[0].label, "");
	assert_null(after.processes[0].terminal_name);
	assert_int_equal(process->uid, 4294967290);
	assert_int_equal(process->known, PROCESS_ALL_FIELDS & ~PROCESS_COMM);
	assert_int_equal(process->refused, PROCESS_COMM);
	assert_int_equal(process->at.denied, NS_BIT(NS_NET) | NS_BIT(NS_UTS));
	assert_int_equal(process->at.absent, NS_BIT(NS_IPC));
	assert_int_equal(process->numbers[1], 1);
	check_signals(&after);
	assert_string_equal(after.containers[process->container].id, HOSTILE);
	assert_string_equal(after.threads[0].cgroup, "0::/" HOSTILE "/t");
	assert_int_equal(after.spaces[4].parent_state, RELATION_HIDDEN);
	assert_int_equal(after.spaces[0].parent_state, RELATION_ROOT);
	assert_int_equal(after.spaces[2].parent_state, RELATION_NOTHING);
	assert_true(after.spaces[2].netnsid_known);
	assert_int_equal(after.spaces[2].netnsid, -1);
	assert_true(after.spaces[3].is_initial);
	assert_int_equal(after.spaces[2].held, before.spaces[2].held);
	assert_int_equal(after.n_cgroups, 2);
	assert_string_equal(after.cgroups[0].hierarchy, "");
	assert_string_equal(after.cgroups[1].hierarchy, "name=" HOSTILE);
	assert_string_equal(after.cgroups[1].path, "/" HOSTILE);
	assert_true(after.scanned.cgroups);
	assert_int_equal(after.gaps[GAP_PROCESS_NAMESPACES].count, 312);
	assert_int_equal(after.gaps[GAP_PROCESS_NAMESPACES].total, 340);
	assert_int_equal(after.gaps[GAP_RECORDED].count, 0);
	assert_int_equal(after.gaps[GAP_THREAD_CGROUPS].count, 0);
	assert_int_equal(after.scanned.leader, PROCESS_UID | PROCESS_PIDFD_INODE);
	assert_int_equal(after.scanned.thread, PROCESS_CGROUP);
	assert_string_equal(snapshot_user_name(&after, 4294967290), HOSTILE);
	assert_null(snapshot_user_name(&after, 5));
	assert_string_equal(after.references[2].path, "/run/netns/" HOSTILE);
	assert_true(after.references[2].covered);
}

#define HEAD "{\"format\": \"nskit-snapshot\", \"version\": 1, "

/* clang-format off */
static const struct {
	const char *text, *error;
} wrong[] = {
	{ "", "line 1: format: this is no JSON object, or its end is missing" },
	{ "[]", "line 1: format: this is no JSON object, or its end is missing" },
	{ "\n\n{", "line 3: format: this is no JSON object, or its end is missing" },
	{ "{}\n x", "line 2: format: more follows behind the end of the snapshot" },
	{ "{}}", "line 1: format: more follows behind the end of the snapshot" },
	{ "{\"format\": \"other\"}", "line 1: format: this is no saved snapshot" },
	{ "{\"format\": \"nskit-snapshot\"}", "line 1: format: \"version\" is not a number" },
	{ "{\"format\": \"nskit-snapshot\", \"version\": 2}",
	  "line 1: format: \"version\" is later than this program can read" },
	{ HEAD "\"processes\": 5}", "line 1: processes: this is no array of records" },
	{ HEAD "\"processes\": [5]}", "line 1: processes: this is no object" },
	{ HEAD "\"processes\": [{\"pid\": 1}\n{\"pid\": 2}]}",
	  "line 2: processes: this is no array of records" },
	{ HEAD "\"processes\": [\n{\"pid\" 1}]}", "line 2: processes: this is no valid JSON" },
	{ HEAD "\"processes\": [\n{\"pid\": \"1\"}]}",
	  "line 2: processes: \"pid\" is not a number from 1 to 2147483647" },
	{ HEAD "\"processes\": [\n{\"pid\": 4294967297}]}",
	  "line 2: processes: \"pid\" is not a number from 1 to 2147483647" },
	{ HEAD "\"processes\": [{\"pid\": 99999999999999999999}]}",
	  "line 1: processes: this is no valid JSON" },
	{ HEAD "\"processes\": [{\"pid\": 2}, {\"pid\": 2}]}",
	  "line 1: processes: \"pid\" is not above that of the process before" },
	{ HEAD "\"processes\": [{\"pid\": 2}, {\"pid\": 1}]}",
	  "line 1: processes: \"pid\" is not above that of the process before" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"comm\": \"\\u0000\"}]}",
	  "line 1: processes: this is no valid JSON" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"comm\": {\"base16\": \"6100\"}}]}",
	  "line 1: processes: \"comm\" is not base16 of bytes other than NUL" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"comm\": 7}]}",
	  "line 1: processes: \"comm\" is neither a string nor {\"base16\": \"...\"}" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"numbers\": []}]}",
	  "line 1: processes: \"numbers\" is not a list of process numbers" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"numbers\": [1, -1]}]}",
	  "line 1: processes: \"numbers\" is not a list of process numbers" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"in\": {\"net\": 4026532000}}]}",
	  "line 1: processes: \"net\" is no namespace of this snapshot" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"container\": {\"runtime\": \"x\"}}]}",
	  "line 1: processes: \"container\" is no container of this snapshot" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"effective_caps\": 7}]}",
	  "line 1: processes: \"effective_caps\" is not a set of bits in base 16" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"effective_caps\": \"00FF\"}]}",
	  "line 1: processes: \"effective_caps\" is not a set of bits in base 16" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"signals\": []}]}",
	  "line 1: processes: \"signals\" is not an object" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"signals\": {\"pending\": 1}}]}",
	  "line 1: processes: \"pending\" is not a set of bits in base 16" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"signals\": {\"state\": \"\"}}]}",
	  "line 1: processes: \"state\" is not one character" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"signals\": {\"tracer\": -1}}]}",
	  "line 1: processes: \"tracer\" is not a number from 0 to 2147483647" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"signals\": {\"frozen\": \"v3\"}}]}",
	  "line 1: processes: \"frozen\" is neither \"no\" nor \"v1\" nor \"v2\"" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"seccomp\": -1}]}",
	  "line 1: processes: \"seccomp\" is not a number from 0 to 127" },
	{ HEAD "\"processes\": [{\"pid\": 2, \"terminal_device\": 4294967296}]}",
	  "line 1: processes: \"terminal_device\" is not a number from 1 to 4294967295" },
	{ HEAD "\"cgroups\": [{\"path\": \"/\"}]}",
	  "line 1: cgroups: \"hierarchy\" is not known" },
	{ HEAD "\"cgroups\": [{\"hierarchy\": \"\"}]}",
	  "line 1: cgroups: \"path\" does not begin with a slash" },
	{ HEAD "\"cgroups\": [{\"hierarchy\": \"\", \"path\": \"x\"}]}",
	  "line 1: cgroups: \"path\" does not begin with a slash" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"foo\"}]}",
	  "line 1: namespaces: \"type\" is no type of namespace" },
	{ HEAD "\"namespaces\": [{\"type\": \"net\"}]}",
	  "line 1: namespaces: \"inode\" is not known" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"net\"},\n"
	  "{\"inode\": 5, \"type\": \"net\"}]}",
	  "line 2: namespaces: \"inode\" is that of an earlier namespace" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"user\", \"parent\": 5}]}",
	  "line 1: namespaces: \"parent\" leads in a circle" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"pid\", \"parent\": 6},"
	  "{\"inode\": 6, \"type\": \"pid\", \"parent\": 7},\n"
	  "{\"inode\": 7, \"type\": \"pid\", \"parent\": 6}]}",
	  "line 1: namespaces: \"parent\" leads in a circle" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"net\", \"parent\": 5}]}",
	  "line 1: namespaces: \"parent\" is set, but this type has none" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"net\", \"owner\": 5}]}",
	  "line 1: namespaces: \"owner\" is a namespace of another type" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"net\", \"owner\": \"known\"}]}",
	  "line 1: namespaces: \"owner\" is neither an inode nor a state of a relation" },
	{ HEAD "\"threads\": [{\"pid\": 5, \"tid\": 6}]}",
	  "line 1: threads: \"pid\" is no process of this snapshot" },
	{ HEAD "\"processes\": [{\"pid\": 5}], \"threads\": [{\"pid\": 5}]}",
	  "line 1: threads: \"tid\" is not known" },
	{ HEAD "\"references\": [{\"kind\": \"fd\"}]}",
	  "line 1: references: \"namespace\" is not known" },
	{ HEAD "\"namespaces\": [{\"inode\": 5, \"type\": \"net\"}],"
	  "\"references\": [{\"namespace\": 5, \"kind\": \"process\"}]}",
	  "line 1: references: \"kind\" is neither fd nor socket nor mount" },
};
/* clang-format on */

static void says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		auto_arena struct arena arena = { 0 };
		auto_snapshot struct snapshot snapshot;
		const char *error = NULL;

		assert_int_equal(
			load_bytes(&arena, wrong[i].text, strlen(wrong[i].text), &snapshot, &error),
			-EBADMSG);
		assert_string_equal(error, wrong[i].error);
	}
}

/* Nothing is lost by a later version that adds keys; what is missing is unknown and a gap. */
static void ignores_unknown_keys_and_counts_missing_ones(void **state)
{
	static const char text[] =
		HEAD "\"later\": {\"x\": [1, {\"]\": \"}\\\"\"}]}, \"processes\": "
		     "[{\"pid\": 3, \"later\": [1]}, {\"pid\": 4}]}";
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const char *error = NULL;

	(void)state;
	assert_int_equal(load_bytes(&arena, text, strlen(text), &snapshot, &error), 0);
	assert_int_equal(snapshot.n_processes, 2);
	assert_int_equal(snapshot.processes[0].known, 0);
	assert_int_equal(snapshot.processes[0].uid, (uid_t)-1);
	assert_int_equal(snapshot.processes[0].at.in[NS_NET], NONE);
	assert_false(snapshot.processes[0].has_audit);
	assert_null(snapshot.processes[0].label);
	/* Both records, and the eight sections that are not there. */
	assert_int_equal(snapshot.gaps[GAP_RECORDED].count, 2 + 8);
	assert_int_equal(snapshot.gaps[GAP_RECORDED].total, 2 + 8);
}

/* What was added later is missed by those alone who want it. */
static void files_of_earlier_versions_lack_nothing_else(void **state)
{
	static const char text[] = HEAD
		"\"gaps\": [], \"users\": [], \"containers\": [], \"namespaces\": [], "
		"\"processes\": [], \"threads\": [], \"references\": [], \"cgroups\": [], "
		"\"scan\": {\"host\": null, \"kernel\": null, \"taken\": null, \"has_ids\": null, "
		"\"can_trace\": null, \"self\": null, \"self_in\": null, \"asked\": {\"types\": "
		"[], "
		"\"sources\": [], \"leader\": [], \"process\": [], \"space\": [], "
		"\"holders\": true, \"names\": true, \"users\": true, \"cgroups\": true}}}";
	const struct needs without = { .process = PROCESS_CGROUP };
	const struct needs with = { .process = PROCESS_CGROUP, .thread = PROCESS_CGROUP };
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot, again;
	const char *error = NULL;

	(void)state;
	assert_int_equal(load_bytes(&arena, text, strlen(text), &snapshot, &error), 0);
	assert_int_equal(snapshot.gaps[GAP_RECORDED].count, 0);
	assert_true(snapshot_is_complete(&snapshot, &without));
	assert_false(snapshot_is_complete(&snapshot, &with));
	/* Saved anew, it is still said once. */
	const char *saved = saved_text(&arena, &snapshot);
	assert_int_equal(load_bytes(&arena, saved, strlen(saved), &again, &error), 0);
	assert_int_equal(again.gaps[GAP_THREAD_CGROUPS].count, 1);
	assert_string_equal(saved, saved_text(&arena, &again));
}

static void signals_without_a_set_are_not_known(void **state)
{
	static const char text[] =
		HEAD "\"processes\": [{\"pid\": 3, \"signals\": null}, {\"pid\": 4, \"signals\": "
		     "{\"pending\": \"0\", \"blocked\": \"0\", \"ignored\": \"0\", "
		     "\"caught\": null, \"state\": \"S\"}}, {\"pid\": 5, \"signals\": "
		     "{\"pending\": \"0\", \"blocked\": \"0\", \"ignored\": \"0\", "
		     "\"caught\": \"0\", \"state\": \"S\", \"tracer\": null}}]}";
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const char *error = NULL;

	(void)state;
	assert_int_equal(load_bytes(&arena, text, strlen(text), &snapshot, &error), 0);
	assert_null(snapshot_find_signals(&snapshot, 0));
	assert_null(snapshot_find_signals(&snapshot, 1));
	const struct signals *signals = snapshot_find_signals(&snapshot, 2);
	assert_non_null(signals);
	assert_int_equal(signals->frozen, FROZEN_UNKNOWN);
	assert_null(signals->wchan);
}

static void survives_deep_nesting(void **state)
{
	const size_t depth = 3000000;
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const char *error = NULL;
	char *text = malloc(depth + 200);

	(void)state;
	assert_non_null(text);
	const int length = sprintf(text, "%s\"processes\": ", HEAD);
	memset(text + length, '[', depth);
	assert_int_equal(load_bytes(&arena, text, (size_t)length + depth, &snapshot, &error),
	                 -EBADMSG);
	snapshot_done(&snapshot);
	memset(text + length + depth / 2, ']', depth / 2);
	text[(size_t)length + depth] = '}';
	assert_int_equal(load_bytes(&arena, text, (size_t)length + depth + 1, &snapshot, &error),
	                 -EBADMSG);
	free(text);
}

static void says_why_a_file_cannot_be_read(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot snapshot;
	const char *error = NULL;

	(void)state;
	snapshot_init(&snapshot);
	assert_int_equal(load_snapshot(&arena, "/nonexistent/file", &snapshot, &error), -ENOENT);
	assert_string_equal(error, "No such file or directory");
}

/* The same damage in every run. */
static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static size_t damage(char *bytes, size_t size, uint32_t *seed)
{
	static const char interesting[] = "{}[]\",:0-9e.\\\x80\xff\nnull";
	const uint32_t n_changes = 1 + next_random(seed) % 4;

	for (uint32_t i = 0; i < n_changes; i++) {
		const size_t at = next_random(seed) % size;

		switch (next_random(seed) % 4) {
		case 0:
			bytes[at] = interesting[next_random(seed) % (sizeof(interesting) - 1)];
			break;
		case 1:
			bytes[at] = (char)next_random(seed);
			break;
		case 2: /* a piece is lost */
			memmove(bytes + at, bytes + at + (size - at) / 8,
			        size - at - (size - at) / 8);
			size -= (size - at) / 8;
			break;
		default: /* a digit more or less */
			bytes[at] = (char)('0' + next_random(seed) % 10);
			break;
		}
	}
	return next_random(seed) % 8 ? size : 1 + next_random(seed) % size;
}

static void survives_damage(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_snapshot struct snapshot whole;
	uint32_t seed = 20261121;
	size_t n_loaded = 0;

	(void)state;
	fill(&whole);
	const char *text = saved_text(&arena, &whole);
	const size_t size = strlen(text);
	for (int i = 0; i < 3000; i++) {
		auto_arena struct arena scratch = { 0 };
		auto_snapshot struct snapshot snapshot;
		const char *error = NULL;
		char *bytes = arena_copy(&scratch, text, size);

		assert_non_null(bytes);
		const size_t left = damage(bytes, size, &seed);
		const int r = load_bytes(&scratch, bytes, left, &snapshot, &error);
		assert_true(r == 0 || (r == -EBADMSG && error != NULL));
		if (r < 0)
			continue;
		n_loaded++;
		assert_non_null(saved_text(&scratch, &snapshot));
	}
	/* Some damage is to texts only: the test would be blind if nothing were loaded. */
	assert_true(n_loaded > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads_what_was_saved),
		cmocka_unit_test(keeps_every_state),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(ignores_unknown_keys_and_counts_missing_ones),
		cmocka_unit_test(files_of_earlier_versions_lack_nothing_else),
		cmocka_unit_test(signals_without_a_set_are_not_known),
		cmocka_unit_test(survives_deep_nesting),
		cmocka_unit_test(says_why_a_file_cannot_be_read),
		cmocka_unit_test(survives_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
