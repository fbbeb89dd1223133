"""Exchanges told to the meter as the relay would, byte by byte or in any pieces."""

import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from ollama_top.model.exchange import Exchange
from ollama_top.proxy.metering.meter import Meter
from ollama_top.proxy.metering.telling import exchange_of
from ollama_top.proxy.watching import ExchangeWatch, ReplyHead, RequestHead

CLIENT = ("127.0.0.1", 40001)
NDJSON, EVENTS, JSON = "application/x-ndjson", "text/event-stream", "application/json; charset=utf-8"

STREAM = ReplyHead(200, ((b"Content-Type", NDJSON.encode()),))
PIECE = b'{"model":"m","message":{"role":"assistant","content":"a"},"done":false}\n'
END = (
    b'{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",'
    b'"total_duration":9000000000,"load_duration":1000000000,"prompt_eval_count":7,'
    b'"prompt_eval_duration":500000000,"eval_count":30,"eval_duration":1500000000}\n'
)

Timed = tuple[float, bytes]
"""A piece of a reply with its time in seconds."""


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """The bytes in pieces, cut at some places."""
    borders = sorted({0, len(data), *(each % (len(data) + 1) for each in places)})
    return [data[start:end] for start, end in pairwise(borders)]


def begin(
    meter: Meter,
    target: str,
    body: bytes,
    *,
    places: Iterable[int] = (),
    at_s: float = 0.0,
    fields: Sequence[tuple[bytes, bytes]] = (),
) -> ExchangeWatch:
    """A request that has come in full, in pieces cut at some places."""
    length = (b"Content-Length", str(len(body)).encode())
    head = RequestHead("POST", target, (*fields, length, (b"User-Agent", b"test/1")))
    watch = meter.opened(CLIENT, at_s).exchange(head, at_s)
    for piece in cut(body, places):
        watch.request_body(piece, at_s)
    watch.request_ended(at_s)
    return watch


def answer(
    watch: ExchangeWatch, pieces: Iterable[Timed], ended_s: float, *, status: int = 200, kind: str = JSON
) -> None:
    """A whole reply."""
    watch.reply(ReplyHead(status, ((b"Content-Type", kind.encode()),)), 0.0)
    for at_s, piece in pieces:
        watch.reply_body(piece, at_s)
    watch.reply_ended(ended_s)


def last(meter: Meter) -> Exchange:
    """What is told of the exchange that ended last."""
    return exchange_of(meter.finished[-1])


def running(meter: Meter) -> Exchange:
    """What is told of the only exchange that runs."""
    (only,) = meter.running.values()
    return exchange_of(only)


def recorded(capture: Any) -> tuple[str, bytes, list[Timed], str]:
    """Path, request, pieces of the reply and its content type, of a recorded stream."""
    body = json.dumps(capture["request"]["body"]).encode()
    pieces = [(at_s, piece.encode()) for at_s, piece in capture["chunks"]]
    return capture["request"]["path"], body, pieces, capture["headers"]["content-type"]


def replayed(capture: Any, places: Iterable[int] = ()) -> Exchange:
    """A recorded stream through the meter, its request cut at some places."""
    path, body, pieces, kind = recorded(capture)
    meter = Meter()
    answer(begin(meter, path, body, places=places), pieces, pieces[-1][0], kind=kind)
    return last(meter)
