/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stat and status: the two files of a process each of which gives several of its fields. */
#include "model/proctext.h"
#include "scan/source.h"

static struct process *process_of(struct scan *scan, const struct task *task)
{
	return &scan->snapshot->processes[task->process];
}

static bool is_zombie(char state)
{
	return state == 'Z' || state == 'X' || state == 'x';
}

int onefile_use_stat(struct scan *scan, const struct task *task)
{
	struct process *process = process_of(scan, task);
	struct stat_text text;
	int r = proctext_stat(scan->buffer.data, scan->buffer.length, &text);

	if (r < 0)
		return r;
	if (!process->comm)
		process->comm = snapshot_intern(scan->snapshot, text.comm, text.comm_length);
	if (!process->comm)
		return -ENOMEM;
	process->state = text.state;
	process->parent = text.parent;
	process->group = text.group;
	process->session = text.session;
	process->foreground_group = text.foreground_group;
	process->terminal = text.terminal;
	process->n_threads = text.n_threads;
	process->start = text.start;
	process->is_kernel_thread = text.flags & STAT_FLAG_KERNEL_THREAD;
	process->is_ending = text.flags & STAT_FLAG_EXITING && !is_zombie(text.state);
	process->known |= PROCESS_STAT | PROCESS_PARENT | PROCESS_COMM;
	return 0;
}

/*
 * In older kernels status has no "Kthread:"; but kthreadd, 2, and its children are the
 * threads of the kernel, and have no memory of their own. In a /proc of another PID namespace than
 * the initial one, 2 is a process as any other, but has memory.
 */
static bool is_kernel_thread(const struct status_text *text, pid_t pid)
{
	if (text->has_kernel_thread)
		return text->is_kernel_thread;
	if (text->has_memory || text->n_numbers > 1 || is_zombie(text->state))
		return false;
	return text->has_parent && (text->parent == 2 || (pid == 2 && text->parent == 0));
}

static int use_name(struct scan *scan, const struct status_text *text, struct process *process)
{
	char *name = arena_alloc(&scan->scratch, text->name_length + 1);

	if (!name)
		return -ENOMEM;
	process->comm = snapshot_intern(scan->snapshot, name,
	                                proctext_name(text->name, text->name_length, name));
	return process->comm ? 0 : -ENOMEM;
}

static int use_numbers(struct scan *scan, const struct status_text *text, struct process *process)
{
	size_t size = text->n_numbers * sizeof(*text->numbers);

	if (size == 0)
		return 0;
	pid_t *numbers = arena_alloc(&scan->snapshot->texts, size);
	if (!numbers)
		return -ENOMEM;
	memcpy(numbers, text->numbers, size);
	process->numbers = numbers;
	process->n_numbers = (uint32_t)text->n_numbers;
	return 0;
}

static void use_audit(const struct status_text *text, struct process *process)
{
	process->has_audit = text->has_effective_caps && text->has_no_new_privs;
	process->effective_caps = text->effective_caps;
	process->no_new_privs = text->no_new_privs;
	process->seccomp = text->has_seccomp ? (int8_t)text->seccomp : -1;
}

int onefile_use_status(struct scan *scan, const struct task *task)
{
	struct process *process = process_of(scan, task);
	struct status_text text;
	int r = proctext_status(scan->buffer.data, scan->buffer.length, &text);

	if (r == 0 && text.name && !process->comm)
		r = use_name(scan, &text, process);
	if (r == 0)
		r = use_numbers(scan, &text, process);
	if (r < 0)
		return r;
	process->known |= PROCESS_NUMBERS;
	if (text.n_threads > 0)
		process->n_threads = text.n_threads;
	use_audit(&text, process);
	if (text.has_uids) {
		process->uid = text.effective_uid;
		process->known |= PROCESS_UID;
	}
	if (!text.has_parent || !text.state || !process->comm)
		return 0;
	process->parent = text.parent;
	process->state = text.state;
	process->is_kernel_thread = is_kernel_thread(&text, task->pid);
	/* What ends gives its memory up first. Whether that is so, threads_check_ending tells. */
	process->is_ending =
		!text.has_memory && !process->is_kernel_thread && !is_zombie(text.state);
	process->known |= PROCESS_PARENT | PROCESS_COMM;
	return 0;
}

static const struct {
	const char *name;
	unsigned gives; /* all that it has */
	unsigned worth; /* for what it is read: the rest is to be had for less elsewhere */
	int (*use)(struct scan *scan, const struct task *task);
} files[] = {
	{ "stat", PROCESS_STAT | PROCESS_PARENT | PROCESS_COMM, PROCESS_STAT | PROCESS_PARENT,
	  onefile_use_stat },
	{ "status", PROCESS_NUMBERS | PROCESS_PARENT | PROCESS_COMM | PROCESS_UID,
	  PROCESS_NUMBERS | PROCESS_PARENT, onefile_use_status },
};

/* Position in files, or SIZE_MAX. */
static size_t find_file(unsigned fields)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (fields & files[i].worth && !(fields & ~files[i].gives))
			return i;
	}
	return SIZE_MAX;
}

const char *onefile_name(unsigned fields)
{
	size_t i = find_file(fields);

	return i == SIZE_MAX ? NULL : files[i].name;
}

int onefile_use(struct scan *scan, const struct task *task, unsigned fields)
{
	int r = files[find_file(fields)].use(scan, task);

	/* A text that is not what kernels write says nothing. */
	return r == -ENOMEM ? r : 0;
}
