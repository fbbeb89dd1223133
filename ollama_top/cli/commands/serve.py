"""`ollama-top serve`: looks as the monitor does, and tells Prometheus what is seen."""

import argparse
import sys
from typing import TYPE_CHECKING

from ollama_top.cli.command import Command, add_demo
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail, printed
from ollama_top.cli.options import interval_s_of, settings_of
from ollama_top.config.interval import OF_SERVE_S
from ollama_top.model.exit_codes import DONE, NOTHING_READ, TAKEN

if TYPE_CHECKING:
    from ollama_top.exporter.run import Setup


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--metrics",
        metavar="ADDR:PORT",
        default="",
        help="where Prometheus comes, to /metrics (default: 127.0.0.1:9436)",
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="serve on an address that other machines reach: each of them can read what is told",
    )
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        nargs="+",
        default=[],
        help="names of this machine that readers use; addresses and its own name are always allowed",
    )
    parser.add_argument(
        "--unit", action="store_true", help="print a unit of systemd's that does this, and end"
    )
    parser.add_argument("--dashboard", action="store_true", help="print the dashboard for Grafana, and end")
    add_demo(parser)


def _run(options: argparse.Namespace) -> int:
    if options.dashboard:
        return printed(_print_dashboard)
    from ollama_top.cli.feeds import feed_of
    from ollama_top.exporter import run, watching
    from ollama_top.listening.addresses import AddressError, TakenError

    if options.unit:
        return _print_unit(options)
    settings = settings_of(options)
    interval_s = interval_s_of(options, settings, OF_SERVE_S)
    make_feed = feed_of(options, settings)
    make_feed(interval_s, None)  # what is refused is to be said now
    try:
        run.run(
            _setup(options),
            lambda: watching.Watching(lambda: make_feed(interval_s, None), interval_s),
            _say,
        )
    except TakenError as error:
        return fail(error, TAKEN)
    except AddressError as error:
        raise UsageError(str(error)) from None
    except OSError as error:  # of the machine, as where its processes cannot be listed
        return fail(error, NOTHING_READ)
    return DONE


def _setup(options: argparse.Namespace) -> "Setup":
    from ollama_top.exporter.run import DEFAULT_PORT, Setup
    from ollama_top.listening.addresses import parse_listen

    return Setup(parse_listen(options.metrics, DEFAULT_PORT), options.allow_remote, tuple(options.allow_host))


def _print_unit(options: argparse.Namespace) -> int:
    from ollama_top.cli import units
    from ollama_top.listening import page
    from ollama_top.listening.addresses import AddressError
    from ollama_top.outputs import show

    try:
        setup = _setup(options)
        page.check(setup.listen, allow_remote=setup.allow_remote)
    except AddressError as error:
        raise UsageError(str(error)) from None
    text = units.of_serve(options, setup)
    return printed(lambda: show.write(text))


def _print_dashboard() -> None:
    from ollama_top.metrics.dashboard import dashboard
    from ollama_top.outputs import show

    show.write(dashboard())


def _say(line: str) -> None:
    print(f"ollama-top serve: {line}", file=sys.stderr, flush=True)


COMMAND = Command(
    "serve",
    "tell Prometheus what the monitor would show",
    "Look at the server as the monitor does, and serve what is seen to Prometheus, until told to stop. It"
    " looks as long as somebody reads: after five minutes without, it rests until the next reader comes.",
    _declare,
    _run,
    prints=False,
)
