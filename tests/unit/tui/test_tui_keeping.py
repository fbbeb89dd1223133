"""What a user changed is kept, and is there the next time."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import scenes
from hypothesis import given
from hypothesis import strategies as st
from monitoring import Monitor, running
from textual.message import Message

from ollama_top.columns.cell import Role
from ollama_top.config.kept import Kept, Order, kept_of, merged
from ollama_top.config.kept_file import NotKeptError, file_for
from ollama_top.tui import keeping
from ollama_top.tui.arrangement import Arrangement, declared
from ollama_top.tui.draw.screen import TABLE_OF
from ollama_top.tui.keeping import Keeping, looks_of
from ollama_top.tui.layout import TABLES, Panel
from ollama_top.tui.messages import Noticed
from ollama_top.tui.screens.setup import Setup

NAMES = st.text(max_size=5) | st.sampled_from([*Panel, *declared(TABLE_OF[Panel.MODELS]), "models", "gpus"])
ANY_KEPT = st.builds(
    Kept,
    theme=st.none() | NAMES,
    zoomed=st.none() | NAMES,
    hidden=st.lists(NAMES, max_size=9).map(tuple),
    columns=st.dictionaries(NAMES, st.lists(NAMES, max_size=5).map(tuple), max_size=4),
    orders=st.dictionaries(NAMES, st.builds(Order, st.none() | NAMES, st.booleans()), max_size=4),
)
FULL = Kept(
    "night",
    "requests",
    ("host", "slots"),
    {"models": ("name", "running"), "processes": ("pid",)},
    {"models": Order("vram_bytes", is_inverted=True), "gpus": Order(is_inverted=True)},
)


class Memory:
    """A store in memory, which may refuse."""

    def __init__(self, kept: Kept | None = None, problem: str | None = None, refusal: str = "") -> None:
        self.kept, self.problem, self.refusal = kept or Kept(), problem, refusal
        self.values: dict[str, Any] = {}
        self.saves: list[dict[str, Any]] = []
        self.note: str | None = None

    def load(self) -> tuple[Kept, str | None]:
        return self.kept, self.problem

    def save(self, changed: Any) -> str | None:
        self.saves.append(dict(changed))
        if self.refusal:
            raise NotKeptError(self.refusal)
        self.values = merged(self.values, changed)
        return self.note


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.tui.app.MIND_EVERY_S", 0.02)


def told(keeping: Keeping, now: Kept) -> list[str]:
    """What is said of a change, once it was tried to keep it."""
    said: list[Message] = []
    keeping.follow(now, said.append)
    if keeping._thread is not None:
        keeping._thread.join(5)
    return [each.text for each in said if isinstance(each, Noticed)]


@given(ANY_KEPT)
def test_any_names_make_looks_that_can_be_drawn(kept: Kept) -> None:
    looks = looks_of(kept)
    assert {*TABLES} - looks.arrangement.hidden
    assert looks.zoomed is None or (looks.zoomed is looks.focus and looks.zoomed in TABLE_OF)
    assert looks.zoomed not in looks.arrangement.hidden
    for panel, stand in looks.stands.items():
        assert stand.sort is None or TABLE_OF[panel].column(stand.sort)


def test_looks_come_back_as_they_were() -> None:
    assert keeping.kept_of(looks_of(FULL), "night") == FULL
    assert keeping.kept_of(looks_of(Kept()), "day") == Kept("day")


def test_only_what_changed_is_written_and_only_when_it_changes() -> None:
    store = Memory(FULL)
    kept = Keeping(store)
    kept.begin(FULL)
    assert told(kept, FULL) == []
    assert store.saves == []
    told(kept, Kept("day", "requests", FULL.hidden, FULL.columns, FULL.orders))
    assert store.saves == [{"theme": "day"}]


def test_what_could_not_be_kept_is_said_once_and_goes_along_with_the_next_change() -> None:
    store = Memory(refusal="the disk is full")
    kept = Keeping(store)
    kept.begin(Kept("night"))
    assert told(kept, Kept("day")) == ["the disk is full"]
    assert told(kept, Kept("day")) == []
    store.refusal = ""
    assert told(kept, Kept("day", "slots")) == []
    assert store.values == {"theme": "day", "zoomed": "slots"}


def test_a_change_that_was_taken_back_is_none() -> None:
    store = Memory(refusal="the disk is full")
    kept = Keeping(store)
    kept.begin(Kept("night"))
    told(kept, Kept("day"))
    told(kept, Kept("night"))
    assert len(store.saves) == 1


def test_what_else_was_done_is_said() -> None:
    store = Memory()
    store.note = "a broken file was put aside"
    assert told(Keeping(store), Kept("day")) == [store.note]


def test_the_end_keeps_the_last_change_and_does_not_wait_for_a_disk_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Memory()
    Keeping(store).finish(Kept("day"))
    assert store.values == {"theme": "day"}
    monkeypatch.setattr(keeping, "LAST_WRITE_S", 0.05)
    hanging = threading.Event()
    store.save = lambda changed: hanging.wait(30) and None  # type: ignore[method-assign]
    began_s = time.monotonic()
    Keeping(store).finish(Kept("night"))
    assert time.monotonic() - began_s < 5
    hanging.set()


def test_the_end_tries_again_what_was_refused() -> None:
    store = Memory(refusal="the disk is full")
    kept = Keeping(store)
    kept.follow(Kept("day"), lambda _: None)
    assert kept._thread is not None
    kept._thread.join(5)
    store.refusal = ""
    kept.finish(Kept("day"))
    assert store.values == {"theme": "day"}


def test_without_a_store_nothing_is_kept() -> None:
    kept = Keeping()
    kept.follow(Kept("day"), lambda _: None)
    kept.finish(Kept("day"))
    assert (kept.kept, kept.problem, kept._thread) == (Kept(), None, None)


@pytest.mark.usefixtures("often")
async def test_a_change_is_kept_while_the_monitor_runs() -> None:
    store = Memory()
    async with running(scenes.busy(), keeping=Keeping(store)) as monitor:
        await monitor.press("T", "I", "tab", "z")
        await monitor.until(lambda: len(store.values) == 3)
    assert kept_of(store.values) == Kept("night", "slots", orders={"models": Order(is_inverted=True)})


async def test_a_change_right_before_the_end_is_kept_too() -> None:
    store = Memory()
    async with running(scenes.busy(), keeping=Keeping(store)) as monitor:
        await monitor.press("T", "q")
    assert store.values == {"theme": "night"}


async def test_nothing_is_written_where_nothing_was_changed() -> None:
    store = Memory(FULL)
    async with running(scenes.busy(), keeping=Keeping(store), theme="day") as monitor:
        await monitor.press("down", "q")
    assert store.saves == []


async def test_the_next_run_looks_as_the_last_one_did() -> None:
    async with running(scenes.busy(), keeping=Keeping(Memory(FULL))) as monitor:
        assert monitor.app.look.name == "night"
        assert (monitor.looks.focus, monitor.looks.zoomed) == (Panel.REQUESTS, Panel.REQUESTS)
        await monitor.press("z")
        assert not [line for line in monitor.lines if line.startswith((" SLOT", " cpu"))]
        head = next(line for line in monitor.lines if line.startswith(" MODEL"))
        assert head.split() == ["MODEL", "2", "RUN"]
        await monitor.press("i")
        assert monitor.lines[1].split() == ["PID", "3"]


async def test_the_command_line_and_the_settings_go_before_what_is_kept() -> None:
    async with running(scenes.busy(), keeping=Keeping(Memory(FULL)), theme="day") as monitor:
        assert monitor.app.look.name == "day"


async def test_no_color_is_not_taken_for_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    store = Memory(Kept("night"))
    async with running(scenes.busy(), keeping=Keeping(store)) as monitor:
        await monitor.press("T", "q")
    assert store.saves == []


async def test_what_is_wrong_with_the_file_is_said_until_the_next_key() -> None:
    store = Memory(problem="/x is not used: it is no JSON.")
    async with running(scenes.busy(), keeping=Keeping(store)) as monitor:
        assert "/x is not used: it is no JSON." in monitor.lines[-1]
        await monitor.press("down")
        assert "/x" not in monitor.text


async def test_a_notice_gives_the_keys_their_line_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ollama_top.tui.monitor.NOTICE_S", 0.1)
    async with running(scenes.busy(), keeping=Keeping(Memory(problem="/x is no JSON."))) as monitor:
        await monitor.until(lambda: "F1 help" in monitor.lines[-1])
        assert "/x" not in monitor.text


@pytest.mark.usefixtures("often")
async def test_a_disk_that_refuses_is_said_and_the_monitor_goes_on() -> None:
    store = Memory(refusal="Changes are not kept: full.")
    async with running(scenes.busy(), keeping=Keeping(store)) as monitor:
        await monitor.press("T")
        await monitor.until(lambda: "Changes are not kept: full." in monitor.lines[-1])
        assert monitor.app.view.notice is not None
        assert monitor.app.view.notice.role is Role.WARNING
        assert monitor.app.look.name == "night"


async def test_a_file_keeps_it_in_truth() -> None:
    async def run(act: Callable[[Monitor], Any]) -> None:
        store = Keeping(file_for("http://127.0.0.1:11434", "box"))
        async with running(scenes.busy(), keeping=store) as monitor:
            await act(monitor)

    async def change(monitor: Monitor) -> None:
        await monitor.press("S", "down", "space", "escape", "q")

    async def check(monitor: Monitor) -> None:
        assert monitor.looks.arrangement == Arrangement(frozenset({Panel.GPUS}))

    await run(change)
    await run(check)


async def test_setup_says_what_cannot_be_kept(often: None) -> None:
    store = Memory(refusal="full")
    async with running(scenes.busy(), keeping=Keeping(store)) as monitor:
        await monitor.press("S", "space")
        await monitor.until(lambda: "full" in monitor.lines[-1])
        assert isinstance(monitor.app.screen, Setup)
        await monitor.press("down")
        assert "Esc back" in monitor.lines[-1]
