"""Settings changed on the screen: what is collected, planned and agreed to."""

import asyncio
from pathlib import Path
from threading import Event

import changes
import frames
import pytest
from changes import N, plan, receipt
from monitoring import running
from planned import FRAME, SETTINGS, Planner, planned, shown

from ollama_top.apply.events import Deed, Ended, Said, order_of
from ollama_top.apply.hands import Hands, hands_for
from ollama_top.model.finding import Change
from ollama_top.model.plan import Plan, ServerRun
from ollama_top.model.reading import Known, Source
from ollama_top.model.server import Keeper
from ollama_top.tui.reach import ONLY_LOOKED_AT, Here
from ollama_top.tui.screens.page import Page
from ollama_top.tui.screens.plan import CommandsPage, PlanScreen
from ollama_top.tui.screens.progress import ProgressScreen
from ollama_top.tui.screens.settings import ChangeScreen, SettingsScreen
from ollama_top.tui.screens.value import ValueEntry


async def test_changes_are_collected_and_marked_and_go_into_one_plan(planner: Planner) -> None:
    async with running(FRAME) as monitor:
        await monitor.press("e")
        await shown(monitor, ChangeScreen)
        await monitor.press("enter")
        assert "It takes a whole number" in monitor.text
        assert f"{N}: 2" in monitor.lines[-1], "what stands there is what one begins with"
        await monitor.press("backspace", "8", "enter", "down", "enter", "9", "enter")
        assert "2 -> 8" in monitor.text
        assert "not set -> 9" in monitor.text
        await monitor.press("escape", "e")
        assert "2 changes" in monitor.lines[0], "what is wanted outlives the page"
        await monitor.press("x", "w")
        await monitor.until(lambda: planner.asked)
        assert planner.asked == [(Change("OLLAMA_MAX_QUEUE", "9"),)]


async def test_what_ollama_would_not_take_is_said_while_it_is_typed_and_goes_no_further() -> None:
    async with running(FRAME) as monitor:
        await monitor.press("e", "enter", "ctrl+u", *"four", "enter")
        assert isinstance(monitor.app.screen, ValueEntry)
        assert "'four' is no whole number" in monitor.text
        await monitor.press("ctrl+u")
        assert f"Empty takes {N} away" in monitor.text
        await monitor.press("enter")
        assert "2 -> not set" in monitor.text


async def test_a_value_as_it_is_is_no_change() -> None:
    async with running(FRAME) as monitor:
        await monitor.press("e", "enter", "enter", "w")
        assert "Nothing is to be changed yet" in monitor.text


async def test_a_variable_that_is_not_listed_can_be_named(planner: Planner) -> None:
    async with running(FRAME) as monitor:
        await monitor.press("e", "a", *"CUDA_VISIBLE_DEVICES", "enter", "0", "enter", "w")
        await monitor.until(lambda: planner.asked)
        assert planner.asked == [(Change("CUDA_VISIBLE_DEVICES", "0"),)]
        await monitor.press("escape", "a", *"a b", "enter")
        assert "is no name of a variable" in monitor.text


async def test_a_row_is_found_by_typing() -> None:
    async with running(FRAME) as monitor:
        await monitor.press("e", "slash", "h", "o", "s", "t", "enter", "enter")
        assert monitor.lines[0].strip() == "Change OLLAMA_HOST"


async def test_who_may_only_look_can_explain_and_no_more() -> None:
    async with running(FRAME, read_only=True) as monitor:
        await monitor.press("e")
        assert type(monitor.app.screen) is SettingsScreen
        await monitor.press("w", "U", "a", "x")
        assert type(monitor.app.screen) is SettingsScreen
        await monitor.press("enter")
        assert "What it does." in monitor.text
        monitor.app.monitor.changing.begin((Change(N, "4"),))
        await monitor.settle()
        assert "Read-only" in monitor.app.view.notice.text if monitor.app.view.notice else False


# Plans


async def test_a_plan_says_what_it_costs_and_does_nothing_but_for_a_yes(
    planner: Planner, order: Path
) -> None:
    command = changes.telling(order=order)
    async with running(FRAME, reach=Here(command)) as monitor:
        await planned(monitor)
        assert f"{N}: not set -> 8" in monitor.text
        await monitor.press("enter")
        assert isinstance(monitor.app.screen, ChangeScreen), "No is marked at first"
        await monitor.press("w")
        await monitor.until(lambda: "What is done" in monitor.text)
        await monitor.press("end")
        assert "No request is in flight." in monitor.text
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, ChangeScreen)
    assert not order.exists()


async def test_what_was_agreed_to_is_ordered_as_it_was_shown(planner: Planner, order: Path) -> None:
    said = (Said("restarting ollama.service"), Ended(receipt()))
    async with running(FRAME, reach=Here(changes.telling(*said, order=order))) as monitor:
        await planned(monitor)
        await monitor.press("m", "d", "tab", "enter")
        await shown(monitor, ProgressScreen)
        await monitor.until(lambda: "done." in monitor.text)
        assert "restarting ollama.service" in monitor.text
        assert f"Process 99 has {N}=4." in monitor.text
        found = order_of(order.read_bytes())
        assert (found.deed, found.plan.changes, found.drain_s, found.brings_back) == (
            Deed.SET,
            (Change(N, "8"),),
            120.0,
            True,
        )
        assert monitor.app.view.changing is None


async def test_it_can_be_written_for_the_next_start_only(planner: Planner, order: Path) -> None:
    async with running(FRAME, reach=Here(changes.telling(order=order))) as monitor:
        await planned(monitor)
        await monitor.press("o")
        assert "restart ollama.service" not in monitor.text
        await monitor.press("y")
        await monitor.until(order.exists)
    assert not order_of(order.read_bytes()).plan.restarts


async def test_what_has_changed_since_is_planned_and_shown_anew(planner: Planner, order: Path) -> None:
    async with running(FRAME, reach=Here(changes.telling(order=order))) as monitor:
        await planned(monitor)
        planner.path.write_text("by somebody else")
        await monitor.press("y")
        await monitor.until(lambda: "has changed since this was shown" in " ".join(monitor.text.split()))
        assert len(planner.asked) == 2
        planner.path.unlink()
        planner.differences = {"run": ServerRun(99, changes.STARTED)}
        await monitor.press("escape", "w")
        await monitor.until(lambda: "What is done" in monitor.text)
        await monitor.press("y")
        await monitor.until(lambda: "has been started or ended since" in monitor.text)
        await asyncio.sleep(0.05)
    assert not order.exists()


async def test_who_leaves_before_it_is_ordered_has_nothing_done(
    planner: Planner, order: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As while sudo is asked whether it gives the rights."""
    asked, answered = Event(), Event()

    def slow(of: Plan) -> Hands | None:
        asked.set()
        answered.wait(10)
        return hands_for(of)

    async with running(FRAME, reach=Here(changes.telling(order=order))) as monitor:
        await planned(monitor)
        monkeypatch.setattr("ollama_top.tui.agreeing.hands_for", slow)
        await monitor.press("y")
        await monitor.until(asked.is_set)
        await monitor.press("escape")
        assert isinstance(monitor.app.screen, ChangeScreen)
        answered.set()
        await monitor.settle()
        await asyncio.sleep(0.3)
        assert isinstance(monitor.app.screen, ChangeScreen)
    assert not order.exists()


async def test_what_is_refused_says_what_to_type_and_copies_it(planner: Planner) -> None:
    planner.differences = {"refusal": "it is kept by NixOS", "steps": ()}
    async with running(FRAME) as monitor:
        await monitor.press("e", "enter", "4", "enter", "w")
        await shown(monitor, CommandsPage)
        assert "ollama-top does not do it: it is kept by NixOS." in monitor.text
        assert "sudo systemctl edit ollama.service" in monitor.text
        await monitor.press("y")
        assert monitor.app.clipboard == "\n".join(plan().instructions)


async def test_without_rights_the_commands_are_shown(
    planner: Planner, order: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no terminal here that sudo could ask in."""
    monkeypatch.setattr("ollama_top.tui.agreeing.hands_for", lambda _: None)
    planner.differences = {"needs_root": True}
    async with running(FRAME, reach=Here(changes.telling(order=order))) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await shown(monitor, CommandsPage)
        assert "sudo tee" in monitor.text
        assert "sudo systemctl restart ollama.service" in monitor.text
    assert not order.exists()


async def test_a_change_that_cannot_be_asked_for_has_no_plan(planner: Planner) -> None:
    async with running(FRAME) as monitor:
        monitor.app.monitor.changing.begin((Change("OLLAMA_API_KEY", "x"), Change(N, "4")))
        await shown(monitor, Page)
        assert "may be a secret" in monitor.text
    assert planner.asked == []


async def test_the_plan_of_a_simulation_can_be_read_and_is_not_carried_out() -> None:
    """By the real planner."""
    server = frames.server(manager=Known(Keeper.SYSTEMD, Source.PROCESSES))
    async with running(frames.frame(demo=True, settings=SETTINGS, server=server)) as monitor:
        await monitor.press("e", "U")
        assert "This is a simulation" in monitor.text
        await monitor.press("enter", "4", "enter", "w")
        await shown(monitor, CommandsPage)
        assert "this is a simulation" in monitor.text


async def test_of_a_server_that_another_machine_looks_at_nothing_is_changed(planner: Planner) -> None:
    """Over ssh its address and its processes look like this machine's own, and are not."""
    async with running(FRAME, reach=ONLY_LOOKED_AT) as monitor:
        await monitor.press("e")
        assert type(monitor.app.screen) is SettingsScreen
        monitor.app.monitor.changing.begin((Change(N, "4"),))
        await monitor.settle()
        assert ONLY_LOOKED_AT.why in monitor.text
        await monitor.press("escape", "d", "1")
        assert not isinstance(monitor.app.screen, PlanScreen)
    assert planner.asked == []
