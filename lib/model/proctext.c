/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of /proc files in, plain data out: proc(5). */
#include "model/proctext.h"

#include "base/parse.h"

/* What is left of a text that is read from the front. */
struct rest {
	const char *text;
	size_t length;
};

/* Cuts the text before the next `separator` (or all that is left) off the front. */
static struct rest rest_cut(struct rest *rest, char separator)
{
	const char *end = memchr(rest->text, separator, rest->length);
	struct rest part = { rest->text, end ? (size_t)(end - rest->text) : rest->length };
	size_t used = part.length + (end ? 1 : 0);

	rest->text += used;
	rest->length -= used;
	return part;
}

static int number_unsigned(struct rest part, uint64_t max, uint64_t *ret)
{
	uint64_t value;
	int r = parse_u64_n(part.text, part.length, &value);

	if (r < 0 || value > max)
		return -EINVAL;
	*ret = value;
	return 0;
}

/* tty_nr and tpgid are printed with %d, and so are pgrp and session, which are -1 while a process
 * is being reaped (fs/proc/array.c): -1 is the lowest of all but tty_nr. */
static int number_signed(struct rest part, int32_t least, int32_t *ret)
{
	bool is_negative = part.length > 0 && *part.text == '-';
	uint64_t value;
	int r;

	if (is_negative) {
		part.text++;
		part.length--;
	}
	r = number_unsigned(part, is_negative ? (uint64_t)INT32_MAX + 1 : INT32_MAX, &value);
	if (r < 0 || (is_negative && -(int64_t)value < least))
		return -EINVAL;
	*ret = (int32_t)(is_negative ? -(int64_t)value : (int64_t)value);
	return 0;
}

static int number_pid(struct rest part, pid_t *ret)
{
	uint64_t value;
	int r = number_unsigned(part, INT32_MAX, &value);

	if (r < 0)
		return r;
	*ret = (pid_t)value;
	return 0;
}

static int stat_take_pid(struct rest *rest, pid_t *ret)
{
	return number_pid(rest_cut(rest, ' '), ret);
}

static int stat_take_signed(struct rest *rest, int32_t least, int32_t *ret)
{
	return number_signed(rest_cut(rest, ' '), least, ret);
}

static int stat_take_unsigned(struct rest *rest, uint64_t max, uint64_t *ret)
{
	return number_unsigned(rest_cut(rest, ' '), max, ret);
}

static void stat_skip(struct rest *rest, unsigned n_fields)
{
	while (n_fields-- > 0)
		rest_cut(rest, ' ');
}

/* "4711 (comm) ": leaves what follows in *rest. */
static int stat_parse_head(struct rest *rest, struct stat_text *ret)
{
	const char *open = memchr(rest->text, '(', rest->length);
	const char *close = memrchr(rest->text, ')', rest->length);
	const char *end = rest->text + rest->length;

	if (!open || !close || close < open || open == rest->text || open[-1] != ' ')
		return -EINVAL;
	if (end - close < 2 || close[1] != ' ')
		return -EINVAL;
	ret->comm = open + 1;
	ret->comm_length = (size_t)(close - open) - 1;
	struct rest number = { rest->text, (size_t)(open - rest->text) - 1 };

	*rest = (struct rest){ close + 2, (size_t)(end - close) - 2 };
	return number_pid(number, &ret->pid);
}

/* Fields 3 to 9: state, ppid, pgrp, session, tty_nr, tpgid, flags. */
static int stat_parse_relations(struct rest *rest, struct stat_text *ret)
{
	struct rest state = rest_cut(rest, ' ');
	uint64_t flags;

	if (state.length != 1)
		return -EINVAL;
	ret->state = *state.text;
	if (stat_take_pid(rest, &ret->parent) < 0 || stat_take_signed(rest, -1, &ret->group) < 0 ||
	    stat_take_signed(rest, -1, &ret->session) < 0 ||
	    stat_take_signed(rest, INT32_MIN, &ret->terminal) < 0 ||
	    stat_take_signed(rest, -1, &ret->foreground_group) < 0 ||
	    stat_take_unsigned(rest, UINT32_MAX, &flags) < 0)
		return -EINVAL;
	ret->flags = (uint32_t)flags;
	return 0;
}

static struct rest stat_without_newline(const char *text, size_t length)
{
	return (struct rest){ text, length - (length > 0 && text[length - 1] == '\n') };
}

int proctext_stat(const char *text, size_t length, struct stat_text *ret)
{
	struct rest rest = stat_without_newline(text, length);
	struct stat_text stat = { 0 };
	uint64_t n_threads;

	if (stat_parse_head(&rest, &stat) < 0 || stat_parse_relations(&rest, &stat) < 0)
		return -EINVAL;
	stat_skip(&rest, 10); /* 10 to 19: page faults, times, priority, nice */
	if (stat_take_unsigned(&rest, INT32_MAX, &n_threads) < 0)
		return -EINVAL;
	stat_skip(&rest, 1); /* 21: itrealvalue */
	if (stat_take_unsigned(&rest, INT64_MAX, &stat.start) < 0)
		return -EINVAL;
	stat.n_threads = (uint32_t)n_threads;
	*ret = stat;
	return 0;
}

int proctext_exit_code(const char *text, size_t length, int *ret)
{
	struct rest rest = stat_without_newline(text, length);
	struct stat_text head;

	if (stat_parse_head(&rest, &head) < 0)
		return -EINVAL;
	stat_skip(&rest, 49); /* 3 to 51 */
	return stat_take_signed(&rest, 0, ret);
}

/* "Uid:" has four: real, effective, saved, file system. */
static int status_parse_uids(struct rest values, struct status_text *ret)
{
	uint64_t uids[4];

	for (size_t i = 0; i < ARRAY_SIZE(uids); i++)
		if (number_unsigned(rest_cut(&values, '\t'), UINT32_MAX, &uids[i]) < 0)
			return -EINVAL;
	if (values.length > 0)
		return -EINVAL;
	ret->real_uid = (uid_t)uids[0];
	ret->effective_uid = (uid_t)uids[1];
	ret->has_uids = true;
	return 0;
}

static int status_parse_numbers(struct rest values, struct status_text *ret)
{
	size_t count = 0;

	while (values.length > 0) {
		if (count == PROCTEXT_MAX_LEVELS)
			return -EINVAL;
		if (number_pid(rest_cut(&values, '\t'), &ret->numbers[count]) < 0)
			return -EINVAL;
		count++;
	}
	if (count == 0)
		return -EINVAL;
	ret->n_numbers = count;
	return 0;
}

static int status_parse_name(struct rest values, struct status_text *ret)
{
	ret->name = values.text;
	ret->name_length = values.length;
	return 0;
}

/* "S (sleeping)". */
static int status_parse_state(struct rest values, struct status_text *ret)
{
	if (values.length == 0)
		return -EINVAL;
	ret->state = *values.text;
	return 0;
}

static int status_parse_parent(struct rest values, struct status_text *ret)
{
	ret->has_parent = true;
	return number_pid(values, &ret->parent);
}

static int status_parse_capabilities(struct rest values, struct status_text *ret)
{
	ret->has_effective_caps = true;
	return parse_base16_n(values.text, values.length, &ret->effective_caps);
}

static int status_parse_seccomp(struct rest values, struct status_text *ret)
{
	uint64_t mode;
	int r = number_unsigned(values, INT8_MAX, &mode);

	if (r < 0)
		return r;
	ret->seccomp = (uint8_t)mode;
	ret->has_seccomp = true;
	return 0;
}

static int status_parse_threads(struct rest values, struct status_text *ret)
{
	uint64_t n_threads;
	int r = number_unsigned(values, INT32_MAX, &n_threads);

	if (r < 0)
		return r;
	ret->n_threads = (uint32_t)n_threads;
	return 0;
}

static int flag(struct rest values, bool *ret, bool *ret_is_there)
{
	uint64_t value;
	int r = number_unsigned(values, 1, &value);

	if (r < 0)
		return r;
	*ret = value;
	*ret_is_there = true;
	return 0;
}

static int status_parse_no_new_privs(struct rest values, struct status_text *ret)
{
	return flag(values, &ret->no_new_privs, &ret->has_no_new_privs);
}

static int status_parse_kernel_thread(struct rest values, struct status_text *ret)
{
	return flag(values, &ret->is_kernel_thread, &ret->has_kernel_thread);
}

static int status_note_memory(struct rest values, struct status_text *ret)
{
	(void)values;
	ret->has_memory = true;
	return 0;
}

#define KEY(name) name, sizeof(name) - 1

/* In the order in which the kernel writes them. */
static const struct {
	const char *key;
	size_t length;
	int (*parse)(struct rest values, struct status_text *ret);
} status_lines[] = {
	/* clang-format off */
	{ KEY("Name"),       status_parse_name },
	{ KEY("State"),      status_parse_state },
	{ KEY("PPid"),       status_parse_parent },
	{ KEY("Uid"),        status_parse_uids },
	{ KEY("NStgid"),     status_parse_numbers },
	{ KEY("Kthread"),    status_parse_kernel_thread },
	{ KEY("VmSize"),     status_note_memory },
	{ KEY("Threads"),    status_parse_threads },
	{ KEY("CapEff"),     status_parse_capabilities },
	{ KEY("NoNewPrivs"), status_parse_no_new_privs },
	{ KEY("Seccomp"),    status_parse_seccomp },
	/* clang-format on */
};

static bool status_key_is(struct rest key, const char *name, size_t length)
{
	return key.length == length && memcmp(key.text, name, length) == 0;
}

/* "Key:\tvalues". Of a name, blanks at its start are its own. */
static bool status_split(struct rest line, struct rest *ret_key, struct rest *ret_values)
{
	const char *colon = memchr(line.text, ':', line.length);

	if (!colon)
		return false;
	*ret_key = (struct rest){ line.text, (size_t)(colon - line.text) };
	*ret_values = (struct rest){ colon + 1, line.length - ret_key->length - 1 };
	if (ret_values->length > 0 && *ret_values->text == '\t')
		rest_cut(ret_values, '\t');
	return true;
}

static int status_parse_line(struct rest key, struct rest values, struct status_text *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_lines); i++)
		if (status_key_is(key, status_lines[i].key, status_lines[i].length))
			return status_lines[i].parse(values, ret);
	return 0;
}

int proctext_status(const char *text, size_t length, struct status_text *ret)
{
	struct rest rest = { text, length };
	struct rest key, values, thread_numbers = { 0 };
	struct status_text status = { 0 };

	/* Reading by lines is safe here: of comm, Name: escapes the newline. */
	while (rest.length > 0) {
		if (!status_split(rest_cut(&rest, '\n'), &key, &values))
			continue;
		int r = status_parse_line(key, values, &status);
		if (r < 0)
			return r;
		if (status_key_is(key, KEY("NSpid")))
			thread_numbers = values;
	}
	/* Of a leader both lines are the same; of another thread NSpid has its own numbers. */
	if (status.n_numbers == 0 && thread_numbers.text &&
	    status_parse_numbers(thread_numbers, &status) < 0)
		return -EINVAL;
	*ret = status;
	return 0;
}

static int signals_parse_state(struct rest values, struct signal_text *ret)
{
	if (values.length == 0)
		return -EINVAL;
	ret->state = *values.text;
	return 0;
}

static int signals_parse_tracer(struct rest values, struct signal_text *ret)
{
	return number_pid(values, &ret->tracer);
}

/* clang-format off */
static const struct {
	const char *key;
	size_t length, at; /* where the set belongs */
} signal_sets[] = {
	{ KEY("SigPnd"), offsetof(struct signal_text, own_pending) },
	{ KEY("ShdPnd"), offsetof(struct signal_text, pending) },
	{ KEY("SigBlk"), offsetof(struct signal_text, blocked) },
	{ KEY("SigIgn"), offsetof(struct signal_text, ignored) },
	{ KEY("SigCgt"), offsetof(struct signal_text, caught) },
};
/* clang-format on */

/* Of a set, *found gets its bit. */
static int signals_parse_line(struct rest key, struct rest values, struct signal_text *ret,
                              unsigned *found)
{
	if (status_key_is(key, KEY("State")))
		return signals_parse_state(values, ret);
	if (status_key_is(key, KEY("TracerPid")))
		return signals_parse_tracer(values, ret);
	for (size_t i = 0; i < ARRAY_SIZE(signal_sets); i++) {
		if (!status_key_is(key, signal_sets[i].key, signal_sets[i].length))
			continue;
		*found |= 1U << i;
		return parse_base16_n(values.text, values.length,
		                      (uint64_t *)(void *)((char *)ret + signal_sets[i].at));
	}
	return 0;
}

int proctext_signals(const char *text, size_t length, struct signal_text *ret)
{
	struct rest rest = { text, length };
	struct rest key, values;
	struct signal_text signals = { 0 };
	unsigned found = 0;

	while (rest.length > 0) {
		if (!status_split(rest_cut(&rest, '\n'), &key, &values))
			continue;
		int r = signals_parse_line(key, values, &signals, &found);
		if (r < 0)
			return r;
	}
	if (!signals.state || found != (1U << ARRAY_SIZE(signal_sets)) - 1)
		return -EINVAL;
	*ret = signals;
	return 0;
}

size_t proctext_name(const char *name, size_t length, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		char next = i + 1 < length ? name[i + 1] : '\0';
		bool is_escape = name[i] == '\\' && (next == 'n' || next == '\\');

		to[n++] = is_escape && next == 'n' ? '\n' : name[i];
		i += is_escape;
	}
	return n;
}

size_t proctext_label(const char *text, size_t length)
{
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\0'))
		length--;
	return length;
}

size_t proctext_cmdline(char *text, size_t length)
{
	while (length > 0 && text[length - 1] == '\0')
		length--;
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	return length;
}

/*
 * Writes the separator of two lines at `to`, of which `from` is what was read so far. The kernel
 * pads numbers to ten places, so there is room for ", "; where there is none, "," does.
 */
static size_t id_map_separate(char *text, size_t to, size_t from)
{
	text[to++] = ',';
	if (to < from)
		text[to++] = ' ';
	return to;
}

size_t proctext_id_map(char *text, size_t length)
{
	size_t to = 0;
	bool in_word = false, in_line = false;

	for (size_t from = 0; from < length; from++) {
		char c = text[from];

		if (c == '\n') {
			in_line = false;
			in_word = false;
			continue;
		}
		if (c == ' ' || c == '\t') {
			in_word = false;
			continue;
		}
		if (!in_word && in_line)
			text[to++] = ' ';
		else if (!in_word && to > 0)
			to = id_map_separate(text, to, from);
		in_word = true;
		in_line = true;
		text[to++] = c;
	}
	if (to < length)
		text[to] = '\0';
	return to;
}
