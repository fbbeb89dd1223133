"""Recordings of the simulation, in files of the tests' own."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ollama_top.demo.feed import Camera
from ollama_top.demo.scenarios import DEFAULT
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
