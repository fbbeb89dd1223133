"""What users see while they change settings, at two sizes."""

from pathlib import Path

import changes
import found
import pytest
from changes import plan
from monitoring import Monitor, running
from planned import FRAME
from syrupy.assertion import SnapshotAssertion
from test_snapshots import Screens, readable

from ollama_top.apply import planning
from ollama_top.apply.events import Deed, Ended, Order, Said
from ollama_top.apply.journal import Journal
from ollama_top.model.receipt import Outcome, Way
from ollama_top.tui.reach import Here

SIZES = {"80x24": (80, 24), "120x36": (120, 36)}
OWN = "/etc/systemd/system/ollama.service.d/50-ollama-top.conf"
STEPS = (f"writing {OWN}", "having systemd read its files anew", "restarting ollama.service")
each_size = pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)


@pytest.fixture
def screen(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Screens)


@each_size
async def test_changes_before_they_are_made(size: tuple[int, int], screen: SnapshotAssertion) -> None:
    async with running(found.pending(), size=size) as monitor:
        await monitor.press("e", "enter", "backspace", "8", "enter", "down", "enter", "ctrl+u", "enter")
        assert readable(monitor.lines) == screen


@pytest.mark.parametrize("keys", [["8"], ["x"], ["backspace"]], ids=["fits", "wrong", "empty"])
async def test_another_value(keys: list[str], screen: SnapshotAssertion) -> None:
    async with running(found.pending()) as monitor:
        await monitor.press("e", "enter", *keys)
        assert readable(monitor.lines) == screen


@each_size
@pytest.mark.parametrize("refusal", [None, "it is kept by NixOS"], ids=["possible", "refused"])
async def test_a_plan(
    refusal: str | None, size: tuple[int, int], screen: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(OWN, refusal=refusal, notes=("qwen3:8b: NUM_PARALLEL 1 -> 4: +1.5 GiB: it fits",))
    monkeypatch.setattr(planning, "plan", lambda _, __: made)
    async with running(FRAME, size=size) as monitor:
        monitor.app.monitor.changing.begin(made.changes)
        await monitor.until(lambda: "NUM_PARALLEL: not set -> 4" in monitor.text)
        assert readable(monitor.lines) == screen


async def begun(monitor: Monitor) -> None:
    order = Order(Deed.SET, plan(OWN), None, None, brings_back=False, is_held=False)
    monitor.app.monitor.changing.under_way.start(order)
    await monitor.until(lambda: STEPS[-1] in monitor.text)


@pytest.mark.parametrize("outcome", [None, Outcome.KEPT, Outcome.FAILED], ids=["going", "kept", "failed"])
async def test_a_change(outcome: Outcome | None, screen: SnapshotAssertion, tmp_path: Path) -> None:
    told = {
        Outcome.KEPT: changes.receipt(plan(OWN)),
        Outcome.FAILED: changes.receipt(
            plan(OWN), Outcome.FAILED, text="It could not be taken back.", to_do=plan().instructions
        ),
    }
    ended = [] if outcome is None else [Ended(told[outcome])]
    command = changes.telling(*map(Said, STEPS), *ended, order=tmp_path / "order", holds=not ended)
    async with running(FRAME, reach=Here(command)) as monitor:
        await begun(monitor)
        await monitor.until(lambda: outcome is None or told[outcome].text in monitor.text)
        assert readable(monitor.lines) == screen


async def test_the_main_screen_meanwhile(screen: SnapshotAssertion, tmp_path: Path) -> None:
    command = changes.telling(*map(Said, STEPS), order=tmp_path / "order", holds=True)
    async with running(FRAME, reach=Here(command)) as monitor:
        await begun(monitor)
        await monitor.press("escape")
        assert readable(monitor.lines) == screen


async def test_what_was_cut_off(
    screen: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ollama_top.apply.journal._now", lambda: changes.STARTED)
    journal = Journal()
    with journal.alone("a test"):
        journal.start(plan(tmp_path / "own.conf")).begin(Way.THERE, 0)
    async with running(FRAME, reach=Here(("true",))) as monitor:
        await monitor.until(lambda: "was cut off" in monitor.text)
        assert readable(monitor.lines) == screen
