# SPDX-License-Identifier: GPL-2.0-or-later
schemadir = $(pkgdatadir)/schema
dist_schema_DATA = \
	%D%/nslist.schema.json \
	%D%/nstree.schema.json \
	%D%/pgkill.schema.json \
	%D%/snapshot.schema.json
