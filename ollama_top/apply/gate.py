"""New requests kept back by a proxy for the length of a change, so that a restart fails none of them.

Must never let a change go on while requests that came through the proxy are still under way.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ollama_top.model.proxy import Proxy
from ollama_top.sources.hello import proxy_at
from ollama_top.sources.holding import holding
from ollama_top.sources.tap import TapError, feeds

BOUND_S = 600.0  # the most that a proxy holds, whatever becomes of us
DRAIN_LIMIT_S = 120.0


class CalledOffError(Exception):
    """The server is not restarted after all; the text says why."""


@dataclass(slots=True)
class Gate:
    """A proxy that is closed."""

    upstream: str | None = None  # where requests go once it opens, if that is not where they went before


@asynccontextmanager
async def no_gate() -> AsyncIterator[Gate]:
    """Nothing is kept back."""
    yield Gate()


@asynccontextmanager
async def through(
    paths: Sequence[Path], say: Callable[[str], None], limit_s: float = DRAIN_LIMIT_S
) -> AsyncIterator[Gate]:
    """Proxies that keep new requests back for the length of the `with`, once none is under way any more.

    Raises CalledOffError where one refuses, or where some do not end in time; then all go on as they came.
    """
    gate = Gate()
    try:
        async with AsyncExitStack() as stack:
            holds = [await stack.enter_async_context(holding(each, BOUND_S)) for each in paths]
            say(f"new requests are kept back; {sum(each.begun.running for each in holds)} are waited for")
            for each in holds:
                await each.drained(limit_s)
            yield gate
            waited = [await each.look() for each in holds]
            for each in holds:
                await each.release(gate.upstream)
            say(f"{sum(each.held for each in waited)} clients waited meanwhile, and go on")
    except TapError as error:
        raise CalledOffError(f"the proxy: {error}") from None


def feeds_of(proxies: Iterable[Proxy]) -> tuple[Path, ...]:
    """The feeds of proxies that are to be closed; blocking. Raises CalledOffError."""
    found = {proxy.pid: path for path in feeds() if (proxy := proxy_at(path)) is not None}
    try:
        return tuple(found[each.pid] for each in proxies)
    except KeyError as error:
        raise CalledOffError(f"the feed of the proxy that is process {error} is not found") from None
