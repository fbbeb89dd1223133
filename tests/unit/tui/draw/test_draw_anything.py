"""Whatever a Frame may hold can be drawn: one may come from a recording that a stranger sent."""

from dataclasses import replace
from typing import get_type_hints

import frames
from anything import values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ollama_top.model.frame import Snapshot
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.hour import hour_lines
from ollama_top.tui.draw.screen import draw, settled
from ollama_top.tui.hourstand import HourStand
from ollama_top.tui.view import Looks, View

HINTS = get_type_hints(Snapshot)


@given(st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=30)
def test_any_frame_is_drawn_in_its_room(data: st.DataObject) -> None:
    frame = frames.frame()
    names = data.draw(st.lists(st.sampled_from(sorted(HINTS)), min_size=1, max_size=3, unique=True))
    drawn = {name: data.draw(values(HINTS[name], exact=True)) for name in names}
    frame = replace(frame, snapshot=replace(frame.snapshot, **drawn))
    width, height = size = (data.draw(st.integers(1, 150)), data.draw(st.integers(1, 50)))
    view = View(frame, "a recording", 2.0)
    panels = draw(view, settled(view, Looks(), size), size).values()
    lines = [*[line for lines in panels for line in lines], *hour_lines(frame, HourStand(), size)]
    assert sum(map(len, panels)) <= height
    assert {width_of(line) for line in lines} <= {width}
