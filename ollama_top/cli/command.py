"""What a command is. A tuple, since what makes a dataclass takes longer to load than --help may."""

import argparse
from collections.abc import Callable
from typing import NamedTuple


class Command(NamedTuple):
    """One command of the command line, without what every command has."""

    name: str
    help: str  # in one line, for the list of commands
    description: str
    declare: Callable[[argparse.ArgumentParser], None]  # adds its own options
    run: Callable[[argparse.Namespace], int]  # the exit code; raises UsageError
    prints: bool = True  # something that is looked at, of a real server or of the simulated one


class Group(NamedTuple):
    """Commands under one name, one of which has to follow it."""

    name: str
    help: str
    description: str
    commands: tuple[Command, ...]


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Declare the option that looks at the simulation."""
    parser.add_argument(
        "--demo", action="store_true", default=argparse.SUPPRESS, help="look at a simulated server"
    )
