"""What a runner answers to /health: whether its model is loaded, and how far the load is.

The C++ server and the Go runners up to 0.6.5 tell a state by name, later Go runners by number.
llama-server tells no progress, and an MLX runner listens only once it is loaded: neither is asked.
"""

from dataclasses import dataclass

from ollama_top.ollama import jsonic

READY_NAMES = frozenset({"ok", "no slot available"})
LOADING_NAMES = frozenset({"loading model"})
READY_NUMBERS = frozenset({0, 1})
LOADING_NUMBERS = frozenset({2, 3})  # up to 0.11.4 2 is loading; later 2 is launched, and 3 is loading


@dataclass(frozen=True, slots=True)
class Health:
    """Where a runner stands with its load."""

    is_ready: bool
    progress: float | None  # of the load, from 0 to 1; C++ servers tell none before 0.1.39


def parse_health(body: bytes) -> Health:
    """What /health answers; raises BadReplyError for what is neither ready nor loading."""
    reply = jsonic.parse_object(body)
    name, number = jsonic.text(reply, "status"), jsonic.count(reply, "status")
    if name in READY_NAMES or number in READY_NUMBERS:
        return Health(is_ready=True, progress=None)
    if name in LOADING_NAMES or number in LOADING_NUMBERS:
        return Health(is_ready=False, progress=jsonic.share(reply, "progress"))
    raise jsonic.BadReplyError("tells neither that its model is loaded nor that it is being loaded")
