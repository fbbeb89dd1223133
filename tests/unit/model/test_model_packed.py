"""What is packed comes back as it was, also where the writer was of another version."""

import json
from typing import Any

import frames
import pytest
import scenes
from anything import values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ollama_top.model.exchange import Exchange
from ollama_top.model.frame import Frame
from ollama_top.model.hour import Hour
from ollama_top.model.packed import UNTOLD, Layout, PackedError, Unpacker, layout, pack, sorted_classes
from ollama_top.model.queue import Queue
from ollama_top.model.reading import Missing, Source, Why
from ollama_top.model.request import Request
from ollama_top.model.server import Server

CLASSES = sorted_classes(Frame)
KINDS = st.sampled_from([each for each in CLASSES if each.__name__ not in {"Frame", "Snapshot"}])


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(pack(value)))


def without(kind: type[Any], *names: str) -> tuple[Layout, list[int]]:
    """The layout of a writer that did not know some fields yet, and the places of those that it knew."""
    mine = layout(kind)[kind.__name__]
    known = [name for name in mine if name not in names]
    return {**layout(Frame), kind.__name__: known}, [mine.index(name) for name in known]


def test_every_class_has_a_name_of_its_own() -> None:
    assert len({each.__name__ for each in CLASSES}) == len(CLASSES) > 30
    assert set(layout()) == {each.__name__ for each in CLASSES}


@given(data=st.data(), kind=KINDS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_a_declaration_allows_comes_back(data: st.DataObject, kind: type[Any]) -> None:
    value = data.draw(values(kind, exact=True))
    found = Unpacker(layout()).unpack(kind, through_json(value))
    assert found == value
    assert repr(found) == repr(value)  # nothing has become of another type that is equal to it


@pytest.mark.parametrize("scene", [scenes.busy(), scenes.passing(), frames.frame()])
def test_whole_frames_come_back(scene: Frame) -> None:
    assert Unpacker(layout()).unpack(Frame, through_json(scene)) == scene


def test_a_reading_that_an_older_writer_did_not_have_is_missing() -> None:
    written, kept = without(Queue, "oldest_wait_s")
    packed = pack(frames.queue(running=2))
    found = Unpacker(written).unpack(Queue, [packed[at] for at in kept])
    assert found == frames.queue(running=2, oldest_wait_s=Missing(Why.UNSUPPORTED, UNTOLD))


def test_what_else_an_older_writer_did_not_have_is_its_default() -> None:
    written, kept = without(Request, "exchange")
    packed = pack(frames.request(50001))
    assert Unpacker(written).unpack(Request, [packed[at] for at in kept]) == frames.request(50001)


def test_what_nothing_can_stand_for_is_refused() -> None:
    written, kept = without(Queue, "precision")
    packed = pack(frames.queue())
    with pytest.raises(PackedError, match="Queue without precision"):
        Unpacker(written).unpack(Queue, [packed[at] for at in kept])


def test_what_only_a_newer_writer_has_is_let_be() -> None:
    written = {**layout(), "Queue": [*layout()["Queue"], "mood"]}
    assert Unpacker(written).unpack(Queue, [*pack(frames.queue()), "good"]) == frames.queue()


@pytest.mark.parametrize(
    "wrong", [None, 7, [], "text", [[]], [*pack(frames.queue())[:5], "gossip"], {"running": 1}]
)
def test_what_is_no_value_is_refused(wrong: Any) -> None:
    with pytest.raises(PackedError, match="no Queue"):
        Unpacker(layout()).unpack(Queue, wrong)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", "1" + "0" * 400, "true", '"x"'])
def test_a_number_that_none_can_be_is_refused(value: str) -> None:
    for number in (json.loads(value), [json.loads(value)]):
        with pytest.raises(PackedError):
            Unpacker(layout()).unpack(Hour, [[number], *[[]] * 8])
    running = ["slots", json.loads(value)]
    with pytest.raises(PackedError):
        Unpacker(layout()).unpack(Queue, [running, *pack(frames.queue())[1:]])


@pytest.mark.parametrize(
    "at", [10**30, -(10**17), "2026-03-14", "2026-03-14T15:00", "9999-12-31T00:00:00Z", 1.5]
)
def test_a_time_that_none_can_be_is_refused(at: object) -> None:
    packed = pack(frames.server())
    place = layout()["Server"].index("started_at")
    with pytest.raises(PackedError):
        Unpacker(layout()).unpack(Server, [*packed[:place], ["processes", at], *packed[place + 1 :]])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(Source).map(str),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=40,
)


@given(JSON, st.sampled_from([Frame, Queue, Exchange]))
def test_whatever_comes_it_is_a_value_or_refused(packed: Any, kind: type[Any]) -> None:
    with pytest.raises(PackedError):
        Unpacker(layout()).unpack(kind, packed)


@given(JSON)
def test_a_broken_layout_is_refused(written: Any) -> None:
    with pytest.raises(PackedError):
        Unpacker(written).unpack(Queue, pack(frames.queue()))
