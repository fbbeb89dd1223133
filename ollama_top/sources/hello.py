"""Who tells at a feed: the first line of it, read at once and without a loop."""

import socket
from pathlib import Path

from ollama_top.config.feed_folder import trusted
from ollama_top.model.decoded import BadDocumentError
from ollama_top.model.feed_event import Hello, event_of
from ollama_top.model.proxy import Proxy

PATIENCE_S = 0.5
LONGEST_LINE_BYTES = 1 << 16


def proxy_at(path: Path) -> Proxy | None:
    """The proxy whose feed that is; None where none tells, or who tells may be anybody."""
    return told_at(path) if path.parent in trusted() else None


def told_at(path: Path) -> Proxy | None:
    """The proxy that tells there, whoever made that place; None where none does."""
    try:
        with socket.socket(socket.AF_UNIX) as feed:
            feed.settimeout(PATIENCE_S)
            feed.connect(str(path))
            with feed.makefile("rb") as said:
                event = event_of(said.readline(LONGEST_LINE_BYTES))
    except (OSError, BadDocumentError):
        return None
    return event.proxy if isinstance(event, Hello) else None
