"""Keys that change what the server does, and the server that cannot be reached."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import feeds
import frames
import pytest
import scenes
import troubles
from monitoring import Monitor, running

from ollama_top.model.frame import Frame
from ollama_top.tui.screens.choice import Confirm
from ollama_top.tui.screens.main import MainScreen


async def confirmed(monitor: Monitor, *keys: str) -> None:
    await monitor.press("u")
    assert isinstance(monitor.app.screen, Confirm)
    await monitor.press(*keys)


@pytest.mark.parametrize("keys", [["y"], ["down", "enter"], ["tab", "enter"]])
async def test_a_model_is_unloaded_after_a_yes(keys: list[str]) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("f9")
        assert "Unload gemma3:270m?" in monitor.text
        assert "4 waiting for it" in monitor.text
        await monitor.press(*keys)
        await monitor.until(lambda: monitor.feed.unloaded == ["gemma3:270m"])
        await monitor.until(lambda: "it is still in memory" in monitor.lines[-1])


@pytest.mark.parametrize("keys", [["enter"], ["n"], ["escape"], ["q"]])
async def test_no_is_what_is_marked_at_first(keys: list[str]) -> None:
    async with running(scenes.busy()) as monitor:
        await confirmed(monitor, *keys)
        assert isinstance(monitor.app.screen, MainScreen)
        await asyncio.sleep(0.05)
        assert monitor.feed.unloaded == []


async def test_a_model_is_called_unloaded_when_a_frame_shows_it_gone() -> None:
    gone = asyncio.Event()

    class Obeying(feeds.PlayedFeed):
        async def frames(self) -> AsyncGenerator[Frame, None]:
            while not gone.is_set():
                yield scenes.busy()
                await asyncio.sleep(0.01)
            yield frames.frame()
            await asyncio.Event().wait()

    async with running(feed=Obeying([])) as monitor:
        await confirmed(monitor, "y")
        await monitor.until(lambda: "it is still in memory" in monitor.lines[-1])
        gone.set()
        await monitor.until(lambda: "gemma3:270m is unloaded." in monitor.lines[-1])


async def test_a_refusal_is_shown_until_it_is_read() -> None:
    refusing = feeds.PlayedFeed([scenes.busy()], refusal="model is pinned by [b]policy[/b]")
    async with running(feed=refusing) as monitor:
        await confirmed(monitor, "y")
        await monitor.until(lambda: "was not unloaded" in monitor.text)
        assert "model is pinned by [b]policy[/b]" in monitor.text
        await monitor.press("enter")
        assert isinstance(monitor.app.screen, MainScreen)


async def test_the_model_of_a_slot_and_of_a_request_is_found() -> None:
    async with running(scenes.busy()) as monitor:
        for _ in range(2):
            await monitor.press("tab", "u")
            assert "Unload gemma3:270m?" in monitor.text
            await monitor.press("n")


@pytest.mark.parametrize("tabs", [3, 4])
async def test_without_a_model_there_is_nothing_to_unload(tabs: int) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press(*["tab"] * tabs, "u")
        assert "No model is under the cursor" in monitor.lines[-1]


async def test_read_only_binds_no_such_key_and_refuses_however_it_is_asked() -> None:
    async with running(scenes.busy(), read_only=True, size=(160, 40)) as monitor:
        await monitor.press("u", "f9")
        assert isinstance(monitor.app.screen, MainScreen)
        assert "unload" not in monitor.text
        assert "read-only" in monitor.text
        await monitor.app.run_action("unload")
        assert "Read-only: the server is not changed." in monitor.lines[-1]
        await monitor.press("down")
        monitor.app.unload("gemma3:270m")
        await asyncio.sleep(0.05)
        assert monitor.feed.unloaded == []
        assert "Read-only: the server is not changed." in monitor.lines[-1]


async def test_a_lost_server_offers_the_simulation_and_a_key_shows_it() -> None:
    demo = replace(scenes.busy(), snapshot=replace(scenes.busy().snapshot, demo=True))
    async with running(troubles.unreachable(), demo_offer=lambda: feeds.PlayedFeed([demo])) as monitor:
        assert "What it may be, and what to type" in monitor.text
        assert "DEMO" in monitor.text
        await monitor.press("D")
        await monitor.until(lambda: " DEMO " in monitor.lines[0])


async def test_the_simulation_never_takes_the_place_of_a_server() -> None:
    async with running(scenes.busy(), demo_offer=lambda: feeds.PlayedFeed([scenes.idle()])) as monitor:
        await monitor.press("D")
        await asyncio.sleep(0.05)
        assert "4 wait" in monitor.text
    async with running(troubles.unreachable()) as monitor:
        assert "DEMO" not in monitor.text
        await monitor.press("D")
        assert "No answer from" in monitor.text
