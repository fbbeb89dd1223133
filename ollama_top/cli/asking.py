"""Has a user agree at the terminal; where nobody can be asked, nothing was agreed to."""

import sys
from collections.abc import Sequence

from ollama_top.cli.exits import fail
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.exit_codes import NOTHING_READ
from ollama_top.model.text import printable


class NobodyError(Exception):
    """There is nobody to ask."""


async def agrees(reasons: Sequence[str], question: str) -> bool:
    """Say what has to be agreed to, and ask; where nobody can be asked, say what would have been."""
    for each in reasons:
        print(printable(each), file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        fail(NobodyError("nobody can be asked here; --yes agrees"), NOTHING_READ)
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    answer = await in_daemon_thread(sys.stdin.readline)  # so that a signal ends the wait
    return answer.strip().lower() in {"y", "yes"}
