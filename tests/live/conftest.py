"""What the tests on a real Ollama need: a script that starts it, and a server started by it."""

import os
from collections.abc import Iterator
from pathlib import Path

import live_ollama
import pytest
import world

VARIABLE = "OLLAMA_TOP_TEST_SERVE"


@pytest.fixture(scope="session")
def serve() -> Path:
    """The script, which `exec`s `ollama serve`; the model gemma3:270m must be installed."""
    if VARIABLE not in os.environ:
        pytest.skip(f"no real Ollama: {VARIABLE} names no script that starts one")
    return Path(os.environ[VARIABLE])


@pytest.fixture(scope="module")
def server(serve: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[world.Server]:
    with live_ollama.real_ollama(serve, tmp_path_factory.mktemp("ollama")) as found:
        yield found
