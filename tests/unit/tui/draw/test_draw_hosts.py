"""The overview: what is missing is a dash, what is of before is not shown as of now, and why is said."""

from dataclasses import replace
from typing import Any

import frames
import pytest
import scenes
import troubles

from ollama_top.columns.cell import Line
from ollama_top.model.frame import Frame
from ollama_top.model.history import History
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Missing, Why
from ollama_top.remote.feed import lost
from ollama_top.tui.draw.fit import width_of
from ollama_top.tui.draw.hosts import hosts_lines, hosts_title
from ollama_top.tui.view import View

WIDE = 120
UNKNOWN = Missing(Why.FAILED, "its slots do not answer")


def view(frame: Frame | None, title: str = "gpu-box", **changes: Any) -> View:
    return replace(View(frame, title, 2.0), **changes)


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def line_of(shown: View, width: int = WIDE) -> str:
    return text(hosts_lines([shown], 1, width)[1])


def words(shown: View) -> list[str]:
    return line_of(shown).split()[:7]


def test_a_host_that_is_well_has_its_numbers() -> None:
    shown = frames.frame(
        queue=frames.queue(2, 1), gpus=(frames.gpu(),), history=History(tokens_per_s=(151.0,))
    )
    assert words(view(shown))[:6] == ["✓", "gpu-box", "2", "1", "151", "14.1/24.0G"]


def test_a_sum_of_which_a_part_is_missing_is_a_dash() -> None:
    """The sum of those that are known would pass for all of them."""
    some = (frames.model(), frames.model(name="other", tokens_per_s=UNKNOWN))
    shown = frames.frame(models=some, history=History(tokens_per_s=(40.0, None)))
    assert words(view(shown))[4] == "-"
    cards = (frames.gpu(0), frames.gpu(1, memory_used_bytes=UNKNOWN))
    assert words(view(frames.frame(gpus=cards)))[5] == "-"


def test_a_count_that_may_hold_others_says_so() -> None:
    queue = frames.queue(1, 3, precision=Precision.UPPER_BOUND)
    assert words(view(frames.frame(queue=queue)))[3] == "≤3"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trouble": "Connection refused"}, "Connection refused"),
        ({"silent_s": 42.0}, "nothing new for 42s; then: "),
    ],
)
def test_where_nothing_new_comes_there_are_no_numbers_but_the_reason(
    changes: dict[str, Any], said: str
) -> None:
    line = line_of(view(scenes.busy(), **changes))
    assert said in line
    assert "G" not in line.partition(said)[0].replace("gpu-box", "")
    assert not any(each.isdigit() for each in line.partition(said)[0])


def test_before_the_first_frame_that_is_said() -> None:
    assert "waiting for the first look" in line_of(view(None))
    assert "nothing new for 20s" in line_of(view(None, silent_s=20.0))


def test_what_was_seen_before_the_line_was_cut_is_not_shown_as_of_now() -> None:
    cut = lost(scenes.busy(), "gpu-box", "Broken pipe", 12.0)
    assert words(view(cut)) == ["✗", "gpu-box", *["the", "line", "to", "gpu-box", "is"]]
    older = tuple(replace(each, age_s=60.0) for each in scenes.busy().snapshot.sources)
    old = replace(scenes.busy(), snapshot=replace(scenes.busy().snapshot, sources=older))
    assert not any(each.isdigit() for each in line_of(view(old)).partition("4 wait")[0])


def test_each_line_has_the_width_of_the_screen() -> None:
    shown = [
        view(scenes.busy()),
        view(troubles.hostile(), "名前" * 20),
        view(None, trouble="x" * 300),
        view(troubles.unreachable(), "a" * 60),
    ]
    for width in (1, 20, 80, 200):
        assert {width_of(line) for line in hosts_lines(shown, 2, width)} == {width}


def test_the_title_counts_those_that_are_not_well() -> None:
    assert hosts_title([view(frames.frame())] * 2) == "none of 2 hosts in trouble - ollama-top"
    assert hosts_title([view(frames.frame()), view(None, trouble="x")]).startswith("1 of 2 hosts")
