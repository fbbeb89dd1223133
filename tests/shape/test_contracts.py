"""The import contracts of pyproject.toml hold, and each of them can fail."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

BREAKS = {
    "Imports point one way": ("model/reading.py", "from ollama_top.engine import feed"),
    "Only the screen imports Textual": ("outputs/__init__.py", "import textual"),
    "Thinking is pure": ("ollama/__init__.py", "import socket"),
    "HTTP stays behind one module": ("config/__init__.py", "import httpx"),
}
"""Of each contract: a module, and a line in it that would break this contract and no other."""


def broken(folder: Path) -> tuple[int, list[str]]:
    """What import-linter says of the package in `folder`: its exit status and the broken contracts."""
    command = [sys.executable, "-c", LINT, "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", done.stdout, re.MULTILINE))
    assert set(verdicts) == declared(), done.stdout + done.stderr
    return done.returncode, [name for name, verdict in verdicts.items() if verdict == "BROKEN"]


def contracts() -> list[dict[str, Any]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def declared() -> set[str]:
    return {contract["name"] for contract in contracts()}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(
        ROOT / "ollama_top", tmp_path / "ollama_top", ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def test_every_contract_holds(copy: Path) -> None:
    assert broken(copy) == (0, [])


def test_every_contract_has_a_line_that_breaks_it() -> None:
    assert set(BREAKS) == declared()


@pytest.mark.parametrize("contract", BREAKS)
def test_a_contract_fails_when_it_is_broken(copy: Path, contract: str) -> None:
    module, line = BREAKS[contract]
    with (copy / "ollama_top" / module).open("a") as file:
        file.write(f"\n{line}\n")
    assert broken(copy) == (1, [contract])


def test_contributing_names_the_rooms_in_their_order() -> None:
    (layers,) = (contract["layers"] for contract in contracts() if contract["type"] == "layers")
    written = (ROOT / "CONTRIBUTING.md").read_text()
    assert f"Imports point one way: {' → '.join(layers)}." in written
    rooms = {path.parent.name for path in (ROOT / "ollama_top").glob("*/__init__.py")}
    assert rooms == set(re.findall(r"^  (\w+)/ ", written, re.MULTILINE))
