"""`ollama-top proxy`: stands before the server, passes every byte on, and tells what passes."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ollama_top.cli.command import Command
from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail, printed
from ollama_top.cli.options import named_feeds, settings_of, target_of
from ollama_top.model.exit_codes import DONE, TAKEN

if TYPE_CHECKING:
    from ollama_top.ollama.host import Target
    from ollama_top.proxy.beside import Telling
    from ollama_top.proxy.run import Setup


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--listen", metavar="ADDR:PORT", default="", help="where clients come (default: 127.0.0.1:11435)"
    )
    parser.add_argument(
        "--upstream", metavar="URL", help="the server, written as in OLLAMA_HOST (default: as --host)"
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="listen on an address that other machines reach: each of them can use the server, and delete "
        "models, without a password",
    )
    parser.add_argument(
        "--rewrite-host",
        metavar="NAME",
        nargs="*",
        help="give the server its own address as Host, for clients that know this machine by another name; "
        "foreign names are refused, but for those listed here",
    )
    parser.add_argument(
        "--max-connections",
        metavar="N",
        type=int,
        help="of clients at once; each takes two descriptors (default: 4096)",
    )
    _declare_telling(parser)


def _declare_telling(parser: argparse.ArgumentParser) -> None:
    """Whom it tells, and where."""
    parser.add_argument(
        "--metrics",
        metavar="ADDR:PORT",
        help="serve counts for Prometheus there, at /metrics (default: nowhere)",
    )
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        nargs="+",
        default=[],
        help="serve --metrics under these names too; without, under addresses and this machine's own name",
    )
    parser.add_argument(
        "--feed-group", metavar="GROUP", help="let the members of a group read the feed, and hold requests"
    )
    parser.add_argument(
        "--unit", action="store_true", help="print a unit of systemd's that does this, and end"
    )


def _run(options: argparse.Namespace) -> int:
    from ollama_top.listening.addresses import AddressError, TakenError
    from ollama_top.proxy.beside import Beside
    from ollama_top.proxy.beside import check as check_telling
    from ollama_top.proxy.feed.place import FeedError
    from ollama_top.proxy.limits import TooFewDescriptorsError
    from ollama_top.proxy.metering.meter import Meter
    from ollama_top.proxy.run import run

    meter = Meter()
    try:
        telling = _telling(options)
        if options.unit:
            return _print_unit(options)
        check_telling(telling)
        run(_setup(options), meter, _say, Beside(telling, meter, _say).run)
    except TakenError as error:
        return fail(error, TAKEN)
    except (AddressError, TooFewDescriptorsError, FeedError) as error:
        raise UsageError(str(error)) from None
    return DONE


def _print_unit(options: argparse.Namespace) -> int:
    from ollama_top.cli import units
    from ollama_top.listening import page
    from ollama_top.outputs import show
    from ollama_top.proxy.run import check

    setup, metrics = _setup(options), _telling(options).metrics
    check(setup)
    if metrics is not None:
        page.check(metrics, allow_remote=setup.allow_remote)
    text = units.of_proxy(options, setup)
    return printed(lambda: show.write(text))


def _telling(options: argparse.Namespace) -> "Telling":
    from ollama_top.listening.addresses import parse_listen
    from ollama_top.proxy.beside import Telling

    metrics = parse_listen(options.metrics) if options.metrics else None
    names = tuple(options.allow_host)
    return Telling(_feed(options), options.feed_group, metrics, options.allow_remote, names)


def _feed(options: argparse.Namespace) -> Path | None:
    """Where its feed is to be; None for where monitors look by themselves."""
    given = named_feeds(options)
    if len(given) > 1:
        raise UsageError("--feed: a proxy has one feed")
    return given[0] if given else None


def _setup(options: argparse.Namespace) -> "Setup":
    from ollama_top.listening.addresses import Listen, parse_listen
    from ollama_top.proxy.limits import Limits
    from ollama_top.proxy.run import Setup

    most = options.max_connections
    if most is not None and most < 1:
        raise UsageError(f"--max-connections: {most} is less than one")
    names = options.rewrite_host
    return Setup(
        upstream=_upstream(options),
        listen=parse_listen(options.listen) if options.listen else Listen(),
        allow_remote=options.allow_remote,
        rewrite_hosts=None if names is None else tuple(names),
        limits=Limits() if most is None else Limits(connections=most),
    )


def _upstream(options: argparse.Namespace) -> "Target":
    from ollama_top.ollama.host import parse_target

    if options.upstream is None:
        return target_of(options, settings_of(options))
    try:
        return parse_target(options.upstream)
    except ValueError as error:
        raise UsageError(f"--upstream: {error}") from None


def _say(line: str) -> None:
    print(f"ollama-top proxy: {line}", file=sys.stderr, flush=True)


COMMAND = Command(
    "proxy",
    "stand before the server and pass every byte on unchanged",
    "Pass everything between clients and the server, unchanged and at once, until told to stop.",
    _declare,
    _run,
    prints=False,
)
