"""Which parts of a screen are painted next; nothing that changed is lost on the way."""

from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from ollama_top.tui.line.pace import Lane, Pace
from ollama_top.tui.line.waiting import BYTES_PER_CELL, Waiting

WHOLE = Region(0, 0, 40, 12)
REGIONS = st.builds(Region, st.integers(0, 45), st.integers(0, 14), st.integers(1, 40), st.integers(1, 14))


def cells(regions: set[Region]) -> set[tuple[int, int]]:
    return {(x, y) for region in regions for x in region.column_range for y in region.line_range}


def test_what_was_asked_for_goes_first_and_is_not_painted_twice() -> None:
    waiting, pace = Waiting(), Pace()
    waiting.add(Lane.TOLD, {Region(0, 3, 10, 1), Region(0, 5, 10, 1)})
    waiting.add(Lane.ASKED, {Region(0, 3, 20, 1)})
    assert waiting.lane(pace) is Lane.ASKED
    assert waiting.take(Lane.ASKED, WHOLE, None) == {Region(0, 3, 20, 1)}
    assert waiting.lane(pace) is Lane.TOLD
    assert waiting.take(Lane.TOLD, WHOLE, None) == {Region(0, 5, 10, 1)}
    assert not waiting


def test_pieces_go_on_where_the_last_one_ended_so_that_every_line_has_its_turn() -> None:
    waiting = Waiting()
    painted: list[int] = []
    for _ in range(12):
        waiting.add(Lane.TOLD, {WHOLE})
        painted += sorted(region.y for region in waiting.take(Lane.TOLD, WHOLE, 2 * 40 * BYTES_PER_CELL))
    assert painted == [*range(12), *range(12)]


@given(
    steps=st.lists(
        st.tuples(st.sampled_from([*Lane]), st.sets(REGIONS, max_size=4), st.none() | st.integers(1, 900)),
        max_size=12,
    ),
    whole=st.builds(Region, st.just(0), st.just(0), st.integers(1, 40), st.integers(1, 12)),
)
def test_every_cell_that_changed_is_painted_after_it_changed(
    steps: list[tuple[Lane, set[Region], int | None]], whole: Region
) -> None:
    waiting, pace = Waiting(), Pace()
    due: set[tuple[int, int]] = set()
    for lane, regions, piece_bytes in steps:
        waiting.add(lane, regions)
        due |= cells(regions) & cells({whole})
        if (chosen := waiting.lane(pace)) is not None:
            due -= cells(waiting.take(chosen, whole, piece_bytes))
    for _ in range(100):
        if (chosen := waiting.lane(pace)) is not None:
            due -= cells(waiting.take(chosen, whole, 100))
    assert due == set()
    assert not waiting
