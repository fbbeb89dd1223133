"""Settings changed on the screen, in a real terminal, of a server that a real systemd keeps."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from sandbox import Sandbox
from serving import OWN, VARIABLES, N, opened, read, running
from terminal import Terminal
from test_changes import NOWHERE, tool

pytestmark = pytest.mark.systemd

PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture
def monitor(box: Sandbox) -> Iterator[Terminal]:
    with opened(box, VARIABLES) as one:
        one.until(lambda: "systemd pid" in one.text)
        yield one


def press(monitor: Terminal, *keys: str) -> None:
    """Keys, each once the one before has had its effect."""
    for key in keys:
        monitor.type(key)
        monitor.until_still()


def plan_for(monitor: Terminal, name: str, value: str) -> None:
    """As far as the plan, on the screen."""
    press(monitor, "e", "/", name, "\r", "\r", value, "\r")
    assert "1 change, not made yet" in monitor.text
    press(monitor, "w")
    monitor.until(lambda: "What is done" in monitor.text)


def test_a_change_is_planned_agreed_to_made_and_seen(box: Sandbox, monitor: Terminal) -> None:
    plan_for(monitor, "NUM_PARALLEL", "4")
    assert running(box) is None
    press(monitor, "y")
    monitor.until(lambda: f"has {N}=4." in monitor.text)
    assert running(box) == "4"
    press(monitor, "\x1b")
    monitor.until(lambda: f"{N}       4" in monitor.text)
    press(monitor, "U")
    monitor.until(lambda: "What is done" in monitor.text)
    press(monitor, "y")
    monitor.until(lambda: "unset: done." in monitor.text)
    assert (running(box), read(box, OWN)) == (None, None)


def test_what_only_the_shell_has_gets_to_the_server_and_a_burst_proves_it(box: Sandbox) -> None:
    """The complaint that all of this began with."""
    with opened(box, VARIABLES | {N: "4"}) as one:
        one.until(lambda: "d doctor" in one.text)
        press(one, "d")
        one.until(lambda: "your shell" in one.text)
        press(one, "1")
        one.until(lambda: "What is done" in one.text)
        press(one, "y")
        one.until(lambda: f"has {N}=4." in one.text)
        assert running(box) == "4"
        press(one, "b")
        one.until(lambda: "would be loaded" in one.text)
        press(one, "y")
        one.until(lambda: "4 measured: as it should be." in " ".join(one.text.split()))


def test_what_does_not_hold_is_taken_back_while_its_user_looks_elsewhere(
    box: Sandbox, monitor: Terminal
) -> None:
    name, _, value = NOWHERE.partition("=")
    plan_for(monitor, name, value)
    press(monitor, "y", "\x1b", "\x1b")
    monitor.until(lambda: "It was taken back" in monitor.text)
    assert "cannot assign requested address" in " ".join(monitor.text.split())
    assert (read(box, OWN), running(box, name)) == (None, None)


def test_the_monitor_follows_the_server_to_its_new_address(box: Sandbox, monitor: Terminal) -> None:
    plan_for(monitor, "OLLAMA_HOST", "127.0.0.1:11555")
    press(monitor, "y")
    monitor.until(lambda: "done." in monitor.text)
    press(monitor, "\x1b", "\x1b", "s", " ")
    monitor.until(lambda: "http://127.0.0.1:11555" in monitor.text)
    press(monitor, "\x1b", "e", "U")
    monitor.until(lambda: "What is done" in monitor.text)
    press(monitor, "y")
    monitor.until(lambda: "unset: done." in monitor.text)
    assert running(box, "OLLAMA_HOST") is None


@pytest.mark.parametrize("end", ["killed", "hung up"])
def test_a_change_comes_to_its_end_without_the_monitor(box: Sandbox, monitor: Terminal, end: str) -> None:
    plan_for(monitor, "NUM_PARALLEL", "4")
    monitor.type("y")
    monitor.until(lambda: "restarting" in monitor.text)
    (program,) = monitors(monitor)
    if end == "killed":
        program.kill()
    else:
        program.send_signal(signal.SIGHUP)
    psutil.wait_procs([program], timeout=PATIENCE_S)
    ends_s = time.monotonic() + PATIENCE_S
    while "kept" not in tool(box, "history").stdout:
        assert time.monotonic() < ends_s, tool(box, "history").stdout
        time.sleep(0.2)
    assert running(box) == "4"


def monitors(terminal: Terminal) -> list[psutil.Process]:
    """The monitor in a terminal, and not what makes its change."""
    mine = psutil.Process(terminal.pid).children(recursive=True)
    return [each for each in mine if each.cmdline()[1:] == ["-m", "ollama_top"]]


def test_a_change_that_was_cut_off_is_offered_and_finished(box: Sandbox) -> None:
    tool(box, "set", f"{N}=4", "--yes", killed_after=4)
    with opened(box, VARIABLES) as one:
        one.until(lambda: "A change of settings was cut off" in one.text)
        press(one, "\x1b[B", "\r")
        one.until(lambda: "What is done" in one.text)
        press(one, "y")
        one.until(lambda: f"has {N}=4." in one.text)
    assert running(box) == "4"
