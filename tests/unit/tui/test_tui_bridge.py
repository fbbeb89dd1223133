"""The feed's own thread: newest wins, actions come back as words, and no end is silent."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator

import feeds
import pytest
import scenes
from textual.message import Message

from ollama_top.engine.feed import Feed
from ollama_top.model.action import Action, Load, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.tui.bridge import Bridge
from ollama_top.tui.messages import (
    ActionEnded,
    ActionFailed,
    ActionProgressed,
    ActionTaken,
    FeedFailed,
    FrameCame,
    InstalledCame,
)

PATIENCE_S = 5.0


class Desk:
    """Collects what a bridge tells."""

    def __init__(self) -> None:
        self.told: list[Message] = []

    def of(self, kind: type[Message]) -> list[Message]:
        return [message for message in self.told if isinstance(message, kind)]


def until(holds: Callable[[], object]) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, "it never came about"
        time.sleep(0.002)


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def start(desk: Desk) -> Iterator[Callable[[Callable[[], Feed]], Bridge]]:
    bridges: list[Bridge] = []

    def begin(make_feed: Callable[[], Feed]) -> Bridge:
        bridges.append(Bridge(make_feed, desk.told.append))
        bridges[-1].start()
        return bridges[-1]

    yield begin
    for bridge in bridges:
        bridge.stop()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "feed"])


Start = Callable[[Callable[[], Feed]], Bridge]


def test_the_feed_is_made_in_its_own_thread(start: Start, desk: Desk) -> None:
    made_in: list[threading.Thread] = []

    def make() -> Feed:
        made_in.append(threading.current_thread())
        return feeds.PlayedFeed([scenes.idle()])

    start(make)
    until(lambda: desk.of(FrameCame))
    assert made_in[0] is not threading.main_thread()
    assert made_in[0].daemon


def test_the_newest_frame_wins_and_one_word_tells_of_many(start: Start, desk: Desk) -> None:
    played: list[Frame] = [scenes.busy(at) for at in range(50)]
    bridge = start(lambda: feeds.PlayedFeed(played))
    until(lambda: bridge._newest is played[-1])
    assert bridge.take() is played[-1]
    assert bridge.take() is None
    assert len(desk.of(FrameCame)) == 1


def test_a_frame_that_was_taken_is_told_of_anew(start: Start, desk: Desk) -> None:
    bridge = start(lambda: feeds.PlayedFeed(feeds.endless(scenes.busy), interval_s=0.01))
    until(bridge.take)
    until(lambda: len(desk.of(FrameCame)) > 1)


def test_a_crash_is_told_with_its_place(start: Start, desk: Desk) -> None:
    start(lambda: feeds.CrashingFeed([scenes.idle()]))
    until(lambda: desk.of(FeedFailed))
    (failed,) = desk.of(FeedFailed)
    assert isinstance(failed, FeedFailed)
    assert failed.problem.startswith(
        "ollama-top's own feed crashed: ZeroDivisionError: of two numbers at feeds.py:"
    )


def test_a_feed_that_cannot_be_made_is_told(start: Start, desk: Desk) -> None:
    def make() -> Feed:
        raise ImportError("no module named so")

    start(make)
    until(lambda: desk.of(FeedFailed))


def test_a_feed_that_ends_is_told(start: Start, desk: Desk) -> None:
    class Short(feeds.PlayedFeed):
        async def frames(self):  # type: ignore[no-untyped-def] # noqa: ANN202 - as the base
            yield scenes.idle()

    start(lambda: Short([]))
    until(lambda: desk.of(FeedFailed))
    assert [message.problem for message in desk.of(FeedFailed) if isinstance(message, FeedFailed)] == [
        "the feed has ended"
    ]


def test_who_stopped_hears_nothing_more(start: Start, desk: Desk) -> None:
    bridge = start(lambda: feeds.PlayedFeed(feeds.endless(scenes.busy), interval_s=0.001))
    until(lambda: desk.of(FrameCame))
    bridge.stop()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "feed"])
    assert not desk.of(FeedFailed)


def test_stopping_at_once_is_stopping(start: Start, desk: Desk) -> None:
    start(lambda: feeds.PlayedFeed([])).stop()
    until(lambda: not [thread for thread in threading.enumerate() if thread.name == "feed"])
    assert not desk.told


LOAD = Load("gemma3:270m")


def test_an_action_reaches_the_feed_and_comes_back(start: Start, desk: Desk) -> None:
    feed = feeds.PlayedFeed([scenes.busy()])
    bridge = start(lambda: feed)
    until(bridge.take)
    bridge.act(7, LOAD)
    until(lambda: desk.of(ActionTaken))
    assert feed.acted == [LOAD]
    assert [each.number for each in desk.told if isinstance(each, ActionTaken)] == [7]
    bridge.look_now()
    until(lambda: feed.looks)


def test_progress_is_told_and_an_action_can_be_broken_off(start: Start, desk: Desk) -> None:
    feed = feeds.PatientFeed([scenes.busy()], Progress("pulling manifest"))
    bridge = start(lambda: feed)
    until(bridge.take)
    bridge.act(1, LOAD)
    until(lambda: desk.of(ActionProgressed))
    bridge.end(2)
    bridge.end(1)
    until(lambda: feed.ended == [LOAD])
    until(lambda: desk.of(ActionEnded))
    assert not desk.of(ActionFailed)
    bridge.end(1)


def test_what_is_under_way_when_its_feed_crashes_does_not_end_in_silence(start: Start, desk: Desk) -> None:
    class Crashing(feeds.PatientFeed):
        async def frames(self) -> AsyncGenerator[Frame, None]:
            yield scenes.busy()
            while not self.acted:
                await asyncio.sleep(0.005)
            raise ZeroDivisionError

    bridge = start(lambda: Crashing([]))
    until(bridge.take)
    bridge.act(3, LOAD)
    until(lambda: desk.of(ActionFailed))
    (failed,) = desk.of(ActionFailed)
    assert isinstance(failed, ActionFailed)
    assert "ended with the feed" in failed.problem


def test_a_refusal_comes_back_in_the_server_s_words(start: Start, desk: Desk) -> None:
    bridge = start(lambda: feeds.PlayedFeed([scenes.busy()], refusal="model not found"))
    until(bridge.take)
    bridge.act(4, LOAD)
    bridge.ask_installed()
    until(lambda: desk.of(ActionFailed) and desk.of(InstalledCame))
    (failed,), (came,) = desk.of(ActionFailed), desk.of(InstalledCame)
    assert isinstance(failed, ActionFailed)
    assert isinstance(came, InstalledCame)
    assert (failed.number, failed.problem, came.problem) == (4, "model not found", "model not found")


def test_what_is_installed_comes_back(start: Start, desk: Desk) -> None:
    feed = feeds.PlayedFeed([scenes.busy()])
    feed.on_disk = (InstalledModel("gemma3:270m", None, None, None),)
    bridge = start(lambda: feed)
    until(bridge.take)
    bridge.ask_installed()
    until(lambda: desk.of(InstalledCame))
    assert [each.models for each in desk.told if isinstance(each, InstalledCame)] == [feed.on_disk]


def test_a_defect_in_an_action_comes_back_too(start: Start, desk: Desk) -> None:
    class Broken(feeds.PlayedFeed):
        async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
            raise KeyError(action)

        async def installed(self) -> tuple[InstalledModel, ...]:
            raise KeyError("installed")

    bridge = start(lambda: Broken([scenes.busy()]))
    until(bridge.take)
    bridge.act(1, LOAD)
    bridge.ask_installed()
    until(lambda: desk.of(ActionFailed) and desk.of(InstalledCame))
    assert all("crashed: KeyError" in str(getattr(each, "problem", "")) for each in desk.told[-2:])


def test_without_a_feed_nothing_can_be_asked(desk: Desk) -> None:
    bridge = Bridge(lambda: feeds.PlayedFeed([]), desk.told.append)
    bridge.look_now()
    bridge.act(1, LOAD)
    bridge.end(1)
    bridge.ask_installed()
    assert [type(each) for each in desk.told] == [ActionFailed, InstalledCame]
