"""`ollama-top set`: other settings for the server, with a plan before and a proof after."""

import argparse

from ollama_top.cli import how
from ollama_top.cli.command import Command
from ollama_top.cli.exits import printed
from ollama_top.cli.options import settings_of


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "assignments", metavar="NAME=VALUE", nargs="*", help="a variable, such as OLLAMA_NUM_PARALLEL=4"
    )
    parser.add_argument(
        "--unset", metavar="NAME", action="append", default=[], help="a variable to take away"
    )
    how.declare(parser)
    parser.add_argument("--finish", action="store_true", help="bring a change to its end that was cut off")
    parser.add_argument("--carry", action="store_true", help=argparse.SUPPRESS)  # for the monitor


def _run(options: argparse.Namespace) -> int:
    from ollama_top.cli import carrying, changing

    settings = settings_of(options)
    if options.carry:
        return carrying.run(options, settings)
    return printed(lambda: changing.run(options, settings, lambda view: changing.change(options, view)))


COMMAND = Command(
    "set",
    "change settings of the server and restart it, safely",
    "Change the server's environment where it belongs, restart it, and watch whether that holds; what does"
    " not is taken back. Exit status 1: it was taken back; 2: nothing was done; 3: taking it back failed.",
    _declare,
    _run,
)
