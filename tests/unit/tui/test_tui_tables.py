"""A chosen row is followed by its identity; order, filter and search do what they say."""

from dataclasses import replace

import frames
import scenes
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns.models import MODELS
from ollama_top.columns.requests import REQUESTS
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.tui.tables import Rows, Stand, arrange, find, move_to, selected, settle

UNKNOWN_AGE = Missing(Why.PENDING, "one more look is needed")


def ages(*seconds: float | None) -> Snapshot:
    requests = tuple(
        frames.request(40000 + at, age_s=UNKNOWN_AGE if age_s is None else age_s)
        for at, age_s in enumerate(seconds)
    )
    return frames.frame(requests=requests).snapshot


def names(*models: str) -> Rows:
    return Rows(tuple(models), tuple(models), len(models))


def ports(rows: Rows) -> list[int]:
    return [int(identity.rpartition(":")[2]) - 40000 for identity in rows.identities]


def test_without_an_order_the_frame_s_stands() -> None:
    assert ports(arrange(REQUESTS, Stand(), ages(3, 1, 2))) == [0, 1, 2]
    assert ports(arrange(REQUESTS, Stand(is_inverted=True), ages(3, 1, 2))) == [2, 1, 0]


def test_rows_are_sorted_and_those_without_a_value_come_last_both_ways() -> None:
    snapshot = ages(3, None, 1, 2)
    assert ports(arrange(REQUESTS, Stand(sort="age_s"), snapshot)) == [2, 3, 0, 1]
    assert ports(arrange(REQUESTS, Stand(sort="age_s", is_inverted=True), snapshot)) == [0, 3, 2, 1]


def test_rows_that_are_equal_keep_their_order() -> None:
    assert ports(arrange(REQUESTS, Stand(sort="client"), ages(3, 1, 2))) == [0, 1, 2]


def test_a_filter_looks_at_every_cell_and_minds_no_capitals() -> None:
    rows = arrange(REQUESTS, Stand(filter="OPEN-web"), scenes.busy().snapshot)
    assert len(rows.rows) == 4
    assert rows.total == 6


def test_the_cursor_follows_its_row() -> None:
    chosen = move_to(Stand(), names("a", "b", "c"), 1, 10)
    assert settle(chosen, names("x", "y", "b", "a"), 10).index == 2


def test_the_cursor_stays_in_place_when_its_row_is_gone() -> None:
    chosen = move_to(Stand(), names("a", "b", "c"), 2, 10)
    assert settle(chosen, names("a", "d", "e"), 10).index == 2
    assert settle(chosen, names("a"), 10).index == 0
    assert settle(chosen, names(), 10).index == 0


def test_who_never_moved_stays_at_the_top() -> None:
    assert settle(Stand(), names("x", "a", "b"), 10).index == 0
    returned = move_to(move_to(Stand(), names("a", "b"), 1, 10), names("a", "b"), 0, 10)
    assert returned.chosen is None


def test_selected_is_the_row_under_the_cursor() -> None:
    rows = arrange(MODELS, Stand(), scenes.busy().snapshot)
    assert selected(Stand(index=1), rows).name == Known("qwen3:8b", Source.API)
    assert selected(Stand(), replace(rows, rows=(), identities=())) is None


@given(st.integers(0, 200), st.integers(-5, 250), st.integers(-1, 60), st.integers(0, 300))
def test_the_cursor_is_always_in_view(count: int, index: int, height: int, offset: int) -> None:
    rows = names(*map(str, range(count)))
    stand = move_to(Stand(offset=offset), rows, index, height)
    assert 0 <= stand.index <= max(0, count - 1)
    assert stand.offset <= stand.index < stand.offset + max(1, height)
    assert stand.offset <= max(0, count - max(1, height))


def test_a_search_goes_round_the_end() -> None:
    rows = arrange(MODELS, Stand(), scenes.busy().snapshot)
    assert find(MODELS, rows, "qwen", 0, frames.NOW) == 1
    assert find(MODELS, rows, "gemma", 1, frames.NOW) == 0
    assert find(MODELS, rows, "llama", 0, frames.NOW) is None
