/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The columns of pgkill. */
#include "show/killcols.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/signalname.h"
#include "model/victim.h"
#include "show/proccols.h"

static int made_text(const char *text, struct value *ret)
{
	if (!text)
		return -ENOMEM;
	*ret = value_text(text);
	return 0;
}

static int get_effect(const struct row *row, struct value *ret)
{
	*ret = value_text(row->place->victim ? row->place->victim->effect : NULL);
	return 0;
}

/* The signals that reached it, by name; KILL is always the last. */
static int get_sent(const struct row *row, struct value *ret)
{
	const struct victim *victim = row->place->victim;
	struct value *items;
	size_t n = 0;

	*ret = value_none();
	if (!victim)
		return 0;
	items = arena_alloc(row->scratch, 64 * sizeof(*items));
	if (!items)
		return -ENOMEM;
	for (int i = 1; i <= 65; i++) {
		const int signal = i == 65 ? SIGKILL : i;
		char name[SIGNAL_NAME_SIZE];

		if (!signal_is_in(victim->sent, signal) || i == SIGKILL)
			continue;
		int r = made_text(arena_text(row->scratch, signal_name(signal, name)), &items[n++]);
		if (r < 0)
			return r;
	}
	*ret = (struct value){ .type = VALUE_LIST };
	ret->as.list = (struct value_list){ .items = items, .count = n };
	return 0;
}

/* The victim where it has ended and somebody told how; else NULL. */
static const struct victim *ended_victim(const struct row *row)
{
	const struct victim *victim = row->place->victim;

	return victim && victim->end == VICTIM_ENDED && victim->has_status ? victim : NULL;
}

static int get_ended(const struct row *row, struct value *ret)
{
	const struct victim *victim = ended_victim(row);
	char name[SIGNAL_NAME_SIZE];

	*ret = value_none();
	if (!victim && row->place->victim && row->place->victim->end == VICTIM_ENDED)
		*ret = value_text("ended");
	if (!victim)
		return 0;
	if (WIFEXITED(victim->status))
		return made_text(arena_printf(row->scratch, "exit %d", WEXITSTATUS(victim->status)),
		                 ret);
	return made_text(
		arena_printf(row->scratch, "by %s", signal_name(WTERMSIG(victim->status), name)),
		ret);
}

static int get_exit_code(const struct row *row, struct value *ret)
{
	const struct victim *victim = ended_victim(row);

	*ret = victim && WIFEXITED(victim->status)
	               ? value_number((uint64_t)WEXITSTATUS(victim->status))
	               : value_none();
	return 0;
}

static int get_end_signal(const struct row *row, struct value *ret)
{
	const struct victim *victim = ended_victim(row);
	char name[SIGNAL_NAME_SIZE];

	*ret = value_none();
	if (!victim || !WIFSIGNALED(victim->status))
		return 0;
	return made_text(arena_text(row->scratch, signal_name(WTERMSIG(victim->status), name)),
	                 ret);
}

static int get_after(const struct row *row, struct value *ret)
{
	const struct victim *victim = row->place->victim;

	*ret = value_none();
	if (!victim || victim->end != VICTIM_ENDED)
		return 0;
	*ret = value_number(victim->after);
	ret->display = arena_printf(row->scratch, "%" PRIu64 ".%03" PRIu64 "s",
	                            victim->after / 1000000, victim->after / 1000 % 1000);
	return ret->display ? 0 : -ENOMEM;
}

static int get_detail(const struct row *row, struct value *ret)
{
	*ret = value_text(row->place->victim ? row->place->victim->detail : NULL);
	return 0;
}

/* clang-format off */
static const struct column columns[] = {
	{ .name = "EFFECT", .help = "what the signal would do to PID (with --dry-run)",
	  .type = VALUE_TEXT, .flags = COLUMN_CUT, .get = get_effect },
	{ .name = "SENT", .help = "the signals that were sent to PID",
	  .type = VALUE_LIST, .get = get_sent },
	{ .name = "ENDED", .help = "how PID ended: exit status or signal; ended: nobody tells",
	  .type = VALUE_TEXT, .get = get_ended },
	{ .name = "EXITCODE", .help = "exit status of PID, where it has exited",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT, .get = get_exit_code },
	{ .name = "ENDSIGNAL", .help = "the signal that ended PID",
	  .type = VALUE_TEXT, .get = get_end_signal },
	{ .name = "AFTER", .help = "how long after the first signal PID ended; microseconds (--json, --raw)",
	  .type = VALUE_NUMBER, .flags = COLUMN_RIGHT | COLUMN_UNITS, .get = get_after },
	{ .name = "DETAIL", .help = "why PID lives, or who does not reap it",
	  .type = VALUE_TEXT, .flags = COLUMN_CUT, .get = get_detail },
};
/* clang-format on */

static const struct column_set set = { .columns = columns,
	                               .count = ARRAY_SIZE(columns),
	                               .more = &proccols_table };

const struct column_set *killcols_set(void)
{
	return &set;
}
