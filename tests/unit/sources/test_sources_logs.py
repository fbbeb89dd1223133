"""What the server wrote, read from wherever it writes to and never further back than a tail."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import captured
import pytest
from sources_server import ServerProgram

from ollama_top.ollama.log import LoadedRunner
from ollama_top.sources import logs
from ollama_top.sources.logs import TAIL_BYTES, RunnerLogs

OLD = captured.Capture(captured.OLDER).log("parallel2")
PORT = 44587
"""Of the first runner in that log."""


@contextmanager
def writing_to(folder: Path, log: Path) -> Iterator[int]:
    """A server that writes to a file; its process."""
    log.touch()
    with log.open("ab") as opened, ServerProgram(folder, "serve", log=opened) as program:
        yield program.pid


def test_the_file_behind_standard_error_is_read(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        log.write_text("one\ntwo\n")
        assert logs.read_tail(pid) == "one\ntwo\n"


def test_a_rotated_file_is_followed_by_what_holds_it_open(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        log.write_text("kept\n")
        log.rename(tmp_path / "server.log.1")
        log.write_text("of another\n")
        assert logs.read_tail(pid) == "kept\n"
        (tmp_path / "server.log.1").unlink()
        assert logs.read_tail(pid) == "kept\n"


def test_a_truncated_file_is_read_as_it_is(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        log.write_text("x" * 5000)
        os.truncate(log, 0)
        assert logs.read_tail(pid) == ""
        log.write_text("anew\n")
        assert logs.read_tail(pid) == "anew\n"


def test_of_a_huge_file_only_the_tail_is_read(tmp_path: Path) -> None:
    """64 GiB on paper, none of it on the disk."""
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        os.truncate(log, 64 << 30)
        with log.open("ab") as end:
            end.write(b"the end\n")
        began_s = time.monotonic()
        tail = logs.read_tail(pid)
        assert time.monotonic() - began_s < 2
    assert len(tail) == TAIL_BYTES
    assert tail.endswith("\0the end\n")


def test_a_binary_file_is_text_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        log.write_bytes(bytes(range(256)) * 10)
        assert "\ufffd" in logs.read_tail(pid)
        assert RunnerLogs().loads(pid, frozenset({PORT})) == {}


def test_a_pipe_by_name_is_let_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read from it would be lost to the one it is meant for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pipe.open("r+b", buffering=0) as opened, ServerProgram(tmp_path, "serve", log=opened) as program:
        opened.write(b"for its reader\n")
        assert logs.read_tail(program.pid) == ""
        assert opened.read(100) == b"for its reader\n"


def test_without_a_file_the_journal_is_asked_for_this_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(tmp_path / "bin", monkeypatch, 'echo "$@"')
    with ServerProgram(tmp_path, "serve") as program:
        words = logs.read_tail(program.pid).split()
    assert f"_PID={program.pid}" in words
    assert words[words.index("-n") + 1] == "4000"


@pytest.mark.parametrize("journalctl", [None, "exit 1", "sleep 60"], ids=["absent", "failing", "hanging"])
def test_a_journal_that_does_not_answer_is_an_empty_one(
    journalctl: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "TIMEOUT_S", 0.2)
    with ServerProgram(tmp_path, "serve") as program:
        _program(tmp_path / "bin", monkeypatch, journalctl)
        began_s = time.monotonic()
        assert logs.read_tail(program.pid) == ""
        assert time.monotonic() - began_s < 2


def test_the_log_of_a_process_that_is_gone_is_empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _program(tmp_path / "bin", monkeypatch, None)
    with ServerProgram(tmp_path, "serve") as program:
        pass
    assert logs.read_tail(program.pid) == ""


def test_loads_are_found_in_the_log_of_a_server(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        log.write_text(OLD)
        assert RunnerLogs().loads(pid, frozenset({PORT, 1})) == {PORT: LoadedRunner(PORT, 2, 4096, None, 512)}


def test_the_log_is_read_again_only_for_what_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now_s)
    log = tmp_path / "server.log"
    with writing_to(tmp_path, log) as pid:
        remembered = RunnerLogs()
        assert remembered.loads(pid, frozenset({PORT})) == {}
        log.write_text(OLD)
        assert remembered.loads(pid, frozenset({PORT})) == {}, "a load under way is looked for in 5 s again"
        now_s += 6
        assert remembered.loads(pid, frozenset({PORT}))[PORT].parallel == 2
        log.write_text(OLD.replace("Parallel:2", "Parallel:4"))
        now_s += 600
        assert remembered.loads(pid, frozenset({PORT}))[PORT].parallel == 2
        assert remembered.loads(pid, frozenset({PORT, 1}))[PORT].parallel == 4, "a new runner is looked for"


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, journalctl: str | None) -> None:
    """The only programs there are from here on."""
    folder.mkdir()
    if journalctl is not None:
        path = folder / "journalctl"
        path.write_text(f"#!/bin/sh\nPATH=/bin:/usr/bin\n{journalctl}\n")
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
