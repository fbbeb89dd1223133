"""Models and slots of a Snapshot: each value with its source, or the reason why it is missing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from engine_samples import (
    NAME,
    NOW,
    PID,
    PORT,
    api,
    connection,
    go_runner,
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

from ollama_top.engine.samples import Samples, Taken, ToRunners
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.log.loads import LoadedRunner
from ollama_top.sources.runners import SlotsLook

DENIED = Missing(Why.DENIED, "who holds port 11434 may be seen by user ollama or root only")


def model(*looks: Samples) -> LoadedModel:
    """The only model there is, after these looks."""
    (only,) = snapshot(*looks).models
    return only


def test_a_model_is_described_by_the_api() -> None:
    found = model(samples())
    assert found.name == Known(NAME, Source.API)
    assert found.family == Known("gemma3", Source.API)
    assert found.parameter_size == Known("268M", Source.API)
    assert found.quantization == Known("Q8_0", Source.API)
    assert found.size_bytes == Known(1 << 30, Source.API)
    assert found.vram_bytes == Known(1 << 29, Source.API)
    assert found.context_tokens == Known(4096, Source.API)
    assert found.expires_at == Known(NOW + timedelta(minutes=5), Source.API)
    assert found.runner_pid == Known(PID, Source.PROCESSES)


@pytest.mark.parametrize(
    "field", ["family", "parameter_size", "quantization", "size_bytes", "vram_bytes", "expires_at"]
)
def test_what_this_server_does_not_tell_is_unsupported(field: str) -> None:
    found = model(samples(api=api(listed(**{field: None}))))
    assert reason(getattr(found, field)).why is Why.UNSUPPORTED


def test_a_model_being_loaded_has_a_runner_and_little_else() -> None:
    installed = api(shows={NAME: shown()})
    found = model(samples(api=installed))
    assert found.state is ModelState.LOADING
    assert found.name == Known(NAME, Source.API)
    assert reason(found.size_bytes).why is Why.PENDING
    assert found.running == Known(0, Source.API)
    assert found.parallel == Known(2, Source.ARGV)
    assert reason(model(samples(api=api())).name).why is Why.PENDING


@pytest.mark.parametrize(
    ("args", "load", "kv_cache_type"),
    [
        ({"kv_cache_type": "q8_0"}, None, Known("q8_0", Source.ARGV)),
        ({}, None, Known("f16", Source.PREDICTED)),
    ],
)
def test_the_cache_type_of_a_runner_that_is_told_by_flags(
    args: dict[str, Any], load: Any, kv_cache_type: Known[str]
) -> None:
    for process in (runner(**args, load=load), runner(**args, load=load, generation=Generation.GO)):
        assert model(samples(tree=tree(process))).kv_cache_type == kv_cache_type


def test_an_mlx_runner_does_not_tell_its_cache_type() -> None:
    found = model(samples(tree=tree(runner(NAME, generation=Generation.MLX, parallel=1))))
    assert reason(found.kv_cache_type).why is Why.UNSUPPORTED


@pytest.mark.parametrize(("told", "kv_cache_type"), [("q4_0", Source.LOG), (None, Source.PREDICTED)])
def test_the_cache_type_of_an_older_runner_is_in_the_log(told: str | None, kv_cache_type: Source) -> None:
    load = LoadedRunner(PORT, 2, 4096, told)
    assert model(samples(tree=tree(go_runner(load=load)))).kv_cache_type == Known(
        told or "f16", kv_cache_type
    )
    assert reason(model(samples(tree=tree(go_runner()))).kv_cache_type).why is Why.UNSUPPORTED


def test_the_step_of_a_runner_is_in_its_command_line_or_in_the_log() -> None:
    assert model(samples(tree=tree(runner(batch_tokens=1024)))).batch_tokens == Known(1024, Source.ARGV)
    load = LoadedRunner(PORT, 2, 4096, None, 512)
    assert model(samples(tree=tree(go_runner(load=load)))).batch_tokens == Known(512, Source.LOG)
    assert reason(model(samples(tree=tree(go_runner()))).batch_tokens).why is Why.UNSUPPORTED
    assert reason(model(samples(tree=tree())).batch_tokens).why is Why.PENDING


@pytest.mark.parametrize(
    ("changes", "context"),
    [
        ({"tree": tree(runner())}, Known(4096, Source.ARGV)),
        ({"tree": tree(go_runner(load=LoadedRunner(PORT, 2, 2048, None)))}, Known(2048, Source.LOG)),
    ],
)
def test_a_context_that_the_api_does_not_tell(changes: dict[str, Any], context: Known[int]) -> None:
    found = model(samples(api=api(listed(context_tokens=None)), **changes))
    assert found.context_tokens == context


def test_a_context_that_nobody_tells_is_unsupported() -> None:
    found = model(samples(api=api(listed(context_tokens=None)), tree=tree(go_runner())))
    assert reason(found.context_tokens).why is Why.UNSUPPORTED


def test_before_the_api_has_spoken_a_runner_is_not_said_to_load() -> None:
    found = model(samples(api=None))
    assert found.state is ModelState.IDLE
    assert reason(found.size_bytes).hint == "the API has not told yet what is loaded"


# -- states


def test_states_follow_from_what_is_served() -> None:
    busy = traffic(connection(1, asked_ms=500), slots={PORT: [slot(0, task=7, decoded=3), slot(1)]})
    assert model(samples()).state is ModelState.IDLE
    assert model(samples(traffic=busy)).state is ModelState.BUSY
    over = api(listed(expires_at=NOW))
    assert model(samples(api=over)).state is ModelState.STOPPING
    assert model(samples(api=over, traffic=busy)).state is ModelState.BUSY
    assert model(samples(api=api(listed(expires_at=None)))).state is ModelState.IDLE


def test_a_model_whose_runner_has_died_is_gone() -> None:
    found = model(samples(tree=tree()))
    assert found.state is ModelState.GONE
    assert reason(found.runner_pid) == reason(found.running) == reason(found.parallel)
    assert reason(found.tokens_per_s).why is Why.PENDING


def test_a_model_without_a_known_path_is_not_called_gone() -> None:
    assert model(samples(api=api(listed(), shows={}), tree=tree())).state is ModelState.LOADED
    assert (
        model(samples(api=api(listed(), shows={NAME: shown(None)}), tree=tree())).state is ModelState.LOADED
    )


# -- why no runner


@pytest.mark.parametrize(
    ("changes", "why", "words"),
    [
        ({"tree": None, "traffic": None, "is_local": False}, Why.NOT_LOCAL, "on another machine"),
        ({"tree": None, "traffic": None}, Why.PENDING, "not looked at yet"),
        ({"tree": tree(server=DENIED)}, Why.DENIED, "root only"),
        (
            {"tree": tree(server=Missing(Why.NOT_LOCAL, "port 11434 is held by ssh (pid 5): elsewhere"))},
            Why.NOT_LOCAL,
            "held by ssh",
        ),
    ],
    ids=["remote", "first look", "denied", "tunnel"],
)
def test_a_model_whose_runner_may_not_be_seen_says_why(changes: dict[str, Any], why: Why, words: str) -> None:
    found = model(samples(**changes))
    assert found.state is ModelState.LOADED
    for each in (found.runner_pid, found.parallel, found.running, found.tokens_per_s):
        assert reason(each).why is why
        assert words in reason(each).hint
    assert value(found.size_bytes) == 1 << 30, "what the API tells is known all the same"


# -- at work


def at_work(at_s: float, decoded: int, task: int = 7) -> Samples:
    """One slot that writes."""
    busy = slot(0, task=task, decoded=decoded)
    return samples(at_s, traffic=traffic(slots={PORT: [busy, slot(1)]}, at_s=at_s))


def test_rates_need_two_looks() -> None:
    once, twice = snapshot(at_work(10, 100)), snapshot(at_work(10, 100), at_work(12, 188))
    assert reason(once.models[0].tokens_per_s) == Missing(Why.PENDING, "needs two looks")
    assert reason(once.slots[0].tokens_per_s).why is Why.PENDING
    assert twice.models[0].tokens_per_s == Known(44.0, Source.SLOTS)
    assert twice.slots[0].tokens_per_s == Known(44.0, Source.SLOTS)
    assert twice.models[0].running == Known(1, Source.SLOTS)


def test_a_request_that_is_new_has_no_rate_yet_and_its_model_an_estimate() -> None:
    def told(at_s: float, segments: int, said_ms: int) -> Taken[ToRunners]:
        heard = connection(5, asked_ms=900, said_ms=said_ms, sent_segments=segments)
        return Taken({PORT: (heard,)}, at_s)

    new = at_work(12, 20, task=8)
    assert new.traffic is not None
    heard = replace(new.traffic.value, calls=(told(11.5, 2, 20), told(12, 21, 45)))
    found = snapshot(at_work(10, 100), replace(new, traffic=Taken(heard, 12)))
    assert reason(found.slots[0].tokens_per_s).why is Why.PENDING
    assert found.models[0].tokens_per_s == Known(pytest.approx(19 / 0.475), Source.ESTIMATE)
    unheard = snapshot(at_work(10, 100), new)
    assert reason(unheard.models[0].tokens_per_s).why is Why.PENDING


def test_a_runner_that_does_not_answer_keeps_its_place() -> None:
    late = traffic(slots={}, at_s=12)
    late = replace(late, slots={PORT: SlotsLook(12, (), f"the runner on port {PORT}: timed out")})
    found = snapshot(at_work(10, 100), samples(12, traffic=late), at_work(14, 276))
    assert found.slots[0].tokens_per_s == Known(44.0, Source.SLOTS), "compared with the look before"
    missed = snapshot(at_work(10, 100), samples(12, traffic=late))
    assert missed.slots == ()
    assert reason(missed.models[0].tokens_per_s) == Missing(
        Why.FAILED, f"the runner on port {PORT}: timed out"
    )
    assert missed.models[0].running == Known(0, Source.SOCKETS)


def test_an_older_runner_has_no_rate_and_no_slots() -> None:
    found = snapshot(samples(tree=tree(go_runner(load=LoadedRunner(PORT, 2, 4096, None)))))
    assert found.slots == ()
    assert reason(found.models[0].tokens_per_s).why is Why.UNSUPPORTED
    assert found.models[0].running == Known(0, Source.SOCKETS)
