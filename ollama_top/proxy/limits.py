"""What the relay takes on at most. Nothing here may end a request that waits for its turn."""

import resource
from dataclasses import dataclass

FROM_THE_SYSTEM = 64
"""Descriptors for all else: listeners, watchers, libraries, the resolver."""

TURNED_AWAY = 64
"""Connections over the limit that may be told so at the same time."""


class TooFewDescriptorsError(Exception):
    """The system does not let this process have the descriptors; the text says what would fit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    connections: int = 4096  # of clients, each with one to the server
    first_byte_s: float = 300.0  # for a client that connected and has said nothing yet
    half_closed_s: float = 60.0  # for a client to leave after the server has
    dial_s: float = 10.0  # for the server to take a connection
    drain_s: float = 30.0  # for what runs when the relay is told to stop
    aside_bytes: int = 1024 * 1024  # of one client that are kept while they cannot go on


def descriptors(connections: int) -> int:
    """How many so many connections need."""
    return 2 * connections + TURNED_AWAY + FROM_THE_SYSTEM


def raise_descriptors(connections: int) -> None:
    """Let this process have two descriptors a connection; raises TooFewDescriptorsError."""
    needed = descriptors(connections)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        fits = max((hard - TURNED_AWAY - FROM_THE_SYSTEM) // 2, 0)
        raise TooFewDescriptorsError(
            f"{connections} connections need {needed} descriptors, and {hard} are allowed (ulimit -Hn): "
            f"raise that, or take fewer: --max-connections {fits}"
        )
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    except (ValueError, OSError) as error:  # the kernel has a limit beyond the one it names
        raise TooFewDescriptorsError(f"{needed} descriptors cannot be had: {error}") from None
