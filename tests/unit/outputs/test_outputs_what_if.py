"""`what-if` on standard output: of one look and one question, as text and as a document."""

import json
from collections.abc import Callable

import frames
import pytest
from feeds import PlayedFeed
from frames import GIB

from ollama_top.engine.answering import AskError, UnknownModelError
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.ollama.architecture import Architecture, Layer
from ollama_top.ollama.replies import DescribedModel, ShownModel
from ollama_top.outputs.show import NothingReadError
from ollama_top.outputs.what_if import WrongUseError, json_printer, once, plain_printer

SHAPE = Architecture("llama", 131_072, 0, ((Layer(1024, 1024),) * 32,), 131_072)
TWO = ["NUM_PARALLEL=2", "CONTEXT_LENGTH=4096"]
EVIL = "\x1b[2Jm"


class DescribingFeed(PlayedFeed):
    """One Frame, and an answer to every question."""

    def __init__(self, frame: Frame, answer: Architecture | Missing | Exception = SHAPE) -> None:
        super().__init__([frame])
        self._answer = answer
        self.asked: list[str] = []

    async def describe(self, model_name: str) -> DescribedModel:
        self.asked.append(model_name)
        if isinstance(self._answer, Exception):
            raise self._answer
        shown = ShownModel(None, "llama", ("completion",), self._answer)
        return DescribedModel(model_name, 5 * GIB, shown)


def one_loaded(name: str = "m:8b") -> Frame:
    return frames.frame(
        models=(frames.model(name, batch_tokens=Known(512, Source.ARGV)),), gpus=(frames.gpu(),)
    )


def making(feed: DescribingFeed) -> Callable[[float, float], DescribingFeed]:
    return lambda *_: feed


def printed(
    capsys: pytest.CaptureFixture[str],
    frame: Frame,
    wish: list[str],
    model: str | None = None,
    *,
    as_json: bool = False,
) -> str:
    printer = json_printer() if as_json else plain_printer()
    once(making(DescribingFeed(frame)), model, wish, printer)
    return capsys.readouterr().out


def test_the_sentence_comes_first_then_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, one_loaded(), ["NUM_PARALLEL=16"]) == (
        "m:8b: NUM_PARALLEL 2 -> 16: +7.0 GiB, free 9.9 GiB: it fits\n"
        "\n"
        "      PARALLEL  CONTEXT  K/V    CACHE  A REQUEST\n"
        "now          2     4096  f16  1.0 GiB    512 MiB\n"
        "then        16     4096  f16  8.0 GiB    512 MiB\n"
        "\n"
        "free VRAM: 9.9 GiB\n"
        "most requests at once that fit: 16\n"
        "Ollama's own guess of the whole: 13.0 GiB\n"
    )


def test_what_is_missing_is_a_dash_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, frames.frame(), ["NUM_PARALLEL=2", "CONTEXT_LENGTH=1048576"], "m:8b")
    assert "\nnow   - (the model is not loaded)\nthen  " in text
    assert text.endswith("note: the model was trained for 131072 tokens, and gets no longer context\n")


def test_a_name_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\x1b" not in printed(capsys, one_loaded(EVIL), ["NUM_PARALLEL=4"])
    assert "\x1b" not in printed(capsys, one_loaded(EVIL), ["NUM_PARALLEL=4"], as_json=True)


def test_the_document_is_declared_and_says_why_what_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(printed(capsys, one_loaded(), ["NUM_PARALLEL=16"], as_json=True))
    assert document["format"] == "ollama-top/1"
    assert document["now"]["least_bytes"] == document["now"]["most_bytes"] == GIB
    assert document["more_most_bytes"] == 7 * GIB
    assert (document["fit"], document["place"], document["missing"]) == ("fits", "vram", {})
    unloaded = json.loads(printed(capsys, frames.frame(), TWO, "m:8b", as_json=True))
    assert unloaded["now"] is None
    assert unloaded["missing"]["/now"] == {"why": "absent", "hint": "the model is not loaded"}


def test_the_model_is_the_one_that_is_loaded_or_the_one_that_is_named() -> None:
    feed = DescribingFeed(one_loaded())
    once(making(feed), None, ["NUM_PARALLEL=2"], lambda _: None)
    once(making(feed), "other", TWO, lambda _: None)
    assert feed.asked == ["m:8b", "other"]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (frames.frame(), "no model is loaded: say which with --model"),
        (
            frames.frame(models=(frames.model("a"), frames.model("b"))),
            "a, b are loaded: say which with --model",
        ),
    ],
)
def test_which_model_must_be_clear(frame: Frame, why: str) -> None:
    with pytest.raises(WrongUseError, match=why):
        once(making(DescribingFeed(frame)), None, ["NUM_PARALLEL=2"], pytest.fail)


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (UnknownModelError("no model 'm' is installed"), WrongUseError, "no model 'm' is installed"),
        (AskError("cannot ask"), NothingReadError, "cannot ask"),
        (Missing(Why.UNSUPPORTED, "it is new"), NothingReadError, "cannot be worked out: it is new"),
    ],
)
def test_what_cannot_be_told_is_an_error(
    answer: Missing | Exception, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        once(making(DescribingFeed(one_loaded(), answer)), None, ["NUM_PARALLEL=2"], pytest.fail)


def test_more_must_be_given_for_a_model_that_is_not_loaded() -> None:
    with pytest.raises(WrongUseError, match="give OLLAMA_CONTEXT_LENGTH=VALUE too"):
        once(making(DescribingFeed(frames.frame())), "m:8b", ["NUM_PARALLEL=2"], pytest.fail)


def test_a_wish_that_is_none_is_refused_before_anything_is_asked() -> None:
    feed = DescribingFeed(one_loaded())
    with pytest.raises(WrongUseError, match="a whole number from 1 to 256 is wanted"):
        once(making(feed), None, ["NUM_PARALLEL=four"], pytest.fail)
    assert feed.asked == []


def test_a_server_that_does_not_answer_is_said_to() -> None:
    silent = frames.frame(server=frames.server(reachable=False, problem="connection refused"))
    with pytest.raises(NothingReadError, match=r"cannot read http://127\.0\.0\.1:11434: connection refused"):
        once(making(DescribingFeed(silent)), None, ["NUM_PARALLEL=2"], pytest.fail)
