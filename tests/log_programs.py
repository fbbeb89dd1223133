"""Stand-ins for the programs that keep logs: scripts that print, named as the real ones."""

import os
from pathlib import Path

import pytest

INSTALLED = "/usr/bin:/bin"


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, script: str | None) -> Path:
    """The only program there is from here on, or none; it finds its arguments in the file `asked`."""
    folder.mkdir(exist_ok=True)
    if script is not None:
        path = folder / name
        path.write_text(f'#!/bin/sh\nPATH={INSTALLED}\necho "$@" >> {folder}/asked\n{script}\n')
        path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder / "asked"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
