/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of signals, signal(7), and the ways to write one. */
#include "base/signalname.h"

#include <signal.h>
#include <stdio.h>

#include "base/parse.h"

/* clang-format off */
/* The actions are those of sig_kernel_*() in include/linux/signal.h of the kernel. */
static const struct signal_kind kinds[] = {
	{ .name = "HUP", .number = SIGHUP, .action = SIGNAL_ENDS,
	  .help = "the terminal has gone; to daemons: read your configuration" },
	{ .name = "INT", .number = SIGINT, .action = SIGNAL_ENDS,
	  .help = "interrupt from the terminal (^C)" },
	{ .name = "QUIT", .number = SIGQUIT, .action = SIGNAL_DUMPS,
	  .help = "quit from the terminal (^\\)" },
	{ .name = "ILL", .number = SIGILL, .action = SIGNAL_DUMPS,
	  .help = "illegal instruction" },
	{ .name = "TRAP", .number = SIGTRAP, .action = SIGNAL_DUMPS,
	  .help = "breakpoint or single step" },
	{ .name = "ABRT", .number = SIGABRT, .action = SIGNAL_DUMPS,
	  .help = "abort(3)" },
	{ .name = "BUS", .number = SIGBUS, .action = SIGNAL_DUMPS,
	  .help = "access to memory that is not behind its address" },
	{ .name = "FPE", .number = SIGFPE, .action = SIGNAL_DUMPS,
	  .help = "arithmetic error, as division by zero" },
	{ .name = "KILL", .number = SIGKILL, .action = SIGNAL_ENDS,
	  .help = "end at once; cannot be caught or ignored" },
	{ .name = "USR1", .number = SIGUSR1, .action = SIGNAL_ENDS,
	  .help = "what the program makes of it" },
	{ .name = "SEGV", .number = SIGSEGV, .action = SIGNAL_DUMPS,
	  .help = "invalid access to memory" },
	{ .name = "USR2", .number = SIGUSR2, .action = SIGNAL_ENDS,
	  .help = "what the program makes of it" },
	{ .name = "PIPE", .number = SIGPIPE, .action = SIGNAL_ENDS,
	  .help = "wrote to a pipe that nobody reads" },
	{ .name = "ALRM", .number = SIGALRM, .action = SIGNAL_ENDS,
	  .help = "alarm(2) has run out" },
	{ .name = "TERM", .number = SIGTERM, .action = SIGNAL_ENDS,
	  .help = "end, please" },
#ifdef SIGSTKFLT
	{ .name = "STKFLT", .number = SIGSTKFLT, .action = SIGNAL_ENDS,
	  .help = "stack fault of a coprocessor (unused)" },
#endif
	{ .name = "CHLD", .number = SIGCHLD, .action = SIGNAL_IGNORED,
	  .help = "a child has ended, stopped or gone on" },
	{ .name = "CONT", .number = SIGCONT, .action = SIGNAL_CONTINUES,
	  .help = "go on, if stopped" },
	{ .name = "STOP", .number = SIGSTOP, .action = SIGNAL_STOPS,
	  .help = "stop; cannot be caught or ignored" },
	{ .name = "TSTP", .number = SIGTSTP, .action = SIGNAL_STOPS,
	  .help = "stop from the terminal (^Z)" },
	{ .name = "TTIN", .number = SIGTTIN, .action = SIGNAL_STOPS,
	  .help = "reads from the terminal in the background" },
	{ .name = "TTOU", .number = SIGTTOU, .action = SIGNAL_STOPS,
	  .help = "writes to the terminal in the background" },
	{ .name = "URG", .number = SIGURG, .action = SIGNAL_IGNORED,
	  .help = "urgent data at a socket" },
	{ .name = "XCPU", .number = SIGXCPU, .action = SIGNAL_DUMPS,
	  .help = "over its limit of CPU time" },
	{ .name = "XFSZ", .number = SIGXFSZ, .action = SIGNAL_DUMPS,
	  .help = "over its limit of file size" },
	{ .name = "VTALRM", .number = SIGVTALRM, .action = SIGNAL_ENDS,
	  .help = "virtual timer has run out" },
	{ .name = "PROF", .number = SIGPROF, .action = SIGNAL_ENDS,
	  .help = "profiling timer has run out" },
	{ .name = "WINCH", .number = SIGWINCH, .action = SIGNAL_IGNORED,
	  .help = "the terminal's window has another size" },
	{ .name = "IO", .number = SIGIO, .action = SIGNAL_ENDS,
	  .help = "a descriptor is ready" },
	{ .name = "PWR", .number = SIGPWR, .action = SIGNAL_ENDS,
	  .help = "power is failing" },
	{ .name = "SYS", .number = SIGSYS, .action = SIGNAL_DUMPS,
	  .help = "no such system call, or one that is filtered" },
};

/* Names of older systems for the same numbers. */
static const struct {
	const char *name;
	int number;
} aliases[] = {
#ifdef SIGCLD
	{ .name = "CLD", .number = SIGCLD },
#endif
#ifdef SIGIOT
	{ .name = "IOT", .number = SIGIOT },
#endif
#ifdef SIGPOLL
	{ .name = "POLL", .number = SIGPOLL },
#endif
#ifdef SIGUNUSED
	{ .name = "UNUSED", .number = SIGUNUSED },
#endif
};
/* clang-format on */

const struct signal_kind *signal_find(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].number == number)
			return &kinds[i];
	}
	return NULL;
}

enum signal_action signal_action_of(int number)
{
	const struct signal_kind *kind = signal_find(number);

	return kind ? kind->action : SIGNAL_ENDS;
}

static bool is_word(const char *text, const char *capitals)
{
	const char *rest = parse_past_word(text, capitals);

	return rest && *rest == '\0';
}

/* 0 where no signal has that name of its own. */
static int number_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (is_word(name, kinds[i].name))
			return kinds[i].number;
	}
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		if (is_word(name, aliases[i].name))
			return aliases[i].number;
	}
	return 0;
}

static int parse_up_to(const char *text, int max, int *ret)
{
	uint64_t value;
	int r = parse_u64(text, &value);

	if (r < 0)
		return r;
	if (value > (uint64_t)max)
		return -ERANGE;
	*ret = (int)value;
	return 0;
}

/* RTMIN, RTMIN+n, RTn, RTMAX, RTMAX-n. */
static int parse_realtime(const char *name, int *ret)
{
	const char *from_max = parse_past_word(name, "RTMAX");
	const char *from_min = parse_past_word(name, "RTMIN");
	const char *rest = from_max ? from_max : from_min;
	int distance = 0, r = 0;

	if (rest && *rest)
		r = *rest == (from_max ? '-' : '+')
		            ? parse_up_to(rest + 1, SIGRTMAX - SIGRTMIN, &distance)
		            : -EINVAL;
	if (!rest) {
		rest = parse_past_word(name, "RT");
		r = rest ? parse_up_to(rest, SIGRTMAX - SIGRTMIN, &distance) : -EINVAL;
	}
	if (r < 0)
		return r;
	*ret = from_max ? SIGRTMAX - distance : SIGRTMIN + distance;
	return 0;
}

int signal_parse(const char *text, int *ret)
{
	const char *name = parse_past_word(text, "SIG");

	if (*text >= '0' && *text <= '9')
		return parse_up_to(text, SIGRTMAX, ret);
	if (!name)
		name = text;
	int number = number_by_name(name);
	if (number == 0)
		return parse_realtime(name, ret);
	*ret = number;
	return 0;
}

/* Of a realtime signal. No system has more than 128 signals. */
static void write_realtime(char buffer[SIGNAL_NAME_SIZE], int number)
{
	const uint8_t above = (uint8_t)(number - SIGRTMIN), below = (uint8_t)(SIGRTMAX - number);

	if (above == 0 || below == 0)
		snprintf(buffer, SIGNAL_NAME_SIZE, "%s", above == 0 ? "RTMIN" : "RTMAX");
	else if (above <= below)
		snprintf(buffer, SIGNAL_NAME_SIZE, "RTMIN+%u", above);
	else
		snprintf(buffer, SIGNAL_NAME_SIZE, "RTMAX-%u", below);
}

const char *signal_name(int number, char buffer[SIGNAL_NAME_SIZE])
{
	const struct signal_kind *kind = signal_find(number);

	if (kind)
		return kind->name;
	if (number < SIGRTMIN || number > SIGRTMAX)
		snprintf(buffer, SIGNAL_NAME_SIZE, "%d", number);
	else
		write_realtime(buffer, number);
	return buffer;
}

int signal_parse_mask(const char *text, uint64_t *ret)
{
	const bool has_prefix_0x = has_prefix(text, "0x");
	const char *digits = has_prefix_0x ? text + strlen("0x") : text;
	const size_t length = strlen(digits);

	if (length > 16 && has_prefix_0x && strspn(digits, "0123456789abcdef") == length)
		return -ERANGE;
	if (length < 16 && !has_prefix_0x)
		return -EINVAL;
	return parse_base16_n(digits, length, ret);
}
