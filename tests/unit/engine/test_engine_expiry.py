"""Which listed models have served nothing yet: those whose expiry moves with the clock."""

from datetime import timedelta

from engine_samples import (
    NAME,
    NOW,
    PORT,
    api,
    connection,
    go_runner,
    listed,
    runner,
    samples,
    slot,
    snapshot,
    traffic,
    tree,
    value,
)
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.engine.expiry import Expiries, follow
from ollama_top.engine.samples import Samples
from ollama_top.model.loaded import ModelState
from ollama_top.model.queue import Precision
from ollama_top.sources.api import ApiLook

OLD = tree(go_runner())


def look(at_s: float, *moments_s: float | None) -> ApiLook:
    """One model for each moment at which it is said to expire."""
    models = [
        listed(f"m{number}", expires_at=None if each is None else NOW + timedelta(seconds=each))
        for number, each in enumerate(moments_s)
    ]
    return ApiLook("0.24.0", tuple(models), {}, at_s=at_s)


def moving(*looks: ApiLook) -> frozenset[str]:
    found = Expiries()
    for each in looks:
        found = follow(found, each)
    return found.moving


@given(st.floats(0.2, 60), st.floats(-0.02, 0.02))
def test_an_expiry_that_moves_with_the_clock_is_none(elapsed_s: float, jitter_s: float) -> None:
    assert moving(look(10, 300), look(10 + elapsed_s, 300 + elapsed_s + jitter_s)) == {"m0"}


@given(st.floats(0.2, 60), st.floats(0.05, 60))
def test_an_expiry_that_stays_or_is_set_anew_is_one(elapsed_s: float, short_s: float) -> None:
    assert moving(look(10, 300), look(10 + elapsed_s, 300)) == frozenset()
    assert moving(look(10, 300), look(10 + elapsed_s, 300 + elapsed_s - short_s)) == frozenset()


def test_one_look_tells_nothing_and_the_last_word_stays() -> None:
    assert moving(look(10, 300)) == frozenset()
    once = follow(follow(Expiries(), look(10, 300)), look(12, 302))
    assert follow(once, None) == once
    assert follow(once, look(12, 302)) == once


def test_models_are_told_apart() -> None:
    assert moving(look(10, 300, 300, None), look(12, 302, 300, None)) == {"m0"}
    assert moving(look(10), look(12, 302)) == frozenset()


def before_030(at_s: float, expires_s: float, **changes: object) -> Samples:
    model = listed(expires_at=NOW + timedelta(seconds=expires_s))
    told = ApiLook("0.24.0", (model,), api(model).shown, at_s=at_s)
    return samples(at_s, **{"api": told, "tree": OLD, "traffic": traffic(slots={}, at_s=at_s), **changes})


def test_before_030_a_model_is_listed_while_it_is_loaded() -> None:
    asks = traffic(connection(1, asked_ms=2500), slots={})
    loading = snapshot(before_030(10, 300), before_030(12, 302, traffic=asks))
    assert loading.models[0].state is ModelState.LOADING
    assert (value(loading.queue.waiting), loading.queue.precision) == (1, Precision.EXACT)
    loaded = snapshot(before_030(10, 300), before_030(12, 300))
    assert loaded.models[0].state is ModelState.IDLE
    assert value(loaded.models[0].name) == NAME


def test_since_030_a_listed_model_is_loaded() -> None:
    """Its first request has not ended yet, and it may be between two looks at its slots."""
    new = {"tree": tree(runner()), "traffic": traffic(slots={PORT: [slot(0)]})}
    found = snapshot(before_030(10, 300, **new), before_030(12, 302, **new))
    assert found.models[0].state is ModelState.IDLE


def test_before_030_a_runner_that_is_asked_to_load_serves_nothing() -> None:
    asked = connection(9, asked_ms=200, received_bytes=600)
    none_listed = ApiLook("0.24.0", (), {}, at_s=10)
    asks = traffic(connection(1, asked_ms=300), slots={}, to_runners={PORT: (asked,)})
    found = snapshot(samples(10, api=none_listed, tree=OLD, traffic=asks))
    assert (value(found.queue.running), value(found.queue.waiting)) == (0, 1)
