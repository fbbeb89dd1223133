"""A moment of the simulated world, as the sources would bring it from a real one. Pure.

Replies and command lines go through the parsers that read real ones; nothing is handed on that a
real machine does not tell. Only runners that tell their slots (0.30 and later) are simulated.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from ollama_top.demo import documents, hardware, processes, service
from ollama_top.demo.cards import gpu
from ollama_top.demo.catalogue import Model
from ollama_top.demo.connection import CHUNK_BYTES, HEAD_BYTES, PORTS, WORD_BYTES, Connection
from ollama_top.demo.logbook import Logbook
from ollama_top.demo.processes import MODELS, PROGRAMS, SERVER_UID, UNIT, UP
from ollama_top.demo.world import Process, World
from ollama_top.engine.samples import Samples, Taken, ToRunners, Traffic
from ollama_top.model.host import Host
from ollama_top.model.installed import InstalledModel
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Known, Reading, Source, value_or
from ollama_top.model.service import Service
from ollama_top.ollama import replies
from ollama_top.ollama.replies import DescribedModel, ShownModel
from ollama_top.ollama.slots import parse_slots
from ollama_top.sources.api import ApiLook
from ollama_top.sources.clients import Client
from ollama_top.sources.gpus.look import GpuLook
from ollama_top.sources.inet_diag import ESTABLISHED, Endpoint, Socket
from ollama_top.sources.logs.watch import LogLook
from ollama_top.sources.processes import TreeLook
from ollama_top.sources.runners import SlotsLook

LOOPBACK, API_PORT = "127.0.0.1", 11434
HOST_NAME = "gpu-box"
BOOT_S = 1000.0  # a clock that never shows 0
FIRST_COOKIE, FIRST_INODE = 0x2000, 880_000
LIGHTS = {
    "api": 0.004,
    "processes": 0.009,
    "sockets": 0.003,
    "slots": 0.003,
    "service": 0.031,
    "log": 0.001,
    "nvidia": 0.006,
    "host": 0.001,
}


class Observer:
    """Looks at a world; `began_at` is its second 0."""

    def __init__(self, world: World, began_at: datetime) -> None:
        """Read once what does not change."""
        self._world = world
        self._began_at = began_at
        self._glances: list[Taken[tuple[Socket, ...]]] = []
        self._calls: list[Taken[ToRunners]] = []
        self._logbook = Logbook(world.scenario.settings, PROGRAMS, MODELS, UNIT)
        self._logbook.begin(began_at - UP, f"{LOOPBACK}:{API_PORT}")
        self._version = world.scenario.settings.version
        self._models: tuple[Model, ...] = ()
        self._installed: tuple[InstalledModel, ...] = ()
        self._shown: Mapping[str, ShownModel] = {}
        self._read_installed()

    def samples(self) -> Samples:
        """All that the sources bring at this moment."""
        at_s = BOOT_S + self._world.now_s
        tree = processes.tree(self._world, self._moment)
        return Samples(
            taken_at=self._moment(self._world.now_s),
            at_s=at_s,
            url=f"http://{LOOPBACK}:{API_PORT}",
            is_local=True,
            host=Taken(_host(tree), at_s),
            api=Taken(self._api(at_s), at_s),
            tree=Taken(tree, at_s),
            traffic=Taken(self._traffic(at_s), at_s),
            gpus=(Taken(self._gpus(), at_s),),
            service=Taken(self._service(), at_s),
            log=Taken(self._log(), at_s),
            lights=tuple(Light(name, LightState.OK, 0.0, took_s, None) for name, took_s in LIGHTS.items()),
            demo=True,
        )

    def _service(self) -> Reading[Service]:
        variables = processes.is_set(self._world.scenario.settings)
        started_at = self._began_at - processes.UP
        return Known(service.service(processes.UNIT, variables, started_at), Source.SERVICE)

    def installed(self) -> tuple[InstalledModel, ...]:
        """What /api/tags tells."""
        self._read_installed()
        return self._installed

    def _read_installed(self) -> None:
        """Read anew what is on the disk, if there is anything new."""
        if self._models != self._world.installed:
            self._models = self._world.installed
            self._installed = replies.parse_tags(_bytes(documents.tags(self._models, self._version)))
            self._shown = {
                each.name: replies.parse_show(_bytes(documents.show(each, MODELS))) for each in self._models
            }

    def describe(self, name: str) -> DescribedModel | None:
        """What is told of one installed model; None where there is none of that name."""
        for each in self.installed():
            if each.name in {name, f"{name}:latest"}:
                return DescribedModel(each.name, each.size_bytes, self._shown[each.name])
        return None

    def glance(self) -> None:
        """Look at the connections alone, as is done between two looks."""
        at_s = BOOT_S + self._world.now_s
        self._glances.append(Taken(self._served(), at_s))
        self._calls.append(Taken(self._to_runners(), at_s))

    def _served(self) -> tuple[Socket, ...]:
        return tuple(_socket(each, self._world.now_s) for each in self._world.connections)

    def _moment(self, seconds: float) -> datetime:
        return self._began_at + timedelta(seconds=seconds)

    def _api(self, at_s: float) -> ApiLook:
        self._read_installed()
        runners = self._world.scheduler.runners  # one that died is listed until it is needed
        listed = documents.ps(runners, self._version, self._world.now_s, self._moment)
        loaded = replies.parse_ps(_bytes(listed))
        return ApiLook(self._version, loaded, self._shown, self._installed, at_s=at_s)

    def _log(self) -> LogLook:
        """What was written since the last look, read as it comes."""
        for each in self._world.happened.told():
            self._logbook.write(each, self._moment(each.at_s))
        return self._logbook.look(self._moment(self._world.now_s))

    def _traffic(self, at_s: float) -> Traffic:
        world = self._world
        slots = {
            process.port: SlotsLook(
                at_s, parse_slots(_bytes(documents.slots(process.bank, runner.context_tokens)))
            )
            for runner, process in world.processes.items()
        }
        served = self._served()
        clients = {Endpoint(LOOPBACK, each.port): _client(each) for each in world.connections}
        to_runners = self._to_runners()
        glances, self._glances = tuple(self._glances), []
        calls, self._calls = (*self._calls, Taken(to_runners, at_s)), []
        return Traffic(served, to_runners, slots, {}, clients, glances, calls)

    def _to_runners(self) -> ToRunners:
        return {each.port: tuple(_calls(each)) for each in self._world.processes.values()}

    def _gpus(self) -> GpuLook:
        cards, programs = self._world.cards, self._world.processes
        return GpuLook(tuple(gpu(index, each, programs) for index, each in enumerate(cards)))


def _host(tree: TreeLook) -> Host:
    tree_percent = value_or(tree.cpu_percent, 0.0)
    return Host(
        HOST_NAME,
        Known(hardware.CPU_COUNT, Source.HOST),
        Known(1.5 + tree_percent / hardware.CPU_COUNT, Source.HOST),
        Known(hardware.HOST_BASE_BYTES + value_or(tree.rss_bytes, 0), Source.HOST),
        Known(hardware.HOST_MEMORY_BYTES, Source.HOST),
        Known(0, Source.HOST),
        Known(hardware.SWAP_BYTES, Source.HOST),
        Known(0.4 + tree_percent / 100, Source.HOST),
    )


def _bytes(document: object) -> bytes:
    return json.dumps(document).encode()


def _socket(connection: Connection, now_s: float) -> Socket:
    """The server's side; what was never sent counts from the opening, as the kernel does."""
    last_sent_s = connection.last_sent_s if connection.sent_bytes else connection.opened_s
    return Socket(
        FIRST_COOKIE + connection.number,
        ESTABLISHED,
        Endpoint(LOOPBACK, API_PORT),
        Endpoint(LOOPBACK, connection.port),
        SERVER_UID,
        FIRST_INODE + connection.number,
        None,
        round(1000 * (now_s - last_sent_s)),
        round(1000 * (now_s - connection.last_received_s)),
        connection.sent_bytes,
        connection.received_bytes,
        connection.sent_segments,
    )


def _calls(process: Process) -> Iterator[Socket]:
    """The runner's side of the server's connections to it: one for each request in service."""
    for slot in process.bank.busy:
        serial = (process.port << 20) + (slot.task or 0)
        in_service_s = slot.prompt_s + slot.answer_s
        yield Socket(
            serial,
            ESTABLISHED,
            Endpoint(LOOPBACK, process.port),
            Endpoint(LOOPBACK, PORTS[serial % len(PORTS)]),
            SERVER_UID,
            serial,
            None,
            round(1000 * (slot.quiet_s if slot.written_tokens else in_service_s)),
            round(1000 * in_service_s),
            CHUNK_BYTES * slot.written_tokens,
            HEAD_BYTES + WORD_BYTES * (slot.job.prompt_tokens if slot.job else 0),
            slot.written_tokens + 1 if slot.written_tokens else 0,  # the head goes first
        )


def _client(connection: Connection) -> Client:
    return Client(Known(connection.pid, Source.PROCESSES), Known(connection.name, Source.PROCESSES))
