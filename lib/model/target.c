/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of targets: text to struct, and back to a text that is exact. */
#include "model/target.h"

#include <inttypes.h>

#include "base/parse.h"
#include "model/target_part.h"

/* From here on a bare number is a namespace: the lowest inode that a kernel gives one,
 * include/uapi/linux/nsfs.h. No process number comes near: PID_MAX_LIMIT is 2^22. */
#define FIRST_SPACE_INODE 4026531832U

static const char digits[] = "0123456789";

/* What systemd.unit(5) knows. */
static const char *const unit_suffixes[] = {
	".service", ".scope",     ".slice", ".socket", ".mount",  ".swap",
	".target",  ".automount", ".timer", ".path",   ".device",
};

/* A target that is being parsed. */
struct parse {
	struct arena *arena;
	const char **ret_error;
	const char *shown; /* the whole target, for messages */
};

static int refuse(const struct parse *parse, const char *message)
{
	return target_say(-EINVAL, message, parse->ret_error);
}

static int refuse_with(const struct parse *parse, const char *what)
{
	return refuse(parse, arena_printf(parse->arena, "%s: %s", parse->shown, what));
}

static bool has_control_byte(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

const char *target_shown(struct arena *arena, const char *text)
{
	const char *shown = text_printable(arena, text, text_is_utf8_locale());

	if (!shown || (*shown != '\0' && !strchr(shown, ' ')))
		return shown;
	return arena_printf(arena, "'%s'", shown);
}

static bool has_suffix(const char *text, const char *suffix)
{
	size_t text_length = strlen(text), suffix_length = strlen(suffix);

	return text_length > suffix_length && is_equal(text + text_length - suffix_length, suffix);
}

bool target_is_unit(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_suffixes); i++) {
		if (has_suffix(text, unit_suffixes[i]))
			return true;
	}
	return false;
}

/* "net:[4026532401]", "pid:[...". */
static int parse_space_name(const struct parse *parse, const char *text, struct target *ret)
{
	size_t name_length = strcspn(text, ":");
	enum ns_type type = ns_type_by_name(text, name_length);
	uint64_t inode;

	if (type == NS_N_TYPES)
		return refuse_with(parse,
		                   "no type of namespace (mnt net pid uts ipc user cgroup time)");
	if (ns_parse_name(text, &type, &inode) < 0)
		return refuse(parse, arena_printf(parse->arena,
		                                  "%s: a namespace is written %s:[4026532401]",
		                                  parse->shown, ns_types[type].name));
	ret->kind = TARGET_SPACE;
	ret->type = type;
	ret->inode = inode;
	return 0;
}

static int parse_space_id(const struct parse *parse, const char *text, struct target *ret)
{
	if (parse_u64(text + 1, &ret->id) < 0 || ret->id == 0)
		return refuse_with(parse, "a namespace by its 64-bit id is written :8812");
	ret->kind = TARGET_SPACE;
	return 0;
}

/* The parts of [[NAMESPACE/]POD/]NAME. */
static int parse_container(const struct parse *parse, const char *text, struct target *ret)
{
	const char *parts[3] = { NULL };
	size_t count = 0;
	char *rest = arena_text(parse->arena, text);

	if (!rest)
		return -ENOMEM;
	for (char *part; (part = strsep(&rest, "/"));) {
		if (count == ARRAY_SIZE(parts) || *part == '\0')
			return refuse_with(parse, "a container is written @NAME, @POD/NAME or "
			                          "@NAMESPACE/POD/NAME");
		parts[count++] = part;
	}
	ret->kind = TARGET_CONTAINER;
	ret->name = parts[count - 1];
	ret->pod = count > 1 ? parts[count - 2] : NULL;
	ret->pod_namespace = count > 2 ? parts[0] : NULL;
	return 0;
}

/* What stands behind the @ of 7@web: whose numbers they are. */
static int parse_inside(const struct parse *parse, const char *text, struct target *ret)
{
	uint64_t number;
	int r;

	ret->text = text;
	ret->shown = target_shown(parse->arena, text);
	if (!ret->shown)
		return -ENOMEM;
	ret->type = NS_N_TYPES;
	if (*text == '\0')
		return refuse_with(parse, "whose number? 7@web, 7@pid:[4026532398]");
	if (*text == ':') {
		r = parse_space_id(parse, text, ret);
	} else if (strstr(text, ":[")) {
		r = parse_space_name(parse, text, ret);
	} else if (parse_u64(text, &number) == 0 && number >= FIRST_SPACE_INODE &&
	           number <= UINT32_MAX) {
		ret->kind = TARGET_SPACE;
		ret->inode = number;
		r = 0;
	} else {
		ret->is_container_for_sure = true;
		return parse_container(parse, *text == '@' ? text + 1 : text, ret);
	}
	if (r == 0 && ret->type != NS_N_TYPES && ret->type != NS_PID)
		return refuse_with(parse, "only a PID namespace has process numbers");
	ret->type = NS_PID;
	return r;
}

static int parse_number(const struct parse *parse, uint64_t number, struct target *ret)
{
	if (number >= FIRST_SPACE_INODE && number <= UINT32_MAX) {
		ret->kind = TARGET_SPACE;
		ret->inode = number;
		return 0;
	}
	if (number == 0)
		return refuse_with(parse, "process numbers begin at 1");
	if (number > INT32_MAX)
		return refuse_with(parse, "no process number and no inode of a namespace; a 64-bit "
		                          "id is written :8812");
	ret->kind = TARGET_PROCESS;
	ret->pid = (pid_t)number;
	return 0;
}

/* Behind the number: nothing, ":INODE", or "@WHOSE". */
static int parse_numbered(const struct parse *parse, const char *text, size_t length,
                          struct target *ret)
{
	const char *rest = text + length;
	uint64_t number;
	int r;

	if (parse_u64_n(text, length, &number) < 0)
		return refuse_with(parse, "no process has so large a number");
	if (*rest == '\0')
		return parse_number(parse, number, ret);
	if (number == 0 || number > INT32_MAX)
		return refuse_with(parse, "no process has this number");
	ret->kind = TARGET_PROCESS;
	ret->pid = (pid_t)number;
	if (*rest == ':') {
		r = parse_u64(rest + 1, &ret->pidfd_inode);
		return r == 0 && ret->pidfd_inode != 0
		               ? 0
		               : refuse_with(parse, "a process and its pidfd inode are written "
		                                    "1234:56789");
	}
	ret->inside = arena_alloc(parse->arena, sizeof(*ret->inside));
	return ret->inside ? parse_inside(parse, rest + 1, ret->inside) : -ENOMEM;
}

/* cg:/PATH, cg:HIERARCHY:/PATH; cg::/PATH is the v2 one, as /proc/PID/cgroup writes it. */
static int parse_cgroup(const struct parse *parse, const char *text, struct target *ret)
{
	const char *path = text + strlen("cg:");
	const char *colon = *path == '/' ? NULL : strchr(path, ':');
	size_t length;

	if (colon) {
		ret->hierarchy = arena_copy(parse->arena, path, (size_t)(colon - path));
		if (!ret->hierarchy)
			return -ENOMEM;
		path = colon + 1;
	}
	if (*path != '/' || (ret->hierarchy && strchr(ret->hierarchy, '/')))
		return refuse_with(parse, "a control group is written cg:/system.slice/x, or "
		                          "cg:memory:/x");
	length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	ret->kind = TARGET_CGROUP;
	ret->path = arena_copy(parse->arena, path, length);
	return ret->path ? 0 : -ENOMEM;
}

/* What begins with no digit and no sign: a unit, a container, a namespace's name. */
static int parse_word(const struct parse *parse, const char *text, struct target *ret)
{
	if (*text == '-')
		return refuse_with(parse, "no target begins with -");
	if (strchr(text, ':'))
		return parse_space_name(parse, text, ret);
	if (strchr(text, '/'))
		return refuse_with(parse, "a path begins with /, a container in a pod with @");
	if (!target_is_unit(text))
		return parse_container(parse, text, ret);
	ret->kind = TARGET_UNIT;
	ret->unit = ret->text;
	return 0;
}

static int parse_target(const struct parse *parse, struct target *ret)
{
	const char *text = ret->text;
	size_t length = strspn(text, digits);

	if (*text == '\0')
		return refuse(parse, "an empty target: give a process, a container, a unit, a "
		                     "namespace or a path");
	if (*text == '/') {
		ret->kind = TARGET_PATH;
		ret->path = text;
		return 0;
	}
	if (has_prefix(text, "cg:"))
		return parse_cgroup(parse, text, ret);
	if (has_control_byte(text))
		return refuse_with(parse, "no target has control characters");
	if (*text == '@') {
		ret->is_container_for_sure = true;
		return parse_container(parse, text + 1, ret);
	}
	if (*text == ':')
		return parse_space_id(parse, text, ret);
	if (length > 0 && (text[length] == '\0' || strchr(":@", text[length])))
		return parse_numbered(parse, text, length, ret);
	return parse_word(parse, text, ret);
}

int target_parse(struct arena *arena, const char *text, struct target *ret, const char **ret_error)
{
	struct parse parse = { .arena = arena, .ret_error = ret_error };
	struct target target = { .type = NS_N_TYPES };
	int r;

	target.text = arena_text(arena, text);
	target.shown = target_shown(arena, text);
	if (!target.text || !target.shown)
		return -ENOMEM;
	parse.shown = target.shown;
	r = parse_target(&parse, &target);
	if (r == 0)
		*ret = target;
	return r;
}

static struct needs space_needs(const struct target *target)
{
	struct needs needs = { .sources = SOURCE_ALL };

	needs.types = target->type == NS_N_TYPES ? NS_ALL_BITS : NS_BIT(target->type);
	if (target->id)
		needs.space = SPACE_ID;
	return needs;
}

static struct needs container_needs(void)
{
	return (struct needs){ .process = PROCESS_CGROUP, .names = true };
}

/* The numbers of all processes, and how their PID namespaces lie in each other. */
static struct needs inside_needs(const struct target *inside)
{
	struct needs needs = {
		.types = NS_BIT(NS_PID),
		.sources = SOURCE_PROCESS,
		.process = PROCESS_NUMBERS,
		.space = SPACE_RELATIONS,
	};
	struct needs whose =
		inside->kind == TARGET_CONTAINER ? container_needs() : space_needs(inside);

	needs_add(&needs, &whose);
	return needs;
}

struct needs target_needs(const struct target *target)
{
	switch (target->kind) {
	case TARGET_PROCESS:
		if (target->inside)
			return inside_needs(target->inside);
		return (struct needs){ .process = target->pidfd_inode ? PROCESS_PIDFD_INODE : 0U };
	case TARGET_CONTAINER:
		return container_needs();
	case TARGET_UNIT:
	case TARGET_CGROUP:
		return (struct needs){ .process = PROCESS_CGROUP, .cgroups = target->may_be_empty };
	case TARGET_SPACE:
		return space_needs(target);
	case TARGET_PATH:
		/* a namespace or a control group; all holders, since any of its mounts may be meant */
		return (struct needs){ .types = NS_ALL_BITS,
			               .sources = SOURCE_ALL,
			               .process = PROCESS_CGROUP,
			               .holders = true,
			               .cgroups = target->may_be_empty };
	}
	return (struct needs){ 0 };
}

const char *target_of_space(struct arena *arena, const struct space *space)
{
	if (space->id)
		return arena_printf(arena, ":%" PRIu64, space->id);
	return arena_printf(arena, "%s:[%" PRIu64 "]", ns_types[space->type].name, space->inode);
}

const char *target_of_process(struct arena *arena, const struct process *process)
{
	if (process->pidfd_inode)
		return arena_printf(arena, "%d:%" PRIu64, process->pid, process->pidfd_inode);
	return arena_printf(arena, "%d", process->pid);
}

/* Whether a part of @A/B/C can be written so that it is read back as it is. */
static bool is_part(const char *text)
{
	return text && *text && !strchr(text, '/') && !has_control_byte(text);
}

const char *target_of_container(struct arena *arena, const struct container *container)
{
	const char *outer = container->pod_namespace;

	if (!is_part(container->name))
		return arena_printf(arena, "@%s", container->id ? container->id : "");
	if (is_part(container->pod) && is_part(outer))
		return arena_printf(arena, "@%s/%s/%s", outer, container->pod, container->name);
	if (is_part(container->pod))
		return arena_printf(arena, "@%s/%s", container->pod, container->name);
	/* containerd's namespaces: two containers of one name differ in them */
	if (is_part(outer))
		return arena_printf(arena, "@%s/%s", outer, container->name);
	return arena_printf(arena, "@%s", container->name);
}
