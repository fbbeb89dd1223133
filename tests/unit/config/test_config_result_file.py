"""The files of kept results: bounded, whole, and never written over when it is not understood."""

import errno
import json
import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import bursts
import frames
import pytest
import sweeps
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.config.kept_results import BURSTS, SWEEPS, burst_file, sweep_file
from ollama_top.config.result_file import NotKeptError, ResultFile
from ollama_top.config.results import UnusableError
from ollama_top.model.burst import KeptBurst
from ollama_top.model.sweep import KeptSweep
from ollama_top.sweep.keeping import compared, kept_of
from ollama_top.sweep.plan import Pace


@pytest.fixture
def file() -> ResultFile[KeptBurst]:
    return burst_file("http://127.0.0.1:11434", "a-machine")


def nth(number: int) -> KeptBurst:
    return replace(bursts.kept(), taken_at=frames.NOW + timedelta(minutes=number))


def test_what_is_kept_is_there_again(file: ResultFile[KeptBurst]) -> None:
    assert file.load() == ()
    assert file.add(nth(1)) == (nth(1),)
    assert file.add(replace(nth(2), scaling=None, gpus=())) == file.load()
    assert len(burst_file("http://127.0.0.1:11434", "a-machine").load()) == 2
    assert burst_file("http://127.0.0.1:11435", "a-machine").load() == ()
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_the_oldest_go_when_there_are_too_many(file: ResultFile[KeptBurst]) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.write_text(BURSTS.text_of([nth(each) for each in range(BURSTS.most + 5)], "me"))
    file.add(nth(BURSTS.most + 5))
    kept = file.load()
    assert (len(kept), kept[0], kept[-1]) == (BURSTS.most, nth(6), nth(BURSTS.most + 5))


def test_a_full_disk_is_told_and_what_was_kept_stays(
    file: ResultFile[KeptBurst], monkeypatch: pytest.MonkeyPatch
) -> None:
    file.add(nth(1))

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(NotKeptError, match="No space left on device"):
            file.add(nth(2))
    assert file.load() == (nth(1),)
    assert [
        each.name for each in file.path.parent.iterdir() if each.name.startswith(f".{file.path.name}")
    ] == []
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "mkstemp", full)
        with pytest.raises(NotKeptError):
            file.add(nth(2))


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"format": "ollama-top bursts 2"}', b"\xff", b" " * (1 << 21)]
)
def test_a_file_that_is_not_understood_is_let_be(file: ResultFile[KeptBurst], content: bytes) -> None:
    file.path.parent.mkdir(parents=True)
    file.path.write_bytes(content)
    with pytest.raises(NotKeptError, match="Kept bursts are not used"):
        file.load()
    with pytest.raises(NotKeptError):
        file.add(nth(1))
    assert file.path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told(file: ResultFile[KeptBurst]) -> None:
    file.path.parent.parent.mkdir(parents=True, exist_ok=True)
    Path(file.path.parent).write_text("a file where a folder should be")
    with pytest.raises(NotKeptError):
        file.add(nth(1))


def test_results_that_are_damaged_are_left_out() -> None:
    whole = json.loads(BURSTS.text_of([nth(1), nth(2), nth(3)], "me"))
    whole["bursts"][0]["requested"] = "eight"
    whole["bursts"][2]["taken_at"] = "yesterday"
    assert BURSTS.parse(json.dumps(whole)) == (nth(2),)


@given(st.text() | st.dictionaries(st.text(), st.integers()).map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(UnusableError):
        BURSTS.parse(text)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_values_are_a_result_or_none(value: object) -> None:
    names = BURSTS.values_of(nth(1))
    for name in names:
        BURSTS.of_values({**names, name: value})


def a_sweep(number: int = 0) -> KeptSweep:
    pace = Pace(2.0, 3.0, is_seen=True)
    return kept_of(
        sweeps.sweep(sweeps.usual(), taken_at=frames.NOW + timedelta(minutes=number), repeats=3), pace
    )


def test_a_sweep_is_kept_for_its_model_and_machine_and_the_oldest_go() -> None:
    kept = sweep_file("gemma3:270m", "a-machine")
    for number in range(SWEEPS.most + 2):
        kept.add(a_sweep(number))
    found = kept.load()
    assert (len(found), found[0], found[-1]) == (SWEEPS.most, a_sweep(2), a_sweep(SWEEPS.most + 1))
    assert found[0].recommended == "NUM_PARALLEL=4"
    assert [each.at_once for each in found[0].combinations] == [1, 2, 4, 8]
    assert sweep_file("gemma3:1b", "a-machine").load() == ()
    assert sweep_file("gemma3:270m", "another").load() == ()


def test_a_sweep_with_a_damaged_combination_is_left_out() -> None:
    whole = json.loads(SWEEPS.text_of([a_sweep(1), a_sweep(2)], "me"))
    whole["sweeps"][0]["combinations"][3]["at_once"] = "eight"
    assert SWEEPS.parse(json.dumps(whole)) == (a_sweep(2),)


def test_the_last_sweep_alike_is_told_of() -> None:
    now, before = a_sweep(9), a_sweep(1)
    assert compared(now, ()) is None
    assert "recommended the same (tie)." in str(compared(now, (before,)))
    other = replace(before, recommended="NUM_PARALLEL=2", certainty="clear")
    assert "recommended NUM_PARALLEL=2 (clear)." in str(compared(now, (before, other)))
    assert "recommended nothing." in str(compared(now, (replace(before, recommended=None),)))
    assert compared(now, (replace(before, model="x"), replace(before, answer_tokens=1))) is None
