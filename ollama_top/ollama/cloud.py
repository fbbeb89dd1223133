"""Models that another server works for, by their names. Pure."""

SUFFIXES = ("-cloud", ":cloud")
"""Of the names in Ollama's library; since 0.12."""


def is_cloud(name: str) -> bool:
    """Whether a model of that name runs elsewhere: it is never in memory here, and takes no slot."""
    return name.endswith(SUFFIXES)
