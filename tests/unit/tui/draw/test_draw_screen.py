"""The whole main screen, as lines."""

from collections.abc import Mapping
from dataclasses import replace

import frames
import pytest
import scenes
import troubles
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.columns.cell import Cell
from ollama_top.model.frame import Frame
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.screen import draw, is_lost, rooms, settled
from ollama_top.tui.layout import Panel
from ollama_top.tui.prompt import Prompt, Purpose
from ollama_top.tui.tables import Stand
from ollama_top.tui.view import Looks, View

SCENES = (
    scenes.idle, scenes.busy, scenes.crowded,
    troubles.unreachable, troubles.denied, troubles.stale,
    troubles.hostile, troubles.remote, troubles.lost_card,
)  # fmt: skip
FRAMES: tuple[Frame | None, ...] = (None, *(scene() for scene in SCENES))


def seen(frame: Frame | None) -> View:
    return View(frame, "http://127.0.0.1:11434", 2.0, offers_demo=True)


def screen(view: View, looks: Looks, size: tuple[int, int]) -> str:
    lines = [line for lines in draw(view, settled(view, looks, size), size).values() for line in lines]
    return "\n".join("".join(cell.text for cell in line) for line in lines)


@given(
    st.sampled_from(FRAMES),
    st.integers(1, 210),
    st.integers(1, 60),
    st.sampled_from(Panel),
    st.none() | st.sampled_from([Panel.MODELS, Panel.SLOTS, Panel.REQUESTS, Panel.GPUS]),
)
def test_any_frame_can_be_drawn_at_any_size(
    frame: Frame | None, width: int, height: int, focus: Panel, zoomed: Panel | None
) -> None:
    view, size = seen(frame), (width, height)
    looks = settled(view, Looks(focus=focus, zoomed=zoomed), size)
    drawn, rows = draw(view, looks, size), rooms(view, looks, size)
    assert all(len(drawn[panel]) <= rows[panel] for panel in Panel)
    assert {width_of(line) for lines in drawn.values() for line in lines} <= {width}


def test_a_frame_that_shows_the_same_draws_the_same() -> None:
    younger = frames.lights(api=frames.light("api", age_s=1.9))
    later = replace(scenes.idle(), snapshot=replace(scenes.idle().snapshot, sources=younger))
    assert screen(seen(scenes.idle()), Looks(), (80, 24)) == screen(seen(later), Looks(), (80, 24))


def test_the_number_of_requests_moves_no_panel() -> None:
    def sizes(count: int) -> Mapping[Panel, int]:
        full = scenes.crowded()
        part = replace(full, snapshot=replace(full.snapshot, requests=full.snapshot.requests[:count]))
        return rooms(seen(part), Looks(), (80, 24))

    assert sizes(0) == sizes(999)


def test_a_server_that_is_lost_gets_advice_in_place_of_tables() -> None:
    shown = screen(seen(troubles.unreachable()), Looks(zoomed=Panel.MODELS), (80, 24))
    assert "What it may be, and what to type" in shown
    assert "MODEL" not in shown
    assert "RTX 4090" in shown


def test_a_server_with_old_values_is_not_lost_and_neither_is_one_not_asked_yet() -> None:
    assert is_lost(troubles.unreachable())
    assert not is_lost(troubles.stale())
    assert not is_lost(None)
    asking = replace(troubles.unreachable().snapshot, server=frames.server(reachable=False, problem=None))
    assert not is_lost(replace(troubles.unreachable(), snapshot=asking))


def test_a_table_that_is_gone_is_not_in_focus() -> None:
    looks = Looks(focus=Panel.SLOTS, zoomed=Panel.SLOTS)
    assert settled(seen(scenes.busy()), looks, (80, 24)).focus is Panel.SLOTS
    left = settled(seen(troubles.remote()), looks, (80, 24))
    assert (left.focus, left.zoomed) == (Panel.MODELS, None)


def test_the_last_line_is_what_is_typed_then_the_notice_then_the_keys() -> None:
    view = replace(seen(scenes.busy()), notice=Cell("something happened"))
    looks = Looks(prompt=Prompt(Purpose.SEARCH, Stand(), "gem"))
    assert screen(view, looks, (80, 24)).splitlines()[-1].startswith(" search: gem")
    assert "something happened" in screen(view, Looks(), (80, 24)).splitlines()[-1]
    assert "F1 help" in screen(seen(scenes.busy()), Looks(), (80, 24)).splitlines()[-1]


@pytest.mark.parametrize("is_read_only", [False, True])
def test_unloading_is_offered_only_to_who_may(is_read_only: bool) -> None:
    view = replace(seen(scenes.busy()), is_read_only=is_read_only)
    assert ("unload" in screen(view, Looks(), (200, 50))) is not is_read_only


def test_a_frame_of_eight_cards_and_a_thousand_requests_is_drawn_in_time() -> None:
    from time import process_time

    view, size = seen(scenes.crowded()), (200, 50)
    looks = Looks(stands={Panel.REQUESTS: Stand(sort="age_s")})
    draw(view, settled(view, looks, size), size)
    began_s = process_time()
    for _ in range(5):
        draw(view, settled(view, looks, size), size)
    assert (process_time() - began_s) / 5 < 0.1
