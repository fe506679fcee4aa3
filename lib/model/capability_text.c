/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of capabilities, and sets of them as text: capabilities(7). */
#include "model/authority.h"

/* clang-format off */
static const char *const names[CAPABILITY_COUNT] = {
	[0] = "CAP_CHOWN",
	[1] = "CAP_DAC_OVERRIDE",
	[2] = "CAP_DAC_READ_SEARCH",
	[3] = "CAP_FOWNER",
	[4] = "CAP_FSETID",
	[5] = "CAP_KILL",
	[6] = "CAP_SETGID",
	[7] = "CAP_SETUID",
	[8] = "CAP_SETPCAP",
	[9] = "CAP_LINUX_IMMUTABLE",
	[10] = "CAP_NET_BIND_SERVICE",
	[11] = "CAP_NET_BROADCAST",
	[12] = "CAP_NET_ADMIN",
	[13] = "CAP_NET_RAW",
	[14] = "CAP_IPC_LOCK",
	[15] = "CAP_IPC_OWNER",
	[16] = "CAP_SYS_MODULE",
	[17] = "CAP_SYS_RAWIO",
	[18] = "CAP_SYS_CHROOT",
	[19] = "CAP_SYS_PTRACE",
	[20] = "CAP_SYS_PACCT",
	[21] = "CAP_SYS_ADMIN",
	[22] = "CAP_SYS_BOOT",
	[23] = "CAP_SYS_NICE",
	[24] = "CAP_SYS_RESOURCE",
	[25] = "CAP_SYS_TIME",
	[26] = "CAP_SYS_TTY_CONFIG",
	[27] = "CAP_MKNOD",
	[28] = "CAP_LEASE",
	[29] = "CAP_AUDIT_WRITE",
	[30] = "CAP_AUDIT_CONTROL",
	[31] = "CAP_SETFCAP",
	[32] = "CAP_MAC_OVERRIDE",
	[33] = "CAP_MAC_ADMIN",
	[34] = "CAP_SYSLOG",
	[35] = "CAP_WAKE_ALARM",
	[36] = "CAP_BLOCK_SUSPEND",
	[37] = "CAP_AUDIT_READ",
	[38] = "CAP_PERFMON",
	[39] = "CAP_BPF",
	[40] = "CAP_CHECKPOINT_RESTORE",
};
/* clang-format on */

const char *capability_name(unsigned capability)
{
	return capability < CAPABILITY_COUNT ? names[capability] : NULL;
}

/* Their names behind `start`, with commas between. NULL when out of memory. */
static const char *list(struct arena *arena, const char *start, uint64_t capabilities)
{
	const char *text = start;
	const char *between = "";

	for (unsigned i = 0; i < 64 && text; i++) {
		if (!(capabilities >> i & 1))
			continue;
		const char *name = capability_name(i);
		text = name ? arena_printf(arena, "%s%s%s", text, between, name)
		            : arena_printf(arena, "%s%s%u", text, between, i);
		between = ", ";
	}
	return text;
}

const char *capability_text(struct arena *arena, uint64_t capabilities)
{
	const uint64_t lacks = CAPABILITY_ALL & ~capabilities;

	if (capabilities == 0)
		return "none";
	if (lacks == 0)
		return "all";
	const char *has = list(arena, "", capabilities);
	const char *others = list(arena, "all but ", lacks);
	if (!has || !others)
		return NULL;
	return strlen(others) < strlen(has) ? others : has;
}
