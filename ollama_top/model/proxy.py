"""What a proxy tells of itself."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.fact import fact


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running proxy, and what passes through it."""

    listen: str = fact("Address and port that it listens on.")
    upstream: str = fact("Server that it forwards to.")
    pid: int = fact("Its process.")
    version: str = fact("Its version, that of ollama-top.")
    started_at: datetime = fact("When it started.")
    stopping: bool = fact("Whether it takes no more clients, and ends once what runs has ended.")
    holding: bool = fact("Whether it keeps requests back, as it does while the server restarts.")
    connections: int = fact("Connections of clients that are open.")
    opaque: int = fact("Of them those whose bytes cannot be read, and go on unseen.")
    opaque_total: int = fact("Connections that could not be read, since the start.")
    exchanges_total: int = fact("Exchanges that ended, since the start.")
    running: int = fact("Metered exchanges that have not ended.")
    waiting: int = fact("Of them those of which nothing of the answer has come.")


@dataclass(frozen=True, slots=True)
class SilentProxy:
    """A proxy whose feed says nothing now: whether it still runs is not known."""

    listen: str = fact("Address and port that it listened on.")
    why: str = fact("Why nothing is read from its feed, in one sentence.")


@dataclass(frozen=True, slots=True)
class Unheld:
    """A connection that cannot be held, as its requests cannot be told apart."""

    client_address: str = fact("Address and port that the client calls from.")
    why: str = fact("Why it cannot be read, in one sentence.")


@dataclass(frozen=True, slots=True)
class Held:
    """How a hold stands: the answer to an order."""

    holding: bool = fact("Whether new requests are kept back.")
    running: int = fact("Requests under way, which go on to their end; those that are half sent too.")
    held: int = fact("Clients whose next request waits in the proxy.")
    unheld: tuple[Unheld, ...] = fact("Connections that cannot be held.")
    holder_pid: int | None = fact(
        "Process that holds; null where none does, and where the system does not tell."
    )
    left_s: float | None = fact("Until everything is released by itself; null where nothing is held.")
