"""One file a command. To add one, write its file, and name it here."""

from ollama_top.cli.command import Command, Group
from ollama_top.cli.commands import (
    burst,
    completion,
    config,
    debug,
    doctor,
    frames,
    history,
    profile,
    proxy,
    replay,
    serve,
    set_,
    show,
    sweep,
    undo,
    what_if,
)

COMMANDS: tuple[Command | Group, ...] = (
    show.COMMAND,
    what_if.COMMAND,
    doctor.COMMAND,
    set_.COMMAND,
    undo.COMMAND,
    history.COMMAND,
    profile.GROUP,
    burst.COMMAND,
    sweep.COMMAND,
    proxy.COMMAND,
    serve.COMMAND,
    config.GROUP,
    replay.COMMAND,
    frames.COMMAND,
    debug.COMMAND,
    completion.COMMAND,
)
"""Every command, in the order of --help."""
