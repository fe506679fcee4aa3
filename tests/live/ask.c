/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the kernel about a namespace by ioctl_ns(2), for tests that judge the output of nslist.
 *
 *   ask owner|parent|creator|id FILE    prints an inode number, a uid, or a 64-bit id
 *   ask listns                          nothing: whether the kernel has listns(2)
 *
 * Exit 1: the kernel says no (the reason is on stderr). 77: it does not know the question.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux 6.18 and 6.19; the headers of most distributions are older. */
#ifndef NS_GET_ID
#define NS_GET_ID _IOR(0xb7, 13, uint64_t)
#endif
#ifndef SYS_listns
#define SYS_listns 470
#endif

enum { EXIT_NO = 1, EXIT_USAGE = 2, EXIT_UNSUPPORTED = 77 };

static int refuse(const char *what)
{
	fprintf(stderr, "ask: %s: %s\n", what, strerror(errno));
	return errno == ENOTTY || errno == ENOSYS ? EXIT_UNSUPPORTED : EXIT_NO;
}

static int has_listns(void)
{
	/* An invalid request: a kernel that has the call says EFAULT or EINVAL. */
	if (syscall(SYS_listns, NULL, NULL, 0, 0) == 0 || errno != ENOSYS)
		return 0;
	return refuse("listns");
}

/* The inode of the namespace that an ioctl gives a descriptor of. */
static int print_relation(int fd, unsigned long request)
{
	struct stat status;
	int relation = ioctl(fd, request);

	if (relation < 0 || fstat(relation, &status) < 0)
		return refuse("relation");
	printf("%lu\n", (unsigned long)status.st_ino);
	return 0;
}

static int print_creator(int fd)
{
	uid_t uid;

	if (ioctl(fd, NS_GET_OWNER_UID, &uid) < 0)
		return refuse("NS_GET_OWNER_UID");
	printf("%u\n", uid);
	return 0;
}

static int print_id(int fd)
{
	uint64_t id;

	if (ioctl(fd, NS_GET_ID, &id) < 0)
		return refuse("NS_GET_ID");
	printf("%llu\n", (unsigned long long)id);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "listns") == 0)
		return has_listns();
	int fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;
	if (argc == 3 && fd < 0)
		return refuse(argv[2]);
	if (argc == 3 && strcmp(argv[1], "owner") == 0)
		return print_relation(fd, NS_GET_USERNS);
	if (argc == 3 && strcmp(argv[1], "parent") == 0)
		return print_relation(fd, NS_GET_PARENT);
	if (argc == 3 && strcmp(argv[1], "creator") == 0)
		return print_creator(fd);
	if (argc == 3 && strcmp(argv[1], "id") == 0)
		return print_id(fd);
	fprintf(stderr, "usage: ask owner|parent|creator|id FILE, or ask listns\n");
	return EXIT_USAGE;
}
