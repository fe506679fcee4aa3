# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs nstree again and again while processes come and go, and judges each tree by those that stay.

    treestorm.py RUNS VIEW NSTREE

To be run as root, in a PID namespace with its own /proc. Whoever is there with the same start time
before and after a run must be in its tree just once, below its parent or, where it has been adopted
meanwhile, below the one or the other. At most ten failures are told.
"""
import json
import os
import random
import signal
import subprocess
import sys
import threading

import nestjudge
import nesting


def read_place(pid):
    """Start time, parent, session and PID namespace, or None: it is gone."""
    try:
        stat = nestjudge.read_stat(f"/proc/{pid}")
        space = nestjudge.inode_in(os.readlink(f"/proc/{pid}/ns/pid"))
        return int(stat[19]), int(stat[1]), int(stat[3]), space
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        # The link of a process that has just gone gives EACCES too (proc_ns_readlink()).
        return None


def read_places():
    found = ((int(name), read_place(name)) for name in os.listdir("/proc") if name.isdigit())
    return {pid: place for pid, place in found if place}


def start_those_that_stay():
    """In sessions of their own, in PID namespaces two deep, and one that was put in from outside."""
    def nest():
        nesting.unshare(nesting.NEWPID)
        nesting.spawn("first", lambda: nesting.spawn("second", deeper))

    def deeper():
        nesting.unshare(nesting.NEWPID)
        nesting.spawn("third", lambda: nesting.spawn("fourth"))

    def enter():
        nesting.enter(nesting.find("third"))
        nesting.spawn("entered", lambda: nesting.spawn("below"))

    def lead():
        os.setsid()
        nesting.spawn("member", lambda: nesting.spawn("other", lambda: os.setpgid(0, 0)))
    return [nesting.spawn("nest", nest), nesting.spawn("enter", enter), nesting.spawn("lead", lead)]


class Orphan:
    """A process whose parent exits at some moment soon."""

    def __init__(self):
        reader, writer = os.pipe()

        def make():
            os.write(writer, b"%d\n" % nesting.spawn("orphan"))
            nesting.sleep()
        self.parent = nesting.spawn("parent", lambda: None, make)
        self.pid = int(os.read(reader, 20))
        os.close(reader)
        os.close(writer)
        self.timer = threading.Timer(random.random() / 50, os.kill, (self.parent, signal.SIGKILL))
        self.timer.start()

    def end(self):
        self.timer.join()
        os.waitpid(self.parent, 0)
        os.kill(self.pid, signal.SIGKILL)


def below(view, pid, before, after):
    """What it may stand below."""
    for place in before[pid], after[pid]:
        _, parent, _, space = place
        above = before.get(parent) or after.get(parent)
        if view == "process":
            yield above and ("process", parent)
        elif above and above[3] == space:
            yield "process", parent
        else:
            yield "namespace", space


def judge(view, rows, before, after):
    """What is wrong with that tree, and how many processes were to be judged."""
    shown = nestjudge.Shown(rows, view)
    n = 0
    for pid, place in before.items():
        if after.get(pid, (None,))[0] != place[0]:
            continue
        n += 1
        row = shown.rows.get(("process", pid))
        if not row:
            yield f"{pid} is missing: {place}"
        elif view == "session":
            session = "session", place[2] or None
            if row["ancestor"] != session and after[pid][2] == place[2]:
                yield f"{pid} is in {row['ancestor']}, not {session}"
        elif row["below"] not in below(view, pid, before, after):
            yield f"{pid} is below {row['below']}, not {list(below(view, pid, before, after))}"
    if n < 12:
        yield f"only {n} processes have stayed"


def run(number, view, nstree):
    """One run: flat and nested by turns. Yields what is wrong."""
    orphan = Orphan()
    before = read_places()
    options = ["--list"] if number % 2 else []
    process = subprocess.run([nstree, view, "--all", "--json", *options], capture_output=True, check=False)
    after = read_places()
    orphan.end()
    # A process that exits meanwhile is no gap.
    if process.returncode != 0 or process.stderr:
        yield f"exit {process.returncode}, on stderr: {process.stderr.decode()}"
        return
    sys.setrecursionlimit(100000)
    rows = json.loads(process.stdout.decode("utf-8"))[view]
    try:
        yield from judge(view, rows if options else nestjudge.flatten(rows), before, after)
    except SystemExit as error:
        yield str(error)


def main():
    runs, view, nstree = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    start_those_that_stay()
    failures = 0
    for number in range(runs):
        for wrong in run(number, view, nstree):
            print(f"run {number}: {wrong}")
            failures += 1
        if failures >= 10:
            break
    sys.exit(failures != 0)


main()
