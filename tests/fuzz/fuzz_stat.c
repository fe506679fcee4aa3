/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/stat: any bytes, and a well-formed one whose comm is any bytes. */
#include "fuzz.h"
#include "model/proctext.h"

static void try_any(const char *bytes, size_t size)
{
	struct stat_text stat;
	int code = -1;
	int r = proctext_exit_code(bytes, size, &code);

	require((r == 0 && code >= 0) || (r == -EINVAL && code == -1));
	r = proctext_stat(bytes, size, &stat);
	require(r == 0 || r == -EINVAL);
	if (r < 0)
		return;
	require(stat.comm > bytes && stat.comm[-1] == '(');
	require(stat.comm + stat.comm_length < bytes + size);
	require(stat.comm[stat.comm_length] == ')');
	require(!memchr(bytes, '(', (size_t)(stat.comm - bytes) - 1));
	const char *end = stat.comm + stat.comm_length + 1;
	require(!memchr(end, ')', (size_t)(bytes + size - end)));
	require(stat.pid >= 0 && stat.parent >= 0);
}

static void try_comm(const char *comm, size_t size)
{
	static const char head[] = "4711 (";
	static const char tail[] = ") R 1 2 3 34816 -1 4194560 0 0 0 0 0 0 0 0 20 0 5 0 678 0 0\n";
	auto_free char *text = malloc(size + strlen(head) + strlen(tail));
	struct stat_text stat;

	require(text);
	char *end = mempcpy(mempcpy(text, head, strlen(head)), comm, size);
	end = mempcpy(end, tail, strlen(tail));
	require(proctext_stat(text, (size_t)(end - text), &stat) == 0);
	require(stat.comm_length == size && memcmp(stat.comm, comm, size) == 0);
	require(stat.pid == 4711 && stat.state == 'R' && stat.parent == 1 && stat.group == 2);
	require(stat.session == 3 && stat.terminal == 34816 && stat.foreground_group == -1);
	require(stat.flags == 4194560 && stat.n_threads == 5 && stat.start == 678);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *bytes = fuzz_bytes(data, size);

	try_any(bytes, size);
	try_comm(bytes, size);
	return 0;
}
