/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the kernel for the capabilities of the calling thread. */
#include "scan/capability.h"

#include <linux/capability.h>
#include <sys/syscall.h>

bool capability_is_effective(unsigned number)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	return data[CAP_TO_INDEX(number)].effective & CAP_TO_MASK(number);
}
