"""Which models Ollama serves one request at a time, whatever OLLAMA_NUM_PARALLEL says.

A prediction for runners that do not tell; a runner's own word always goes first. Read in
server/sched.go of each release; `Release` is (major, minor, patch).
"""

import re
from collections.abc import Sequence

Release = tuple[int, int, int]

FORCED_TO_ONE: tuple[tuple[Release, Release | None, frozenset[str]], ...] = (
    ((0, 4, 1), None, frozenset({"mllama"})),
    ((0, 12, 7), None, frozenset({"qwen3vl", "qwen3vlmoe"})),
    ((0, 15, 5), None, frozenset({"qwen3next", "lfm2", "lfm2moe"})),
    ((0, 17, 1), None, frozenset({"qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe"})),
    ((0, 22, 0), None, frozenset({"nemotron_h_omni"})),
)
"""From which release (until which, when that is known) each family is held at one."""

NO_AUTO_PARALLEL: Release = (0, 10, 0)
"""Since then an unset OLLAMA_NUM_PARALLEL means 1; before it meant "as many as fit"."""


def parse_release(version: str) -> Release | None:
    """The release in a version string such as 0.33.0-rc2; None for development builds (0.0.0)."""
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})", version)
    release = (int(found[1]), int(found[2]), int(found[3])) if found else None
    return None if release == (0, 0, 0) else release


def is_forced_to_one(family: str | None, release: Release | None, capabilities: Sequence[str] | None) -> bool:
    """Whether a model is served one request at a time by its kind; an unknown release means the newest."""
    if capabilities is not None and capabilities and "completion" not in capabilities:
        return True
    return any(
        family in families and (release is None or (release >= since and (until is None or release < until)))
        for since, until, families in FORCED_TO_ONE
    )


def predict_parallel(configured: str | None, release: Release | None) -> int | None:
    """What an OLLAMA_NUM_PARALLEL means to a server; None where it cannot be said.

    As the server does, blanks and quotes are trimmed, and what is no number counts as unset.
    """
    value = (configured or "").strip().strip("\"'").strip()
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
    if number > 0:
        return number
    is_fixed = release is None or release >= NO_AUTO_PARALLEL
    return 1 if is_fixed else None
