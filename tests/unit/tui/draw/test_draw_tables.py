"""What the tables and the footer say."""

from dataclasses import replace
from typing import Any

import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line, Role
from ollama_top.columns.gpus import GPUS
from ollama_top.columns.models import MODELS
from ollama_top.columns.requests import REQUESTS
from ollama_top.columns.slots import SLOTS
from ollama_top.model.frame import Frame
from ollama_top.model.light import LightState
from ollama_top.tui.draw.footer import key_line, notice_lines, prompt_line
from ollama_top.tui.draw.header import LIGHTS, header
from ollama_top.tui.draw.table import table_lines
from ollama_top.tui.main_keys import MAIN_KEYS
from ollama_top.tui.tables import Stand, arrange
from ollama_top.tui.view import View


def view(frame: Frame | None, **changes: Any) -> View:
    return replace(View(frame, "http://127.0.0.1:11434", 2.0), **changes)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def roles(line: Line, word: str) -> set[Role]:
    return {cell.role for cell in line if word in cell.text}


def head(frame: Frame | None, width: int = 80, **changes: Any) -> str:
    return text(header(view(frame, **changes), width, is_focused=False))


def table(frame: Frame, shown: Any = MODELS, stand: Stand = Stand(), height: int = 6) -> list[Line]:  # noqa: B008
    rows = arrange(shown, stand, frame.snapshot)
    return table_lines(shown, rows, stand, view(frame), (80, height), is_focused=True)


def test_a_table_is_titled_by_its_header_with_its_count() -> None:
    assert text(table(scenes.busy())[0]).startswith(" MODEL 2 ")


def test_what_a_filter_leaves_is_told_beside_what_there_is() -> None:
    assert text(table(scenes.busy(), SLOTS, Stand(filter="no such"))[0]).startswith(" SLOT 0/6 ")
    assert text(table(scenes.busy(), SLOTS)[0]).startswith(" SLOT 6 ")


def test_models_of_a_server_that_has_not_answered_are_unknown_and_not_none() -> None:
    server = replace(frames.frame().snapshot.server, reachable=False, problem=None)
    head, why = (text(each) for each in table(frames.frame(server=server))[:2])
    assert head.startswith(" MODEL - ")
    assert why.strip() == "the server has not answered yet"


def test_the_cursor_is_drawn_only_in_the_table_in_focus() -> None:
    shown = scenes.busy()
    rows = arrange(MODELS, Stand(), shown.snapshot)
    idle = table_lines(MODELS, rows, Stand(), view(shown), (80, 6), is_focused=False)
    assert [cell.role for cell in table(shown)[1]] == [Role.CURSOR]
    assert Role.CURSOR not in {cell.role for line in idle for cell in line}


def test_the_column_that_decides_the_order_is_marked() -> None:
    assert "WAIT▲" in text(table(scenes.busy(), stand=Stand(sort="waiting"))[0])
    assert "WAIT▼" in text(table(scenes.busy(), stand=Stand(sort="waiting", is_inverted=True))[0])


def test_only_the_rows_in_view_are_drawn() -> None:
    lines = table(scenes.crowded(), REQUESTS, Stand(offset=990, index=995), 6)
    assert len(lines) == 6
    assert "REQUEST 1000" in text(lines[0])


def test_old_rows_are_faint_and_their_age_is_told() -> None:
    lines = table(troubles.stale(), MODELS, Stand(index=5))
    assert text(lines[0]).endswith(" 42s old ")
    assert [cell.role for cell in lines[1]] == [Role.FAINT]


def test_a_table_without_rows_says_so() -> None:
    assert "no model is loaded" in text(table(frames.frame())[1])


def test_a_table_whose_rows_cannot_be_seen_says_why() -> None:
    lines = table(troubles.remote(), REQUESTS)
    assert text(lines[0]).startswith(" REQUEST - ")
    assert frames.NOT_LOCAL.hint in text(lines[1])


def test_a_source_that_failed_gives_its_reason() -> None:
    failed = frames.lights(api=frames.light("api", LightState.FAILED, None, "answered HTTP 500"))
    assert "answered HTTP 500" in text(table(frames.frame(sources=failed))[1])


def test_a_source_that_tells_in_part_gives_both() -> None:
    lines = table(troubles.denied(), SLOTS)
    assert "no runner tells its slots (the ports of the runners may not be read)" in text(lines[1])


def test_a_filter_that_hides_all_says_so() -> None:
    assert "none of 2 contains “zzz”" in text(table(scenes.busy(), stand=Stand(filter="zzz"))[1])


def test_all_columns_of_the_cards_stand_in_a_table() -> None:
    assert "MEMORY" in text(table(scenes.busy(), GPUS)[0])


@pytest.mark.parametrize("shown", [MODELS, REQUESTS, SLOTS, GPUS], ids=lambda each: each.name)
@pytest.mark.parametrize("width", [1, 2, 7, 20, 80, 200])
def test_every_line_has_the_width_of_the_screen(shown: Any, width: int) -> None:
    for frame in (scenes.busy(), troubles.hostile(), scenes.crowded(), troubles.stale()):
        rows = arrange(shown, Stand(), frame.snapshot)
        lines = table_lines(shown, rows, Stand(), view(frame), (width, 9), is_focused=True)
        assert {scenes_width(line) for line in lines} <= {width}


def scenes_width(line: Line) -> int:
    from ollama_top.tui.draw.fit import width_of

    return width_of(line)


def test_the_footer_names_what_fits_the_most_important_first() -> None:
    assert text(key_line(MAIN_KEYS, 20)).split() == ["F1", "help", "q", "quit"]
    assert len(text(key_line(MAIN_KEYS, 200))) == 200


def test_a_filter_that_hides_rows_is_in_sight() -> None:
    assert "filter: gem" in text(key_line(MAIN_KEYS, 80, filter_text="gem"))


def test_what_is_typed_is_shown() -> None:
    assert text(prompt_line("search", "gem", "Esc goes back", 40)) == " search: gem   Esc goes back".ljust(40)


def test_a_notice_is_shown() -> None:
    (line,) = notice_lines(replace(LIGHTS[LightState.OK], text="it is unloaded"), 40)
    assert "it is unloaded" in text(line)
    assert len(notice_lines(replace(LIGHTS[LightState.OK], text="it is unloaded " * 5), 40)) == 2
