"""Most machines without a card have no library of NVIDIA's, and need not pay for what would ask it."""

import sys

import pytest
from gpus_clock import Clock

from ollama_top.sources.gpus import nvidia
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.gpus.nvidia import RETRY_S, NvidiaGpus


def test_without_the_library_pynvml_is_not_even_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvidia, "has_library", lambda: False)
    monkeypatch.setitem(sys.modules, "pynvml", None)  # to import it is an error
    clock = Clock()
    gpus = NvidiaGpus(clock)
    assert gpus.read() == gpus.read() == GpuLook((), absent=True)
    monkeypatch.setattr(nvidia, "has_library", lambda: True)
    assert gpus.read() == GpuLook((), absent=True), "it is not looked for at each look"
    clock.now_s = RETRY_S
    with pytest.raises(ImportError):
        gpus.read()
