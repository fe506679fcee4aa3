/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which capabilities a process has over a namespace, and by which rule: user_namespaces(7), as
 * cap_capable() in security/commoncap.c decides. */
#ifndef NSKIT_AUTHORITY_H
#define NSKIT_AUTHORITY_H

#include "model/snapshot.h"

enum authority_rule {
	AUTHORITY_MEMBER,   /* it is in the user namespace that governs: its effective set */
	AUTHORITY_ANCESTOR, /* it is in an ancestor of that: its effective set too */
	AUTHORITY_CREATOR, /* it is in the parent of `through`, which governs or is above what does,
			      and its effective uid made `through`: all capabilities */
	AUTHORITY_NONE,    /* that user namespace is neither its own nor below its own: nothing */
	AUTHORITY_UNKNOWN, /* something on the way could not be read: `missing` says what */
	AUTHORITY_N_RULES
};

/* What an answer would take that is not known. */
enum authority_missing {
	AUTHORITY_MISSING_NOTHING,
	AUTHORITY_MISSING_PLACE,    /* the user namespace of the process */
	AUTHORITY_MISSING_UID,      /* its effective uid */
	AUTHORITY_MISSING_SET,      /* its effective set */
	AUTHORITY_MISSING_OWNER,    /* the owner of `missing_of` */
	AUTHORITY_MISSING_PARENT,   /* the parent of `missing_of` */
	AUTHORITY_MISSING_CREATOR,  /* the creator of `missing_of` */
	AUTHORITY_MISSING_IDENTITY, /* whether the process's uid and that of the creator of
				       `missing_of` are one: both have no number here */
};

struct authority {
	enum authority_rule rule;
	uint64_t capabilities; /* bit (1 << CAP_*) */
	uint32_t governor;     /* the user namespace that governs: the owner; of a user namespace
				  itself; NONE where unknown */
	uint32_t through;      /* AUTHORITY_CREATOR: the user namespace that it made; else NONE */
	enum authority_missing missing; /* AUTHORITY_UNKNOWN: what could not be read */
	uint32_t missing_of;            /* and of which namespace, or NONE */
};

/* The uid by which the kernel shows every uid that has no mapping in the user namespace of whoever
 * asks: the default of /proc/sys/kernel/overflowuid. */
#define AUTHORITY_OVERFLOW_UID 65534

/* What a scan must read to answer; the types of the namespaces that are asked about come on top. */
struct needs authority_needs(void);

/*
 * What that process has over that namespace. Where it shows as uid 65534 and so does the creator
 * that matters, they are one only for a snapshot that was taken in the initial user namespace, where
 * every uid has a number. An owner or parent beyond what the scanning process may see governs
 * nothing for processes in its own user namespace or below: the answer is AUTHORITY_NONE then.
 */
struct authority authority_find(const struct snapshot *snapshot, uint32_t process, uint32_t space);

/* How many capabilities there are: include/uapi/linux/capability.h. */
#define CAPABILITY_COUNT 41
#define CAPABILITY_ALL ((1ULL << CAPABILITY_COUNT) - 1)

/* "CAP_CHOWN" for bit 0, and so on: capabilities(7). NULL from CAPABILITY_COUNT on. */
const char *capability_name(unsigned capability);

/* "all", "none", "CAP_NET_ADMIN, CAP_SYS_ADMIN", or "all but CAP_SYS_BOOT" where that is shorter;
 * bits without a name as "41". In `arena`; NULL when out of memory. */
const char *capability_text(struct arena *arena, uint64_t capabilities);

#endif
