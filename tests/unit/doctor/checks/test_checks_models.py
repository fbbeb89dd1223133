"""The checks of models: where each fires, with what mend, and where it stays quiet."""

from datetime import timedelta
from typing import Any

import frames
import pytest
from checks_asked import ask, changes_of, command_of

from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity

N = "OLLAMA_NUM_PARALLEL"


def asked(text: str) -> tuple[Setting, ...]:
    return (frames.setting(N, text, text, SettingStatus.SET),)


def of_family(family: str, parallel: int = 1, **changes: Any) -> LoadedModel:
    """A model whose runner tells how many it serves; Ollama holds the Qwen 3.5 family at one."""
    held = f"Ollama holds the family {family} at one" if family.startswith("qwen35") else None
    return frames.model(
        "a",
        family=Known(family, Source.API),
        parallel=Known(parallel, Source.ARGV),
        held_at_one=held if parallel == 1 else None,
        **changes,
    )


# parallel-forced-to-one, effective-differs


def test_a_family_held_at_one() -> None:
    (found,) = ask("parallel-forced-to-one", settings=asked("4"), models=(of_family("qwen35moe"),))
    assert found.title == "a is served one request at a time: Ollama holds the family qwen35moe at one"
    assert found.severity is Severity.INFO
    assert found.fix is None


def test_a_family_held_at_one_while_somebody_waits() -> None:
    models = (of_family("qwen35moe", waiting=Known(3, Source.SOCKETS)),)
    (found,) = ask("parallel-forced-to-one", settings=asked("4"), models=models)
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("text", "model"),
    [("1", of_family("qwen35moe")), ("4", of_family("gemma3")), ("4", of_family("qwen35", 4))],
)
def test_a_family_that_is_not_held(text: str, model: LoadedModel) -> None:
    assert ask("parallel-forced-to-one", settings=asked(text), models=(model,)) == []


def test_a_runner_with_another_number() -> None:
    (found,) = ask(
        "effective-differs", settings=asked("4"), models=(of_family("gemma3", 2),), service=frames.service()
    )
    assert found.title == "a is served 2 at once, though 4 were asked for"
    assert command_of(found).startswith("journalctl -u ollama.service -g parallel")


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("2", of_family("gemma3", 2)),
        ("4", of_family("qwen35")),
        ("4", frames.model(parallel=Known(1, Source.PREDICTED))),
        ("0", of_family("gemma3", 1)),
        ("4", of_family("gemma3", 1, state=ModelState.LOADING)),
    ],
)
def test_a_runner_with_the_number_or_a_reason(text: str, model: LoadedModel) -> None:
    assert ask("effective-differs", settings=asked(text), models=(model,)) == []


# memory


def offloaded(**changes: Any) -> dict[str, Any]:
    sizes = {"size_bytes": Known(10 << 30, Source.API), "vram_bytes": Known(8 << 30, Source.API)}
    return {"models": (frames.model("a", **(sizes | changes)),), "gpus": (frames.gpu(),)}


@pytest.mark.parametrize(
    ("parallel", "context", "mend"),
    [
        (4, 8192, {N: "2"}),
        (1, 8192, {"OLLAMA_CONTEXT_LENGTH": "4096"}),
        (1, 4096, {}),
    ],
)
def test_a_model_in_part_on_the_cpu(parallel: int, context: int, mend: dict[str, str]) -> None:
    changes = offloaded(parallel=Known(parallel, Source.ARGV), context_tokens=Known(context, Source.API))
    (found,) = ask("partial-offload", **changes)
    assert found.title == "20 % of a did not fit on the GPU, and runs on the CPU"
    assert changes_of(found) == mend


def test_a_model_in_whole_on_cards_or_without_any() -> None:
    assert ask("partial-offload", models=(frames.model(),), gpus=(frames.gpu(),)) == []
    assert ask("partial-offload", **(offloaded() | {"gpus": ()})) == []


def test_a_model_beside_a_card() -> None:
    (found,) = ask("gpu-unused", **offloaded(vram_bytes=Known(0, Source.API)))
    assert found.title == "a runs on the CPU alone, though there is a GPU"


def test_a_model_on_a_card_or_beside_none_that_answers() -> None:
    assert ask("gpu-unused", **offloaded()) == []
    lost = (frames.gpu(problem="lost"),)
    assert ask("gpu-unused", **(offloaded(vram_bytes=Known(0, Source.API)) | {"gpus": lost})) == []


# runner-gone, context-nearly-full, keep-alive-surprise


def test_a_dead_runner() -> None:
    (found,) = ask("runner-gone", models=(frames.model("a", ModelState.GONE), frames.model("b")))
    assert found.title == "the runner of a has died"


def test_a_context_that_is_nearly_full() -> None:
    slots = tuple(
        frames.slot(at, frames.SlotState.DECODE, context_fill_percent=Known(fill, Source.SLOTS))
        for at, fill in enumerate((95.0, 40.0))
    )
    (found,) = ask("context-nearly-full", slots=slots)
    assert "fills 95 % of its context" in found.title


def kept(effective: str, left: timedelta | Missing, state: ModelState = ModelState.IDLE) -> dict[str, Any]:
    setting = frames.setting("OLLAMA_KEEP_ALIVE", effective=Known(effective, Source.PREDICTED))
    expires = left if isinstance(left, Missing) else Known(frames.NOW + left, Source.API)
    return {"settings": (setting,), "models": (frames.model("a", state, expires_at=expires),)}


@pytest.mark.parametrize(
    ("left", "stays"), [(timedelta(hours=24), "for 1d0h"), (timedelta(days=100_000), "for ever")]
)
def test_a_model_that_stays_longer(left: timedelta, stays: str) -> None:
    (found,) = ask("keep-alive-surprise", **kept("5m", left))
    assert found.title == f"a stays in memory {stays}, not 5m"
    assert command_of(found) == "ollama stop a"


@pytest.mark.parametrize(
    "changes",
    [
        kept("5m", timedelta(minutes=5)),
        kept("forever", timedelta(days=100_000)),
        kept("5m", timedelta(hours=24), ModelState.BUSY),
        kept("5m", frames.UNTOLD),
    ],
)
def test_a_model_that_stays_as_it_should(changes: dict[str, Any]) -> None:
    assert ask("keep-alive-surprise", **changes) == []
