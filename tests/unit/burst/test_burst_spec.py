"""Defaults that fit, and what has to be agreed to first."""

from dataclasses import replace
from typing import Any

import frames
import pytest
from bursts import MODEL

from ollama_top.burst import spec as specs
from ollama_top.burst.dialects import Embed, Generate
from ollama_top.burst.prompts import prompt
from ollama_top.burst.spec import CannotMeasureError, Spec, Wishes
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.model.loaded import ModelState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.ollama.replies import DescribedModel, ShownModel


def described(name: str = MODEL, *capabilities: str, trained: int = 32_768) -> DescribedModel:
    found = capabilities or ("completion",)
    return DescribedModel(name, 253 << 20, ShownModel("/blob", "gemma3", found, trained_tokens=trained))


def made(frame: Frame, described: DescribedModel, is_local: bool = True, **wishes: Any) -> Spec:
    return specs.spec(Wishes(**wishes), described, frame, is_local=is_local, salt=7)


def loaded(**changes: Any) -> Frame:
    whole = {"parallel": Known(2, Source.ARGV), "context_tokens": Known(1024, Source.API)} | changes
    return frames.frame(models=(frames.model(MODEL, **whole),))


@pytest.mark.parametrize(("parallel", "requests"), [(1, 3), (2, 4), (4, 8), (16, 32), (64, 32)])
def test_enough_are_sent_that_some_must_wait(parallel: int, requests: int) -> None:
    assert made(loaded(parallel=Known(parallel, Source.ARGV)), described()).requests == requests


def test_the_context_of_a_loaded_model_is_sent_along_so_that_it_is_not_loaded_anew() -> None:
    found = made(loaded(), described())
    assert found.options == {"num_ctx": 1024}
    assert not found.loads
    body = found.dialect.body(3)
    assert b'"num_ctx": 1024' in body
    assert b'"seed": 3' in body
    assert b"keep_alive" not in body
    assert made(frames.frame(), described()).options == {}


def test_a_model_that_only_embeds_is_asked_to_embed() -> None:
    assert isinstance(made(loaded(), described(MODEL, "embedding")).dialect, Embed)
    assert isinstance(made(loaded(), described()).dialect, Generate)
    with pytest.raises(CannotMeasureError, match="neither writes answers nor embeds"):
        made(loaded(), described(MODEL, "image"))


def test_nothing_is_asked_of_an_idle_server_here() -> None:
    assert made(loaded(), described()).consents == ()
    assert made(frames.frame(), described(), model=MODEL).consents == ()


@pytest.mark.parametrize(
    ("frame", "wishes", "said"),
    [
        (frames.frame(), {}, "No model is in memory: gemma3:270m (253M on disk) would be loaded."),
        (loaded(), {"requests": 33}, "33 requests at once are more than the usual 32."),
        (loaded(), {"is_local": False}, "http://127.0.0.1:11434 is another machine."),
    ],
)
def test_what_a_user_must_agree_to(frame: Frame, wishes: dict[str, Any], said: str) -> None:
    assert made(frame, described(), **wishes).consents == (said,)


def test_a_server_that_serves_others_is_not_disturbed_unasked() -> None:
    busy = frames.frame(queue=frames.queue(2, 1), models=loaded().snapshot.models)
    (said,) = made(busy, described()).consents
    assert said.startswith("The server is serving others: 2 in service, 1 waiting.")


@pytest.mark.parametrize(
    ("wishes", "flag"),
    [
        (Wishes(requests=0), "-n"),
        (Wishes(requests=10_000), "-n"),
        (Wishes(tokens=0), "--tokens"),
        (Wishes(prompt_tokens=-1), "--prompt-tokens"),
        (Wishes(limit_s=0), "--timeout"),
        (Wishes(limit_s=float("nan")), "--timeout"),
    ],
)
def test_what_cannot_be_sent_is_refused(wishes: Wishes, flag: str) -> None:
    assert (specs.check(wishes) or "").startswith(flag)


def test_usual_wishes_are_taken() -> None:
    assert specs.check(Wishes()) is None


def test_the_smallest_model_of_this_server_goes_first() -> None:
    models = (
        InstalledModel("large", None, None, 9),
        InstalledModel("cloud", None, None, 1, is_remote=True),
        InstalledModel("unknown", None, None, None),
        InstalledModel("small", None, None, 3),
    )
    assert [each.name for each in specs.smallest(models)] == ["small", "large", "unknown"]
    assert specs.is_cloud("cloud", models)
    assert specs.is_cloud("gpt-oss:120b-cloud", ())
    assert not specs.is_cloud("small", models)


def test_of_those_in_memory_one_that_can_answer_is_asked() -> None:
    gone = frames.model("gone", ModelState.GONE)
    nameless = replace(frames.model(MODEL), name=Missing(Why.PENDING, "not told yet"))
    frame = frames.frame(models=(gone, nameless, frames.model("b")))
    assert specs.loaded_model(frame.snapshot) == "b"
    assert specs.loaded_model(frames.frame().snapshot) is None


@pytest.mark.parametrize("tokens", [1, 64, 128, 2000])
def test_prompts_are_distinct_from_their_first_word_on_and_about_as_long_as_wished(tokens: int) -> None:
    texts = [prompt(salt, number, tokens) for salt in (1, 2) for number in range(100)]
    assert len({text.split()[0] for text in texts}) == len(texts)
    words = len(texts[0].split())
    assert words * 1.25 == pytest.approx(max(tokens, 25), rel=0.2)
