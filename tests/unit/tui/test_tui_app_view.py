"""Frames as they come, pause, themes, a feed that fails, sizes, the mouse, and the way out."""

import feeds
import frames
import pytest
import scenes
import troubles
from monitoring import running

from ollama_top.tui.layout import Panel
from ollama_top.tui.screens.choice import Choice
from ollama_top.tui.screens.page import Page


async def test_the_first_paint_comes_before_the_feed() -> None:
    async with running() as monitor:
        assert "waiting for the first look at http://127.0.0.1:11434" in monitor.text
        assert "F1 help" in monitor.text


async def test_frames_are_drawn_as_they_come() -> None:
    async with running(scenes.idle(), scenes.busy()) as monitor:
        await monitor.until(lambda: "4 wait for gemma3:270m" in monitor.text)


@pytest.mark.parametrize("key", ["space", "Z"])
async def test_pause_holds_a_moment_and_going_on_takes_the_newest(key: str) -> None:
    endless = feeds.PlayedFeed(feeds.endless(scenes.busy), interval_s=0.01)
    async with running(feed=endless) as monitor:
        await monitor.press(key)
        held = monitor.app.view.frame
        assert held is not None
        assert f" PAUSED {held.snapshot.taken_at:%H:%M:%S} " in monitor.text
        await monitor.until(lambda: monitor.app.newest is not held)
        assert monitor.app.view.frame is held
        await monitor.press(key)
        assert monitor.app.view.frame is not held
        assert "PAUSED" not in monitor.text


@pytest.mark.parametrize("key", ["f5", "r"])
async def test_looking_now_reaches_the_feed(key: str) -> None:
    async with running(scenes.idle()) as monitor:
        await monitor.press(key)
        await monitor.until(lambda: monitor.feed.looks == 1)


async def test_themes_go_round_and_say_their_name_until_the_next_key() -> None:
    async with running(scenes.idle()) as monitor:
        await monitor.press("T")
        assert "theme: night" in monitor.lines[-1]
        await monitor.press("down")
        assert "theme" not in monitor.lines[-1]


async def test_a_theme_can_be_asked_for() -> None:
    async with running(scenes.idle(), theme="day") as monitor:
        assert monitor.app.look.name == "day"


async def test_a_crash_of_the_feed_is_on_the_screen_and_a_key_starts_it_anew() -> None:
    async with running(feed=feeds.CrashingFeed([scenes.busy()])) as monitor:
        await monitor.until(lambda: "ollama-top's own feed crashed" in monitor.text)
        assert "ZeroDivisionError: of two numbers" in " ".join(monitor.text.split())
        assert monitor.feed.starts == 1
        await monitor.press("r")
        await monitor.until(lambda: monitor.feed.starts == 2)


async def test_silence_is_told_and_forgotten() -> None:
    async with running(scenes.busy()) as monitor:
        monitor.app.monitor._heard_at_s -= 40
        monitor.app.monitor.mind_silence()
        await monitor.settle()
        assert "no news for 40s" in monitor.text
        monitor.app.monitor.bridge._newest = scenes.busy()
        monitor.app.monitor.take_frame()
        await monitor.settle()
        assert "no news" not in monitor.text


@pytest.mark.parametrize(
    "keys",
    [["q"], ["f10"], ["ctrl+c"], ["f1", "ctrl+c"], ["f6", "f10"], ["u", "ctrl+c"], ["slash", "ctrl+c"]],
)
async def test_the_way_out(keys: list[str]) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press(*keys)
        assert not monitor.app.is_running


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (200, 50), (2, 30), (200, 2)])
async def test_any_size_will_do_and_the_way_back_too(size: tuple[int, int]) -> None:
    async with running(scenes.busy()) as monitor:
        before = monitor.text
        for key in ("f24", "f1", "f6", "u"):
            await monitor.press(key)
            await monitor.pilot.resize_terminal(*size)
            await monitor.settle()
            assert {len(line) for line in monitor.lines} == {size[0]}
            assert len(monitor.lines) == size[1]
            await monitor.press("escape")
            await monitor.pilot.resize_terminal(80, 24)
            await monitor.settle()
        assert monitor.text == before


async def test_a_click_takes_up_a_row_and_the_wheel_moves() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.pilot.click(offset=(5, 18))
        assert monitor.looks.focus is Panel.REQUESTS
        assert monitor.row == "127.0.0.1:40002"
        await monitor.pilot.click(offset=(5, 4))
        assert (monitor.looks.focus, monitor.row) == (Panel.GPUS, frames.gpu(1).identity)
        await monitor.pilot.click(offset=(5, 0))
        assert monitor.looks.focus is Panel.HEADER
        await monitor.pilot.click(offset=(5, 1))
        assert monitor.looks.focus is Panel.HEADER


async def test_hostile_names_are_text() -> None:
    async with running(troubles.hostile(), size=(200, 50)) as monitor:
        assert "[red]x[/red][@click=app.quit]y[/]" in monitor.text
        assert "\x1b" not in monitor.text
        await monitor.press("down", "enter")
        assert "␛[31mred" in monitor.text
        await monitor.press("escape", "u")
        assert "Unload ␛[31mred" in monitor.text


async def test_a_frame_that_comes_while_the_user_leaves_does_no_harm() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("q")
    monitor.app.monitor.bridge._newest = scenes.idle()
    monitor.app.monitor.take_frame()
    assert monitor.app.view.frame is monitor.app.newest


async def test_a_click_finds_its_card_among_several_to_a_line() -> None:
    async with running(scenes.crowded()) as monitor:
        for column, line, card in ((5, 3, 0), (60, 3, 1), (5, 6, 6), (79, 6, 7)):
            await monitor.pilot.click(offset=(column, line))
            assert monitor.row == frames.gpu(card).identity


async def test_a_click_on_a_header_row_moves_no_cursor() -> None:
    async with running(scenes.crowded()) as monitor:
        await monitor.press("end")
        await monitor.pilot.click(offset=(5, 8))
        assert "Model-49" in monitor.row
        await monitor.pilot.click(offset=(5, 9))
        assert "Model-46" in monitor.row


async def test_the_wheel_moves_rows_and_pages() -> None:
    async with running(scenes.busy()) as monitor:
        monitor.app.main._panels[Panel.REQUESTS].on_mouse_scroll_down()
        await monitor.settle()
        assert monitor.row == "127.0.0.1:40002"
        monitor.app.main._panels[Panel.REQUESTS].on_mouse_scroll_up()
        await monitor.settle()
        assert monitor.row == "127.0.0.1:40001"
        await monitor.press("f1")
        top = monitor.lines[1]
        assert isinstance(monitor.app.screen, Page)
        monitor.app.screen._body.on_mouse_scroll_down()
        await monitor.settle()
        assert monitor.lines[1] != top


async def test_a_click_marks_an_answer_and_gives_none() -> None:
    async with running(scenes.busy(), size=(80, 10)) as monitor:
        await monitor.press("f6", "up")
        assert "> PID" in monitor.text
        await monitor.pilot.click(offset=(5, 3))
        marked = next(line for line in monitor.lines if line.startswith(" > "))
        assert marked == monitor.lines[3]
        assert isinstance(monitor.app.screen, Choice)
