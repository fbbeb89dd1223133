"""`ollama-top burst`: several requests at once; its exit code says whether the settings keep their word."""

import argparse
from typing import TYPE_CHECKING

from ollama_top.cli import sending
from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import printed
from ollama_top.cli.options import settings_of

if TYPE_CHECKING:
    from ollama_top.burst.spec import Wishes


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-n",
        dest="requests",
        metavar="N",
        type=int,
        help="requests at once (default: twice as many as the server serves, and two more at least)",
    )
    sending.declare(parser, usual_model="the one in memory", limited="one alone, and for all at once")
    parser.add_argument(
        "--against",
        metavar="URL[=name][#model]",
        nargs="+",
        action="extend",
        help="compare with servers that speak OpenAI's dialect (TabbyAPI, vLLM, llama-server, LM Studio)",
    )
    parser.add_argument("--yes", action="store_true", help="agree to what would be asked")
    parser.add_argument("--events", action="store_true", help=argparse.SUPPRESS)  # for the monitor


def _run(options: argparse.Namespace) -> int:
    from ollama_top.burst import spec
    from ollama_top.cli import against, bursting

    wishes = wishes_of(options)
    if (problem := spec.check(wishes)) is not None:
        raise UsageError(problem)
    against.rivals_of(options)
    settings = settings_of(options)
    return printed(lambda: bursting.run(options, settings, wishes))


def wishes_of(options: argparse.Namespace) -> "Wishes":
    """What was asked for; what was not is left to the defaults."""
    from ollama_top.burst import spec

    sent = sending.sent_of(options)
    return spec.Wishes(
        requests=options.requests,
        model=options.model,
        tokens=sent.tokens,
        prompt_tokens=sent.prompt_tokens,
        limit_s=sent.limit_s,
    )


COMMAND = Command(
    "burst",
    "send several requests at once, and tell how many are served at once",
    "Send one request, then several at once, and measure what the settings claim. Exit status 1: less is"
    " served at once than is configured; 2: it could not be measured.",
    _declare,
    _run,
)
