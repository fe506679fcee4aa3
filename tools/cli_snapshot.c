/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a tool's snapshot comes from, the kernel or a file, and --save, which writes one. */
#include "base/fd.h"
#include "scan/load.h"
#include "scan/scan.h"
#include "show/save.h"
#include "tools/cli.h"

static int load(const char *path, struct snapshot *ret)
{
	auto_arena struct arena arena = { 0 };
	const char *error = NULL;
	int r = load_snapshot(&arena, path, ret, &error);

	if (r == 0)
		return EXIT_OK;
	if (error)
		return cli_fail(0, "cannot load %s: %s", path, error);
	return cli_fail(r, "cannot load %s", path);
}

int cli_take_snapshot(const struct cli_common *common, const struct needs *needs,
                      struct snapshot *ret)
{
	const char *sysroot = common->sysroot;
	struct scan_request request = { .sysroot = sysroot, .needs = *needs };
	int r;

	if (common->load)
		return load(common->load, ret);
	r = scan_take(&request, ret);
	if (r == -ENODEV)
		return cli_fail(0, "no proc file system is mounted on /proc");
	return r < 0 ? cli_fail(r, "cannot read %s/proc", sysroot ? sysroot : "") : EXIT_OK;
}

int cli_limit_snapshot(const struct cli_common *common, unsigned sources, struct snapshot *snapshot)
{
	int r = 0;

	if (common->load && sources != SOURCE_ALL)
		r = snapshot_restrict(snapshot, sources);
	return r < 0 ? cli_fail(r, "cannot read the snapshot") : EXIT_OK;
}

static int write_snapshot(const char *path, const struct snapshot *snapshot)
{
	auto_replacement struct replacement file = { 0 };
	int r = replacement_open(path, 0600, &file);

	if (r == 0)
		r = save_snapshot(file.stream, snapshot);
	if (r == 0)
		r = replacement_commit(&file);
	if (r == 0)
		return EXIT_OK;
	/* Said now, so not again when stdout is closed. */
	if (file.stream == stdout)
		clearerr(stdout);
	return cli_fail(r, "cannot write %s", is_equal(path, "-") ? "to stdout" : path);
}

int cli_run_save(const struct cli_common *common)
{
	const struct needs everything = scan_everything();
	auto_snapshot struct snapshot snapshot;
	int status;

	snapshot_init(&snapshot);
	status = cli_take_snapshot(common, &everything, &snapshot);
	if (status == EXIT_OK)
		status = write_snapshot(common->save, &snapshot);
	return cli_finish(common, &snapshot, &everything, status);
}
