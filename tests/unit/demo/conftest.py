"""Simulated servers of both generations, one for each module of tests that uses them."""

from collections.abc import Iterator

import pytest
from world import MODEL, Server, simulated_ollama

VERSIONS = ("0.24.0", "0.33.0")
SPEED = ("--decode-rate", "200", "--load-s", "0.2")
INSTALLED = f"{MODEL},nomic-embed-text,qwen3.5:9b"


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def server(version: str, fenced_environment: None) -> Iterator[Server]:
    flags = ("--version", version, "--models", INSTALLED, *SPEED)
    with simulated_ollama(*flags, OLLAMA_NUM_PARALLEL="2") as found:
        yield found
