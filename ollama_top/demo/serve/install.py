"""Writes the launchers whose names make the simulated processes look like real ones."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

LAUNCHER = """#!{python}
# A simulated Ollama, installed by ollama-top for its tests; not the real program.
import sys

sys.path.insert(0, {package_root})
from ollama_top.demo.serve import programs

sys.exit(programs.{entry}(sys.argv, {flags}))
"""
PACKAGE_ROOT = Path(__file__).resolve().parents[3]


def install(folder: Path, flags: Sequence[str]) -> None:
    """Write `ollama`, which serves with `flags`, and the runners' programs; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "ollama", "ollama", flags)
    for name in ("llama-server", "ollama_llama_server"):
        _write(folder / name, "runner_alone", ())


def _write(path: Path, entry: str, flags: Sequence[str]) -> None:
    text = LAUNCHER.format(
        python=sys.executable,
        package_root=json.dumps(str(PACKAGE_ROOT)),
        entry=entry,
        flags=json.dumps(list(flags)),
    )
    path.write_text(text)
    path.chmod(0o755)
