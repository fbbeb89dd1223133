"""A burst from the command line: the server, the user's consent, the measuring, and the printing.

Must never send anything before what has to be agreed to was agreed to.
"""

import argparse
import asyncio
import platform
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from ollama_top.burst import events, keeping, verdict
from ollama_top.burst.session import Result, Session, Site
from ollama_top.burst.site import address_of
from ollama_top.burst.spec import CannotMeasureError, Wishes
from ollama_top.burst.telling import telling
from ollama_top.burst.wire import Address
from ollama_top.cli import against, cancellable
from ollama_top.cli.asking import agrees
from ollama_top.cli.exits import fail, talk
from ollama_top.cli.feeds import demo, live
from ollama_top.cli.options import access_of, target_of
from ollama_top.config.kept_results import burst_file
from ollama_top.config.result_file import NotKeptError
from ollama_top.config.settings import Settings
from ollama_top.engine.locality import is_this_machine
from ollama_top.model.burst import KeptBurst
from ollama_top.model.exit_codes import NOTHING_READ
from ollama_top.model.text import printable
from ollama_top.outputs import burst as text
from ollama_top.outputs import document, show
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import Http

INTERVAL_S = 0.5
ORDER_S = 20.0  # for what Ollama answers at once
DEMO = "the demo"  # what its results are kept under
SALTS = 1 << 20  # prompts differ from burst to burst


def run(options: argparse.Namespace, settings: Settings, wishes: Wishes) -> int:
    """Measure and print; the exit code. However a user leaves, all requests are closed."""

    async def work() -> int:
        async with _site(options, settings) as site:
            return await _measure(options, settings, site, wishes)

    return cancellable.run(work, with_parent=bool(options.events))


@asynccontextmanager
async def _site(options: argparse.Namespace, settings: Settings) -> AsyncIterator[Site]:
    """The server that was asked for; with --demo a simulated one that runs for so long."""
    if options.demo:
        from ollama_top.demo.server_process import simulated_server

        async with simulated_server() as port:
            yield Site(demo(INTERVAL_S), Address("127.0.0.1", port), None, is_local=True)
        return
    target, access = target_of(options, settings), access_of(options, settings)
    feed = live(options, settings, INTERVAL_S, show.PATIENCE_S)
    http = Http(target.url, timeout_s=ORDER_S, loopback=target.is_loopback, access=access)
    try:
        yield Site(feed, address_of(target, access), Commands(http), is_local=is_this_machine(target))
    finally:
        await http.close()


async def _measure(options: argparse.Namespace, settings: Settings, site: Site, wishes: Wishes) -> int:
    session = Session(site)
    say = _say if options.events else _say_nothing
    try:
        spec = await session.look(wishes, time.time_ns() % SALTS)
        consents = (*spec.consents, *against.elsewhere(against.rivals_of(options)))
        if not options.yes and consents:
            if not await agrees(consents, f"Send {spec.requests} requests to {printable(spec.model)}?"):
                return NOTHING_READ
            await session.look_again()
        if options.against:
            return await against.run(options, settings, session, spec)
        is_demo = session.before.snapshot.demo
        say(events.Begun(spec.model, spec.requests, spec.tokens, is_demo, loads=spec.loads))
        async with telling(say) as told:
            result = await session.carry_out(spec, told.note)
    except CannotMeasureError as error:
        say(events.Failed(str(error)))
        return fail(error, NOTHING_READ)
    except asyncio.CancelledError:
        _part(session.parting, say)
        raise
    finally:
        await session.close()
    return _told(options, result)


def _told(options: argparse.Namespace, result: Result) -> int:
    """Keep the result, print it, and give the exit code."""
    history, problem = _keep(result)
    comparison = keeping.compared(result.kept, keeping.last_alike(result.kept, history))
    notes = tuple(each for each in (*result.burst.notes, comparison, problem) if each)
    code = verdict.code(result.burst)
    if options.events:
        alike = tuple(each for each in history if each.model == result.kept.model)
        _say(events.Ended(code, result.burst.verdict, notes, result.kept, alike))
        return code
    if problem is not None:
        talk(problem)
    if options.json:
        show.write(document.text_of_value(result.burst))
    else:
        show.write(text.as_text(result.burst, comparison))
    return code


def _part(notes: Sequence[str], say: Callable[[events.Event], None]) -> None:
    """Say what a cancelled burst left changed, if there is still somewhere to say it."""
    with suppress(OSError, show.NotWrittenError):  # a terminal that was closed, a monitor that is gone
        say(events.Parted(tuple(notes)))
        for each in notes:
            talk(each)


def _keep(result: Result) -> tuple[tuple[KeptBurst, ...], str | None]:
    """All that is kept now, and what kept this from being kept."""
    server = DEMO if result.burst.demo else result.burst.server
    try:
        return burst_file(server, platform.node()).add(result.kept), None
    except NotKeptError as error:
        return (result.kept,), str(error)


def _say(event: events.Event) -> None:
    show.write(events.encode(event))


def _say_nothing(_: events.Event) -> None:
    """Nobody listens."""
