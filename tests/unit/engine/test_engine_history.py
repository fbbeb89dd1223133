"""The series that the plots draw: of a fixed length, with gaps where a value was missing."""

from dataclasses import replace
from datetime import timedelta

import frames
import log_frames
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.history import POINTS, extend, marks, total
from ollama_top.model.event import EventKind
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Missing, Source, Why

UNKNOWN = Missing(Why.PENDING, "not looked at yet")


def seen(**changes: object) -> Snapshot:
    return frames.frame(**changes).snapshot


def test_a_point_is_put_at_the_end() -> None:
    two = extend(extend(History(), seen(queue=frames.queue(1, 4))), seen(queue=frames.queue(2, 3)))
    assert (two.running, two.waiting) == ((1.0, 2.0), (4.0, 3.0))


def test_what_is_missing_leaves_a_gap() -> None:
    found = extend(History(), seen(queue=frames.queue(UNKNOWN, UNKNOWN)))
    assert (found.running, found.waiting) == ((None,), (None,))


@given(st.integers(1, 3 * POINTS))
def test_no_series_grows_past_its_length(count: int) -> None:
    history, snapshot = History(), seen(gpus=(frames.gpu(),))
    for _ in range(count):
        history = extend(history, snapshot)
    lengths = {
        len(history.running),
        len(history.waiting),
        len(history.tokens_per_s),
        len(history.gpus[0].percent),
    }
    assert lengths == {min(count, POINTS)}


def test_rates_of_all_models_are_added_and_a_missing_one_makes_the_sum_missing() -> None:
    rates = [Known(44.0, Source.SLOTS), Known(8.5, Source.SLOTS)]
    assert total(rates) == 52.5
    assert total([*rates, UNKNOWN]) is None
    models = (frames.model("a", tokens_per_s=rates[0]), frames.model("b", tokens_per_s=rates[1]))
    assert extend(History(), seen(models=models)).tokens_per_s == (52.5,)


def test_each_card_has_a_series_and_one_that_is_gone_has_none() -> None:
    two = seen(gpus=(frames.gpu(0), frames.gpu(1, utilization_percent=UNKNOWN)))
    one = seen(gpus=(frames.gpu(0, utilization_percent=Known(3.0, Source.NVIDIA)),))
    history = extend(extend(History(), two), one)
    assert [each.percent for each in history.gpus] == [(97.0, 3.0)]
    again = extend(history, two)
    assert [each.percent for each in again.gpus] == [(97.0, 3.0, 97.0), (None,)]


def test_a_card_keeps_its_series_when_its_number_changes() -> None:
    first, other = frames.gpu(0), frames.gpu(1, utilization_percent=Known(3.0, Source.NVIDIA))
    history = extend(History(), seen(gpus=(first, other)))
    dealt_anew = seen(gpus=(replace(other, index=0), replace(first, index=1)))
    history = extend(history, dealt_anew)
    assert [each.percent for each in history.gpus] == [(3.0, 3.0), (97.0, 97.0)]
    assert history.gpu_percent("nvidia of another machine") == ()


def test_a_server_that_cannot_be_read_writes_no_rate_that_is_known() -> None:
    down = seen(server=replace(frames.server(), reachable=False, problem="connection refused"))
    assert extend(History(), down).tokens_per_s == (None,)


def test_events_are_marked_at_the_tick_in_which_they_happened() -> None:
    ticks = [frames.NOW + timedelta(seconds=2 * at) for at in range(4)]
    events = [
        log_frames.event(EventKind.LOAD, ago_s=-1),
        log_frames.event(EventKind.BUSY_503, ago_s=-1.5),
        log_frames.event(EventKind.LOAD, ago_s=-6),
        log_frames.event(EventKind.RESTART, ago_s=3600),
        log_frames.event(EventKind.RESTART, ago_s=-60),
        log_frames.event(EventKind.ABORTED, ago_s=-4),
    ]
    assert marks(ticks, events) == (None, EventKind.BUSY_503, None, EventKind.LOAD)


def test_an_event_told_late_is_marked_where_it_happened() -> None:
    history = History()
    for at in range(3):
        taken_at = frames.NOW + timedelta(seconds=2 * at)
        events = (log_frames.event(EventKind.EVICTED, ago_s=-1),) if at == 2 else ()
        history = extend(history, frames.frame(taken_at=taken_at, events=events).snapshot)
    assert history.marks == (None, EventKind.EVICTED, None)
    assert len(history.ticks) == 3
