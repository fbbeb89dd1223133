"""Commands and flags; the only place that turns errors into exit codes.

Heavy imports stay inside the command that needs them: --help must cost next to nothing.
"""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ollama_top import __version__
from ollama_top.config.interval import DEFAULT_S
from ollama_top.model.text import printable

if TYPE_CHECKING:
    from ollama_top.config.settings import Settings
    from ollama_top.engine.feed import AskingFeed
    from ollama_top.ollama.host import Target

DONE, FOUND, NOTHING_READ, USAGE, NOT_WRITTEN, INTERRUPTED = 0, 1, 2, 64, 74, 128 + 2
EXIT_CODES = {
    DONE: "done",
    FOUND: "something was found that is more than information (doctor)",
    NOTHING_READ: "nothing could be read",
    USAGE: "wrong use or settings",
    NOT_WRITTEN: "the output could not be written",
    INTERRUPTED: "interrupted",
}
EXIT_STATUS = f"exit status: {'; '.join(f'{code} {meaning}' for code, meaning in EXIT_CODES.items())}"


class UsageError(Exception):
    """What was asked for cannot be done as asked; the text says what to change."""


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the program and end it with its exit code."""
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    options = _parser().parse_args(argv)
    from ollama_top.config.settings import ConfigError

    try:
        code: int = options.command(options)
    except (UsageError, ConfigError) as error:
        return _fail(error, USAGE)
    except BrokenPipeError:  # the reader has seen enough
        _drop_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _fail(error: Exception, code: int) -> int:
    """Say what went wrong, if there is somewhere to say it; the exit code."""
    if sys.stderr is not None:
        print(f"ollama-top: {printable(str(error))}", file=sys.stderr)
    return code


def _drop_output() -> None:
    """Let nothing be written any more: what is left over is flushed at the end, and would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {printable(message)}\n")


def _parser() -> _Parser:
    common = _common()
    parser = _Parser(
        prog="ollama-top",
        description="What an Ollama server is doing, and why a request waits: htop for Ollama.",
        epilog=EXIT_STATUS,
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"ollama-top {__version__}")
    parser.add_argument(
        "--read-only", action="store_true", default=None, help="take no key that changes the server"
    )
    parser.add_argument("--demo", action="store_true", help="watch a simulated server instead of a real one")
    parser.add_argument("--theme", metavar="NAME", help="colours; T goes through them")
    parser.set_defaults(command=_monitor)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands", parser_class=_Parser)
    show = _add(
        commands,
        common,
        "show",
        "print what the monitor would show, without a screen",
        "Print one look at the server: plain text, or JSON as docs/reference.md describes it.",
    )
    show.add_argument("--watch", action="store_true", help="go on looking; documents come one a line")
    show.set_defaults(command=_show)
    what_if = _add(
        commands,
        common,
        "what-if",
        "tell what other settings would cost in memory, and whether there is room",
        "Work out a model's K/V cache under other settings. Nothing is changed.",
    )
    what_if.add_argument(
        "wishes", metavar="NAME=VALUE", nargs="+", help="a setting to try, such as OLLAMA_NUM_PARALLEL=4"
    )
    what_if.add_argument("--model", metavar="M", help="an installed model (default: the one that is loaded)")
    what_if.set_defaults(command=_what_if)
    _add_doctor(commands, common)
    return parser


def _add(commands: Any, common: _Parser, name: str, short: str, long: str) -> _Parser:  # noqa: ANN401 - argparse keeps the type of `commands` to itself
    """A command that prints, of a real server or of the simulated one."""
    parser: _Parser = commands.add_parser(
        name, parents=[common], help=short, description=long, epilog=EXIT_STATUS, allow_abbrev=False
    )
    parser.add_argument("--json", action="store_true", help="one JSON document")
    parser.add_argument(
        "--demo", action="store_true", default=argparse.SUPPRESS, help="look at a simulated server"
    )
    return parser


def _add_doctor(commands: "argparse._SubParsersAction[_Parser]", common: "_Parser") -> None:
    doctor = commands.add_parser(
        "doctor",
        parents=[common],
        help="say what could be better, why, and what mends it",
        description="Look at the server and its settings, and print what could be better.",
        epilog=EXIT_STATUS,
        allow_abbrev=False,
    )
    doctor.add_argument("--json", action="store_true", help="as one JSON document")
    doctor.add_argument(
        "--for",
        dest="seconds",
        metavar="S",
        type=float,
        default=0.0,
        help="watch so many seconds (default: one look)",
    )
    doctor.add_argument(
        "--demo", action="store_true", default=argparse.SUPPRESS, help="look at a simulated server"
    )
    doctor.set_defaults(command=_doctor)


def _common() -> _Parser:
    """The options that every command takes, before its name or after it."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--host", metavar="URL", help="the server, written as in OLLAMA_HOST (default: $OLLAMA_HOST)"
    )
    common.add_argument(
        "--interval", metavar="S", type=float, help=f"seconds between looks (default: {DEFAULT_S:g})"
    )
    common.add_argument("--config", metavar="FILE", type=Path, help="settings file (default: the user's own)")
    common.add_argument("--ca-file", metavar="FILE", help="certificates to trust for a remote https server")
    common.add_argument(
        "--insecure", action="store_true", help="trust any certificate of a remote https server"
    )
    return common


def _monitor(options: argparse.Namespace) -> int:
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageError("the monitor needs a terminal; `ollama-top show` prints the same without one")
    settings = _settings(options)
    interval_s = _interval_s(options, settings)
    feed = _feed_of(options, settings)
    title = "the demo" if options.demo else _target(options, settings).url
    if _ca_file(options, settings) and not options.demo:
        _live(options, settings, interval_s)  # what it refuses is to be said before there is a screen
    from ollama_top.config.kept_file import file_for
    from ollama_top.sources.user import own_name
    from ollama_top.tui.app import MonitorApp
    from ollama_top.tui.keeping import Keeping

    read_only = bool(settings.read_only if options.read_only is None else options.read_only)
    app = MonitorApp(
        lambda: feed(interval_s, None),
        title=title,
        read_only=read_only,
        user=own_name(),
        interval_s=interval_s,
        theme=_theme(options, settings),
        demo_offer=None if options.demo else lambda: _demo(interval_s),
        keeping=Keeping(file_for(title, platform.node())),
    )
    app.run()
    return app.return_code or DONE


def _show(options: argparse.Namespace) -> int:
    from ollama_top.outputs import show

    settings = _settings(options)
    interval_s = _interval_s(options, settings)
    feed = _feed_of(options, settings)
    make_printer = show.json_printer if options.json else show.plain_printer
    printer = make_printer(watch=options.watch)
    if options.watch:
        return _printed(lambda: show.watch(lambda: feed(interval_s, None), printer))
    return _printed(lambda: show.once(feed, printer))


def _what_if(options: argparse.Namespace) -> int:
    from ollama_top.outputs import what_if

    feed = _feed_of(options, _settings(options))
    printer = what_if.json_printer() if options.json else what_if.plain_printer()
    try:
        return _printed(lambda: what_if.once(feed, options.model, options.wishes, printer))
    except what_if.WrongUseError as error:
        raise UsageError(str(error)) from None


def _printed(act: Callable[[], None]) -> int:
    """Look and print; the exit code."""
    from ollama_top.outputs import show

    try:
        act()
    except show.NothingReadError as error:
        return _fail(error, NOTHING_READ)
    except show.NotWrittenError as error:
        _drop_output()
        return _fail(error, NOT_WRITTEN)
    return DONE


def _doctor(options: argparse.Namespace) -> int:
    from ollama_top.doctor.examine import worth_acting_on
    from ollama_top.outputs import doctor, show

    settings = _settings(options)
    interval_s = _interval_s(options, settings) if options.seconds else show.BETWEEN_LOOKS_S
    feed = _feed_of(options, settings)
    try:
        watched = doctor.watch(lambda: feed(interval_s, show.PATIENCE_S), options.seconds)
        show.write(doctor.as_json(watched) if options.json else doctor.as_text(watched))
    except show.NothingReadError as error:
        return _fail(error, NOTHING_READ)
    except show.NotWrittenError as error:
        _drop_output()
        return _fail(error, NOT_WRITTEN)
    if any(worth_acting_on(watched.findings)):
        return FOUND
    return (
        DONE
        if watched.frame.snapshot.server.reachable
        else _fail(
            show.NothingReadError(f"the server cannot be read: {watched.frame.snapshot.server.problem}"),
            NOTHING_READ,
        )
    )


def _feed_of(
    options: argparse.Namespace, settings: "Settings"
) -> Callable[[float, float | None], "AskingFeed"]:
    """What makes the feed that was asked for, by its interval and its patience."""
    if options.demo:
        return lambda interval_s, _: _demo(interval_s)
    return lambda interval_s, share_s: _live(options, settings, interval_s, share_s)


def _demo(interval_s: float) -> "AskingFeed":
    from ollama_top.demo.feed import DemoFeed

    return DemoFeed(interval_s)


def _live(
    options: argparse.Namespace, settings: "Settings", interval_s: float, share_s: float | None = None
) -> "AskingFeed":
    from ollama_top.engine.live import SHARE_S, LiveFeed
    from ollama_top.sources.http import Access, HttpError

    access = Access(
        token=_token(),
        ca_file=_ca_file(options, settings),
        insecure=bool(_given(options, "insecure") or settings.insecure),
    )
    try:
        return LiveFeed(
            _target(options, settings), interval_s=interval_s, access=access, share_s=share_s or SHARE_S
        )
    except HttpError as error:
        raise UsageError(str(error)) from None


def _settings(options: argparse.Namespace) -> "Settings":
    from ollama_top.config import settings

    return settings.load(_given(options, "config"))


def _interval_s(options: argparse.Namespace, settings: "Settings") -> float:
    from ollama_top.config.settings import check_interval

    given = _given(options, "interval")
    return check_interval(given, "--interval") if given is not None else settings.interval_s or DEFAULT_S


def _target(options: argparse.Namespace, settings: "Settings") -> "Target":
    from ollama_top.config.settings import HOST_VARIABLE
    from ollama_top.ollama.host import parse_target

    for name, value in (
        ("--host", _given(options, "host")),
        (HOST_VARIABLE, os.environ.get(HOST_VARIABLE)),
        ("host in the settings file", settings.host),
    ):
        if value:
            try:
                return parse_target(value)
            except ValueError as error:
                raise UsageError(f"{name}: {error}") from None
    return parse_target("")


def _ca_file(options: argparse.Namespace, settings: "Settings") -> str | None:
    given: str | None = _given(options, "ca_file")
    return given or settings.ca_file


def _theme(options: argparse.Namespace, settings: "Settings") -> str | None:
    from ollama_top.tui.themes import THEMES

    names = [each.name for each in THEMES]
    name: str | None = options.theme or settings.theme
    if name is not None and name not in names:
        raise UsageError(f"there is no theme {name!r}; there are {', '.join(names)}")
    return name


def _token() -> str | None:
    from ollama_top.config.settings import TOKEN_VARIABLE

    return os.environ.get(TOKEN_VARIABLE) or None


def _given(options: argparse.Namespace, name: str) -> Any:  # noqa: ANN401 - argparse knows the types
    """An option of every command; None where it is not given, since it may stand in two places."""
    return getattr(options, name, None)
