"""Simulated downloads: the lines of /api/pull in their order, and how long each is in coming. Pure.

As Ollama's server/images.go (PullModel) and server/download.go say them: a line for the layer under
way every 60 ms; a zero is left out; what is on disk already comes at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ollama_top.demo.catalogue import CATALOGUE, Model

LINE_EVERY_S = 0.06
MANIFEST_S, VERIFY_S = 0.4, 0.5
BYTES_PER_S = 60e6
CONFIG_BYTES, TEMPLATE_BYTES, LICENCE_BYTES = 490, 358, 8_432
NO_SUCH_MODEL = "pull model manifest: file does not exist"

Step = tuple[float, Mapping[str, Any]]
"""A line, and the seconds that pass before it."""


@dataclass(slots=True)
class Pulls:
    """All downloads of one server; what is broken off is kept for the next."""

    bytes_per_s: float = BYTES_PER_S
    fails: str | None = None  # the error that ends each download in its middle
    _kept_bytes: dict[str, int] = field(default_factory=dict)  # by digest

    def steps(self, model: Model | None) -> Iterator[Step]:
        """The lines of one download, up to `success` or to an error; None is a model that nobody has."""
        yield 0.0, {"status": "pulling manifest"}
        if model is None:
            yield MANIFEST_S, {"error": NO_SUCH_MODEL}
            return
        wait_s = MANIFEST_S
        for digest, total in _layers(model):
            for each_s, line in self._layer(digest, total):
                yield wait_s + each_s, line
                wait_s = 0.0
                if self.fails is not None and line.get("completed", 0) > total // 2:
                    yield 0.0, {"error": self.fails}
                    return
        yield VERIFY_S, {"status": "verifying sha256 digest"}
        yield VERIFY_S, {"status": "writing manifest"}
        yield 0.0, {"status": "success"}

    def _layer(self, digest: str, total: int) -> Iterator[Step]:
        done = self._kept_bytes.get(digest, 0)
        yield 0.0, _line(digest, total, done)
        while done < total:
            done = min(total, done + round(self.bytes_per_s * LINE_EVERY_S))
            self._kept_bytes[digest] = done
            yield LINE_EVERY_S, _line(digest, total, done)


def pullable(name: str) -> Model | None:
    """What the simulated registry has under a name."""
    wanted = name if ":" in name else f"{name}:latest"
    return next((each for each in CATALOGUE if each.name == wanted), None)


def _layers(model: Model) -> tuple[tuple[str, int], ...]:
    """Digest and size of each: weights, template, licence, configuration."""
    weights = model.blob_path("").rpartition("sha256-")[2]
    small = (TEMPLATE_BYTES, LICENCE_BYTES, CONFIG_BYTES)
    others = tuple((f"{at:02x}{model.digest[2:]}", size) for at, size in enumerate(small, 1))
    return ((weights, model.weights_bytes), *others)


def _line(digest: str, total: int, done: int) -> Mapping[str, Any]:
    line = {"status": f"pulling {digest[:12]}", "digest": f"sha256:{digest}", "total": total}
    return {**line, "completed": done} if done else line
