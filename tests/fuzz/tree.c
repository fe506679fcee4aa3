/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files, links and directories of an input. */
#include "tree.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sys/stat.h>

#include "fuzz.h"

/* So many entries are enough to be hostile. */
#define MAX_ENTRIES 200

/* Whether the path leads to nowhere else than below the directory. */
static bool is_below(const char *path)
{
	auto_free char *copy = strdup(path);
	char *rest = copy;

	require(copy);
	for (const char *part; (part = strsep(&rest, "/"));)
		if (is_equal(part, ".."))
			return false;
	return *path && *path != '/' && strlen(path) < 1000;
}

/* What a process may be told to read must not be endless, as /dev/zero: only container state files,
 * whose links are never followed out of the tree, may point anywhere. */
static bool is_harmless(const char *path, const char *where)
{
	return *where && (!strchr(where, '/') || has_prefix(path, "run/") ||
	                  has_prefix(path, "var/") || has_prefix(path, "home/"));
}

/* Makes the directories that lead to it, but not through links. */
static bool make_parents(int root_fd, char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		struct stat status;
		*slash = '\0';
		bool is_made = mkdirat(root_fd, path, 0755) == 0 ||
		               (fstatat(root_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
		                S_ISDIR(status.st_mode));
		*slash = '/';
		if (!is_made)
			return false;
	}
	return true;
}

static void write_file(int root_fd, const char *path, const char *bytes, size_t size)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	auto_close int fd = openat(root_fd, path, flags, 0644);

	require(fd < 0 || write(fd, bytes, size) == (ssize_t)size);
}

/* "PATH", "PATH>WHERE" or "PATH/", and the bytes of the file. */
static void make_entry(int root_fd, char *path, const char *bytes, size_t size)
{
	char *where = strchr(path, '>');

	if (where)
		*where++ = '\0';
	if (!is_below(path) || !make_parents(root_fd, path) || path[strlen(path) - 1] == '/')
		return;
	if (!where)
		write_file(root_fd, path, bytes, size);
	else if (is_harmless(path, where) && symlinkat(where, root_fd, path) < 0)
		require(errno == EEXIST || errno == ENAMETOOLONG);
}

/* The start of the next line that begins with "=", or `end`. */
static const char *next_entry(const char *at, const char *end)
{
	while (at < end && *at != '=') {
		const char *line = memchr(at, '\n', (size_t)(end - at));
		at = line ? line + 1 : end;
	}
	return at;
}

char *tree_make(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	const char *folder = getenv("TMPDIR");
	char *root = NULL;

	require(asprintf(&root, "%s/nskit-fuzz-XXXXXX", folder ? folder : "/tmp") > 0);
	require(mkdtemp(root));
	auto_close int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	require(root_fd >= 0);
	at = next_entry(at, end);
	for (size_t i = 0; at < end && i < MAX_ENTRIES; i++) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		const char *bytes = line_end ? line_end + 1 : end;
		auto_free char *path =
			fuzz_text(at + 1, (size_t)((line_end ? line_end : end) - at) - 1);
		require(path);
		at = next_entry(bytes, end);
		make_entry(root_fd, path, bytes, (size_t)(at - bytes));
	}
	return root;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_remove(char *root)
{
	require(nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	free(root);
}
