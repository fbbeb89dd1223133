"""The keys of the doctor and of the settings, and the pages behind them."""

import feeds
import found
import pytest
import scenes
from monitoring import running

from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.settings import SettingsScreen


@pytest.mark.parametrize(("key", "title"), [("d", " Doctor"), ("e", " Settings")])
async def test_a_key_opens_its_page_and_escape_closes_it(key: str, title: str) -> None:
    async with running(found.unset()) as monitor:
        await monitor.press(key)
        assert isinstance(monitor.app.screen, Page | SettingsScreen)
        assert monitor.lines[0].startswith(title)
        assert "OLLAMA_NUM_PARALLEL" in monitor.text
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, MainScreen)


@pytest.mark.parametrize("key", ["d", "e"])
async def test_a_page_can_be_opened_before_the_first_frame(key: str) -> None:
    async with running() as monitor:
        await monitor.press(key, "down", "escape")
        assert isinstance(monitor.app.screen, MainScreen)


async def test_a_page_follows_the_frames() -> None:
    feed = feeds.PlayedFeed([found.unset(), scenes.idle()], interval_s=0.3)
    async with running(feed=feed) as monitor:
        await monitor.press("d")
        await monitor.until(lambda: "Nothing found that could be better" in monitor.text)


async def test_a_long_page_is_scrolled_to_its_end() -> None:
    async with running(found.pending()) as monitor:
        await monitor.press("d")
        assert "env-only-in-shell" not in monitor.text
        await monitor.press("pagedown", "pagedown")
        assert "env-only-in-shell" in monitor.text


async def test_the_main_screen_names_the_key_where_there_is_something_to_tell() -> None:
    async with running(found.unset()) as monitor:
        assert monitor.lines[1].rstrip().endswith("is not set: each model serves one at a time  d doctor")
        await monitor.press("s")
        assert "each model serves one at a time" in monitor.lines[1]
        assert "d doctor" not in monitor.lines[1]


@pytest.mark.parametrize("key", ["d", "e"])
async def test_looking_is_no_change_of_the_server(key: str) -> None:
    async with running(found.unset(), read_only=True) as monitor:
        await monitor.press(key)
        assert isinstance(monitor.app.screen, Page | SettingsScreen)
