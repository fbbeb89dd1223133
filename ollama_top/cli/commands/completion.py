"""`ollama-top completion`: what a shell needs to complete this command line."""

import argparse
from collections.abc import Iterator

from ollama_top.cli.command import Command
from ollama_top.cli.exits import printed

SHELLS = ("bash", "zsh", "fish")
OF_FILES = ("FILE", "PATH")  # how options call their value where it is a file


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete")


def _run(options: argparse.Namespace) -> int:
    import shtab

    from ollama_top.cli.parsing import parser
    from ollama_top.outputs import show

    whole = parser()
    for action in actions(whole):
        if action.metavar in OF_FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    text = shtab.complete(whole, shell=options.shell)
    return printed(lambda: show.write(text.rstrip("\n")))


def actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All arguments of a command line, those of its commands included."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for each in action.choices.values():
                yield from actions(each)


COMMAND = Command(
    "completion",
    "print what a shell needs to complete this command line",
    "Print a script for a shell, to be kept where that looks for it: for bash in"
    " ~/.local/share/bash-completion/completions/ollama-top, for zsh in _ollama-top in a folder of $fpath,"
    " for fish in ~/.config/fish/completions/ollama-top.fish.",
    _declare,
    _run,
    prints=False,
)
