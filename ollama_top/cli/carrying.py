"""Carries a change of settings out for the monitor, and goes on when that has gone.

The order comes on standard input; what happens is told in lines that nobody need read. A closed terminal,
Ctrl+C, and a monitor that was killed do not end it: the change comes to its end, and the journal tells of it.
"""

import argparse
import io
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

from ollama_top.apply import gate, undoing
from ollama_top.apply.course import Parts, Wishes, carry_out
from ollama_top.apply.events import KILL, Deed, Ended, Event, Order, Refused, Said, Stuck, line_of, order_of
from ollama_top.apply.hands import hands_for
from ollama_top.apply.journal import Journal, JournalError
from ollama_top.cli import cancellable
from ollama_top.cli.changing import CODES, View, viewed
from ollama_top.cli.rights import RefusedError
from ollama_top.config.settings import Settings
from ollama_top.control import by_hand
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.decoded import BadDocumentError
from ollama_top.model.exit_codes import NOTHING_READ, TAKEN_BACK
from ollama_top.model.frame import Frame
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Entry, Receipt, Way

STDIN, STDOUT = 0, 1
GONE = "the change that it is about is not kept any more"
NO_PROXY = "no proxy before this server is known any more"
NO_RIGHTS = "root's rights are needed, and sudo does not give them to the process that makes the change"
OUTLIVED = frozenset({signal.SIGHUP, signal.SIGINT})
WAYS = {Deed.FINISH: Way.THERE, Deed.TAKE_BACK: Way.BACK}


class _NoRightsError(Exception):
    """The rights that a plan needs are not there."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(NO_RIGHTS)


Look = Callable[[], Awaitable[Frame]]


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Carry out what is ordered on standard input; the exit code."""
    for number in OUTLIVED:
        signal.signal(number, lambda *_: None)  # and not ignored, which the server started anew would inherit
    return cancellable.run(lambda: _told(options, settings), is_calm=True, but_for=OUTLIVED)


async def _told(options: argparse.Namespace, settings: Settings) -> int:
    try:
        receipt = await _carried_out(options, settings)
    except _NoRightsError as error:
        _tell(Refused(NO_RIGHTS, (*by_hand.there(error.plan),)))
        return NOTHING_READ
    except (RefusedError, JournalError, undoing.CannotUndoError, BadDocumentError) as error:
        _tell(Refused(str(error)))
        return NOTHING_READ
    _tell(Ended(receipt))
    return CODES.get(receipt.outcome, TAKEN_BACK)


async def _carried_out(options: argparse.Namespace, settings: Settings) -> Receipt:
    words = io.FileIO(STDIN, closefd=False)  # without a buffer, whose lock a waiting thread would keep
    order = order_of(words.readline())

    async def may_kill(pid: int) -> bool:
        _tell(Stuck(pid))
        return await in_daemon_thread(words.readline) == KILL

    hands = await in_daemon_thread(lambda: hands_for(order.plan))
    if hands is None:
        raise _NoRightsError(order.plan)
    async with _looking(options, settings) as look:
        parts = Parts(hands, Journal(), look, _say, may_kill)
        return await _done(order, await _through_proxies(parts) if order.is_held else parts)


async def _done(order: Order, parts: Parts) -> Receipt:
    wishes = Wishes(order.drain_s, brings_back=order.brings_back)
    if order.deed == Deed.SET:
        if (cut_off := parts.journal.cut_off()) is not None:
            raise RefusedError(undoing.cut_off_words(cut_off))
        return await carry_out(order.plan, wishes, parts)
    entry = _entry(order, parts.journal)
    if order.deed == Deed.UNDO:
        return await undoing.undo(entry, order.plan, wishes, parts)
    return await undoing.finish(entry, WAYS[Deed(order.deed)], parts)


async def _through_proxies(parts: Parts) -> Parts:
    """The same, with the proxies closed meanwhile."""
    proxies = (await parts.frame()).snapshot.proxies
    if not proxies:
        raise RefusedError(NO_PROXY)
    try:
        paths = await in_daemon_thread(lambda: gate.feeds_of(proxies))
    except gate.CalledOffError as error:
        raise RefusedError(str(error)) from None
    return replace(parts, gate=partial(gate.through, paths, parts.say))


def _entry(order: Order, journal: Journal) -> Entry:
    found = next((each for each in journal.entries() if each.name == order.entry), None)
    if found is None:
        raise RefusedError(GONE)
    return found


@asynccontextmanager
async def _looking(options: argparse.Namespace, settings: Settings) -> AsyncIterator[Look]:
    """The next look at the server, which is not begun before it is wanted."""
    async with AsyncExitStack() as stack:
        view: View | None = None

        async def look() -> Frame:
            nonlocal view
            if view is not None:
                return await view.next()
            view = await stack.enter_async_context(viewed(options, settings))
            return view.frame

        yield look


def _say(text: str) -> None:
    _tell(Said(text))


def _tell(event: Event) -> None:
    """Tell the monitor, if it is still there."""
    with suppress(OSError):
        os.write(STDOUT, f"{line_of(event)}\n".encode())
