"""`ollama-top frames`: Frames and orders over the standard streams, for `--ssh` at the other end."""

import argparse

from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import printed
from ollama_top.cli.feeds import feed_of
from ollama_top.cli.options import interval_s_of, settings_of
from ollama_top.model.exit_codes import DONE


def _declare(_: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def _run(options: argparse.Namespace) -> int:
    import sys

    from ollama_top.outputs import show
    from ollama_top.remote import serving

    if sys.stdin is None or sys.stdout is None or sys.stdin.isatty() or sys.stdout.isatty():
        raise UsageError("frames is what `ollama-top --ssh HOST` runs at the other end; it talks over pipes")
    settings = settings_of(options)
    feed = feed_of(options, settings)(interval_s_of(options, settings), None)

    async def work() -> int:
        await serving.serve(feed)
        return DONE

    return printed(lambda: show.run(work))


COMMAND = Command(
    "frames",
    "tell Frames to another ollama-top, which shows them (--ssh runs this)",
    "Look at the server of this machine, tell each Frame as a line, and do what is asked for on standard"
    " input, until that ends.",
    _declare,
    _run,
)
