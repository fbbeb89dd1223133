"""A busctl that says what a test wants."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def busctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Put a busctl in the PATH that does what a script says; gives the file where it may note its words."""

    def install(script: str) -> Path:
        program = tmp_path / "busctl"
        program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        return tmp_path / "words"

    return install
