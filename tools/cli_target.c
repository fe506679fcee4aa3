/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Targets on the command line: from text to what they mean, and what is wrong with them in words. */
#include "scan/lookup.h"
#include "tools/cli.h"

int cli_plan_target(const struct cli_common *common, struct arena *arena, const char *text,
                    struct target *ret)
{
	const char *error = NULL;
	int r = target_parse(arena, text, ret, &error);

	if (r == -EINVAL)
		cli_usage_error("%s", error);
	if (r == 0 && ret->kind == TARGET_PATH && !common->load)
		r = lookup_path(arena, common->sysroot, ret, &error);
	if (r == 0)
		return EXIT_OK;
	if (r == -ENOMEM || !error)
		return cli_fail(r, "cannot look up %s", text);
	return is_denied(r) ? cli_fail(0, "%s", error) : cli_no_target("%s", error);
}

/* Of a thread whose namespaces are those of its process the snapshot says nothing. */
static const char *thread_error(const struct cli_common *common, struct arena *arena,
                                const struct target *target, const char *error)
{
	const char *better = NULL;
	pid_t process;

	if (target->kind != TARGET_PROCESS || target->inside || common->load)
		return error;
	if (lookup_thread(common->sysroot, target->pid, &process) == 0)
		better = target_thread_error(arena, target->pid, process);
	return better ? better : error;
}

int cli_resolve_word(const struct cli_common *common, struct arena *arena,
                     const struct snapshot *snapshot, const struct target *target,
                     const char *otherwise, struct meaning *ret)
{
	const char *error = "";
	int r = target_resolve(arena, snapshot, target, ret, &error);

	if (r == 0)
		return EXIT_OK;
	if (r == -ESRCH)
		return cli_no_target("%s%s", thread_error(common, arena, target, error),
		                     otherwise ? otherwise : "");
	if (r == -ENOTUNIQ || r == -EOPNOTSUPP)
		return cli_fail(0, "%s", error);
	return cli_fail(r, "cannot resolve %s", target->shown);
}

int cli_resolve_target(const struct cli_common *common, struct arena *arena,
                       const struct snapshot *snapshot, const struct target *target,
                       struct meaning *ret)
{
	return cli_resolve_word(common, arena, snapshot, target, NULL, ret);
}
