"""The comparison's arithmetic and its terminal; what it measures is never asserted."""

import subprocess
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[3] / "benchmarks"


def module(name: str) -> ModuleType:
    """A file of the folder under a name of its own, since tests have a `terminal` too."""
    own_name = f"benchmarks_{name}"
    found = util.spec_from_file_location(own_name, FOLDER / f"{name}.py")
    assert found is not None
    assert found.loader is not None
    sys.modules[own_name] = loaded = util.module_from_spec(found)
    found.loader.exec_module(loaded)
    return loaded


table, terminal = module("table"), module("terminal")
WALL = table.Column("wall time", "ms", 1)
ROWS = {
    "ours": [[30.0, 10.0, 20.0]],
    "other": [[40.0, None, 60.0]],
    "gone": "it is not installed",
    "mute": [[None]],
}
MEASURED = table.Table("title", "ours", [WALL], ROWS)


def test_a_figure_is_the_median_of_the_rounds_that_brought_one() -> None:
    figures = [MEASURED.figure(name) for name in ROWS]
    assert figures == [20.0, 50.0, None, None]


def test_others_are_ratios_of_ours_and_a_dash_has_its_reason() -> None:
    lines = MEASURED.markdown().splitlines()
    assert "| ours | 20.0 ms |" in lines
    assert "| other | 50.0 ms (2.50x) |" in lines
    assert "| gone | - |" in lines
    assert "- gone: it is not installed" in lines
    assert "| mute | - |" in lines


@pytest.mark.parametrize(
    ("figure", "said"),
    [(10.0, "- met: fast: 10.0 ms of 10.0 ms"), (10.1, "- **not met**: fast: 10.1 ms of 10.0 ms")],
)
def test_a_goal_says_whether_it_is_met(figure: float, said: str) -> None:
    assert table.Goal("fast", figure, 10.0, WALL).markdown() == said


def test_a_goal_without_a_figure_is_not_met_and_not_missed() -> None:
    assert table.Goal("fast", None, 10.0, WALL).markdown() == "- **not measured**: fast"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
        (b"\x1b[?2048$p", b"\x1b[?2048;2$y"),
        (b"\x1b[?9999$p", b"\x1b[?9999;0$y"),
        (b"\x1b[?2048h", b"\x1b[48;40;120;800;1200t"),
        (b"\x1b[6n", b"\x1b[1;1R"),
        (b"\x1b[1;7H\x1b[6n", b"\x1b[1;7R"),
        (b"text\x1b[c\x1b[?u", b"\x1b[?62;22c\x1b[?0u"),
        (b"\x1b[1;31mred\x1b[0m\x1b[?2026h", b""),
    ],
)
def test_queries_are_answered_as_a_terminal_does(asked: bytes, answered: bytes) -> None:
    assert terminal.answers(asked) == answered


def test_what_a_program_shows_is_found_with_its_time(tmp_path: Path) -> None:
    with terminal.Terminal(
        ["sh", "-c", "sleep 0.2; printf hello"], {"PATH": "/usr/bin:/bin"}, tmp_path
    ) as shell:
        assert terminal.serve([shell], shell.has_exited, 20.0)
        shell.read()
        after_s = shell.shown_after_s(terminal.has_content)
        assert after_s is not None
        assert after_s >= 0.2
        assert shell.shown_after_s(lambda screen: "bye" in screen.display[0]) is None


def test_an_unknown_case_is_refused() -> None:
    asked = [sys.executable, str(FOLDER / "compare.py"), "speed"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert "no such case: speed" in told.stderr
