"""A recording on the screen: the time is in the user's hand, and no server is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from monitoring import Monitor, shown
from recordings import BEGAN, recorded, simulated

from ollama_top.demo.scenarios import STORM
from ollama_top.model.action import Unload
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.record.player import Player
from ollama_top.record.replay import ReplayFeed
from ollama_top.tui.main_keys import MAIN_KEYS
from ollama_top.tui.replaying import ReplayApp, ReplayScreen, moment

COUNT = 60
CALM = range(20, 25)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("replay") / "record"
    calm = Verdict(Severity.OK, "Nothing waits.")
    stormy = enumerate(simulated(COUNT, STORM))
    recorded(path, [replace(each, verdict=calm) if at in CALM else each for at, each in stormy])
    return path


@pytest.fixture
async def replayed(recording: Path) -> AsyncIterator[Monitor]:
    app = ReplayApp(ReplayFeed(Player(recording)), title="a recording", theme=None)
    async with shown(app) as monitor:
        await monitor.press("space")
        await monitor.until(lambda: app.view.replay is not None and not app.view.replay.is_playing)
        yield monitor


def number(replayed: Monitor) -> int:
    """Of the Frame on the screen, by the Frame itself."""
    frame, stand = replayed.app.view.frame, replayed.app.view.replay
    assert frame is not None
    assert stand is not None
    assert stand.at == frame.snapshot.taken_at
    return round((frame.snapshot.taken_at - BEGAN).total_seconds() / 2) - 1


@pytest.mark.parametrize(
    ("keys", "there"),
    [
        (["end"], COUNT - 1),
        (["end", "home"], 0),
        (["home", "right"], 5),
        (["home", "right", "right", "left"], 5),
        (["home", "full_stop", "full_stop", "comma"], 1),
        (["home", "shift+right"], COUNT - 1),
        (["end", "shift+left"], 0),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else str(each),
)
async def test_keys_go_through_time(replayed: Monitor, keys: list[str], there: int) -> None:
    await replayed.press(*keys)
    await replayed.until(lambda: number(replayed) == there)
    assert f" {there + 1}/{COUNT} " in replayed.text


async def test_it_says_that_it_is_a_replay(replayed: Monitor) -> None:
    assert " REPLAY " in replayed.lines[0]
    assert f"{BEGAN.astimezone():REPLAY %a %d %b %H:%M:}" in replayed.lines[1]


async def test_changes_of_the_verdict_are_found_and_where_there_is_none_it_says_so(replayed: Monitor) -> None:
    await replayed.press("home", "right_square_bracket")
    await replayed.until(lambda: number(replayed) == CALM.start)
    await replayed.press("right_square_bracket")
    await replayed.until(lambda: number(replayed) == CALM.stop)
    await replayed.press("home", "left_square_bracket")
    await replayed.until(lambda: "neither better nor worse before this" in replayed.text)


async def test_a_time_of_day_is_found(replayed: Monitor) -> None:
    at = (BEGAN + timedelta(seconds=61)).astimezone()
    await replayed.press("colon", *f"{at:%H:%M:%S}", "enter")
    await replayed.until(lambda: number(replayed) == 29)
    await replayed.press("colon", *"soon", "enter")
    await replayed.until(lambda: "No time: soon" in replayed.text)


async def test_a_click_on_the_line_of_time_goes_there(replayed: Monitor) -> None:
    await replayed.press("end")
    await replayed.until(lambda: number(replayed) == COUNT - 1)
    await replayed.pilot.click(offset=(replayed.lines[1].index("─"), 1))
    await replayed.until(lambda: number(replayed) == 0)


async def test_it_plays_at_the_speed_that_is_chosen(replayed: Monitor) -> None:
    await replayed.press("home", *["plus"] * 9, "space")
    await replayed.until(lambda: number(replayed) == COUNT - 1)
    assert "‖ 128x" in replayed.text


async def test_rows_are_looked_at_as_ever(replayed: Monitor) -> None:
    await replayed.press("end", "tab", "down", "enter")
    await replayed.until(lambda: "Esc back" in replayed.text)


async def test_nothing_can_be_done_to_a_server(replayed: Monitor) -> None:
    writing = {each for key in MAIN_KEYS if key.writes for each in key.keys}
    assert writing
    bound = {each.key for each in ReplayScreen.BINDINGS}  # type: ignore[union-attr]
    assert not writing & {each for keys in bound for each in keys.split(",")}
    replayed.app.monitor.hands.act(Unload("qwen3:8b"))
    await replayed.until(lambda: "Read-only: the server is not changed" in replayed.text)
    assert replayed.app.view.doings == ()


async def test_nothing_is_said_to_be_silent(replayed: Monitor) -> None:
    replayed.app.monitor._heard_at_s -= 1000
    replayed.app.mind()
    assert replayed.app.view.silent_s is None


async def test_a_damaged_frame_is_said_and_the_rest_can_be_seen(
    replayed: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = replayed.app.feed.player  # type: ignore[attr-defined]
    whole = player._content
    monkeypatch.setattr(player, "_content", lambda each: b"\xff" if each == 30 else whole(each))
    await replayed.press("end")
    await replayed.until(lambda: replayed.app.view.trouble)
    await replayed.until(lambda: "Frame 60 cannot be read" in " ".join(replayed.text.split()))


def test_a_time_is_of_the_day_that_is_shown_unless_it_tells_another() -> None:
    near = datetime.fromisoformat("2026-03-14T15:09:26+01:00")
    assert moment("9:30", near) == near.replace(hour=9, minute=30, second=0)
    assert moment("15:00:07", near) == near.replace(hour=15, minute=0, second=7)
    assert moment("2026-03-13 23:59", near) == near.replace(day=13, hour=23, minute=59, second=0)
    for wrong in ("", "soon", "25:00", "2026-13-01 10:00"):
        with pytest.raises(ValueError, match=r"."):
            moment(wrong, near)
