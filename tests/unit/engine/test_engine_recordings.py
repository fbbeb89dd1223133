"""The counts on recordings of real servers, whose requests' true times stand beside them."""

import engine_recordings as recordings
import pytest
from engine_recordings import Look, Recording

MODES = ("stream", "none", "mixed")
QUIET = [
    ("0.33.0", f"traffic-6-parallel2-{mode}.jsonl") for mode in MODES
]  # runners' connections not recorded
LOADED = [
    ("0.33.0", f"traffic-6-parallel2-{mode}-loaded.jsonl.gz") for mode in MODES
]  # 4 wanted 2 processors
WITHOUT_SLOTS = [("0.24.0", f"traffic-6-parallel2-{mode}.jsonl") for mode in (*MODES, "none-kept")]
BURSTS = ("4-unset", "6-parallel2", "8-parallel4")
EVERY = (1, 2, 4, 8)  # of moments 0.25 s apart
TRANSITION_S = 0.06  # from an arrival or an end until everybody knows of it, on two busy processors
ON_THE_WAY_S = 0.7  # a request is read, and its prompt prepared, before a runner hears of it
GOING_OUT_S = 0.4  # a runner without slots is seen at work for so long after its last word


def wrong(recording: Recording, every: int) -> list[Look]:
    """The looks that are not exact, whichever moment the looking begins at, transitions left out."""
    found = [look for offset in range(every) for look in recordings.looks(recording, every, offset)]
    assert len(found) == len(recording.moments)
    settled = [look for look in found if recording.nearest_change_s(look.at_s) > TRANSITION_S]
    assert len(settled) > len(found) / 2
    return [look for look in settled if not look.is_exact]


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(("version", "name"), QUIET)
def test_counts_are_exact(version: str, name: str, every: int) -> None:
    assert wrong(recordings.load(version, name), every) == []


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(("version", "name"), LOADED)
def test_counts_are_exact_on_a_machine_that_stalls(version: str, name: str, every: int) -> None:
    recording = recordings.load(version, name)
    late = [look for look in wrong(recording, every) if not _is_on_the_way(recording, look)]
    assert late == []


@pytest.mark.parametrize("late", [1, 3])
@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(("version", "name"), LOADED)
def test_counts_are_exact_when_runners_do_not_answer(version: str, name: str, every: int, late: int) -> None:
    """A long prompt keeps a runner from answering: its connections tell as much."""
    recording = recordings.with_late_slots(recordings.load(version, name), late)
    found = [look for look in wrong(recording, every) if not _is_on_the_way(recording, look)]
    assert found == []


@pytest.mark.parametrize("every", EVERY)
@pytest.mark.parametrize(("version", "name"), WITHOUT_SLOTS)
def test_counts_without_slots_are_right_but_for_what_is_on_its_way(
    version: str, name: str, every: int
) -> None:
    recording = recordings.load(version, name)
    found = wrong(recording, every)
    assert len(found) <= 6
    assert [each for each in found if not _is_excused(recording, each)] == []


@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("name", BURSTS)
def test_counts_from_what_ss_prints_are_exact(name: str, every: int) -> None:
    assert wrong(recordings.load_burst(name), every) == []


@pytest.mark.parametrize("every", [4, 8])
@pytest.mark.parametrize("name", BURSTS)
def test_questions_on_a_connection_that_carried_a_reply_may_count_as_one_request(
    name: str, every: int
) -> None:
    """The recorder asked for /api/ps every 0.25 s on connections of requests that had ended."""
    found = wrong(recordings.load_burst(name), every)
    assert all(look.waiting - look.true_waiting == 1 and look.running == look.true_running for look in found)


@pytest.mark.parametrize(("version", "name"), QUIET + LOADED)
def test_all_six_are_seen_to_wait_or_run(version: str, name: str) -> None:
    """The test of the tests: there are looks at which 4 wait while 2 run."""
    recording = recordings.load(version, name)
    counts = [(look.running, look.waiting) for look in recordings.looks(recording, 1, 0)]
    assert counts.count((2, 4)) > len(counts) / 2


def _is_on_the_way(recording: Recording, look: Look) -> bool:
    """Whether all are counted, and a runner may not have heard yet of what came last."""
    is_complete = look.running + look.waiting == look.true_running + look.true_waiting
    return is_complete and recording.since_change_s(look.at_s) < ON_THE_WAY_S


def _is_excused(recording: Recording, look: Look) -> bool:
    is_last = (look.running, look.waiting, look.true_running) == (1, 0, 0)
    is_going_out = is_last and recording.since_change_s(look.at_s) < GOING_OUT_S
    return is_going_out or _is_on_the_way(recording, look)
