"""`ollama-top what-if`: what other settings would cost in memory."""

import argparse

from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import printed
from ollama_top.cli.feeds import feed_of
from ollama_top.cli.options import settings_of


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "wishes", metavar="NAME=VALUE", nargs="+", help="a setting to try, such as OLLAMA_NUM_PARALLEL=4"
    )
    parser.add_argument("--model", metavar="M", help="an installed model (default: the one that is loaded)")


def _run(options: argparse.Namespace) -> int:
    from ollama_top.outputs import what_if

    feed = feed_of(options, settings_of(options))
    printer = what_if.json_printer() if options.json else what_if.plain_printer()
    try:
        return printed(lambda: what_if.once(feed, options.model, options.wishes, printer))
    except what_if.WrongUseError as error:
        raise UsageError(str(error)) from None


COMMAND = Command(
    "what-if",
    "tell what other settings would cost in memory, and whether there is room",
    "Work out a model's K/V cache under other settings. Nothing is changed.",
    _declare,
    _run,
)
