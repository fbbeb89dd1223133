"""A change of settings on its way, what came of it, and what was begun before."""

import asyncio
from pathlib import Path

import changes
import frames
import pytest
from changes import N, plan, receipt, watched
from feeds import PlayedFeed
from monitoring import running
from planned import FRAME, Planner, planned, shown

from ollama_top.apply.events import Deed, Ended, Event, Refused, Said, Stuck, order_of
from ollama_top.apply.journal import Journal
from ollama_top.model.finding import Change, to_set
from ollama_top.model.frame import Frame
from ollama_top.model.receipt import Outcome, Way
from ollama_top.tui.reach import Here
from ollama_top.tui.screens.choice import Choice, Confirm
from ollama_top.tui.screens.doctor import DoctorScreen
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.plan import PlanScreen
from ollama_top.tui.screens.progress import ProgressScreen
from ollama_top.tui.watched import Watched


async def test_it_can_be_left_and_come_back_to_and_the_way_out_asks(planner: Planner, order: Path) -> None:
    command = changes.telling(Said("watching whether it holds"), order=order, holds=True)
    async with running(FRAME, reach=Here(command)) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await monitor.until(lambda: "watching whether it holds" in monitor.text)
        await monitor.press("escape", "escape")
        assert isinstance(monitor.app.screen, MainScreen)
        assert "CHANGING" in monitor.lines[0]
        assert any("watching whether it holds" in line and "e shows it" in line for line in monitor.lines)
        await monitor.press("q")
        assert isinstance(monitor.app.screen, Confirm)
        assert "goes on without it" in monitor.text
        await monitor.press("n", "e")
        assert isinstance(monitor.app.screen, ProgressScreen)
        await monitor.press("escape", "q", "ctrl+c")
        assert not monitor.app.is_running, "who asks twice means it"


async def test_what_did_not_hold_is_shown_wherever_its_user_is(planner: Planner, order: Path) -> None:
    failed = receipt(outcome=Outcome.FAILED, text="It could not be taken back.", to_do=("look there",))
    said: tuple[Event, ...] = (Stuck(7), Ended(failed))
    async with running(FRAME, reach=Here(changes.telling(*said, order=order))) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await shown(monitor, Confirm)
        assert "Process 7 does not end" in monitor.text
        await monitor.press("escape")
        await monitor.until(lambda: "It could not be taken back." in monitor.text)
        assert "answered: leave" in monitor.text
        assert "look there" in monitor.text
        await monitor.press("y")
        assert monitor.app.clipboard == "look there"


async def test_a_process_may_be_killed_where_the_user_says_so(planner: Planner, order: Path) -> None:
    command = changes.telling(Stuck(7), Ended(receipt()), order=order)
    async with running(FRAME, reach=Here(command)) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await shown(monitor, Confirm)
        await monitor.press("y")
        await monitor.until(lambda: "answered: kill" in monitor.text)


async def test_a_process_that_ends_without_a_word_is_told_of(planner: Planner) -> None:
    dead = ("sh", "-c", "read order; echo oops >&2; exit 3")
    async with running(FRAME, reach=Here(dead)) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await monitor.until(lambda: "It was not carried out: oops." in monitor.text)
        assert "c" not in (monitor.app.view.changing or "")


async def test_what_was_refused_with_commands_shows_them(planner: Planner, order: Path) -> None:
    command = changes.telling(Refused("no rights", ("sudo do it",)), order=order)
    async with running(FRAME, reach=Here(command)) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await monitor.until(lambda: "sudo do it" in monitor.text)
        await monitor.press("y")
        assert monitor.app.clipboard == "sudo do it"


async def test_the_monitor_follows_the_server_to_its_new_address(planner: Planner, order: Path) -> None:
    there = "http://127.0.0.1:9999"
    moved = receipt(plan(url_then=there))
    second = PlayedFeed([watched(server=frames.server(url=there))])
    asked: list[str] = []

    def watch(url: str) -> Watched:
        asked.append(url)
        return Watched(url, lambda: second, Here(("another", "command")))

    command = changes.telling(Ended(moved), order=order)
    async with running(FRAME, reach=Here(command), watch=watch) as monitor:
        await planned(monitor)
        await monitor.press("y")
        await monitor.until(lambda: asked)
        newest = lambda: monitor.app.newest and monitor.app.newest.snapshot.server.url  # noqa: E731
        await monitor.until(lambda: newest() == there)
        assert (monitor.app.view.title, monitor.app.monitor.reach) == (there, Here(("another", "command")))


# The doctor, and what was before


async def test_a_number_of_the_doctor_begins_its_mend(planner: Planner, found_frame: Frame) -> None:
    async with running(found_frame) as monitor:
        await monitor.press("d")
        assert isinstance(monitor.app.screen, DoctorScreen)
        await monitor.press("9", "1")
        await shown(monitor, PlanScreen)
        assert planner.asked == [(Change(N, "4"),)]


@pytest.fixture
def found_frame() -> Frame:
    import found

    return watched(findings=(found.finding(fix=to_set(OLLAMA_NUM_PARALLEL="4")),))


async def test_the_last_change_is_taken_back_after_its_plan(tmp_path: Path, order: Path) -> None:
    path = tmp_path / "own.conf"
    journal = Journal()
    with journal.alone("a test"):
        journal.start(plan(path)).end(Outcome.KEPT, "done")
    path.write_text(changes.TEXT)
    async with running(FRAME, reach=Here(changes.telling(Ended(receipt()), order=order))) as monitor:
        await monitor.press("e", "U")
        await monitor.until(lambda: "What is done" in monitor.text)
        assert f"1 remove {path}" in " ".join(monitor.text.split())
        assert "Taken back" not in monitor.text
        await monitor.press("y")
        await shown(monitor, ProgressScreen)
        await monitor.until(order.exists)
    found = order_of(order.read_bytes())
    assert (found.deed, found.entry) == (Deed.UNDO, journal.entries()[0].name)


async def test_what_was_kept_and_changed_by_others_since_has_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "own.conf"
    journal = Journal()
    with journal.alone("a test"):
        journal.start(plan(path)).end(Outcome.KEPT, "done")
    path.write_text("by somebody else")
    async with running(FRAME) as monitor:
        await monitor.press("e", "U")
        await monitor.until(lambda: "There is no plan" in monitor.text)
        assert f"{path} has changed since" in " ".join(monitor.text.split())


async def test_without_a_change_there_is_nothing_to_take_back() -> None:
    async with running(FRAME) as monitor:
        await monitor.press("e", "U")
        await monitor.until(lambda: "Nothing is to be taken back" in monitor.text)


@pytest.mark.parametrize(
    ("keys", "deed"), [(["down", "enter"], Deed.FINISH), (["up", "enter"], Deed.TAKE_BACK)]
)
async def test_what_was_cut_off_is_offered_at_the_start(
    keys: list[str], deed: Deed, tmp_path: Path, order: Path
) -> None:
    journal = Journal()
    with journal.alone("a test"):
        journal.start(plan(tmp_path / "own.conf")).begin(Way.THERE, 0)
    outcome = Outcome.KEPT if deed is Deed.FINISH else Outcome.ROLLED_BACK
    command = changes.telling(Ended(receipt(outcome=outcome, text="So it is.")), order=order)
    async with running(FRAME, reach=Here(command)) as monitor:
        await shown(monitor, Choice)
        assert "A change of settings was cut off" in monitor.lines[0]
        await monitor.press(*keys)
        await monitor.until(lambda: "What is done" in monitor.text)
        assert "If you like" not in monitor.text, "it is finished as it was begun"
        await monitor.press("y")
        await monitor.until(lambda: "So it is." in monitor.text)
    found = order_of(order.read_bytes())
    assert (found.deed, found.entry) == (deed, journal.entries()[0].name)


async def test_who_may_only_look_is_told_of_it(tmp_path: Path) -> None:
    journal = Journal()
    with journal.alone("a test"):
        journal.start(plan(tmp_path / "own.conf")).begin(Way.THERE, 0)
    async with running(FRAME, reach=Here(("true",)), read_only=True) as monitor:
        await monitor.until(lambda: "was cut off" in monitor.text)
        assert isinstance(monitor.app.screen, MainScreen)


async def test_a_change_of_another_process_is_told_of(tmp_path: Path) -> None:
    journal = Journal()
    with journal.alone("a trial"):
        journal.start(plan(tmp_path / "own.conf")).begin(Way.THERE, 0)
        async with running(FRAME, reach=Here(("true",))) as monitor:
            await monitor.until(lambda: "changes settings now" in monitor.text)
            assert isinstance(monitor.app.screen, MainScreen)


async def test_where_nothing_was_begun_nothing_is_asked() -> None:
    async with running(FRAME, reach=Here(("true",))) as monitor:
        await asyncio.sleep(0.1)
        await monitor.settle()
        assert isinstance(monitor.app.screen, MainScreen)
        assert "changing" not in vars(monitor.app.monitor)
