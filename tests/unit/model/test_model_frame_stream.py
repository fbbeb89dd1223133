"""Frames go through lines and come back as they were."""

import json
from datetime import UTC, datetime

import frames
import pytest
import scenes
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.demo.feed import Camera
from ollama_top.demo.scenarios import NAMED
from ollama_top.model.frame import Frame
from ollama_top.model.frame_stream import FORMAT, FrameReader, FrameStreamError, FrameWriter

BEGAN = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
LOOKS = 40


@pytest.mark.parametrize("name", NAMED)
def test_the_simulation_comes_back_frame_by_frame(name: str) -> None:
    camera = Camera(NAMED[name], began_at=BEGAN)
    writer, reader = FrameWriter(), FrameReader()
    for _ in range(LOOKS):
        frame = camera.shoot(2.0)
        found = reader.read(writer.line(frame))
        assert found == frame
        assert repr(found) == repr(frame)


def test_any_scene_can_follow_any_other() -> None:
    several = [frames.frame(), scenes.busy(), scenes.passing(), scenes.busy(), frames.frame()]
    writer, reader = FrameWriter(), FrameReader()
    assert [reader.read(writer.line(each)) for each in several] == several


def test_a_frame_like_the_last_takes_hardly_a_word() -> None:
    writer = FrameWriter()
    writer.line(scenes.busy())
    assert writer.line(scenes.busy()) == b'{"change":{}}'


def test_lines_are_passed_over_without_their_frames() -> None:
    camera, writer, reader = Camera(began_at=BEGAN), FrameWriter(), FrameReader()
    played = [camera.shoot(2.0) for _ in range(LOOKS)]
    for each in played:
        reader.skip(writer.line(each))
    assert reader.frame() == played[-1]


def test_a_whole_frame_begins_anew() -> None:
    writer = FrameWriter()
    writer.line(scenes.busy())
    assert FrameReader().read(writer.whole(scenes.passing())) == scenes.passing()


def test_a_line_cannot_steer_a_terminal() -> None:
    line = FrameWriter().line(frames.frame(server=frames.server(url="\x1b[2J\x7f\u202e\n\udcff")))
    assert line.decode("ascii").isprintable()
    assert FrameReader().read(line).snapshot.server.url == "\x1b[2J\x7f\u202e\n\udcff"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"Permission denied", "no JSON"),
        (b"\xff", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no line of Frames"),
        (b'{"change":{}}', "did not come"),
        (b'{"format":"ollama-top-frames/9","frame":[]}', "another format"),
        (json.dumps({"format": FORMAT, "frame": [], "layout": {}}).encode(), "no Frame"),
        (json.dumps({"format": FORMAT, "frame": [], "layout": None}).encode(), "no Frame"),
    ],
    ids=lambda each: str(each)[:20],
)
def test_what_is_no_frame_is_refused(line: bytes, why: str) -> None:
    with pytest.raises(FrameStreamError, match=why):
        FrameReader().read(line)


@given(st.data())
def test_a_damaged_line_is_a_frame_or_refused(data: st.DataObject) -> None:
    line = bytearray(FrameWriter().line(frames.frame(models=(frames.model(),))))
    for _ in range(data.draw(st.integers(1, 4))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(FrameReader().read(bytes(line)), Frame)
    except FrameStreamError:
        return
