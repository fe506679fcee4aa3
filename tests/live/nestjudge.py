# SPDX-License-Identifier: GPL-2.0-or-later
"""Judges the trees of nstree by /proc and the kernel's answers to ioctl_ns(2), for nstree.bats.

    nestjudge.py [--exact] [--more] [--root DIR] [--uid UID] VIEW COMMAND...
        runs COMMAND VIEW --all --json, nested and flat, as that user, and compares each row with
        what it reads itself below DIR/proc, before and after. --exact: there is nothing else, and
        no row too much. --more: also with --threads or --details, where the view has them
    nestjudge.py aligned <SCREEN
        whether a table of TREE, PID and STATE is aligned
    nestjudge.py up PID VIEW WHOLE BRANCH
        whether the tree in the file BRANCH is what --up shows of that process out of WHOLE
"""
import argparse
import ctypes
import errno
import fcntl
import json
import os
import re
import subprocess
import sys
import unicodedata
from types import SimpleNamespace

NS_GET_USERNS, NS_GET_PARENT, NS_GET_OWNER_UID = 0xb701, 0xb702, 0xb704
TYPES = ["mnt", "net", "pid", "uts", "ipc", "user", "cgroup", "time"]
INITIAL = {"pid": 4026531836, "user": 4026531837}
PF_EXITING, PF_KTHREAD = 0x00000004, 0x00200000
PR_SET_DUMPABLE = 4


def fail(text):
    sys.exit(f"nestjudge: {text}")


def said(data):
    """As bytes are written into JSON: those that are no UTF-8 become \\xNN."""
    return data.decode("utf-8", "backslashreplace")


# What the kernel says ---------------------------------------------------------------------------


def whole(path):
    with open(path, "rb") as file:
        return file.read()


def inode_in(link):
    return int(link[link.index("[") + 1:-1])


def read_links(folder):
    """Inodes of the namespaces by type, those for children as "pid+"; and whether any was refused."""
    links, is_denied = {}, False
    for name in TYPES + ["pid_for_children"]:
        try:
            links[name.replace("_for_children", "+")] = inode_in(os.readlink(f"{folder}/ns/{name}"))
        except PermissionError:
            is_denied = True
        except FileNotFoundError:
            pass
    return links, is_denied


def read_stat(folder):
    text = whole(f"{folder}/stat")
    return text[text.rindex(b")") + 2:].split()


def has_ended(stat):
    """A zombie, or on its way out: an init waits there until all others are reaped."""
    return stat[0] in b"ZX" or bool(int(stat[6]) & PF_EXITING)


def read_threads(folder, pid):
    for name in os.listdir(f"{folder}/task"):
        if int(name) != pid:
            links, _ = read_links(f"{folder}/task/{name}")
            comm = said(whole(f"{folder}/task/{name}/comm")[:-1])
            yield int(name), (comm, links)


def read_groups(folder):
    for line in whole(f"{folder}/cgroup").splitlines():
        _, controllers, path = line.split(b":", 2)
        yield said(controllers) or "v2", said(path)


def read_process(proc, pid):
    """All facts about a process that can be compared, or None: it is gone."""
    folder = f"{proc}/{pid}"
    try:
        stat = read_stat(folder)
        status = dict(line.split(b":\t", 1) for line in whole(f"{folder}/status").splitlines()
                      if b":\t" in line)
        links, is_denied = read_links(folder)
        numbers = {key: [int(number) for number in status[key].split()]
                   for key in (b"NStgid", b"NSpgid", b"NSsid")}
        threads = dict(read_threads(folder, pid))
        # A leader that has exited is where the first of its threads is.
        for _, others in [threads[tid] for tid in sorted(threads) if stat[0] == b"Z"]:
            links = {**others, **links}
        return SimpleNamespace(
            pid=pid, start=int(stat[19]), comm=said(whole(f"{folder}/comm")[:-1]),
            is_dead=all(has_ended(read_stat(f"{folder}/task/{tid}")) for tid in [pid, *threads]),
            parent=int(stat[1]),
            group=numbers[b"NSpgid"][0], session=numbers[b"NSsid"][0], numbers=numbers[b"NStgid"],
            is_kernel=bool(int(stat[6]) & PF_KTHREAD), links=links, is_denied=is_denied,
            threads=threads, groups=sorted(read_groups(folder)),
            thread_groups={tid: sorted(read_groups(f"{folder}/task/{tid}")) for tid in threads})
    except (FileNotFoundError, ProcessLookupError):
        return None


def read_all(proc):
    found = (read_process(proc, int(name)) for name in os.listdir(proc) if name.isdigit())
    return {process.pid: process for process in found if process}


def relation(descriptor, request):
    """The descriptor of a related namespace, or None: there is none, or none to be seen."""
    try:
        return fcntl.ioctl(descriptor, request)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EINVAL):
            return None
        raise


class Spaces:
    """Namespaces and how they are related: .parent and .owner, by inode; .uid, of who made it."""

    def __init__(self):
        self.type, self.parent, self.owner, self.uid = {}, {}, {}, {}

    def add_related(self, descriptor, of_type, request):
        other = relation(descriptor, request)
        return self.add(other, of_type) if other is not None else None

    def add(self, descriptor, of_type):
        """Takes the descriptor. Returns the inode."""
        inode = os.fstat(descriptor).st_ino
        if inode not in self.type:
            self.type[inode] = of_type
            self.parent[inode] = None
            if of_type in ("pid", "user"):
                self.parent[inode] = self.add_related(descriptor, of_type, NS_GET_PARENT)
            if of_type == "user":
                word = ctypes.create_string_buffer(4)
                fcntl.ioctl(descriptor, NS_GET_OWNER_UID, word)
                self.uid[inode] = int.from_bytes(word.raw, sys.byteorder)
            else:
                self.owner[inode] = self.add_related(descriptor, "user", NS_GET_USERNS)
        os.close(descriptor)
        return inode

    def add_file(self, path, of_type):
        try:
            self.add(os.open(path, os.O_RDONLY), of_type)
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            pass

    def add_process(self, proc, process, is_with_descriptors):
        folders = [f"{proc}/{process.pid}/task/{tid}/ns" for tid in process.threads]
        for folder in [f"{proc}/{process.pid}/ns"] + folders:
            for of_type in TYPES:
                self.add_file(f"{folder}/{of_type}", of_type)
            self.add_file(f"{folder}/pid_for_children", "pid")
        if is_with_descriptors:
            self.add_descriptors(f"{proc}/{process.pid}/fd")

    def add_descriptors(self, folder):
        try:
            for name in os.listdir(folder):
                match = re.fullmatch(r"([a-z]+):\[[0-9]+\]", os.readlink(f"{folder}/{name}"))
                if match and match[1] in TYPES:
                    self.add_file(f"{folder}/{name}", match[1])
        except OSError:
            pass


class Kernel:
    """What the kernel says at one moment."""

    def __init__(self, proc, is_with_descriptors):
        self.proc = proc
        self.processes = read_all(proc)
        self.spaces = Spaces()
        for process in self.processes.values():
            self.spaces.add_process(proc, process, is_with_descriptors)

    def map_of(self, name, members):
        """A line for each range, as the first process shows it that can be read."""
        for pid in members:
            try:
                return [" ".join(line.split())
                        for line in whole(f"{self.proc}/{pid}/{name}").decode().splitlines()]
            except OSError:
                pass
        return None


# The rows that there ought to be ----------------------------------------------------------------
# Each is (what it is, what it stands below, what its columns have): the first two as ("process",
# 4711), ("namespace", 4026531836) and so on; None below nothing.


class PidView:
    def __init__(self, kernel, with_threads):
        self.kernel = kernel
        self.with_threads = with_threads
        self.processes = kernel.processes
        self.outermost = next((process.links["pid"] for process in self.processes.values()
                               if len(process.numbers) == 1 and "pid" in process.links), None)
        self.inits = {}
        for process in sorted(self.processes.values(), key=lambda one: one.is_dead):
            if process.numbers[-1] == 1:
                self.inits.setdefault(self.place(process), process)

    def parent(self, process):
        return self.processes.get(process.parent)

    def place(self, process):
        """Its PID namespace; where that is not to be read, what its numbers say."""
        if "pid" in process.links:
            return process.links["pid"]
        if len(process.numbers) == 1:
            return self.outermost
        above = self.parent(process)
        if above and len(above.numbers) == len(process.numbers):
            return self.place(above)
        return None

    def process_row(self, process):
        place, above = self.place(process), self.parent(process)
        if above and self.place(above) == place:
            below = "process", above.pid
        elif place:
            below = "namespace", place
        elif above:
            below = "process", above.pid
        else:
            below = self.outermost and ("namespace", self.outermost)
        aside = process.links.get("pid+")
        return ("process", process.pid), below, {
            "ns": place, "pid": process.pid, "nspid": process.numbers, "comm": process.comm,
            "entered": self.is_entered(process, place, above), "dead": None, "left": 0,
            "forchildren": aside if aside != process.links.get("pid") else None}

    def is_entered(self, process, place, above):
        if process.numbers[-1] == 1:
            return False
        if place is None:
            return None
        if above:
            return self.place(above) != place if self.place(above) else None
        if process.parent == 0:
            return not process.is_kernel and place != INITIAL["pid"]
        return None

    def setter(self, space):
        """What set it aside for its children: processes before threads."""
        others = [one for _, one in sorted(self.processes.items())
                  if one.links.get("pid") != space]
        for process in others:
            if process.links.get("pid+") == space:
                return "process", process.pid
        for process in others:
            for tid, (_, links) in sorted(process.threads.items()):
                if links.get("pid+") == space:
                    return ("thread", tid) if self.with_threads else ("process", process.pid)
        return None

    def space_row(self, space):
        init, up = self.inits.get(space), self.kernel.spaces.parent.get(space)
        members = sorted(pid for pid, one in self.processes.items() if self.place(one) == space)
        first = init or (self.processes[members[0]] if members else None)
        maker = self.parent(init) if init else None
        below = up and ("namespace", up)
        if maker and space != INITIAL["pid"] and self.place(maker) != space and (
                up is None or self.place(maker) == up):
            below = "process", maker.pid
        elif not up and space != INITIAL["pid"]:
            below = self.setter(space)
        return ("namespace", space), below, {
            "ns": space, "pid": first and first.pid, "nspid": first.numbers if first else None,
            "comm": first and first.comm, "entered": None, "forchildren": None, "left": 0,
            "dead": self.is_dead(space, init, members)}

    def is_dead(self, space, init, members):
        if init:
            return init.is_dead
        if any(self.place(one) is None and one.numbers[-1] == 1 for one in self.processes.values()):
            return None
        # Of what lies outside nothing is to be seen.
        is_in_sight = bool(members) or self.setter(space) is not None
        while not is_in_sight and space:
            is_in_sight = space == self.outermost
            space = self.kernel.spaces.parent.get(space)
        return True if is_in_sight else None

    def drawn_spaces(self):
        """Those of processes, those set aside, and all above; not what only a descriptor holds."""
        found = set()
        for process in self.processes.values():
            for links in [process.links] + [links for _, links in process.threads.values()]:
                found |= {links.get("pid"), links.get("pid+")}
        for space in list(found - {None}):
            while space:
                found.add(space)
                space = self.kernel.spaces.parent.get(space)
        return found - {None}

    def thread_rows(self):
        """A thread is always where its process is: all that can differ is where its children go."""
        for process in self.processes.values():
            for tid, (comm, links) in process.threads.items():
                if "pid+" in links and links["pid+"] != links["pid"]:
                    yield ("thread", tid), ("process", process.pid), {
                        "comm": comm, "left": 0, "forchildren": links["pid+"]}

    def rows(self):
        yield from map(self.process_row, self.processes.values())
        yield from map(self.space_row, self.drawn_spaces())
        if self.with_threads:
            yield from self.thread_rows()


class ProcessView:
    def __init__(self, kernel, with_threads):
        self.with_threads = with_threads
        self.processes = kernel.processes

    @staticmethod
    def changed(links, others, is_denied):
        types = [of_type for of_type in TYPES
                 if links.get(of_type, 0) != others.get(of_type, 0) and
                 of_type in links and of_type in others]
        return None if is_denied and not types else types

    def rows(self):
        for process in self.processes.values():
            above = self.processes.get(process.parent)
            changed = self.changed(process.links, above.links if above else {},
                                   process.is_denied or (above and above.is_denied))
            yield ("process", process.pid), above and ("process", above.pid), {
                "pid": process.pid, "tid": None, "ppid": process.parent, "comm": process.comm,
                "changed": changed, "left": 0}
            for tid, (comm, links) in process.threads.items() if self.with_threads else ():
                if any(process.links.get(name) != links[name] for name in links):
                    yield ("thread", tid), ("process", process.pid), {
                        "tid": tid, "comm": comm, "left": 0,
                        "changed": self.changed(links, process.links, False)}


class UserView:
    def __init__(self, kernel, with_details):
        self.kernel = kernel
        self.with_details = with_details
        self.members = {}
        for process in sorted(kernel.processes.values(), key=lambda one: one.pid):
            for of_type in TYPES:
                self.members.setdefault(process.links.get(of_type), []).append(process.pid)

    def rows(self):
        spaces = self.kernel.spaces
        for space, of_type in spaces.type.items():
            if of_type != "user" and not self.with_details:
                continue
            members = self.members.get(space, [])
            first = self.kernel.processes[members[0]] if members else None
            up = spaces.parent[space] if of_type == "user" else spaces.owner[space]
            columns = {
                "type": of_type, "ns": space, "nprocs": len(members),
                "pid": first and first.pid, "comm": first and first.comm,
                "pns": spaces.parent[space], "left": 0}
            if of_type == "user":
                columns["owneruid"] = spaces.uid[space]
                columns["uidmap"] = self.kernel.map_of("uid_map", members)
                columns["gidmap"] = self.kernel.map_of("gid_map", members)
            # The first one owns all that is first, whoever may ask.
            yield ("namespace", space), up and ("namespace", up), columns


class SessionView:
    def __init__(self, kernel, _):
        self.processes = kernel.processes

    def rows(self):
        for process in self.processes.values():
            above = self.processes.get(process.parent)
            if above and (above.session, above.group) != (process.session, process.group):
                above = None
            below = ("process", above.pid) if above else ("group", process.group or None)
            yield ("process", process.pid), below, {
                "sid": process.session or None, "pgid": process.group or None, "pid": process.pid,
                "comm": process.comm, "left": 0, "ancestor": ("session", process.session or None)}


class CgroupView:
    def __init__(self, kernel, with_threads):
        self.processes = kernel.processes
        self.with_threads = with_threads

    def rows(self):
        for process in self.processes.values():
            for hierarchy, path in process.groups:
                yield ("process", process.pid, hierarchy), ("cgroup", hierarchy, path), {
                    "pid": process.pid, "tid": None, "hierarchy": hierarchy, "cgroup": path,
                    "comm": process.comm, "left": 0}
            yield from self.thread_rows(process) if self.with_threads else ()

    @staticmethod
    def thread_rows(process):
        """In its own group, and only where its process is in another one."""
        for tid, groups in process.thread_groups.items():
            for hierarchy, path in groups:
                if (hierarchy, path) not in process.groups:
                    yield ("thread", tid, hierarchy), ("cgroup", hierarchy, path), {
                        "pid": process.pid, "tid": tid, "hierarchy": hierarchy, "cgroup": path,
                        "comm": process.threads[tid][0], "left": 0}


VIEWS = {"pid": PidView, "process": ProcessView, "user": UserView, "session": SessionView,
         "cgroup": CgroupView}
OPTIONS = {"pid": ["--threads"], "process": ["--threads"], "user": ["--details"],
           "session": ["--threads"], "cgroup": ["--threads"]}


# What nstree says -------------------------------------------------------------------------------


def identity(row, view):
    kind = row["kind"]
    if view == "cgroup" and kind in ("process", "thread"):
        return kind, row["pid" if kind == "process" else "tid"], row["hierarchy"]
    if kind == "cgroup":
        return kind, row["hierarchy"], row["cgroup"]
    key = {"namespace": "ns", "process": "pid", "thread": "tid", "session": "sid", "group": "pgid"}
    return kind, row[key[kind]]


def flatten(rows):
    """The rows of a nested tree as flat ones. Without recursion: it may be deep."""
    into, left = [], [(row, None) for row in reversed(rows)]
    while left:
        row, parent = left.pop()
        children = row.pop("children")
        row["parent"] = parent
        left += [(child, len(into)) for child in reversed(children)]
        into.append(row)
    return into


def find_child(proc):
    """The number of the only child, where that /proc has us."""
    if not os.path.exists(f"{proc}/self"):
        return None
    own = os.readlink(f"{proc}/self").encode()
    for name in os.listdir(proc):
        try:
            if name.isdigit() and read_stat(f"{proc}/{name}")[1] == own:
                return int(name)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return None


def run(command, proc):
    """Its JSON, and the number that it had in that /proc, or None."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    text = process.stdout.read()
    # It is there until it has been waited for.
    number = find_child(proc)
    process.wait()
    if process.returncode != 0:
        fail(f"exit {process.returncode}: {command}")
    if any(byte < 32 and byte != 10 for byte in text):
        fail("a control byte")
    sys.setrecursionlimit(100000)
    return json.loads(text.decode("utf-8")), number


class Shown:
    """The rows by what they are, with what they stand below."""

    def __init__(self, rows, view):
        self.rows = {}
        for position, row in enumerate(rows):
            if row["parent"] is not None and row["parent"] >= position:
                fail(f"stands before its parent: {row}")
            above = None if row["parent"] is None else rows[row["parent"]]
            key = identity(row, view)
            # Several sessions and groups may be outside.
            if key in self.rows and row["kind"] not in ("session", "group"):
                fail(f"twice: {row}")
            row["below"] = above and identity(above, view)
            while above and above["kind"] != "session":
                above = None if above["parent"] is None else rows[above["parent"]]
            row["ancestor"] = above and identity(above, view)
            self.rows[key] = row


def is_lasting(before, after, pid):
    """Whether the process was there all the time, and nothing of it has changed."""
    return before.processes.get(pid) == after.processes.get(pid) is not None


class Judge:
    def __init__(self, options):
        self.options = options
        self.view = options.view
        self.proc = f"{options.root}/proc"

    def look(self):
        return Kernel(self.proc, self.view == "user")

    def command(self, *more):
        root = ["--sysroot", self.options.root] if self.options.root else []
        options = OPTIONS.get(self.view, []) if self.options.more else []
        return [*self.options.command, self.view, "--all", "--json", *options, *root, *more]

    def compare(self):
        before = self.look()
        flat, own = run(self.command("--list"), self.proc)
        nested, other = run(self.command(), self.proc)
        after = self.look()
        self.lasting = {pid for pid in before.processes if is_lasting(before, after, pid)}
        if self.options.exact and self.lasting != set(before.processes) | set(after.processes):
            fail("something has changed meanwhile")
        self.compare_rows(before, Shown(flat[self.view], self.view), own)
        self.compare_rows(before, Shown(flatten(nested[self.view]), self.view), other)

    def compare_rows(self, kernel, shown, own):
        self.own = own
        n = 0
        for key, below, columns in VIEWS[self.view](kernel, self.options.more).rows():
            row = shown.rows.pop(key, None)
            if key[0] in ("process", "thread") and self.pid_of(kernel, key) not in self.lasting:
                continue
            if not self.options.exact and self.is_passing(key, below, columns):
                continue
            if row is None:
                fail(f"missing: {key} below {below}: {columns}")
            self.compare_row(row, below, columns)
            n += 1
        self.compare_rest(shown)
        if n == 0:
            fail("nothing to judge")

    @staticmethod
    def pid_of(kernel, key):
        if key[0] == "process":
            return key[1]
        return next(pid for pid, one in kernel.processes.items() if key[1] in one.threads)

    def is_passing(self, key, below, columns):
        """Whether the row depends on a process that may have changed meanwhile."""
        return (below and below[0] == "process" and below[1] not in self.lasting) or (
            key[0] == "namespace" and columns["pid"] not in self.lasting)

    def expected(self, key, value, row):
        """What nstree itself adds, and how it writes it."""
        if key in ("uidmap", "gidmap") and value is not None:
            return ", ".join(value)
        if key == "nprocs" and self.own and row["ns"] in self.own_spaces():
            return value + 1
        return value

    def own_spaces(self):
        return {inode_in(os.readlink(f"/proc/self/ns/{of_type}")) for of_type in TYPES}

    @staticmethod
    def lasting_name(name):
        """Of a worker of the kernel, without what it does just now."""
        return name and re.sub(r"^(kworker/[^-+]*)[-+].*", r"\1", name, flags=re.S)

    def compare_row(self, row, below, columns):
        if row["below"] != below:
            fail(f"below {row['below']}, not {below}: {row}")
        for key, value in columns.items():
            if key == "nprocs" and not self.options.exact:
                continue
            value, shown = self.expected(key, value, row), row[key]
            if key == "comm":
                value, shown = self.lasting_name(value), self.lasting_name(shown)
            if shown != value:
                fail(f"{key} is {shown!r}, not {value!r}: {row}")

    def compare_rest(self, shown):
        """Rows of processes that were not there before, and of what is judged by its members."""
        for key, row in shown.rows.items():
            if key[0] in ("session", "group", "cgroup") or row["pid"] == self.own:
                continue
            if self.options.exact or row["pid"] in self.lasting:
                fail(f"too much: {row}")


def be_user(uid):
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        # What changes its ids is nobody's to look into, else.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def branch(pid, view, whole_file, branch_file):
    """The process, all above and all below: of a process that is in the tree just once. The leader
    of a session, else of a group, stands for all of it."""
    rows = flatten(json.loads(whole(whole_file))[view])
    keys = {"session": "sid", "group": "pgid"} if view == "session" else {}
    for kind, key in (*keys.items(), ("process", "pid")):
        kept = {i for i, row in enumerate(rows) if row["kind"] == kind and row[key] == pid}
        if kept:
            break
    for i, row in enumerate(rows):
        if row["parent"] in kept:
            kept.add(i)
    for i in list(kept):
        while rows[i]["parent"] is not None:
            i = rows[i]["parent"]
            kept.add(i)
    expected = [identity(row, view) for i, row in enumerate(rows) if i in kept]
    shown = [identity(row, view) for row in flatten(json.loads(whole(branch_file))[view])]
    if shown != expected or len(shown) < 2:
        fail(f"--up of {pid}:\n{shown}\nexpected:\n{expected}")


def spread(line):
    """As many characters as it takes columns of a terminal."""
    return "".join(character + " " * (unicodedata.east_asian_width(character) in "WF")
                   for character in line.rstrip("\n"))


def aligned():
    head, *lines = map(spread, sys.stdin)
    end, state = head.index(" PID ") + 4, head.index("STATE")
    n = 0
    for line in lines:
        if line[state:].strip():
            n += 1
            if not re.fullmatch(r".* [0-9]+", line[:end]) or line[end:state].strip() or \
                    line[state:].strip() not in list("RSDTtZXI"):
                fail(f"not aligned:\n{head}\n{line}")
    if n < 90:
        fail(f"{n} rows of processes")


def main():
    if sys.argv[1] == "aligned":
        aligned()
        return
    if sys.argv[1] == "up":
        branch(int(sys.argv[2]), *sys.argv[3:])
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--more", action="store_true")
    parser.add_argument("--root", default="")
    parser.add_argument("--uid", type=int, default=0)
    parser.add_argument("view", choices=VIEWS)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    be_user(options.uid)
    Judge(options).compare()


if __name__ == "__main__":
    main()
