# SPDX-License-Identifier: GPL-2.0-or-later
# The init of a nest: namespaces of all eight types, nested, in PID, mount and network namespaces of
# their own with their own /proc, so that nothing else on the machine shows.
# usage: unshare --pid --fork --kill-child --net --mount-proc bash nest.bash READY
# shellcheck shell=bash
set -eu

# What is mounted here is seen here alone, and goes with it.
mount -t tmpfs nest /run
mount -t tmpfs nest /mnt

# All that need no user namespace.
unshare --mount --uts --ipc --net --cgroup --time --pid --fork sleep 1001 &
# All of them in a user namespace, and again in one below it.
unshare --user --map-root-user --mount --uts --ipc --net --cgroup --time --pid --fork bash -c '
	unshare --user --map-root-user --mount --uts --ipc --net --cgroup --pid --fork sleep 1002 &
	unshare --user --map-root-user --net sleep 1003 &
	sleep 1004 &
	wait' &
# Another user's.
setpriv --reuid 1234 --clear-groups unshare --user --net --uts sleep 1005 &
# A process beside its parent's namespaces.
unshare --pid --fork bash -c 'unshare --uts sleep 1006 & sleep 1007 & wait' &
# Network namespaces that only mounts hold: one with a number, one that is mounted twice.
ip netns add blue
ip netns set blue 117
touch /mnt/net /mnt/again /mnt/uts
unshare --net=/mnt/net true
mount --bind /mnt/net /mnt/again
unshare --uts=/mnt/uts true
# One that only a descriptor holds.
unshare --net sleep 1008 &
held=$!
until grep -qsx sleep "/proc/$held/comm"; do sleep 0.02; done
exec 9<"/proc/$held/ns/net"
sleep 1009 &
exec 9<&-
kill "$held"
wait "$held" || true

until [ "$(cat /proc/[0-9]*/comm | grep -cx sleep)" = 8 ]; do sleep 0.02; done
echo ready >"$1"
wait
