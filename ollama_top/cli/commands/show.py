"""`ollama-top show`: one look, or one after the other, without a screen."""

import argparse

from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import printed
from ollama_top.cli.feeds import feed_of
from ollama_top.cli.options import interval_s_of, settings_of
from ollama_top.cli.recording import declare, recorded, recording_of


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--watch", action="store_true", help="go on looking; documents come one a line")
    parser.add_argument(
        "--prometheus", action="store_true", help="one look as Prometheus's text, for its textfile collector"
    )
    declare(parser)


def _run(options: argparse.Namespace) -> int:
    from ollama_top.outputs import show

    if hasattr(options, "record") and not options.watch:
        raise UsageError("--record is for the monitor, and for `show --watch`")
    recording = recording_of(options)
    settings = settings_of(options)
    interval_s = interval_s_of(options, settings)
    feed = feed_of(options, settings)
    if options.prometheus:
        if options.json or options.watch:
            raise UsageError("--prometheus is one look of its own kind: without --json and --watch")
        return printed(lambda: show.once(feed, show.prometheus_printer))
    make_printer = show.json_printer if options.json else show.plain_printer
    printer = make_printer(watch=options.watch)
    if options.watch:
        return printed(lambda: show.watch(lambda: recorded(feed(interval_s, None), recording), printer))
    return printed(lambda: show.once(feed, printer))


COMMAND = Command(
    "show",
    "print what the monitor would show, without a screen",
    "Print one look at the server: plain text, or JSON as docs/reference.md describes it.",
    _declare,
    _run,
)
