"""`ollama-top sweep`: which settings serve a model best, measured on a server of its own or on yours."""

import argparse
from typing import TYPE_CHECKING

from ollama_top.cli import sending
from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import printed
from ollama_top.cli.options import settings_of

if TYPE_CHECKING:
    from ollama_top.sweep.wishes import SweepWishes


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set",
        dest="axes",
        metavar="NAME=V,V",
        action="append",
        default=[],
        help="a variable and its values; unset leaves it unset (default: OLLAMA_NUM_PARALLEL=1,2,4,8)",
    )
    parser.add_argument(
        "--own-server",
        metavar="PATH",
        help="the program to start as `PATH serve`, such as /usr/local/bin/ollama: a server of its own, on a"
        " free port, which is ended in any case (default: your server, as `set` changes it, put back after)",
    )
    parser.add_argument(
        "--models", metavar="DIR", help="folder of its models (default: $OLLAMA_MODELS, else Ollama's own)"
    )
    sending.declare(parser, usual_model="the smallest that writes", limited="one burst, and for a load")
    parser.add_argument(
        "--limit-ttft",
        metavar="S",
        type=float,
        help="95 of 100 first pieces are to come within so many seconds (default: 5)",
    )
    parser.add_argument("--repeats", metavar="R", type=int, help="how often each is measured (default: 3)")
    parser.add_argument("--save", metavar="NAME", help="save what is recommended as a profile of that name")
    parser.add_argument("--yes", action="store_true", help="agree to what would be asked")


def _run(options: argparse.Namespace) -> int:
    from ollama_top.cli import sweep_profile, sweeping
    from ollama_top.sweep import wishes as checking

    wishes = wishes_of(options)
    if (problem := checking.check(wishes)) is not None:
        raise UsageError(problem)
    sweep_profile.check(options)
    settings = settings_of(options)
    return printed(lambda: sweeping.run(options, settings, wishes))


def wishes_of(options: argparse.Namespace) -> "SweepWishes":
    """What was asked for, with the defaults of what was not; raises UsageError."""
    from ollama_top.sweep import axes, plan
    from ollama_top.sweep.wishes import SweepWishes

    try:
        parsed = axes.parse_axes(options.axes)
    except axes.SweepError as error:
        raise UsageError(f"--set: {error}") from None
    sent = sending.sent_of(options)
    return SweepWishes(
        axes=parsed,
        model=options.model,
        tokens=sent.tokens,
        prompt_tokens=sent.prompt_tokens,
        limit_s=sent.limit_s,
        ttft_limit_s=plan.USUAL_TTFT_LIMIT_S if options.limit_ttft is None else options.limit_ttft,
        repeats=plan.USUAL_REPEATS if options.repeats is None else options.repeats,
    )


COMMAND = Command(
    "sweep",
    "measure one setting after another, and recommend the best",
    "Give the server, or one of its own, each combination of settings, send bursts of rising size, and"
    " recommend the settings that write most tokens with first pieces in time and nothing in RAM that a GPU"
    " could hold."
    " Exit status 1: none is fit to be recommended; 2: nothing could be measured.",
    _declare,
    _run,
)
