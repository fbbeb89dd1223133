"""A program that talks with the user where the screen was, in a real terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from terminal import Terminal

from ollama_top.tui.plain_terminal import BACK, NOT_STARTED

TALK = """
import sys
from ollama_top.tui.plain_terminal import talk
print("status", talk(sys.argv[1:], "what\\x1b[31m comes"))
"""
CTRL_C = "\x03"


@contextmanager
def talking(*command: str) -> Iterator[Terminal]:
    with Terminal(["-c", TALK, *command]) as one:
        yield one


def shown(text: str, one: Terminal) -> None:
    one.until(lambda: text in one.text)


def test_what_was_said_stays_until_it_was_read_whatever_was_typed_before() -> None:
    with talking("sh", "-c", "echo here; sleep 0.5; exit 3") as one:
        shown("here", one)
        one.type("\r\r")
        shown(BACK, one)
        one.until_still()
        assert "what␛[31m comes" in one.text
        assert "status" not in one.text
        one.type("\r")
        shown("status 3", one)


def test_the_terminal_is_as_it_was_after_a_program_that_was_killed() -> None:
    with talking("sh", "-c", "stty raw -echo; kill -9 $$") as one:
        shown(BACK, one)
        assert one.attributes() == one.before
        one.type("\r")
        shown("status -9", one)


def test_ctrl_c_is_for_the_program_and_then_goes_back() -> None:
    program = (
        "import signal, sys, time; signal.signal(2, lambda *_: sys.exit(5)); print('on'); time.sleep(60)"
    )
    with talking(sys.executable, "-uc", program) as one:
        shown("on", one)
        one.type(CTRL_C)
        shown(BACK, one)
        one.type(CTRL_C)
        shown("status 5", one)


def test_a_program_that_is_not_there_is_said() -> None:
    with talking("/nowhere/ssh") as one:
        shown("/nowhere/ssh cannot be run: No such file or directory", one)
        one.type("\r")
        shown(f"status {NOT_STARTED}", one)
