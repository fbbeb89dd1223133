"""One process, followed from look to look, and the environment that it was started with."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MethodType
from typing import Any

import psutil
import pytest

from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.sources import environment, limits
from ollama_top.sources.limits import Limits
from ollama_top.sources.owner import AS_ROOT, ServerProcess
from ollama_top.sources.watched import LIMITS_EVERY_S, SETTLED_S, ProcessLook, WatchedProcess

GONE = 2**22 + 1
SLEEPER = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", "argument"]


@contextmanager
def sleeping(**variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does nothing until the `with` ends."""
    child = subprocess.Popen(
        SLEEPER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **variables}
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"\n"
        yield child
    finally:
        child.communicate(timeout=30)


def look(process: WatchedProcess, now_s: float) -> ProcessLook:
    found = process.look(now_s)
    assert found is not None
    return found


def server(pid: int, user: str = "ollama") -> ServerProcess:
    return ServerProcess(pid, user, datetime(2026, 1, 1, tzinfo=UTC), Keeper.MANUAL, None, None)


def refuse(*_: Any) -> Any:
    raise psutil.AccessDenied


def test_a_process_is_what_the_kernel_says_of_it() -> None:
    with sleeping() as child:
        process = psutil.Process(child.pid)
        found = look(WatchedProcess(process, "ollama"), process.create_time())
        assert (found.pid, found.started_s) == (child.pid, process.create_time())
        assert found.threads == Known(1, Source.PROCESSES)
        assert isinstance(found.open_files, Known)
        assert found.open_files.value >= 3
        assert isinstance(found.rss_bytes, Known)
        assert found.rss_bytes.value > 1 << 20
        assert found.limits == limits.read(child.pid)


def test_cpu_is_known_from_the_second_look_on() -> None:
    watched = WatchedProcess(psutil.Process(), "ollama")
    first, second = look(watched, 0.0), look(watched, 1.0)
    assert isinstance(first.cpu_percent, Missing)
    assert first.cpu_percent.why is Why.PENDING
    assert isinstance(second.cpu_percent, Known)


def test_a_command_line_is_read_once_when_it_can_change_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A child shows its parent's until it has begun its own program."""
    told = [["ollama", "serve"], ["llama-server", "-np", "2"], ["never", "read"]]
    process = psutil.Process()
    monkeypatch.setattr(process, "cmdline", lambda: told.pop(0))
    watched, began_s = WatchedProcess(process, "ollama"), process.create_time()
    assert look(watched, began_s).argv == ("ollama", "serve")
    assert look(watched, began_s + SETTLED_S + 1).argv == ("llama-server", "-np", "2")
    assert look(watched, began_s + SETTLED_S + 2).argv == ("llama-server", "-np", "2")
    assert told == [["never", "read"]]


def test_limits_are_read_anew_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []
    monkeypatch.setattr(limits, "read", lambda pid: reads.append(pid) or Limits())
    watched = WatchedProcess(psutil.Process(), "ollama")
    for now_s in (1000.0, 1001.0, 1000 + LIMITS_EVERY_S + 1, 5.0):
        look(watched, now_s)
    assert len(reads) == 3


def test_what_may_not_be_counted_says_who_may() -> None:
    process = psutil.Process()
    process.num_fds = MethodType(refuse, process)  # type: ignore[method-assign]
    found = look(WatchedProcess(process, "ollama"), 0.0).open_files
    assert isinstance(found, Missing)
    assert found.why is Why.DENIED
    assert "user ollama or root" in found.hint
    assert AS_ROOT in found.hint


def test_a_process_that_ended_is_none_and_a_zombie_too() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    watched = WatchedProcess(psutil.Process(child.pid), "ollama")
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert watched.look(0.0) is None
    child.wait()
    assert watched.look(1.0) is None


def test_the_environment_passes_the_border_as_it_is_read() -> None:
    with sleeping(OLLAMA_NUM_PARALLEL="2", OLLAMA_API_KEY="s", MY_OWN="x") as child:
        found = environment.read(server(child.pid))
    assert isinstance(found, Known)
    assert {Variable("OLLAMA_NUM_PARALLEL", "2"), Variable("OLLAMA_API_KEY", None)} < set(found.value)
    assert Variable("MY_OWN", None) in found.value


@pytest.mark.parametrize(
    ("user", "seer"), [("ollama", "by user ollama or root only"), ("root", "by root only")]
)
def test_a_denied_environment_says_what_to_type(
    user: str, seer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil.Process, "environ", refuse)
    found = environment.read(server(os.getpid(), user))
    assert isinstance(found, Missing)
    assert found.why is Why.DENIED
    assert seer in found.hint
    assert AS_ROOT in found.hint


def test_a_server_that_ended_has_no_environment_any_more() -> None:
    found = environment.read(server(GONE))
    assert isinstance(found, Missing)
    assert found.why is Why.FAILED
