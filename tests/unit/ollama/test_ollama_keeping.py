"""The options that leave a loaded model loaded.

What Ollama compares is in `needsReload` of server/sched.go; each case was tried on a real 0.33.0 and 0.24.0.
"""

import json

import pytest
from captured import Capture

from ollama_top.ollama.keeping import keep_alive, options
from ollama_top.ollama.replies import ShownModel, parse_show

CHAT = ShownModel(None, "gemma3", ("completion",), trained_tokens=32_768)
EMBEDDER = ShownModel(None, "nomic-bert", ("embedding",), trained_tokens=2048)
OLD = ShownModel(None, "llama", None)


@pytest.mark.parametrize(("keep_s", "sent"), [(None, -1), (300.0, 300), (3600.4, 3600)])
def test_times_are_sent_as_whole_seconds_and_for_ever_as_a_negative_one(
    keep_s: float | None, sent: int
) -> None:
    assert keep_alive(keep_s) == sent


@pytest.mark.parametrize("version", ["0.33.0", "0.24.0", "0.5.0", None])
@pytest.mark.parametrize("shown", [CHAT, OLD])
def test_the_context_of_the_load_is_sent(shown: ShownModel, version: str | None) -> None:
    assert options(4096, shown, version) == {"num_ctx": 4096}


def test_a_context_that_is_not_known_is_not_invented() -> None:
    assert options(None, CHAT, "0.33.0") == {}


def test_a_context_cut_to_the_models_own_counts_as_cut_since_0_30() -> None:
    assert options(32_768, CHAT, "0.33.0") == {"num_ctx": 32_768}
    assert options(32_768, CHAT, "0.24.0") == {}


def test_the_batch_of_an_embedding_model_follows_from_what_was_asked_for() -> None:
    assert options(2048, EMBEDDER, "0.33.0") == {}
    assert options(512, EMBEDDER, "0.33.0") == {"num_ctx": 512}


def test_the_longest_context_is_told_by_show(capture: Capture) -> None:
    assert parse_show(json.dumps(capture.json("show")).encode()).trained_tokens == 32_768
    assert parse_show(b'{"model_info":{"general.architecture":"x"}}').trained_tokens is None
