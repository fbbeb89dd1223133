"""A Mac to look at."""

from pathlib import Path

import pytest
from log_programs import stand_in
from macs import Mac


@pytest.fixture
def mac(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mac:
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return Mac(tmp_path, lambda script: stand_in(tmp_path / "bin", monkeypatch, "launchctl", script))
