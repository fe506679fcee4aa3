/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/cmdline and uid_map, which are rewritten in place. */
#include "fuzz.h"
#include "model/proctext.h"

static void try_cmdline(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_bytes(data, size);
	size_t length = proctext_cmdline(text, size);

	require(length <= size);
	require(length == 0 || data[length - 1] != '\0');
	for (size_t i = 0; i < size; i++) {
		if (i < length)
			require(text[i] == (data[i] ? (char)data[i] : ' '));
		else
			require(data[i] == '\0');
	}
}

static void try_id_map(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_bytes(data, size);
	size_t length = proctext_id_map(text, size);

	require(length <= size);
	require(!memchr(text, '\n', length) && !memchr(text, '\t', length));
	require(!memmem(text, length, "  ", 2));
	require(length == 0 || (text[0] != ' ' && text[length - 1] != ' '));

	auto_free char *again = fuzz_bytes((uint8_t *)text, length);
	require(proctext_id_map(again, length) == length);
	require(memcmp(again, text, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_cmdline(data, size);
	try_id_map(data, size);
	return 0;
}
