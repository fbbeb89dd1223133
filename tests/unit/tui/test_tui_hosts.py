"""Several hosts: all go on while one is in front, each as its user left it, and none waits for another."""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import replace
from pathlib import Path

import feeds
import found
import frames
import pytest
import scenes
from monitoring import Monitor, hosting, running

from ollama_top.engine.feed import Feed, FeedError
from ollama_top.model.action import Pull
from ollama_top.model.finding import Confidence
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.record.player import Player
from ollama_top.tui import hosts
from ollama_top.tui.alerting import Alerting
from ollama_top.tui.messages import ActionFailed, Noticed
from ollama_top.tui.monitor import Monitor as HostMonitor
from ollama_top.tui.screens.hosts import HostsScreen

NEXT, BEFORE = "right_square_bracket", "left_square_bracket"


class TakenFeed(feeds.PlayedFeed):
    """Brings the Frames that it is handed from outside, when it is."""

    def __init__(self) -> None:
        super().__init__([])
        self.frames_to_come: asyncio.Queue[Frame] = asyncio.Queue()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def frames(self) -> AsyncGenerator[Frame, None]:
        self.starts += 1
        self.loop = asyncio.get_running_loop()
        while True:
            yield await self.frames_to_come.get()

    def bring(self, frame: Frame) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.frames_to_come.put_nowait, frame)


class RefusedFeed(feeds.PlayedFeed):
    """Cannot reach its host."""

    async def frames(self) -> AsyncGenerator[Frame, None]:
        raise FeedError("Connection refused")
        yield scenes.busy()


def saying(text: str, severity: Severity = Severity.OK) -> Frame:
    return replace(scenes.busy(), verdict=Verdict(severity, text))


def still(*played: Frame) -> Callable[[], Feed]:
    return lambda: feeds.PlayedFeed(played)


def three() -> dict[str, Callable[[], Feed]]:
    return {name: still(saying(f"{name} is well")) for name in ("alpha", "beta", "gamma")}


async def come(monitor: Monitor, *texts: str) -> None:
    await monitor.until(lambda: all(each in monitor.text for each in texts))


def of(monitor: Monitor, at: int) -> HostMonitor:
    return monitor.app.monitors[at]


async def test_a_host_is_watched_from_the_overview_and_left_for_it() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "alpha is", "beta is", "gamma is")
        await monitor.press("down", "enter")
        assert "beta is well" in monitor.text
        assert monitor.lines[0].split() == ["✓", "1", "alpha", "✓", "2", "beta", "✓", "3", "gamma"]
        await monitor.press("q")
        assert isinstance(monitor.app.screen, HostsScreen)
        assert monitor.app.screen.cursor == 1
        await monitor.press("q")
        assert not monitor.app.is_running


async def test_keys_go_from_host_to_host_and_none_is_connected_anew() -> None:
    made: dict[str, int] = {}

    def counted(name: str) -> Callable[[], Feed]:
        def make() -> Feed:
            made[name] = made.get(name, 0) + 1
            return feeds.PlayedFeed([saying(f"{name} is well")])

        return make

    async with hosting({name: counted(name) for name in ("alpha", "beta", "gamma")}) as monitor:
        await come(monitor, "gamma is")
        await monitor.press("enter")
        for key, name in (
            (NEXT, "beta"),
            ("right", "gamma"),
            (NEXT, "alpha"),
            (BEFORE, "gamma"),
            ("left", "beta"),
            ("1", "alpha"),
            ("3", "gamma"),
        ):
            await monitor.press(key)
            assert f"{name} is well" in monitor.text, (key, monitor.text)
        await monitor.press("7")
        assert "There are 3 hosts." in monitor.text
        await monitor.press("0", "2")
        assert "beta is well" in monitor.text
        assert made == {"alpha": 1, "beta": 1, "gamma": 1}


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


async def test_each_host_is_as_its_user_left_it() -> None:
    async with hosting({name: still(scenes.crowded()) for name in ("alpha", "beta")}) as monitor:
        await monitor.press("enter")
        await come(monitor, "REQUEST")
        await monitor.press("tab", "down", "down", "I", "z")
        left = monitor.looks
        await monitor.press(NEXT)
        assert monitor.looks.zoomed is None
        assert monitor.looks.focus != left.focus
        await monitor.press("space", BEFORE)
        assert monitor.looks == left
        assert not monitor.app.view.is_paused
        await monitor.press(NEXT)
        assert "PAUSED" in monitor.text


async def test_the_overview_shows_the_newest_of_a_host_that_is_held() -> None:
    held = TakenFeed()
    async with hosting({"alpha": lambda: held, "beta": still(scenes.busy())}) as monitor:
        await monitor.until(lambda: held.loop)
        held.bring(saying("then"))
        await come(monitor, "then")
        await monitor.press("enter", "space")
        held.bring(saying("now"))
        await monitor.until(lambda: monitor.app.newest and monitor.app.newest.verdict.text == "now")
        assert "then" in monitor.text
        await monitor.press("0")
        await come(monitor, "now")


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
    made: list[Feed] = []

    def make() -> Feed:
        made.append(feeds.PlayedFeed([saying("it is back")]) if made else RefusedFeed([]))
        return made[-1]

    async with hosting({"alpha": still(scenes.busy()), "beta": make}) as monitor:
        await come(monitor, "Connection refused")
        monitor.app.mind()
        await monitor.settle()
        assert len(made) == 1, "it was tried again at once"
        monkeypatch.setattr(hosts, "AGAIN_S", 0.0)
        monitor.app.mind()
        await come(monitor, "it is back")
        assert len(made) == 2


async def test_the_user_has_one_tried_again_at_once() -> None:
    made: list[Feed] = []

    def make() -> Feed:
        made.append(feeds.PlayedFeed([saying("it is back")]) if made else RefusedFeed([]))
        return made[-1]

    async with hosting({"alpha": still(scenes.busy()), "beta": make}) as monitor:
        await come(monitor, "Connection refused")
        await monitor.press("down", "r")
        await come(monitor, "it is back")


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


async def test_one_theme_is_for_all() -> None:
    async with hosting(three()) as monitor:
        await monitor.press("enter", "T", NEXT)
        look = monitor.app.look
        assert monitor.app.main._theme is look
        assert look.name != "terminal"


async def test_the_help_names_the_keys_of_hosts_only_where_there_are_several() -> None:
    async with hosting(three(), size=(100, 200)) as monitor:
        await monitor.press("enter", "f1")
        assert "Back to the overview of the hosts." in monitor.text
        assert "1 to 9" in monitor.text
    async with running(scenes.busy(), size=(100, 200)) as monitor:
        await monitor.press("f1")
        assert "overview of the hosts" not in monitor.text


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (40, 3), (80, 24), (300, 80)])
async def test_twenty_hosts_of_long_names_fit_any_window(size: tuple[int, int]) -> None:
    made = {f"a-host-of-a-long-name-{at}.example.com": still(saying("well")) for at in range(20)}
    async with hosting(made, size=size) as monitor:
        await monitor.press("end", "enter", NEXT, BEFORE, "0", "home", *["down"] * 12, "enter", "3")
        assert all(len(line) == size[0] for line in monitor.lines if line.isascii())
        await monitor.press("0", "end")
        if size[1] >= 5:
            await come(monitor, "✓ a-host")


async def test_a_click_on_a_tab_goes_there_and_one_on_a_line_of_the_overview() -> None:
    async with hosting(three()) as monitor:
        await come(monitor, "gamma is")
        await monitor.pilot.click(offset=(5, 3))
        await monitor.settle()
        await monitor.pilot.click(offset=(5, 3))
        await monitor.settle()
        assert "beta is well" in monitor.text
        await monitor.pilot.click(offset=(monitor.lines[0].index("gamma"), 0))
        await monitor.settle()
        assert "gamma is well" in monitor.text


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
