"""NVIDIA's driver as a mock: the real pynvml, a library of our own beneath it."""

import ctypes
from collections.abc import Callable
from pathlib import Path

import pynvml
import pytest
from nvml_mock.mock import NvmlMock, build, compiler

from ollama_top.sources.gpus import nvidia

Libraries = Callable[[str], Path]


@pytest.fixture(scope="session")
def nvml_library(tmp_path_factory: pytest.TempPathFactory) -> Libraries:
    """The compiled mock of a kind, "new" or "old"; each built once a run."""
    if not compiler():
        pytest.skip("needs a C compiler to build the NVML mock")
    built: dict[str, Path] = {}

    def library(kind: str) -> Path:
        if kind not in built:
            built[kind] = build(tmp_path_factory.mktemp("nvml"), old_driver=kind == "old")
        return built[kind]

    return library


@pytest.fixture
def driver(nvml_library: Libraries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NvmlMock:
    """A driver of today, put in place of this machine's for this test."""
    return installed(NvmlMock(nvml_library("new"), tmp_path), monkeypatch)


@pytest.fixture
def old_driver(nvml_library: Libraries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NvmlMock:
    """A driver without MemoryInfo_v2 and TemperatureV."""
    return installed(NvmlMock(nvml_library("old"), tmp_path), monkeypatch)


def installed(mock: NvmlMock, monkeypatch: pytest.MonkeyPatch) -> NvmlMock:
    """Make pynvml use the mock, as if it had just loaded it."""
    monkeypatch.setattr(nvidia, "has_library", lambda: True)
    monkeypatch.setattr(pynvml, "nvmlLib", ctypes.CDLL(str(mock.library)))
    monkeypatch.setattr(pynvml, "_nvmlGetFunctionPointer_cache", {})
    return mock
