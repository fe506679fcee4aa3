/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The number that our network namespace has given to another one (RTM_GETNSID). */
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "scan/source.h"

struct request {
	struct nlmsghdr header;
	struct rtgenmsg message;
	_Alignas(NLMSG_ALIGNTO) struct nlattr attribute;
	int32_t fd;
};

/* Room for the answer, or for an error that repeats the request. */
union answer {
	struct nlmsghdr header;
	char bytes[512];
};

static int open_socket(struct scan *scan)
{
	if (scan->netlink_fd >= 0)
		return 0;
	scan->netlink_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	return scan->netlink_fd < 0 ? -errno : 0;
}

static int ask(int netlink_fd, int ns_fd, union answer *ret, size_t *ret_length)
{
	const struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETNSID,
			.nlmsg_flags = NLM_F_REQUEST,
		},
		.message = { .rtgen_family = AF_UNSPEC },
		.attribute = {
			.nla_len = sizeof(struct nlattr) + sizeof(int32_t),
			.nla_type = NETNSA_FD,
		},
		.fd = ns_fd,
	};

	if (send(netlink_fd, &request, sizeof(request), 0) < 0)
		return -errno;
	ssize_t length = recv(netlink_fd, ret, sizeof(*ret), 0);
	if (length < 0)
		return -errno;
	*ret_length = (size_t)length;
	return 0;
}

/* Finds the number among the attributes of the answer. */
static int read_answer(const union answer *answer, size_t length, int32_t *ret)
{
	size_t at = NLMSG_LENGTH(NLMSG_ALIGN(sizeof(struct rtgenmsg)));

	if (!NLMSG_OK(&answer->header, length))
		return -EBADMSG;
	if (answer->header.nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *error = NLMSG_DATA(&answer->header);
		return answer->header.nlmsg_len >= NLMSG_LENGTH(sizeof(*error)) && error->error < 0
		               ? error->error
		               : -EBADMSG;
	}
	while (at + sizeof(struct nlattr) <= answer->header.nlmsg_len) {
		const struct nlattr *attribute = (const void *)(answer->bytes + at);
		if (attribute->nla_len < sizeof(*attribute) ||
		    at + attribute->nla_len > answer->header.nlmsg_len)
			break;
		if (attribute->nla_type == NETNSA_NSID &&
		    attribute->nla_len >= sizeof(*attribute) + sizeof(*ret)) {
			memcpy(ret, attribute + 1, sizeof(*ret));
			return 0;
		}
		at += NLMSG_ALIGN(attribute->nla_len);
	}
	return -EBADMSG;
}

int netlink_nsid(struct scan *scan, int ns_fd, int32_t *ret)
{
	union answer answer;
	size_t length = 0;
	int r = open_socket(scan);

	if (r == 0)
		r = ask(scan->netlink_fd, ns_fd, &answer, &length);
	return r < 0 ? r : read_answer(&answer, length, ret);
}
