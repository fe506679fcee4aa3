# SPDX-License-Identifier: GPL-2.0-or-later
# What all tools share.
cli_sources = \
	%D%/cli.h
