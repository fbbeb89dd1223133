"""Which models Ollama serves one request at a time, whatever OLLAMA_NUM_PARALLEL says.

A prediction for runners that do not tell; a runner's own word always goes first. Read in the
source of every release from 0.1.33 on: llm/server.go up to 0.1.48, then server/sched.go.
`Release` is (major, minor, patch).
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

PROJECTORS_HELD: tuple[Release, Release] = ((0, 1, 34), (0, 4, 1))
"""From which release to before which one every model with a projector was held at one."""

WORDLESS_HELD_SINCE: Release = (0, 3, 7)
"""Since when models without the capability `completion`, those that embed, are held at one."""

AS_MANY_AS_FIT: tuple[Release, Release] = ((0, 2, 0), (0, 10, 0))
"""From which release to before which one an OLLAMA_NUM_PARALLEL of 0, or none, meant "as many as fit"."""


def parse_release(version: str) -> Release | None:
    """The release in a version string such as 0.33.0-rc2; None for development builds (0.0.0)."""
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})", version)
    release = (int(found[1]), int(found[2]), int(found[3])) if found else None
    return None if release == (0, 0, 0) else release


def why_held_at_one(
    family: str | None,
    release: Release | None,
    capabilities: Sequence[str] | None,
    *,
    has_projector: bool = False,
) -> str | None:
    """Why a model is served one at a time by its kind, or None; an unknown release means the newest."""
    if capabilities and "completion" not in capabilities and _is_since(release, WORDLESS_HELD_SINCE):
        return "Ollama holds models that write no text at one"
    if any(family in families and _is_since(release, since) for since, families in FORCED_TO_ONE):
        return f"Ollama holds the family {family} at one"
    first, past = PROJECTORS_HELD
    if has_projector and release is not None and first <= release < past:
        return "Ollama held models that see at one before 0.4.1"
    return None


def predict_parallel(configured: str | None, release: Release | None) -> int | None:
    """What an OLLAMA_NUM_PARALLEL means to a server; None where it cannot be said.

    As the server does, blanks and then quotes are trimmed, and what is no number counts as unset.
    """
    value = (configured or "").strip().strip("\"'")
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
    if number:
        return number
    first, past = AS_MANY_AS_FIT
    return None if release is not None and first <= release < past else 1


def _is_since(release: Release | None, since: Release) -> bool:
    return release is None or release >= since
