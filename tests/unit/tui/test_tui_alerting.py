"""A finding rings, and runs a command; the screen goes on meanwhile."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import feeds
import found
import frames
import pytest
from monitoring import Monitor, running

from ollama_top.model.finding import Confidence
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.outputs.document import document as whole
from ollama_top.tui.alerting import Alerting, document


def bad() -> Frame:
    """A Frame with a finding that is worth a call."""
    frame = found.pending()
    first = replace(frame.findings[0], severity=Severity.ERROR, confidence=Confidence.CONFIRMED)
    return replace(frame, findings=(first,))


def begin(monitor: Monitor, *several: Frame) -> None:
    monitor.app.monitor.begin(lambda: feeds.PlayedFeed(several))


def rung(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    rings: list[int] = []
    monkeypatch.setattr(monitor.app, "bell", lambda: rings.append(1))
    return rings


def test_the_document_is_the_finding_with_server_and_moment() -> None:
    frame = bad()
    said = json.loads(document(frame.findings[0], frame))
    as_shown = whole(frame)
    assert said == {
        **as_shown["findings"][0],
        "machine": frame.snapshot.host.name,
        "server": frame.snapshot.server.url,
        "taken_at": as_shown["taken_at"],
    }


async def test_the_bell_rings_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running() as monitor:
        rings = rung(monitor, monkeypatch)
        Alerting(monitor.app.monitor, (), rings=True)
        begin(monitor, bad(), bad(), replace(bad(), log=frames.frame().log))
        await monitor.until(lambda: monitor.app.view.frame is not None)
        await monitor.until(lambda: rings)
        assert rings == [1]


async def test_a_command_hears_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    into = tmp_path / "came"
    script = f"import sys, pathlib; d = sys.stdin.read(); pathlib.Path({str(into)!r}).write_text(d)"
    async with running() as monitor:
        rings = rung(monitor, monkeypatch)
        Alerting(monitor.app.monitor, (sys.executable, "-c", script), rings=False)
        begin(monitor, bad())
        await monitor.until(lambda: into.exists() and into.read_bytes().endswith(b"\n"))
        assert json.loads(into.read_bytes())["id"] == bad().findings[0].id
        assert rings == []


async def test_what_goes_wrong_with_it_is_said() -> None:
    async with running(size=(200, 50)) as monitor:
        Alerting(monitor.app.monitor, ("/nonexistent/program",), rings=False)
        begin(monitor, bad())
        await monitor.until(lambda: "on_finding: /nonexistent/program could not be run" in monitor.text)


async def test_a_program_that_is_not_there_is_said_at_the_first_look() -> None:
    async with running(size=(200, 50)) as monitor:
        Alerting(monitor.app.monitor, ("no-such-program-here",), rings=False)
        begin(monitor, frames.frame())
        await monitor.until(lambda: "no-such-program-here: there is no such program" in monitor.text)


async def test_a_simulation_calls_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = replace(bad(), snapshot=replace(bad().snapshot, demo=True))
    async with running() as monitor:
        rings = rung(monitor, monkeypatch)
        Alerting(monitor.app.monitor, (), rings=True)
        begin(monitor, simulated)
        await monitor.until(lambda: monitor.app.view.frame == simulated)
        await monitor.settle()
        assert rings == []
