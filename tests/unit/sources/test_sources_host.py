"""The machine's counters, against what its kernel says elsewhere."""

import os
import socket
from pathlib import Path

import pytest

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.host import HostCounters


def test_cpu_is_known_from_the_second_look_on() -> None:
    counters = HostCounters()
    first, second = counters.look(), counters.look()
    assert isinstance(first.cpu_percent, Missing)
    assert first.cpu_percent.why is Why.PENDING
    assert isinstance(second.cpu_percent, Known)
    assert 0 <= second.cpu_percent.value <= 100
    assert second.cpu_percent.source is Source.HOST


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="needs Linux's /proc")
def test_memory_is_that_of_the_kernel() -> None:
    lines = (line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    kib = {name: int(value.split()[0]) for name, value in lines}
    host = HostCounters().look()
    assert host.memory_total_bytes == Known(kib["MemTotal"] * 1024, Source.HOST)
    assert isinstance(host.memory_used_bytes, Known)
    used_bytes = (kib["MemTotal"] - kib["MemAvailable"]) * 1024
    assert abs(host.memory_used_bytes.value - used_bytes) < 512 << 20


def test_the_machine_is_named_and_its_processors_counted() -> None:
    host = HostCounters().look()
    assert host.name == socket.gethostname()
    assert host.cpu_count == Known(os.cpu_count(), Source.HOST)
