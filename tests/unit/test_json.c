/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows as JSON: valid whatever the texts hold, with the same keys in every row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>

#include "show/json.h"

static const char *hostile;

static int get_number(const struct row *row, struct value *ret)
{
	*ret = value_number(row->place->space == 1 ? UINT64_MAX : row->place->space);
	return 0;
}

static int get_text(const struct row *row, struct value *ret)
{
	(void)row;
	*ret = value_text(hostile);
	return 0;
}

static int get_none(const struct row *row, struct value *ret)
{
	(void)row;
	*ret = value_none();
	ret->display = "(for tables only)";
	return 0;
}

static int get_real(const struct row *row, struct value *ret)
{
	*ret = (struct value){ .type = VALUE_REAL, .as.real = row->place->space ? NAN : 0.5 };
	return 0;
}

static int get_signed(const struct row *row, struct value *ret)
{
	(void)row;
	*ret = (struct value){ .type = VALUE_SIGNED, .as.signed_number = INT64_MIN };
	return 0;
}

static int get_flag(const struct row *row, struct value *ret)
{
	*ret = value_bool(row->place->space == 0);
	return 0;
}

static int get_list(const struct row *row, struct value *ret)
{
	static const struct value_member members[] = {
		{ .name = "fd", .value = { .type = VALUE_NUMBER, .as.number = 9 } },
		{ .name = "path", .value = { .type = VALUE_NONE } },
	};
	static const struct value items[] = {
		{ .type = VALUE_OBJECT, .as.object = { .members = members, .count = 2 } },
		{ .type = VALUE_TEXT, .as.text = "x" },
	};

	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list =
		(struct value_list){ .items = items, .count = row->place->space == 0 ? 2 : 0 };
	return 0;
}

/* clang-format off */
static const struct column all[] = {
	{ .name = "NUMBER", .type = VALUE_NUMBER, .help = "a \"number\"", .get = get_number },
	{ .name = "TEXT", .type = VALUE_TEXT, .help = "a text", .get = get_text },
	{ .name = "NO_VALUE", .type = VALUE_TEXT, .help = "none", .get = get_none },
	{ .name = "REAL", .type = VALUE_REAL, .help = "a real", .get = get_real },
	{ .name = "SIGNED", .type = VALUE_SIGNED, .help = "signed", .get = get_signed },
	{ .name = "FLAG", .type = VALUE_BOOL, .help = "a flag", .get = get_flag },
	{ .name = "LIST", .type = VALUE_LIST, .help = "a list", .get = get_list },
};
/* clang-format on */

static const struct column_set set = { .columns = all, .count = ARRAY_SIZE(all) };

static char *printed(const char *list, const struct snapshot *snapshot, const struct place *places,
                     size_t count, bool nest)
{
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const struct rows rows = { .snapshot = snapshot,
		                   .items = (struct place *)places,
		                   .count = count };
	const struct needs view = { .types = NS_ALL_BITS,
		                    .sources = SOURCE_ALL,
		                    .space = SPACE_ALL_FIELDS };
	const char *unknown = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(columns_choose(&arena, &set, list, &columns, &unknown), 0);
	const struct json_section section = {
		.key = "namespaces", .columns = &columns, .rows = &rows, .nest = nest
	};
	assert_int_equal(json_print(stream, &section, 1, &view), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void assert_printed(const char *list, const struct place *places, size_t count, bool nest,
                           const char *expected)
{
	const struct snapshot nothing = { 0 };
	auto_free char *text = printed(list, &nothing, places, count, nest);

	assert_string_equal(text, expected);
}

/* Reads it as another program would. The caller frees it. */
static json_t *parsed(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		fail_msg("%s: %s", error.text, text);
	return json;
}

static const struct place places[] = {
	{ .space = 0, .process = NONE, .parent = NONE },
	{ .space = 1, .process = NONE, .parent = 0 },
	{ .space = 2, .process = NONE, .parent = 1 },
	{ .space = 3, .process = NONE, .parent = 0 },
	{ .space = 4, .process = NONE, .parent = NONE },
};

static void writes_every_type(void **state)
{
	(void)state;
	hostile = "x";
	assert_printed("NUMBER,TEXT,NO_VALUE,REAL,SIGNED,FLAG,LIST", places, 2, false,
	               "{\n   \"namespaces\": [\n"
	               "      {\"number\": 0, \"text\": \"x\", \"no_value\": null, \"real\": 0.5, "
	               "\"signed\": -9223372036854775808, \"flag\": true, "
	               "\"list\": [{\"fd\": 9, \"path\": null}, \"x\"]},\n"
	               "      {\"number\": 18446744073709551615, \"text\": \"x\", "
	               "\"no_value\": null, \"real\": null, "
	               "\"signed\": -9223372036854775808, \"flag\": false, \"list\": []}\n"
	               "   ],\n   \"complete\": true,\n   \"gaps\": []\n}\n");
}

static void writes_no_rows(void **state)
{
	(void)state;
	assert_printed("NUMBER", NULL, 0, false,
	               "{\n   \"namespaces\": [],\n   \"complete\": true,\n   \"gaps\": []\n}\n");
	assert_printed("NUMBER", NULL, 0, true,
	               "{\n   \"namespaces\": [],\n   \"complete\": true,\n   \"gaps\": []\n}\n");
}

static void writes_a_column_once(void **state)
{
	(void)state;
	assert_printed("FLAG,FLAG", places, 1, false,
	               "{\n   \"namespaces\": [\n      {\"flag\": true}\n   ],\n"
	               "   \"complete\": true,\n   \"gaps\": []\n}\n");
}

static void nests_children(void **state)
{
	static const struct place roots[] = {
		{ .space = 2, .process = NONE, .parent = NONE },
		{ .space = 3, .process = NONE, .parent = NONE },
	};

	(void)state;
	assert_printed("NUMBER", roots, 2, true,
	               "{\n   \"namespaces\": [\n"
	               "      {\"number\": 2, \"children\": []},\n"
	               "      {\"number\": 3, \"children\": []}\n"
	               "   ],\n   \"complete\": true,\n   \"gaps\": []\n}\n");
	assert_printed("FLAG", places, 5, true,
	               "{\n   \"namespaces\": [\n"
	               "      {\"flag\": true, \"children\": [\n"
	               "         {\"flag\": false, \"children\": [\n"
	               "            {\"flag\": false, \"children\": []}\n"
	               "         ]},\n"
	               "         {\"flag\": false, \"children\": []}\n"
	               "      ]},\n"
	               "      {\"flag\": false, \"children\": []}\n"
	               "   ],\n   \"complete\": true,\n   \"gaps\": []\n}\n");
}

/* Rows that do not nest can say where they belong all the same. */
static void names_parents(void **state)
{
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const struct columns none = { 0 };
	const struct snapshot nothing = { 0 };
	const struct rows rows = { .snapshot = &nothing,
		                   .items = (struct place *)places,
		                   .count = 3 };
	const struct json_section sections[] = {
		{ .key = "a", .columns = &columns, .rows = &rows, .parents = true },
		{ .key = "b", .columns = &none, .rows = &rows, .parents = true },
	};
	const struct needs view = { 0 };
	const char *unknown = NULL;
	auto_free char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(columns_choose(&arena, &set, "FLAG", &columns, &unknown), 0);
	assert_int_equal(json_print(stream, sections, ARRAY_SIZE(sections), &view), 0);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(text, "{\n   \"a\": [\n"
	                          "      {\"flag\": true, \"parent\": null},\n"
	                          "      {\"flag\": false, \"parent\": 0},\n"
	                          "      {\"flag\": false, \"parent\": 1}\n"
	                          "   ],\n   \"b\": [\n"
	                          "      {\"parent\": null},\n"
	                          "      {\"parent\": 0},\n"
	                          "      {\"parent\": 1}\n"
	                          "   ],\n   \"complete\": true,\n   \"gaps\": []\n}\n");
}

/* Every byte before and after every other, as a name may hold them. */
static void texts_are_always_valid(void **state)
{
	const struct snapshot nothing = { 0 };
	static char text[255 * 3 + 1];

	(void)state;
	hostile = text;
	for (int first = 1; first < 256; first++) {
		char *end = text;
		for (int second = 1; second < 256; second++) {
			*end++ = (char)first;
			*end++ = (char)second;
			*end++ = 'a';
		}
		auto_free char *json = printed("TEXT", &nothing, places, 1, false);
		json_decref(parsed(json));
		for (const char *byte = json; *byte; byte++)
			assert_true((unsigned char)*byte >= ' ' || *byte == '\n');
		assert_null(strchr(json, 0x7f));
	}
}

static void controls_are_escaped(void **state)
{
	const struct snapshot nothing = { 0 };

	(void)state;
	hostile = "\033[1m\x7f\xc2\x9b\xc3\xa9\xff\n\"\\";
	auto_free char *text = printed("TEXT", &nothing, places, 1, false);
	assert_non_null(strstr(text, "\"\\u001B[1m\\u007F\\u009B\xc3\xa9\\\\xff\\n\\\"\\\\\""));
}

static void says_what_is_missing(void **state)
{
	auto_snapshot struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	snapshot_add_gap(&snapshot, GAP_PROCESS_NAMESPACES, 312, 340);
	snapshot_add_gap(&snapshot, GAP_RELATIONS, 2, 0);
	auto_free char *text = printed("NUMBER", &snapshot, places, 1, false);
	json_t *json = parsed(text);
	const json_t *gaps = json_object_get(json, "gaps");
	assert_true(json_is_false(json_object_get(json, "complete")));
	assert_int_equal(json_array_size(gaps), 2);
	const json_t *gap = json_array_get(gaps, 0);
	assert_int_equal(json_integer_value(json_object_get(gap, "count")), 312);
	assert_int_equal(json_integer_value(json_object_get(gap, "total")), 340);
	assert_string_equal(json_string_value(json_object_get(gap, "what")),
	                    gap_texts[GAP_PROCESS_NAMESPACES].what);
	assert_non_null(json_object_get(gap, "reason"));
	assert_non_null(json_object_get(gap, "cure"));
	assert_true(json_is_null(json_object_get(json_array_get(gaps, 1), "total")));
	json_decref(json);
}

/* As deep as a file can make it: no recursion, every bracket closed. */
static void deep_trees_are_written(void **state)
{
	const size_t count = 100000;
	const struct snapshot nothing = { 0 };
	auto_free struct place *deep = calloc(count, sizeof(*deep));
	size_t n_open = 0, n_closed = 0;

	(void)state;
	assert_non_null(deep);
	for (size_t i = 0; i < count; i++)
		deep[i] = (struct place){ .process = NONE, .parent = i ? (uint32_t)i - 1 : NONE };
	auto_free char *text = printed("FLAG", &nothing, deep, count, true);
	for (const char *byte = text; *byte; byte++) {
		n_open += *byte == '{' || *byte == '[';
		n_closed += *byte == '}' || *byte == ']';
	}
	assert_int_equal(n_open, n_closed);
	assert_int_equal(n_open, 2 * count + 3);
	assert_true(strlen(text) < count * 500);
}

static void describes_columns(void **state)
{
	auto_free char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(json_print_columns(stream, &set), 0);
	fclose(stream);
	json_t *json = parsed(text);
	const json_t *columns = json_object_get(json, "columns");
	assert_int_equal(json_array_size(columns), ARRAY_SIZE(all));
	const json_t *first = json_array_get(columns, 0);
	assert_string_equal(json_string_value(json_object_get(first, "name")), "NUMBER");
	assert_string_equal(json_string_value(json_object_get(first, "type")), "number");
	assert_string_equal(json_string_value(json_object_get(first, "help")), "a \"number\"");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_every_type),      cmocka_unit_test(writes_no_rows),
		cmocka_unit_test(writes_a_column_once),   cmocka_unit_test(nests_children),
		cmocka_unit_test(names_parents),          cmocka_unit_test(texts_are_always_valid),
		cmocka_unit_test(controls_are_escaped),   cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(deep_trees_are_written), cmocka_unit_test(describes_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
