"""What /proc tells, of this process and of one that may not be looked into."""

import os
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

from sources_server import RUNNER, script

from ollama_top.sources import proc

GONE = 2**22 + 1  # beyond the greatest number that Linux gives a process


def inode(own: socket.socket) -> int:
    return os.fstat(own.fileno()).st_ino


def test_own_files_are_read() -> None:
    assert proc.read_text(os.getpid(), "comm") == Path("/proc/self/comm").read_text()
    assert os.getpid() in set(proc.pids())


def test_what_is_not_there_is_none() -> None:
    assert proc.read_text(GONE, "cmdline") is None
    assert proc.read_text(os.getpid(), "no such file") is None
    assert proc.descriptor_path(GONE, 2) is None
    assert proc.socket_inodes(GONE) == frozenset()


def test_bytes_that_are_no_text_are_read(tmp_path: Path) -> None:
    """A command line is whatever bytes a program was started with."""
    program = script(tmp_path, "sleeper", RUNNER)
    with subprocess.Popen([os.fsencode(program), b"\xff\xfe"]) as sleeping:
        ends_s = time.monotonic() + 5
        try:
            while not (text := proc.read_text(sleeping.pid, "cmdline")) and time.monotonic() < ends_s:
                time.sleep(0.01)  # the kernel tells it a moment after the program has begun
            assert (text or "").endswith("\0\ufffd\ufffd\0")
        finally:
            sleeping.kill()


def test_sockets_are_found_by_who_holds_them() -> None:
    with closing(socket.socket()) as one, closing(socket.socket()) as other:
        held = proc.holders(frozenset({inode(one), inode(other)}))
        assert held == {inode(one): os.getpid(), inode(other): os.getpid()}
        assert {inode(one), inode(other)} <= proc.socket_inodes(os.getpid())
    assert proc.holders(frozenset(held)) == {}


def test_a_socket_that_nobody_holds_has_no_holder() -> None:
    assert proc.holders(frozenset({1 << 60})) == {}


def test_a_descriptor_is_what_it_points_to(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("w") as opened:
        assert proc.descriptor_path(os.getpid(), opened.fileno()) == str(path)
    with closing(socket.socket()) as own:
        assert proc.descriptor_path(os.getpid(), own.fileno()) == f"socket:[{inode(own)}]"
