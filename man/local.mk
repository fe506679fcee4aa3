# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS += \
	%D%/nskit-snapshot.5 \
	%D%/nslist.1 \
	%D%/nstree.1 \
	%D%/pgkill.1
