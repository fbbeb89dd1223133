"""One moment, one value: everything that any view draws."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.burst import KeptBurst
from ollama_top.model.event import Event
from ollama_top.model.exchange import Exchange
from ollama_top.model.fact import fact
from ollama_top.model.finding import Finding
from ollama_top.model.finished import Finished
from ollama_top.model.gpu import Gpu
from ollama_top.model.history import History
from ollama_top.model.host import Host
from ollama_top.model.hour import Hour
from ollama_top.model.light import Light
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.log import Log
from ollama_top.model.process import Process, Variable
from ollama_top.model.proxy import Proxy, SilentProxy
from ollama_top.model.queue import Queue
from ollama_top.model.reading import Reading
from ollama_top.model.request import Request
from ollama_top.model.server import Server
from ollama_top.model.service import Service
from ollama_top.model.setting import Setting
from ollama_top.model.slot import Slot
from ollama_top.model.spread import Served
from ollama_top.model.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was seen at one moment, before anything is judged."""

    taken_at: datetime = fact("Moment of the look, RFC 3339.")
    demo: bool = fact("True when everything here is simulated.")
    server: Server = fact("The server looked at.")
    queue: Queue = fact("Requests in flight, counted.")
    models: tuple[LoadedModel, ...] = fact("Models in memory, or on their way there.")
    slots: tuple[Slot, ...] = fact("Slots of the runners that tell theirs.")
    requests: tuple[Request, ...] = fact("Requests in flight, one by one; the longest in flight first.")
    finished: Finished = fact("Requests answered in the last minutes, as the log tells.")
    events: tuple[Event, ...] = fact("What happened lately, the newest last; 200 at most.")
    gpus: tuple[Gpu, ...] = fact("GPUs of this machine.")
    processes: tuple[Process, ...] = fact("The server's processes; none where they cannot be seen.")
    environment: Reading[tuple[Variable, ...]] = fact(
        "What the server's process was started with; null with a reason where it may not be read."
    )
    host: Host = fact("This machine.")
    service: Reading[Service] = fact(
        "The service that keeps the server; null with a reason where none is seen."
    )
    settings: tuple[Setting, ...] = fact("Variables of the server: configured, running, effective.")
    sources: tuple[Light, ...] = fact("How each source of values is doing.")
    proxies: tuple[Proxy, ...] = fact("Proxies before this server whose feeds can be read.", default=())
    silent_proxies: tuple[SilentProxy, ...] = fact(
        "Proxies before this server whose feeds could be read, and cannot now.", default=()
    )
    exchanges: tuple[Exchange, ...] = fact(
        "Requests that passed a proxy and have ended, the newest last; 200 at most.", default=()
    )
    by_model: tuple[Served, ...] = fact(
        "What the last requests through proxies come to, by model.", default=()
    )
    by_client: tuple[Served, ...] = fact("What they come to by client.", default=())
    bursts: tuple[KeptBurst, ...] = fact(
        "What bursts of this server measured before, as far as it is kept; the newest last, 20 at most.",
        default=(),
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """A snapshot with what follows from it: all that a screen, a document or a check needs."""

    snapshot: Snapshot
    findings: tuple[Finding, ...]  # the worst first
    verdict: Verdict
    history: History
    log: Log = Log()
    hour: Hour = Hour()
