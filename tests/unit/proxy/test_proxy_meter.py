"""What is known of an exchange at each moment, and what is never held."""

import gc
import json
from types import FunctionType, ModuleType
from typing import Any

import pytest
from proxied import CLIENT, END, EVENTS, NDJSON, PIECE, STREAM, answer, begin, last, running

from ollama_top.model.exchange import Failure, Phase, Transfer
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.proxy.metering.meter import MOST_FINISHED, Meter
from ollama_top.proxy.metering.metered import Metered
from ollama_top.proxy.metering.telling import COMING, NOT_ASKED, PACKED, PENDING
from ollama_top.proxy.watching import ReplyHead, RequestHead

EMPTY = b'{"model":"m","message":{"role":"assistant","content":""},"done":false}\n'
MODEL = Known("m", Source.PROXY)


def test_an_exchange_from_its_beginning_to_its_end() -> None:
    meter = Meter()
    watch = begin(meter, "/api/chat?x=1", b'{"model":"m","options":{"num_ctx":4096}}', at_s=100.0)
    waiting = running(meter)
    assert (waiting.phase, waiting.model, waiting.total_s) == (Phase.WAITING, MODEL, PENDING)
    assert (waiting.num_ctx, waiting.num_predict) == (Known(4096, Source.PROXY), NOT_ASKED)
    assert (waiting.client_address, meter.waiting) == ("127.0.0.1:40001", 1)
    watch.reply(STREAM, 106.0)
    watch.reply_body(EMPTY, 106.5)
    assert (running(meter).phase, meter.waiting) == (Phase.WAITING, 1)
    for number in range(5):
        watch.reply_body(PIECE, 107.5 + number / 10)
    streaming = running(meter)
    assert (streaming.phase, meter.waiting) == (Phase.STREAMING, 0)
    assert streaming.ttft_s == Known(7.5, Source.PROXY)
    assert streaming.output_tokens == Known(6, Source.ESTIMATE)
    assert isinstance(streaming.tokens_per_s, Known)
    watch.reply_body(END, 109.0)
    watch.reply_ended(109.0)
    done = last(meter)
    assert (meter.running, done.phase, done.failure) == ({}, Phase.DONE, None)
    assert done.queue_s == Known(6.0, Source.API), "the shorter of 7.5 - 1.5 and 9 - 3"
    assert done.ttft_s == Known(7.5, Source.PROXY)
    assert done.total_s == Known(9.0, Source.PROXY)
    assert done.tokens_per_s == Known(20.0, Source.API)
    assert (done.prompt_tokens, done.output_tokens) == (Known(7, Source.API), Known(30, Source.API))


@pytest.mark.parametrize(("first_s", "source"), [(2.0, Source.PROXY), (8.0, Source.API)])
def test_the_queue_is_the_shorter_of_two_accounts(first_s: float, source: Source) -> None:
    """A server that holds back its first words makes the one too long, a slow reader the other."""
    meter = Meter()
    watch = begin(meter, "/api/chat", b'{"model":"m"}')
    answer(watch, [(first_s, PIECE), (9.0, END)], 9.0, kind=NDJSON)
    assert last(meter).queue_s == Known(min(first_s - 1.5, 6.0), source)


def leave(watch: Any) -> None:
    watch.client_left(3.0)


def cut(watch: Any) -> None:
    watch.upstream_cut(3.0)


def blind(watch: Any) -> None:
    watch.opaque("garbage", 3.0)


ENDS = [
    (leave, Phase.LEFT, None),
    (cut, Phase.FAILED, Failure.ABORTED),
    (blind, Phase.FAILED, Failure.UNREADABLE),
]


@pytest.mark.parametrize("pieces", [0, 1, 5])
@pytest.mark.parametrize(("end", "phase", "failure"), ENDS)
def test_an_exchange_that_does_not_come_to_its_end(
    end: Any, phase: Phase, failure: Failure | None, pieces: int
) -> None:
    meter = Meter()
    watch = begin(meter, "/api/chat", b'{"model":"m"}')
    if pieces:
        watch.reply(STREAM, 1.0)
    for number in range(pieces):
        watch.reply_body(PIECE, 1.0 + number / 10)
    end(watch)
    told = last(meter)
    assert (told.phase, told.failure, told.model) == (phase, failure, MODEL)
    assert told.total_s == Known(3.0, Source.PROXY)
    assert meter.running == {}
    if pieces:
        assert told.output_tokens == Known(pieces, Source.ESTIMATE)
        assert told.ttft_s == Known(1.0, Source.PROXY)
    else:
        assert isinstance(told.output_tokens, Missing)
        assert isinstance(told.status, Missing)
    for reading in (told.queue_s, told.load_s, told.prompt_tokens):
        assert isinstance(reading, Missing)
        assert reading.why is Why.ABSENT


def test_a_server_that_is_not_there() -> None:
    meter = Meter()
    begin(meter, "/api/chat", b'{"model":"m"}').upstream_down("refused", 0.001)
    told = last(meter)
    assert (told.failure, told.status) == (Failure.UPSTREAM_DOWN, Known(502, Source.PROXY))


def test_a_request_that_is_still_coming() -> None:
    meter = Meter()
    head = RequestHead("POST", "/api/chat", ((b"Content-Length", b"5000"),))
    watch = meter.opened(CLIENT, 0.0).exchange(head, 0.0)
    watch.request_body(b'{"messages":[{"content":"', 0.0)
    assert running(meter).model == COMING
    watch.request_body(b'"}],"model":"m","x":"', 0.0)
    told = running(meter)
    assert (told.model, told.streamed, told.num_ctx) == (MODEL, COMING, COMING)
    watch.client_left(1.0)
    assert last(meter).model == MODEL


def test_a_packed_request_is_not_unpacked() -> None:
    meter = Meter()
    watch = begin(meter, "/v1/responses", b"\x28\xb5\x2f\xfd", fields=[(b"Content-Encoding", b"zstd")])
    watch.reply(ReplyHead(200, ((b"Content-Type", EVENTS.encode()),)), 1.0)
    told = running(meter)
    assert (told.model, told.num_predict) == (PACKED, PACKED)
    assert told.streamed == Known(value=True, source=Source.PROXY)


def test_a_packed_reply_is_taken_for_an_answer_without_counts() -> None:
    meter = Meter()
    watch = begin(meter, "/api/chat", b'{"model":"m"}')
    watch.reply(ReplyHead(200, ((b"Content-Encoding", b"gzip"),)), 1.0)
    watch.reply_body(b"\x1f\x8b", 1.0)
    watch.reply_ended(1.0)
    told = last(meter)
    assert (told.phase, told.failure) == (Phase.DONE, None)
    assert isinstance(told.output_tokens, Missing)


@pytest.mark.parametrize("places", [(), range(1, 3000, 7)])
def test_a_form_names_its_model_among_other_fields(places: Any) -> None:
    sound = b"\x00\xff\r\n--" * 300
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + sound + b"\r\n"
        b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper:1\r\n--b--\r\n'
    )
    meter = Meter()
    watch = begin(meter, "/v1/audio/transcriptions", form, places=places)
    assert running(meter).model == Known("whisper:1", Source.PROXY)
    answer(watch, [(1.0, b'{"text":"hello"}')], 1.0)
    assert last(meter).failure is None


@pytest.mark.parametrize(
    ("method", "target"), [("GET", "/api/ps"), ("POST", "/api/show"), ("GET", "/api/chat"), ("HEAD", "/")]
)
def test_what_is_no_work_of_a_model_is_counted_and_not_metered(method: str, target: str) -> None:
    meter = Meter()
    watch = meter.opened(CLIENT, 0.0).exchange(RequestHead(method, target, ()), 0.0)
    watch.request_body(b"12", 0.0)
    watch.request_ended(0.0)
    answer(watch, [(0.0, b"123")], 0.0, status=404)
    assert (meter.running, list(meter.finished)) == ({}, [])
    assert dict(meter.passing.answered) == {404: 1}
    assert (meter.passing.request_bytes, meter.passing.reply_bytes, meter.exchanges_total) == (2, 3, 1)


def test_a_pull_tells_how_far_it_is() -> None:
    meter = Meter()
    watch = begin(meter, "/api/pull", b'{"name":"big:1"}')
    assert running(meter).transfer is None
    watch.reply(STREAM, 0.0)
    line = b'{"status":"pulling 797b70c4edf8","digest":"sha256:797b","total":85,"completed":12}\n'
    watch.reply_body(b'{"status":"pulling manifest"}\n' + line + line[:20], 1.0)
    told = running(meter)
    assert told.transfer == Transfer("pulling 797b70c4edf8", 12, 85)
    assert (told.model, told.phase) == (Known("big:1", Source.PROXY), Phase.STREAMING)
    watch.reply_body(line[20:] + b'{"status":"success"}\n', 2.0)
    watch.reply_ended(2.0)
    assert (last(meter).failure, last(meter).phase) == (None, Phase.DONE)
    assert last(meter).transfer == Transfer("success", None, None)


def test_a_pull_whose_client_left_tells_how_far_it_came() -> None:
    meter = Meter()
    watch = begin(meter, "/api/pull", b'{"name":"big:1"}')
    watch.reply(STREAM, 0.0)
    watch.reply_body(b'{"status":"pulling 797b70c4edf8","total":85,"completed":12}\n', 1.0)
    watch.client_left(2.0)
    assert last(meter).transfer == Transfer("pulling 797b70c4edf8", 12, 85)


def test_connections_are_counted_those_that_cannot_be_read_too() -> None:
    meter = Meter()
    first, second = (meter.opened(CLIENT, 0.0) for _ in range(2))
    first.opaque("garbage", 1.0)  # type: ignore[attr-defined]
    assert (len(meter.connections), meter.opaque, meter.opaque_total) == (2, 1, 1)
    first.closed(2.0)
    second.closed(2.0)
    assert (len(meter.connections), meter.opaque, meter.opaque_total) == (0, 0, 1)


def test_only_the_last_are_remembered() -> None:
    meter = Meter()
    for _ in range(MOST_FINISHED + 5):
        begin(meter, "/api/chat", b'{"model":"m"}').client_left(1.0)
    assert len(meter.finished) == MOST_FINISHED
    assert last(meter).id == meter.exchanges_total == MOST_FINISHED + 5


def test_listeners_hear_of_every_change_of_phase() -> None:
    meter = Meter()
    heard: list[tuple[int, Phase]] = []
    meter.listeners.append(lambda seen: heard.append((seen.number, seen.phase)))
    answer(
        begin(meter, "/api/chat", b'{"model":"m"}'),
        [(1.0, PIECE), (1.1, PIECE), (2.0, END)],
        2.0,
        kind=NDJSON,
    )
    assert heard == [(1, Phase.WAITING), (1, Phase.STREAMING), (1, Phase.DONE)]


SECRET = "swordfish-in-the-prompt"
ANSWERED = "barracuda-in-the-answer"


def everything_held(root: object) -> bytes:
    """What an object holds, and what that holds, as bytes."""
    seen: set[int] = set()
    waiting, found = [root], []
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type | FunctionType | ModuleType):
            continue
        seen.add(id(each))
        if isinstance(each, bytes | bytearray | str):
            found.append(bytes(each) if not isinstance(each, str) else each.encode(errors="replace"))
        waiting.extend(gc.get_referents(each))
    return b"\n".join(found)


@pytest.mark.parametrize("pieces", [1, 40])
@pytest.mark.parametrize("end", ["done", "left"])
def test_no_prompt_and_no_answer_is_held_once_it_is_over(pieces: int, end: str) -> None:
    body = json.dumps(
        {"model": "m", "messages": [{"content": SECRET}], "options": {"stop": [SECRET]}}
    ).encode()
    meter = Meter()
    watch = begin(meter, "/api/chat", body, places=range(0, len(body), len(body) // pieces))
    assert SECRET.encode() not in everything_held(list(meter.running.values()))
    watch.reply(STREAM, 1.0)
    for _ in range(100):
        watch.reply_body(PIECE.replace(b'"a"', f'"{ANSWERED}"'.encode()), 1.0)
    assert ANSWERED.encode() in everything_held(list(meter.running.values())), "or this could not fail"
    if end == "done":
        watch.reply_body(END, 2.0)
        watch.reply_ended(2.0)
    else:
        watch.client_left(2.0)
    held = everything_held(list(meter.finished))
    assert b"test/1" in held
    assert SECRET.encode() not in held
    assert ANSWERED.encode() not in held
    assert SECRET not in repr(last(meter)) + repr(meter.finished)


def test_a_long_stream_holds_a_few_kib_of_its_end() -> None:
    meter = Meter()
    watch = begin(meter, "/api/chat", b'{"model":"m"}')
    watch.reply(STREAM, 0.0)
    for _ in range(5000):
        watch.reply_body(PIECE, 1.0)
    (seen,) = meter.running.values()
    assert isinstance(seen, Metered)
    assert len(everything_held(seen._tail)) < 10_000
