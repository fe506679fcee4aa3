/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz programs share. Each tries one parser with any bytes, and aborts where the parser
 * breaks what its header promises. */
#ifndef NSKIT_FUZZ_H
#define NSKIT_FUZZ_H

#include <stdio.h>

#include "base/text.h"

/* Tries one input; 0. The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program where a promise is broken. */
#define require(promise) ((promise) ? (void)0 : fuzz_break(__FILE__, __LINE__, #promise))

static inline _Noreturn void fuzz_break(const char *file, int line, const char *promise)
{
	fprintf(stderr, "%s:%d: broken: %s\n", file, line, promise);
	abort();
}

/* The input up to its first NUL byte as a text that ends where its memory does, so that a sanitizer
 * sees who reads on. The caller frees it. (Strict string checks let strndup(3) take C strings
 * alone.) */
static inline char *fuzz_text(const void *data, size_t size)
{
	const void *end = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t length = end ? (size_t)((const char *)end - (const char *)data) : size;
	char *text = malloc(length + 1);

	require(text);
	if (length > 0)
		memcpy(text, data, length);
	text[length] = '\0';
	return text;
}

/* The same for bytes without an end mark. */
static inline char *fuzz_bytes(const uint8_t *data, size_t size)
{
	char *bytes = malloc(size > 0 ? size : 1);

	require(bytes);
	if (size > 0)
		memcpy(bytes, data, size);
	return bytes;
}

/* Whether a terminal may get it: valid UTF-8 of printable characters, and `extra` bytes. */
static inline bool fuzz_is_printable(const char *text, const char *extra)
{
	while (*text) {
		uint32_t character = 0;
		size_t length = text_utf8_decode(text, &character);

		if (length == 0)
			return false;
		if ((character < 0x20 || character == 0x7f) && !strchr(extra, (int)character))
			return false;
		if (character >= 0x80 && character < 0xa0)
			return false;
		text += length;
	}
	return true;
}

#endif
