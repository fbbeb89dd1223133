"""The last error that ended ollama-top, kept for `ollama-top debug`: what it was and where, no values."""

import time
import traceback
from contextlib import suppress
from pathlib import Path

MOST_LINES = 60


def path() -> Path:
    """Where it is kept."""
    import platformdirs  # noqa: PLC0415 - 18 ms that --help does not need

    return platformdirs.user_state_path("ollama-top") / "last-error.txt"


def keep(error: BaseException) -> None:
    """Keep it, where something can be kept: the place of the error and its words."""
    from ollama_top import __version__  # noqa: PLC0415 - nothing is wrong in most runs
    from ollama_top.config.state_file import replace  # noqa: PLC0415

    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    lines = "".join(traceback.format_exception(error)).splitlines()[-MOST_LINES:]
    with suppress(OSError):  # a full disk is no reason for a second error
        path().parent.mkdir(parents=True, exist_ok=True)
        replace(path(), "\n".join([f"ollama-top {__version__}, {when}", *lines, ""]))


def last() -> list[str]:
    """Its lines; none where none is kept."""
    try:
        return path().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
