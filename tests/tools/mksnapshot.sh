#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes the snapshot that a fixture describes: what its records do not say is as its "defaults" have
# it, and of a process the number is also its group, its session and its only number.
#
#   mksnapshot.sh FIXTURE >SNAPSHOT
set -eu

jq '.defaults as $default | del(.defaults, .about) |
	.namespaces |= map($default.namespace + .) |
	.processes |= map($default.process * {group: .pid, session: .pid, numbers: [.pid], command: .comm} * .) |
	.threads |= map($default.thread * .) |
	.containers |= map($default.container + .) |
	.references |= map($default.reference + .)' "$1"
