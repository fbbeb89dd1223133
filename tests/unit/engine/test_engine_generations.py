"""What is shown of the oldest servers: the C++ server, and those that have no /api/ps yet."""

from dataclasses import replace
from typing import Any

import captured
import pytest
from engine_samples import (
    BLOB,
    NAME,
    PORT,
    api,
    connection,
    listed,
    reason,
    runner,
    samples,
    shown,
    slot,
    snapshot,
    traffic,
    tree,
    value,
)

from ollama_top.engine.samples import Samples
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Source, Why
from ollama_top.model.slot import SlotState
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.slots import parse_cpp_slots
from ollama_top.sources.inet_diag import Socket
from ollama_top.sources.runners import LoadLook, SlotsLook

CPP = runner(generation=Generation.CPP, parallel=4, context_tokens=2048)
SLOTS = parse_cpp_slots(captured.Capture("ollama-0.3.13").body("runner-slots.source"))
READY = LoadLook(is_ready=True)


def look(at_s: float, *served: Socket, **changes: Any) -> Samples:
    told = traffic(*served, slots={PORT: SLOTS}, loads={PORT: READY}, at_s=at_s)
    whole = {"api": api(listed(context_tokens=None), version="0.3.13"), "tree": tree(CPP), "traffic": told}
    return samples(at_s, **whole | changes)


def test_a_cpp_server_tells_what_it_serves() -> None:
    clients = [connection(number, asked_ms=700) for number in range(3)]
    found = snapshot(look(10, *clients))
    (model,) = found.models
    assert (model.running, model.parallel) == (Known(2, Source.SLOTS), Known(4, Source.ARGV))
    assert (value(found.queue.running), value(found.queue.waiting)) == (2, 1)
    assert model.context_tokens == Known(2048, Source.ARGV)
    assert [each.state for each in found.slots] == [
        SlotState.DECODE,
        SlotState.PREFILL,
        SlotState.IDLE,
        SlotState.IDLE,
    ]


def test_a_cpp_server_tells_tokens_and_nothing_of_prompts() -> None:
    later = tuple(replace(each, decoded_tokens=each.decoded_tokens + 20) for each in SLOTS[:1]) + SLOTS[1:]
    now = look(12, traffic=traffic(slots={PORT: later}, loads={PORT: READY}, at_s=12))
    writes, reads, *_ = snapshot(look(10), now).slots
    assert (writes.decoded_tokens, writes.tokens_per_s) == (
        Known(77, Source.SLOTS),
        Known(10.0, Source.SLOTS),
    )
    for each in (writes, reads):
        for untold in (each.prompt_tokens, each.prompt_done_tokens, each.context_fill_percent):
            assert reason(untold).why is Why.UNSUPPORTED


def test_connections_that_a_server_keeps_to_a_cpp_server_are_not_requests_when_it_is_late() -> None:
    """Go's default client keeps two; a long prompt is read in one go, and /slots waits for its end."""
    kept = connection(1, asked_ms=9000, said_ms=4000, sent_bytes=5000)
    reading = connection(2, asked_ms=3000)
    late = traffic(connection(3, asked_ms=3100), loads={PORT: READY}, to_runners={PORT: (kept, reading)})
    late = replace(late, slots={PORT: SlotsLook(10.0, (), "timed out")})
    (model,) = snapshot(look(8, traffic=traffic(to_runners={PORT: (kept,)})), look(10, traffic=late)).models
    assert model.running == Known(1, Source.SOCKETS)


# Before 0.1.38


def untold(**changes: Any) -> Samples:
    old = replace(api(shows={NAME: shown(BLOB)}, version="0.1.37"), tells_loaded=False)
    return look(10, api=old, **changes)


def test_without_ps_a_model_is_known_by_its_runner() -> None:
    (model,) = snapshot(untold()).models
    assert (model.name, model.state) == (Known(NAME, Source.API), ModelState.BUSY)
    assert (model.running, model.context_tokens) == (Known(2, Source.SLOTS), Known(2048, Source.ARGV))


@pytest.mark.parametrize(
    "field", ["family", "parameter_size", "quantization", "size_bytes", "vram_bytes", "expires_at"]
)
def test_without_ps_little_is_told_and_the_reason_names_the_version(field: str) -> None:
    (model,) = snapshot(untold()).models
    missing = reason(getattr(model, field))
    assert (missing.why, missing.hint) == (
        Why.UNSUPPORTED,
        "Ollama 0.1.37 does not tell it; 0.1.38 and later do",
    )


@pytest.mark.parametrize(
    ("load", "slots", "state"),
    [
        (READY, (slot(0), slot(1)), ModelState.IDLE),
        (READY, SLOTS, ModelState.BUSY),
        (LoadLook(is_ready=False, progress=0.2), (), ModelState.LOADING),
    ],
)
def test_without_ps_the_runner_tells_the_state(load: LoadLook, slots: tuple[Any, ...], state: Any) -> None:
    (model,) = snapshot(untold(traffic=traffic(slots={PORT: slots}, loads={PORT: load}))).models
    assert model.state is state


def test_a_context_that_an_old_server_does_not_tell_names_the_version() -> None:
    old = look(10, tree=tree(runner(generation=Generation.GO, context_tokens=None)))
    (model,) = snapshot(old).models
    assert reason(model.context_tokens).hint == (
        "its runner does not tell it, and Ollama 0.3.13 does not tell it; 0.10.0 and later do"
    )
