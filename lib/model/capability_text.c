/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Empty so far. */
typedef int not_empty_capability_text_c;
