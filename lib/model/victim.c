/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of processes that are signalled. */
#include "model/victim.h"

#include "base/vec.h"

int victims_add(struct victims *victims, const struct victim *victim, size_t *ret)
{
	int r = VEC_GROW(&victims->items, &victims->capacity, victims->count);

	if (r == 0)
		r = map_put(&victims->by_pid, (uint64_t)victim->pid, (uint32_t)victims->count);
	if (r < 0)
		return r;
	if (ret)
		*ret = victims->count;
	victims->items[victims->count++] = *victim;
	return 0;
}

struct victim *victims_find(const struct victims *victims, pid_t pid)
{
	uint32_t at = pid > 0 ? map_find(&victims->by_pid, (uint64_t)pid) : NONE;

	return at == NONE ? NULL : &victims->items[at];
}

void victims_done(struct victims *victims)
{
	for (size_t i = 0; i < victims->count; i++)
		close_fd_at_end(&victims->items[i].pidfd);
	free(victims->items);
	map_done(&victims->by_pid);
	*victims = (struct victims){ 0 };
}

void victim_note_sent(struct victim *victim, int signal, int r)
{
	if (r == 0 && signal > 0)
		victim->sent |= UINT64_C(1) << (signal - 1);
	victim->error = r == -ESRCH ? 0 : r;
}
