"""What the sources brought, side by side: the whole input of one Snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from ollama_top.model.burst import KeptBurst
from ollama_top.model.host import Host
from ollama_top.model.light import Light
from ollama_top.model.process import Variable
from ollama_top.model.reading import Missing, Reading, Why
from ollama_top.model.service import Service
from ollama_top.model.tapped import Tapped
from ollama_top.ollama.slots import RunnerProps
from ollama_top.sources.api import ApiLook
from ollama_top.sources.clients import Client
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.inet_diag import Endpoint, Socket
from ollama_top.sources.logs.watch import LogLook
from ollama_top.sources.processes import TreeLook
from ollama_top.sources.runners import LoadLook, SlotsLook

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taken(Generic[T]):
    """What a source brought, and when (monotonic seconds)."""

    value: T
    at_s: float


ToRunners = Mapping[int, tuple[Socket, ...]]
"""The runners' side of the server's connections to them, by the runner's port."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Connections and slots of one and the same moment."""

    served: tuple[Socket, ...] | None  # the API's side of its connections; None without socket diagnosis
    to_runners: ToRunners = field(default_factory=dict)
    slots: Mapping[int, SlotsLook] = field(default_factory=dict)  # by the runner's port
    props: Mapping[int, RunnerProps] = field(default_factory=dict)  # by the runner's port
    clients: Mapping[Endpoint, Client] = field(default_factory=dict)
    glances: tuple[Taken[tuple[Socket, ...]], ...] = ()  # the API's side at moments since the look before
    calls: tuple[Taken[ToRunners], ...] = ()  # as `to_runners`, at these moments and at the look's own
    problem: str | None = None
    loads: Mapping[int, LoadLook] = field(default_factory=dict)  # by the runner's port


@dataclass(frozen=True, slots=True)
class Samples:
    """The newest of every source; None where a source has brought nothing yet."""

    taken_at: datetime
    at_s: float
    url: str
    is_local: bool  # the address is this machine's own
    host: Taken[Host] | None = None
    api: Taken[ApiLook] | None = None
    api_problem: str | None = None  # of the last look; what came before it is kept
    tree: Taken[TreeLook] | None = None
    traffic: Taken[Traffic] | None = None
    gpus: tuple[Taken[GpuLook], ...] = ()  # a vendor each
    service: Taken[Reading[Service]] | None = None
    shell: tuple[Variable, ...] = ()  # the environment of ollama-top itself
    log: Taken[LogLook] | None = None
    taps: tuple[Tapped, ...] = ()  # of all proxies, whatever server they stand before
    aliases: frozenset[str] = frozenset()  # other addresses where the server's own socket listens
    bursts: tuple[KeptBurst, ...] = ()  # the newest that are kept of this server, the oldest first
    lights: tuple[Light, ...] = ()
    demo: bool = False

    @property
    def unlisted(self) -> Missing | None:
        """Why it is not known which models the API lists now; None where it is."""
        if self.api_problem is not None:
            return Missing(Why.FAILED, f"the API does not tell what is loaded: {self.api_problem}")
        return NOT_TOLD if self.api is None else None


NOT_TOLD = Missing(Why.PENDING, "the API has not told yet what is loaded")
NOT_YET = Missing(Why.PENDING, "not looked at yet")
ELSEWHERE = Missing(Why.NOT_LOCAL, "the server is on another machine: run ollama-top there")
