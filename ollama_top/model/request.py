"""A request in flight, as seen from outside the server."""

from dataclasses import dataclass

from ollama_top.model.exchange import Exchange
from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading, Source
from ollama_top.model.vocabulary import Vocabulary


class RequestState(Vocabulary):
    """Where a request stands."""

    RUNNING = "running", "in service"
    WAITING = "waiting", "accepted, and not in service"
    UNKNOWN = "unknown", "outstanding; whether it is in service cannot be told"


@dataclass(frozen=True, slots=True)
class Request:
    """One outstanding request: a connection to the API whose reply has not ended."""

    state: RequestState = fact("Where it stands.")
    model: Reading[str] = fact(
        "Model asked for; known without a proxy only while a single model is resident."
    )
    client: Reading[str] = fact("Name of the client's process.")
    client_pid: Reading[int] = fact("Process of the client.")
    client_address: str = fact("Address and port that the client calls from.")
    age_s: Reading[float] = fact("Seconds since the last byte of the request came in.")
    source: Source = fact(
        "`proxy` or `sockets` where what passes the proxy, or the kernel's counters, prove the state;"
        " `estimate` where the oldest are taken to be served first, as Ollama's semaphore does."
    )
    exchange: Exchange | None = fact(
        "What a proxy tells of it; null where it passes none that is known.", default=None
    )
