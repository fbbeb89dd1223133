"""`ollama-top doctor`: what could be better; its exit code says whether there is anything."""

import argparse
from typing import TYPE_CHECKING

from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail, printed
from ollama_top.cli.feeds import feed_of
from ollama_top.cli.options import interval_s_of, settings_of
from ollama_top.model.exit_codes import DONE, FOUND, NOTHING_READ

if TYPE_CHECKING:
    from ollama_top.outputs.doctor import Watched

LONGEST_S = 24 * 3600.0


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--for",
        dest="seconds",
        metavar="S",
        type=float,
        default=0.0,
        help="watch so many seconds, for what must last to be told (default: one look)",
    )


def _run(options: argparse.Namespace) -> int:
    from ollama_top.outputs import doctor, show

    settings = settings_of(options)
    if not 0 <= options.seconds <= LONGEST_S:
        raise UsageError(f"--for: {options.seconds} is not between 0 and {LONGEST_S:g} seconds")
    interval_s = interval_s_of(options, settings) if options.seconds else show.BETWEEN_LOOKS_S
    feed = feed_of(options, settings)

    def look() -> int:
        watched = doctor.watch(lambda: feed(interval_s, show.PATIENCE_S), options.seconds)
        show.write(doctor.as_json(watched) if options.json else doctor.as_text(watched))
        return _code(watched)

    return printed(look)


def _code(watched: "Watched") -> int:
    """Findings go before all else: they may be why nothing could be read."""
    from ollama_top.doctor.examine import worth_acting_on
    from ollama_top.outputs.show import NothingReadError

    if any(worth_acting_on(watched.findings)):
        return FOUND
    server = watched.frame.snapshot.server
    if server.reachable:
        return DONE
    return fail(NothingReadError(f"the server cannot be read: {server.problem}"), NOTHING_READ)


COMMAND = Command(
    "doctor",
    "say what could be better, why, and what mends it",
    "Look at the server and its settings, and print what could be better.",
    _declare,
    _run,
)
