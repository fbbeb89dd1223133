"""What tests of the screen share."""

from pathlib import Path

import pytest
from planned import Planner


@pytest.fixture
def planner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Planner:
    return Planner(monkeypatch, tmp_path / "50-ollama-top.conf")


@pytest.fixture
def order(tmp_path: Path) -> Path:
    return tmp_path / "order"
