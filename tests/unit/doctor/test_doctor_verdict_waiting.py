"""What the line at the top says while requests wait: how many, how long, and why."""

from dataclasses import replace
from typing import Any

import frames
import pytest
from found import finding
from judged import FREE, LOADING, SECOND, model, sentence, waiting

from ollama_top.doctor.verdict import judge
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity, Verdict

UNSEEN = Missing(Why.DENIED, "the runners may be seen by root only")


def test_the_one_full_model_is_why() -> None:
    assert judge(waiting(4, model(running=2), oldest_wait_s=Known(2.2, Source.SOCKETS))) == Verdict(
        Severity.WARNING, "4 wait, the longest 2 s: gemma3:270m serves 2 at once, all in service"
    )


@pytest.mark.parametrize(
    ("number", "queue", "start"),
    [
        (1, {}, "1 waits: "),
        (2, {}, "2 wait: "),
        (1, {"precision": Precision.UPPER_BOUND}, "up to 1 waits: "),
        (3, {"precision": Precision.UPPER_BOUND}, "up to 3 wait: "),
        (2, {"oldest_wait_s": Known(0.9, Source.SOCKETS)}, "2 wait: "),
        (2, {"oldest_wait_s": Known(1.0, Source.SOCKETS)}, "2 wait, the longest 1 s: "),
        (2, {"oldest_wait_s": Known(71.6, Source.SOCKETS)}, "2 wait, the longest 72 s: "),
    ],
)
def test_how_many_wait_and_for_how_long(number: int, queue: dict[str, Any], start: str) -> None:
    assert sentence(waiting(number, model(running=2), **queue)).startswith(start)


@pytest.mark.parametrize(
    ("models", "reason"),
    [
        ([], "no model is loaded yet"),
        ([model(running=1, parallel=1)], "gemma3:270m serves one at a time"),
        ([model(running=3)], "gemma3:270m serves 2 at once, all in service"),
        ([model(running=2, source=Source.PREDICTED)], "gemma3:270m serves 2 at once (predicted)"),
        (
            [model(running=1, parallel=1, source=Source.PREDICTED)],
            "gemma3:270m serves one at a time (predicted)",
        ),
        ([model(running=2), FREE], "gemma3:270m serves 2 at once, all in service"),
        ([model(running=2), SECOND], "gemma3:270m and llama3:8b serve no more at once"),
        ([model(running=2), SECOND, SECOND], "gemma3:270m and 2 more serve no more at once"),
        ([LOADING], "qwen3:8b is being loaded"),
        ([LOADING, FREE], "qwen3:8b is being loaded"),
        ([LOADING, LOADING], "qwen3:8b and qwen3:8b are being loaded"),
        (
            [LOADING, model(running=2)],
            "qwen3:8b is being loaded; gemma3:270m serves 2 at once, all in service",
        ),
        ([model(running=UNSEEN)], "what is in service cannot be seen"),
        ([FREE, model(running=UNSEEN)], "what is in service cannot be seen"),
        ([model(running=1, parallel=UNSEEN)], "how many are served at once cannot be seen"),
        ([frames.model(UNSEEN, running=Known(2, Source.SLOTS))], "a model serves 2 at once, all in service"),
        ([FREE], "a slot has just become free"),
    ],
)
def test_why_they_wait(models: list[LoadedModel], reason: str) -> None:
    assert sentence(waiting(2, *models)) == f"2 wait: {reason}"


def test_what_waits_beside_free_slots_may_be_no_inference() -> None:
    assert sentence(waiting(2, FREE, precision=Precision.UPPER_BOUND)) == (
        "up to 2 wait: slots are free, so they wait for another model to load, or are no inference"
    )


@pytest.mark.parametrize(
    ("asked", "more"),
    [
        (
            frames.setting(running="1", configured="1", status=SettingStatus.SET),
            ", as OLLAMA_NUM_PARALLEL=1 says",
        ),
        (frames.setting(), "; OLLAMA_NUM_PARALLEL is not set"),
        (
            frames.setting(configured="4", status=SettingStatus.PENDING),
            "; OLLAMA_NUM_PARALLEL=4 holds from the next start on",
        ),
        (
            frames.setting(status=SettingStatus.SHELL_ONLY, shell=Known("4", Source.PROCESSES)),
            "; OLLAMA_NUM_PARALLEL=4 is set in your shell only",
        ),
        (frames.setting(running="many", status=SettingStatus.IGNORED), ""),
        (frames.setting(running="2", status=SettingStatus.SET), ""),
        (frames.setting(running=UNSEEN, status=SettingStatus.UNKNOWN), ""),
        (frames.setting(default="automatic"), ""),
    ],
)
def test_what_the_variable_has_to_do_with_one_at_a_time(asked: Setting, more: str) -> None:
    full = replace(waiting(2, model(running=1, parallel=1)), settings=(asked,))
    assert sentence(full) == f"2 wait: gemma3:270m serves one at a time{more}"


def test_what_would_let_it_wait_no_longer_is_named() -> None:
    more = finding("raise-parallel", Severity.WARNING, "there is memory for more at once")
    assert judge(waiting(2, model(running=2)), (more,)).finding == "raise-parallel"


def test_a_model_that_ollama_holds_at_one() -> None:
    why = "Ollama holds the family qwen3vl at one"
    held = replace(model(running=1, parallel=1), held_at_one=why)
    assert sentence(waiting(3, held)) == (
        f"3 wait: gemma3:270m serves one at a time: {why}, whatever OLLAMA_NUM_PARALLEL says"
    )
