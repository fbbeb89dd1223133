"""The connections to an MLX runner, which sends every request on before it takes it. Pure.

It answers POST /completion by 308, and the same request comes again on the same connection, mostly
within one tick of the kernel's clock. Then neither time is newer, and the counters alone do not
show that a reply is due.
"""

from collections.abc import Sequence
from dataclasses import replace

from ollama_top.engine.ledger import Ledger, advance
from ollama_top.engine.tracking import LEAST_REQUEST_BYTES, Phase, Tracked
from ollama_top.sources.inet_diag import Socket

SERIAL = 1  # what such a runner serves at once
TWICE_BYTES = 600  # a request and the same again, each with all its options; five pings are smaller


def follow(last: Ledger, at_s: float, sockets: Sequence[Socket]) -> Ledger:
    """The connections at a new look, with those on which a request was sent on and not answered yet."""
    ledger = advance(last, at_s, sockets, None)
    due = {
        cookie: each._replace(phase=Phase.ASKED)
        for cookie, each in ledger.tracked.items()
        if _is_due(last.tracked.get(cookie), each)
    }
    return replace(ledger, tracked={**ledger.tracked, **due})


def in_service(ledger: Ledger, unanswered: int) -> list[Socket]:
    """The connection of the request that the runner serves, if any; the others wait inside it.

    That is the reply under way, else the request that came first. Ollama mostly closes a connection
    with the end of its reply; where it does not, the end is seen 0.3 s late. Of the requests to the
    server at most `unanswered` have no byte of their reply: where there is none, a connection that
    looks as if a reply were due on it is none either.
    """
    replying = sorted(ledger.in_phase(Phase.REPLYING), key=lambda each: each.last_sent_ms)
    return [*replying, *ledger.in_phase(Phase.ASKED)[:unanswered]][:SERIAL]


def _is_due(before: Tracked | None, now: Tracked) -> bool:
    """Of a request that had come at the last look only the repetition is new."""
    grown_bytes = now.socket.received_bytes - (before.socket.received_bytes if before else 0)
    had_come = before is not None and before.phase is Phase.ASKED
    least_bytes = LEAST_REQUEST_BYTES if had_come else TWICE_BYTES
    return now.phase is Phase.IDLE and now.is_tied and grown_bytes >= least_bytes
