"""Frames of a real server: every source on its own schedule, one Frame an interval.

Must never wait for a source longer than its share of the interval: what is late comes in the next.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ollama_top.engine import derive
from ollama_top.engine.acting import Acting
from ollama_top.engine.answering import AskError, UnknownModelError
from ollama_top.engine.cards import Cards
from ollama_top.engine.daemon import DaemonExecutor, in_daemon_thread
from ollama_top.engine.lights import log_light, service_light, traffic_lights, tree_light
from ollama_top.engine.locality import aliases, is_this_machine
from ollama_top.engine.proxied import tap_light
from ollama_top.engine.samples import NOT_YET, Samples, Traffic
from ollama_top.engine.state import State
from ollama_top.engine.station import Station
from ollama_top.engine.traffic import TrafficWatch
from ollama_top.model.action import Action, Progress
from ollama_top.model.frame import Frame
from ollama_top.model.installed import InstalledModel
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Reading
from ollama_top.model.tapped import Tapped
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.host import Target
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.replies import DescribedModel
from ollama_top.sources import environment
from ollama_top.sources.api import ApiLook, NoSuchModelError, OllamaApi
from ollama_top.sources.bursts import KeptBursts
from ollama_top.sources.gpus.vendors import readers
from ollama_top.sources.host import HostCounters
from ollama_top.sources.http import Access, Http, HttpError
from ollama_top.sources.logs.watch import LogLook, LogWatch
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.processes import RunnerProcess, ServerTree
from ollama_top.sources.runners import Runners
from ollama_top.sources.service import ServiceWatch
from ollama_top.sources.tap import Taps

API_TIMEOUT_S = 10.0
TREE_SHARE_S = 0.5
SHARE_S = 1.0
GLANCE_EVERY_S = 0.5
BURSTS_EVERY_S = 5.0
SERVICE_EVERY_S = 10.0  # what a service says changes by a person's hand


class LiveFeed:
    """Looks at one server until nobody asks any more; for one event loop."""

    def __init__(
        self,
        target: Target,
        *,
        interval_s: float,
        access: Access | None = None,
        share_s: float = SHARE_S,
        feeds: Sequence[Path] = (),
    ) -> None:
        """Prepare without connecting; raises HttpError when the CA file cannot be read.

        A Frame waits at most `share_s` for sources that have not answered yet. `feeds` are those of proxies
        that are read beside those that are found.
        """
        self._target = target
        self._interval_s = interval_s
        self._share_s = share_s
        self._access = access or Access()
        self._api = OllamaApi(self._http(API_TIMEOUT_S))
        self._runners = Runners()
        self._is_local = is_this_machine(target)
        self._shell = environment.own()
        self._log_watch = LogWatch()
        self._wake = asyncio.Event()
        self._taps = Taps(feeds)
        self._following: asyncio.Task[None] | None = None
        self._told: tuple[Tapped, ...] = ()  # by the proxies when connections were looked at
        self._aliases: frozenset[str] = frozenset()  # of the server, as proxies call it
        self._acting = Acting(self._http, self._known_runners, lambda: self._taps.tapped)
        self._prepare_stations()

    def _prepare_stations(self) -> None:
        target = self._target
        tree, watch = ServerTree(target.port), TrafficWatch(target.port, self._runners)
        self._watch = watch
        host, log, service = HostCounters(), self._log_watch, ServiceWatch()
        every_s = self._interval_s * 0.9  # a look that begins a little late still belongs to its tick

        async def look_at_api() -> ApiLook:
            runners = self._known_runners()
            paths = [each.args.model_path for each in runners if each.args.generation is not Generation.MLX]
            return await self._api.look(time.monotonic(), paths)

        async def look_at_traffic() -> Traffic:
            self._told = self._taps.tapped  # of no later moment, or what has just ended would be missed there
            self._aliases = aliases(target, [each.proxy.upstream for each in self._told if each.proxy])
            return await watch.look(self._known_runners())

        async def look_at_log() -> LogLook:
            return await in_daemon_thread(lambda: log.look(self._server()))

        self._tree = Station("processes", lambda: in_daemon_thread(tree.look), every_s=every_s)
        self._api_station = Station("api", look_at_api, every_s=every_s)
        self._traffic = Station("traffic", look_at_traffic, every_s=every_s)
        self._host = Station("host", lambda: in_daemon_thread(host.look), every_s=every_s)
        self._service = Station(
            "service", lambda: in_daemon_thread(lambda: service.look(self._server())), every_s=SERVICE_EVERY_S
        )
        bursts = KeptBursts(target.url)
        self._bursts = Station("bursts", lambda: in_daemon_thread(bursts.look), every_s=BURSTS_EVERY_S)
        self._log = Station("log", look_at_log, every_s=every_s)
        self._cards = Cards(readers(), every_s=every_s)

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """Frames without end, the first as soon as every source had its share of time."""
        state = State()
        asyncio.get_running_loop().set_default_executor(DaemonExecutor())  # names are looked up there
        self._following = following = asyncio.create_task(self._taps.follow())
        try:
            while True:
                await self._look(at_once=self._wake.is_set())
                self._wake.clear()
                state, frame = derive.step(state, self._samples())
                yield frame
                await self._sleep(self._interval_s)
        finally:
            following.cancel()
            self._log_watch.close()  # it may hold programs that would go on

    def look_now(self) -> None:
        """Take the next look at once."""
        self._wake.set()

    async def installed(self) -> tuple[InstalledModel, ...]:
        """The models on the server's disk; raises ActionError."""
        return await self._acting.installed()

    async def act(self, action: Action, tell: Callable[[Progress], None]) -> None:
        """Have an action done; raises ActionError with the words of whoever refused."""
        try:
            await self._acting.act(action, tell)
        finally:
            self.look_now()

    async def describe(self, model_name: str) -> DescribedModel:
        """All that the server tells of an installed model; raises AskError."""
        try:
            return await self._api.describe(model_name)
        except NoSuchModelError as error:
            raise UnknownModelError(str(error)) from error
        except (HttpError, BadReplyError) as error:
            raise AskError(f"cannot ask {self._target.url} about {model_name}: {error}") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._api.http.close()
        await self._runners.close()

    def _http(self, timeout_s: float) -> Http:
        return Http(
            self._target.url, timeout_s=timeout_s, loopback=self._target.is_loopback, access=self._access
        )

    async def _look(self, *, at_once: bool) -> None:
        """Processes first, since they tell which runners to ask; then everything at once."""
        if self._is_local:
            await _wait([self._tree.start(time.monotonic(), at_once=at_once)], TREE_SHARE_S)
        local: list[Station[Any]] = [self._traffic, self._log, self._service] if self._is_local else []
        stations: list[Station[Any]] = [self._api_station, *local, self._host, self._bursts]
        begun = [each.start(time.monotonic(), at_once=at_once) for each in stations]
        begun += self._cards.start(time.monotonic(), at_once=at_once)
        await _wait(begun, self._share_s)

    async def _sleep(self, seconds: float) -> None:
        """Sleep until the next look, with an eye on the connections, or until woken."""
        ends_s = time.monotonic() + seconds
        while (left_s := ends_s - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._wake.wait(), min(left_s, GLANCE_EVERY_S))
            except TimeoutError:
                if self._is_local and left_s > GLANCE_EVERY_S:
                    self._watch.glance()
            else:
                return

    def _server(self) -> Reading[ServerProcess]:
        return self._tree.last.value.server if self._tree.last else NOT_YET

    def _known_runners(self) -> tuple[RunnerProcess, ...]:
        return self._tree.last.value.runners if self._tree.last else ()

    def _samples(self) -> Samples:
        now_s = time.monotonic()
        return Samples(
            taken_at=datetime.now(UTC),
            at_s=now_s,
            url=self._target.url,
            is_local=self._is_local,
            host=self._host.last,
            api=self._api_station.last,
            api_problem=self._api_station.problem,
            tree=self._tree.last,
            traffic=self._traffic.last,
            gpus=self._cards.looks(),
            service=self._service.last,
            shell=self._shell,
            log=self._log.last,
            taps=self._told if self._is_local else self._taps.tapped,
            aliases=self._aliases,
            bursts=self._bursts.last.value if self._bursts.last else (),
            lights=tuple(self._lights(now_s)),
        )

    def _tap_light(self) -> Light:
        following = self._following
        if following is not None and following.done() and not following.cancelled():
            what = type(following.exception()).__name__
            return Light("proxy", LightState.FAILED, None, None, f"defect in ollama-top: {what}")
        return tap_light(self._taps.tapped, self._target.url, self._aliases)

    def _lights(self, now_s: float) -> Iterable[Light]:
        api = self._api_station.last
        note = "; ".join(api.value.notes) if api else ""
        yield self._api_station.light(now_s, LightState.LIMITED if note else LightState.OK, note or None)
        if self._is_local:
            yield tree_light(self._tree, now_s)
            yield from traffic_lights(self._traffic, now_s)
            yield log_light(self._log, now_s)
            yield service_light(self._service, now_s)
        yield from self._cards.lights(now_s)
        yield self._host.light(now_s)
        yield self._tap_light()
        if self._bursts.problem is not None:
            yield self._bursts.light(now_s)


async def _wait(tasks: Iterable[asyncio.Task[None] | None], limit_s: float) -> None:
    """Give the looks that were begun their share of time; what is late goes on by itself."""
    begun = [each for each in tasks if each is not None]
    if begun:
        await asyncio.wait(begun, timeout=limit_s)
