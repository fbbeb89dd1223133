"""The connections to an MLX runner, which sends every request on before it takes it. Pure.

It answers POST /completion by 308, and the same request comes again on the same connection, mostly
within one tick of the kernel's clock. Then neither time is newer, and the counters alone do not
show that a reply is due.
"""

from dataclasses import replace

from ollama_top.engine.ledger import Ledger, advance
from ollama_top.engine.tracking import Phase, Tracked
from ollama_top.sources.inet_diag import Socket

TWICE_BYTES = 600  # a request and the same again, each with all its options; five pings are smaller


def follow_redirects(last: Ledger, at_s: float, sockets: tuple[Socket, ...]) -> Ledger:
    """The connections at a new look, with those on which a request was sent on and not answered yet."""
    ledger = advance(last, at_s, sockets, None)
    due = {
        cookie: replace(each, phase=Phase.ASKED)
        for cookie, each in ledger.tracked.items()
        if _is_due(last.tracked.get(cookie), each)
    }
    return replace(ledger, tracked={**ledger.tracked, **due})


def _is_due(before: Tracked | None, now: Tracked) -> bool:
    known_bytes = before.socket.received_bytes if before else 0
    return now.phase is Phase.IDLE and now.is_tied and now.socket.received_bytes - known_bytes >= TWICE_BYTES
