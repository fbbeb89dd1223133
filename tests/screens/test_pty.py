"""The monitor in a real terminal: what it sends, that it is what it means, and that it leaves well."""

import re
import signal
import time
from os import kill
from pathlib import Path

import play
import pytest
import scenes
from terminal import MODERN, Terminal

from ollama_top.model.frame import Frame
from ollama_top.tui.draw.screen import draw, rooms, settled
from ollama_top.tui.view import Looks, View
from ollama_top.tui.widgets.panel import changed

PLAY = str(Path(play.__file__))
SGR = re.compile(rb"\x1b\[([0-9;]*)m")
ATTEMPTS = 3  # a machine that is busy with other things may be late once
TICK_S = 0.1
RESTORED_LIMIT_S, GONE_LIMIT_S = 1.0, 1.5  # on a busy machine; a benchmark holds the 0.3 and 0.5 s
PER_TICK_LIMIT_BYTES = 2000
COLOURLESS = {"", "0", "1", "2", "4", "7", "39", "49"}


def monitor(*arguments: str, size: tuple[int, int] = (120, 40), **variables: str) -> Terminal:
    return Terminal([PLAY, *arguments], size, {**MODERN, **variables})


def drawn(frame: Frame, size: tuple[int, int]) -> list[str]:
    """What the screen should show, by the pure functions alone."""
    view = View(frame, "a play", 2.0)
    looks = settled(view, Looks(), size)
    rows = rooms(view, looks, size)
    shown: list[str] = []
    for panel, lines in draw(view, looks, size).items():
        shown += ["".join(cell.text for cell in line).rstrip() for line in lines]
        shown += [""] * (rows[panel] - len(lines))
    return shown


def worth_of_change(before: int, after: int, size: tuple[int, int]) -> int:
    """Bytes that the lines which differ between two Frames need, at 16 for each change of style."""
    views = [View(play.four_of_twenty(at), "a play", 2.0) for at in (before, after)]
    old, new = (draw(view, settled(view, Looks(), size), size) for view in views)
    total = 64
    for panel, lines in new.items():
        for region in changed(old[panel], lines):
            total += len("".join(cell.text for cell in lines[region.y]).encode()) + 16 * len(lines[region.y])
    return total


def test_a_still_screen_sends_nothing() -> None:
    with monitor("still", "0.02") as terminal:
        terminal.until(lambda: "4 wait" in terminal.text)
        terminal.until_still()
        assert terminal.pump(1.0) == b""


def test_four_rows_of_twenty_cost_what_changed_and_no_more() -> None:
    with monitor("four_of_twenty", str(TICK_S)) as terminal:
        terminal.until(lambda: "REQUEST 20" in terminal.text)
        terminal.pump(5 * TICK_S)
        sent = len(terminal.sent)
        updates = terminal.sent.count(b"\x1b[1;1H")
        terminal.pump(40 * TICK_S)
        ticks = terminal.sent.count(b"\x1b[1;1H") - updates
        per_tick = (len(terminal.sent) - sent) / ticks
        assert 20 <= ticks <= 41
        assert per_tick <= PER_TICK_LIMIT_BYTES
        assert per_tick <= max(worth_of_change(at, at + 1, (120, 40)) for at in range(4))


@pytest.mark.parametrize("theme", ["terminal", "night"])
def test_parts_sent_again_make_the_same_screen_as_all_of_it(theme: str) -> None:
    size = (100, 36)
    with monitor("ending", "0.03", theme, size=size) as terminal:
        last = play.moving(play.LAST - 1)
        expected = drawn(last, size)
        terminal.until(lambda: terminal.lines == expected)
        terminal.until_still()
        patched = terminal.cells()
        terminal.resize(size[0], size[1] - 1)
        terminal.until_still()
        terminal.resize(*size)
        terminal.until_still()
        assert terminal.cells() == patched


def test_any_size_and_back() -> None:
    with monitor("crowded", "0.05", size=(80, 24)) as terminal:
        terminal.until(lambda: "800 wait" in terminal.text)
        terminal.until_still()
        before = terminal.lines
        for size in ((20, 5), (1, 1), (200, 50), (80, 24)):
            terminal.resize(*size)
            terminal.until_still()
        assert terminal.lines == before


def test_wide_and_hostile_names_keep_the_columns_and_steer_nothing() -> None:
    with monitor("hostile", "0.05", size=(100, 30)) as terminal:
        terminal.until(lambda: "MODEL 6" in terminal.text)
        terminal.until_still()
        states = [row for row in terminal.cells() if "idle" in "".join(cell.data for cell in row)]
        columns = {"".join(cell.data or "" for cell in row).index("idle") for row in states}
        places = {
            next(x for x, cell in enumerate(row) if "".join(each.data for each in row[x : x + 4]) == "idle")
            for row in states
        }
        assert len(places) == 1
        assert columns
        assert terminal.screen.title.endswith(" - ollama-top")
        assert "red" in terminal.text


def seconds_to_leave(play_name: str) -> tuple[float, float, Terminal]:
    """From `q` to the restored terminal, and to the end of the process."""
    with monitor(play_name, "0.1") as terminal:
        terminal.until(lambda: "4 wait" in terminal.text)
        terminal.pump(0.3)
        raw = terminal.attributes()
        began_s = time.monotonic()
        terminal.type("q")
        terminal.until(lambda: b"\x1b[?25h" in terminal.sent)
        restored_s = time.monotonic() - began_s
        terminal.until(terminal.ended)
        gone_s = time.monotonic() - began_s
        assert terminal.status == 0
        assert raw != terminal.before
        assert terminal.attributes() == terminal.before
        assert terminal.sent.rindex(b"\x1b[?1049l") > terminal.sent.rindex(b"\x1b[?1049h")
        assert b"Traceback" not in terminal.sent
        return restored_s, gone_s, terminal


def in_time(restored_s: float, gone_s: float) -> bool:
    return restored_s <= RESTORED_LIMIT_S and gone_s <= GONE_LIMIT_S


@pytest.mark.parametrize("play_name", ["moving", "hanging"])
def test_q_restores_the_terminal_and_is_gone_at_once_whatever_hangs(play_name: str) -> None:
    took: list[tuple[float, float]] = []
    while not took or (len(took) < ATTEMPTS and not in_time(*took[-1])):
        took.append(seconds_to_leave(play_name)[:2])
    assert in_time(*took[-1]), took


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(number: signal.Signals) -> None:
    with monitor("moving", "0.1") as terminal:
        terminal.until(lambda: "4 wait" in terminal.text)
        kill(terminal.pid, number)
        terminal.until(terminal.ended)
        terminal.pump(0.1)
        assert terminal.attributes() == terminal.before
        assert b"\x1b[?1049l" in terminal.sent


def test_who_comes_back_from_a_stop_finds_everything_drawn_anew() -> None:
    """Also what no Frame changes, on a screen that somebody else has had meanwhile."""
    with Terminal(["-m", "ollama_top", "--demo"]) as terminal:
        terminal.until(lambda: "DEMO" in terminal.text and " MODEL" in terminal.text)
        kill(terminal.pid, signal.SIGTSTP)
        terminal.until(lambda: terminal.sent.count(b"\x1b[?1049l") == 1)
        terminal.pump(0.2)
        stopped_at = len(terminal.sent)
        kill(terminal.pid, signal.SIGCONT)
        terminal.until(lambda: terminal.sent.count(b"\x1b[?1049h") == 2)
        terminal.pump(1.0)
        for words in (b"ollama-top", b" MODEL ", b"REQUEST", b"tok/s", b"cpu", b"help"):
            assert words in terminal.sent[stopped_at:]


def test_who_wants_no_colour_gets_none() -> None:
    with monitor("moving", "0.05", "night", NO_COLOR="1") as terminal:
        terminal.until(lambda: "4 wait" in terminal.text)
        terminal.type("T")
        terminal.pump(0.5)
        codes = {code.decode() for found in SGR.findall(terminal.sent) for code in found.split(b";")}
        assert "7" in codes
        assert codes <= COLOURLESS


def test_a_terminal_of_16_colours_gets_no_others() -> None:
    with monitor("moving", "0.05", "night", TERM="linux", COLORTERM="") as terminal:
        terminal.until(lambda: "4 wait" in terminal.text)
        terminal.pump(0.3)
        codes = [found for found in SGR.findall(terminal.sent) if b"38;" in found or b"48;" in found]
        assert codes == []


def test_the_scene_that_is_played_is_the_scene() -> None:
    assert play.four_of_twenty(0).snapshot.models == scenes.busy().snapshot.models


def test_what_a_user_chose_is_there_the_next_time() -> None:
    for key in ("z", ""):
        with Terminal(["-m", "ollama_top", "--demo"]) as terminal:
            terminal.until(lambda: "DEMO" in terminal.text and " MODEL" in terminal.text)
            if key:
                assert "REQUEST" in terminal.text
                terminal.type(key)
            terminal.until(lambda: "REQUEST" not in terminal.text)
            terminal.type("q")
            terminal.until(terminal.ended)
            assert terminal.status == 0
