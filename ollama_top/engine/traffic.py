"""Takes connections and slots of one moment, so that their difference can be trusted."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ollama_top.engine.activity import tells_slots
from ollama_top.engine.asking import SlotQuestions
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.loads import LoadWatch
from ollama_top.engine.rhythm import FIRST_TOKEN
from ollama_top.engine.samples import Taken, ToRunners, Traffic
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.slots import RunnerProps
from ollama_top.sources import sockets
from ollama_top.sources.clients import Clients
from ollama_top.sources.http import HttpError
from ollama_top.sources.inet_diag import DiagError, Socket
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.runners import LoadLook, Runners, SlotsLook

TRIES = 3
MOST_GLANCES = 64
BEFORE_S = 0.1


class TrafficWatch:
    """Looks at the API's connections and at every runner at once."""

    def __init__(self, port: int, runners: Runners) -> None:
        """Prepare to look at the connections of `port`."""
        self._port = port
        self._runners = runners
        self._cpp: frozenset[int] = frozenset()  # ports of C++ servers, whose slots look different
        self._questions = SlotQuestions(lambda port: runners.slots(port, is_cpp=port in self._cpp))
        self._load_watch = LoadWatch(runners)
        self._loads: dict[int, LoadLook] = {}
        self._clients = Clients()
        self._props: dict[int, RunnerProps] = {}
        self._props_of: dict[int, int] = {}  # port to process: a port may be used again
        self._idle: dict[tuple[int, int], SlotsLook] = {}  # process and port of runners last seen idle
        self._has_connections = False
        self._ports: tuple[int, ...] = ()  # of the runners at the last look
        self._glances: list[Taken[tuple[Socket, ...]]] = []
        self._calls: list[Taken[ToRunners]] = []
        self._replying: frozenset[tuple[int, int]] | None = None  # at the last sight

    def glance(self) -> None:
        """Look at the connections alone, which asks nobody but the kernel (0.2 ms)."""
        if self._has_connections and len(self._glances) < MOST_GLANCES:
            try:
                found, at_s = sockets.served(self._port, *self._ports), time.monotonic()
            except DiagError:
                return  # the next look says what is wrong
            self._glances.append(Taken(_to(found, self._port), at_s))
            self._calls.append(Taken(_to_each(found, self._ports), at_s))
            self._replying = _replying(self._calls[-1].value)

    async def look(self, runners: Sequence[RunnerProcess]) -> Traffic:
        """Look once, again if a request came or went in the meantime; raises DiagError."""
        self._loads = await self._load_watch.look(runners)
        return replace(await self._look(runners), loads=self._loads)

    async def _look(self, runners: Sequence[RunnerProcess]) -> Traffic:
        if not sockets.is_supported():
            slots = await self._slots(runners, None)
            problem = "waiting requests are counted by Linux's socket diagnosis, which this system lacks"
            return Traffic(None, slots=slots, props=await self._known_props(runners), problem=problem)
        glances, self._glances = tuple(self._glances), []
        calls, self._calls = self._calls, []
        self._ports = tuple(each.args.port for each in runners if each.args.port)
        calls.extend(await self._once_before())
        served, to_runners, slots = await self._bracket(runners)
        calls.append(to_runners)
        self._replying = _replying(to_runners.value)
        self._has_connections = bool(served)
        calling = sockets.calling(self._port)
        clients = await in_daemon_thread(lambda: self._clients.look(calling))
        props = await self._known_props(runners)
        return Traffic(served, to_runners.value, slots, props, clients, glances, tuple(calls))

    async def _bracket(
        self, runners: Sequence[RunnerProcess]
    ) -> tuple[tuple[Socket, ...], Taken[ToRunners], dict[int, SlotsLook]]:
        """Slots with connections that are the same before and after; else the last try."""
        found = sockets.served(self._port, *self._ports)
        before = _to(found, self._port)
        for _ in range(TRIES):
            slots = await self._slots(runners, _called(found))
            found, at_s = sockets.served(self._port, *self._ports), time.monotonic()
            after = _to(found, self._port)
            is_late = any(each.problem for each in slots.values())  # and will be at the next try
            if is_late or _standing(before) == _standing(after):
                break
            before = after
        return after, Taken(_to_each(found, self._ports), at_s), slots

    async def _once_before(self) -> list[Taken[ToRunners]]:
        """The runners' connections a moment before the look, where no answer is left of those seen before.

        Answers shorter than the time between two glances would be seen once each, and have no rate.
        """
        found = Taken(_to_each(sockets.served(*self._ports), self._ports), time.monotonic())
        replying = _replying(found.value)
        if self._replying is None or not replying or replying & self._replying:
            return []
        await asyncio.sleep(BEFORE_S)
        return [found]

    async def _slots(
        self, runners: Sequence[RunnerProcess], called: Collection[int] | None
    ) -> dict[int, SlotsLook]:
        """The slots of the runners that may be at work; `called` are ports to which somebody is connected.

        An idle runner writes a line to the server's log for each question, so one that was idle
        and has no connection since is not asked again: it still is. Where connections cannot be seen,
        `called` is None, and it may be any.
        """
        tellers = {each.args.port: each for each in runners if each.args.port and tells_slots(each)}
        self._cpp = frozenset(
            port for port, each in tellers.items() if each.args.generation is Generation.CPP
        )
        unable = self._unable(tellers)
        asked = {port: each.pid for port, each in tellers.items() if port not in unable}
        resting = {
            port: look
            for port, pid in asked.items()
            if (look := self._idle.get((pid, port))) is not None and called is not None and port not in called
        }
        looks = await self._questions.looks({port: pid for port, pid in asked.items() if port not in resting})
        idle = resting | {port: look for port, look in looks.items() if _is_idle(look)}
        self._idle = {(asked[port], port): look for port, look in idle.items()}
        now_s = time.monotonic()
        known = resting | unable
        return looks | {port: replace(look, at_s=now_s) for port, look in known.items()}

    def _unable(self, tellers: Mapping[int, RunnerProcess]) -> dict[int, SlotsLook]:
        """C++ servers that are not ready: a question for slots would hang until the model is loaded."""
        loads = {port: self._loads.get(port) for port in tellers if port in self._cpp}
        return {
            port: SlotsLook(0.0, (), load.problem if load else None)
            for port, load in loads.items()
            if load is None or not load.is_ready
        }

    async def _known_props(self, runners: Sequence[RunnerProcess]) -> dict[int, RunnerProps]:
        """What the runners say of themselves, asked once of each whose command line says too little."""
        for each in runners:
            port = each.args.port
            if port is None or not tells_slots(each) or each.args.parallel is not None:
                continue
            if self._props_of.get(port) != each.pid:
                try:
                    self._props[port] = await self._runners.props(port)
                    self._props_of[port] = each.pid
                except (HttpError, BadReplyError):
                    self._props.pop(port, None)  # asked again at the next look
        return dict(self._props)


def _standing(served: Sequence[Socket]) -> frozenset[tuple[int, int, bool]]:
    """What changes when a request arrives or its reply begins; not what a stream changes by going on."""
    return frozenset(
        (each.cookie, each.received_bytes, each.last_received_ms < each.last_sent_ms) for each in served
    )


def _to(found: Sequence[Socket], port: int) -> tuple[Socket, ...]:
    return tuple(each for each in found if each.local.port == port)


def _to_each(found: Sequence[Socket], ports: Sequence[int]) -> ToRunners:
    return {port: _to(found, port) for port in ports}


def _replying(to_runners: ToRunners) -> frozenset[tuple[int, int]]:
    """A name for each answer under way."""
    return frozenset(
        (each.cookie, each.received_bytes)
        for calls in to_runners.values()
        for each in calls
        if each.sent_segments >= FIRST_TOKEN
    )


def _called(found: Sequence[Socket]) -> set[int]:
    """The ports that somebody is connected to."""
    return {each.local.port for each in found}


def _is_idle(look: SlotsLook) -> bool:
    return look.problem is None and not any(each.busy for each in look.slots)
