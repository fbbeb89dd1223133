"""The server that is looked at, as the bench of a sweep: what has to be agreed to, and who may change it."""

import argparse
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain

from ollama_top.apply import planning, undoing
from ollama_top.apply.course import Parts
from ollama_top.apply.hands import hands_for
from ollama_top.apply.journal import Journal
from ollama_top.apply.residents import residents_of
from ollama_top.apply.series import Series
from ollama_top.burst.site import address_of
from ollama_top.cli.changing import View, check_seen, viewed
from ollama_top.cli.options import access_of
from ollama_top.cli.rights import RefusedError, with_rights
from ollama_top.config.settings import Settings
from ollama_top.control.asked import check
from ollama_top.doctor.facts import release
from ollama_top.engine.daemon import in_daemon_thread
from ollama_top.model.finding import Change
from ollama_top.model.plan import Plan
from ollama_top.ollama.host import parse_target
from ollama_top.sweep.bench import Stand
from ollama_top.sweep.real_server import RealServer
from ollama_top.sweep.wishes import SweepWishes

EVERY_TIME = (
    "{unit} is changed and restarted for each combination, and gets its settings of now at the end, also"
    " after a crash (then `ollama-top undo` does it). Each time:"
)


@dataclass(frozen=True, slots=True)
class RealBench:
    """The bench, with what has to be agreed to before it is used."""

    server: RealServer
    consents: tuple[str, ...]


@asynccontextmanager
async def real_bench(
    options: argparse.Namespace, settings: Settings, wishes: SweepWishes
) -> AsyncIterator[RealBench]:
    """The server that is looked at; raises RefusedError, BadChangeError and JournalError."""
    async with viewed(options, settings) as view:
        check_seen(view.frame)
        changes = _changes(wishes, view)
        journal = Journal()
        if (cut_off := journal.cut_off()) is not None:
            raise RefusedError(undoing.cut_off_words(cut_off))

        async def plan_for(of: Sequence[Change]) -> Plan:
            return await in_daemon_thread(lambda: planning.plan(view.frame, of, is_forced=True))

        first = await plan_for(changes)
        if first.refusal is not None:
            raise RefusedError(f"{first.refusal}; --own-server PATH measures a server of its own")
        hands = hands_for(first)
        if hands is None:
            hands = await in_daemon_thread(lambda: with_rights(first))
        parts = Parts(hands, journal, view.next, _say_nothing, _never)
        consents = (EVERY_TIME.format(unit=first.service), *(f"    {each}" for each in first.costs))
        async with Series("a sweep", plan_for, parts) as series:
            yield RealBench(
                RealServer(series, _stand(options, settings, view), residents_of(view.frame)), consents
            )


def _changes(wishes: SweepWishes, view: View) -> tuple[Change, ...]:
    """The first combination; every value is checked as `set` checks it."""
    known = release(view.frame.snapshot)
    choices = [[Change(axis.variable.name, value) for value in axis.values] for axis in wishes.axes]
    for each in chain.from_iterable(choices):
        check(each, known)
    return tuple(values[0] for values in choices)


def _stand(options: argparse.Namespace, settings: Settings, view: View) -> Stand:
    target, access = parse_target(view.frame.snapshot.server.url), access_of(options, settings)
    return Stand(target, address_of(target, access), access=access)


def _say_nothing(_: str) -> None:
    """The sweep has a line of its own for how far it is."""


async def _never(_: int) -> bool:
    """Nobody is there to agree to a kill."""
    return False
