"""The terminal lent to an ssh that asks there, on the screen of a real terminal; ssh is a script here."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from changes import N
from terminal import MODERN, Terminal

APP = """
from feeds import PlayedFeed
from planned import FRAME
from ollama_top.tui.app import MonitorApp
from ollama_top.tui.reach import There

app = MonitorApp(
    lambda: PlayedFeed([FRAME]), title="gpu-box", read_only=False, user="", interval_s=2.0, theme=None,
    demo_offer=None, reach=There("gpu-box"),
)
app.run()
raise SystemExit("it crashed" if app._exception else 0)
"""
END_S = 10.0


@contextmanager
def wanting(folder: Path, ssh: str) -> Iterator[Terminal]:
    """A monitor on which one change is wanted; `ssh` is what takes the place of ssh."""
    (folder / "ssh").write_text(f"#!/bin/sh\n{ssh}\n")
    (folder / "ssh").chmod(0o755)
    variables = MODERN | {"PATH": f"{folder}:{os.environ['PATH']}"}
    with Terminal(["-c", APP], variables=variables) as one:
        one.until(lambda: "F1 help" in one.text)
        one.type("e")
        one.until(lambda: "VARIABLE" in one.text)
        one.type("\r")
        one.until(lambda: f"Change {N}" in one.text)
        one.type("\x158\r")
        one.until(lambda: "1 change, not made yet" in one.text)
        yield one


def until_ended(one: Terminal) -> None:
    ends_s = time.monotonic() + END_S
    while not one.ended():
        assert time.monotonic() < ends_s
        time.sleep(0.02)


def test_the_screen_comes_back_whole_after_whatever_was_said(tmp_path: Path) -> None:
    with wanting(tmp_path, 'echo "no such command"; printf "\\033[31;4m\\033[?25h"; exit 64') as one:
        one.until_still()
        before = one.cells()[3]
        one.type("w")
        one.until(lambda: "Enter goes back to the monitor." in one.text)
        assert "no such command" in one.text, "what an older one says is shown"
        one.type("\r")
        one.until(lambda: "is it older?" in one.text)
        one.until(lambda: one.cells()[3] == before)
        one.type("\x1b")
        one.until(lambda: "F1 help" in one.text)
        one.type("q")
        until_ended(one)
        assert (one.status, one.attributes()) == (0, one.before)


SSH = {"it asks": "echo asking; exec sleep 60", "it was read": "echo asking; exit 0"}


@pytest.mark.parametrize("ssh", SSH.values(), ids=SSH)
@pytest.mark.parametrize("end", ["hung up", "terminated"])
def test_whoever_ends_the_monitor_meanwhile_ends_it_and_ssh(tmp_path: Path, ssh: str, end: str) -> None:
    with wanting(tmp_path, ssh) as one:
        one.type("w")
        one.until(lambda: "asking" in one.text)
        one.until_still()
        begun = psutil.Process(one.pid).children()
        if end == "hung up":
            one.hang_up()
        else:
            os.kill(one.pid, signal.SIGTERM)
        until_ended(one)
        assert one.status == 0
        assert not any(each.is_running() for each in begun)
