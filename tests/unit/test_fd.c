/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole-file reads at every awkward length, and files that are replaced whole or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "skip.h"

/* Each test has an empty directory of its own: its descriptor is in *state, and it is the working
 * directory. */
static char directory[] = "/tmp/nskit-test-fd.XXXXXX";

static int enter_directory(void **state)
{
	static int fd;

	memcpy(directory + sizeof(directory) - 7, "XXXXXX", 6);
	if (!mkdtemp(directory) || chdir(directory) < 0)
		return -1;
	fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = &fd;
	return fd < 0 ? -1 : 0;
}

static size_t count_entries(void)
{
	DIR *stream = opendir(directory);
	size_t n = 0;

	assert_non_null(stream);
	for (const struct dirent *entry; (entry = readdir(stream));)
		n += !is_equal(entry->d_name, ".") && !is_equal(entry->d_name, "..");
	closedir(stream);
	return n;
}

static int leave_directory(void **state)
{
	DIR *stream = opendir(directory);

	if (!stream)
		return -1;
	for (const struct dirent *entry; (entry = readdir(stream));)
		unlinkat(dirfd(stream), entry->d_name, 0);
	closedir(stream);
	close(*(int *)*state);
	return chdir("/") < 0 || rmdir(directory) < 0 ? -1 : 0;
}

static void write_file(const char *path, const void *data, size_t size)
{
	auto_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, data, size), 0);
}

static void assert_file(const char *path, const char *expected)
{
	auto_buffer struct buffer buffer = { 0 };

	assert_int_equal(fd_read_at(AT_FDCWD, path, &buffer), 0);
	assert_string_equal(buffer.data, expected);
}

static void reads_every_length(void **state)
{
	static const size_t lengths[] = { 0,    1,    4094, 4095, 4096,  4097,
		                          8190, 8191, 8192, 8193, 16383, 100000 };
	auto_buffer struct buffer reused = { 0 };
	auto_free char *data = malloc(100000);
	int dir_fd = *(int *)*state;

	assert_non_null(data);
	for (size_t i = 0; i < 100000; i++)
		data[i] = (char)(i * 31 + i / 256);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		auto_buffer struct buffer whole = { 0 };
		auto_buffer struct buffer once = { 0 };

		write_file("file", data, lengths[i]);
		assert_int_equal(fd_read_at(dir_fd, "file", &whole), 0);
		assert_int_equal(fd_read_once_at(dir_fd, "file", &once), 0);
		assert_int_equal(fd_read_at(dir_fd, "file", &reused), 0);
		assert_int_equal(whole.length, lengths[i]);
		assert_int_equal(once.length, lengths[i]);
		assert_int_equal(reused.length, lengths[i]);
		assert_memory_equal(whole.data, data, lengths[i]);
		assert_memory_equal(once.data, data, lengths[i]);
		assert_memory_equal(reused.data, data, lengths[i]);
		assert_int_equal(whole.data[lengths[i]], '\0');
		assert_int_equal(once.data[lengths[i]], '\0');
	}
}

static void a_buffer_holds_the_last_file_only(void **state)
{
	auto_buffer struct buffer buffer = { 0 };
	int dir_fd = *(int *)*state;

	write_file("long", "something long", 14);
	write_file("short", "x", 1);
	assert_int_equal(fd_read_at(dir_fd, "long", &buffer), 0);
	assert_int_equal(fd_read_at(dir_fd, "short", &buffer), 0);
	assert_string_equal(buffer.data, "x");
	assert_int_equal(buffer.length, 1);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	auto_buffer struct buffer buffer = { 0 };
	int dir_fd = *(int *)*state;

	assert_int_equal(fd_read_at(dir_fd, "missing", &buffer), -ENOENT);
	assert_true(is_gone(fd_read_once_at(dir_fd, "missing", &buffer)));
	assert_int_equal(fd_read_at(dir_fd, ".", &buffer), -EISDIR);
	assert_int_equal(buffer.length, 0);
	assert_int_equal(fd_read_all(-1, &buffer), -EBADF);
}

static void a_fifo_does_not_block(void **state)
{
	auto_buffer struct buffer buffer = { 0 };
	auto_close int both = -1;
	int dir_fd = *(int *)*state;

	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(fd_read_at(dir_fd, "fifo", &buffer), 0);
	assert_int_equal(buffer.length, 0);
	both = open("fifo", O_RDWR | O_CLOEXEC);
	assert_true(both >= 0);
	assert_int_equal(fd_read_at(dir_fd, "fifo", &buffer), -EAGAIN);
}

/* As of /proc files of many records. */
static void short_reads_are_not_the_end(void **state)
{
	auto_buffer struct buffer buffer = { 0 };
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	for (int i = 0; i < 50; i++)
		assert_int_equal(write(ends[1], "record\n", 7), 7);
	close(ends[1]);
	assert_int_equal(fd_read_all(ends[0], &buffer), 0);
	close(ends[0]);
	assert_int_equal(buffer.length, 350);
}

static void process_files_are_read_whole_at_once(void **state)
{
	static const char *const files[] = { "cmdline", "comm", "cgroup" };
	auto_buffer struct buffer whole = { 0 };
	auto_buffer struct buffer once = { 0 };
	auto_close int proc_fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	if (proc_fd < 0)
		skip_because("there is no /proc");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		assert_int_equal(fd_read_at(proc_fd, files[i], &whole), 0);
		assert_int_equal(fd_read_once_at(proc_fd, files[i], &once), 0);
		assert_int_equal(whole.length, once.length);
		assert_memory_equal(whole.data, once.data, whole.length);
	}
	assert_int_equal(fd_read_once_at(proc_fd, "status", &once), 0);
	assert_non_null(strstr(once.data, "nonvoluntary_ctxt_switches:"));
	assert_int_equal(fd_read_once_at(proc_fd, "stat", &once), 0);
	assert_int_equal(once.data[once.length - 1], '\n');
}

static void links_fit_or_are_refused(void **state)
{
	int dir_fd = *(int *)*state;
	char text[32];

	assert_int_equal(symlink("net:[4026531833]", "link"), 0);
	assert_int_equal(fd_readlink_at(dir_fd, "link", text, sizeof(text)), 0);
	assert_string_equal(text, "net:[4026531833]");
	assert_int_equal(fd_readlink_at(dir_fd, "link", text, 17), 0);
	assert_string_equal(text, "net:[4026531833]");
	assert_int_equal(fd_readlink_at(dir_fd, "link", text, 16), -ENAMETOOLONG);
	assert_int_equal(fd_readlink_at(dir_fd, "missing", text, sizeof(text)), -ENOENT);
	write_file("file", "", 0);
	assert_int_equal(fd_readlink_at(dir_fd, "file", text, sizeof(text)), -EINVAL);
}

static void a_full_disk_is_an_error(void **state)
{
	auto_close int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	if (fd < 0)
		skip_because("there is no /dev/full");
	assert_int_equal(fd_write_all(fd, "x", 1), -ENOSPC);
	assert_int_equal(fd_write_all(fd, "", 0), 0);
	assert_int_equal(fd_write_all(-1, "x", 1), -EBADF);
}

static void the_old_file_stays_until_commit(void **state)
{
	auto_replacement struct replacement replacement = { 0 };

	(void)state;
	write_file("file", "old", 3);
	assert_int_equal(replacement_open("file", 0644, &replacement), 0);
	fputs("new", replacement.stream);
	fflush(replacement.stream);
	assert_file("file", "old");
	assert_int_equal(replacement_commit(&replacement), 0);
	assert_file("file", "new");
	assert_int_equal(count_entries(), 1);
}

static void what_is_not_committed_leaves_no_trace(void **state)
{
	(void)state;
	write_file("file", "old", 3);
	for (int i = 0; i < 2; i++) {
		auto_replacement struct replacement replacement = { 0 };

		assert_int_equal(replacement_open(i ? "file" : "new", 0600, &replacement), 0);
		fputs("half", replacement.stream);
	}
	assert_file("file", "old");
	assert_int_equal(count_entries(), 1);
}

static void mode_obeys_the_umask(void **state)
{
	mode_t before = umask(027);
	struct stat status;

	(void)state;
	for (int i = 0; i < 2; i++) {
		auto_replacement struct replacement replacement = { 0 };

		assert_int_equal(replacement_open("file", i ? 0600 : 0644, &replacement), 0);
		assert_int_equal(replacement_commit(&replacement), 0);
		assert_int_equal(stat("file", &status), 0);
		assert_int_equal(status.st_mode & 07777, i ? 0600 : 0640);
	}
	umask(before);
}

static void links_to_files_are_followed(void **state)
{
	auto_replacement struct replacement replacement = { 0 };
	struct stat status;

	(void)state;
	write_file("file", "old", 3);
	assert_int_equal(symlink("file", "link"), 0);
	assert_int_equal(replacement_open("link", 0600, &replacement), 0);
	fputs("new", replacement.stream);
	assert_int_equal(replacement_commit(&replacement), 0);
	assert_file("file", "new");
	assert_int_equal(lstat("link", &status), 0);
	assert_true(S_ISLNK(status.st_mode));
}

static void the_longest_name_can_be_replaced(void **state)
{
	auto_replacement struct replacement replacement = { 0 };
	char path[sizeof(directory) + 256];

	(void)state;
	snprintf(path, sizeof(path), "%s/%0255d", directory, 7);
	assert_int_equal(replacement_open(path, 0600, &replacement), 0);
	assert_int_equal(replacement_commit(&replacement), 0);
	assert_file(path, "");
}

static void bad_paths_are_refused_at_once(void **state)
{
	struct replacement replacement = { 0 };

	(void)state;
	write_file("file", "", 0);
	assert_int_equal(replacement_open("", 0600, &replacement), -ENOENT);
	assert_int_equal(replacement_open("missing/file", 0600, &replacement), -ENOENT);
	assert_int_equal(replacement_open("missing/", 0600, &replacement), -ENOENT);
	assert_int_equal(replacement_open("file/x", 0600, &replacement), -ENOTDIR);
	assert_int_equal(replacement_open(".", 0600, &replacement), -EISDIR);
	assert_null(replacement.stream);
	assert_int_equal(count_entries(), 1);
}

/* RLIMIT_FSIZE in place of a full disk: also here write(2) fails in the middle of a file. */
static int commit_beyond_limit(bool is_limit_passing)
{
	auto_replacement struct replacement replacement = { 0 };
	struct rlimit before;
	struct rlimit small;
	int r;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ .rlim_cur = 10000, .rlim_max = before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(replacement_open("file", 0600, &replacement), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 5000; i++)
		fprintf(replacement.stream, "line %d\n", i);
	if (is_limit_passing)
		setrlimit(RLIMIT_FSIZE, &before);
	r = replacement_commit(&replacement);
	setrlimit(RLIMIT_FSIZE, &before);
	return r;
}

static void what_cannot_be_written_is_not_committed(void **state)
{
	(void)state;
	write_file("file", "old", 3);
	assert_int_equal(commit_beyond_limit(false), -EFBIG);
	/* There is room again at the end, but what is in between may be lost. */
	assert_int_equal(commit_beyond_limit(true), -EIO);
	assert_file("file", "old");
	assert_int_equal(count_entries(), 1);
}

static void devices_are_written_directly(void **state)
{
	struct stat status;

	(void)state;
	if (access("/dev/full", W_OK) < 0)
		skip_because("there is no /dev/full");
	for (size_t size = 1; size <= 100000; size *= 100000) {
		auto_replacement struct replacement replacement = { 0 };

		assert_int_equal(replacement_open("/dev/full", 0600, &replacement), 0);
		for (size_t i = 0; i < size; i++)
			fputc('x', replacement.stream);
		assert_int_equal(replacement_commit(&replacement), -ENOSPC);
	}
	assert_int_equal(stat("/dev/full", &status), 0);
	assert_true(S_ISCHR(status.st_mode));
}

static void fifos_are_written_directly(void **state)
{
	auto_replacement struct replacement replacement = { 0 };
	auto_close int both = -1;
	char text[8] = "";

	(void)state;
	assert_int_equal(mkfifo("fifo", 0600), 0);
	both = open("fifo", O_RDWR | O_CLOEXEC);
	assert_true(both >= 0);
	assert_int_equal(replacement_open("fifo", 0600, &replacement), 0);
	fputs("text", replacement.stream);
	assert_int_equal(replacement_commit(&replacement), 0);
	assert_int_equal(read(both, text, sizeof(text)), 4);
	assert_string_equal(text, "text");
	assert_int_equal(count_entries(), 1);
}

/* The same file as stdout, by "-" and by its path: what was there before must not be lost. */
static void stdout_is_appended_to(void **state)
{
	int results[2] = { -1, -1 };
	int before;
	int fd;

	(void)state;
	write_file("out", "kept\n", 5);
	fflush(stdout);
	before = dup(STDOUT_FILENO);
	fd = open("out", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(before >= 0 && fd >= 0);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	for (int i = 0; i < 2; i++) {
		auto_replacement struct replacement replacement = { 0 };

		if (replacement_open(i ? "/dev/stdout" : "-", 0600, &replacement) == 0) {
			fprintf(replacement.stream, "text %d\n", i);
			results[i] = replacement_commit(&replacement);
		}
	}
	dup2(before, STDOUT_FILENO);
	close(before);
	assert_int_equal(results[0], 0);
	assert_int_equal(results[1], 0);
	assert_file("out", "kept\ntext 0\ntext 1\n");
	assert_int_equal(count_entries(), 1);
}

static void of_a_long_file_only_the_start_is_read(void **state)
{
	const int fd = *(int *)*state;
	auto_buffer struct buffer buffer = { 0 };

	/* A hole: what is read of it is memory that is used. */
	assert_int_equal(close(openat(fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)), 0);
	assert_int_equal(truncate("file", (off_t)1 << 40), 0);
	assert_int_equal(fd_read_start_at(fd, "file", 100000, &buffer), 0);
	assert_int_equal(buffer.length, 100000);
	assert_int_equal(buffer.data[100000], '\0');
	assert_true(buffer.capacity < (size_t)1 << 20);

	assert_int_equal(truncate("file", 5), 0);
	assert_int_equal(fd_read_start_at(fd, "file", 5, &buffer), 0);
	assert_int_equal(buffer.length, 5);
	assert_int_equal(fd_read_start_at(fd, "file", 100000, &buffer), 0);
	assert_int_equal(buffer.length, 5);
}

#define in_directory(test) cmocka_unit_test_setup_teardown(test, enter_directory, leave_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_directory(reads_every_length),
		in_directory(a_buffer_holds_the_last_file_only),
		in_directory(what_cannot_be_read_is_an_error),
		in_directory(a_fifo_does_not_block),
		in_directory(of_a_long_file_only_the_start_is_read),
		cmocka_unit_test(short_reads_are_not_the_end),
		cmocka_unit_test(process_files_are_read_whole_at_once),
		in_directory(links_fit_or_are_refused),
		cmocka_unit_test(a_full_disk_is_an_error),
		in_directory(the_old_file_stays_until_commit),
		in_directory(what_is_not_committed_leaves_no_trace),
		in_directory(mode_obeys_the_umask),
		in_directory(links_to_files_are_followed),
		in_directory(the_longest_name_can_be_replaced),
		in_directory(bad_paths_are_refused_at_once),
		in_directory(what_cannot_be_written_is_not_committed),
		cmocka_unit_test(devices_are_written_directly),
		in_directory(fifos_are_written_directly),
		in_directory(stdout_is_appended_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
