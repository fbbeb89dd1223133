"""A Frame as plain text: every scene as it is printed, and nothing that could steer a terminal."""

from collections.abc import Callable

import found
import frames
import pytest
import scenes
import troubles
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.outputs import plain

SCENES: dict[str, Callable[[], Frame]] = {
    "idle": scenes.idle,
    "busy": scenes.busy,
    "unreachable": troubles.unreachable,
    "denied": troubles.denied,
    "hostile": troubles.hostile,
    "remote": troubles.remote,
    "lost card": troubles.lost_card,
    "pending": found.pending,
}


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_in_plain_text(name: str, snapshot: SnapshotAssertion) -> None:
    assert plain.text(SCENES[name]()) == snapshot


@pytest.mark.parametrize("name", SCENES)
def test_nothing_steers_the_terminal_and_nothing_trails(name: str) -> None:
    lines = plain.text(SCENES[name]()).split("\n")
    assert all(line.isprintable() and line == line.rstrip() for line in lines)


def test_what_the_verdict_tells_is_not_told_twice_and_what_is_only_worth_knowing_not_at_all() -> None:
    frame = found.unset()
    assert plain.text(frame).count("OLLAMA_NUM_PARALLEL") == 1
    assert f"\nwarning: {frame.verdict.text}  [parallel-not-set]\n" in plain.text(frame)
    mild = found.finding("keep-alive-surprise", Severity.INFO, "a stays for ever")
    assert "for ever" not in plain.text(frames.frame(findings=(mild,)))


def test_columns_stay_where_they_are_beside_wide_names() -> None:
    models = (frames.model("qwen3:8b"), frames.model("\u7121\u53cc:8b"), frames.model("e\u0301clair:1b"))
    text = plain.text(frames.frame(models=models))
    rows = [line for line in text.split("\n") if ":8b" in line or ":1b" in line]
    assert (
        len(
            {
                cell_len(row[: row.index(" busy")] if " busy" in row else row[: row.index(" idle")])
                for row in rows[-3:]
            }
        )
        == 1
    )


def test_a_crowd_is_printed_whole() -> None:
    crowd = scenes.crowded()
    lines = plain.text(crowd).split("\n")
    assert sum(line.startswith("slot ") for line in lines) == len(crowd.snapshot.slots)
