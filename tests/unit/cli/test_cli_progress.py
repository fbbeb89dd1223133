"""How far a sweep is, between what is told of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.cli.progress import Progress, later
from ollama_top.sweep.session import Stage


@given(st.floats(0, 1), st.floats(0, 1e5), st.floats(0, 1e5))
def test_time_that_passes_brings_the_end_nearer_and_never_past_it(
    share: float, left_s: float, passed_s: float
) -> None:
    stage = Stage("a", "b", share, left_s)
    found = later(stage, passed_s)
    assert share - 1e-9 <= found.share <= 1
    assert 0 <= found.left_s <= left_s


def test_half_of_what_is_left_is_half_of_the_share_that_is_left() -> None:
    found = later(Stage("a", "b", 0.2, 80.0), 40.0)
    assert (round(found.share, 6), found.left_s) == (0.6, 40.0)


def test_without_a_terminal_only_what_is_done_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    progress.show(Stage("NUM_PARALLEL=2", "loading\x1b[2J", 0.1, 9))
    progress.show(Stage("NUM_PARALLEL=2", "measured\x1b[2J", 0.2, 8, is_done=True))
    assert capsys.readouterr().err == "[##--------]  20%, about 8.0s left: measured␛[2J, NUM_PARALLEL=2\n"
