"""A model on the server's disk, by the server's account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model of /api/tags: on disk."""

    name: str
    digest: str | None
    family: str | None
    size_bytes: int | None
    is_remote: bool = False  # since 0.12: a name for a model of another server
