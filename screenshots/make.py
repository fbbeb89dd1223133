"""Make every picture of README.md and docs from simulated worlds whose clock stands still.

Must never look at a real server, machine or clock: run twice, it writes the same files.
"""

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from passing import Passing

from ollama_top import __version__
from ollama_top.burst import verdict
from ollama_top.burst.analysis import Measured, analyse
from ollama_top.burst.course import Course, Statistics
from ollama_top.burst.events import Begun, Ended, Event, Moved, encode
from ollama_top.burst.keeping import kept_of
from ollama_top.burst.spec import Spec
from ollama_top.columns.cell import Role
from ollama_top.demo.feed import Camera, DemoFeed
from ollama_top.demo.observe import Observer
from ollama_top.demo.scenarios import DEFAULT, EMPTY
from ollama_top.demo.world import World
from ollama_top.engine import derive
from ollama_top.engine.feed import ActionError
from ollama_top.engine.samples import Taken
from ollama_top.engine.spreads import by_client, by_model
from ollama_top.engine.state import State
from ollama_top.model.action import Action, Progress
from ollama_top.model.burst import BurstOutcome
from ollama_top.model.configuration import Configuration
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.light import Light, LightState
from ollama_top.model.proxy import Proxy
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.request import RequestState
from ollama_top.model.slot import SlotState
from ollama_top.ollama.log.story import Told
from ollama_top.ollama.replies import InstalledModel
from ollama_top.proxy.metering.telling import exchange_of
from ollama_top.sources.logs.watch import LogLook
from ollama_top.sources.processes import TreeLook
from ollama_top.tui.app import MonitorApp
from ollama_top.tui.reach import Here
from ollama_top.tui.screens.burst import BurstScreen
from ollama_top.tui.themes import named

BEGAN_AT = datetime(2026, 3, 14, 14, 0, tzinfo=UTC)
INTERVAL_S = 2.0
EARLIEST_LOOK, LATEST_LOOK = 240, 1200  # some minutes of history, and an end to the search
REFUSED = "connection refused"
NOBODY = Missing(Why.NOT_LOCAL, "no process of this machine listens on port 11434")
DISTURBING = ("NO_COLOR", "TEXTUAL")
THEME = "night"  # its colours are its own; the default's are those of the reader's terminal
WEB_FONT = re.compile(r"\s*@font-face \{[^}]*\}")
RICH_GROUND = "#292929"


@dataclass(frozen=True, slots=True)
class Picture:
    """A file, what is on the screen, and how the user got there."""

    name: str
    size: tuple[int, int]
    frame: Callable[[], Frame]
    keys: Sequence[str] = ()


class StillFeed:
    """One Frame, and then nothing."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The Frame."""
        yield self._frame
        await asyncio.Event().wait()

    def look_now(self) -> None:
        """There is nothing else to see."""

    async def installed(self) -> tuple[InstalledModel, ...]:
        """A picture has no disk."""
        return ()

    async def act(self, action: Action, _: Callable[[Progress], None]) -> None:
        """Nothing happens in a picture."""
        raise ActionError(f"{action.model} is in a picture")


@cache
def busy() -> Frame:
    """One slot reads a long prompt while another writes, and requests of several clients wait."""
    return _first(lambda snapshot: _works(snapshot) and len(_waiting_clients(snapshot)) > 1)


def _first(is_telling: Callable[[Snapshot], bool]) -> Frame:
    """The first moment of the demo that tells something; raises LookupError when there is none."""
    camera = Camera(began_at=BEGAN_AT)
    for look in range(LATEST_LOOK):
        frame = camera.shoot(INTERVAL_S)
        if look >= EARLIEST_LOOK and is_telling(frame.snapshot):
            return frame
    raise LookupError(f"the demo has no such moment in {LATEST_LOOK * INTERVAL_S:g} s")


def _works(snapshot: Snapshot) -> bool:
    return {SlotState.PREFILL, SlotState.DECODE} <= {slot.state for slot in snapshot.slots}


def _waiting_clients(snapshot: Snapshot) -> set[str]:
    waiting = [each for each in snapshot.requests if each.state is RequestState.WAITING]
    return {each.client.value for each in waiting if isinstance(each.client, Known)}


def no_server() -> Frame:
    """A machine on which nothing answers where Ollama should."""
    seen = Observer(World(EMPTY), BEGAN_AT).samples()
    lights = {light.name: light for light in seen.lights} | {
        "api": Light("api", LightState.FAILED, None, 0.002, REFUSED),
        "processes": Light("processes", LightState.ABSENT, 0.0, 0.009, NOBODY.hint),
        "log": Light("log", LightState.ABSENT, 0.0, 0.001, NOBODY.hint),
    }
    nothing = TreeLook(NOBODY, (), NOBODY, NOBODY, NOBODY)
    lost = replace(
        seen,
        api=None,
        api_problem=REFUSED,
        tree=Taken(nothing, seen.at_s),
        traffic=None,
        log=Taken(LogLook(NOBODY, Told()), seen.at_s),
        lights=tuple(lights.values()),
        demo=False,
    )
    return derive.step(State(), lost)[1]


def edited() -> Frame:
    """A server whose settings were written a minute ago, and which was not restarted since."""
    seen = Observer(World(DEFAULT), BEGAN_AT).samples()
    assert seen.service is not None  # noqa: S101 - the simulation has one
    assert isinstance(seen.service.value, Known)  # noqa: S101 - likewise
    service = seen.service.value.value
    written = replace(service.configuration.assignments[-1], value="8")
    told = replace(
        service,
        needs_reload=True,
        changed_at=Known(BEGAN_AT - timedelta(minutes=1), Source.SERVICE),
        configuration=Configuration((*service.configuration.assignments[:-1], written)),
    )
    seen = replace(seen, service=Taken(Known(told, Source.SERVICE), seen.at_s), demo=False)
    return derive.step(derive.step(State(), seen)[0], seen)[1]


def loaded() -> Frame:
    """The same server with models in memory."""
    frame = edited()
    return replace(frame, snapshot=replace(frame.snapshot, models=busy().snapshot.models))


@cache
def passed() -> Frame:
    """The same server with a proxy before it through which all requests have passed."""
    camera = Camera(began_at=BEGAN_AT)
    camera.world.happened = passing = Passing()
    for look in range(LATEST_LOOK):
        frame = camera.shoot(INTERVAL_S)
        if look >= EARLIEST_LOOK and all(each.request is None for each in camera.world.connections):
            break  # what is under way the meter here is not told of
    told = tuple(
        replace(exchange_of(each), began_at=BEGAN_AT + timedelta(seconds=each.began_s))
        for each in passing.meter.finished
    )
    proxy = Proxy(
        listen="127.0.0.1:11435",
        upstream=frame.snapshot.server.url,
        pid=4242,
        version=__version__,
        started_at=BEGAN_AT,
        stopping=False,
        holding=False,
        connections=len(camera.world.connections),
        opaque=0,
        opaque_total=0,
        exchanges_total=passing.meter.exchanges_total,
        running=0,
        waiting=0,
    )
    seen = {"proxies": (proxy,), "exchanges": told, "by_model": by_model(told), "by_client": by_client(told)}
    return replace(frame, snapshot=replace(frame.snapshot, **seen))


def measured() -> Iterator[Event]:
    """A burst on that server, as the process that sends it would tell: two at once, and eight configured."""
    before, took_s = loaded(), 1.7
    spec = Spec("qwen3:8b", 8, 128, 128, limit_s=300.0, salt=1)
    alone = _course(0, 0.0, 1.4)
    courses = tuple(_course(at + 1, took_s * (at // 2), took_s * (at // 2 + 1)) for at in range(8))
    seen = Measured(BEGAN_AT, alone, courses)
    burst = analyse(spec, seen, before, before)
    kept = kept_of(burst, seen, before)
    yield Begun(spec.model, spec.requests, spec.tokens, is_demo=False, loads=False)
    yield Moved(courses[-1].end_s or 0.0, (alone, *courses))
    yield Ended(verdict.code(burst), burst.verdict, (), kept, (kept,))


def _course(number: int, start_s: float, end_s: float) -> Course:
    told = Statistics(0.0, 0.1, end_s - start_s - 0.1, 103, 128)
    return Course(number, 0.0, start_s + 0.1, end_s, 200, 128, told, BurstOutcome.ANSWERED)


def telling() -> tuple[str, ...]:
    """A command that tells of that burst instead of sending one."""
    return sys.executable, "-c", "import sys; print(sys.argv[1])", "\n".join(map(encode, measured()))


PICTURES = (
    Picture("busy", (120, 36), busy),
    Picture("details", (120, 36), busy, ("tab", "down", "enter")),
    Picture("help", (120, 36), busy, ("f1",)),
    Picture("narrow", (80, 24), busy),
    Picture("no-server", (80, 24), no_server),
    Picture("doctor", (80, 24), edited, ("d",)),
    Picture("burst", (80, 24), loaded, ("b",)),
    Picture("proxy", (100, 30), passed, ("t",)),
)


async def drawn(picture: Picture) -> str:
    """The picture as SVG."""
    frame = picture.frame()
    app = MonitorApp(
        lambda: StillFeed(frame),
        title=frame.snapshot.server.url,
        read_only=False,
        user="ollama",
        interval_s=INTERVAL_S,
        theme=THEME,
        demo_offer=lambda: DemoFeed(INTERVAL_S),
        reach=Here(telling()),
    )
    async with app.run_test(size=picture.size) as pilot:
        while app.view.frame is None:
            await pilot.pause()
        await pilot.press(*picture.keys)
        while isinstance(app.screen, BurstScreen) and not app.screen.stand.is_over:
            await pilot.pause(0.01)
        await pilot.pause()
        return _plain(app.export_screenshot(title="ollama-top", simplify=True))


def _plain(svg: str) -> str:
    """Without fonts from the net, which no picture has any business with; framed in the theme's ground."""
    ground = named(THEME, no_color=False).style(Role.PLAIN)
    paint = ground.bgcolor.name if ground is not None and ground.bgcolor is not None else RICH_GROUND
    return WEB_FONT.sub("", svg).replace(RICH_GROUND, paint)


def main() -> None:
    """Write every picture beside this file."""
    for name in [name for name in os.environ if name.startswith(DISTURBING)]:
        del os.environ[name]
    for picture in PICTURES:
        path = Path(__file__).with_name(f"{picture.name}.svg")
        path.write_text(asyncio.run(drawn(picture)))
        print(path)


if __name__ == "__main__":
    main()
