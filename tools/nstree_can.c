/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nstree user --can: which capabilities a process has over a namespace, by which rule, and which it
 * lacks. */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "model/authority.h"
#include "show/json.h"
#include "tools/nstree.h"

/* The question, and what there is to say. */
struct question {
	const struct snapshot *snapshot;
	const struct process *process;
	uint32_t space;
	struct authority answer;
	struct arena *arena;
	const char *why;
};

/* As in JSON; what is not known is null there. */
static const char *const rule_names[AUTHORITY_N_RULES] = {
	[AUTHORITY_MEMBER] = "member",
	[AUTHORITY_ANCESTOR] = "ancestor",
	[AUTHORITY_CREATOR] = "creator",
	[AUTHORITY_NONE] = "none",
};

/* "net:[4026532401]". NULL when out of memory. */
static const char *name_of(const struct question *question, uint32_t index)
{
	const struct space *space;

	if (index == NONE)
		return "?";
	space = &question->snapshot->spaces[index];
	return arena_printf(question->arena, "%s:[%" PRIu64 "]", ns_types[space->type].name,
	                    space->inode);
}

/* What could not be read. NULL when out of memory. */
static const char *why_unknown(const struct question *question)
{
	const char *const of = name_of(question, question->answer.missing_of);
	const char *what = NULL;

	switch (question->answer.missing) {
	case AUTHORITY_MISSING_PLACE:
		return "its user namespace could not be read";
	case AUTHORITY_MISSING_UID:
		return "its effective uid could not be read";
	case AUTHORITY_MISSING_SET:
		return "its effective set could not be read";
	case AUTHORITY_MISSING_IDENTITY:
		return of ? arena_printf(question->arena,
		                         "it and the creator of %s both show as uid %d, which "
		                         "stands for every uid that has no number here",
		                         of, AUTHORITY_OVERFLOW_UID)
		          : NULL;
	case AUTHORITY_MISSING_OWNER:
		what = "owner";
		break;
	case AUTHORITY_MISSING_PARENT:
		what = "parent";
		break;
	default:
		what = "creator";
		break;
	}
	return of ? arena_printf(question->arena, "the %s of %s could not be read", what, of)
	          : NULL;
}

/* Why it has all: through the user namespace that it made. NULL when out of memory. */
static const char *why_creator(const struct question *question, const char *governor)
{
	const struct authority *answer = &question->answer;
	const char *through = name_of(question, answer->through);

	if (!through)
		return NULL;
	const char *why = arena_printf(question->arena, "it made %s (uid %u) and is in its parent",
	                               through, question->process->uid);
	if (!why || answer->through == answer->governor)
		return why;
	return arena_printf(question->arena, "%s; %s is below that", why, governor);
}

/* The rule in words. NULL when out of memory. */
static const char *explain(const struct question *question)
{
	struct arena *arena = question->arena;
	const struct authority *answer = &question->answer;
	const char *governor = name_of(question, answer->governor);
	const char *own = name_of(question, question->process->at.in[NS_USER]);
	const char *space = name_of(question, question->space);

	if (!governor || !own || !space)
		return NULL;
	switch (answer->rule) {
	case AUTHORITY_MEMBER:
		return arena_printf(arena, "its effective set, since it is in %s", governor);
	case AUTHORITY_ANCESTOR:
		return arena_printf(arena,
		                    "its effective set, since it is in %s, which is above %s", own,
		                    governor);
	case AUTHORITY_CREATOR:
		return why_creator(question, governor);
	case AUTHORITY_NONE:
		if (answer->governor == NONE)
			return arena_printf(arena,
			                    "the owner of %s is hidden from here, so it is not "
			                    "%s and not below it",
			                    space, own);
		return arena_printf(arena, "%s is not %s, which it is in, and not below it",
		                    governor, own);
	default:
		return why_unknown(question);
	}
}

/* "net:[N], which user:[N] owns". NULL when out of memory. */
static const char *governed(const struct question *question)
{
	const char *space = name_of(question, question->space);
	const char *governor = name_of(question, question->answer.governor);

	if (!space || !governor || question->space == question->answer.governor)
		return space;
	if (question->answer.governor == NONE)
		return arena_printf(question->arena, "%s, whose owner is not known", space);
	return arena_printf(question->arena, "%s, which %s owns", space, governor);
}

/* "nginx 4711 (uid 1000, in user:[N])". NULL when out of memory. */
static const char *actor(const struct question *question)
{
	const struct process *process = question->process;
	const char *own = name_of(question, process->at.in[NS_USER]);
	const char *uid =
		process->uid == (uid_t)-1 ? "?" : arena_printf(question->arena, "%u", process->uid);

	if (!own || !uid)
		return NULL;
	return arena_printf(question->arena,
	                    process->is_kernel_thread ? "[%s] %d (uid %s, in %s)"
	                                              : "%s %d (uid %s, in %s)",
	                    process->comm ? process->comm : "?", (int)process->pid, uid, own);
}

/* What it may do, and why. NULL when out of memory. */
static const char *verdict(const struct question *question)
{
	const uint64_t capabilities = question->answer.capabilities;
	const char *set = "not known";

	if (question->answer.rule != AUTHORITY_UNKNOWN)
		set = capability_text(question->arena, capabilities);
	if (!set)
		return NULL;
	if ((capabilities & CAPABILITY_ALL) == CAPABILITY_ALL)
		set = "all capabilities";
	return arena_printf(question->arena, "%s: %s", set, question->why);
}

static int print_text(const struct question *question)
{
	const char *const who = actor(question), *const what = governed(question);
	const char *const has = verdict(question);
	const char *const lacks =
		capability_text(question->arena, CAPABILITY_ALL & ~question->answer.capabilities);
	const char *printable;

	if (!who || !what || !has || !lacks)
		return -ENOMEM;
	printable = text_printable(question->arena, who, text_is_utf8_locale());
	if (!printable)
		return -ENOMEM;
	printf("%s over %s:\n  %s\n", printable, what, has);
	if (question->answer.rule != AUTHORITY_UNKNOWN)
		printf("  lacks: %s\n", lacks);
	return 0;
}

/* Of a namespace its inode, or null. */
static void write_inode(const char *key, const struct question *question, uint32_t space)
{
	if (space == NONE)
		printf(", \"%s\": null", key);
	else
		printf(", \"%s\": %" PRIu64, key, question->snapshot->spaces[space].inode);
}

/* A list of names; null where it is not known. */
static void write_set(const char *key, const struct question *question, uint64_t capabilities)
{
	const char *between = "";

	printf(", \"%s\": ", key);
	if (question->answer.rule == AUTHORITY_UNKNOWN) {
		fputs("null", stdout);
		return;
	}
	putchar('[');
	for (unsigned i = 0; i < 64; i++) {
		if (!(capabilities >> i & 1))
			continue;
		const char *name = capability_name(i);
		if (name)
			printf("%s\"%s\"", between, name);
		else
			printf("%s\"%u\"", between, i);
		between = ", ";
	}
	putchar(']');
}

static int write_answer(const struct question *question)
{
	const struct process *process = question->process;
	const struct authority *answer = &question->answer;

	printf("{\"pid\": %d, \"comm\": ", (int)process->pid);
	int r = json_write_text(stdout, process->comm);
	if (r < 0)
		return r;
	if (process->uid == (uid_t)-1)
		fputs(", \"uid\": null", stdout);
	else
		printf(", \"uid\": %u", process->uid);
	write_inode("user_namespace", question, process->at.in[NS_USER]);
	write_inode("namespace", question, question->space);
	printf(", \"type\": \"%s\"",
	       ns_types[question->snapshot->spaces[question->space].type].name);
	write_inode("governor", question, answer->governor);
	fputs(", \"rule\": ", stdout);
	r = json_write_text(stdout, rule_names[answer->rule]);
	write_set("capabilities", question, answer->capabilities);
	write_set("lacks", question, CAPABILITY_ALL & ~answer->capabilities);
	fputs(", \"why\": ", stdout);
	if (r == 0)
		r = json_write_text(stdout, question->why);
	putchar('}');
	return r;
}

static int print_json(const struct question *question, const struct needs *view)
{
	fputs("{\n   \"can\": [\n      ", stdout);
	int r = write_answer(question);
	fputs("\n   ],\n", stdout);
	if (r == 0)
		r = json_write_gaps(stdout, question->snapshot, view);
	fputs("}\n", stdout);
	return r;
}

struct needs can_needs(const struct snapshot *snapshot, uint32_t process, uint32_t space)
{
	if (authority_find(snapshot, process, space).rule == AUTHORITY_UNKNOWN)
		return authority_needs();
	return (struct needs){ 0 };
}

int can_print(const struct cli_common *common, const struct snapshot *snapshot, uint32_t process,
              uint32_t space, const struct needs *view)
{
	auto_arena struct arena arena = { 0 };
	struct question question = {
		.snapshot = snapshot,
		.process = &snapshot->processes[process],
		.space = space,
		.answer = authority_find(snapshot, process, space),
		.arena = &arena,
	};

	question.why = explain(&question);
	int r = question.why ? 0 : -ENOMEM;
	if (r == 0)
		r = common->json ? print_json(&question, view) : print_text(&question);
	if (r < 0)
		return cli_fail(r, "cannot tell what the process may do");
	return question.answer.rule == AUTHORITY_UNKNOWN && common->strict ? EXIT_INCOMPLETE
	                                                                   : EXIT_OK;
}
