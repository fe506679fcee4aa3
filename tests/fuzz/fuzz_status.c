/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/PID/status: any bytes, and a well-formed one whose name is any bytes; attr/current. */
#include "fuzz.h"
#include "model/proctext.h"

static void try_any(const char *bytes, size_t size)
{
	struct status_text status;
	int r = proctext_status(bytes, size, &status);

	require(r == 0 || r == -EINVAL);
	if (r < 0)
		return;
	require(status.n_numbers <= PROCTEXT_MAX_LEVELS);
	for (size_t i = 0; i < status.n_numbers; i++)
		require(status.numbers[i] >= 0);
	require(status.parent >= 0);
	require(!status.name ||
	        (status.name >= bytes && status.name + status.name_length <= bytes + size));
}

static void try_signals(const char *bytes, size_t size)
{
	struct signal_text signals;
	int r = proctext_signals(bytes, size, &signals);

	require(r == -EINVAL || (r == 0 && signals.tracer >= 0 && signals.state));
}

static void try_label(const char *bytes, size_t size)
{
	size_t length = proctext_label(bytes, size);

	require(length <= size);
	require(length == 0 || (bytes[length - 1] != '\n' && bytes[length - 1] != '\0'));
}

/* The kernel escapes newlines and backslashes of the name, and nothing else (proc_task_name). */
static char *put_name(char *to, const char *name, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (name[i] == '\n' || name[i] == '\\')
			*to++ = '\\';
		*to++ = name[i];
		if (name[i] == '\n')
			to[-1] = 'n';
	}
	return to;
}

static void try_name(const char *name, size_t size)
{
	static const char head[] = "Name:\t";
	static const char tail[] = "\nState:\tS (sleeping)\nPPid:\t5\nUid:\t7\t8\t9\t10\n"
				   "NStgid:\t40\t1\nNSpid:\t41\t2\nCapEff:\t00000000000000ff\n";
	auto_free char *text = malloc(2 * size + strlen(head) + strlen(tail));
	struct status_text status;

	require(text);
	char *end = put_name(mempcpy(text, head, strlen(head)), name, size);
	end = mempcpy(end, tail, strlen(tail));
	require(proctext_status(text, (size_t)(end - text), &status) == 0);
	require(status.has_uids && status.real_uid == 7 && status.effective_uid == 8);
	require(status.n_numbers == 2 && status.numbers[0] == 40 && status.numbers[1] == 1);
	require(status.parent == 5 && status.state == 'S' && status.effective_caps == 0xff);
	auto_free char *plain = malloc(status.name_length + 1);
	require(plain);
	require(proctext_name(status.name, status.name_length, plain) == size);
	require(memcmp(plain, name, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	auto_free char *bytes = fuzz_bytes(data, size);

	try_any(bytes, size);
	try_signals(bytes, size);
	try_label(bytes, size);
	try_name(bytes, size);
	return 0;
}
