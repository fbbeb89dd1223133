"""`ollama-top set`: other settings for the server, with a plan before and a proof after."""

import argparse
from math import inf

from ollama_top.cli.command import Command
from ollama_top.cli.exits import printed
from ollama_top.cli.options import settings_of

LIMIT_S = 120.0


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value < inf:  # false of nan as well, which would never be over
        raise ValueError(text)
    return value


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "assignments", metavar="NAME=VALUE", nargs="*", help="a variable, such as OLLAMA_NUM_PARALLEL=4"
    )
    parser.add_argument(
        "--unset", metavar="NAME", action="append", default=[], help="a variable to take away"
    )
    parser.add_argument("--plan", action="store_true", help="print what would be done, and change nothing")
    parser.add_argument("--yes", action="store_true", help="agree to the plan")
    parser.add_argument("--no-restart", action="store_true", help="write it for the next start only")
    parser.add_argument(
        "--drain",
        metavar="S",
        type=_seconds,
        nargs="?",
        const=LIMIT_S,
        help=f"wait until no request is in flight, so long at the most (default: {LIMIT_S:g} s)",
    )
    parser.add_argument(
        "--through-proxy",
        action="store_true",
        help="have the proxy keep new requests back meanwhile, so that none fails",
    )
    parser.add_argument(
        "--reload-models", action="store_true", help="load the models again that are in memory now"
    )
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
