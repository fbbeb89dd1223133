"""One file a command, loaded once it is named. To add one, write its file, and name it here."""

from importlib import import_module

from ollama_top.cli.command import Command, Group

NAMES = (
    "show",
    "what-if",
    "doctor",
    "set",
    "undo",
    "history",
    "profile",
    "burst",
    "sweep",
    "proxy",
    "serve",
    "config",
    "replay",
    "frames",
    "debug",
    "completion",
)
"""Every command, in the order of --help; its file is called the same, with `_` for `-`."""


def load(name: str) -> Command | Group:
    """One of them."""
    file = import_module(f"{__name__}.{name.replace('-', '_')}")
    found: Command | Group = file.GROUP if hasattr(file, "GROUP") else file.COMMAND
    return found
