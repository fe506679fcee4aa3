/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options of all tools: one table drives getopt_long(3); misuse is answered with what comes near. */
#include <getopt.h>
#include <locale.h>

#include "model/nearest.h"
#include "tools/cli_parts.h"

/* stdout in pieces of this size: a table of 100,000 rows is a few hundred writes. */
#define STDOUT_BUFFER_SIZE ((size_t)64 * 1024)

/* What getopt_long returns for option i without a letter: beyond every character. */
#define VALUE_OF_OPTION(i) (256 + (int)(i))

enum standard_option { OPTION_HELP, OPTION_VERSION, N_STANDARD_OPTIONS };

/* All options of a tool: its own, the common ones, --help and --version. */
struct parser {
	const struct cli_tool *tool;
	size_t n_options;
	struct option *longs; /* of those that the tool has */
	size_t n_longs;
	char *letters;
};

static size_t n_applied(const struct cli_tool *tool)
{
	return tool->n_options + cli_n_common_options;
}

static bool is_own(const struct cli_tool *tool, size_t i)
{
	return i < tool->n_options;
}

static const struct cli_option *option_at(const struct cli_tool *tool, size_t i)
{
	return is_own(tool, i) ? &tool->options[i] : &cli_common_options[i - tool->n_options];
}

/* Whether the tool has it: not every common one suits every tool. */
static bool is_offered(const struct cli_tool *tool, size_t i)
{
	return is_own(tool, i) || cli_has_option(tool, option_at(tool, i));
}

static char letter_at(const struct cli_tool *tool, size_t i)
{
	const struct cli_option *option = option_at(tool, i);

	return is_own(tool, i) || (is_offered(tool, i) && cli_has_letter(tool, option))
	               ? option->letter
	               : 0;
}

static int argument_mode(const struct cli_option *option)
{
	if (!option->argument)
		return no_argument;
	return option->argument[0] == '[' ? optional_argument : required_argument;
}

/* Appends "x", "x:" or "x::" to the letters of getopt(3). */
static char *add_letter(char *end, char letter, int mode)
{
	*end++ = letter;
	for (int i = 0; i < mode; i++)
		*end++ = ':';
	return end;
}

/* Fills the two descriptions that getopt_long wants. 0 or -ENOMEM. */
static int parser_build(struct parser *parser)
{
	size_t n = n_applied(parser->tool);
	char *end;

	parser->n_options = n + N_STANDARD_OPTIONS;
	parser->longs = calloc(parser->n_options + 1, sizeof(*parser->longs));
	parser->letters = calloc(parser->n_options + 1, 3);
	if (!parser->longs || !parser->letters)
		return -ENOMEM;
	end = parser->letters;
	*end++ = ':'; /* a missing argument is told apart from an unknown option */
	for (size_t i = 0; i < n; i++) {
		const struct cli_option *option = option_at(parser->tool, i);
		char letter = letter_at(parser->tool, i);

		if (!is_offered(parser->tool, i))
			continue;
		parser->longs[parser->n_longs++] =
			(struct option){ .name = option->name,
			                 .has_arg = argument_mode(option),
			                 .val = VALUE_OF_OPTION(i) };
		if (letter)
			end = add_letter(end, letter, argument_mode(option));
	}
	parser->longs[parser->n_longs++] =
		(struct option){ .name = "help", .val = VALUE_OF_OPTION(n + OPTION_HELP) };
	parser->longs[parser->n_longs++] =
		(struct option){ .name = "version", .val = VALUE_OF_OPTION(n + OPTION_VERSION) };
	*end++ = 'h';
	*end = 'V';
	return 0;
}

static void parser_done(struct parser *parser)
{
	free(parser->longs);
	free(parser->letters);
}
#define auto_parser __attribute__((cleanup(parser_done)))

/* Index of the option that getopt_long's value stands for; n_options: none. */
static size_t option_of_value(const struct parser *parser, int value)
{
	size_t n = n_applied(parser->tool);

	if (value >= VALUE_OF_OPTION(0))
		return (size_t)(value - VALUE_OF_OPTION(0));
	if (value == 'h')
		return n + OPTION_HELP;
	if (value == 'V')
		return n + OPTION_VERSION;
	for (size_t i = 0; i < n; i++)
		if (value && letter_at(parser->tool, i) == value)
			return i;
	return parser->n_options;
}

/* The long name that was meant, or NULL where none is near. */
static const char *nearest_name(const struct parser *parser, const char *name)
{
	struct nearest nearest = { .wanted = name };

	for (size_t i = 0; i < parser->n_longs; i++)
		nearest_offer(&nearest, parser->longs[i].name, parser->longs[i].name);
	return nearest_slip(&nearest);
}

/* getopt_long refused `word`, which begins with two dashes: no such option, or several. */
_Noreturn static void refuse_long(const struct parser *parser, const char *word)
{
	auto_free char *name = strndup(word + 2, strcspn(word + 2, "="));
	const char *first = NULL;
	const char *meant;

	if (!name)
		exit(cli_fail(-ENOMEM, "cannot read the options"));
	for (size_t i = 0; i < parser->n_longs; i++) {
		if (!has_prefix(parser->longs[i].name, name))
			continue;
		if (first)
			cli_usage_error("'--%s' could be '--%s' or '--%s'", name, first,
			                parser->longs[i].name);
		first = parser->longs[i].name;
	}
	meant = nearest_name(parser, name);
	if (meant)
		cli_usage_error("unknown option '--%s', did you mean '--%s'?", name, meant);
	cli_usage_error("unknown option '--%s'", name);
}

/* Says what getopt_long did not like. */
_Noreturn static void refuse(const struct parser *parser, int value, char **argv)
{
	const char *word = argv[optind - 1];
	const struct option *option;

	if (optopt == 0)
		refuse_long(parser, word);
	if (optopt < VALUE_OF_OPTION(0) && value == ':')
		cli_usage_error("option '-%c' needs an argument", optopt);
	if (optopt < VALUE_OF_OPTION(0) && parser->tool->unknown_hint)
		cli_usage_error("unknown option '-%c' (%s)", optopt, parser->tool->unknown_hint);
	if (optopt < VALUE_OF_OPTION(0))
		cli_usage_error("unknown option '-%c'", optopt);
	option = parser->longs;
	while (option->val != optopt)
		option++;
	cli_usage_error(value == ':' ? "option '--%s' needs an argument"
	                             : "option '--%s' takes no argument",
	                option->name);
}

/* An optional argument of a letter may be written -T=owner too, as lsns(8) has it. */
static const char *argument_of(const struct cli_option *option, int value)
{
	bool is_letter = value < VALUE_OF_OPTION(0);

	if (optarg && is_letter && argument_mode(option) == optional_argument && optarg[0] == '=')
		return optarg + 1;
	return optarg;
}

/* One option that was given. */
static void parser_apply(const struct parser *parser, int value, void *options,
                         struct cli_common *common)
{
	const struct cli_tool *tool = parser->tool;
	size_t i = option_of_value(parser, value);
	const struct cli_option *option;
	int r;

	if (i == n_applied(tool) + OPTION_HELP || i == n_applied(tool) + OPTION_VERSION) {
		if (i == n_applied(tool) + OPTION_HELP)
			cli_print_help(tool);
		else
			cli_print_version(tool);
		cli_exit_after_output();
	}
	option = option_at(tool, i);
	r = option->apply(is_own(tool, i) ? options : common, argument_of(option, value));
	if (r < 0)
		exit(cli_fail(r, "cannot read the options"));
}

/* Before anything is read or written. */
static void start(const struct cli_tool *tool)
{
	cli_set_name(tool->name);
	cli_open_standard();
	setlocale(LC_ALL, "");
	setvbuf(stdout, NULL, _IOFBF, STDOUT_BUFFER_SIZE);
}

/* Words that begin with a dash and are no options. getopt_long(3) takes operands out of the way, but
 * before the first one optind is what comes next. */
static void skip_words(const struct cli_tool *tool, char **argv, void *options)
{
	if (!tool->take_word)
		return;
	while (argv[optind] && argv[optind][0] == '-' && !is_equal(argv[optind], "--") &&
	       tool->take_word(options, argv[optind]))
		optind++;
}

int cli_parse(const struct cli_tool *tool, int argc, char **argv, void *options,
              struct cli_common *ret)
{
	auto_parser struct parser parser = { .tool = tool };
	int value;

	start(tool);
	cli_common_start(ret);
	if (parser_build(&parser) < 0)
		exit(cli_fail(-ENOMEM, "cannot read the options"));
	opterr = 0;
	while (skip_words(tool, argv, options),
	       (value = getopt_long(argc, argv, parser.letters, parser.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			refuse(&parser, value, argv);
		parser_apply(&parser, value, options, ret);
	}
	cli_common_settle(ret);
	return optind;
}
