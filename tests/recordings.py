"""Recordings of the simulation, in files of the tests' own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ollama_top.demo import catalogue as models
from ollama_top.demo.callers import Caller, Rhythm
from ollama_top.demo.feed import Camera
from ollama_top.demo.scenarios import DEFAULT, TWO_CARDS
from ollama_top.demo.scheduler import Settings
from ollama_top.demo.world import Scenario
from ollama_top.model.frame import Frame
from ollama_top.record.recording import Limits, Recording

BEGAN = datetime(2026, 3, 14, 15, 0, tzinfo=UTC)
INTERVAL_S = 2.0


def simulated(count: int, scenario: Scenario = DEFAULT, interval_s: float = INTERVAL_S) -> Iterator[Frame]:
    """Frames of the simulation, from `BEGAN` on."""
    camera = Camera(scenario, began_at=BEGAN)
    return (camera.shoot(interval_s) for _ in range(count))


def recorded(path: Path, frames: Iterator[Frame] | list[Frame], limits: Limits | None = None) -> list[Frame]:
    """What is in the file afterwards, as it was before."""
    recording = Recording(path, limits or Limits())
    written = list(frames)
    for each in written:
        recording.add(each)
    recording.close()
    return written


TWELVE = Scenario(
    (models.CHAT, models.CODER, models.EMBEDDER),
    Settings(num_parallel="4", context_tokens=8192, cards=TWO_CARDS),
    (
        Caller(
            "python3 load.py",
            5001,
            "qwen3:8b",
            Rhythm(1, (1.1, 2.0)),
            prompt_tokens=(100, 3000),
            answer_tokens=(200, 600),
            linger_s=20,
            patience_s=14,
        ),
    ),
    seed=12,
)
"""A little more than the server can take: some twelve requests in flight, and a new one at each look."""
