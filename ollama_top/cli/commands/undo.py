"""`ollama-top undo`: the last change of settings is taken back."""

import argparse

from ollama_top.cli.command import Command
from ollama_top.cli.exits import printed
from ollama_top.cli.options import settings_of


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", action="store_true", help="print what would be done, and change nothing")
    parser.add_argument("--yes", action="store_true", help="agree to the plan")


def _run(options: argparse.Namespace) -> int:
    from ollama_top.cli import changing

    settings = settings_of(options)
    return printed(lambda: changing.run(options, settings, lambda view: changing.undo(options, view)))


COMMAND = Command(
    "undo",
    "take the last change of settings back",
    "Take back what `ollama-top set` changed last, or what was cut off, and restart the server.",
    _declare,
    _run,
)
