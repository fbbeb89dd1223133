"""Exit codes, and how a command comes to one."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from ollama_top.model.exit_codes import (
    DONE,
    FOUND,
    INTERRUPTED,
    NOT_TAKEN_BACK,
    NOT_WRITTEN,
    NOTHING_READ,
    TAKEN,
    USAGE,
)
from ollama_top.model.text import printable

ALWAYS = {
    DONE: "done",
    NOTHING_READ: "nothing could be read",
    USAGE: "wrong use or settings",
    NOT_WRITTEN: "the output could not be written",
    INTERRUPTED: "interrupted",
}
OF_CHANGES = {
    FOUND: "the change was taken back",
    NOTHING_READ: "nothing could be changed",
    NOT_TAKEN_BACK: "the change could not be taken back",
}
OF_LISTENERS = {TAKEN: "another program listens on that address"}
OF_MEASURING = {NOTHING_READ: "nothing could be measured"}
OF_COMMANDS: Mapping[str, Mapping[int, str]] = {
    "doctor": {FOUND: "something was found"},
    "profile diff": {FOUND: "the profile differs"},
    "burst": {FOUND: "less is served at once than is configured", **OF_MEASURING},
    "sweep": {FOUND: "no setting is fit to be recommended", **OF_MEASURING},
    "set": OF_CHANGES,
    "undo": OF_CHANGES,
    "profile apply": OF_CHANGES,
    "proxy": OF_LISTENERS,
    "serve": OF_LISTENERS,
}
"""What a code means of one command, beside what those mean that all have, or instead."""


def exit_status(command: str | None = None) -> str:
    """The codes of a command, called by its whole name, or of all."""
    codes = EXIT_CODES if command is None else {**ALWAYS, **OF_COMMANDS.get(command, {})}
    return f"exit status: {'; '.join(f'{code} {codes[code]}' for code in sorted(codes))}"


def _codes() -> Iterator[tuple[int, str]]:
    """Each code with what it means, and of which commands."""
    for code in sorted(ALWAYS.keys() | {each for own in OF_COMMANDS.values() for each in own}):
        of: dict[str, list[str]] = {}
        for command, own in OF_COMMANDS.items():
            if code in own:
                of.setdefault(own[code], []).append(command)
        told = [ALWAYS[code]] if code in ALWAYS else []
        yield code, ", ".join([*told, *(f"{meaning} ({', '.join(names)})" for meaning, names in of.items())])


EXIT_CODES = dict(_codes())


def printed(act: Callable[[], int | None]) -> int:
    """Look and print; the exit code, which is `act`'s own where it has one."""
    from ollama_top.outputs import show

    try:
        return act() or DONE
    except show.NothingReadError as error:
        return fail(error, NOTHING_READ)
    except show.NotWrittenError as error:
        drop_output()
        return fail(error, NOT_WRITTEN)


def written(code: int) -> int:
    """The exit code once all that was printed is out."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        return not_written(error)
    return code


def not_written(error: OSError) -> int:
    """The exit code where help could not be printed; a reader may have seen enough."""
    drop_output()
    if isinstance(error, BrokenPipeError):
        return DONE
    return fail(OSError(f"the output cannot be written: {error.strerror}"), NOT_WRITTEN)


def fail(error: Exception, code: int) -> int:
    """Say what went wrong, if there is somewhere to say it; the exit code."""
    talk(str(error))
    return code


def talk(words: str) -> None:
    """Say something of ours on standard error, whatever characters are in it."""
    tell(f"ollama-top: {printable(words)}")


def tell(words: str) -> None:
    """Say something on standard error, if there is somewhere to say it."""
    if sys.stderr is not None:
        with suppress(OSError):  # a terminal that was closed
            print(words, file=sys.stderr, flush=True)


def drop_output() -> None:
    """Let nothing be written any more: what is left over is flushed at the end, and would fail again."""
    if sys.stdout is None:
        return
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
