"""The recommendation: a pure function, and what holds of it whatever was measured."""

from dataclasses import replace

import pytest
import sweeps
from hypothesis import given
from hypothesis import strategies as st
from sweeps import combination, parallel, point

from ollama_top.model.reading import Known, Missing, Source, Why, value_or
from ollama_top.model.sweep import Certainty, SweepCombination
from ollama_top.sweep import verdict
from ollama_top.sweep.recommend import best_point, has_spilled, recommend

rates = st.floats(0.5, 5000)
points = st.builds(
    point,
    st.sampled_from([1, 2, 4, 8]),
    rates,
    st.floats(0, 50),
    st.floats(0.01, 20),
)
those = st.lists(
    st.builds(
        combination,
        st.integers(1, 64).map(parallel),
        st.lists(points, max_size=4, unique_by=lambda each: each.at_once),
        problem=st.none() | st.just("the runner crashed"),
        spilled_bytes=st.sampled_from([Known(0, Source.API), Known(1 << 20, Source.API), sweeps.NOT_KNOWN]),
        repeats=st.integers(1, 4),
    ),
    max_size=8,
)


def weights(of: list[SweepCombination]) -> list[tuple[float, ...]]:
    return [(float(str(each.settings[0].value)),) for each in of]


def is_fit(each: SweepCombination) -> bool:
    return each.problem is None and not has_spilled(each) and best_point(each) is not None


@given(those)
def test_what_is_recommended_is_fit_and_one_is_wherever_one_is_fit(of: list[SweepCombination]) -> None:
    found = recommend(of, weights(of))
    assert (found is not None) == any(map(is_fit, of))
    if found is not None:
        chosen = of[found.combination]
        assert is_fit(chosen)
        best = best_point(chosen)
        assert best is not None
        assert (best.at_once, best.is_usable) == (found.at_once, True)
        assert found.combination not in found.tied


@given(those)
def test_nothing_fit_is_faster_by_more_than_repeats_differ(of: list[SweepCombination]) -> None:
    found = recommend(of, weights(of))
    if found is None:
        return
    chosen = best_point(of[found.combination])
    assert chosen is not None
    rate = value_or(chosen.tokens_per_s, 0.0)
    for each in filter(is_fit, of):
        other = best_point(each)
        assert other is not None
        faster = value_or(other.tokens_per_s, 0.0)
        spread = max(
            value_or(one.most_tokens_per_s, 0.0) - value_or(one.least_tokens_per_s, 0.0)
            for one in (chosen, other)
        )
        assert faster - rate <= max(spread, 0.02 * faster) + 1e-9


@given(those, st.randoms(use_true_random=False))
def test_the_order_of_combinations_has_no_say(of: list[SweepCombination], random: object) -> None:
    of = list({each.settings: each for each in of}.values())
    shuffled = list(of)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found, again = recommend(of, weights(of)), recommend(shuffled, weights(shuffled))
    assert (found is None) == (again is None)
    if found is not None and again is not None and _has_clear_fastest(of):
        assert of[found.combination] == shuffled[again.combination]
        assert found.certainty == again.certainty


def _has_clear_fastest(of: list[SweepCombination]) -> bool:
    """Whether no two are exactly as fast: of those that are, either may be measured against."""
    found = [value_or(best.tokens_per_s, 0.0) for each in of if is_fit(each) and (best := best_point(each))]
    return len(found) == len(set(found))


@given(those)
def test_a_combination_that_fails_or_spills_changes_nothing(of: list[SweepCombination]) -> None:
    unfit = [
        combination(parallel(3), [point(8, 9000)], problem="out of memory"),
        combination(parallel(5), [point(8, 9000)], spilled_bytes=Known(5, Source.API)),
        combination(parallel(7), [point(8, 9000, first_s=6)]),
        combination(parallel(9), [point(8, 9000, is_usable=False)]),
        combination(parallel(11), []),
    ]
    assert recommend([*of, *unfit], weights([*of, *unfit])) == recommend(of, weights(of))


def test_a_tie_goes_to_the_smaller_and_names_the_others() -> None:
    found = sweeps.sweep(sweeps.usual())
    best = found.recommended
    assert best is not None
    assert (best.combination, best.at_once, best.certainty, best.tied) == (2, 4, Certainty.TIE, (3,))
    assert found.verdict == (
        "NUM_PARALLEL=4 is best: 110 tokens/s at 4 at once, 95 of 100 first pieces within 0.30 s (limit 5 s),"
        " nothing in RAM that a GPU could hold. A tie with NUM_PARALLEL=8: they differ by less than repeats"
        " do (3.0 tokens/s); it changes least."
    )
    assert verdict.code(found) == 0
    assert verdict.recommended_values(found) == {"OLLAMA_NUM_PARALLEL": "4"}


def test_a_recommended_variable_without_a_value_is_taken_away() -> None:
    only = sweeps.sweep([combination(parallel(None), [point(1, 50)])])
    assert verdict.recommended_values(only) == {"OLLAMA_NUM_PARALLEL": None}


def test_more_at_once_that_write_no_more_are_not_the_best() -> None:
    one, *_ = sweeps.usual()
    best = best_point(one)
    assert best is not None
    assert best.at_once == 1


def test_what_is_clear_alone_or_measured_once_is_said_to_be() -> None:
    one, two, four, _ = sweeps.usual()
    assert "Clear: the others are slower" in sweeps.sweep([one, two, four]).verdict
    assert "No other one was fit" in sweeps.sweep([one]).verdict
    once = sweeps.sweep([replace(each, repeats=1) for each in (one, two)])
    assert once.recommended is not None
    assert once.recommended.certainty is Certainty.ONCE
    assert isinstance(once.recommended.spread_tokens_per_s, Missing)
    assert "Measured once each, so chance is not ruled out." in once.verdict


@pytest.mark.parametrize(
    ("changes", "why", "code"),
    [
        ({"spilled_bytes": Known(1, Source.API)}, "a part of the model was in RAM", 1),
        ({"points": (point(1, 9, first_s=7.25),)}, "within 5 s; the soonest were within 7.25 s", 1),
        ({"problem": "the runner crashed"}, "none was measured to its end", 1),
        ({"problem": "the runner crashed", "points": ()}, "could be measured: the runner crashed.", 2),
    ],
)
def test_where_nothing_is_fit_it_says_why(changes: dict[str, object], why: str, code: int) -> None:
    found = sweeps.sweep([replace(each, **changes) for each in sweeps.usual()])  # type: ignore[arg-type]
    assert found.recommended is None
    assert why in found.verdict
    assert verdict.code(found) == code
    assert verdict.recommended_values(found) is None


def test_a_spill_that_is_not_known_is_no_obstacle_and_is_not_denied() -> None:
    unknown = Missing(Why.ABSENT, "no part of the model lay on a GPU")
    found = sweeps.sweep([replace(each, spilled_bytes=unknown) for each in sweeps.usual()])
    assert found.recommended is not None
    assert "nothing in RAM" not in found.verdict
