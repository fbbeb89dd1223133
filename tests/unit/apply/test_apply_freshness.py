"""Whether a plan still fits: the run and the files that it was made for."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import changes
import frames
import pytest
from changes import TEXT, plan, watched

from ollama_top.apply.freshness import why_stale
from ollama_top.control.edits import edit_between
from ollama_top.model.plan import Step, StepKind
from ollama_top.model.reading import Known, Source


def test_what_is_as_it_was_fits(tmp_path: Path) -> None:
    assert why_stale(plan(tmp_path / "x.conf"), watched(), may_be_done=False) is None


def test_a_file_that_others_wrote_does_not(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_text("of others")
    assert why_stale(plan(path), watched(), may_be_done=False) == f"{path} has changed since this was shown."
    path.write_text(TEXT)
    assert why_stale(plan(path), watched(), may_be_done=False) is not None, "nor one that says the same"
    assert why_stale(plan(path), watched(), may_be_done=True) is None, "but for the way back"


def test_the_bytes_count_and_not_how_they_read(tmp_path: Path) -> None:
    path = tmp_path / "x.conf"
    path.write_bytes(b"\xff\r\n")
    edit = edit_between(str(path), "\udcff\r\n", "\udcff\n")
    made = plan(steps=(Step(StepKind.EDIT, edit),))
    assert why_stale(made, watched(), may_be_done=False) is None


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    assert "is no file" in (why_stale(plan(path), watched(), may_be_done=False) or "")


@pytest.mark.parametrize(
    ("pid", "later_s", "fits"), [(1234, 0.0, True), (1234, 0.4, True), (1234, 5.0, False), (99, 0.0, False)]
)
def test_another_run_of_the_server_does_not_fit(pid: int, later_s: float, fits: bool, tmp_path: Path) -> None:
    started = Known(changes.STARTED + timedelta(seconds=later_s), Source.PROCESSES)
    now = watched(server=frames.server(pid=Known(pid, Source.PROCESSES), started_at=started))
    assert (why_stale(plan(tmp_path / "x"), now, may_be_done=False) is None) is fits


def test_a_server_that_was_down_and_is_up_does_not_fit(tmp_path: Path) -> None:
    made = replace(plan(tmp_path / "x"), run=None)
    assert why_stale(made, watched(), may_be_done=False) is not None
