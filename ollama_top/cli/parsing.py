"""The command line: the monitor's options, those of every command, and the commands."""

import argparse
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, NoReturn

from ollama_top import __version__
from ollama_top.cli import monitor, recording
from ollama_top.cli.command import Command, Group, add_demo
from ollama_top.cli.commands import NAMES, load
from ollama_top.cli.exits import exit_status
from ollama_top.config.interval import DEFAULT_S, OF_SERVE_S
from ollama_top.model.exit_codes import USAGE
from ollama_top.model.text import printable

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

HELP = frozenset({"-h", "--help"})


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {printable(message)}\n")

    def _print_message(self, message: str, file: "SupportsWrite[str] | None" = None) -> None:
        """As the base does, which hides what could not be written."""
        stream = file or sys.stderr
        if message and stream is not None:
            stream.write(message)


def parser(words: Collection[str] | None = None) -> argparse.ArgumentParser:
    """What reads the command line; it sets `command`, which takes the options and gives the exit code.

    With `words` it is to read those only: commands that are not among them stay without their options,
    and their files are not loaded, but for the list of all in --help.
    """
    common = _common()
    whole = _Parser(
        prog="ollama-top",
        description="What an Ollama server is doing, and why a request waits: htop for Ollama.",
        epilog=exit_status(),
        parents=[common],
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"ollama-top {__version__}")
    whole.add_argument(
        "--read-only", action="store_true", default=None, help="take no key that changes the server"
    )
    whole.add_argument("--demo", action="store_true", help="watch a simulated server instead of a real one")
    whole.add_argument("--theme", metavar="NAME", help="colours; T goes through them")
    whole.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="draw in ASCII alone (default: where the locale is none of UTF-8)",
    )
    whole.add_argument(
        "--ssh",
        metavar="HOST",
        nargs="+",
        default=(),
        help="watch the server of another machine, where ollama-top is too; several: a line for each",
    )
    recording.declare(whole)
    whole.set_defaults(command=monitor.run)
    commands = whole.add_subparsers(metavar="COMMAND", title="commands", parser_class=_Parser)
    named = set(NAMES) if words is None or not HELP.isdisjoint(words) else set(words)
    for name in NAMES:
        if name in named:
            _add(commands, load(name), common, words)
        else:
            commands.add_parser(name, add_help=False)
    return whole


def _add(
    commands: "argparse._SubParsersAction[_Parser]",
    command: Command | Group,
    common: _Parser,
    words: Collection[str] | None,
    group: str = "",
) -> None:
    own = commands.add_parser(
        command.name,
        parents=[common],
        help=command.help,
        description=command.description,
        epilog=exit_status(f"{group}{command.name}"),
        allow_abbrev=False,
    )
    if words is not None and command.name not in words:
        return
    if isinstance(command, Group):
        inner = own.add_subparsers(metavar="COMMAND", title="commands", required=True, parser_class=_Parser)
        for each in command.commands:
            _add(inner, each, common, words, f"{command.name} ")
        return
    command.declare(own)
    if command.prints:
        own.add_argument("--json", action="store_true", help="one JSON document")
        add_demo(own)
    own.set_defaults(command=command.run)


def _common() -> _Parser:
    """The options that every command takes, before its name or after it."""
    common = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument(
        "--host",
        metavar="URL",
        help="the server, written as in OLLAMA_HOST (default: $OLLAMA_HOST, else that of the settings file,"
        " else 127.0.0.1:11434)",
    )
    common.add_argument(
        "--interval",
        metavar="S",
        type=float,
        help=f"seconds between looks (default: {DEFAULT_S:g}, of serve {OF_SERVE_S:g})",
    )
    common.add_argument("--config", metavar="FILE", help="settings file (default: the user's own)")
    common.add_argument("--ca-file", metavar="FILE", help="certificates to trust for a remote https server")
    common.add_argument(
        "--insecure", action="store_true", help="trust any certificate of a remote https server"
    )
    common.add_argument(
        "--feed",
        metavar="PATH",
        action="append",
        help="the socket where a proxy tells what passes: `proxy` puts it there, others read it beside those"
        " that they find",
    )
    return common
