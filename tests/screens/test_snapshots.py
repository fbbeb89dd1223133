"""What users see, scene by scene, at three sizes; a change of a snapshot is a change for them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import bursts
import feeds
import found
import hours
import keepers
import profiled
import pytest
import scenes
import troubles
from monitoring import hosting, running, shown
from recordings import recorded, simulated
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from ollama_top.model.frame import Frame
from ollama_top.record.player import Player
from ollama_top.record.replay import ReplayFeed
from ollama_top.remote.feed import lost
from ollama_top.tui.reach import Here
from ollama_top.tui.replaying import ReplayApp

SIZES = {"80x24": (80, 24), "120x36": (120, 36), "200x50": (200, 50)}
SCENES = (
    scenes.idle,
    scenes.busy,
    scenes.crowded,
    troubles.unreachable,
    troubles.denied,
    troubles.stale,
    troubles.hostile,
    troubles.remote,
    troubles.lost_card,
    found.unset,
)
PAGES: dict[str, list[str]] = {
    "help": ["f1"],
    "server": ["s"],
    "processes": ["i"],
    "setup": ["S", "down", "space", "down", "down"],
    "hidden": ["S", "space", "down", "space", "down", "down", "space", "escape"],
    "details-model": ["enter"],
    "details-slot": ["tab", "down", "enter"],
    "details-request": ["tab", "tab", "enter"],
    "details-gpu": ["tab", "tab", "tab", "enter"],
    "sort": ["f6", "down", "down"],
    "unload": ["f9"],
    "actions": ["a"],
    "keep": ["K"],
    "keep-for-ever": ["K", "up", "enter"],
    "pull": ["P", "g", "e", "m"],
    "stop": ["X"],
    "copied": ["y"],
    "search": ["slash", "q", "w"],
    "filter": ["f4", "q", "w", "enter"],
    "zoom-requests": ["tab", "tab", "z"],
    "zoom-gpus": ["shift+tab", "shift+tab", "z"],
    "paused": ["space"],
    "log": ["l"],
    "log-held": ["l", "up", "up"],
    "log-line": ["l", "home", "down", "down", "enter"],
    "log-requests": ["l", "tab", "tab"],
    "log-filtered": ["l", "f4", *"sampler", "enter"],
}


class Screens(SingleFileSnapshotExtension):
    """One text file for each screen, to be read as it was seen."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Screens)


def readable(lines: list[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
async def test_scene(scene: Callable[[], Frame], size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with running(scene(), size=size, demo_offer=lambda: feeds.PlayedFeed([])) as monitor:
        assert [len(line) for line in monitor.lines if line.isascii()] == [
            size[0] for line in monitor.lines if line.isascii()
        ]
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("keys", PAGES.values(), ids=PAGES)
async def test_page(keys: list[str], screen: SnapshotAssertion) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press(*keys)
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("keys", ["", "[+"], ids=["newest", "event"])
async def test_the_last_hour(size: tuple[int, int], keys: str, screen: SnapshotAssertion) -> None:
    async with running(hours.past(), size=size) as monitor:
        await monitor.press("H", *["left_square_bracket" if key == "[" else "plus" for key in keys])
        assert readable(monitor.lines) == screen


async def test_an_hour_of_which_little_is_told(screen: SnapshotAssertion) -> None:
    async with running(scenes.idle()) as monitor:
        await monitor.press("H")
        assert readable(monitor.lines) == screen


async def test_a_replay(screen: SnapshotAssertion, tmp_path: Path) -> None:
    recorded(tmp_path / "record", simulated(20))
    app = ReplayApp(ReplayFeed(Player(tmp_path / "record")), title="a recording", theme=None)
    async with shown(app) as monitor:
        await monitor.press("space", "end")
        await monitor.until(lambda: " 20/20 " in monitor.text)
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_passed_proxies(size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with running(scenes.passed(), size=size) as monitor:
        await monitor.press("t")
        assert readable(monitor.lines) == screen


async def test_a_request_that_passes_a_proxy(screen: SnapshotAssertion) -> None:
    async with running(scenes.passing()) as monitor:
        monitor_lines = [*monitor.lines]
        await monitor.press("tab", "tab", "enter")
        assert readable([*monitor_lines, *monitor.lines]) == screen


async def test_a_log_that_may_not_be_read(screen: SnapshotAssertion) -> None:
    async with running(troubles.denied()) as monitor:
        await monitor.press("l")
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("options", [{"read_only": True}], ids=["read-only"])
async def test_option(options: dict[str, Any], screen: SnapshotAssertion) -> None:
    async with running(scenes.busy(), size=(120, 36), **options) as monitor:
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("scene", [found.unset, found.pending], ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("key", ["d", "e"])
async def test_page_of_the_doctor(key: str, scene: Callable[[], Frame], screen: SnapshotAssertion) -> None:
    async with running(scene()) as monitor:
        await monitor.press(key)
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("scene", keepers.ILL, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("key", ["d", "e"])
async def test_page_of_a_keeper(key: str, scene: Callable[[], Frame], screen: SnapshotAssertion) -> None:
    async with running(scene()) as monitor:
        await monitor.press(key)
        assert readable(monitor.lines) == screen


async def test_before_the_first_look(screen: SnapshotAssertion) -> None:
    async with running() as monitor:
        assert readable(monitor.lines) == screen


async def test_processes_of_another_user(screen: SnapshotAssertion) -> None:
    async with running(troubles.denied()) as monitor:
        await monitor.press("i")
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("is_over", [False, True], ids=["going", "over"])
async def test_a_burst(is_over: bool, size: tuple[int, int], screen: SnapshotAssertion) -> None:
    """Eight at once, where four were configured and two are served."""
    events = bursts.told(is_over=is_over)
    async with running(scenes.idle(), size=size, reach=Here(bursts.telling(*events))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "8" in monitor.lines[0] and "alone" in monitor.text)
        await monitor.until(lambda: not is_over or "2 measured" in monitor.text)
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_profiles(size: tuple[int, int], screen: SnapshotAssertion) -> None:
    """One that the server has, one that differs, and those that are worked out."""
    profiled.keep(night={profiled.N: "4"}, day={profiled.N: "8", profiled.K: None})
    async with running(feed=profiled.feed(), size=size) as monitor:
        await monitor.press("p")
        await monitor.until(lambda: "day" in monitor.text and "NUM_PARALLEL 16" in monitor.text)
        await monitor.press("down")
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("keys", [["enter"], ["s", "x"], ["delete"]], ids=["explain", "save", "delete"])
async def test_what_is_done_with_a_profile(keys: list[str], screen: SnapshotAssertion) -> None:
    profiled.keep(day={profiled.N: "8", profiled.K: None})
    async with running(feed=profiled.feed()) as monitor:
        await monitor.press("p")
        await monitor.until(lambda: "day" in monitor.text and "NUM_PARALLEL 16" in monitor.text)
        await monitor.press(*keys)
        assert readable(monitor.lines) == screen


def several() -> dict[str, Callable[[], feeds.PlayedFeed]]:
    """Hosts of each kind of trouble."""
    cut = lost(scenes.busy(), "cut.example.com", "Broken pipe", 42.0)
    played = {
        "gpu-box": scenes.busy(),
        "me@a-machine-of-a-long-name.example.com": scenes.idle(),
        "cut.example.com": cut,
        "unreachable": troubles.unreachable(),
        "denied": troubles.denied(),
        "stale": troubles.stale(),
        "hostile\x1b[31m": troubles.hostile(),
    }
    made = {host: partial(feeds.PlayedFeed, [frame]) for host, frame in played.items()}
    return {**made, "silent": partial(feeds.PlayedFeed, [])}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
async def test_several_hosts(size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with hosting(several(), size=size) as monitor:
        await monitor.until(lambda: sum(each.newest is not None for each in monitor.app.monitors) == 7)
        overview = [*monitor.lines]
        await monitor.press("down", "down", "enter")
        assert readable([*overview, *monitor.lines]) == screen
