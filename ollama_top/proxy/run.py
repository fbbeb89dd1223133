"""The proxy's process, from its start until it is told to stop.

Must stay light: what is loaded here is loaded beside every server that is watched.
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

from ollama_top.listening.addresses import (
    AddressError,
    Listen,
    bind,
    is_loopback,
    is_own_address,
    is_served_by,
    listens_of,
)
from ollama_top.listening.hosts import Hosts
from ollama_top.ollama.host import Target
from ollama_top.proxy.limits import Limits, raise_descriptors
from ollama_top.proxy.relay import Relay
from ollama_top.proxy.rewriting import Rewriter
from ollama_top.proxy.watching import Watch

Beside = Callable[[Relay, Sequence[Listen]], AbstractAsyncContextManager[object]]
"""What runs in the relay's loop as long as it does, such as a feed of what was watched, by its addresses."""


def nothing_beside(_: Relay, __: Sequence[Listen]) -> AbstractAsyncContextManager[object]:
    """The relay alone."""
    return contextlib.nullcontext()


Say = Callable[[str], None]
"""Takes a line for whoever started the proxy."""

STOPS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Setup:
    """What was asked of the proxy."""

    upstream: Target
    listen: Listen = field(default_factory=Listen)
    allow_remote: bool = False
    rewrite_hosts: tuple[str, ...] | None = None  # the names that are allowed then; None leaves Host as it is
    limits: Limits = field(default_factory=Limits)


def run(setup: Setup, watch: Watch, say: Say, beside: Beside = nothing_beside) -> None:
    """Relay until SIGTERM or SIGINT; `say` is told in a line what begins.

    Raises AddressError and TooFewDescriptorsError for what cannot be done as asked.
    """
    check(setup)
    raise_descriptors(setup.limits.connections)
    sockets = bind(setup.listen)
    try:
        if is_served_by(setup.upstream, listens_of(sockets)):
            raise AddressError(
                f"the server {setup.upstream.url} is this proxy's own address; --upstream names the real one"
            )
        asyncio.run(_serve(setup, watch, sockets, say, beside))
    finally:
        for each in sockets:
            each.close()


def check(setup: Setup) -> None:
    """Raises AddressError for what is not to be done."""
    if setup.upstream.scheme != "http" or setup.upstream.path:
        raise AddressError(
            f"{setup.upstream.url}: bytes pass unchanged, so the server must speak plain http without a path"
        )
    if not setup.allow_remote and not is_loopback(setup.listen):
        raise AddressError(
            f"{setup.listen} can be reached by other machines, and Ollama asks nobody for a password; "
            "--allow-remote says that this is meant"
        )


async def _serve(setup: Setup, watch: Watch, sockets: list[socket.socket], say: Say, beside: Beside) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: say(_trouble(context)))
    relay = Relay(setup.upstream, watch, setup.limits, _rewriters(setup))
    for each in STOPS:
        loop.add_signal_handler(each, relay.asked_to_stop.set)
    listens = listens_of(sockets)
    async with beside(relay, listens):
        gc.collect()
        gc.freeze()  # or every full collection would go through all that was loaded, while chunks wait
        await relay.listen(sockets)
        say(f"{', '.join(map(str, listens))} passes everything on to {setup.upstream.url}")
        await relay.asked_to_stop.wait()
        for each in STOPS:  # the next one does not wait for what runs
            loop.remove_signal_handler(each)
        await relay.stop()


def _rewriters(setup: Setup) -> Callable[[Relay], Rewriter | None]:
    if setup.rewrite_hosts is None:
        return lambda _: None
    hosts = Hosts.of_this_machine(socket.gethostname(), setup.rewrite_hosts, is_own_address)
    return lambda relay: Rewriter(hosts, lambda: relay.upstream.url.partition("://")[2])


def _trouble(context: dict[str, Any]) -> str:
    """What went wrong, without what passed."""
    error = context.get("exception")
    kind = f": {type(error).__name__}" if error is not None else ""
    return f"{context['message']}{kind}"
