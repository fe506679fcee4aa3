/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, trees and raw text of rows whose cells hold anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <locale.h>

#include "model/tree.h"
#include "show/table.h"

/* Cells by the number of the row: place.space is the row's number here. */
static const char *const names[] = { "init", "a\033[31m b\n\\", "", "\xff\xc3\xa9\xe2\x80\xae" };

static int get_number(const struct row *row, struct value *ret)
{
	*ret = row->place->space == 2 ? value_none() : value_number(row->place->space * 100UL);
	return 0;
}

static int get_name(const struct row *row, struct value *ret)
{
	*ret = value_text(names[row->place->space % 4]);
	return 0;
}

static int get_list(const struct row *row, struct value *ret)
{
	static const struct value items[] = {
		{ .type = VALUE_TEXT, .as.text = "/run/netns/blue" },
		{ .type = VALUE_TEXT, .as.text = "/tmp/x\ny" },
	};

	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list =
		(struct value_list){ .items = items, .count = row->place->space == 1 ? 2 : 0 };
	return 0;
}

static int get_shown(const struct row *row, struct value *ret)
{
	*ret = value_none();
	if (row->place->space == 2)
		ret->display = "(shown)";
	return 0;
}

/* As labels do: the depth of what is not indented as far as that. */
static int get_deep(const struct row *row, struct value *ret)
{
	const uint32_t depth = row->place->depth;
	const bool is_told = row->levels > 0 && depth >= row->levels;

	*ret = value_text(arena_printf(row->scratch, is_told ? "(%u) name" : "name %u", depth));
	return ret->as.text ? 0 : -ENOMEM;
}

static int get_failure(const struct row *row, struct value *ret)
{
	(void)row;
	(void)ret;
	return -ENOMEM;
}

/* clang-format off */
static const struct column all[] = {
	{ .name = "N", .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .help = "a number", .get = get_number },
	{ .name = "NAME", .type = VALUE_TEXT, .flags = COLUMN_CUT, .help = "a name", .get = get_name },
	{ .name = "LIST", .type = VALUE_LIST, .flags = COLUMN_WRAP, .help = "a list", .get = get_list },
	{ .name = "SHOWN", .type = VALUE_TEXT, .help = "for people", .get = get_shown },
	{ .name = "DEEP", .type = VALUE_TEXT, .flags = COLUMN_CUT, .help = "a node", .get = get_deep },
	{ .name = "FAILURE", .type = VALUE_TEXT, .help = "none", .get = get_failure },
};
/* clang-format on */

static const struct column_set set = { .columns = all, .count = ARRAY_SIZE(all) };
static const struct snapshot nothing;

/* What table_print writes. The caller frees it. */
static char *printed(const char *list, const struct place *places, size_t count,
                     const struct table_options *options)
{
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	const struct rows rows = { .snapshot = &nothing,
		                   .items = (struct place *)places,
		                   .count = count };
	const char *unknown = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(columns_choose(&arena, &set, list, &columns, &unknown), 0);
	assert_int_equal(table_print(stream, &columns, &rows, options), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void assert_printed(const char *list, const struct place *places, size_t count,
                           const struct table_options *options, const char *expected)
{
	auto_free char *text = printed(list, places, count, options);

	assert_string_equal(text, expected);
}

static const struct place flat[] = {
	{ .space = 0, .process = NONE, .parent = NONE },
	{ .space = 1, .process = NONE, .parent = NONE },
	{ .space = 2, .process = NONE, .parent = NONE },
	{ .space = 3, .process = NONE, .parent = NONE },
};

static const struct place nested[] = {
	{ .space = 0, .process = NONE, .parent = NONE },
	{ .space = 1, .process = NONE, .parent = 0 },
	{ .space = 2, .process = NONE, .parent = 1 },
	{ .space = 3, .process = NONE, .parent = 0 },
};

static void escapes_and_aligns(void **state)
{
	(void)state;
	setlocale(LC_ALL, "C.UTF-8");
	assert_printed("N,NAME", flat, 4, &(struct table_options){ 0 },
	               "  N NAME\n"
	               "  0 init\n"
	               "100 a\\x1b[31m b\\x0a\\\n"
	               "    \n"
	               "300 \\xff\xc3\xa9\\xe2\\x80\\xae\n");
	setlocale(LC_ALL, "C");
	assert_printed("N,NAME", flat + 3, 1, &(struct table_options){ .noheadings = true },
	               "300 \\xff\\xc3\\xa9\\xe2\\x80\\xae\n");
}

static void shows_what_stands_for_no_value(void **state)
{
	(void)state;
	assert_printed("SHOWN,N", flat, 3, &(struct table_options){ 0 },
	               "SHOWN     N\n"
	               "          0\n"
	               "        100\n"
	               "(shown) \n");
}

static void lists_take_a_line_for_each_item(void **state)
{
	(void)state;
	assert_printed("N,LIST,SHOWN", flat + 1, 2, &(struct table_options){ 0 },
	               "  N LIST            SHOWN\n"
	               "100 /run/netns/blue \n"
	               "    /tmp/x\\x0ay     \n"
	               "                    (shown)\n");
	assert_printed("N,LIST,SHOWN", flat + 1, 2, &(struct table_options){ .nowrap = true },
	               "  N LIST                        SHOWN\n"
	               "100 /run/netns/blue,/tmp/x\\x0ay \n"
	               "                                (shown)\n");
}

static void raw_has_one_space_and_no_special_byte(void **state)
{
	static const char *const locales[] = { "C", "C.UTF-8" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(locales); i++) {
		setlocale(LC_ALL, locales[i]);
		assert_printed("N,LIST,NAME", flat, 4, &(struct table_options){ .raw = true },
		               "N LIST NAME\n"
		               "0  init\n"
		               "100 /run/netns/blue,/tmp/x\\x0ay a\\x1b[31m\\x20b\\x0a\\x5c\n"
		               "  \n"
		               "300  \\xff\\xc3\\xa9\\xe2\\x80\\xae\n");
	}
	setlocale(LC_ALL, "C");
}

static void draws_trees_as_the_locale_can(void **state)
{
	const struct table_options options = { .is_tree = true, .tree_column = "NAME" };

	(void)state;
	assert_printed("N,NAME", nested, 4, &options,
	               "  N NAME\n"
	               "  0 init\n"
	               "100 |-a\\x1b[31m b\\x0a\\\n"
	               "    | `-\n"
	               "300 `-\\xff\\xc3\\xa9\\xe2\\x80\\xae\n");
	setlocale(LC_ALL, "C.UTF-8");
	assert_printed("NAME,N", nested, 2, &options,
	               "NAME                 N\n"
	               "init                 0\n"
	               "└─a\\x1b[31m b\\x0a\\ 100\n");
	setlocale(LC_ALL, "C");
	/* Numbers in a tree stand on the left, behind its lines. */
	assert_printed("N,NAME", nested, 2, &(struct table_options){ .is_tree = true },
	               "N     NAME\n"
	               "0     init\n"
	               "`-100 a\\x1b[31m b\\x0a\\\n");
	/* As in lsns: no tree where its column was not chosen. */
	assert_printed("N", nested, 2, &options, "  N\n  0\n100\n");
}

static void cuts_the_last_column_to_the_terminal_only(void **state)
{
	(void)state;
	assert_printed("N,NAME", flat, 2, &(struct table_options){ .width = 10 },
	               "  N NAME\n"
	               "  0 init\n"
	               "100 a\\x1b[\n");
	assert_printed("N,NAME", flat + 1, 1,
	               &(struct table_options){ .width = 10, .notruncate = true },
	               "  N NAME\n"
	               "100 a\\x1b[31m b\\x0a\\\n");
}

/* Half a number is another number. */
static void cuts_no_number(void **state)
{
	(void)state;
	assert_printed("NAME,N", flat, 2, &(struct table_options){ .width = 10 },
	               "NAME               N\n"
	               "init               0\n"
	               "a\\x1b[31m b\\x0a\\ 100\n");
}

static void headings_are_bold_in_colour(void **state)
{
	auto_free char *text = printed("N,NAME", flat, 1, &(struct table_options){ .color = true });

	(void)state;
	assert_non_null(strstr(text, "\033[1mN"));
	assert_non_null(strstr(text, "\033[0m"));
	assert_non_null(strstr(text, "\n0 init\n"));
}

/* Deeper than libsmartcols could draw by recursion; nothing is lost, and no line grows with it. */
static void deep_trees_stay_narrow(void **state)
{
	const size_t count = 10000;
	auto_free struct place *places = calloc(count, sizeof(*places));

	(void)state;
	assert_non_null(places);
	for (size_t i = 0; i < count; i++)
		places[i] = (struct place){ .space = (uint32_t)i + 3,
			                    .process = NONE,
			                    .parent = i ? (uint32_t)i - 1 : NONE };
	auto_free char *text =
		printed("N", places, count, &(struct table_options){ .is_tree = true });
	size_t n_lines = 0;
	for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
		assert_true(strcspn(line, "\n") < 150);
		n_lines++;
	}
	assert_int_equal(n_lines, count + 1);
}

/* The last line of a chain of nodes so long, and its first ones. The caller frees it. */
static char *printed_chain(const char *list, size_t count, const struct table_options *options)
{
	static const struct node node = { .kind = NODE_PROCESS, .parent = NONE };
	const struct tree tree = { .snapshot = &nothing };
	auto_arena struct arena arena = { 0 };
	auto_columns struct columns columns = { 0 };
	auto_free struct place *places = calloc(count, sizeof(*places));
	const struct rows rows = {
		.snapshot = &nothing, .tree = &tree, .items = places, .count = count
	};
	const char *unknown = NULL;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_true(places && stream);
	for (uint32_t i = 0; i < count; i++)
		places[i] = (struct place){
			.process = NONE, .node = &node, .depth = i, .parent = i ? i - 1 : NONE
		};
	assert_int_equal(columns_choose(&arena, &set, list, &columns, &unknown), 0);
	assert_int_equal(table_print(stream, &columns, &rows, options), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void assert_deepest(const char *list, const struct table_options *options, size_t indent,
                           const char *expected)
{
	auto_free char *text = printed_chain(list, 100, options);
	const char *last = strstr(text, "`-(99) name");

	assert_non_null(last);
	assert_string_equal(last, expected);
	for (size_t i = 0; i < indent; i++)
		assert_int_equal(*--last, ' ');
	assert_int_equal(last[-1], '\n');
}

/* Where lines are not indented further, labels say how deep they are; and on a terminal there is
 * always room for them. */
static void deep_nodes_say_where_they_are(void **state)
{
	struct table_options options = { .is_tree = true, .noheadings = true };

	(void)state;
	assert_deepest("DEEP", &options, 116, "`-(99) name\n");
	auto_free char *text = printed_chain("DEEP", 62, &options);
	assert_non_null(strstr(text, "|-name 59\n"));
	assert_non_null(strstr(text, "|-(60) name\n"));
	options.width = 80;
	assert_deepest("DEEP", &options, 36, "`-(99) name\n");
	assert_deepest("DEEP,N", &options, 36, "`-(99) name 0\n");
	options.width = 1000;
	assert_deepest("DEEP", &options, 116, "`-(99) name\n");
	options.width = 13;
	assert_deepest("DEEP", &options, 2, "`-(99) name\n");
	options.width = 3;
	auto_free char *narrow = printed_chain("DEEP", 4, &options);
	/* Never narrower than the heading. */
	assert_string_equal(narrow, "name\n|-na\n|-(2\n`-(3\n");
	options.notruncate = true;
	assert_deepest("DEEP", &options, 116, "`-(99) name\n");
	/* No tree, no number. */
	auto_free char *flat_text =
		printed_chain("DEEP", 70, &(struct table_options){ .raw = true });
	assert_non_null(strstr(flat_text, "name\\x2069\n"));
}

/* A label is cut where it ends the line, and only there. */
static void cuts_labels_at_the_end(void **state)
{
	const struct table_options options = { .is_tree = true, .noheadings = true, .width = 9 };
	auto_free char *cut = printed_chain("DEEP", 2, &options);
	auto_free char *whole = printed_chain("DEEP,N", 2, &options);

	(void)state;
	assert_string_equal(cut, "name 0\n`-name 1\n");
	assert_string_equal(whole, "name 0   0\n`-name 1 0\n");
	auto_free char *narrower = printed_chain(
		"DEEP", 2,
		&(struct table_options){ .is_tree = true, .noheadings = true, .width = 6 });
	assert_string_equal(narrower, "name 0\n`-name\n");
}

/* Where the columns beside it would not fit, also in front of them; never so short that nothing could be
 * read, and half a number shows as such. */
static void labels_make_room_for_columns(void **state)
{
	struct table_options options = {
		.is_tree = true, .tree_column = "DEEP", .noheadings = true, .width = 12
	};
	auto_free char *fitting = printed_chain("DEEP,N", 3, &options);

	(void)state;
	assert_string_equal(fitting, "name 0     0\n"
	                             "`-name 1   0\n"
	                             "  `-name 2 0\n");
	options.width = 11;
	auto_free char *cut = printed_chain("DEEP,N", 3, &options);
	assert_string_equal(cut, "name 0    0\n"
	                         "|-name 1  0\n"
	                         "`-(2) ... 0\n");
	setlocale(LC_ALL, "C.UTF-8");
	auto_free char *marked = printed_chain("DEEP,N", 3, &options);
	assert_string_equal(marked, "name 0    0\n"
	                            "├─name 1  0\n"
	                            "└─(2) na… 0\n");
	setlocale(LC_ALL, "C");
	/* With headings they count, too. */
	options.noheadings = false;
	auto_free char *headed = printed_chain("DEEP,SHOWN", 2, &options);
	assert_string_equal(headed, "DEEP  SHOWN\n"
	                            "na... \n"
	                            "`-... \n");
	/* A list of nodes is cut in the same way. */
	options.is_tree = false;
	options.noheadings = true;
	options.width = 7;
	auto_free char *list = printed_chain("DEEP,N", 2, &options);
	assert_string_equal(list, "na... 0\n"
	                          "na... 0\n");
	/* So much is taken that less than a third would be left: nothing is gained. */
	options.is_tree = true;
	options.width = 8;
	auto_free char *whole = printed_chain("DEEP,N,SHOWN,N,N", 2, &options);
	assert_string_equal(whole, "name 0   0       0 0\n`-name 1 0       0 0\n");
}

static void labels_are_cut_only_where_that_was_not_refused(void **state)
{
	const struct table_options pipe = { .is_tree = true,
		                            .tree_column = "DEEP",
		                            .noheadings = true };
	struct table_options options = pipe;
	auto_free char *expected = printed_chain("DEEP,N", 3, &pipe);

	(void)state;
	options.width = 8;
	options.notruncate = true;
	auto_free char *whole = printed_chain("DEEP,N", 3, &options);
	assert_string_equal(whole, expected);
}

/* A last column that can be cut itself leaves the labels most of the line. */
static void labels_share_the_line_with_the_last_column(void **state)
{
	const struct table_options options = {
		.is_tree = true, .tree_column = "DEEP", .noheadings = true, .width = 16
	};
	auto_free char *text = printed_chain("DEEP,N,NAME", 4, &options);

	(void)state;
	assert_string_equal(text, "name 0    0 init\n"
	                          "|-name 1  0 init\n"
	                          "|-(2) ... 0 init\n"
	                          "`-(3) ... 0 init\n");
}

static void failures_are_told(void **state)
{
	auto_columns struct columns columns = { 0 };
	const struct rows rows = { .snapshot = &nothing,
		                   .items = (struct place *)flat,
		                   .count = 1 };
	auto_free char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(columns_add_all(&set, &columns), 0);
	assert_int_equal(table_print(stream, &columns, &rows, &(struct table_options){ 0 }),
	                 -ENOMEM);
	fclose(stream);
}

static void describes_columns(void **state)
{
	auto_free char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	assert_int_equal(table_print_columns(stream, &set, &(struct table_options){ 0 }), 0);
	fclose(stream);
	assert_string_equal(text, "      N number a number\n"
	                          "   NAME text   a name\n"
	                          "   LIST list   a list\n"
	                          "  SHOWN text   for people\n"
	                          "   DEEP text   a node\n"
	                          "FAILURE text   none\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escapes_and_aligns),
		cmocka_unit_test(shows_what_stands_for_no_value),
		cmocka_unit_test(lists_take_a_line_for_each_item),
		cmocka_unit_test(raw_has_one_space_and_no_special_byte),
		cmocka_unit_test(draws_trees_as_the_locale_can),
		cmocka_unit_test(cuts_the_last_column_to_the_terminal_only),
		cmocka_unit_test(cuts_no_number),
		cmocka_unit_test(headings_are_bold_in_colour),
		cmocka_unit_test(deep_trees_stay_narrow),
		cmocka_unit_test(deep_nodes_say_where_they_are),
		cmocka_unit_test(cuts_labels_at_the_end),
		cmocka_unit_test(labels_make_room_for_columns),
		cmocka_unit_test(labels_are_cut_only_where_that_was_not_refused),
		cmocka_unit_test(labels_share_the_line_with_the_last_column),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(describes_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
