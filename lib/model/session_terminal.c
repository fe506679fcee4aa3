/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Terminals of sessions: which it is, what it is called, which ones are alike. */
#include "model/session_part.h"

/* Documentation/admin-guide/devices.txt */
enum {
	MAJOR_CONSOLE = 4, /* virtual consoles, and from minor 64 on serial ports */
	MAJOR_TTY = 5,     /* 0: the controlling terminal, 1: the system console */
	MAJOR_PTS = 136,   /* with its 20 bits of minor number; up to 143 in blocks of 256 */
	MAJOR_PTS_LAST = 143,
	FIRST_SERIAL = 64,
	PTS_BLOCK = 256,
};

const char *session_terminal_name(struct arena *arena, int32_t terminal)
{
	/* new_encode_dev() in include/linux/kdev_t.h; proc(5) has it as tty_nr. */
	uint32_t number = (uint32_t)terminal;
	uint32_t major = number >> 8 & 0xfff;
	uint32_t minor = (number & 0xff) | (number >> 12 & 0xfff00);

	if (number == 0)
		return NULL;
	if (major >= MAJOR_PTS && major <= MAJOR_PTS_LAST)
		return arena_printf(arena, "pts/%u", (major - MAJOR_PTS) * PTS_BLOCK + minor);
	if (major == MAJOR_CONSOLE && minor < FIRST_SERIAL)
		return arena_printf(arena, "tty%u", minor);
	if (major == MAJOR_CONSOLE)
		return arena_printf(arena, "ttyS%u", minor - FIRST_SERIAL);
	if (major == MAJOR_TTY && minor < 2)
		return arena_text(arena, minor == 0 ? "tty" : "console");
	return arena_printf(arena, "%u:%u", major, minor);
}

/* Sets the terminal from a process that has it; what the session knows already stays. */
static void learn_terminal(struct session *session, const struct process *process)
{
	if (process->terminal == 0)
		return;
	if (session->terminal == 0) {
		session->terminal = process->terminal;
		session->foreground_group = process->foreground_group;
	}
	if (process->terminal != session->terminal)
		return;
	if (session->terminal_device == 0)
		session->terminal_device = process->terminal_device;
	if (!session->terminal_name)
		session->terminal_name = process->terminal_name;
}

/* The leader knows best; others may have lost it (TIOCNOTTY), or be all that is left. */
static int find_terminal(const struct snapshot *snapshot, struct sessions *sessions,
                         struct session *session)
{
	uint32_t end = session->first_group + session->n_groups;

	if (session->leader != NONE)
		learn_terminal(session, &snapshot->processes[session->leader]);
	for (uint32_t i = session->first_group; i < end; i++) {
		const struct process_group *group = &sessions->groups[i];
		for (uint32_t k = 0; k < group->n_processes; k++)
			learn_terminal(session,
			               &snapshot->processes[sessions->members[group->first + k]]);
	}
	for (uint32_t i = session->first_group; session->terminal && i < end; i++)
		sessions->groups[i].is_foreground =
			session->foreground_group > 0 &&
			sessions->groups[i].id == session->foreground_group;
	if (session->terminal == 0 || session->terminal_name)
		return 0;
	session->terminal_name = session_terminal_name(&sessions->texts, session->terminal);
	return session->terminal_name ? 0 : -ENOMEM;
}

static int compare_terminals(const void *first, const void *second)
{
	const struct session *a = *(struct session *const *)first;
	const struct session *b = *(struct session *const *)second;

	if (a->terminal != b->terminal)
		return a->terminal < b->terminal ? -1 : 1;
	return (a->terminal_device > b->terminal_device) -
	       (a->terminal_device < b->terminal_device);
}

/* Marks sessions of one terminal number, ascending by device, if there are two devices. */
static void mark_ambiguous(struct session **same, size_t n)
{
	size_t first = 0;

	while (first < n && same[first]->terminal_device == 0)
		first++;
	if (first == n || same[first]->terminal_device == same[n - 1]->terminal_device)
		return;
	/* One whose device is not known has some other beside it, too. */
	for (size_t i = 0; i < n; i++)
		same[i]->is_ambiguous = true;
}

/* Each instance of devpts counts its terminals from 0. */
static int find_ambiguous(struct sessions *sessions)
{
	/* The elements are pointers. NOLINTNEXTLINE(bugprone-sizeof-expression) */
	auto_free struct session **list = malloc((sessions->n_sessions + 1) * sizeof(*list));
	size_t n = 0, first = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < sessions->n_sessions; i++) {
		if (sessions->items[i].terminal != 0)
			list[n++] = &sessions->items[i];
	}
	qsort(list, n, sizeof(struct session *), compare_terminals);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && list[i]->terminal == list[first]->terminal)
			continue;
		mark_ambiguous(list + first, i - first);
		first = i;
	}
	return 0;
}

int sessions_find_terminals(const struct snapshot *snapshot, struct sessions *sessions)
{
	for (size_t i = 0; i < sessions->n_sessions; i++) {
		int r = find_terminal(snapshot, sessions, &sessions->items[i]);
		if (r < 0)
			return r;
	}
	return find_ambiguous(sessions);
}
