# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the view of sessions of nstree by /proc/PID/stat, for sessions.bats.

    sessions.py agrees PID... <JSON     whether a flat list of nstree has what the kernel says of the
                                        sessions and groups of these processes, and of all in them
    sessions.py make SEED               words for jobs.c: processes of a random shape, one a line
    sessions.py end SEED NAME=PID...    what to do with them: numbers to be stopped, and to be killed
"""
import json
import os
import random
import sys
from types import SimpleNamespace

PF_KTHREAD = 0x00200000


def read_stat(pid):
    """What stat says of a process, or None: it is gone. Its name may hold anything but NUL."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return None
    head, tail = text[:text.rindex(b")")], text[text.rindex(b")") + 2:].split()
    parent, group, session, terminal, foreground = (int(field) for field in tail[1:6])
    return SimpleNamespace(
        pid=pid, comm=head[head.index(b"(") + 1:].decode(errors="replace"), state=tail[0].decode(),
        parent=parent, group=group, session=session, terminal=terminal, foreground=foreground,
        flags=int(tail[6]), n_threads=int(tail[17]))


def read_all():
    found = (read_stat(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return {process.pid: process for process in found if process}


def is_orphaned(processes, members):
    """will_become_orphaned_pgrp() in kernel/exit.c; None where it asks for what is not to be seen."""
    is_initial = 2 in processes and bool(processes[2].flags & PF_KTHREAD)
    answer = True
    for member in members:
        if member.state in "ZX" and member.n_threads <= 1:
            continue
        if is_initial and member.parent == 1:
            continue
        parent = processes.get(member.parent)
        if not parent or (member.session == 0 and parent.session == 0 and
                          (member.group != parent.group or member.group == 0)):
            answer = None
        elif parent.group != member.group and parent.session == member.session:
            return False
    return answer


def terminal_name(process):
    if process.terminal == 0:
        return None
    number = process.terminal & 0xffffffff
    assert (number >> 8) & 0xfff == 136
    return f"pts/{(number & 0xff) | ((number >> 12) & 0xfff00)}"


def leader_or_first(members, number):
    """The process that stands for a session or a group."""
    return next((one for one in members if one.pid == number), members[0])


def judge_group(processes, members):
    """The row of a group, and those of the processes in it."""
    first = members[0]
    is_foreground = first.foreground == first.group if first.terminal else False
    yield {
        "kind": "group", "sid": first.session or None, "pgid": first.group or None,
        "pid": leader_or_first(members, first.group).pid,
        "foreground": is_foreground,
        "stopped": any(member.state == "T" for member in members),
        "orphaned": is_orphaned(processes, members),
        "leaderless": all(member.pid != first.group for member in members),
    }
    for member in members:
        above = processes.get(member.parent)
        is_nested = above and (above.session, above.group) == (first.session, first.group)
        yield {
            "kind": "process", "sid": member.session or None, "pgid": member.group or None,
            "pid": member.pid, "comm": member.comm, "state": member.state,
            "tty": terminal_name(member), "foreground": is_foreground,
            "stopped": member.state == "T",
            "above": f"process {above.pid}" if is_nested else f"group {member.group or None}",
        }


def judge(processes, pids):
    """All rows of the sessions that these processes are in, those outside of the namespace apart."""
    ours = {processes[pid].session for pid in pids if pid in processes} - {0}
    members = [processes[pid] for pid in sorted(processes) if processes[pid].session in ours]
    for session in sorted(ours):
        inside = [member for member in members if member.session == session]
        yield {
            "kind": "session", "sid": session, "pid": leader_or_first(inside, session).pid,
            "leaderless": all(member.pid != session for member in inside),
            "tty": next((terminal_name(member) for member in inside if member.terminal), None),
        }
        for group in sorted({member.group for member in inside}):
            yield from judge_group(processes, [m for m in inside if m.group == group])


def shown_rows(rows, sessions):
    """The rows of nstree, with what a process stands below."""
    for row in rows:
        if row["sid"] not in sessions:
            continue
        if row["kind"] == "process":
            above = rows[row["parent"]]
            number = above["pid"] if above["kind"] == "process" else above["pgid"]
            row = {**row, "above": f"{above['kind']} {number}"}
        yield row


def agrees(pids):
    expected = list(judge(read_all(), pids))
    rows = json.load(sys.stdin)["session"]
    shown = list(shown_rows(rows, {row["sid"] for row in expected}))

    def place(row):
        return row["sid"], row["kind"] != "session", row.get("pgid") or 0, row["kind"], row["pid"]
    shown = sorted(shown, key=place)
    expected = sorted(expected, key=place)
    for is_of, ought in zip(shown, expected):
        if any(is_of[key] != ought[key] for key in ought):
            print(f"shown:    {is_of}\nexpected: {ought}")
            return 1
    if len(shown) != len(expected) or not shown:
        print(f"{len(shown)} rows are shown, {len(expected)} were expected")
        return 1
    return 0


def make(seed):
    """A shell below init, and processes that begin groups and sessions or join a group."""
    source = random.Random(seed)
    shapes = [{"name": "p0", "session": "p0", "group": "p0"}]
    print("init")
    print("p0<init,session" + source.choice(["", ",reaps"]))
    for i in range(1, source.randrange(5, 12)):
        above = source.choice(shapes)
        shape = {**above, "name": f"p{i}"}
        words = [f"p{i}<{above['name']}"]
        what = source.random()
        groups = sorted({one["group"] for one in shapes if one["session"] == above["session"]})
        if what < 0.15:
            words.append("session")
            shape["session"] = shape["group"] = shape["name"]
        elif what < 0.5:
            words.append("group")
            shape["group"] = shape["name"]
        elif what < 0.65:
            shape["group"] = source.choice(groups)
            words.append(f"with={shape['group']}")
        words += [word for word, chance in (("reaps", 0.4), ("threads", 0.15), ("subreaper", 0.15))
                  if source.random() < chance]
        shapes.append(shape)
        print(",".join(words))


def end(seed, made):
    source = random.Random(f"end {seed}")
    names = sorted(name for name in made if name.startswith("p") and name != "pid")
    for what, chance in ("stop", 0.25), ("kill", 0.35):
        print(what, *(made[name] for name in names if source.random() < chance))


def main(arguments):
    if arguments[0] == "agrees":
        return agrees([int(pid) for pid in arguments[1:]])
    if arguments[0] == "make":
        return make(arguments[1])
    return end(arguments[1], dict(word.split("=") for word in arguments[2:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
