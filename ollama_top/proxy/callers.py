"""Who calls: the processes behind the clients' connections, for those who read the feed.

Must never take the relay's time: the looking is done in a thread, and at most a twentieth of the time.
"""

import asyncio
import ipaddress
from collections.abc import Callable, Iterable
from time import monotonic

from ollama_top.listening.addresses import is_own_address
from ollama_top.model.reading import Missing, Why
from ollama_top.proxy.metering.caller import Caller, Client

ELSEWHERE = Missing(Why.NOT_LOCAL, "the client calls from an address that is not this machine's")
UNSEEN = Missing(Why.FAILED, "the connection was gone when it was looked for")
NO_DIAGNOSIS = Missing(Why.UNSUPPORTED, "only Linux tells which process holds a connection")
LEAST_PAUSE_S = 0.2
SHARE = 20

Found = Callable[[int], dict[str, Caller]]
"""The callers of a port, by address and port as they are written; blocking. Raises LookError."""


class LookError(Exception):
    """The system did not answer; the text says why."""


class Callers:
    """Finds out who the clients are, when it is asked to and has the time."""

    def __init__(self, ports: Iterable[int], find: Found | None) -> None:
        """Prepare for the ports that the proxy listens on."""
        self._ports = tuple(ports)
        self._find = find
        self._looking: asyncio.Task[None] | None = None
        self._not_before_s = 0.0

    def look_at(self, clients: Iterable[Client], then: Callable[[], None]) -> None:
        """Look who those are, unless it was done a moment ago; `then` is called after."""
        unknown = list(clients)
        if unknown and self._looking is None and monotonic() >= self._not_before_s:
            self._looking = asyncio.get_running_loop().create_task(self._look(unknown, then))

    def close(self) -> None:
        """Stop looking."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self, unknown: list[Client], then: Callable[[], None]) -> None:
        began_s = monotonic()
        found: dict[str, Caller] = {}
        unseen = UNSEEN if self._find else NO_DIAGNOSIS
        try:
            found = await asyncio.to_thread(self._all)
        except LookError as error:
            unseen = Missing(Why.FAILED, f"{error}")
        finally:
            self._looking = None
            spent_s = monotonic() - began_s
            self._not_before_s = monotonic() + max(LEAST_PAUSE_S, SHARE * spent_s)
        for each in unknown:
            each.caller = found.get(each.address) or _not_found(each, unseen)
        then()

    def _all(self) -> dict[str, Caller]:
        found: dict[str, Caller] = {}
        if self._find is None:
            return found
        for port in self._ports:
            found |= self._find(port)
        return found


def _not_found(client: Client, unseen: Missing) -> Caller:
    address = ipaddress.ip_address(client.host.partition("%")[0])
    why = unseen if address.is_loopback or is_own_address(address) else ELSEWHERE
    return why, why


def local_callers() -> Found | None:
    """How callers of this machine are found; None where the system does not tell."""
    from ollama_top.sources import sockets  # noqa: PLC0415 - for those only whose feed is read
    from ollama_top.sources.clients import Clients  # noqa: PLC0415
    from ollama_top.sources.inet_diag import DiagError  # noqa: PLC0415

    if not sockets.is_supported():
        return None
    clients = Clients()

    def find(port: int) -> dict[str, Caller]:
        try:
            looked = clients.look(sockets.calling(port))
        except DiagError as error:
            raise LookError(str(error)) from None
        return {str(endpoint): (client.name, client.pid) for endpoint, client in looked.items()}

    return find
