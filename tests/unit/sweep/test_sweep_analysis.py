"""What combinations came to, from courses written by hand and those of recorded servers."""

from dataclasses import replace

import pytest
from bursts import course, recorded, waves
from captured import NEWEST
from sweeps import parallel

from ollama_top.model.burst import BurstOutcome
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.sweep import analysis
from ollama_top.sweep.measure import Memory, Round, Seen

NEW, OLD = (0, 33, 0), (0, 24, 0)
GIB = 1 << 30


def seen(*rounds: Round, memory: Memory | None = None) -> Seen:
    return Seen(parallel(2), list(rounds), 1, [1.0, 3.0, 2.0], [0.5], memory or Memory())


def test_rates_are_those_of_all_together_and_their_spread_is_kept() -> None:
    quick, slow = Round(4, waves(2, 4, 1.0)), Round(4, waves(2, 4, 2.0))
    found = analysis.point([quick, slow, slow], ttft_limit_s=10)
    assert (found.at_once, found.sent, found.answered, found.is_usable) == (4, 12, 12, True)
    assert found.tokens_per_s == Known(4 * 60 / 4, Source.BURST)
    assert found.least_tokens_per_s == Known(60.0, Source.BURST)
    assert found.most_tokens_per_s == Known(120.0, Source.BURST)
    assert found.ttft_p50_s == Known(0.1, Source.BURST)
    assert found.ttft_p95_s == Known(2.1, Source.BURST)


def test_a_point_past_the_limit_or_with_an_error_is_not_usable() -> None:
    whole = waves(2, 4)
    assert analysis.point([Round(4, whole)], ttft_limit_s=1.1).is_usable
    assert not analysis.point([Round(4, whole)], ttft_limit_s=1.0).is_usable
    busy = replace(whole[3], outcome=BurstOutcome.BUSY, statistics=None, first_s=None)
    cut = analysis.point([Round(4, (*whole[:3], busy))], ttft_limit_s=9)
    assert (cut.sent, cut.answered, cut.is_usable) == (4, 3, False)


def test_nothing_answered_is_missing_and_no_zero() -> None:
    none = course(1, 0, 1, statistics=None, first_s=None, outcome=BurstOutcome.REFUSED)
    found = analysis.point([Round(1, (none,))], ttft_limit_s=9)
    assert isinstance(found.tokens_per_s, Missing)
    assert isinstance(found.ttft_p95_s, Missing)
    assert not found.is_usable


def test_what_is_served_at_once_is_what_most_repeats_of_the_largest_say() -> None:
    small = Round(1, waves(1, 1))
    rounds = [small, *(Round(4, waves(each, 4)) for each in (2, 1, 2))]
    (found,) = analysis.combinations([seen(*rounds)], 5, NEW)
    assert (found.measured_parallel, found.measured_is_least) == (Known(2, Source.BURST), False)
    assert found.start_s == Known(2.0, Source.BURST)
    (all_at_once,) = analysis.combinations([seen(small, Round(4, waves(4, 4)))], 5, NEW)
    assert all_at_once.measured_is_least


@pytest.mark.parametrize(
    ("server", "name", "served"),
    [(NEWEST, "burst-6-parallel2", 2), (NEWEST, "burst-8-parallel4", 4)],
)
def test_recorded_bursts_tell_what_was_served(server: str, name: str, served: int) -> None:
    courses = recorded(server, name)
    (found,) = analysis.combinations([seen(Round(len(courses), courses))], 60, NEW)
    assert found.measured_parallel == Known(served, Source.BURST)
    (point,) = found.points
    assert isinstance(point.tokens_per_s, Known)
    assert point.tokens_per_s.value > 0
    assert point.is_usable


def test_what_a_gpu_could_hold_has_spilled() -> None:
    whole, part, none = Memory(2 * GIB, 2 * GIB), Memory(3 * GIB, 2 * GIB), Memory(3 * GIB, 0)
    found = analysis.combinations([seen(memory=each) for each in (whole, part, none)], 5, NEW)
    assert [each.spilled_bytes for each in found] == [
        Known(0, Source.API),
        Known(GIB, Source.API),
        Known(3 * GIB, Source.API),
    ]
    (old,) = analysis.combinations([seen(memory=part)], 5, OLD)
    assert old.spilled_bytes == Known(GIB, Source.ESTIMATE)


def test_without_a_gpu_nothing_has_spilled_and_that_is_not_known_of_nothing() -> None:
    (found,) = analysis.combinations([seen(memory=Memory(3 * GIB, 0))], 5, NEW)
    assert isinstance(found.spilled_bytes, Missing)
    assert found.spilled_bytes.why.value == "absent"
    (untold,) = analysis.combinations([seen()], 5, NEW)
    assert isinstance(untold.spilled_bytes, Missing)
    assert untold.spilled_bytes.why.value == "failed"
    assert isinstance(untold.vram_bytes, Missing)
