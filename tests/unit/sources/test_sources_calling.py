"""A command of the user's hears of findings; whatever it does, nothing waits for it."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from ollama_top.sources.calling import MOST_WAITING, Caller

DOCUMENT = b'{"id":"queue_full"}\n'
PATIENCE_S = 20.0


class Ear:
    """Hears what goes wrong."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.heard = Event()

    def __call__(self, text: str) -> None:
        self.said.append(text)
        self.heard.set()


def python(script: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script)


def until(holds: Callable[[], object]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_it_has_the_document_on_its_standard_input(tmp_path: Path) -> None:
    into = tmp_path / "came"
    script = f"import sys, pathlib; d = sys.stdin.read(); pathlib.Path({str(into)!r}).open('a').write(d)"
    ear = Ear()
    caller = Caller(python(script), ear)
    caller.call(DOCUMENT)
    caller.call(DOCUMENT)
    until(lambda: into.exists() and into.read_bytes() == 2 * DOCUMENT)
    assert ear.said == []


def test_no_word_goes_through_a_shell(tmp_path: Path) -> None:
    into = tmp_path / "came"
    script = f"import sys, pathlib; pathlib.Path({str(into)!r}).write_text(sys.argv[1])"
    Caller((*python(script), "$HOME; touch /x *"), Ear()).call(DOCUMENT)
    until(lambda: into.exists() and into.read_text() == "$HOME; touch /x *")


def test_our_secrets_are_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_TOP_TOKEN", "hunter2")
    into = tmp_path / "came"
    script = f"import os, pathlib; pathlib.Path({str(into)!r}).write_text(' '.join(os.environ) + '.')"
    Caller(python(script), Ear()).call(DOCUMENT)
    until(lambda: into.exists() and into.read_text().endswith("."))
    assert "OLLAMA_TOP_TOKEN" not in into.read_text()
    assert "PATH" in into.read_text()


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (python("import sys; sys.exit('no bus')"), "ended with 1: no bus"),
        (("/nonexistent/program",), "could not be run: No such file or directory"),
        (("/etc/passwd",), "could not be run: Permission denied"),
    ],
)
def test_its_failure_is_said(argv: tuple[str, ...], said: str) -> None:
    ear = Ear()
    Caller(argv, ear).call(DOCUMENT)
    assert ear.heard.wait(PATIENCE_S)
    assert ear.said == [f"{argv[0]} {said}"]


def test_one_that_reads_nothing_is_no_failure_of_ours() -> None:
    ear = Ear()
    caller = Caller(python("pass"), ear)
    caller.call(b"x" * (1 << 20))
    caller.call(DOCUMENT)
    assert not ear.heard.wait(1.0)


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = (
        "import os, pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(pids)!r}).write_text(f'{{os.getpid()}} {{child.pid}}.')\n"
        "time.sleep(600)\n"
    )
    ear = Ear()
    began_s = time.monotonic()
    caller = Caller(python(script), ear, longest_s=2.0)
    caller.call(DOCUMENT)
    assert time.monotonic() - began_s < 0.5
    assert ear.heard.wait(PATIENCE_S)
    assert ear.said == [f"{sys.executable} took longer than 2 s, and was ended"]
    for pid in map(int, pids.read_text().rstrip(".").split()):
        until(lambda pid=pid: is_over(pid))


def is_over(pid: int) -> bool:
    """Whether a process has ended; nobody may have taken note of that yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_flood_is_not_kept() -> None:
    ear = Ear()
    caller = Caller(python("import time; time.sleep(600)"), ear, longest_s=0.5)
    for _ in range(MOST_WAITING + 5):
        caller.call(DOCUMENT)
    assert any("is behind" in each for each in ear.said)


def test_a_program_that_is_not_there_is_said_before_it_is_needed() -> None:
    ear = Ear()
    Caller(("no-such-program-here",), ear).check()
    assert ear.said == ["no-such-program-here: there is no such program"]
    fine = Ear()
    Caller((sys.executable,), fine).check()
    assert fine.said == []
    assert os.access(sys.executable, os.X_OK)
