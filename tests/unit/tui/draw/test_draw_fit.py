from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ollama_top.columns.cell import Cell, Role
from ollama_top.columns.column import Align
from ollama_top.tui.draw.fit import ends, fit, fit_line, joined, recolour, width_of, wrap

texts = st.text(st.characters() | st.sampled_from("日本語🦙é/:. "), max_size=60)
cells = st.builds(Cell, texts, st.sampled_from(Role))
lines = st.lists(cells, max_size=8).map(tuple)
widths = st.integers(0, 120)


@given(cells, st.integers(1, 120), st.sampled_from(Align), st.booleans())
def test_a_cell_fits_whatever_is_in_it(cell: Cell, width: int, align: Align, middle: bool) -> None:
    assert cell_len(fit(cell, width, align, middle=middle).text) == width


@given(lines, widths)
def test_a_line_fits_whatever_is_in_it(line: tuple[Cell, ...], width: int) -> None:
    assert width_of(fit_line(line, width)) == width


@given(lines, lines, widths)
def test_both_ends_fit(left: tuple[Cell, ...], right: tuple[Cell, ...], width: int) -> None:
    assert width_of(ends(left, right, width)) == max(width, 0)


@given(texts, st.integers(2, 60))
def test_wrapped_text_fits_and_loses_nothing(text: str, width: int) -> None:
    text = Cell(text).text
    pieces = wrap(text, width)
    assert pieces
    assert all(cell_len(piece) <= width for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(lines)
def test_joining_changes_no_text(line: tuple[Cell, ...]) -> None:
    assert "".join(cell.text for cell in joined(line)) == "".join(cell.text for cell in line)


def test_text_stands_where_it_should() -> None:
    assert fit(Cell("ab"), 4).text == "ab  "
    assert fit(Cell("ab"), 4, Align.RIGHT).text == "  ab"
    assert fit(Cell("abcdef"), 4).text == "abc…"
    assert fit(Cell("日本語"), 4).text == "日 …"


def test_a_long_name_keeps_both_ends_and_loses_first_where_it_came_from() -> None:
    name = Cell("hf.co/bartowski/Qwen2.5-Coder-32B-Instruct-GGUF:Q4_K_M")
    assert fit(name, 40, middle=True).text == "…/Qwen2.5-Coder-32B-Instruct-GGUF:Q4_K_M"
    assert fit(name, 20, middle=True).text == "…/Qwen2.5-…UF:Q4_K_M"
    assert fit(Cell("[red]a-long-markup[/]"), 16, middle=True).text == "[red]a-l…rkup[/]"


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrap("one two three", 8) == ["one two", "three"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrap("", 10) == [""]


def test_neighbours_of_one_meaning_are_sent_as_one() -> None:
    line = (Cell("a", Role.FAINT), Cell(" "), Cell("b", Role.FAINT), Cell(" ", Role.CURSOR), Cell("c"))
    assert joined(line) == (Cell("a b", Role.FAINT), Cell(" ", Role.CURSOR), Cell("c"))


def test_a_line_in_one_role_is_one_cell() -> None:
    assert recolour((Cell("a", Role.NAME), Cell("b")), Role.CURSOR) == (Cell("ab", Role.CURSOR),)
