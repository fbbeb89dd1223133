"""What did not fit its context, and what a runner remembers: from a real server's log to a finding."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from captured import OLDER, Capture
from engine_samples import NOW, PID, runner, samples, tree

from ollama_top.doctor.checks import prompt_cache_ram
from ollama_top.engine import derive
from ollama_top.engine.assemble_load_facts import WHOSE
from ollama_top.engine.samples import Taken
from ollama_top.engine.state import State
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Source
from ollama_top.ollama.log.story import Story
from ollama_top.sources.logs.watch import LogLook

NEW = "ollama-0.33.0"


def framed(log: LogLook, **changes: Any) -> Frame:
    _, frame = derive.step(State(), replace(samples(**changes), log=Taken(log, 10.0)))
    return frame


def finding(server: str, *, until: str | None = None) -> Finding:
    """What the doctor says of prompts, of a log whose lines all came a minute ago."""
    story = Story()
    for line in Capture(server).log("context").splitlines():
        story.take(line, NOW - timedelta(minutes=1))
        if until is not None and until in line:
            break
    log = LogLook(Known("the journal", Source.LOG), story.told())
    return next(each for each in framed(log).findings if each.id == "prompt-truncated")


def texts(found: Finding) -> list[str]:
    return [each.text.partition(": ")[2] for each in found.evidence]


def test_of_a_server_whose_runners_are_llama_servers() -> None:
    found = finding(NEW)
    assert found.title.startswith("4 prompts or answers did not fit the context: 2 cut and 2 refused")
    assert texts(found)[:3] == [
        "a prompt of 634 tokens was refused: its context is 512",
        "an answer grew past the end of its context",
        "a prompt of 814 tokens was refused: its context is 512",
    ]


def test_a_prompt_is_cut_to_about_half_of_its_context() -> None:
    """Of 512 tokens it keeps 259, so that what is named is what was kept, and not the context."""
    found = finding(NEW, until="truncating input prompt")
    assert found.title.startswith("1 prompt or answer did not fit the context: 1 cut,")
    assert texts(found)[0] == "a prompt of 1691 tokens was cut to 259"


def test_of_a_server_with_go_runners() -> None:
    found = finding(OLDER)
    assert found.title.startswith("2 prompts or answers did not fit the context: 2 cut,")
    assert texts(found)[0] == "a prompt of 1691 tokens was cut to 512"


def remembered() -> LogLook:
    """A server's log after 37 prompts of 1,740 tokens each, of which its runner held one GiB in RAM."""
    story = Story()
    for line in Capture(NEW).log("prompt-cache").splitlines():
        story.take(line, NOW - timedelta(minutes=1))
    return LogLook(Known("the journal", Source.LOG), story.told())


def test_what_a_runner_remembers_is_its_own_word() -> None:
    frame = framed(remembered())
    (model,) = frame.snapshot.models
    assert model.prompt_cache_bytes == Known(1072618799, Source.LOG)
    assert "prompt-cache-ram" not in [each.id for each in frame.findings]


def test_what_a_runner_remembers_may_be_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after four times as many prompts."""
    monkeypatch.setattr(prompt_cache_ram, "LEAST_BYTES", 512 << 20)
    found = next(each for each in framed(remembered()).findings if each.id == "prompt-cache-ram")
    assert found.title == "the runner of gemma3:270m remembers prompts in 1.0 GiB of RAM"


def test_of_two_runners_it_is_not_told_whose_the_cache_is() -> None:
    two = (runner(), runner("/models/blobs/sha256-1", PID + 1))
    models = framed(remembered(), tree=tree(*two)).snapshot.models
    assert {each.prompt_cache_bytes for each in models} == {WHOSE}
