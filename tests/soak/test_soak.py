"""What shows only after hours: memory that grows, and a server that is started again and again."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Queue
from threading import Thread
from typing import Any

import psutil
import pytest
from world import ROOT, simulated_ollama

from ollama_top.demo.feed import Camera

pytestmark = pytest.mark.long

RESTARTS = 50
SEEN_WITHIN_S = 15.0
LOOKS_TO_SETTLE, LOOKS = 2_000, 40_000
GROWTH_BYTES = 4 << 20


@contextmanager
def watching(url: str) -> Iterator[Queue[dict[str, Any]]]:
    """Frames of a server as `show --watch` prints them."""
    words = [
        sys.executable,
        "-m",
        "ollama_top",
        "show",
        "--json",
        "--watch",
        "--interval",
        "0.2",
        "--host",
        url,
    ]
    frames: Queue[dict[str, Any]] = Queue()
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = process.stdout
        reader = Thread(target=lambda: [frames.put(json.loads(line)) for line in lines])
        reader.start()
        try:
            yield frames
        finally:
            process.terminate()
            reader.join()


def await_frame(frames: Queue[dict[str, Any]], pid: int | None) -> None:
    """Wait for a Frame of the server with this pid; of none for None."""
    ends_s = time.monotonic() + SEEN_WITHIN_S
    while time.monotonic() < ends_s:
        server = frames.get(timeout=SEEN_WITHIN_S)["server"]
        if (server["pid"] if server["reachable"] else None) == pid:
            return
    pytest.fail(f"no Frame showed pid {pid} within {SEEN_WITHIN_S:g} s")


def test_fifty_restarts_are_followed() -> None:
    with simulated_ollama() as first:
        port, url = first.port, first.url
    with watching(url) as frames:
        for _ in range(RESTARTS):
            with simulated_ollama(OLLAMA_HOST=f"127.0.0.1:{port}") as server:
                await_frame(frames, server.pid)
            await_frame(frames, None)


def test_memory_does_not_grow_with_the_number_of_looks() -> None:
    camera = Camera(began_at=datetime(2026, 1, 1, tzinfo=UTC))
    process = psutil.Process(os.getpid())
    for _ in range(LOOKS_TO_SETTLE):
        camera.shoot(2)
    settled_bytes = process.memory_info().rss
    for _ in range(LOOKS):
        camera.shoot(2)
    assert process.memory_info().rss - settled_bytes < GROWTH_BYTES
