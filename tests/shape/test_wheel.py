"""The wheel that is built here holds what the program needs, and the manual page where `man` finds it."""

import importlib.util
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from ollama_top import __version__

ROOT = Path(__file__).parents[2]
MANUAL = f"ollama_top-{__version__}.data/data/share/man/man1/ollama-top.1"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed")
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60, check=True)
    (built,) = folder.iterdir()
    return zipfile.ZipFile(built)


def test_the_whole_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    package = ROOT / "ollama_top"
    here = {str(path.relative_to(ROOT)) for path in package.rglob("*") if path.is_file()}
    here = {each for each in here if "__pycache__" not in each}
    assert {"ollama_top/py.typed", "ollama_top/metrics/grafana-dashboard.json"} <= here
    assert {each for each in wheel.namelist() if each.startswith("ollama_top/")} == here


def test_beside_it_are_the_manual_and_what_an_installer_needs_and_nothing_else(
    wheel: zipfile.ZipFile,
) -> None:
    others = {each for each in wheel.namelist() if not each.startswith("ollama_top/")}
    info = f"ollama_top-{__version__}.dist-info"
    names = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    written = {f"{info}/{each}" for each in names}
    assert others == {MANUAL, *written}
    assert wheel.read(MANUAL) == (ROOT / "docs/ollama-top.1").read_bytes()


def test_its_command_and_its_pythons_are_told(wheel: zipfile.ZipFile) -> None:
    info = f"ollama_top-{__version__}.dist-info"
    assert b"ollama-top = ollama_top.cli:main" in wheel.read(f"{info}/entry_points.txt")
    told = Parser().parsestr(wheel.read(f"{info}/METADATA").decode())
    assert told["Requires-Python"] == ">=3.11"
    assert told["License-Expression"] == "MIT"
