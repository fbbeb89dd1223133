"""Hosts go on while another is in front, none waits for another, and what they have to say is not lost."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import feeds
import found
import frames
import pytest
import scenes
from monitoring import hosting
from several import BEFORE, NEXT, ComingBack, TakenFeed, come, of, saying, still, three

from ollama_top.engine.feed import Feed
from ollama_top.model.action import Pull
from ollama_top.model.finding import Confidence
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.record.player import Player
from ollama_top.tui import hosts
from ollama_top.tui.alerting import Alerting
from ollama_top.tui.messages import ActionFailed, Noticed


async def test_a_host_behind_goes_on_and_shows_its_newest_at_once() -> None:
    behind = TakenFeed()
    async with hosting({"alpha": still(saying("alpha is well")), "beta": lambda: behind}) as monitor:
        await monitor.press("enter")
        await monitor.until(lambda: behind.loop)
        assert "○ 2 beta" in monitor.lines[0]
        behind.bring(saying("an older look"))
        await monitor.until(lambda: "✓ 2 beta" in monitor.lines[0])
        behind.bring(saying("beta is in trouble", Severity.ERROR))
        await monitor.until(lambda: "✗ 2 beta" in monitor.lines[0])
        assert "alpha is well" in monitor.text
        await monitor.press(NEXT)
        assert "beta is in trouble" in monitor.text
        assert behind.starts == 1


async def test_a_host_that_falls_silent_behind_says_how_old_it_is_in_front() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "alpha is", "beta is")
        await monitor.press("enter")
        of(monitor, 1)._heard_at_s -= 40
        monitor.app.mind()
        await monitor.settle()
        assert "▲ 2 beta" in monitor.lines[0]
        await monitor.press(NEXT)
        assert "no news for 40s: what is shown is older than that" in monitor.text
        await monitor.press("0")
        assert "nothing new for 40s; then: beta is well" in monitor.text


async def test_one_that_hangs_and_one_that_blocks_its_thread_delay_nobody() -> None:
    blocked = feeds.HangingFeed([])
    good = TakenFeed()
    made: Mapping[str, Callable[[], Feed]] = {
        "hangs": still(),
        "blocks": lambda: blocked,
        "never made": lambda: time.sleep(3600) or feeds.PlayedFeed([]),
        "good": lambda: good,
    }
    async with hosting(made) as monitor:
        await monitor.until(lambda: good.loop)
        late_s = []
        for look in range(20):
            asked_s = time.monotonic()
            good.bring(saying(f"look {look}."))
            await come(monitor, f"look {look}.")
            late_s.append(time.monotonic() - asked_s)
        assert sorted(late_s)[10] < 0.5
        for key in ("1", "2", "3", "4"):
            asked_s = time.monotonic()
            await monitor.press(key)
            assert time.monotonic() - asked_s < 2.0
        assert "look 19." in monitor.text


async def test_what_a_host_behind_has_to_say_is_said_once_it_is_in_front() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "alpha is", "beta is")
        await monitor.press("enter")
        of(monitor, 0).hands.act(Pull("phi4"))
        number = of(monitor, 0).view.doings[0].number
        await monitor.press(NEXT)
        of(monitor, 0).post_message(ActionFailed(number, "the disk is full"))
        of(monitor, 0).update(notice=None)
        await monitor.until(lambda: not of(monitor, 0).view.doings)
        assert "the disk is full" not in monitor.text
        await monitor.press(BEFORE)
        await come(monitor, "the disk is full")
        await monitor.press("escape")
        assert "alpha is well" in monitor.text


async def test_a_notice_that_nobody_saw_stays_until_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.tui.monitor.NOTICE_S", 0.0)
    async with hosting(three()) as monitor:
        await monitor.press("enter")
        of(monitor, 1).hear(Noticed("beta has news"))
        monitor.app.mind()
        await monitor.press(NEXT)
        assert "beta has news" in monitor.text


async def test_a_host_that_could_not_be_reached_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make = ComingBack()
    async with hosting({"alpha": still(scenes.busy()), "beta": make}) as monitor:
        await come(monitor, "Connection refused")
        monitor.app.mind()
        await monitor.settle()
        assert len(make.made) == 1, "it was tried again at once"
        monkeypatch.setattr(hosts, "AGAIN_S", 0.0)
        monitor.app.mind()
        await come(monitor, "it is back")
        assert len(make.made) == 2


async def test_a_recording_goes_on_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recorded = TakenFeed()
    async with hosting({"me@box": lambda: recorded, "beta": still(scenes.busy())}) as monitor:
        await monitor.until(lambda: recorded.loop)
        recorded.bring(saying("first"))
        await come(monitor, "first")
        await monitor.press("enter", "R")
        assert " REC " in monitor.text
        await monitor.press(NEXT)
        assert " REC " not in monitor.text
        recorded.bring(saying("behind"))
        await monitor.until(lambda: of(monitor, 0).newest == saying("behind"))
        await monitor.press(BEFORE, "R")
    (made,) = tmp_path.iterdir()
    assert made.name.endswith("-me@box.ollama-top")
    assert len(Player(made)) == 1


async def test_a_finding_calls_from_every_host(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = found.pending()
    first = replace(frame.findings[0], severity=Severity.ERROR, confidence=Confidence.CONFIRMED)
    bad = replace(frame, findings=(first,))
    behind = TakenFeed()
    async with hosting({"alpha": still(frames.frame()), "beta": lambda: behind}) as monitor:
        rings: list[int] = []
        monkeypatch.setattr(monitor.app, "bell", lambda: rings.append(1))
        for each in monitor.app.monitors:
            Alerting(each, (), rings=True)
        await monitor.press("enter")
        await monitor.until(lambda: behind.loop)
        behind.bring(bad)
        behind.bring(bad)
        await monitor.until(lambda: rings)


async def test_frames_that_nobody_looks_at_are_not_kept() -> None:
    behind = TakenFeed()
    async with hosting({"alpha": still(scenes.busy()), "beta": lambda: behind}) as monitor:
        await monitor.press("enter")
        await monitor.until(lambda: behind.loop)
        for number in range(300):
            behind.bring(saying(f"frame {number}"))
        await monitor.until(lambda: of(monitor, 1).newest == saying("frame 299"))
        gc.collect()
        kept = [
            each
            for each in gc.get_objects()
            if isinstance(each, Frame) and each.verdict.text.startswith("frame ")
        ]
        assert len(kept) < 10
