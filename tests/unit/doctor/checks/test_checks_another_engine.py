"""`another-engine`: fires on poor gains of telling bursts alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import bursts
import frames
import pytest

from ollama_top.doctor.checks.another_engine import CHECK
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import GpuShare, Vendor
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Missing, Source, Why

GIB = 1 << 30
SHARE = GpuShare(Vendor.NVIDIA, 0, Known("GPU-0", Source.NVIDIA), Known(GIB, Source.NVIDIA))


def snapshot(now: dict[str, Any] | None = None, **burst: Any) -> Snapshot:
    plain = {
        "parallel": Known(4, Source.ARGV),
        "context_tokens": Known(4096, Source.API),
        "kv_cache_type": Known("f16", Source.ARGV),
        "size_bytes": Known(GIB, Source.API),
        "vram_bytes": Known(GIB, Source.API),
        "gpus": Known((SHARE,), Source.NVIDIA),
    }
    server = frames.server(version=Known("0.33.0", Source.API))
    return frames.frame(
        server=server,
        models=(frames.model(bursts.MODEL, **plain | (now or {})),),
        bursts=(bursts.kept(**burst),),
    ).snapshot


def ids(of: Snapshot) -> list[str]:
    return [each.subject for each in CHECK.look(of, History())]


def test_little_gain_on_an_nvidia_card_is_worth_a_comparison() -> None:
    (found,) = CHECK.look(snapshot(scaling=1.7), History())
    assert found.title == "4 requests at once to gemma3:270m write 1.7 times what one writes alone"
    assert "TabbyAPI or vLLM" in found.cause
    assert "burst --against" in (found.settle or "")
    assert "85.0 tokens/s together, and 50.0 alone" in found.evidence[0].text


@pytest.mark.parametrize(
    "burst",
    [
        {"scaling": 2.3},
        {"scaling": None},
        {"effective_parallel": 1, "measured_parallel": 1},
        {"measured_parallel": 2},
        {"measured_parallel": None},
        {"is_disturbed": True},
        {"answered": 7},
        {"requested": 5, "answered": 5},
        {"took_s": 1.2},
        {"written_tokens": 80},
        {"vram_percent": 60.0},
        {"vram_percent": None},
        {"gpus": ()},
        {"gpus": ("nvidia GPU-1",)},
        {"version": "0.32.0"},
        {"context_tokens": 8192},
        {"kv_cache_type": "q8_0"},
        {"effective_parallel": 8},
        {"model": "another"},
        {"taken_at": frames.NOW - timedelta(days=31)},
    ],
    ids=str,
)
def test_what_tells_nothing_about_the_engine_stays_quiet(burst: dict[str, Any]) -> None:
    assert ids(snapshot(**{"scaling": 1.7, **burst})) == []


@pytest.mark.parametrize(
    "model",
    [
        {"vram_bytes": Known(GIB // 2, Source.API)},
        {"gpus": Missing(Why.ABSENT, "no GPU")},
        {"gpus": Known((GpuShare(Vendor.AMD, 0, SHARE.uuid, SHARE.memory_bytes),), Source.AMD)},
        {"parallel": Known(2, Source.ARGV)},
    ],
    ids=str,
)
def test_it_stays_quiet_where_the_model_lies_otherwise_now(model: dict[str, Any]) -> None:
    assert ids(snapshot(model, scaling=1.7)) == []


def test_the_newest_burst_of_a_model_counts() -> None:
    poor = snapshot(scaling=1.7)
    better = bursts.kept(scaling=3.1, taken_at=frames.NOW)
    assert ids(replace(poor, bursts=(*poor.bursts, better))) == []
