"""Keys that change what the server does: asked first, done once, and said once it is seen."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import feeds
import frames
import pytest
import scenes
import troubles
from monitoring import Monitor, running

from ollama_top.model.action import Keep, Load, Progress, Pull, Restart, Unload
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Source
from ollama_top.tui.main_keys import asks
from ollama_top.tui.screens.choice import Confirm
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.menu import Menu

INSTALLED = tuple(InstalledModel(name, None, None, frames.GIB) for name in ("qwen3:8b", "gemma3:4b", "phi4"))
UNLOAD = Unload("gemma3:270m")


class Turning(feeds.PatientFeed):
    """Shows one Frame until it is turned, then another; actions end at once unless they are held."""

    def __init__(self, before: Frame, after: Frame, *progress: Progress, held: bool = False) -> None:
        super().__init__([], *progress)
        self.before, self.after = before, after
        self.on_disk = INSTALLED
        self.turned = asyncio.Event()
        if not held:
            self.release.set()

    async def frames(self) -> AsyncGenerator[Frame, None]:
        while not self.turned.is_set():
            yield self.before
            await asyncio.sleep(0.01)
        while True:
            yield self.after
            await asyncio.sleep(0.01)


async def shown(monitor: Monitor, text: str) -> None:
    await monitor.until(lambda: text in monitor.text)


async def confirmed(monitor: Monitor, *keys: str) -> None:
    await monitor.press("u")
    assert isinstance(monitor.app.screen, Confirm)
    await monitor.press(*keys)


async def test_a_model_is_called_unloaded_when_a_frame_shows_it_gone() -> None:
    feed = Turning(scenes.busy(), frames.frame())
    async with running(feed=feed) as monitor:
        await monitor.press("f9")
        assert "Unload gemma3:270m?" in monitor.text
        assert "4 waiting for it" in monitor.text
        await monitor.press("y")
        await shown(monitor, "it is still in memory")
        assert feed.acted == [UNLOAD]
        feed.turned.set()
        await shown(monitor, "gemma3:270m is unloaded.")
        assert monitor.app.view.doings == ()


@pytest.mark.parametrize("keys", [["down", "enter"], ["tab", "enter"]])
async def test_a_yes_can_be_marked(keys: list[str]) -> None:
    async with running(feed=Turning(scenes.busy(), frames.frame())) as monitor:
        await confirmed(monitor, *keys)
        await monitor.until(lambda: monitor.feed.acted == [UNLOAD])


@pytest.mark.parametrize("keys", [["enter"], ["n"], ["escape"], ["q"]])
async def test_no_is_what_is_marked_at_first(keys: list[str]) -> None:
    async with running(scenes.busy()) as monitor:
        await confirmed(monitor, *keys)
        assert isinstance(monitor.app.screen, MainScreen)
        await asyncio.sleep(0.05)
        assert monitor.feed.acted == []


async def test_a_refusal_is_shown_until_it_is_read() -> None:
    refusing = feeds.PlayedFeed([scenes.busy()], refusal="model is pinned by [b]policy[/b]")
    async with running(feed=refusing) as monitor:
        await confirmed(monitor, "y")
        await shown(monitor, "was not unloaded")
        assert "model is pinned by [b]policy[/b]" in monitor.text
        assert "Nothing was changed." in monitor.text
        await monitor.press("enter")
        assert isinstance(monitor.app.screen, MainScreen)
        assert monitor.app.view.doings == ()


async def test_the_same_action_is_not_asked_for_twice() -> None:
    async with running(feed=Turning(scenes.busy(), scenes.busy())) as monitor:
        await confirmed(monitor, "y")
        await shown(monitor, "it is still in memory")
        await confirmed(monitor, "y")
        assert "under way already" in monitor.lines[-1]
        assert monitor.feed.acted == [UNLOAD]


async def test_the_model_of_a_slot_and_of_a_request_is_found() -> None:
    async with running(scenes.busy()) as monitor:
        for _ in range(2):
            await monitor.press("tab", "u")
            assert "Unload gemma3:270m?" in monitor.text
            await monitor.press("n")


@pytest.mark.parametrize("key", ["u", "K", "X"])
async def test_without_a_model_the_reason_is_said(key: str) -> None:
    async with running(scenes.busy()) as monitor:
        await monitor.press("tab", "tab", "tab", key)
        assert "No model is under the cursor" in monitor.lines[-1]


async def test_a_model_that_went_while_the_view_is_held_is_not_asked_for() -> None:
    feed = Turning(scenes.busy(), frames.frame())
    async with running(feed=feed) as monitor:
        await monitor.press("space")
        feed.turned.set()
        await monitor.until(lambda: monitor.app.newest == feed.after)
        assert "gemma3:270m" in monitor.text
        await monitor.press("u")
        assert "No model is under the cursor" in monitor.lines[-1]


async def test_a_model_is_chosen_by_a_part_of_its_name_and_loaded() -> None:
    loaded = frames.frame(models=(frames.model("gemma3:4b"),))
    feed = Turning(frames.frame(), loaded)
    async with running(feed=feed) as monitor:
        await monitor.press("L")
        await shown(monitor, "> gemma3:4b")
        assert "fits in 50.7G free RAM" in monitor.text
        await monitor.press("q", "backspace", "g", "e", "m")
        assert "1 of 3" in monitor.lines[-1]
        assert "phi4" not in monitor.text
        await monitor.press("enter")
        assert "Load gemma3:4b?" in monitor.text
        await monitor.press("y")
        await monitor.until(lambda: feed.acted == [Load("gemma3:4b")])
        feed.turned.set()
        await shown(monitor, "gemma3:4b is loaded.")


async def test_what_is_installed_may_not_be_told_or_be_nothing() -> None:
    async with running(feed=feeds.PlayedFeed([scenes.idle()], refusal="timed out")) as monitor:
        await monitor.press("L")
        await shown(monitor, "timed out")
        await monitor.press("enter", "escape")
    async with running(scenes.idle()) as monitor:
        await monitor.press("L")
        await shown(monitor, "No model is installed")


async def test_a_load_is_seen_while_it_goes_on_and_can_be_ended() -> None:
    feed = Turning(frames.frame(), frames.frame(), held=True)
    async with running(feed=feed) as monitor:
        await monitor.press("L")
        await shown(monitor, "> gemma3:4b")
        await monitor.press("enter", "y")
        await shown(monitor, "» loading gemma3:4b")
        assert "X ends it" in monitor.text
        await monitor.press("X")
        assert "End loading gemma3:4b?" in monitor.text
        await monitor.press("y")
        await shown(monitor, "Ended: loading gemma3:4b.")
        await monitor.until(lambda: feed.ended == [Load("gemma3:4b")])


async def test_what_is_over_before_it_can_be_ended_is_said_to_be() -> None:
    feed = Turning(frames.frame(), frames.frame(models=(frames.model("gemma3:4b"),)), held=True)
    async with running(feed=feed) as monitor:
        monitor.app.monitor.hands.act(Load("gemma3:4b"))
        await shown(monitor, "» loading gemma3:4b")
        await monitor.press("X")
        feed.release.set()
        feed.turned.set()
        await monitor.until(lambda: monitor.app.view.doings == ())
        await monitor.press("y")
        assert "over before it could be ended" in monitor.lines[-1]


async def test_a_model_is_kept_for_ever_and_its_runner_is_the_same() -> None:
    expires_at = Known(frames.NOW + timedelta(days=100_000), Source.API)
    feed = Turning(scenes.idle(), frames.frame(models=(frames.model(expires_at=expires_at),)))
    async with running(feed=feed) as monitor:
        await monitor.press("K", "up", "enter")
        assert "Keep gemma3:270m for ever?" in monitor.text
        await monitor.press("y")
        await monitor.until(lambda: feed.acted == [Keep("gemma3:270m", None, 4096)])
        feed.turned.set()
        await shown(monitor, "is kept for ever; its runner is the same (pid 2001).")


async def test_a_pull_shows_how_far_it_is() -> None:
    progress = Progress("pulling 735af2139dc6", 120 << 20, 240 << 20, 8 << 20)
    feed = Turning(scenes.idle(), scenes.idle(), progress, held=True)
    async with running(feed=feed) as monitor:
        await monitor.press("P", "enter")
        assert "Pull which model?" in monitor.text
        await monitor.press("q", "w", "e", "n", "enter")
        assert "Pull qwen?" in monitor.text
        await monitor.press("y")
        await shown(monitor, "pulling qwen  layer 735af2139dc6  120/240M 50%  8.0M/s")
        feed.release.set()
        await shown(monitor, "qwen is installed; L loads it.")
        assert feed.acted == [Pull("qwen")]


async def test_a_stuck_runner_is_ended_and_the_processes_prove_it() -> None:
    gone = frames.frame(models=(frames.model(state=ModelState.GONE, runner_pid=frames.UNTOLD),))
    feed = Turning(scenes.busy(), gone)
    async with running(feed=feed) as monitor:
        await monitor.press("tab", "X")
        assert "End the runner of gemma3:270m?" in monitor.text
        assert "2 in service: lost, with an error." in monitor.text
        await monitor.press("y")
        stop = Restart("gemma3:270m", 2001, frames.NOW)
        await monitor.until(lambda: feed.acted == [stop])
        await shown(monitor, "X again kills it")
        await monitor.press("X", "y")
        await monitor.until(lambda: feed.acted == [stop, replace(stop, by_force=True)])
        feed.turned.set()
        await shown(monitor, "has ended; the next request loads")


async def test_a_runner_of_another_user_is_let_be() -> None:
    async with running(scenes.busy(), user="mary") as monitor:
        await monitor.press("X")
        assert "runs as user ollama" in monitor.text


async def test_of_several_things_to_end_one_is_chosen() -> None:
    feed = Turning(scenes.busy(), scenes.busy(), held=True)
    async with running(feed=feed) as monitor:
        monitor.app.monitor.hands.act(Pull("phi4"))
        await monitor.press("X")
        assert "End what?" in monitor.text
        assert "pulling phi4" in monitor.text
        await monitor.press("down", "enter")
        assert "End the runner of gemma3:270m?" in monitor.text


async def test_the_menu_names_every_action_and_each_key_chooses_its_own() -> None:
    async with running(scenes.busy(), user="mary") as monitor:
        await monitor.press("a")
        assert "Actions for gemma3:270m" in monitor.text
        await monitor.press("X", "enter")
        assert isinstance(monitor.app.screen, Menu), "what is not possible is not chosen"
        assert "runs as user ollama" in monitor.text
        await monitor.press("K")
        assert "for how long?" in monitor.text


async def test_a_row_is_copied_as_text_and_as_json() -> None:
    async with running(scenes.busy(), read_only=True) as monitor:
        await monitor.press("y")
        assert monitor.app.clipboard.startswith("MODEL gemma3:270m  STATE busy")
        assert "Sent gemma3:270m as text" in monitor.lines[-1]
        await monitor.press("Y")
        assert '"name": "gemma3:270m"' in monitor.app.clipboard
        await monitor.press("tab", "tab", "tab", "tab", "y")
        assert "Sent" not in monitor.lines[-1]


async def test_read_only_binds_no_such_key_and_refuses_however_it_is_asked() -> None:
    async with running(scenes.busy(), read_only=True, size=(160, 40)) as monitor:
        await monitor.press("u", "f9", "a", "L", "K", "P", "X")
        assert isinstance(monitor.app.screen, MainScreen)
        assert "unload" not in monitor.text
        assert "read-only" in monitor.text
        for deed in ("actions", "unload", "load", "keep", "pull", "stop"):
            await monitor.press("down")
            await monitor.app.run_action(asks(deed))
            assert "Read-only: the server is not changed." in monitor.lines[-1]
            assert isinstance(monitor.app.screen, MainScreen)
        monitor.app.monitor.hands.act(UNLOAD)
        await asyncio.sleep(0.05)
        assert monitor.feed.acted == []


async def test_a_feed_that_is_given_up_takes_its_actions_along_and_that_is_said() -> None:
    feed = Turning(troubles.unreachable(), troubles.unreachable(), held=True)
    demo = feeds.PlayedFeed([scenes.busy()])
    async with running(feed=feed, demo_offer=lambda: demo) as monitor:
        monitor.app.monitor.hands.act(Pull("phi4"))
        await monitor.until(lambda: feed.acted)
        await monitor.press("D")
        await shown(monitor, "What came of the actions under way is not known")
        assert monitor.app.view.doings == ()
