"""`ollama-top profile`: named sets of values for the server's variables, kept apart by machine."""

import argparse
from collections.abc import Callable

from ollama_top.cli import how
from ollama_top.cli.command import Command, Group, add_demo
from ollama_top.cli.exits import printed


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    """Runs a function of `cli.profiling`, which is loaded then."""

    def run(options: argparse.Namespace) -> int:
        from ollama_top.cli import profiling

        act: Callable[[argparse.Namespace], int] = getattr(profiling, name)
        return printed(lambda: act(options))

    return run


def _nothing(_: argparse.ArgumentParser) -> None:
    """It has no options of its own."""


def _name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="a profile, as `profile list` names it")


def _apply(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    how.declare(parser)


def _save(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="what to call it")
    parser.add_argument(
        "values",
        metavar="NAME=VALUE",
        nargs="*",
        help="a variable such as OLLAMA_NUM_PARALLEL=4; without a value it is taken away"
        " (default: what the server has)",
    )
    _replace(parser)
    add_demo(parser)


def _delete(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    add_demo(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    _name(parser)
    parser.add_argument("file", metavar="FILE", nargs="?", help="a new file (default: standard output)")
    add_demo(parser)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="what `profile export` wrote; - is standard input")
    _replace(parser)
    add_demo(parser)


def _replace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--replace", action="store_true", help="take the place of one of the same name")


GROUP = Group(
    "profile",
    "keep sets of values for the server's variables, and compare them with what it has",
    "Named sets of values for Ollama's variables, in a file that a person can edit, kept apart by machine."
    " No profile changes the server by being kept.",
    (
        Command(
            "list",
            "name every profile of this machine",
            "Name the profiles that are saved for this machine, and those that are built in.",
            _nothing,
            _run("list_all"),
        ),
        Command(
            "show",
            "print what a profile sets",
            "Print what a profile sets, what each variable does, and what is odd about it.",
            _name,
            _run("show_one"),
        ),
        Command(
            "save",
            "keep values under a name",
            "Keep values under a name: those that are given, else those that the server has been given.",
            _save,
            _run("save"),
            prints=False,
        ),
        Command(
            "diff",
            "compare a profile with what the server has",
            "Print a profile beside what the next start would get and the running server has, and what it"
            " would cost in memory. Exit status 1: something differs; 2: what the server has is not known.",
            _name,
            _run("compare"),
        ),
        Command(
            "apply",
            "give the server a profile's values, and prove it",
            "Change the server's environment to what a profile sets, as `ollama-top set` does: the plan is"
            " shown first. Exit status 1: it was taken back; 2: nothing was done; 3: taking it back failed.",
            _apply,
            _run("apply"),
        ),
        Command(
            "delete",
            "take a saved profile out of the file",
            "Take a saved profile out of the file, and print what it was.",
            _delete,
            _run("delete"),
            prints=False,
        ),
        Command(
            "export",
            "write a profile as a file for another machine",
            "Write a profile as a text of its own, which another machine can import.",
            _export,
            _run("export"),
            prints=False,
        ),
        Command(
            "import",
            "keep the profiles of a file that was exported",
            "Keep the profiles of a file that was exported: all of them, or none.",
            _import,
            _run("import_all"),
            prints=False,
        ),
    ),
)
