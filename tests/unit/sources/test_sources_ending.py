"""Ending a runner: that very process, and no other."""

import signal
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from sources_server import ServerProgram, script

from ollama_top.sources.ending import EndingError, end_runner
from ollama_top.sources.processes import RunnerProcess, ServerTree
from ollama_top.sources.user import own_name

RUNNER = ("llama-server", "--model", "/models/blobs/sha256-0", "--port", "41000")


def runners(program: ServerProgram) -> tuple[RunnerProcess, ...]:
    return ServerTree(program.port).look().runners


def ignored_signals(pid: int) -> int:
    (line,) = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if "SigIgn" in each]
    return int(line.split()[1], 16)


def test_a_runner_that_was_shown_is_ended(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        pid = program.run(*RUNNER)
        end_runner(runners(program), pid, time.time())
        assert program.tell("reap", str(pid)) == "reaped"
        assert not psutil.pid_exists(pid)
        with pytest.raises(EndingError, match="any more"):
            end_runner(runners(program), pid, time.time())


def test_one_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
        script(tmp_path, "llama-server", deaf)
        pid = program.run(*RUNNER)
        while not (ignored_signals(pid) >> (signal.SIGTERM - 1)) & 1 or not runners(program):
            time.sleep(0.01)
        end_runner(runners(program), pid, time.time())
        time.sleep(0.2)
        assert psutil.pid_exists(pid)
        end_runner(runners(program), pid, time.time(), by_force=True)
        assert program.tell("reap", str(pid)) == "reaped"


def test_no_other_child_of_the_server_and_no_server_is_ended(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        found = (program.run(*RUNNER), program.run("sleeper"), program.pid)
        for pid in found[1:]:
            with pytest.raises(EndingError, match="no runner of this server"):
                end_runner(runners(program), pid, time.time())
        assert all(map(psutil.pid_exists, found))


def test_a_younger_process_of_the_same_number_is_let_be(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        pid = program.run(*RUNNER)
        (found,) = runners(program)
        with pytest.raises(EndingError, match="another than the one that was shown"):
            end_runner([found], pid, found.started_s - 5)
        with pytest.raises(EndingError, match="another than the one that was shown"):
            end_runner([replace(found, started_s=found.started_s - 60)], pid, time.time())
        assert psutil.pid_exists(pid)


def test_one_that_ended_by_itself_is_said_to_have(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        pid = program.run(*RUNNER)
        found = runners(program)
        program.tell("kill", str(pid))
        program.tell("reap", str(pid))
        with pytest.raises(EndingError, match="ended by itself"):
            end_runner(found, pid, time.time())


def test_one_of_another_user_is_not_ended_and_its_owner_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(self: psutil.Process) -> None:
        raise psutil.AccessDenied(self.pid)

    with ServerProgram(tmp_path, "serve") as program:
        pid = program.run(*RUNNER)
        monkeypatch.setattr(psutil.Process, "terminate", denied)
        with pytest.raises(EndingError, match=f"runs as user {psutil.Process().username()}"):
            end_runner(runners(program), pid, time.time())


def test_who_runs_this_has_a_name() -> None:
    assert own_name() == psutil.Process().username()
