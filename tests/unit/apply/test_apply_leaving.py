"""Who leaves in the midst of a change, by Ctrl+C or a closed terminal: the server is well after it."""

import json
import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apply_bare import Bare, N, bare_server, tool
from running import ROOT, command

QUESTION, WATCHING = b"Do this? [y/N] ", b"watching whether it holds"
INTERRUPTED = 130
LONG = pytest.mark.long


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Bare]:
    with bare_server(tmp_path, **{N: "2"}) as found:
        yield found


class Terminal:
    """ollama-top in a terminal of its own."""

    def __init__(self, *words: str) -> None:
        self._end, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*("setsid", "--ctty", "--wait"), *command(*words)],
            cwd=ROOT,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)

    def until(self, words: bytes) -> None:
        said, ends_s = b"", time.monotonic() + 60
        while words not in said:
            assert time.monotonic() < ends_s, said
            said += os.read(self._end, 4096)

    def type(self, keys: bytes) -> None:
        os.write(self._end, keys)

    def close(self) -> int:
        os.close(self._end)
        return self.process.wait(90)

    def read_to_the_end(self) -> int:
        while True:
            try:
                if not os.read(self._end, 4096):
                    break
            except OSError:
                break
        return self.process.wait(90)


def history(server: Bare) -> list[str]:
    told = json.loads(tool(server, "history", "--json").stdout)
    return [each["outcome"] for each in told["changes"]]


def test_ctrl_c_at_the_question_is_a_no(server: Bare) -> None:
    first = server.pid()
    terminal = Terminal("set", f"{N}=4", "--host", server.host)
    terminal.until(QUESTION)
    terminal.type(b"\x03")
    assert terminal.read_to_the_end() == INTERRUPTED
    assert server.pid() == first
    terminal.close()


def test_a_closed_terminal_takes_back_what_was_not_proven_yet(server: Bare) -> None:
    terminal = Terminal("set", f"{N}=4", "--host", server.host)
    terminal.until(QUESTION)
    terminal.type(b"y\n")
    terminal.until(WATCHING)
    terminal.close()
    assert server.environment()[N] == "2"
    assert len(server.ours()) == 1


@pytest.mark.parametrize("keys", [b"\x03", b"\x03\x03\x03"])
@LONG
def test_ctrl_c_during_the_watch_takes_it_back(server: Bare, keys: bytes) -> None:
    terminal = Terminal("set", f"{N}=4", "--yes", "--host", server.host)
    terminal.until(WATCHING)
    for each in keys:
        terminal.type(bytes([each]))
        time.sleep(0.2)
    assert terminal.read_to_the_end() == 1
    terminal.close()
    assert (server.environment()[N], len(server.ours()), history(server)) == ("2", 1, ["rolled back"])


@pytest.mark.parametrize("is_killed", [True, False])
@LONG
def test_a_server_that_does_not_end_is_killed_after_a_yes(server: Bare, is_killed: bool) -> None:
    terminal = Terminal("set", f"{N}=4", "--host", server.host)
    terminal.until(QUESTION)
    stuck = server.pid()
    assert stuck
    os.kill(stuck, signal.SIGSTOP)
    terminal.type(b"y\n")
    terminal.until(b"Kill it (SIGKILL)? [y/N] ")
    terminal.type(b"y\n" if is_killed else b"\x03")
    code = terminal.read_to_the_end()
    terminal.close()
    if is_killed:
        assert (code, server.environment()[N], history(server)) == (0, "4", ["kept"])
    else:
        assert (code, server.pid(), history(server)) == (1, stuck, ["called off"])
