"""What is compared, how each is started, and why one cannot be.

Must never start anything.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).parent
ROOT = BENCHMARKS.parent
PYTHON = sys.executable
PEER_INTERVAL = "1"  # seconds between two looks, for everyone
OURS = "ollama-top"
FROM_SCRIPT = "from ollama_top.cli import main; main()"  # what the installed command runs


@dataclass(frozen=True, slots=True)
class Program:
    """A command line, or the reason why there is none."""

    name: str
    argv: tuple[str, ...] = ()
    absent: str = ""

    def with_arguments(self, *arguments: str) -> "Program":
        """The same program with more arguments."""
        return Program(self.name, (*self.argv, *arguments), self.absent)

    def named(self, name: str) -> "Program":
        """The same command line under another name."""
        return Program(name, self.argv, self.absent)


def ours(*arguments: str) -> Program:
    """This project's own command, run by this Python."""
    return Program(OURS, (PYTHON, "-c", FROM_SCRIPT, *arguments))


def played(name: str) -> Program:
    """Our screen over hand-made Frames of one name, one a second: the screen's own cost and no more."""
    return Program(name, (PYTHON, str(ROOT / "tests" / "screens" / "play.py"), name, PEER_INTERVAL))


def script(file: str) -> Program:
    """A program of this folder."""
    return Program(file, (PYTHON, str(BENCHMARKS / file)))


def htop() -> Program:
    """htop, from the system's packages."""
    return _found("htop", "htop", "is not installed (apt-get install htop)")


def btop(home: Path) -> Program:
    """btop, from the system's packages; how often it looks stands in a file of its home."""
    settings = home / ".config" / "btop" / "btop.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"update_ms = {int(PEER_INTERVAL) * 1000}\n")
    return _found("btop", "btop", "is not installed (apt-get install btop)")


def mtop(path: str | None) -> Program:
    """ollama-mtop's command, from `path`, else $MTOP, else PATH."""
    wanted = path or os.environ.get("MTOP") or "mtop"
    return _found("mtop", wanted, "is not found (pip install ollama-mtop, and --mtop PATH or $MTOP)")


def _found(name: str, command: str, absent: str) -> Program:
    path = shutil.which(command)
    return Program(name, (path,)) if path else Program(name, absent=f"{command} {absent}")


def environment(home: Path, **more: str) -> Mapping[str, str]:
    """The same small environment for everyone: a capable terminal, an empty home, no settings."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        **more,
    }
