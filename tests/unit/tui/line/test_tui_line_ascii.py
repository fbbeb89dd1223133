"""Every glyph has its place in ASCII, as wide as it is."""

import ast
from pathlib import Path

from rich.cells import cell_len

import ollama_top
from ollama_top.model.text import printable
from ollama_top.tui.line.ascii import UNKNOWN, plain
from ollama_top.tui.line.title import has_title, titled
from ollama_top.tui.plots import braille

ROOT = Path(ollama_top.__file__).parent
DRAWN_BY = ("tui", "columns", "doctor", "control", "model", "ollama", "engine")


def glyphs() -> set[str]:
    """What stands in the texts of those rooms, as far as it is shown as it is."""
    found: set[str] = set()
    for path in (
        each for room in DRAWN_BY for each in (ROOT / room).rglob("*.py") if each.name != "ascii.py"
    ):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {each for each in node.value if not each.isascii() and printable(each) == each}
    return found


def test_every_glyph_of_ours_has_one_of_its_own() -> None:
    assert "●" in glyphs()
    assert {each for each in glyphs() if plain(each) == UNKNOWN} == {"\N{REPLACEMENT CHARACTER}"}


def test_lights_marks_and_steps_are_told_apart() -> None:
    for together in ("●○◔◐·✗", "✓✗▲i", "▁▂▃▄▅▆▇█", "━╸─", "█▓▒"):
        assert len(set(map(plain, together))) == len(together)


def test_nothing_changes_its_width_and_all_is_ascii() -> None:
    for character in map(chr, range(0x20, 0x30000)):
        if printable(character) == character:
            assert plain(character).isascii()
            assert len(plain(character)) == cell_len(character)


def test_a_plot_keeps_its_shape() -> None:
    lines = braille([0.0, 4.0, 8.0, 8.0], 2, 2, 8.0)
    assert ["".join(map(plain, line)) for line in lines] == [" #", "|#"]


def test_a_title_steers_nothing() -> None:
    assert titled("4 wait\x07\x1b[2J") == "\x1b]2;4 wait␇␛[2J\x07"
    assert [has_title(term) for term in ("xterm", "screen.xterm", "linux", "vt220", "dumb", "")] == [
        *(True, True),
        *(False, False, False, False),
    ]
