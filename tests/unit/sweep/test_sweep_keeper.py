"""Whoever dies, no server stays behind; and nobody else's process is touched. Real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from running import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
SHORT = "from ollama_top.sweep import keeper as k; k.STOP_S = 0.5; import sys; sys.exit(k.main(sys.argv[1:]))"
PLAIN = "echo one; echo two; exec sleep 300"
STUBBORN = "trap '' TERM HUP INT; echo ready; while :; do sleep 1; done"
FAMILY = "setsid sleep 301 & sleep 302 & wait"


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a script that is called as `ollama serve` is."""

    def write(text: str) -> Path:
        path = tmp_path / "server"
        path.write_text(f'#!/bin/sh\n[ "$1" = serve ] || exit 3\n{text}\n')
        path.chmod(0o755)
        return path

    return write


@contextmanager
def kept(program: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A keeper with its server, until the test has seen what it came for."""
    pipe = subprocess.PIPE
    words = [sys.executable, "-c", SHORT, str(program)]
    with subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, start_new_session=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    assert process.stdout is not None
    found: dict[str, Any] = json.loads(process.stdout.readline())
    return found


def family(pid: int, count: int) -> list[psutil.Process]:
    """A process and its children, once there are so many."""
    leader = psutil.Process(pid)
    wait_until(lambda: len(leader.children(recursive=True)) >= count, 5)
    return [leader, *leader.children(recursive=True)]


def wait_until(holds: Callable[[], object], limit_s: float) -> None:
    ends_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < ends_s, "it did not come about in time"
        time.sleep(0.02)


def are_gone(processes: list[psutil.Process]) -> bool:
    return not any(_lives(each) for each in processes)


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.parametrize("text", [PLAIN, STUBBORN, FAMILY])
def test_the_end_of_the_pipe_ends_the_server_and_all_that_it_started(
    program: Callable[[str], Path], text: str
) -> None:
    """Also what has left its group, and what heeds no signal; but no process of the same name."""
    with subprocess.Popen(["sleep", "301"]) as bystander, kept(program(text)) as process:
        those = family(said(process)["pid"], 0 if text == PLAIN else 2 if text == FAMILY else 1)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0
        assert are_gone(those)
        assert bystander.poll() is None
        bystander.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_end_of_the_keeper_ends_the_server(
    program: Callable[[str], Path], number: signal.Signals
) -> None:
    with kept(program(PLAIN)) as process:
        those = family(said(process)["pid"], 0)
        process.send_signal(number)
        wait_until(lambda: are_gone(those), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_signals_of_a_terminal_are_for_ollama_top(
    program: Callable[[str], Path], number: signal.Signals
) -> None:
    with kept(program(PLAIN)) as process:
        (server,) = family(said(process)["pid"], 0)
        process.send_signal(number)
        time.sleep(0.3)
        assert process.poll() is None
        assert _lives(server)


def test_the_server_heeds_every_signal_as_if_it_were_started_alone(program: Callable[[str], Path]) -> None:
    with kept(program(PLAIN)) as process:
        pid = said(process)["pid"]
        status = Path(f"/proc/{pid}/status").read_text()
        ignored = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn")), 16)
        assert ignored & (1 << (signal.SIGINT - 1) | 1 << (signal.SIGHUP - 1)) == 0
        assert os.getsid(pid) == pid != os.getsid(process.pid)


def test_a_server_that_ends_by_itself_is_told_with_its_last_lines(program: Callable[[str], Path]) -> None:
    text = "i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done; printf 'no \\033[31mend'; exit 7"
    with kept(program(text)) as process:
        assert "pid" in said(process)
        told = said(process)
        assert told["ended"] is True
        assert told["log"][-2:] == ["line 99", "no \x1b[31mend"]
        assert len(told["log"]) == 40
        assert process.wait(5) == 0


def test_what_is_no_program_is_told(tmp_path: Path) -> None:
    with kept(tmp_path / "none") as process:
        assert said(process) == {"failed": "No such file or directory"}
        assert process.wait(5) == 1


def test_the_log_is_told_when_asked_and_is_bounded(program: Callable[[str], Path]) -> None:
    with kept(program("head -c 3000000 /dev/zero | tr '\\0' x; echo; echo after; exec sleep 300")) as process:
        assert process.stdin is not None
        assert "pid" in said(process)
        told: list[str] = []
        ends_s = time.monotonic() + 10
        while told[-1:] != ["after"]:
            assert time.monotonic() < ends_s
            process.stdin.write(b"\n")
            process.stdin.flush()
            told = said(process)["log"]
        assert all(len(each) <= 400 for each in told)
