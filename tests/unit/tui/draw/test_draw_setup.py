"""The setup screen as lines."""

from hypothesis import given
from hypothesis import strategies as st

from ollama_top.tui.arrangement import HIDEABLE, Arrangement, with_columns, with_panel
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.screen import ALL_TABLES
from ollama_top.tui.draw.setup import Item, items, setup_lines
from ollama_top.tui.layout import Panel

ALL = items(ALL_TABLES, Arrangement())
MODELS = ALL_TABLES[0]


def text(arrangement: Arrangement, item: Item, width: int = 80) -> str:
    lines, places = setup_lines(ALL, arrangement, 0, width)
    return "".join(cell.text for cell in lines[places[ALL.index(item)]])


def test_every_panel_and_every_column_has_its_item() -> None:
    assert [item.panel for item in ALL if item.panel] == [*HIDEABLE]
    for table in ALL_TABLES:
        assert [item.column for item in ALL if item.table is table] == [
            column.key for column in table.columns
        ]


@given(st.integers(1, 200), st.integers(0, len(ALL) - 1))
def test_each_item_has_a_line_of_its_own_at_any_width(width: int, marked: int) -> None:
    lines, places = setup_lines(ALL, Arrangement(), marked, width)
    assert len({*places}) == len(ALL)
    assert all(width_of(lines[place]) == width for place in places)


def test_a_box_says_what_is_shown() -> None:
    slots = Item(Panel.SLOTS)
    assert "[x] slots" in text(Arrangement(), slots)
    assert "[ ] slots" in text(with_panel(Arrangement(), Panel.SLOTS), slots)


def test_what_has_to_stay_says_so() -> None:
    only = with_columns(Arrangement(), MODELS, ("name",))
    assert "a table has a column" in text(only, Item(None, MODELS, "name"))
    assert "a table has a column" not in text(Arrangement(), Item(None, MODELS, "name"))


def test_a_long_meaning_is_cut_between_words() -> None:
    long = text(Arrangement(), Item(None, MODELS, "vram_bytes"), 60).rstrip()
    assert long.endswith(" …")
