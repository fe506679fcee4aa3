# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes what trees of namespaces are drawn of, as the init of a PID namespace with its own /proc.

    unshare --mount --pid --fork --kill-child --mount-proc python3 nesting.py READY

PID namespaces three deep below this one, processes that were put in from outside, dead PID
namespaces, threads apart, orphans, zombies, user namespaces with and without maps. Every process
has a name; those of the inits are init-1 (in the outermost of the three) to init-3. In /mnt is a
tmpfs, in /mnt/outer/proc the /proc of the outermost for who is in the mount namespace of init-2,
where /proc is its own. When all is made the file READY is.
"""
import ctypes
import os
import platform
import signal
import sys
import threading

NEWTIME, NEWNS, NEWCGROUP, NEWUTS = 0x80, 0x20000, 0x2000000, 0x4000000
NEWIPC, NEWUSER, NEWPID, NEWNET = 0x8000000, 0x10000000, 0x20000000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
PR_SET_DUMPABLE, PR_SET_NAME, PR_SET_CHILD_SUBREAPER = 4, 15, 36
SYS_EXIT = 60 if platform.machine() == "x86_64" else 93

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    """A function of libc that must succeed."""
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(flags):
    call("unshare", flags)


def set_name(name):
    call("prctl", PR_SET_NAME, name if isinstance(name, bytes) else name.encode(), 0, 0, 0)


def enter(pid):
    """Its children will be born in that process's PID namespace."""
    descriptor = os.open(f"/proc/{pid}/ns/pid", os.O_RDONLY)
    call("setns", descriptor, NEWPID)
    os.close(descriptor)


def sleep():
    while True:
        signal.pause()


def fork(body):
    """A child that ends with what it is to do."""
    pid = os.fork()
    if pid == 0:
        try:
            body()
        except BaseException as error:  # pylint: disable=broad-except
            print(f"nesting: {error}", file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return pid


def spawn(name, body=lambda: None, stay=sleep):
    """A child that stays. Back when it has done what it is to do first."""
    reader, writer = os.pipe()

    def live():
        os.close(reader)
        set_name(name)
        try:
            body()
        except BaseException:
            # Children that it leaves have this end of the pipe too.
            os.write(writer, b"!")
            raise
        os.write(writer, b".")
        os.close(writer)
        stay()
    pid = fork(live)
    os.close(writer)
    if os.read(reader, 1) != b".":
        sys.exit(f"nesting: {name!r} has failed")
    os.close(reader)
    return pid


def spawn_orphan(name, body=lambda: None):
    """A child of a child that has exited."""
    os.waitpid(fork(lambda: spawn(name, body)), 0)


def end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def wait_until_dead(pid):
    """It stays as a zombie."""
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def find(name):
    """The number of the process with that name, in this /proc."""
    for folder in os.listdir("/proc"):
        try:
            with open(f"/proc/{folder}/comm", "rb") as file:
                if folder.isdigit() and file.read() == name.encode() + b"\n":
                    return int(folder)
        except OSError:
            # No process, or none any more.
            pass
    return sys.exit(f"nesting: no {name}")


def be_user(uid):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    # What changes its ids is nobody's to look into, else.
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def write_maps(pid, maps):
    for name, lines in maps.items():
        # The interpreter has no files left to load encodings from where its user is another one.
        descriptor = os.open(f"/proc/{pid}/{name}", os.O_WRONLY)
        os.write(descriptor, lines)
        os.close(descriptor)


def unshare_user(maps):
    """Its maps are written by somebody who stays outside."""
    reader, writer = os.pipe()

    def write():
        os.close(writer)
        os.read(reader, 1)
        write_maps(os.getppid(), maps)
    pid = fork(write)
    unshare(NEWUSER)
    os.close(reader)
    os.close(writer)
    if os.waitpid(pid, 0)[1] != 0:
        sys.exit("nesting: no maps")
    call("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)


def start_thread(name, body):
    ready = threading.Event()

    def live():
        set_name(name)
        body()
        ready.set()
        threading.Event().wait()
    threading.Thread(target=live, daemon=True).start()
    if not ready.wait(60):
        sys.exit(f"nesting: thread {name} has failed")


def make_threads():
    start_thread("like", lambda: None)
    start_thread("apart", lambda: unshare(NEWUTS | NEWNET))

    def make():
        unshare(NEWPID)
        spawn("init-thread")

    def set_aside():
        unshare(NEWPID)
        os.waitpid(fork(lambda: None), 0)
    start_thread("maker", make)
    start_thread("aside", set_aside)


def end_leader():
    """The leader becomes a zombie; its thread lives. The interpreter is not locked meanwhile."""
    libc.syscall(SYS_EXIT, 0)


def make_user():
    """User namespaces below this one: one without maps, one of another user, one with two ranges."""
    spawn("unmapped", lambda: unshare(NEWUSER))

    def be_other():
        be_user(1234)
        unshare_user({"uid_map": b"0 1234 1"})
    spawn("alices", be_other)


def make_level_3():
    """In PID and user namespaces below level 2."""
    def lead():
        os.setsid()
        spawn("job-3", lambda: os.setpgid(0, 0))
    spawn("plain-3")
    spawn("session-3", lead)
    spawn_orphan("orphan-3")
    spawn("within-3", lambda: unshare(NEWUSER | NEWUTS))


def make_user_space():
    ranges = b"0 100000 65536\n65536 500000 10\n"
    unshare_user({"uid_map": ranges, "gid_map": ranges})
    # Until then it has an id that nothing is mapped to.
    be_user(0)
    unshare(NEWPID | NEWNS | NEWUTS | NEWNET | NEWIPC | NEWCGROUP)
    spawn("init-3", make_level_3)


def make_zombie():
    wait_until_dead(os.posix_spawn("/bin/true", ["true"], {}))


def make_level_2():
    """With a /proc of its own, and a place for that of the outermost."""
    unshare(NEWNS)
    call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
    call("mount", b"/proc", b"/mnt/outer/proc", None, MS_BIND | MS_REC, None)
    call("mount", b"proc", b"/proc", b"proc", 0, None)
    spawn("zombie-parent", make_zombie)
    spawn("threads-2", make_threads)
    spawn("zombie-leader", lambda: start_thread("survivor", lambda: unshare(NEWUTS)), end_leader)
    spawn("user-2", make_user)
    spawn("maker-3", make_user_space)
    spawn("nobody-2", lambda: be_user(65534))


def make_subreaper():
    """The one who makes level 2 does not stay: this one adopts its init."""
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def make():
        unshare(NEWPID | NEWIPC)
        spawn("init-2", make_level_2)
    os.waitpid(fork(make), 0)
    spawn_orphan("adopted-1", lambda: spawn("below-adopted"))


def make_level_1():
    spawn("plain-1", lambda: spawn("child-1"))
    spawn_orphan("orphan-1")
    spawn("subreaper-1", make_subreaper)


def make_levels():
    unshare(NEWPID | NEWUTS)
    spawn("init-1", make_level_1)


def make_entered():
    """In level 2, in level 1 and from there in level 3, and in level 2 with a parent that exited."""
    def enter_2():
        enter(find("init-2"))
        spawn("entered-2", lambda: spawn("child-entered"))

    def enter_1():
        enter(find("init-1"))
        spawn("entered-1", enter_3)

    def enter_3():
        enter(find("init-3"))
        spawn("entered-3")

    def enter_and_exit():
        enter(find("init-2"))
        spawn("entered-orphan")
    spawn("enterer-2", enter_2)
    spawn("enterer-1", enter_1)
    os.waitpid(fork(enter_and_exit), 0)


def make_dead():
    """PID namespaces without a living init: who holds them has the name."""
    def set_aside():
        unshare(NEWPID)
        os.waitpid(fork(lambda: None), 0)

    def keep_zombie():
        unshare(NEWPID)
        wait_until_dead(fork(lambda: None))

    def make_briefly(name, body=lambda: None):
        unshare(NEWPID)
        spawn(name, body)

    def hold_open():
        maker = spawn("brief-maker", lambda: make_briefly("brief-init"))
        os.open(f"/proc/{find('brief-init')}/ns/pid", os.O_RDONLY)
        # It reaps nobody: this init adopts what it leaves.
        os.kill(find("brief-init"), signal.SIGKILL)
        end(maker)

    def keep_entered(name, body=lambda: None):
        """The init waits for somebody whose parent is outside, and reaps nobody."""
        maker = spawn("brief-maker", lambda: make_briefly(name, body))
        init = find(name)
        enter(init)
        entered = fork(sleep)
        os.kill(init, signal.SIGKILL)
        wait_until_dead(entered)
        end(maker)
    spawn("dead-aside", set_aside)
    spawn("dead-zombie", keep_zombie)
    spawn("dead-open", hold_open)
    spawn("dead-entered", lambda: keep_entered("second-init"))
    # Its leader is a zombie then: another thread waits.
    spawn("dead-threads", lambda: keep_entered("third-init", lambda: start_thread("last", lambda: None)))
    # Nobody has been born in it.
    spawn("never", lambda: unshare(NEWPID))


def make_chain(depth):
    if depth > 0:
        spawn(f"deep-{depth}", lambda: make_chain(depth - 1))


def make_time():
    unshare(NEWTIME)
    spawn("later")


def make():
    call("mount", b"nest", b"/mnt", b"tmpfs", 0, b"mode=755")
    os.makedirs("/mnt/outer/proc")
    spawn("plain-0", lambda: spawn("child-0"))
    spawn("levels", make_levels)
    make_entered()
    make_dead()
    spawn("time", make_time)
    spawn("chain", lambda: make_chain(70))
    spawn("nobody-0", lambda: be_user(65534))
    for _ in range(4):
        spawn("like")
    for name in "漢字漢字漢".encode(), b"\x1b[31m\n) Z 1 (\xff", b"a\\n\x7f \xe2\x80\xae\"'":
        spawn(name)
    leader = find("zombie-leader")
    while open(f"/proc/{leader}/stat", "rb").read().rsplit(b")", 1)[1].split()[0] != b"Z":
        pass


def main():
    set_name("nest")
    os.umask(0o022)
    make()
    # Of the dead those stay whose parents live.
    while os.waitpid(-1, os.WNOHANG)[0] > 0:
        pass
    with open(sys.argv[1], "wb"):
        pass
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
