from hypothesis import given
from hypothesis import strategies as st

from ollama_top.tui.layout import FOCUSABLE, TABLES, Counts, Panel, gpu_lines, layout

counts = st.builds(
    Counts,
    gpus=st.integers(0, 16),
    models=st.integers(0, 60),
    slots=st.integers(0, 300),
    doings=st.integers(0, 5),
    footer_lines=st.integers(1, 4),
    verdict_lines=st.integers(1, 4),
)
hidden_panels = st.sets(st.sampled_from([*TABLES, Panel.HOST, Panel.GPUS, Panel.HISTORY])).filter(
    lambda hidden: not {*TABLES} <= hidden
)
zooms = st.none() | st.sampled_from([*TABLES, Panel.GPUS])


@given(st.integers(0, 300), st.integers(0, 120), counts, zooms)
def test_the_rows_are_dealt_out_to_the_last_one(
    width: int, height: int, shown: Counts, zoomed: Panel | None
) -> None:
    rows = layout(width, height, shown, zoomed)
    assert sum(rows.values()) == height
    assert all(number >= 0 for number in rows.values())
    assert set(rows) == set(Panel)


@given(st.integers(20, 200), st.integers(24, 60), counts)
def test_from_80x24_on_nothing_that_answers_is_left_out(width: int, height: int, shown: Counts) -> None:
    rows = layout(width, height, shown, None)
    needed = {Panel.HEADER, Panel.VERDICT, Panel.HISTORY, Panel.MODELS, Panel.REQUESTS, Panel.FOOTER}
    assert all(rows[panel] for panel in needed)
    assert rows[Panel.REQUESTS] >= 3
    assert rows[Panel.MODELS] >= 2
    assert bool(rows[Panel.GPUS]) == bool(shown.gpus)
    assert bool(rows[Panel.SLOTS]) == bool(shown.slots)
    assert rows[Panel.SLOTS] != 1


@given(st.integers(1, 200), st.integers(3, 60), counts, st.sampled_from(TABLES))
def test_zoom_gives_a_table_all_but_the_frame(width: int, height: int, shown: Counts, zoomed: Panel) -> None:
    rows = layout(width, height, shown, zoomed)
    around = {Panel.HEADER, Panel.VERDICT, Panel.FOOTER, Panel.DOINGS, zoomed}
    assert {panel for panel in Panel if rows[panel]} <= around


@given(st.integers(0, 200), st.integers(0, 60), counts, hidden_panels)
def test_what_is_hidden_gets_no_row_and_its_rows_go_to_others(
    width: int, height: int, shown: Counts, hidden: set[Panel]
) -> None:
    rows = layout(width, height, shown, None, hidden)
    assert sum(rows.values()) == height
    assert all(number >= 0 for number in rows.values())
    assert not any(rows[panel] for panel in hidden)


@given(st.integers(20, 200), st.integers(24, 60), counts, hidden_panels)
def test_at_80x24_every_table_that_is_not_hidden_has_room(
    width: int, height: int, shown: Counts, hidden: set[Panel]
) -> None:
    rows = layout(width, height, shown, None, hidden)
    *others, last = [panel for panel in TABLES if panel not in hidden]
    assert rows[last] >= 3
    assert all(rows[panel] >= 2 for panel in others if panel is not Panel.SLOTS or shown.slots)


def test_hiding_what_is_not_needed_shows_more_requests() -> None:
    counts = Counts(gpus=2, models=2, slots=4)
    less = layout(80, 24, counts, None, {Panel.HOST, Panel.GPUS, Panel.HISTORY, Panel.SLOTS})
    assert less[Panel.REQUESTS] == layout(80, 24, counts, None)[Panel.REQUESTS] + 1 + 2 + 1 + 5


def test_the_verdict_is_what_stays_longest() -> None:
    assert {panel for panel, rows in layout(80, 1, Counts(2, 2, 2), None).items() if rows} == {Panel.VERDICT}


def test_a_table_gets_no_more_than_it_needs_but_the_last() -> None:
    rows = layout(80, 24, Counts(gpus=2, models=2, slots=4), None)
    assert (rows[Panel.MODELS], rows[Panel.SLOTS], rows[Panel.REQUESTS]) == (3, 5, 9)


def test_more_height_goes_to_plots_and_rows() -> None:
    small, large = (layout(120, height, Counts(2, 2, 4), None) for height in (24, 50))
    assert small[Panel.HISTORY] == 1
    assert large[Panel.HISTORY] == 8
    assert large[Panel.GPUS] == small[Panel.GPUS]


def test_eight_cards_share_lines_at_80x24_and_have_their_own_at_50() -> None:
    assert gpu_lines(80, 24, 8) == 4
    assert gpu_lines(80, 50, 8) == 8
    assert gpu_lines(30, 24, 100) == 8


def test_every_panel_in_the_round_can_be_drawn() -> None:
    assert set(TABLES) < set(FOCUSABLE) < set(Panel)
