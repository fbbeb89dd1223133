"""A burst from the command line: the server, the user's consent, the measuring, and the printing.

Must never send anything before what has to be agreed to was agreed to.
"""

import argparse
import asyncio
import os
import platform
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from ollama_top.burst import events, keeping, verdict
from ollama_top.burst.session import Result, Session, Site
from ollama_top.burst.site import address_of
from ollama_top.burst.spec import CannotMeasureError, Spec, Wishes
from ollama_top.burst.telling import telling
from ollama_top.burst.wire import Address
from ollama_top.cli import against
from ollama_top.cli.exits import INTERRUPTED, NOTHING_READ, fail
from ollama_top.cli.feeds import demo, live
from ollama_top.cli.options import access_of, target_of
from ollama_top.config.burst_file import NotKeptError, file_for
from ollama_top.config.settings import Settings
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.engine.locality import is_this_machine
from ollama_top.model.burst import KeptBurst
from ollama_top.model.text import printable
from ollama_top.outputs import burst as text
from ollama_top.outputs import document, show
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import Http

INTERVAL_S = 0.5
ORDER_S = 20.0  # for what Ollama answers at once
DEMO = "the demo"  # what its results are kept under
STDIN, READ_BYTES = 0, 4096
SALTS = 1 << 20  # prompts differ from burst to burst


def run(options: argparse.Namespace, settings: Settings, wishes: Wishes) -> int:
    """Measure and print; the exit code."""
    try:
        return asyncio.run(_cancellable(options, settings, wishes))
    except asyncio.CancelledError:
        return INTERRUPTED


async def _cancellable(options: argparse.Namespace, settings: Settings, wishes: Wishes) -> int:
    """Let every way in which a user leaves close all requests: a signal, a closed terminal, a gone parent."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is not None:
        leave = _leaving(task)
        _heed_signals(loop, leave, task)
        if options.events:
            _watch_parent(lambda: loop.call_soon_threadsafe(leave))
    async with _site(options, settings) as site:
        return await _measure(options, settings, site, wishes)


def _leaving(task: "asyncio.Task[int]") -> Callable[[], None]:
    """Cancels once, however many say so: another cancel would break off what puts the expiry back."""
    is_leaving = False

    def leave() -> None:
        nonlocal is_leaving
        if not is_leaving:
            is_leaving = True
            task.cancel()

    return leave


def _heed_signals(
    loop: asyncio.AbstractEventLoop, leave: Callable[[], None], task: "asyncio.Task[int]"
) -> None:
    """Leave at a signal, but for those that whoever started us had ignored (nohup); Ctrl+C is heard again."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, leave)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        loop.add_signal_handler(signal.SIGINT, task.cancel)


def _watch_parent(is_gone: Callable[[], object]) -> None:
    """The parent holds our standard input for as long as it lives.

    Read without Python's buffer: a thread that waits in it keeps its lock, and the end of the program aborts.
    """

    def wait() -> None:
        while os.read(STDIN, READ_BYTES):
            pass
        with suppress(RuntimeError):  # the loop may be over by now
            is_gone()

    threading.Thread(target=wait, daemon=True, name="parent").start()


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
            if not await _agrees(spec, consents):
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
        _part(session.parting)
        raise
    finally:
        await session.close()
    return _told(options, result)


async def _agrees(spec: Spec, consents: Sequence[str]) -> bool:
    """Ask what has to be asked; where nobody can be asked, say what would have been."""
    for each in consents:
        print(printable(each), file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        fail(CannotMeasureError("nobody can be asked here; --yes agrees"), NOTHING_READ)
        return False
    print(f"Send {spec.requests} requests to {printable(spec.model)}? [y/N] ", end="", file=sys.stderr)
    sys.stderr.flush()
    answer = await in_daemon_thread(sys.stdin.readline)  # so that a signal ends the wait
    return answer.strip().lower() in {"y", "yes"}


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
        print(f"ollama-top: {printable(problem)}", file=sys.stderr)
    if options.json:
        show.write(document.as_text(document.of_value(result.burst), indent=2))
    else:
        show.write(text.as_text(result.burst, comparison))
    return code


def _part(notes: Sequence[str]) -> None:
    """Say what a cancelled burst left changed, if there is still somewhere to say it."""
    with suppress(OSError):  # a terminal that was closed
        for each in notes:
            print(f"ollama-top: {printable(each)}", file=sys.stderr)


def _keep(result: Result) -> tuple[tuple[KeptBurst, ...], str | None]:
    """All that is kept now, and what kept this from being kept."""
    server = DEMO if result.burst.demo else result.burst.server
    try:
        return file_for(server, platform.node()).add(result.kept), None
    except NotKeptError as error:
        return (result.kept,), str(error)


def _say(event: events.Event) -> None:
    show.write(events.encode(event))


def _say_nothing(_: events.Event) -> None:
    """Nobody listens."""
