"""Profiles that are worked out: what memory holds, and why where that is not known."""

from dataclasses import replace
from typing import Any

import frames
import pytest
from doctor_wishes import DENSE, GIB, NAME, TOKEN, described, loaded, look, subject
from frames import DENIED, setting

from ollama_top.doctor.profile_price import prices
from ollama_top.doctor.starting_points import (
    DEFAULTS,
    LONG_CONTEXT,
    NAMES,
    ONE_MODEL,
    THROUGHPUT,
    starting_points,
    unlooked,
)
from ollama_top.doctor.what_if import what_if
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Origin, Profile
from ollama_top.model.what_if import Fit
from ollama_top.ollama.replies import DescribedModel
from ollama_top.ollama.wishes import CONTEXT, PARALLEL, parse_wish

MADE_BY = {each.name: each for each in unlooked()}


def points(snapshot: Snapshot, model: DescribedModel | None = None) -> dict[str, Profile]:
    """The built-in profiles, where one model is loaded or none."""
    subjects = [subject(model or described(), snapshot)] if snapshot.models else []
    return {each.name: each for each in starting_points(snapshot, subjects)}


def values(profile: Profile) -> dict[str, str | None]:
    return {each.name: each.value for each in profile.changes}


def card(free_gib: float, **changes: Any) -> Snapshot:
    return look(loaded(**changes), gpus=(frames.gpu(0, 24 - free_gib),))


def test_all_are_told_in_their_order_with_or_without_a_look() -> None:
    assert tuple(points(look(loaded()))) == NAMES == tuple(each.name for each in unlooked())
    for each in (*points(look(loaded())).values(), *unlooked()):
        assert each.origin is Origin.BUILT_IN
        assert each.why
    assert values(MADE_BY[ONE_MODEL]) == {"OLLAMA_MAX_LOADED_MODELS": "1"}
    assert all(MADE_BY[each].unknown for each in (THROUGHPUT, LONG_CONTEXT, DEFAULTS))


@pytest.mark.parametrize("free_gib", [1.4, 1.6, 2.1, 3.3, 6.9, 7.1, 20.0])
def test_throughput_is_the_most_that_memory_holds(free_gib: float) -> None:
    """4 are served now, and each more takes half a gibibyte; a gibibyte is kept free."""
    seen = card(free_gib)
    found = points(seen)[THROUGHPUT]
    number = int(values(found)[PARALLEL] or 0)
    assert number == min(16, 4 + int((free_gib - 1) // 0.5))
    assert found.why is not None
    assert f"By estimate: {number}" in found.why
    for tried in {number, number + 1} - {17}:
        wish = parse_wish([f"NUM_PARALLEL={tried}"])
        fits = what_if(subject(described(), seen), wish, seen).fit is Fit.FITS
        assert fits == (tried == number)


@pytest.mark.parametrize("free_gib", [1.0, 2.0, 6.0, 20.0, 23.9])
def test_long_context_is_the_longest_that_memory_holds(free_gib: float) -> None:
    seen = card(free_gib)
    found = values(points(seen)[LONG_CONTEXT])
    tokens = int(found[CONTEXT] or 0)
    assert found[PARALLEL] == "1"
    room_bytes = (free_gib - 1) * GIB + 4 * 4096 * TOKEN
    assert tokens * TOKEN <= room_bytes
    assert tokens == DENSE.trained_context_tokens or 2 * tokens * TOKEN > room_bytes


def test_a_context_is_no_longer_than_the_model_was_trained_for() -> None:
    roomy = look(loaded(), gpus=(frames.gpu(0, 1.0), frames.gpu(1, 1.0)))
    assert values(points(roomy)[LONG_CONTEXT])[CONTEXT] == str(DENSE.trained_context_tokens)


NO_NUMBER = [
    (look(), None, "no model is loaded: what a request takes is known only of one that is"),
    (
        look(loaded(), gpus=()),
        None,
        "how much memory is free is not known: no GPU can be read on this machine",
    ),
    (
        look(loaded(), gpus=(frames.gpu(0, memory_used_bytes=DENIED),)),
        None,
        "how much memory is free is not known: ",
    ),
    (look(loaded(parallel=DENIED)), None, DENIED.hint),
]


@pytest.mark.parametrize(("snapshot", "model", "reason"), NO_NUMBER)
@pytest.mark.parametrize("name", [THROUGHPUT, LONG_CONTEXT])
def test_where_memory_is_not_known_the_reason_stands_for_the_number(
    name: str, snapshot: Snapshot, model: DescribedModel | None, reason: str
) -> None:
    found = points(snapshot, model)[name]
    assert found.changes == ()
    assert found.unknown is not None
    assert reason in found.unknown
    assert not [each for each in found.why or "" if each.isdigit()]


def test_a_model_that_is_not_described_is_no_guess() -> None:
    found = {each.name: each for each in starting_points(look(loaded()), (), f"{NAME}: not asked")}
    assert found[THROUGHPUT].unknown == found[LONG_CONTEXT].unknown == f"{NAME}: not asked"
    assert values(found[ONE_MODEL]) == {"OLLAMA_MAX_LOADED_MODELS": "1"}


def test_a_family_that_is_held_at_one_has_no_throughput_to_set() -> None:
    held = described(family="mllama")
    found = points(look(loaded()), held)[THROUGHPUT]
    assert found.unknown == "Ollama serves what is loaded one request at a time, whatever is set"


def test_a_context_of_the_models_own_cannot_be_set() -> None:
    found = points(look(loaded()), described(context_tokens=8192))[LONG_CONTEXT]
    assert found.unknown == "what is loaded has a num_ctx of its own, which goes before any setting"


def test_a_model_that_does_not_tell_what_it_was_trained_for_has_no_longest_context() -> None:
    found = points(look(loaded()), described(replace(DENSE, trained_context_tokens=None)))
    assert found[LONG_CONTEXT].unknown == "how long a context what is loaded was trained for is not told"
    assert found[THROUGHPUT].unknown is None


def test_two_models_share_the_memory() -> None:
    seen = card(4.1)
    one = subject(described(), seen)
    alone = values(starting_points(seen, [one])[1])[PARALLEL]
    both = values(starting_points(seen, [one, one])[1])[PARALLEL]
    assert (alone, both) == ("10", "7")


def test_defaults_take_away_what_is_set_and_warn_of_what_says_where() -> None:
    settings = (setting("OLLAMA_MODELS", "/m", "/m"), setting(PARALLEL, "4"), setting("OLLAMA_DEBUG"))
    found = points(look(settings=settings))[DEFAULTS]
    assert found.changes == (Change("OLLAMA_MODELS", None), Change(PARALLEL, None))
    assert found.problems == ("OLLAMA_MODELS goes too: ~/.ollama/models of the server's user holds then",)
    assert points(look(settings=(setting(PARALLEL, DENIED, DENIED),)))[DEFAULTS].unknown == DENIED.hint


def saved(**of: str | None) -> Profile:
    return Profile("night", Origin.SAVED, tuple(Change(name, value) for name, value in of.items()))


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        ({PARALLEL: "8"}, f"{NAME}: NUM_PARALLEL 4 -> 8: +2.0 GiB, free 13.9 GiB: it fits"),
        ({PARALLEL: ' "8" '}, f"{NAME}: NUM_PARALLEL 4 -> 8: +2.0 GiB, free 13.9 GiB: it fits"),
        ({PARALLEL: None}, f"{NAME}: NUM_PARALLEL 4 -> 1: -1.5 GiB, free 13.9 GiB: it fits"),
        (
            {"OLLAMA_KV_CACHE_TYPE": "Q8_0"},
            f"{NAME}: KV_CACHE_TYPE f16 -> q8_0: -960 MiB, free 13.9 GiB: it fits",
        ),
        (
            {PARALLEL: "300"},
            f"{NAME}: what it would cost is not known: OLLAMA_NUM_PARALLEL=300: a whole number",
        ),
    ],
)
def test_the_price_of_a_profile(of: dict[str, str | None], sentence: str) -> None:
    seen = look(loaded())
    (found,) = prices(saved(**of), [subject(described(), seen)], seen)
    assert found.startswith(sentence)


def test_what_has_no_bearing_on_memory_has_no_price() -> None:
    seen = look(loaded())
    of: dict[str, str | None] = {"OLLAMA_KEEP_ALIVE": "1h", CONTEXT: None}
    assert prices(saved(**of), [subject(described(), seen)], seen) == ()
