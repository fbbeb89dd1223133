"""What the doctor prints: all that was found in a watch, as text and as JSON."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import found
import frames
import pytest
from feeds import PlayedFeed
from syrupy.assertion import SnapshotAssertion

from ollama_top.model.finding import Confidence, Evidence, Finding, to_run
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Source
from ollama_top.model.verdict import Severity
from ollama_top.outputs.doctor import Watched, as_json, as_text, watch
from ollama_top.outputs.show import NothingReadError

EVIL = "\x1b[2J\x07[bold]evil[/]\u202e\x7f"
MILD = found.finding("keep-alive-surprise", Severity.INFO, "a stays in memory for ever", subject="a")
WORSE = found.finding("overridden", Severity.WARNING, "OLLAMA_HOST=a has no effect")
WORST = found.finding("gpu-lost", Severity.ERROR, "GPU 0 does not answer")


def finds(*findings: Finding) -> Frame:
    return frames.frame(findings=findings)


def seen(frame: Frame) -> Watched:
    return Watched(frame, frame.findings)


# The watch


def test_one_look_is_the_second_of_two() -> None:
    watched = watch(lambda: PlayedFeed([finds(WORST), finds(MILD), finds(WORSE)]), 0.0)
    assert watched == Watched(finds(MILD), (MILD,))


def test_a_watch_keeps_what_came_and_went_the_worst_first() -> None:
    played = [finds(), finds(MILD), finds(WORST), finds(WORSE), finds(), finds(WORST)]
    moments = count()
    watched = watch(
        lambda: PlayedFeed(played), 4.0, lambda: next(moments)
    )  # a look a second, from the second look on
    assert watched == Watched(finds(), (WORST, WORSE, MILD))


def test_what_is_found_twice_is_told_once_as_it_was_at_last() -> None:
    again = replace(WORSE, confidence=Confidence.CONFIRMED)
    other = replace(WORSE, subject="OLLAMA_MODELS")
    moments = count()
    watched = watch(
        lambda: PlayedFeed([finds(), finds(WORSE), finds(again, other)]), 2.0, lambda: next(moments)
    )
    assert watched.findings == (again, other)


def test_a_feed_that_cannot_begin_is_told_in_plain_words() -> None:
    def broken() -> PlayedFeed:
        raise OSError("no file descriptors are left")

    with pytest.raises(NothingReadError, match="no file descriptors are left"):
        watch(broken, 0.0)


# Text


@pytest.mark.parametrize("scene", [found.unset, found.pending], ids=lambda scene: scene.__name__)
def test_a_scene_in_plain_text(scene: Callable[[], Frame], snapshot: SnapshotAssertion) -> None:
    assert as_text(seen(scene())) == snapshot


def test_nothing_found_is_said_and_so_is_that_nothing_was_seen() -> None:
    assert as_text(seen(finds())) == "http://127.0.0.1:11434: nothing found that could be better"
    down = frames.frame(server=frames.server(reachable=False, problem="connection refused"))
    assert as_text(seen(down)).endswith("it could not be looked at, so nothing is said of it")


def test_a_command_is_to_be_typed_as_it_stands() -> None:
    fix = to_run("sudo", "sh", "-c", "systemctl daemon-reload && systemctl restart ollama")
    text = as_text(seen(finds(replace(WORSE, fix=fix))))
    assert text.endswith("mend: sudo sh -c 'systemctl daemon-reload && systemctl restart ollama'")


def test_nothing_in_a_finding_steers_the_terminal() -> None:
    evidence = (Evidence(EVIL, Source.LOG),)
    evil = replace(WORSE, title=EVIL, cause=EVIL, evidence=evidence, settle=EVIL, fix=to_run(EVIL))
    text = as_text(seen(finds(evil)))
    assert all(line.isprintable() for line in text.split("\n"))
    assert "[bold]evil[/]" in text


# JSON


def test_the_document() -> None:
    frame = found.pending()
    told = json.loads(as_json(seen(frame)))
    assert list(told) == ["format", "taken_at", "server", "findings"]
    assert told["server"] == "http://127.0.0.1:11434"
    assert told["taken_at"] == "2026-03-14T15:09:26.000Z"
    assert [each["id"] for each in told["findings"]] == [each.id for each in frame.findings]
    assert list(told["findings"][0]) == [
        *("id", "subject", "severity", "confidence", "title", "cause", "evidence", "fix", "settle")
    ]


def test_the_document_is_printable_ascii_whatever_is_in_it() -> None:
    text = as_json(seen(finds(replace(WORSE, title=EVIL))))
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["findings"][0]["title"] == EVIL
