# SPDX-License-Identifier: GPL-2.0-or-later
"""big - writes the snapshot of a host with very many of everything, in the shapes that cost most.

big.py FIXTURE PROCESSES >SNAPSHOT

FIXTURE is one of tests/fixtures/snapshot: its "scan" and "defaults" are used, and its namespaces that
are the first of their type. Two fifths of the processes are a chain, each the parent of one with a
lower number, with a chain of PID and user namespaces that is a tenth as long, deeper than kernels
allow, and a process group each in one session; each of the others is a child of process 1 and a
session of its own, every third in PID and user namespaces and a container of its own.
"""

import json
import sys

fixture = json.load(open(sys.argv[1], encoding="utf-8"))
n_processes = int(sys.argv[2])
depth = n_processes * 2 // 5
defaults = fixture["defaults"]
namespaces = [space for space in fixture["namespaces"] if space.get("initial")]
containers = []
processes = []
threads = []
last_inode = 4026600000


def add_namespace(kind, parent, owner):
    global last_inode
    last_inode += 1
    space = {"inode": last_inode, "type": kind, "parent": parent, "owner": owner}
    if kind == "user":
        space.update(uid_map="0 100000 65536", gid_map="0 100000 65536", owner_uid=1000)
    namespaces.append(space)
    return last_inode


def add_process(pid, comm, inside, **fields):
    placed = dict(defaults["process"]["in"], **inside)
    record = {"pid": pid, "comm": comm, "command": comm, "group": pid, "session": pid, "numbers": [pid]}
    processes.append({**defaults["process"], **record, "in": placed, **fields})
    if pid % 10 == 0:
        thread = {"pid": pid, "tid": pid + n_processes, "comm": "thread", "in": dict(placed, net=net)}
        threads.append({**defaults["thread"], **thread})


def add_chain(first):
    pid_space, user_space = defaults["process"]["in"]["pid"], defaults["process"]["in"]["user"]
    links = []
    for i in range(depth):
        if i % 10 == 9:
            user_space = add_namespace("user", user_space, user_space)
            pid_space = add_namespace("pid", pid_space, user_space)
        links.append({"pid": pid_space, "user": user_space})
    top = first + depth - 1
    for pid in range(first, top + 1):
        add_process(pid, f"link-{pid % 7}", links[top - pid], parent=1 if pid == top else pid + 1,
                    session=top, state="ST"[pid % 2], terminal=34816, terminal_name="pts/0",
                    cgroup="0::" + "/c" * (1 + (top - pid) % 50))


def add_container(pid):
    identity = {"runtime": "docker", "id": f"{pid:064x}"}
    path = f"/system.slice/docker-{pid:064x}.scope"
    containers.append({**defaults["container"], **identity, "name": f"name-{pid}", "cgroup": path})
    user_space = add_namespace("user", defaults["process"]["in"]["user"], defaults["process"]["in"]["user"])
    pid_space = add_namespace("pid", defaults["process"]["in"]["pid"], user_space)
    add_process(pid, "main", {"pid": pid_space, "user": user_space}, parent=1, numbers=[pid, 1],
                container=identity, cgroup="0::" + path)


net = add_namespace("net", "nothing", defaults["process"]["in"]["user"])
add_process(1, "init", {}, parent=0)
add_chain(2)
for number in range(depth + 2, n_processes + 1):
    if number % 3 == 0:
        add_container(number)
    else:
        add_process(number, f"worker-{number % 100}", {}, parent=1)
fixture.update(processes=processes, threads=threads, containers=containers, references=[], cgroups=[])
fixture["namespaces"] = [{**defaults["namespace"], **space} for space in namespaces]
del fixture["defaults"], fixture["about"]
json.dump(fixture, sys.stdout)
