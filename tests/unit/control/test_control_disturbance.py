"""What a restart costs now: only what is known, and what is not is said to be."""

from dataclasses import replace
from typing import Any

import frames
import pytest

from ollama_top.control.disturbance import DOWN, costs, in_flight
from ollama_top.model.frame import Frame
from ollama_top.model.proxy import Proxy
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why

UNKNOWN = Missing(Why.DENIED, "root's")
PROXY = Proxy(
    listen="127.0.0.1:11435",
    upstream="http://127.0.0.1:11434",
    pid=1,
    version="0",
    started_at=frames.NOW,
    stopping=False,
    holding=False,
    connections=3,
    opaque=0,
    opaque_total=0,
    exchanges_total=9,
    running=0,
    waiting=0,
)


def frame(running: int | Missing, waiting: int | Missing = 0, **changes: Any) -> Frame:
    precision = changes.pop("precision", Precision.EXACT)
    return frames.frame(queue=frames.queue(running, waiting, precision=precision), **changes)


@pytest.mark.parametrize(
    ("running", "waiting", "precision", "sentence"),
    [
        (0, 0, Precision.EXACT, "No request is in flight."),
        (1, 0, Precision.EXACT, "1 request in flight is dropped with an error."),
        (2, 3, Precision.EXACT, "5 requests in flight are dropped with an error."),
        (2, 3, Precision.UPPER_BOUND, "Up to 5 requests in flight are dropped with an error."),
        (UNKNOWN, 0, Precision.UNKNOWN, "Whether requests are in flight cannot be told"),
        (2, UNKNOWN, Precision.UNKNOWN, "Whether requests are in flight cannot be told"),
    ],
)
def test_requests_that_are_dropped(
    running: int | Missing, waiting: int | Missing, precision: Precision, sentence: str
) -> None:
    first, second, *_ = costs(frame(running, waiting, precision=precision))
    assert (first.startswith(sentence), second) == (True, DOWN)


def test_a_number_that_is_not_known_is_none() -> None:
    assert [in_flight(each) for each in (frame(1, 2), frame(UNKNOWN), frame(0, UNKNOWN))] == [3, None, None]


def test_models_are_loaded_again_and_it_is_said_how_long_that_took() -> None:
    models = (
        frames.model("a:1b", load_s=Known(12.0, Source.LOG)),
        frames.model("b:1b", load_s=UNKNOWN),
        frames.model(UNKNOWN),
    )
    first, second, third = costs(frame(0, models=models))[-3:]
    assert first == "a:1b is unloaded: the next request for it loads it again, which took 12s last time."
    assert second == "b:1b is unloaded: the next request for it loads it again."
    assert third.startswith("A model is unloaded")


@pytest.mark.parametrize(
    ("inside", "opaque", "running", "said"),
    [
        (0, 0, 0, ()),
        (2, 0, 2, ("2 requests through it are waited for",)),
        (2, 0, 5, ("2 requests through it", "3 requests beside the proxy")),
        (0, 1, 0, ("1 of its connections cannot be read",)),
        (0, 0, UNKNOWN, ("Requests beside the proxy, if they run then",)),
    ],
)
def test_with_a_proxy_only_what_passes_beside_it_is_lost(
    inside: int, opaque: int, running: int | Missing, said: tuple[str, ...]
) -> None:
    proxies = (replace(PROXY, running=inside, opaque=opaque),)
    first, *rest = costs(frame(running, proxies=proxies, models=()), is_held=True)
    assert first.startswith("The proxy keeps new requests back")
    assert [each.startswith(words) for each, words in zip(rest, said, strict=True)] == [True] * len(said)
    assert DOWN not in rest
