# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile names for hostile.bats, and a judge of what nslist and nstree make of them.

    hostile.py make SEED COUNT FOLDER        writes names, one a file
    hostile.py printable FILE...             whether text is fit for a terminal
    hostile.py json FILE...                  whether it is a JSON document in UTF-8, without control bytes
    hostile.py rows FILE MADE                whether the rows of FILE have what MADE says, word for word
    hostile.py trees VIEW FILE MADE          the same of the processes in that view of nstree
"""
import json
import os
import random
import sys
import unicodedata

# What breaks parsers, terminals, tables and readers of UTF-8.
PIECES = [
    b"\n", b"\t", b"\r", b"\x1b[31m", b"\x1b]0;x\x07", b"\x7f", b"\x01", b"\b\b\b", b"\\", b"\\x41", b"\\u0041",
    b'"', b"'", b"`", b"$(x)", b"%s%n", b") Z 1 (", b"(deleted)", b" (deleted)", b"a ", b" - nsfs nsfs rw",
    b":", b"0::", b",", b"..", b"-o", b"{", b"]", b"=", b"#", b"&&",
    "é".encode(), "漢字".encode(), "e\u0301".encode(), "\U0001f600".encode(),
    "\u202e".encode(), "\u200b".encode(), "\u2028".encode(), "\ufeff".encode(), "\x85".encode(), "\x9b31m".encode(),
    "\ufffd".encode(), "\uffff".encode(), "\U0010ffff".encode(), "\U000e0041".encode(),
    b"\xc0\x80", b"\xc0\xaf", b"\xe0\x80\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80",
    b"\xff", b"\xfe", b"\x80", b"\xbf", b"\xc3", b"\xe6\xbc", b"\xf0\x9f\x98",
]


def name(source):
    """Bytes that may be a file name: no NUL, no slash."""
    kind = source.randrange(4)
    if kind == 0:
        text = bytes(source.randrange(1, 256) for _ in range(source.randrange(1, 100)))
    elif kind == 1:
        text = bytes(source.randrange(1, 32) for _ in range(source.randrange(1, 40)))
    else:
        text = b"".join(source.choice(PIECES) for _ in range(source.randrange(1, 12)))
    return text.replace(b"/", b"|")[:120]


def make(seed, count, folder):
    for i in range(count):
        text = name(random.Random(seed * 1000003 + i))
        while text in (b".", b"..") or text.startswith(b"-"):
            text = b"_" + text
        with open(os.path.join(folder, str(i)), "wb") as file:
            file.write(text)


def whole(path):
    with open(path, "rb") as file:
        return file.read()


def printable(path):
    """ASCII, or UTF-8 without controls and what is invisible, by lines."""
    data = whole(path)
    if not data.endswith(b"\n"):
        sys.exit(f"{path}: no newline at the end")
    text = data.decode("utf-8")
    if path.endswith(".C") and not text.isascii():
        sys.exit(f"{path}: not ASCII")
    for number, line in enumerate(text[:-1].split("\n")):
        for character in line:
            if unicodedata.category(character) in ("Cc", "Zl", "Zp") or character in "\u202e\u200b\ufeff\U000e0041":
                sys.exit(f"{path}: line {number + 1}: U+{ord(character):04X} in {line!r}")


def check_json(path):
    data = whole(path)
    json.loads(data.decode("utf-8"))
    if any(byte < 32 and byte != 10 for byte in data):
        sys.exit(f"{path}: a control byte")


def said(text):
    """As nslist writes bytes into JSON: those that are no UTF-8 become \\xNN."""
    return text.decode("utf-8", "backslashreplace")


def rows(path, made):
    """MADE: a line for each situation: uts inode, net inode, pid, file with the name, control group."""
    by_inode = {row["ns"]: row for row in json.loads(whole(path))["namespaces"]}
    for line in whole(made).decode().splitlines():
        uts, net, pid, file, group = line.split("\t")
        text = whole(file)
        row = by_inode[int(uts)]
        command = whole(f"/proc/{pid}/cmdline").rstrip(b"\0").replace(b"\0", b" ")
        expected = {"command": said(command), "pid": int(pid)}
        if group != "-":
            expected["cgroup"] = said(os.fsencode(group) + b"/" + text.replace(b"\n", b"_"))
        for key, value in expected.items():
            if row[key] != value:
                sys.exit(f"{file}: {key} is {row[key]!r}, not {value!r}")
        path_of_mount = said(b"/mnt/" + text + b"/" + text)
        if by_inode[int(net)]["nsfs"] != [path_of_mount]:
            sys.exit(f"{file}: nsfs is {by_inode[int(net)]['nsfs']!r}, not {path_of_mount!r}")
        holder = by_inode[int(uts)]["holders"][0]
        if holder["comm"] != said(text[:15]):
            sys.exit(f"{file}: comm is {holder['comm']!r}, not {said(text[:15])!r}")


def trees(view, path, made):
    """As many rows of each process as the view has, in each the same names; in the label too."""
    by_pid = {}
    for row in json.loads(whole(path))[view]:
        if row["kind"] == "process":
            by_pid.setdefault(row["pid"], []).append(row)
    for line in whole(made).decode().splitlines():
        _, _, pid, file, group = line.split("\t")
        text = whole(file)
        found = by_pid[int(pid)]
        command = whole(f"/proc/{pid}/cmdline").rstrip(b"\0").replace(b"\0", b" ")
        hierarchies = whole(f"/proc/{pid}/cgroup").count(b"\n")
        if len(found) != (hierarchies if view == "cgroup" else 1):
            sys.exit(f"{file}: {len(found)} rows")
        paths = {row["cgroup"] for row in found}
        if group != "-" and said(os.fsencode(group) + b"/" + text.replace(b"\n", b"_")) not in paths:
            sys.exit(f"{file}: {group} is not in {paths}")
        for row in found:
            for key, value in ("comm", said(text[:15])), ("command", said(command)):
                if row[key] != value:
                    sys.exit(f"{file}: {key} is {row[key]!r}, not {value!r}")
            if not row["tree"].startswith(f"{said(text[:15])} {pid}"):
                sys.exit(f"{file}: tree is {row['tree']!r}")


def main():
    what, *arguments = sys.argv[1:]
    if what == "make":
        make(int(arguments[0]), int(arguments[1]), arguments[2])
    elif what == "rows":
        rows(*arguments)
    elif what == "trees":
        trees(*arguments)
    else:
        for path in arguments:
            {"printable": printable, "json": check_json}[what](path)


main()
