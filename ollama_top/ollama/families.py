"""Which models Ollama serves one request at a time, whatever OLLAMA_NUM_PARALLEL says.

A prediction for runners that do not tell; a runner's own word always goes first. Read in
server/sched.go of each release; `Release` is (major, minor, patch).
"""

import re
from collections.abc import Sequence

Release = tuple[int, int, int]

FORCED_TO_ONE: tuple[tuple[Release, frozenset[str]], ...] = (
    ((0, 4, 1), frozenset({"mllama"})),
    ((0, 12, 7), frozenset({"qwen3vl", "qwen3vlmoe"})),
    ((0, 15, 5), frozenset({"qwen3next", "lfm2", "lfm2moe"})),
    ((0, 17, 1), frozenset({"qwen35", "qwen35moe", "nemotron_h", "nemotron_h_moe"})),
    ((0, 22, 0), frozenset({"nemotron_h_omni"})),
)
"""Since which release each family is held at one; none has been let go again up to 0.33."""

UNSET_MEANS_ONE: Release = (0, 10, 0)
ZERO_MEANS_ONE: Release = (0, 11, 5)
"""Since when an OLLAMA_NUM_PARALLEL that is unset, or 0, means 1; before it meant "as many as fit"."""


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
        family in families and (release is None or release >= since) for since, families in FORCED_TO_ONE
    )


def predict_parallel(configured: str | None, release: Release | None) -> int | None:
    """What an OLLAMA_NUM_PARALLEL means to a server; None where it cannot be said.

    As the server does, blanks and then quotes are trimmed, and what is no number counts as unset.
    """
    value = (configured or "").strip().strip("\"'")
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
    if number:
        return number
    since = UNSET_MEANS_ONE if number is None else ZERO_MEANS_ONE
    return 1 if release is None or release >= since else None
