/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Strict text to number: the whole text or nothing. No sign, no white space, no octal, no silent
 * overflow; integers only, a fraction of the smallest unit is cut off. All return 0, -EINVAL (not of this form) or -ERANGE (of this form, but too large), and
 * write *ret only on 0.
 */
#ifndef NSKIT_PARSE_H
#define NSKIT_PARSE_H

#include <sys/types.h>

#include "base/base.h"

/* Decimal digits only. */
int parse_u64(const char *text, uint64_t *ret) must_use;

/* The same of exactly `length` bytes, which need not be NUL-terminated. */
int parse_u64_n(const char *text, size_t length, uint64_t *ret) must_use;

/* Up to 16 digits of base 16, in lower case, as the kernel writes sets of bits. Exactly `length`
 * bytes; 0 or -EINVAL. */
int parse_base16_n(const char *text, size_t length, uint64_t *ret) must_use;

/* Where `text` goes on behind a word, in any case; NULL when it begins otherwise. The word is given
 * in `capitals`. Unlike strcasecmp(3) the same in every locale: a Turkish "i" has another capital.
 */
const char *parse_past_word(const char *text, const char *capitals);

/* 1 to 2^22 and beyond: any positive pid_t. */
int parse_pid(const char *text, pid_t *ret) must_use;

/* An nsfs inode number: 32 bit, from 0xE0000000 on (the initial ones are 0xEFFFFFF8..FF, the others
 * count from 0xF0000000). */
int parse_inode(const char *text, uint64_t *ret) must_use;

/* 0 to 4294967294; (uid_t)-1 is not a user. */
int parse_uid(const char *text, uid_t *ret) must_use;

/* Bytes: a number, with an optional fraction, and an optional K, M, G, T, P, E in any case (1024;
 * "iB" or "B" may follow). */
int parse_size(const char *text, uint64_t *ret_bytes) must_use;

/* Microseconds: a number, with an optional fraction, and us, ms, s, m or min, h, d; a bare number
 * is seconds. */
int parse_duration(const char *text, uint64_t *ret_microseconds) must_use;

#endif
