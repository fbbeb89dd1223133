"""`ollama-top config`: ollama-top's own settings, what holds of them, and who says so."""

import argparse
import os
from typing import TYPE_CHECKING, Any

from ollama_top.cli.command import Command, Group
from ollama_top.cli.exits import printed
from ollama_top.model.exit_codes import DONE

if TYPE_CHECKING:
    from ollama_top.model.own_setting import OwnSettings

FLAGS = {
    "host": "host",
    "interval_s": "interval",
    "theme": "theme",
    "ascii_only": "ascii",
    "read_only": "read_only",
    "ca_file": "ca_file",
    "insecure": "insecure",
    "feeds": "feed",
}
"""By the key of a setting, the option that goes before it."""


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--origin", action="store_true", help="say where each value comes from")
    parser.add_argument("--json", action="store_true", help="one JSON document")


def _run(options: argparse.Namespace) -> int:
    from ollama_top.outputs import config, document, show

    found = _found(options)

    def tell() -> int:
        is_json = options.json
        told = document.text_of_value(found) if is_json else ""
        show.write(told or config.as_text(found, with_origin=options.origin))
        return DONE

    return printed(tell)


def _found(options: argparse.Namespace) -> "OwnSettings":
    from pathlib import Path

    from ollama_top.config import origins, settings
    from ollama_top.config.machine import this_machine
    from ollama_top.model.own_setting import OwnSettings

    path = getattr(options, "config", None)
    read, machine = settings.read(None if path is None else Path(path)), this_machine()
    held = origins.own_settings(read, _flags(options), _variables())
    return OwnSettings(read.path, read.is_there, machine.id, machine.name, machine.problem, held)


def _flags(options: argparse.Namespace) -> dict[str, tuple[str, Any]]:
    given = {key: (name, getattr(options, name, None)) for key, name in FLAGS.items()}
    return {
        key: (f"--{name.replace('_', '-')}", value)
        for key, (name, value) in given.items()
        if value is not None
    }


def _variables() -> dict[str, tuple[str, Any]]:
    from ollama_top.config.settings import HOST_VARIABLE

    host = os.environ.get(HOST_VARIABLE)
    return {"host": (HOST_VARIABLE, host)} if host else {}


GROUP = Group(
    "config",
    "tell ollama-top's own settings, and where each comes from",
    "ollama-top's own settings: an option goes before the environment, that before the settings file, and in"
    " it what is said to this machine before what is said to all.",
    (
        Command(
            "show",
            "print what holds of each setting",
            "Print what holds of each setting of ollama-top's own.",
            _declare,
            _run,
            prints=False,
        ),
    ),
)
