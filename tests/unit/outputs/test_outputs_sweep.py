"""A sweep as text: the sentence, the table, the plot, and what went wrong; 80 columns do."""

from dataclasses import replace

import pytest
import sweeps
from syrupy.assertion import SnapshotAssertion

from ollama_top.model.reading import Missing, Why
from ollama_top.model.sweep import Sweep, SweepSetting
from ollama_top.outputs import sweep as text
from ollama_top.sweep.axes import MOST_COMBINATIONS


def test_a_sweep_as_it_is_printed(snapshot: SnapshotAssertion) -> None:
    found = text.as_text(sweeps.sweep(sweeps.usual()), "The last sweep alike recommended the same (tie).")
    assert found == snapshot
    assert all(len(line) <= 80 for line in found.splitlines())


def test_what_failed_is_told_with_its_last_lines_made_visible() -> None:
    one, two, *_ = sweeps.usual()
    log = tuple(f"line {each}" for each in range(20))
    failed = replace(
        two, problem="the server did not start: it ended", log=(*log, "\x1b[2Jgone\n"), points=()
    )
    lines = text.as_text(sweeps.sweep([one, failed]), None).splitlines()
    assert "b NUM_PARALLEL=2 failed: the server did not start: it ended" in lines
    assert "    ␛[2Jgone␊" in lines
    assert sum(line.startswith("    line") for line in lines) == 7
    assert any(line.startswith(" b  NUM_PARALLEL=2") and " failed " in line for line in lines)


def test_names_that_leave_no_room_stand_apart() -> None:
    long = (
        *sweeps.parallel(16),
        SweepSetting("OLLAMA_FLASH_ATTENTION", None),
        SweepSetting("OLLAMA_KV_CACHE_TYPE", "q8_0"),
    )
    one, *_ = sweeps.usual()
    found = text.as_text(sweeps.sweep([replace(one, settings=long)]), None)
    assert ">a  NUM_PARALLEL=16 FLASH_ATTENTION=unset KV_CACHE_TYPE=q8_0" in found
    assert all(len(line) <= 80 for line in found.splitlines())


def test_what_is_too_late_or_failed_to_answer_says_which() -> None:
    late = sweeps.combination(sweeps.parallel(1), [sweeps.point(1, 9, first_s=7)])
    errors = sweeps.combination(sweeps.parallel(2), [sweeps.point(1, 9, answered=2, is_usable=False)])
    found = text.as_text(sweeps.sweep([late, errors]), None)
    assert " too late " in found
    assert " errors " in found


def test_a_spill_that_is_not_known_says_why_once() -> None:
    unknown = Missing(Why.ABSENT, "no part of the model lay on a GPU")
    found = text.as_text(
        sweeps.sweep([replace(each, spilled_bytes=unknown) for each in sweeps.usual()]), None
    )
    assert found.count("Spill to RAM is not known: no part of the model lay on a GPU.") == 1


def test_every_combination_has_a_sign() -> None:
    assert len(set(text.SIGNS)) == MOST_COMBINATIONS


@pytest.mark.parametrize("width", [1, 20, 79])
def test_progress_is_never_wider_than_the_line(width: int) -> None:
    line = text.progress("NUM_PARALLEL=16 FLASH_ATTENTION=0", "16 at once, 3 of 3", 0.376, 95, width)
    assert len(line) <= width
    assert "[###-------]  38%, about 1m35s left: 16 at once, 3 of 3, NUM_PARALLEL=16 F".startswith(line[:70])


def test_the_demo_is_marked() -> None:
    found: Sweep = sweeps.sweep(sweeps.usual(), demo=True)
    assert text.as_text(found, None).startswith("SIMULATED: ")
