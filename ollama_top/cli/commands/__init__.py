"""One file a command. To add one, write its file, and name it here."""

from ollama_top.cli.command import Command
from ollama_top.cli.commands import burst, doctor, history, proxy, set_, show, sweep, undo, what_if

COMMANDS: tuple[Command, ...] = (
    show.COMMAND,
    what_if.COMMAND,
    doctor.COMMAND,
    set_.COMMAND,
    undo.COMMAND,
    history.COMMAND,
    burst.COMMAND,
    sweep.COMMAND,
    proxy.COMMAND,
)
"""Every command, in the order of --help."""
