/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of namespaces, as net:[4026531833], and lists of types. */
#include <inttypes.h>

#include "fuzz.h"
#include "model/nstype.h"

static void try_name(const char *text)
{
	enum ns_type type = NS_N_TYPES;
	uint64_t inode = 7, again = 8;
	char name[64];
	int r = ns_parse_name(text, &type, &inode);

	require(r == 0 || r == -EINVAL);
	if (r < 0) {
		require(type == NS_N_TYPES && inode == 7);
		return;
	}
	require(type < NS_N_TYPES);
	require(has_prefix(text, ns_types[type].name) && text[strlen(text) - 1] == ']');
	snprintf(name, sizeof(name), "%s:[%" PRIu64 "]", ns_types[type].name, inode);
	require(ns_parse_name(name, &type, &again) == 0 && again == inode);
}

static void try_types(const char *text)
{
	unsigned types = 0, named = 0;
	auto_free char *copy = strdup(text);
	int r = ns_parse_types(text, &types);

	require(copy);
	require(r == 0 || r == -EINVAL);
	require(r == 0 ? types > 0 && types <= NS_ALL_BITS : types == 0);
	char *rest = copy;
	for (const char *word; r == 0 && (word = strsep(&rest, ","));) {
		enum ns_type type = ns_type_by_name(word, strlen(word));
		require(type < NS_N_TYPES);
		named |= NS_BIT(type);
	}
	require(named == types);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *text = fuzz_text(data, size);

	try_name(text);
	try_types(text);
	return 0;
}
