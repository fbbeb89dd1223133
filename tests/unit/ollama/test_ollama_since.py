"""The words for a server that does not tell what others tell."""

import pytest

from ollama_top.ollama import since
from ollama_top.ollama.families import Release


@pytest.mark.parametrize(
    ("version", "release", "words"),
    [
        ("0.1.37", since.LOADED_SINCE, "Ollama 0.1.37 does not tell it; 0.1.38 and later do"),
        ("0.9.6", since.CONTEXT_SINCE, "Ollama 0.9.6 does not tell it; 0.10.0 and later do"),
        ("0.33.0", since.CONTEXT_SINCE, "Ollama 0.33.0 does not tell it"),
        ("0.0.0", since.CONTEXT_SINCE, "Ollama 0.0.0 does not tell it"),
        (None, since.LOADED_SINCE, "this server, whose version is not known, does not tell it"),
    ],
)
def test_the_words_name_the_version(version: str | None, release: Release, words: str) -> None:
    assert since.not_told(version, release) == words
