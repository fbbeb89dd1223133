"""The key `b` in the running monitor: what it asks, what it starts, and what it leaves behind."""

import sys

import bursts
import frames
import psutil
import pytest
from feeds import PlayedFeed
from monitoring import Monitor, running

from ollama_top.burst.events import Begun, Ended, Event, Failed, Moved, Parted, encode
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.model.reading import Missing, Why
from ollama_top.tui import burst_process
from ollama_top.tui.reach import Here, Nowhere
from ollama_top.tui.screens.burst import BurstScreen
from ollama_top.tui.screens.choice import Confirm

BEGUN = Begun(bursts.MODEL, 4, 60, is_demo=False, loads=False)
MOVED = Moved(4.0, (bursts.course(0, 0, 1), *bursts.waves(2, 4)))
ENDED = Ended(0, "2 configured, 2 measured: as it should be.", (), bursts.kept(), (bursts.kept(),))


def telling(*events: Event) -> tuple[str, ...]:
    """A command that tells these events and ends."""
    return sys.executable, "-c", "import sys; print(sys.argv[1])", "\n".join(map(encode, events))


def hanging() -> tuple[str, ...]:
    """A command that goes on until its input ends."""
    return sys.executable, "-c", "import sys; sys.stdin.read()"


def deaf() -> tuple[str, ...]:
    """A command that heeds nothing but a signal, as ssh does whose other end hangs."""
    return sys.executable, "-c", "import time; time.sleep(60)"


def parting(*notes: str) -> tuple[str, ...]:
    """A command that tells what it left changed when it is ended."""
    script = (
        "import signal, sys\n"
        "def part(*_): print(sys.argv[2], flush=True), sys.exit(130)\n"
        "signal.signal(signal.SIGTERM, part)\n"
        "print(sys.argv[1], flush=True)\n"
        "sys.stdin.read()\n"
        "part()"
    )
    return sys.executable, "-c", script, encode(BEGUN), encode(Parted(notes))


def loaded(**changes: object) -> Frame:
    return frames.frame(models=(frames.model(bursts.MODEL),), **changes)


def pid_of(monitor: Monitor) -> int | None:
    screen = monitor.app.screen
    return screen._process.pid if isinstance(screen, BurstScreen) and screen._process else None


async def test_it_ends_with_the_verdict_on_the_screen_and_can_be_sent_again() -> None:
    async with running(loaded(), reach=Here(telling(BEGUN, MOVED, ENDED))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "2 measured: as it should be." in monitor.text)
        assert "█" in monitor.text
        assert "Burst: 4 at once to gemma3:270m" in monitor.lines[0]
        await monitor.press("b")
        await monitor.until(lambda: "2 measured: as it should be." in monitor.text)
        await monitor.press("down", "pagedown", "escape")
        assert not isinstance(monitor.app.screen, BurstScreen)


async def test_leaving_it_ends_the_process_at_once() -> None:
    async with running(loaded(), reach=Here(hanging())) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: pid_of(monitor) is not None)
        process = psutil.Process(pid_of(monitor))
        assert "--model" in process.cmdline()
        assert process.cmdline()[-1] == bursts.MODEL
        await monitor.press("escape")
        await monitor.until(lambda: not process.is_running())


async def test_one_that_does_not_end_is_ended_by_a_signal_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst_process, "END_S", 0.5)
    async with running(loaded(), reach=Here(deaf())) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: pid_of(monitor) is not None)
        process = psutil.Process(pid_of(monitor))
        await monitor.press("escape")
        assert process.is_running(), "it is given time"
        await monitor.until(lambda: not process.is_running())


async def test_what_a_cancelled_burst_left_changed_is_told_when_its_screen_is_gone() -> None:
    async with running(loaded(), reach=Here(parting("Its expiry is where it was."))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "4 at once" in monitor.text)
        await monitor.press("escape")
        await monitor.until(lambda: "Cancelled: Its expiry is where it was." in monitor.text)


async def test_a_burst_that_somebody_else_ends_says_so_with_what_it_left() -> None:
    async with running(loaded(), reach=Here(parting("Its expiry is where it was."))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "4 at once" in monitor.text)
        psutil.Process(pid_of(monitor)).terminate()
        await monitor.until(lambda: "it was cancelled. Its expiry is where it was." in monitor.text)


async def test_a_line_without_end_is_no_event_and_harms_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst_process, "LONGEST_LINE_BYTES", 1 << 10)
    script = "import sys; print('x' * 100_000); print(sys.argv[1])"
    command = (sys.executable, "-c", script, encode(Failed("over \x1b[2J")))
    async with running(loaded(), reach=Here(command)) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "Could not be measured: over ␛[2J" in monitor.text)


async def test_where_nothing_can_be_run_it_says_why() -> None:
    async with running(loaded(), reach=Nowhere("Its API alone is seen.")) as monitor:
        await monitor.press("b")
        assert "Its API alone is seen." in monitor.text
        assert not isinstance(monitor.app.screen, BurstScreen)


async def test_what_fails_is_told_in_the_words_of_the_process() -> None:
    async with running(loaded(), reach=Here(telling(Failed("no model is installed")))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "Could not be measured: no model is installed" in monitor.text)
    crash = (sys.executable, "-c", "import sys; sys.exit('it is broken')")
    async with running(loaded(), reach=Here(crash)) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "Could not be measured: it is broken" in monitor.text)
    async with running(loaded(), reach=Here(("/nowhere/ollama-top",))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "No such file or directory" in monitor.text)


async def test_a_server_that_serves_others_is_asked_about_first() -> None:
    busy = loaded(queue=frames.queue(2, 1))
    async with running(busy, reach=Here(telling(BEGUN, ENDED))) as monitor:
        await monitor.press("b")
        assert isinstance(monitor.app.screen, Confirm)
        assert "The server is serving others: 2 in service, 1 waiting." in monitor.text
        await monitor.press("n")
        assert not isinstance(monitor.app.screen, BurstScreen)
        await monitor.press("b", "y")
        await monitor.until(lambda: "2 measured" in monitor.text)


async def test_a_server_elsewhere_is_asked_about_first() -> None:
    away = frames.server(pid=Missing(Why.NOT_LOCAL, "the server is on another machine"))
    async with running(loaded(server=away), reach=Here(hanging())) as monitor:
        await monitor.press("b")
        assert "is elsewhere: the server is on another machine." in monitor.text


async def test_sending_it_again_asks_about_others_who_have_come_since() -> None:
    async with running(loaded(), reach=Here(telling(BEGUN, ENDED))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "2 measured" in monitor.text)
        monitor.app.monitor.newest = loaded(queue=frames.queue(2, 1))
        await monitor.press("b")
        assert isinstance(monitor.app.screen, Confirm)
        await monitor.press("n")
        assert "2 measured" in monitor.text
        await monitor.press("b", "y")
        await monitor.until(lambda: isinstance(monitor.app.screen, BurstScreen))
        await monitor.until(lambda: "2 measured" in monitor.text)


async def test_with_nothing_in_memory_the_smallest_model_is_asked_about() -> None:
    feed = PlayedFeed([frames.frame()])
    feed.on_disk = (
        InstalledModel("large", None, None, 9 << 30),
        InstalledModel("small", None, None, 1 << 30),
    )
    async with running(feed=feed, reach=Here(telling(BEGUN, ENDED))) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: isinstance(monitor.app.screen, Confirm))
        assert "No model is in memory: small (1.0G on disk) would be loaded." in monitor.text
        await monitor.press("y")
        await monitor.until(lambda: "2 measured" in monitor.text)


async def test_where_nothing_is_installed_it_says_so() -> None:
    async with running(frames.frame()) as monitor:
        await monitor.press("b")
        await monitor.until(lambda: "No model is installed that could be asked" in monitor.text)


async def test_a_read_only_monitor_sends_nothing() -> None:
    async with running(loaded(), read_only=True, reach=Here(hanging())) as monitor:
        await monitor.press("b")
        assert not isinstance(monitor.app.screen, BurstScreen)
        monitor.app.action_burst()
        await monitor.settle()
        assert "Read-only" in monitor.text


async def test_a_server_that_cannot_be_read_is_not_measured() -> None:
    lost = frames.server(reachable=False, problem="connection refused")
    async with running(loaded(server=lost), reach=Here(hanging())) as monitor:
        await monitor.press("b")
        assert "there is nothing to measure" in monitor.text
