"""A process ended and another in its place: small real ones, as stubborn and as broken as they come."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

import psutil
import pytest
from apply_bare import bare_server
from apply_plans import nobody_kills, plan

from ollama_top.apply import respawning
from ollama_top.apply.bare import Copy, changed, from_memory
from ollama_top.apply.hands import StepError
from ollama_top.apply.respawning import NotEndedError, Old, alive, old_of, respawn, to_end, watch
from ollama_top.apply.watching import NotWellError
from ollama_top.model.finding import Change
from ollama_top.model.plan import BareProcess, ServerRun
from ollama_top.sources.inet_diag import DiagError

SLEEPS = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


@contextmanager
def running(script: str = SLEEPS) -> Iterator[Old]:
    words = [sys.executable, "-c", script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as process:
        assert process.stdout
        process.stdout.readline()
        found = alive(process.pid)
        assert found
        try:
            yield found
        finally:
            process.kill()


def is_there(old: Old) -> bool:
    with suppress(psutil.Error):
        return psutil.Process(old.pid).status() != psutil.STATUS_ZOMBIE
    return False


def a_copy(where: Path, script: str = SLEEPS, **changes: object) -> Copy:
    process = BareProcess(
        argv=(sys.executable, "-c", script),
        program=sys.executable,
        folder=str(where),
        user=psutil.Process().username(),
        log=str(where / "log"),
        environment=(),
    )
    return Copy(replace(process, **changes), dict(os.environ) | {"A": "1", "OLLAMA_NUM_PARALLEL": "4"})


@contextmanager
def ended(pid: int) -> Iterator[psutil.Process]:
    process = psutil.Process(pid)
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


async def test_the_new_one_has_what_it_was_given_and_nothing_of_ours(tmp_path: Path) -> None:
    copy = a_copy(tmp_path)
    with running() as old:
        pid = await respawn(old, copy, nobody_kills)
        assert not is_there(old)
    with ended(pid) as new:
        for _ in range(200):
            if (tmp_path / "log").exists() and (tmp_path / "log").read_text() == "up\n":
                break
            time.sleep(0.02)
        assert (tmp_path / "log").read_text() == "up\n"
        assert (new.cwd(), new.environ()["A"]) == (str(tmp_path), "1")
        assert os.getsid(pid) != os.getsid(0)
        assert {each.readlink() for each in Path(f"/proc/{pid}/fd").iterdir()} == {
            Path("/dev/null"),
            tmp_path / "log",
        }
        assert new.ppid() != os.getpid()
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"folder": "/nowhere/at/all"}, "No such file"),
        ({"program": "/nowhere/at/all"}, "cannot be run"),
        ({"log": "/proc/nowhere/log"}, "No such file"),
    ],
)
async def test_what_could_not_start_ends_nothing(broken: dict[str, str], why: str, tmp_path: Path) -> None:
    with running() as old:
        with pytest.raises(NotEndedError, match=why):
            await respawn(old, a_copy(tmp_path, **broken), nobody_kills)
        assert is_there(old)


async def test_a_log_that_has_become_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "other")
    with running() as old:
        with pytest.raises(NotEndedError):
            await respawn(old, a_copy(tmp_path), nobody_kills)
        assert is_there(old)
    assert not (tmp_path / "other").exists()


async def test_a_program_that_cannot_be_run_after_all_is_told(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/nowhere/at/all\n")
    program.chmod(0o755)
    with pytest.raises(StepError, match="cannot be run: No such file"):
        await respawn(None, a_copy(tmp_path, program=str(program)), nobody_kills)


@pytest.mark.parametrize("kills", [True, False])
async def test_one_that_does_not_end_is_killed_only_after_a_yes(
    kills: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(respawning, "PATIENCE_S", 0.3)
    asked: list[int] = []

    async def may_kill(pid: int) -> bool:
        asked.append(pid)
        return kills

    with running(STUBBORN) as old:
        if kills:
            with ended(await respawn(old, a_copy(tmp_path), may_kill)):
                assert not is_there(old)
        else:
            with pytest.raises(NotEndedError, match="was let be: it may end yet"):
                await respawn(old, a_copy(tmp_path), may_kill)
            assert is_there(old)
    assert asked == [old.pid]


async def test_another_process_of_its_number_is_not_ended(tmp_path: Path) -> None:
    with running() as old:
        with pytest.raises(NotEndedError, match="is another than the one that was shown"):
            await respawn(replace(old, started_s=old.started_s - 60), a_copy(tmp_path), nobody_kills)
        assert is_there(old)


async def test_where_no_process_can_be_started_none_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running() as old:
        monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
        with pytest.raises(NotEndedError, match="No such file"):
            await respawn(old, a_copy(tmp_path), nobody_kills)
        assert is_there(old)


async def test_a_kernel_that_does_not_tell_who_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(_: int) -> NoReturn:
        raise DiagError("socket diagnosis failed: Operation not permitted")

    async def answers(_: str) -> bool:
        return True

    monkeypatch.setattr(respawning, "find_owner", denied)
    monkeypatch.setattr(respawning, "answers", answers)
    with pytest.raises(StepError, match="who serves now cannot be told: socket diagnosis failed"):
        to_end(plan(tmp_path, run=None), None, None)
    with running() as new:
        await watch(new.pid, "http://127.0.0.1:1", "")


async def test_one_that_ends_by_itself_meanwhile_is_followed_all_the_same(tmp_path: Path) -> None:
    with running() as old:
        pass
    assert alive(old.pid) is None
    with ended(await respawn(old, a_copy(tmp_path), nobody_kills)) as new:
        assert new.is_running()


def test_what_its_parent_has_not_asked_for_is_over() -> None:
    with subprocess.Popen(["true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert psutil.pid_exists(process.pid)
        assert alive(process.pid) is None


def test_whose_turn_it_is_to_end(tmp_path: Path) -> None:
    """Never another's server, which happens to listen where ours did, or where it is to."""
    with bare_server(tmp_path) as server:
        pid = server.pid()
        assert pid
        this = alive(pid)
        assert this
        started_at = datetime.fromtimestamp(this.started_s, UTC)
        url = f"http://127.0.0.1:{server.port}"
        shown = plan(tmp_path, url=url, url_then=url, run=ServerRun(pid, started_at))
        gone = replace(shown, run=ServerRun(4_000_000, started_at))
        assert to_end(shown, None, None) == this
        assert to_end(shown, 4_000_000, None) is None, "that of ours has ended"
        assert (
            to_end(replace(gone, url="http://127.0.0.1:1", url_then="http://127.0.0.1:1"), None, None) is None
        )
        with pytest.raises(StepError, match="is not the one that was shown: it is let be"):
            to_end(gone, None, None)
        with pytest.raises(StepError, match="let be"):
            to_end(gone, None, started_at + timedelta(minutes=1))
        assert to_end(gone, None, started_at - timedelta(minutes=1)) == this, "a change cut off started it"
        stepped = replace(shown, run=ServerRun(pid, started_at - timedelta(hours=1)))
        assert old_of(stepped.run) is None
        assert to_end(stepped, None, None) == this, "the clock was set meanwhile"


async def test_a_new_one_that_ends_is_not_well(tmp_path: Path) -> None:
    script = "import sys, time; print('Error: listen tcp: in use', flush=True); time.sleep(0.2)"
    pid = await respawn(None, a_copy(tmp_path, script), nobody_kills)
    with pytest.raises(NotWellError, match="has ended again; it said: Error: listen tcp: in use"):
        await watch(pid, "http://127.0.0.1:1", str(tmp_path / "log"))


async def test_it_is_the_new_one_that_has_to_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answers(_: str) -> bool:
        return True

    monkeypatch.setattr(respawning, "answers", answers)
    with bare_server(tmp_path) as server, running() as other:
        listening = server.pid()
        with pytest.raises(NotWellError, match=f"process {listening} answers"):
            await watch(other.pid, f"http://127.0.0.1:{server.port}", str(tmp_path / "log"))


async def test_one_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respawning, "ANSWER_LIMIT_S", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with running() as old, pytest.raises(NotWellError, match="nothing answers"):
        await watch(old.pid, f"http://127.0.0.1:{port}", "")


def test_what_is_put_together_from_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_KEEP_ALIVE", "of this shell")
    monkeypatch.setenv("SOMETHING", "else")
    told = replace(a_copy(tmp_path).process, environment=(Change("OLLAMA_NUM_PARALLEL", "2"),))
    environment = from_memory(told).environment
    assert environment["SOMETHING"] == "else"
    assert "OLLAMA_KEEP_ALIVE" not in environment
    there = changed(environment, (Change("OLLAMA_NUM_PARALLEL", "4"), Change("SOMETHING", None)))
    assert (there["OLLAMA_NUM_PARALLEL"], "SOMETHING" in there) == ("4", False)
