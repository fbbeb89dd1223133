"""What two real servers said, as they said it: the files of tests/captures."""

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CAPTURES = Path(__file__).parent / "captures"
NEWEST, OLDER = "ollama-0.33.0-rc2", "ollama-0.24.0"
LLAMA_CPP = "llama.cpp-4df29be4f"


class Capture:
    """The recordings of one server."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._folder = CAPTURES / server

    def json(self, name: str) -> Any:
        return json.loads((self._folder / f"{name}.json").read_text())

    def body(self, name: str) -> bytes:
        """The body of a recorded reply."""
        return str(self.json(name)["body"]).encode()

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.server.log").read_text()


@dataclass(frozen=True)
class Allocated:
    """A cache that llama.cpp made, in its own words; not of Ollama, but of the library that its runner is.

    The models are those of llama.cpp's own tests/test-llama-archs.cpp: metadata of every architecture,
    some of it changed, with random weights.
    """

    model_info: dict[str, Any]
    parallel: int
    context_tokens: int
    batch_tokens: int
    key_type: str
    value_type: str
    has_flash_attention: bool
    log: tuple[str, ...]


def allocated() -> list[Allocated]:
    """All that was recorded of llama.cpp."""
    lines = gzip.decompress((CAPTURES / LLAMA_CPP / "caches.jsonl.gz").read_bytes()).splitlines()
    return [
        _allocated(model["model_info"], load) for model in map(json.loads, lines) for load in model["loads"]
    ]


def _allocated(model_info: dict[str, Any], load: dict[str, Any]) -> Allocated:
    sizes = (load["parallel"], load["context"], load["batch"])
    return Allocated(model_info, *sizes, load["k"], load["v"], load["flash"], tuple(load["log"]))
