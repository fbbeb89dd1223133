"""Since which release Ollama tells what, and the words for a server that does not. Pure."""

from ollama_top.ollama.families import Release, parse_release

LOADED_SINCE: Release = (0, 1, 38)
"""/api/ps."""

CONTEXT_SINCE: Release = (0, 10, 0)
"""`context_length` in /api/ps."""


def not_told(version: str | None, since: Release) -> str:
    """What to say when a server does not tell what it tells from `since` on."""
    release = parse_release(version) if version else None
    if release is None or release >= since:
        return f"{_name(version)} does not tell it"
    return f"{_name(version)} does not tell it; {'.'.join(map(str, since))} and later do"


def _name(version: str | None) -> str:
    return f"Ollama {version}" if version else "this server, whose version is not known,"
