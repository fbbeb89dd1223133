"""Keys that move about and look closer."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import feeds
import frames
import pytest
import scenes
import troubles
from monitoring import running

from ollama_top.model.frame import Frame
from ollama_top.tui.layout import Panel
from ollama_top.tui.screens.choice import Choice
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.page import Page


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        (["down"], "127.0.0.1:10001"), (["j", "j"], "127.0.0.1:10002"),
        (["down", "down", "up"], "127.0.0.1:10001"),
        (["j", "j", "k"], "127.0.0.1:10001"), (["end"], "127.0.0.1:10999"), (["G"], "127.0.0.1:10999"),
        (["end", "home"], "127.0.0.1:10000"), (["G", "g"], "127.0.0.1:10000"), (["up"], "127.0.0.1:10000"),
        (["end", "down"], "127.0.0.1:10999"),
    ],
)  # fmt: skip
async def test_moving(keys: list[str], row: str) -> None:
    async with running(scenes.crowded()) as monitor:
        await monitor.press("tab", "tab", *keys)
        assert monitor.row == row


async def test_pages_move_by_what_is_in_view() -> None:
    async with running(scenes.crowded()) as monitor:
        await monitor.press("tab", "tab", "pagedown", "ctrl+f")
        assert 2 <= int(monitor.row.rpartition(":")[2]) - 10000 <= 20
        assert f"{monitor.row.rpartition(':')[2]}" in monitor.row
        await monitor.press("pageup", "ctrl+b")
        assert monitor.row == "127.0.0.1:10000"


async def test_the_chosen_row_is_followed_from_frame_to_frame() -> None:
    before = scenes.busy()
    turned = replace(before, snapshot=replace(before.snapshot, models=before.snapshot.models[::-1]))
    arrived = asyncio.Event()

    class Stepped(feeds.PlayedFeed):
        async def frames(self) -> AsyncGenerator[Frame, None]:
            yield before
            while not arrived.is_set():
                await asyncio.sleep(0.005)
            yield turned
            await asyncio.Event().wait()

    async with running(feed=Stepped([])) as monitor:
        await monitor.press("down")
        assert monitor.row == "qwen3:8b"
        arrived.set()
        await monitor.until(lambda: monitor.app.view.frame is turned)
        assert monitor.row == "qwen3:8b"
        assert monitor.looks.stand(Panel.MODELS).index == 0


async def test_tab_goes_round_what_can_be_seen() -> None:
    async with running(scenes.busy()) as monitor:
        seen = []
        for _ in range(5):
            await monitor.press("tab")
            seen.append(monitor.looks.focus)
        assert seen == [Panel.SLOTS, Panel.REQUESTS, Panel.GPUS, Panel.HEADER, Panel.MODELS]
        await monitor.press("shift+tab")
        assert monitor.looks.focus is Panel.HEADER


async def test_tab_leaves_out_what_is_not_there() -> None:
    async with running(troubles.remote()) as monitor:
        await monitor.press("tab")
        assert monitor.looks.focus is Panel.REQUESTS
        await monitor.press("tab")
        assert monitor.looks.focus is Panel.HEADER


async def test_enter_shows_the_details_and_they_follow_the_row() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("down", "enter")
        assert "parallel" in monitor.text
        assert "worked out (predicted)" in monitor.text
        monitor.app.monitor.update(frame=frames.frame())
        await monitor.settle()
        assert "It is gone; these are its last values." in monitor.text
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, MainScreen)
        assert "no model is loaded" in monitor.text


async def test_enter_without_a_row_does_nothing() -> None:
    async with running(frames.frame()) as monitor:
        await monitor.press("enter")
        assert isinstance(monitor.app.screen, MainScreen)


@pytest.mark.parametrize("keys", [["s"], ["shift+tab", "enter"]])
async def test_the_sources_are_told_behind_the_header(keys: list[str]) -> None:
    async with running(troubles.denied()) as monitor:
        await monitor.press(*keys)
        assert "Server and sources" in monitor.text
        assert "processes may not be read" in " ".join(monitor.text.split())


@pytest.mark.parametrize("close", ["escape", "q", "enter", "f1", "question_mark", "h"])
async def test_a_page_is_closed_by_what_a_user_may_try(close: str) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("f1")
        assert isinstance(monitor.app.screen, Page)
        await monitor.press(close)
        assert isinstance(monitor.app.screen, MainScreen)


async def test_a_page_can_be_scrolled() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("question_mark")
        top = monitor.lines[1]
        for forth, back in (
            ("down", "up"),
            ("j", "k"),
            ("pagedown", "pageup"),
            ("space", "ctrl+b"),
            ("end", "home"),
            ("G", "g"),
        ):
            await monitor.press(forth)
            assert monitor.lines[1] != top
            await monitor.press(back)
            assert monitor.lines[1] == top


@pytest.mark.parametrize("key", ["f1", "question_mark", "h"])
async def test_help_shows_every_key(key: str) -> None:
    async with running(scenes.busy(), size=(120, 120)) as monitor:
        await monitor.press(key)
        assert "F9 u" in monitor.text
        assert "Unload the model of the row; asks first, as all do." in monitor.text
        assert "Columns of models" in monitor.text


async def test_zoom_gives_a_table_the_screen_and_goes_with_the_focus() -> None:
    async with running(scenes.crowded()) as monitor:
        await monitor.press("z")
        assert "REQUEST" not in monitor.text
        assert monitor.text.count("hf.co") + monitor.text.count("…/Model") >= 20
        await monitor.press("tab")
        assert "SLOT 300" in monitor.text
        await monitor.press("tab", "tab")
        assert "TEMP" in monitor.text
        await monitor.press("z")
        assert "MODEL 50" in monitor.text
        await monitor.press("z", "escape")
        assert "MODEL 50" in monitor.text


async def test_the_header_cannot_be_zoomed() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("shift+tab", "z")
        assert monitor.looks.zoomed is None


@pytest.mark.parametrize("key", ["f6", "less_than_sign", "greater_than_sign"])
async def test_the_order_is_chosen_from_a_menu_and_can_be_inverted(key: str) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press(key)
        assert isinstance(monitor.app.screen, Choice)
        assert "Sort models by" in monitor.text
        await monitor.press("down", "enter")
        assert "MODEL 2" in monitor.lines[6]
        assert "▲" in monitor.lines[6]
        await monitor.press("I")
        assert "▼" in monitor.lines[6]
        assert monitor.lines[7].startswith(" qwen3:8b")


async def test_the_menu_of_orders_can_be_left() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("f6", "down", "tab", "up", "escape")
        assert monitor.looks.stand(Panel.MODELS).sort is None
        assert isinstance(monitor.app.screen, MainScreen)
        await monitor.press("shift+tab", "f6")
        assert isinstance(monitor.app.screen, MainScreen)


@pytest.mark.parametrize("key", ["f4", "backslash"])
async def test_a_filter_follows_what_is_typed(key: str) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press(key, *"qwq")
        assert "none of 2 contains" in monitor.text
        await monitor.press("backspace", "e", "enter")
        assert "MODEL 1/2 " in monitor.text
        assert "filter: qwe" in monitor.lines[-1]
        await monitor.press("escape")
        assert "MODEL 2 " in monitor.text


async def test_a_filter_can_be_given_up_while_typing() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("f4", *"qwen", "escape")
        assert "MODEL 2 " in monitor.text
        assert monitor.looks.prompt is None


@pytest.mark.parametrize("key", ["f3", "slash"])
async def test_a_search_follows_what_is_typed_and_goes_on(key: str) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("tab", "tab", key, *"webui")
        assert monitor.row == "127.0.0.1:40010"
        await monitor.press("ctrl+u", *"open-")
        assert monitor.row == "127.0.0.1:40010"
        await monitor.press("f3")
        assert monitor.row == "127.0.0.1:40011"
        await monitor.press("enter", "n")
        assert monitor.row == "127.0.0.1:40012"
        await monitor.press("n", "n")
        assert monitor.row == "127.0.0.1:40010"


async def test_a_search_that_is_given_up_goes_back() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("tab", "tab", "slash", *"open", "escape")
        assert monitor.row == "127.0.0.1:40001"


async def test_keys_that_are_typed_do_not_act() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("slash", "q", "u", "z", "space")
        assert monitor.app.is_running
        assert monitor.looks.zoomed is None
        assert not monitor.app.view.is_paused
        assert "search: quz " in monitor.lines[-1]


async def test_in_the_header_there_is_nothing_to_search() -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("shift+tab", "slash")
        assert monitor.looks.prompt is None
        await monitor.press("n", "I", "down", "end")
        assert monitor.looks.focus is Panel.HEADER
