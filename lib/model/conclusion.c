/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The closing sentence of --why: what would have to go for a namespace to go. */
#include <inttypes.h>

#include "model/reference.h"

/* So many holders of one kind are named, more are counted. */
#define MAX_NAMED 3

/* The order of the sentence: what ends most comes first. */
static const enum reference_kind sentence_order[] = {
	HELD_PROCESS, HELD_THREAD, HELD_CHILDREN, HELD_MOUNT,
	HELD_FD,      HELD_SOCKET, HELD_NESTED,   HELD_OWNED,
};

struct sentence {
	struct arena *arena;
	const struct snapshot *snapshot;
	uint32_t index;
	const struct space *space;
	const struct holders *holders;
};

/* "nginx 4711"; "process 4711" where its comm was not read. */
static const char *name_process(const struct sentence *sentence, uint32_t index)
{
	if (index == NONE)
		return "an unknown process";
	const struct process *process = &sentence->snapshot->processes[index];
	if (!process->comm)
		return arena_printf(sentence->arena, "process %d", (int)process->pid);
	return arena_printf(sentence->arena, "%s %d", process->comm, (int)process->pid);
}

static const char *name_space(const struct sentence *sentence, uint32_t index)
{
	const struct space *space = &sentence->snapshot->spaces[index];

	return arena_printf(sentence->arena, "%s:[%" PRIu64 "]", ns_types[space->type].name,
	                    space->inode);
}

/* A process that is in the namespace takes its descriptors and the like along when it exits: only
 * its exit is worth a word. */
static bool is_worth_a_word(const struct sentence *sentence, const struct holder *holder)
{
	enum ns_type type = sentence->space->type;

	if (holder->kind == HELD_PROCESS || holder->process == NONE)
		return true;
	return sentence->snapshot->processes[holder->process].at.in[type] != sentence->index;
}

static const char *mount_condition(const struct sentence *sentence, const struct holder *holder)
{
	const char *path = holder->path ? holder->path : "a bind mount";

	if (holder->mount_space == NONE)
		return arena_printf(sentence->arena, "%s is unmounted", path);
	const char *where = name_space(sentence, holder->mount_space);
	if (!where)
		return NULL;
	return arena_printf(sentence->arena, "%s is unmounted in %s", path, where);
}

static const char *task_condition(const struct sentence *sentence, const struct holder *holder)
{
	const char *task = name_process(sentence, holder->process);

	if (task && holder->tid != 0)
		task = arena_printf(sentence->arena, "thread %d of %s", (int)holder->tid, task);
	if (!task)
		return NULL;
	switch (holder->kind) {
	case HELD_THREAD:
		return arena_printf(sentence->arena, "%s exits", task);
	case HELD_CHILDREN:
		return arena_printf(sentence->arena, "%s, which set it aside for children, exits",
		                    task);
	case HELD_FD:
		return arena_printf(sentence->arena, "%s closes descriptor %d", task, holder->fd);
	default:
		return arena_printf(sentence->arena, "%s closes its socket, descriptor %d", task,
		                    holder->fd);
	}
}

/* "process 4711 (nginx) exits" */
static const char *process_condition(const struct sentence *sentence, const struct holder *holder)
{
	const struct process *process = &sentence->snapshot->processes[holder->process];

	if (!process->comm)
		return arena_printf(sentence->arena, "process %d exits", (int)process->pid);
	return arena_printf(sentence->arena, "process %d (%s) exits", (int)process->pid,
	                    process->comm);
}

static const char *relation_condition(const struct sentence *sentence, const struct holder *holder)
{
	const char *space = name_space(sentence, holder->space);

	if (!space)
		return NULL;
	return arena_printf(sentence->arena,
	                    holder->kind == HELD_NESTED ? "its child %s goes"
	                                                : "%s, which it owns, goes",
	                    space);
}

static const char *condition(const struct sentence *sentence, const struct holder *holder)
{
	switch (holder->kind) {
	case HELD_PROCESS:
		return process_condition(sentence, holder);
	case HELD_MOUNT:
		return mount_condition(sentence, holder);
	case HELD_NESTED:
	case HELD_OWNED:
		return relation_condition(sentence, holder);
	default:
		return task_condition(sentence, holder);
	}
}

/* "all 131 processes in it exit" */
static const char *condition_of_many(const struct sentence *sentence, enum reference_kind kind,
                                     size_t count)
{
	static const char *const texts[HELD_N_KINDS] = {
		[HELD_PROCESS] = "all %zu processes in it exit",
		[HELD_THREAD] = "all %zu threads in it exit",
		[HELD_CHILDREN] = "the %zu tasks that set it aside for children exit",
		[HELD_FD] = "%zu descriptors of it are closed",
		[HELD_SOCKET] = "%zu sockets in it are closed",
		[HELD_MOUNT] = "%zu bind mounts of it are unmounted",
		[HELD_NESTED] = "its %zu children go",
		[HELD_OWNED] = "the %zu namespaces that it owns go",
	};

	return arena_printf(sentence->arena, texts[kind], count);
}

/* When the init of a PID namespace exits, the kernel kills the others (pid_namespaces(7)). Its
 * number there is 1. NONE where numbers were not read. */
static uint32_t find_init(const struct sentence *sentence)
{
	const struct snapshot *snapshot = sentence->snapshot;

	for (size_t i = 0; i < sentence->holders->count; i++) {
		const struct holder *holder = &sentence->holders->items[i];
		if (holder->kind != HELD_PROCESS)
			break;
		const struct process *process = &snapshot->processes[holder->process];
		if (process->n_numbers > 0 && process->numbers[process->n_numbers - 1] == 1)
			return holder->process;
	}
	return NONE;
}

static const char *condition_of_init(const struct sentence *sentence)
{
	uint32_t init = find_init(sentence);

	if (init == NONE)
		return "its init, process 1 in it, exits (all others in it die then)";
	const struct process *process = &sentence->snapshot->processes[init];
	return arena_printf(sentence->arena, "its init, process %d%s%s%s, exits%s",
	                    (int)process->pid, process->comm ? " (" : "",
	                    process->comm ? process->comm : "", process->comm ? ")" : "",
	                    sentence->space->n_processes > 1 ? " (all others in it die then)" : "");
}

/* What must hold for it to go; the last condition is joined by "and". */
struct conditions {
	const char *text; /* all but the last, joined by commas; NULL: none */
	const char *last; /* NULL: none */
};

/* Puts a condition behind those that are there. 0, or -ENOMEM also when `text` is NULL. */
static int add_condition(const struct sentence *sentence, struct conditions *conditions,
                         const char *text)
{
	if (!text)
		return -ENOMEM;
	if (conditions->last)
		conditions->text = !conditions->text
		                           ? conditions->last
		                           : arena_printf(sentence->arena, "%s, %s",
		                                          conditions->text, conditions->last);
	if (conditions->last && !conditions->text)
		return -ENOMEM;
	conditions->last = text;
	return 0;
}

static size_t count_of_kind(const struct sentence *sentence, enum reference_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < sentence->holders->count; i++) {
		const struct holder *holder = &sentence->holders->items[i];
		count += holder->kind == kind && is_worth_a_word(sentence, holder);
	}
	return count;
}

static int add_each(const struct sentence *sentence, enum reference_kind kind,
                    struct conditions *conditions)
{
	int r = 0;

	for (size_t i = 0; i < sentence->holders->count && r == 0; i++) {
		const struct holder *holder = &sentence->holders->items[i];
		if (holder->kind == kind && is_worth_a_word(sentence, holder))
			r = add_condition(sentence, conditions, condition(sentence, holder));
	}
	return r;
}

static int add_kind(const struct sentence *sentence, enum reference_kind kind,
                    struct conditions *conditions)
{
	size_t count = count_of_kind(sentence, kind);

	if (count == 0)
		return 0;
	if (kind == HELD_PROCESS && sentence->space->type == NS_PID)
		return add_condition(sentence, conditions, condition_of_init(sentence));
	if (count > MAX_NAMED)
		return add_condition(sentence, conditions,
		                     condition_of_many(sentence, kind, count));
	return add_each(sentence, kind, conditions);
}

static const char *nothing_found(const struct sentence *sentence)
{
	return arena_printf(sentence->arena,
	                    "%s no holder can be found: it may be a descriptor in flight, an "
	                    "io_uring file, a kernel user such as an NFS mount, or a holder that "
	                    "cannot be seen from here.",
	                    sentence->space->only_kernel_knows
	                            ? "The kernel says that it lives, but"
	                            : "It was seen, but");
}

static const char *what_must_go(const struct sentence *sentence)
{
	struct conditions conditions = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(sentence_order); i++) {
		if (add_kind(sentence, sentence_order[i], &conditions) < 0)
			return NULL;
	}
	if (!conditions.last)
		return nothing_found(sentence);
	if (!conditions.text)
		return arena_printf(sentence->arena, "It goes when %s.", conditions.last);
	return arena_printf(sentence->arena, "It goes when %s and %s.", conditions.text,
	                    conditions.last);
}

/* "3 of 12 processes: descriptors not readable" */
static const char *gap_phrase(struct arena *arena, enum gap_kind kind, const struct gap *gap)
{
	const struct gap_text *text = &gap_texts[kind];

	if (text->is_uncounted)
		return arena_printf(arena, "%s: %s", text->what, text->reason);
	if (gap->total == 0)
		return arena_printf(arena, "%" PRIu64 " %s: %s", gap->count, text->what,
		                    text->reason);
	return arena_printf(arena, "%" PRIu64 " of %" PRIu64 " %s: %s", gap->count, gap->total,
	                    text->what, text->reason);
}

/* What the sources that were left out would have shown. */
static const char *left_out(const struct sentence *sentence)
{
	static const struct {
		unsigned source;
		const char *what;
	} sources[] = {
		{ SOURCE_PROCESS, "processes" },
		{ SOURCE_THREAD, "threads" },
		{ SOURCE_FD, "descriptors" },
		{ SOURCE_MOUNT, "mounts" },
	};
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (sentence->snapshot->scanned.sources & sources[i].source)
			continue;
		text = arena_printf(sentence->arena, "%s%s%s",
		                    text ? text : "not looked at: ", text ? ", " : "",
		                    sources[i].what);
		if (!text)
			return NULL;
	}
	return text ? text : "";
}

/* " (not looked at: mounts; 3 processes: descriptors not readable)", or "". NULL when out of
 * memory. */
static const char *what_may_hide(const struct sentence *sentence)
{
	const struct snapshot *snapshot = sentence->snapshot;
	const struct needs view = {
		.types = NS_BIT(sentence->space->type),
		.sources = snapshot->scanned.sources,
	};
	const char *text = left_out(sentence);

	for (enum gap_kind kind = 0; kind < GAP_N_KINDS && text; kind++) {
		const struct gap *gap = &snapshot->gaps[kind];
		if (kind == GAP_SOURCES || gap->count == 0 || !gap_concerns(kind, &view))
			continue;
		const char *phrase = gap_phrase(sentence->arena, kind, gap);
		if (!phrase)
			return NULL;
		text = arena_printf(sentence->arena, "%s%s%s", text, *text ? "; " : "", phrase);
	}
	return text;
}

const char *reference_conclusion(struct arena *arena, const struct snapshot *snapshot,
                                 uint32_t space, const struct holders *holders)
{
	const struct sentence sentence = {
		.arena = arena,
		.snapshot = snapshot,
		.index = space,
		.space = &snapshot->spaces[space],
		.holders = holders,
	};

	if (sentence.space->is_initial)
		return "It is an initial namespace and stays until the host shuts down.";
	const char *text = what_must_go(&sentence);
	const char *hidden = what_may_hide(&sentence);
	if (!text || !hidden)
		return NULL;
	if (*hidden == '\0')
		return text;
	return arena_printf(arena, "%s Not everything could be seen: %s.", text, hidden);
}
