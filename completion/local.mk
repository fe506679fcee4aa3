# SPDX-License-Identifier: GPL-2.0-or-later
dist_bashcompletion_DATA = %D%/nslist %D%/nstree %D%/pgkill
