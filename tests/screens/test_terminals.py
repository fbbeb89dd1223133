"""Terminals of other kinds, and what befalls them: few glyphs, no answers, a title, a stop, a cut line."""

import signal
import time
from os import kill
from pathlib import Path

import play
import pytest
from terminal import MODERN, Terminal

PLAY = str(Path(play.__file__))
DEMO = ("-m", "ollama_top", "--demo")
PUSH, POP = b"\x1b[22;0t", b"\x1b[23;0t"
GONE_LIMIT_S = 3.0


def monitor(*arguments: str, answers: bool = True, **variables: str) -> Terminal:
    return Terminal([PLAY, *arguments], (100, 30), {**MODERN, **variables}, answers=answers)


def demo(*arguments: str, **variables: str) -> Terminal:
    return Terminal([*DEMO, *arguments], (100, 30), {**MODERN, "LC_ALL": "", **variables})


def test_a_terminal_that_answers_nothing_is_kept_up_to_date_and_soon_asked_nothing() -> None:
    with monitor("storm", "0.1", answers=False) as terminal:
        terminal.until(lambda: "REQUEST 20" in terminal.text)
        terminal.pump(3.5)
        asked = terminal.sent.count(b"\x1b[6n")
        before = terminal.lines
        terminal.until(lambda: terminal.lines != before)
        terminal.pump(1.0)
        assert 0 < asked <= 8
        assert terminal.sent.count(b"\x1b[6n") == asked
        terminal.type("?")
        terminal.until(lambda: "Help" in terminal.text)


def test_every_question_is_answered_before_the_shell_has_the_terminal() -> None:
    """Or the answer would stand at its prompt."""
    with monitor("storm", "0.05") as terminal:
        terminal.until(lambda: "REQUEST 20" in terminal.text)
        terminal.pump(0.5)
        terminal.type("q")
        terminal.until(lambda: b"\x1b[?25h" in terminal.sent)
        last_question = terminal.sent.rindex(b"\x1b[6n")
        assert last_question < terminal.sent.rindex(b"\x1b[?1049l")
        terminal.until(terminal.ended)
        assert terminal.unread() == b""


@pytest.mark.parametrize(
    "chosen", [{"LANG": "C"}, {"LANG": "POSIX"}, {"LC_ALL": "C"}, {"LANG": "de_DE.ISO-8859-1"}]
)
def test_a_locale_without_utf_8_is_sent_ascii(chosen: dict[str, str]) -> None:
    with demo(**chosen) as terminal:
        terminal.until(lambda: " MODEL" in terminal.text)
        terminal.pump(0.5)
        assert terminal.sent.isascii()
        assert "####" in terminal.text


@pytest.mark.parametrize(
    ("arguments", "chosen"),
    [
        ((), {"LANG": "C.UTF-8"}),
        ((), {"LANG": "C", "LC_CTYPE": "C.UTF-8", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
        (("--no-ascii",), {"LANG": "C"}),
    ],
)
def test_other_glyphs_are_sent_where_they_are_understood(
    arguments: tuple[str, ...], chosen: dict[str, str]
) -> None:
    with demo(*arguments, **chosen) as terminal:
        terminal.until(lambda: " MODEL" in terminal.text)
        terminal.pump(0.5)
        assert "━" in terminal.text


def test_ascii_can_be_asked_for() -> None:
    with demo("--ascii", LANG="C.UTF-8") as terminal:
        terminal.until(lambda: " MODEL" in terminal.text)
        assert terminal.sent.isascii()


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_without_a_screen_is_told_so_in_a_line(term: str) -> None:
    with demo(TERM=term) as terminal:
        terminal.until(terminal.ended)
        terminal.pump(0.1)
        assert terminal.status == 64
        assert b"\x1b" not in terminal.sent
        assert f"TERM={term}" in terminal.text
        assert "`ollama-top show` prints" in terminal.text.replace("\n", "")


@pytest.mark.parametrize("term", ["xterm", "screen", "tmux-256color", "xterm-256color"])
def test_the_title_says_what_the_verdict_says_and_is_given_back(term: str) -> None:
    with monitor("moving", "0.1", TERM=term) as terminal:
        terminal.until(lambda: terminal.screen.title)
        assert terminal.screen.title == "4 wait for gemma3:270m - ollama-top"
        terminal.type("q")
        terminal.until(terminal.ended)
        assert terminal.sent.count(PUSH) == terminal.sent.count(POP) == 1
        assert terminal.sent.index(PUSH) < terminal.sent.index(b"\x1b]2;") < terminal.sent.index(POP)


def test_names_from_right_to_left_are_to_stay_in_their_columns() -> None:
    with monitor("hostile", "0.1") as terminal:
        terminal.until(lambda: "MODEL 6" in terminal.text)
        terminal.type("q")
        terminal.until(terminal.ended)
        terminal.pump(0.1)
        began, ended = terminal.sent.index(b"\x1b[8l"), terminal.sent.index(b"\x1b[8h")
        assert began < terminal.sent.index("שלום".encode()) < ended


def test_the_console_has_no_title() -> None:
    with monitor("moving", "0.1", TERM="linux") as terminal:
        terminal.until(lambda: "4 wait" in terminal.text)
        terminal.pump(0.5)
        assert b"\x1b]" not in terminal.sent
        assert PUSH not in terminal.sent


def test_a_stop_gives_the_title_back_too() -> None:
    with monitor("moving", "0.1") as terminal:
        terminal.until(lambda: terminal.screen.title)
        terminal.type("\x1a")
        terminal.until(lambda: POP in terminal.sent)
        terminal.until(lambda: terminal.attributes() == terminal.before)
        terminal.pump(0.3)
        kill(terminal.pid, signal.SIGCONT)
        terminal.until(lambda: terminal.sent.count(PUSH) == 2)
        assert b"\x1b]2;4 wait" in terminal.sent[terminal.sent.rindex(PUSH) :]


def test_a_stop_without_warning_leaves_one_reader_and_one_writer() -> None:
    with monitor("moving", "0.1") as terminal:
        terminal.until(lambda: terminal.screen.title)
        threads = len(list(Path(f"/proc/{terminal.pid}/task").iterdir()))
        for _ in range(3):
            kill(terminal.pid, signal.SIGSTOP)
            terminal.pump(0.2)
            kill(terminal.pid, signal.SIGCONT)
            terminal.pump(0.4)
        assert len(list(Path(f"/proc/{terminal.pid}/task").iterdir())) == threads
        terminal.type("?")
        terminal.until(lambda: "Help" in terminal.text)


def test_a_line_that_is_cut_ends_the_program() -> None:
    """As when sshd closes the terminal: no more output, no more input, and a SIGHUP."""
    with monitor("storm", "0.05") as terminal:
        terminal.until(lambda: "REQUEST 20" in terminal.text)
        began_s = time.monotonic()
        terminal.hang_up()
        while not terminal.ended():
            assert time.monotonic() < began_s + GONE_LIMIT_S
            time.sleep(0.02)
