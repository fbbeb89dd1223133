"""A Frame of a very large server: that it is right; how long it takes is the benchmark's to print."""

from collections import Counter
from importlib import util
from pathlib import Path
from types import ModuleType

from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Source
from ollama_top.model.request import RequestState

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "frame.py"
LOOKS = 12  # every request of the first look has ended by then


def benchmark() -> ModuleType:
    found = util.spec_from_file_location("benchmarks_frame", BENCHMARK)
    assert found is not None
    assert found.loader is not None
    loaded = util.module_from_spec(found)
    found.loader.exec_module(loaded)
    return loaded


def test_a_crowd_is_counted() -> None:
    milliseconds, frame = benchmark().timed(LOOKS)
    snapshot = frame.snapshot
    assert len(milliseconds) == LOOKS
    assert len(snapshot.gpus) == 8
    assert len({each.name for each in snapshot.models}) == 50
    assert len(snapshot.slots) == 300
    assert len(snapshot.requests) == 1000
    assert snapshot.queue.running == Known(300, Source.SLOTS)
    assert snapshot.queue.waiting == Known(700, Source.SOCKETS)
    assert snapshot.queue.precision is Precision.EXACT
    states = Counter(each.state for each in snapshot.requests)
    assert states == {RequestState.RUNNING: 150, RequestState.UNKNOWN: 850}, (
        "which of many models waits is unsaid"
    )
    assert len(frame.history.gpus) == 8
    assert len(frame.history.waiting) == LOOKS + 1
