"""Settings of another machine's server: what its ollama-top is asked, and what its end says."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from changes import N, plan
from monitoring import running
from planned import FRAME

from ollama_top.apply.journal import Journal
from ollama_top.columns.cell import Role
from ollama_top.model import exit_codes
from ollama_top.model.finding import Change
from ollama_top.model.receipt import Way
from ollama_top.remote import ssh
from ollama_top.tui import changing_there
from ollama_top.tui.changing_there import OUTCOMES, outcome, words
from ollama_top.tui.reach import There
from ollama_top.tui.screens.main import MainScreen
from ollama_top.tui.screens.settings import ChangeScreen, SettingsScreen
from ollama_top.tui.watched import Watched

THERE = There("gpu-box", ("--host", "http://127.0.0.1:9"))
TYPED = ("e", "enter", "ctrl+u", "8", "enter")


class Terminal:
    """In place of the terminal that is lent: remembers what was run in it, and how that ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[Sequence[str]] = []
        self.said = ""
        self.status = exit_codes.DONE
        monkeypatch.setattr(changing_there, "plain_terminal", self.lend)
        monkeypatch.setattr(changing_there, "talk", self.talk)

    @contextmanager
    def lend(self, _: object) -> Iterator[None]:
        yield

    def talk(self, command: Sequence[str], before: str) -> int:
        self.asked.append(command)
        self.said += before
        return self.status


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(monkeypatch)


async def test_what_is_wanted_is_asked_for_there_and_wanted_no_more_once_it_is_in_force(
    terminal: Terminal,
) -> None:
    async with running(FRAME, reach=THERE) as monitor:
        looks = monitor.feed.looks
        await monitor.press(*TYPED, "w")
        assert terminal.asked == [THERE.dialogue(("set", f"{N}=8"))]
        assert f"`ollama-top set {N}=8` on gpu-box" in terminal.said
        assert isinstance(monitor.app.screen, ChangeScreen)
        assert "gpu-box: it is as you asked." in monitor.text
        assert not monitor.app.monitor.changing.wanted
        await monitor.until(lambda: monitor.feed.looks > looks)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (exit_codes.TAKEN_BACK, "it did not hold, and was taken back"),
        (exit_codes.NOTHING_READ, "nothing was changed"),
        (exit_codes.USAGE, "is it older?"),
        (ssh.FAILED, "what came of it is not known here"),
        (-9, "it ended with status -9"),
    ],
)
async def test_what_is_not_in_force_is_still_wanted(terminal: Terminal, status: int, said: str) -> None:
    terminal.status = status
    async with running(FRAME, reach=THERE) as monitor:
        await monitor.press(*TYPED, "w")
        assert said in " ".join(monitor.text.split())
        assert monitor.app.monitor.changing.wanted == {N: "8"}


async def test_the_last_change_is_taken_back_there_and_no_journal_of_here_is_read(terminal: Terminal) -> None:
    async with running(FRAME, reach=THERE) as monitor:
        await monitor.press("e", "U")
        assert terminal.asked == [THERE.dialogue(("undo",))]


async def test_who_may_only_look_asks_for_nothing_there(terminal: Terminal) -> None:
    async with running(FRAME, reach=THERE, read_only=True) as monitor:
        await monitor.press("e")
        assert type(monitor.app.screen) is SettingsScreen
        monitor.app.monitor.changing.begin((Change(N, "4"),))
        monitor.app.monitor.changing.undo()
    assert not terminal.asked


async def test_a_secret_goes_into_no_command_line(terminal: Terminal) -> None:
    async with running(FRAME, reach=THERE) as monitor:
        monitor.app.monitor.changing.begin((Change("OLLAMA_API_KEY", "hush"),))
        await monitor.until(lambda: "set it by hand" in " ".join(monitor.text.split()))
    assert not terminal.asked


async def test_without_a_terminal_to_lend_it_says_what_to_type() -> None:
    async with running(FRAME, reach=THERE, size=(120, 24)) as monitor:
        await monitor.press(*TYPED, "w")
        assert f"ssh -t gpu-box 'ollama-top set {N}=8'" in monitor.text
        assert monitor.app.monitor.changing.wanted == {N: "8"}


async def test_a_server_that_answers_elsewhere_is_followed(terminal: Terminal) -> None:
    asked: list[str] = []

    def watch(url: str) -> Watched:
        asked.append(url)
        return Watched("gpu-box", lambda: monitor.feed, THERE)

    async with running(FRAME, reach=THERE, watch=watch) as monitor:
        monitor.app.monitor.changing.begin((Change("OLLAMA_HOST", "127.0.0.1:9999"),))
        await monitor.settle()
        monitor.app.monitor.changing.begin((Change("OLLAMA_HOST", None),))
        await monitor.settle()
    assert asked == ["http://127.0.0.1:9999", "http://127.0.0.1:11434"]


async def test_a_change_that_was_cut_off_on_this_machine_is_none_of_that_server(tmp_path: Path) -> None:
    journal = Journal()
    with journal.alone("a test"):
        journal.start(plan(tmp_path / "own.conf")).begin(Way.THERE, 0)
    async with running(FRAME, reach=THERE) as monitor:
        await asyncio.sleep(0.1)
        await monitor.settle()
        assert isinstance(monitor.app.screen, MainScreen)
        assert "changing" not in vars(monitor.app.monitor)


def test_a_variable_is_set_or_taken_away() -> None:
    assert words((Change(N, "4"), Change("OLLAMA_HOST", None))) == ("set", f"{N}=4", "--unset=OLLAMA_HOST")


@pytest.mark.parametrize("status", [*OUTCOMES, -2, 77])
def test_every_end_is_told_with_the_name_of_the_machine(status: int) -> None:
    cell = outcome("gpu\x1b-box", status)
    assert cell.text.startswith("gpu␛-box: ")
    assert (cell.role is Role.GOOD) == (status == exit_codes.DONE)
