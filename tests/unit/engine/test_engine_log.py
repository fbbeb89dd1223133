"""What the log says, as it comes into a Frame: loads, events, finished requests, lines."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from captured import NEWEST, OLDER, Capture
from engine_samples import (
    BLOB,
    NAME,
    NOW,
    PORT,
    api,
    go_runner,
    listed,
    reason,
    runner,
    samples,
    snapshot,
    tree,
    value,
)

from ollama_top.engine import derive
from ollama_top.engine.samples import Samples, Taken
from ollama_top.engine.state import State
from ollama_top.model.event import EventKind
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.log import Log
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.log.story import Story
from ollama_top.sources.logs.watch import LogLook

HERE = Known("/var/log/ollama.log", Source.LOG)
DENIED = Missing(Why.DENIED, "the journal may be read by root")
AT = NOW + timedelta(seconds=10)
"""The moment of the samples."""


def look(*lines: tuple[datetime, str], where: Reading[str] = HERE) -> LogLook:
    story = Story()
    for at, line in lines:
        story.take(line, at)
    return LogLook(where, story.told())


def with_log(log: LogLook, **changes: Any) -> Samples:
    return samples(log=Taken(log, 10.0), **changes)


def framed(*looks: Samples) -> Frame:
    state = State()
    for each in looks:
        state, frame = derive.step(state, each)
    return frame


def started(path: str = BLOB, port: int = PORT) -> str:
    cmd = f"/bin/llama-server --model {path} --port {port} -c 8192 -np 2"
    return f'time=2026-03-14T15:00:00Z level=INFO source=a.go:1 msg="starting llama-server" cmd="{cmd}"'


def gin(status: int = 200, took: str = "2s", path: str = "/api/chat") -> str:
    return f'[GIN] 2026/03/14 - 15:09:00 | {status} | {took:>13} | {"127.0.0.1":>15} | POST     "{path}"'


LOADED = 'time=2026-03-14T15:00:02Z level=INFO source=a.go:1 msg="llama-server started in 2.50 seconds"'
LOAD = [
    (NOW, started()),
    (NOW, "load_tensors: offloaded 29/33 layers to GPU"),
    (NOW, "llama_kv_cache:      CUDA0 KV buffer size =   180.00 MiB"),
    (NOW + timedelta(seconds=2), LOADED),
]


def facts(model: LoadedModel) -> list[Reading[Any]]:
    return [model.layers_on_gpu, model.layers, model.kv_cache_bytes, model.load_s]


def test_a_model_has_what_the_log_says_of_its_load() -> None:
    (model,) = snapshot(with_log(look(*LOAD))).models
    assert [value(each) for each in facts(model)] == [29, 33, 180 << 20, 2.5]
    assert {each.source for each in facts(model) if isinstance(each, Known)} == {Source.LOG}


@pytest.mark.parametrize(("server", "port", "told"), [(NEWEST, 46533, (2, 4096)), (OLDER, 44587, (2, 4096))])
def test_a_runner_is_joined_to_its_load_by_port_and_weights(
    server: str, port: int, told: tuple[int, int]
) -> None:
    story = Story()
    for line in Capture(server).log("parallel2").splitlines():
        story.take(line)
    path = story.told().loads[port].model_path
    log = LogLook(HERE, story.told())
    silent = go_runner(model_path=path, port=port)
    other = go_runner(port=port)
    (joined,) = snapshot(with_log(log, tree=tree(silent), api=api())).models
    assert (value(joined.parallel), value(joined.context_tokens)) == told
    (stranger,) = snapshot(with_log(log, tree=tree(other), api=api())).models
    assert isinstance(stranger.load_s, Missing), "the port was used before, for other weights"


@pytest.mark.parametrize(
    ("log", "why", "words"),
    [
        (None, Why.PENDING, "not looked at yet"),
        (look(where=DENIED), Why.DENIED, "the journal may be read by root"),
        (look(), Why.ABSENT, "begins after the load"),
    ],
)
def test_why_the_log_says_nothing_of_a_load(log: LogLook | None, why: Why, words: str) -> None:
    (model,) = snapshot(with_log(log) if log else samples()).models
    for each in facts(model):
        assert reason(each).why is why
        assert words in reason(each).hint


def test_what_a_runner_did_not_say_is_missing() -> None:
    (model,) = snapshot(with_log(look((NOW, started()), (NOW, LOADED)))).models
    assert value(model.load_s) == 2.5
    assert reason(model.layers).why is Why.UNSUPPORTED


def test_events_name_their_model() -> None:
    found = snapshot(with_log(look(*LOAD, (NOW, started("/other", 4))))).events
    assert [(each.kind, each.model) for each in found] == [
        (EventKind.LOAD, Known(NAME, Source.API)),
        (EventKind.LOAD, Missing(Why.PENDING, "no model is known to have these weights")),
        (EventKind.LOADED, Known(NAME, Source.API)),
    ]
    assert {each.source for each in found} == {Source.LOG}


def test_a_model_that_goes_is_an_event_of_the_api() -> None:
    later = samples(12.0, api=replace(api(), at_s=12.0), log=Taken(look(), 12.0))
    (event,) = framed(with_log(look()), later).snapshot.events
    assert (event.kind, event.model, event.source) == (
        EventKind.UNLOADED,
        Known(NAME, Source.API),
        Source.API,
    )
    assert event.at == later.taken_at


def test_a_model_that_comes_is_an_event_of_the_api_only_where_the_log_is_not_read() -> None:
    before, after = api(), replace(api(listed()), at_s=12.0)
    unread = look(where=DENIED)
    (event,) = framed(
        samples(api=before, log=Taken(unread, 1.0)), samples(12.0, api=after, log=Taken(unread, 1.0))
    ).snapshot.events
    assert (event.kind, event.source) == (EventKind.LOADED, Source.API)
    read = framed(
        samples(api=before, log=Taken(look(), 1.0)), samples(12.0, api=after, log=Taken(look(), 1.0))
    )
    assert read.snapshot.events == ()


def test_what_was_loaded_before_the_first_look_did_not_come() -> None:
    assert snapshot(samples(), samples(12.0)).events == ()


def test_finished_requests_are_counted_by_their_end() -> None:
    lines = [
        (AT - timedelta(seconds=400), gin()),
        *[(AT - timedelta(seconds=9), gin(took=f"{each}s")) for each in range(1, 21)],
    ]
    lines += [(AT, gin(status)) for status in (400, 404, 499, 500, 503, 503)]
    found = snapshot(with_log(look(*lines))).finished
    assert value(found.window_s) == 300
    assert value(found.per_minute) == pytest.approx(26 / 5)
    counts = (found.succeeded, found.refused, found.failed, found.busy)
    assert [value(each) for each in counts] == [20, 3, 3, 2]
    assert (value(found.duration_p50_s), value(found.duration_p95_s)) == (10, 19)


def test_a_log_that_begins_later_gives_a_shorter_window() -> None:
    found = snapshot(with_log(look((AT - timedelta(seconds=60), "a"), (AT, gin())))).finished
    assert value(found.window_s) == 60
    assert value(found.per_minute) == 1
    none = snapshot(with_log(look((AT - timedelta(seconds=60), "a")))).finished
    assert value(none.succeeded) == 0
    assert reason(none.duration_p50_s).why is Why.ABSENT


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (samples(), Why.PENDING),
        (with_log(look(where=DENIED)), Why.DENIED),
        (samples(is_local=False, tree=None), Why.NOT_LOCAL),
    ],
)
def test_without_a_log_nothing_is_known_of_finished_requests(sample: Samples, why: Why) -> None:
    frame = framed(sample)
    assert reason(frame.snapshot.finished.per_minute).why is why
    assert reason(frame.snapshot.finished.busy).why is why
    assert reason(frame.log.where).why is why


def test_the_lines_are_those_of_the_log() -> None:
    log = look((NOW, "a"), (NOW, "srv  update_slots: all slots are idle"))
    assert framed(with_log(log)).log == Log(HERE, log.told.lines, 1)


def test_runners_of_before_are_not_touched() -> None:
    (model,) = snapshot(samples(tree=tree(runner()))).models
    assert value(model.parallel) == 2
