"""A sweep from the command line: the bench, the plan, the user's consent, the measuring, and the printing.

Must never leave a server behind: however it ends, the bench is put back.
"""

import argparse
import asyncio
import os
import platform
import shutil
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress

from ollama_top.burst.spec import CannotMeasureError
from ollama_top.cli import cancellable, sweep_profile
from ollama_top.cli.asking import agrees
from ollama_top.cli.changing import refusable
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail, talk, tell
from ollama_top.cli.options import access_of, target_of
from ollama_top.cli.progress import Progress
from ollama_top.cli.sweeping_real import real_bench
from ollama_top.columns import formats
from ollama_top.config.kept_results import sweep_file
from ollama_top.config.result_file import NotKeptError, ResultFile
from ollama_top.config.settings import Settings
from ollama_top.engine.locality import is_this_machine
from ollama_top.model.exit_codes import NOT_TAKEN_BACK, NOTHING_READ
from ollama_top.model.sweep import KeptSweep, Sweep
from ollama_top.model.text import printable
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.outputs import document, show
from ollama_top.outputs import sweep as text
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import Http, HttpError
from ollama_top.sweep import keeping, verdict
from ollama_top.sweep.bench import Bench, BenchError
from ollama_top.sweep.own_server import OwnServer
from ollama_top.sweep.plan import Pace, Plan
from ollama_top.sweep.preparing import Recall, prepare
from ollama_top.sweep.session import Session
from ollama_top.sweep.surroundings import MODELS
from ollama_top.sweep.wishes import SweepWishes

BESIDE_S = 2.0  # for the server beside to say what it holds
LONG_S = 30 * 60.0  # what takes longer is asked first
BESIDE = (
    "{url} holds {names} in memory. Both would share this machine's GPUs and memory: its requests would be"
    " slower, and what is measured here would be off."
)
SALTS = 1 << 20  # prompts differ from sweep to sweep
DEMO = "the demo's "  # models are none of the same names


def run(options: argparse.Namespace, settings: Settings, wishes: SweepWishes) -> int:
    """Measure and print; the exit code. However a user leaves, the server is put back."""
    own = program_of(options.own_server) if options.own_server and not options.demo else None
    is_real = own is None and not options.demo

    async def work() -> int:
        async with _bench(options, own) as bench:
            return await _on(bench, options, wishes, await _beside(options, settings))

    async def work_on_real() -> int:
        async with real_bench(options, settings, wishes) as real:
            return await _on(real.server, options, wishes, real.consents)

    try:
        return refusable(lambda: cancellable.run(work_on_real if is_real else work, is_calm=is_real))
    except BenchError as error:
        _say_words(error)
        return fail(BenchError(f"the server is not as it was: {error}"), NOT_TAKEN_BACK)


async def _on(
    bench: Bench,
    options: argparse.Namespace,
    wishes: SweepWishes,
    consents: Sequence[str],
) -> int:
    """Measure on a bench, and leave it as it was; the exit code."""
    begun: list[Session] = []
    try:
        code = await _sweep(options, wishes, bench, consents, begun)
    except asyncio.CancelledError:
        await bench.put_back()  # before anything is printed: a terminal may be stopped
        for each in begun:
            _part(options, each)
        raise
    finally:
        await bench.put_back()
    for each in begun:
        if each.result is not None:
            await sweep_profile.offer(options, each.result)  # nobody's server waits for the answer
    return code


def program_of(path: str) -> str:
    """The program that a path or a name means; raises UsageError."""
    found = shutil.which(path)
    if found is None:
        raise UsageError(f"--own-server: {path!r} is no program that can be run")
    return found


@asynccontextmanager
async def _bench(options: argparse.Namespace, program: str | None) -> AsyncIterator[Bench]:
    """A server of its own, of the program that was named; with --demo of a simulated one."""
    if program is not None:
        yield OwnServer(program, options.models or os.environ.get(MODELS))
        return
    from ollama_top.demo.server_process import simulated_program

    with simulated_program() as simulated:
        yield OwnServer(simulated, title="the simulated Ollama")


async def _sweep(
    options: argparse.Namespace,
    wishes: SweepWishes,
    bench: Bench,
    consents: Sequence[str],
    begun: list[Session],
) -> int:
    """Look, tell, ask, measure and print; the exit code. `begun` gets the measuring once it goes on."""
    try:
        plan = await prepare(await bench.look(), wishes, time.time_ns() % SALTS, _recall(options))
    except BenchError as error:
        return _failed(bench, error)
    except CannotMeasureError as error:
        return fail(error, NOTHING_READ)
    tell(text.plan_text(plan, bench.name))
    consents = (*_long(plan), *consents)
    if consents and not options.yes and not await agrees(consents, "Begin?"):
        return NOTHING_READ
    progress = Progress()
    session = Session(bench, plan, progress.show, is_demo=options.demo)
    begun.append(session)
    async with progress.going_on():
        sweep = await session.carry_out()
    return _told(options, sweep, session.pace)


def _failed(bench: Bench, error: BenchError) -> int:
    """Say why the server is not there, with its own last words."""
    _say_words(error)
    return fail(BenchError(f"{bench.name} does not serve: {error}"), NOTHING_READ)


def _say_words(error: BenchError) -> None:
    for line in error.log:
        tell(f"    {printable(line)}")


def _long(plan: Plan) -> Iterator[str]:
    if (seconds := text.plan_s(plan)) > LONG_S:
        yield f"This takes about {formats.age(seconds)}."


async def _beside(options: argparse.Namespace, settings: Settings) -> Sequence[str]:
    """What has to be agreed to of the server that is usually looked at, if it works on this machine."""
    target = target_of(options, settings)
    if options.demo or not is_this_machine(target):
        return ()
    http = Http(
        target.url, timeout_s=BESIDE_S, loopback=target.is_loopback, access=access_of(options, settings)
    )
    try:
        names = [each.name for each in await Commands(http).loaded()]
    except (HttpError, BadReplyError):
        return ()
    finally:
        await http.close()
    if not names:
        return ()
    return (BESIDE.format(url=target.url, names=", ".join(names)),)


def _file(options: argparse.Namespace, model: str) -> ResultFile[KeptSweep]:
    return sweep_file(f"{DEMO if options.demo else ''}{model}", platform.node())


def _recall(options: argparse.Namespace) -> Recall:
    """What sweeps of a model are kept; what cannot be read is said when this one is to be kept."""

    def recall(model: str) -> tuple[KeptSweep, ...]:
        try:
            return _file(options, model).load()
        except NotKeptError:
            return ()

    return recall


def _part(options: argparse.Namespace, session: Session) -> None:
    """Print what was measured before a user left, if there is somewhere to print it; nothing is kept."""
    sweep = session.so_far()
    if sweep is not None and not options.json:
        with suppress(OSError, show.NotWrittenError):  # a terminal that was closed
            show.write(text.as_text(sweep, None))


def _told(options: argparse.Namespace, sweep: Sweep, pace: Pace) -> int:
    """Keep the result, print it, and give the exit code."""
    kept = keeping.kept_of(sweep, pace)
    history = _recall(options)(sweep.model)
    try:
        _file(options, sweep.model).add(kept)
    except NotKeptError as error:
        talk(str(error))
    if options.json:
        show.write(document.text_of_value(sweep))
    else:
        show.write(text.as_text(sweep, keeping.compared(kept, history)))
    return verdict.code(sweep)
