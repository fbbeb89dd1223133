"""The process of `ollama-top serve`, from its start until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass

from ollama_top.exporter.watching import Watching
from ollama_top.listening import page
from ollama_top.listening.addresses import Listen, is_own_address
from ollama_top.listening.hosts import Hosts

DEFAULT_PORT = 9436
STOPS = (signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True)
class Setup:
    """What was asked for."""

    listen: Listen = Listen(port=DEFAULT_PORT)
    allow_remote: bool = False
    hosts: tuple[str, ...] = ()  # names beside those that are always allowed


def run(setup: Setup, make_watching: Callable[[], Watching], say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `say` is told where. Raises AddressError, and what the feed raises."""
    page.check(setup.listen, allow_remote=setup.allow_remote)
    asyncio.run(_serve(setup, make_watching(), say))


async def _serve(setup: Setup, watching: Watching, say: Callable[[str], None]) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for each in STOPS:
        loop.add_signal_handler(each, stop.set)
    hosts = Hosts.of_this_machine(socket.gethostname(), setup.hosts, is_own_address)
    server = page.PageServer(watching.page, hosts)
    async with AsyncExitStack() as stack:
        listens = await server.listen(setup.listen, stack)
        say(f"Prometheus finds it at {', '.join(f'http://{each}/metrics' for each in listens)}")
        await _until(stop, asyncio.create_task(watching.run()))


async def _until(stop: asyncio.Event, watching: asyncio.Task[None]) -> None:
    """Until it is told to stop; raises what ended the looking before that."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({stopped, watching}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
