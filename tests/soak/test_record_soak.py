"""A day in a recording: small on the disk, flat in memory, and any moment of it at once."""

import random
import time
from datetime import datetime
from itertools import islice
from pathlib import Path

import psutil
import pytest
from recordings import TWELVE, simulated

from ollama_top.record.player import Player
from ollama_top.record.recording import SEGMENT, Recording

DAY = 43_200  # Frames, two seconds apart
SETTLE = 8 * SEGMENT  # by then there is an hour, and a full log
MOST_BYTES, MOST_GROWTH_BYTES = 20_000_000, 5_000_000
MOST_SEEK_S = 0.3  # of a processor, which others may want as well
SEEKS = 60


def resident() -> int:
    return psutil.Process().memory_info().rss


def written(path: Path, frames: int) -> tuple[list[datetime], int, float]:
    """When some of the Frames were, how the memory grew after it had settled, and how many were in flight."""
    kept, before, in_flight = [], 0, 0
    recording = Recording(path)
    for number, frame in enumerate(islice(simulated(DAY, TWELVE), frames)):
        recording.add(frame)
        in_flight += len(frame.snapshot.requests)
        if number % (frames // 8) == 0:
            kept.append(frame.snapshot.taken_at)
        if number == min(SETTLE, frames // 2):
            before = resident()
    recording.close()
    return kept, resident() - before, in_flight / frames


def slowest_seek_s(player: Player) -> float:
    """Of seeks anywhere, each from somewhere else."""
    anywhere, slowest = random.Random(7), 0.0
    for number in [len(player) - 1, 0, *[anywhere.randrange(len(player)) for _ in range(SEEKS)]]:
        began_s = time.process_time()
        player.frame(number)
        slowest = max(slowest, time.process_time() - began_s)
    return slowest


def hold(path: Path, frames: int) -> None:
    """What is promised of a day, of as many Frames of it."""
    kept, growth, in_flight = written(path, frames)
    began_s = time.process_time()
    player = Player(path)
    opened_s = time.process_time() - began_s
    seek_s, per_day = slowest_seek_s(player), path.stat().st_size * DAY / frames
    print(
        f"{frames} Frames, {in_flight:.1f} in flight: {path.stat().st_size / 1e6:.1f} MB"
        f" ({per_day / 1e6:.1f} a day), memory +{growth / 1e6:.1f} MB,"
        f" opened in {opened_s:.3f} s, slowest seek {seek_s:.3f} s"
    )
    assert in_flight >= 11.5
    assert per_day < MOST_BYTES
    assert growth < MOST_GROWTH_BYTES
    assert opened_s + seek_s < MOST_SEEK_S
    assert len(player) == frames
    for at, taken_at in enumerate(kept):
        assert player.frame(at * (frames // 8)).snapshot.taken_at == taken_at


@pytest.mark.long
def test_a_day(tmp_path: Path) -> None:
    hold(tmp_path / "day", DAY)


def test_ten_minutes(tmp_path: Path) -> None:
    """What is promised of a day, on a piece of it."""
    hold(tmp_path / "piece", SEGMENT + 50)
