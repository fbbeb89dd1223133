"""The process that changes settings for the monitor: what it takes, tells, and outlives."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE

import changes
import pytest
from running import NOBODY, command

from ollama_top.apply.events import Deed, Ended, Event, Order, Refused, Said, event_of, order_line
from ollama_top.apply.journal import Journal
from ollama_top.model.plan import Plan, Step, StepKind
from ollama_top.model.receipt import Outcome, Way

SLOW = Step(StepKind.RELOAD, argv=("sh", "-c", "echo began > $0.began; sleep 1; echo ended > $0.ended"))
PATIENCE_S = 20.0


def written(path: Path, **differences: object) -> Plan:
    """A plan that writes a file, and restarts nothing."""
    made = changes.plan(path)
    return replace(made, steps=made.steps[:1], undo=made.undo[:1], **differences)  # type: ignore[arg-type]


def order(plan: Plan, deed: Deed = Deed.SET, entry: str | None = None) -> bytes:
    return f"{order_line(Order(deed, plan, entry, None, brings_back=False, is_held=False))}\n".encode()


@contextmanager
def carrying() -> "Iterator[subprocess.Popen[bytes]]":
    words = command("--host", NOBODY, "set", "--carry")
    with subprocess.Popen(words, stdin=PIPE, stdout=PIPE, stderr=PIPE, process_group=0) as process:
        yield process


def told(line: bytes) -> tuple[int, list[Event | None], bytes]:
    with carrying() as process:
        out, err = process.communicate(line, timeout=60)
        return process.returncode, [event_of(each) for each in out.splitlines()], err


def test_it_carries_out_what_is_ordered_and_tells_of_it(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    code, events, err = told(order(written(path)))
    assert (code, err) == (0, b"")
    assert events[0] == Said(f"writing {path}")
    last = events[-1]
    assert isinstance(last, Ended)
    assert last.receipt.outcome is Outcome.KEPT
    assert path.read_text() == changes.TEXT
    assert Journal().entries()[0].outcome is Outcome.KEPT


def test_it_takes_a_kept_change_back(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    told(order(written(path)))
    entry = Journal().entries()[0]
    back = replace(entry.plan, steps=entry.plan.undo, undo=entry.plan.steps)
    code, events, _ = told(order(back, Deed.UNDO, entry.name))
    assert (code, path.exists()) == (0, False)
    assert isinstance(events[-1], Ended)
    assert Journal().entries()[0].outcome is Outcome.UNDONE


@pytest.mark.parametrize(("deed", "is_there"), [(Deed.FINISH, True), (Deed.TAKE_BACK, False)])
def test_it_brings_to_an_end_what_was_cut_off(deed: Deed, is_there: bool, tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    journal = Journal()
    with journal.alone("a test"):
        journal.start(written(path)).begin(Way.THERE, 0)
    refused = told(order(written(path)))[1]
    assert isinstance(refused[-1], Refused), "nothing else is begun before"
    assert "was cut off" in refused[-1].text
    _, events, _ = told(order(written(path), deed, journal.entries()[0].name))
    assert isinstance(events[-1], Ended)
    assert path.exists() is is_there
    assert journal.cut_off() is None


@pytest.mark.parametrize("line", [b"", b"\n", b"{}\n", b"\xff\xfe", b'{"deed": "set"'])
def test_what_is_no_order_is_refused(line: bytes) -> None:
    code, events, err = told(line)
    assert (code, err) == (2, b"")
    assert isinstance(events[-1], Refused)


def test_what_is_not_kept_any_more_is_refused(tmp_path: Path) -> None:
    _, events, _ = told(order(written(tmp_path / "x"), Deed.UNDO, "gone.ndjson"))
    assert events == [Refused("the change that it is about is not kept any more")]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_neither_a_closed_terminal_nor_a_gone_monitor_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    slow = replace(SLOW, argv=(*SLOW.argv, mark))
    first = written(tmp_path / "x.conf")
    with carrying() as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(order(replace(first, steps=(slow, *first.steps))))
        process.stdin.flush()
        until(Path(f"{mark}.began").exists)
        process.stdin.close()
        process.stdout.close()
        process.stderr.close()
        os.kill(process.pid, number)
        process.wait(PATIENCE_S)
        assert process.returncode == 0
    assert Path(f"{mark}.ended").exists()
    assert (tmp_path / "x.conf").exists()
    assert Journal().entries()[0].outcome is Outcome.KEPT


def test_who_ends_it_has_it_taken_back(tmp_path: Path) -> None:
    mark, path = str(tmp_path / "mark"), tmp_path / "x.conf"
    slow = replace(SLOW, argv=(*SLOW.argv, mark))
    first = written(path)
    with carrying() as process:
        assert process.stdin
        process.stdin.write(order(replace(first, steps=(*first.steps, slow))))
        process.stdin.flush()
        until(Path(f"{mark}.began").exists)
        process.terminate()
        out, _ = process.communicate(timeout=PATIENCE_S)
    last = event_of(out.splitlines()[-1])
    assert isinstance(last, Ended)
    assert (last.receipt.outcome, path.exists()) == (Outcome.CALLED_OFF, False)


def test_it_is_in_no_help() -> None:
    done = subprocess.run(command("set", "--help"), capture_output=True, text=True, check=True)
    assert "--carry" not in done.stdout


def until(holds: object) -> None:
    assert callable(holds)
    ends_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends_s
        time.sleep(0.02)


def test_lines_are_one_object_each(tmp_path: Path) -> None:
    with carrying() as process:
        out, _ = process.communicate(order(written(tmp_path / "x.conf")), timeout=60)
    assert [json.loads(each)["event"] for each in out.splitlines()] == ["said", "ended"]
