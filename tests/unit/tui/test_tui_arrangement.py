"""Panels and columns, hidden and moved: something always stays, and nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns.models import MODELS
from ollama_top.columns.slots import SLOTS
from ollama_top.tui.arrangement import (
    HIDEABLE,
    Arrangement,
    arranged,
    declared,
    is_last,
    moved,
    ordered,
    with_column,
    with_columns,
    with_panel,
)
from ollama_top.tui.layout import TABLES, Panel

KEYS = declared(MODELS)
FEW = with_columns(Arrangement(), MODELS, ("running", "name", "waiting"))
arrangements = st.lists(st.sampled_from(KEYS), unique=True).map(
    lambda keys: with_columns(Arrangement(), MODELS, tuple(keys))
)


def test_all_is_shown_as_declared_at_first() -> None:
    assert arranged(MODELS, Arrangement()) is MODELS
    assert Arrangement().shown(MODELS) == ordered(MODELS, Arrangement()) == KEYS


def test_columns_are_drawn_in_the_users_order() -> None:
    assert [column.key for column in arranged(MODELS, FEW).columns] == ["running", "name", "waiting"]
    assert arranged(SLOTS, FEW) is SLOTS


@given(arrangements, st.sampled_from(KEYS))
def test_a_column_is_hidden_or_shown_and_no_other_is(arrangement: Arrangement, key: str) -> None:
    before = ordered(MODELS, arrangement)
    assert sorted(before) == sorted(KEYS)
    once = with_column(arrangement, MODELS, key)
    shown = set(arrangement.shown(MODELS))
    if shown == {key}:
        assert once == arrangement
    else:
        assert set(once.shown(MODELS)) == shown ^ {key}


@given(arrangements, st.sampled_from(KEYS), st.integers(-3, 3))
def test_moving_a_column_moves_no_other(arrangement: Arrangement, key: str, by: int) -> None:
    after = moved(arrangement, MODELS, key, by)
    others = [each for each in arrangement.shown(MODELS) if each != key]
    assert [each for each in after.shown(MODELS) if each != key] == others
    assert set(after.shown(MODELS)) == set(arrangement.shown(MODELS))


@given(st.sampled_from(KEYS))
def test_a_column_that_was_not_moved_comes_back_to_its_place(key: str) -> None:
    once = with_column(Arrangement(), MODELS, key)
    assert ordered(MODELS, once) == KEYS
    assert with_column(once, MODELS, key) == Arrangement()


def test_moving_stops_at_the_ends_and_a_hidden_column_does_not_move() -> None:
    assert moved(FEW, MODELS, "running", -1) == FEW
    assert moved(FEW, MODELS, "waiting", 5) == FEW
    assert moved(FEW, MODELS, "running", 1).shown(MODELS) == ("name", "running", "waiting")
    assert moved(FEW, MODELS, "family", 1) == FEW


def test_a_hidden_column_stands_after_what_it_was_declared_after() -> None:
    order = ordered(MODELS, FEW)
    assert order.index("state") == order.index("name") + 1
    assert order[0] == "running"


def test_what_is_as_declared_is_not_remembered() -> None:
    back = with_columns(FEW, MODELS, KEYS)
    assert back == Arrangement()


def test_unknown_columns_are_passed_over_and_the_last_one_stays() -> None:
    assert with_columns(Arrangement(), MODELS, ("later", "name", "name")).shown(MODELS) == ("name",)
    assert with_columns(FEW, MODELS, ("later",)) == FEW
    only = with_columns(Arrangement(), MODELS, ("name",))
    assert with_column(only, MODELS, "name") == only


@given(st.lists(st.sampled_from(Panel)))
def test_one_table_is_always_shown(hidden: list[Panel]) -> None:
    arrangement = Arrangement()
    for panel in hidden:
        arrangement = with_panel(arrangement, panel)
    assert {*TABLES} - arrangement.hidden
    assert arrangement.hidden <= {*HIDEABLE}


def test_the_last_table_is_told_from_others() -> None:
    arrangement = with_panel(with_panel(Arrangement(), Panel.MODELS), Panel.SLOTS)
    assert is_last(arrangement, Panel.REQUESTS)
    assert not is_last(arrangement, Panel.HOST)
    assert not is_last(Arrangement(), Panel.REQUESTS)
    assert with_panel(arrangement, Panel.MODELS).hidden == {Panel.SLOTS}
