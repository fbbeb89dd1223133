"""Exit codes, and how a command comes to one."""

import os
import sys
from collections.abc import Callable
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

EXIT_CODES = {
    DONE: "done",
    FOUND: "something was found (doctor), a profile differs (profile diff), less is served at once than is"
    " configured (burst), no setting is fit to be recommended (sweep), or a change was taken back (set,"
    " undo)",
    NOTHING_READ: "nothing could be read, measured (burst, sweep) or changed (set, undo)",
    NOT_TAKEN_BACK: "a change could not be taken back (set, undo)",
    USAGE: "wrong use or settings",
    TAKEN: "another program listens on that address (proxy, serve)",
    NOT_WRITTEN: "the output could not be written",
    INTERRUPTED: "interrupted",
}
EXIT_STATUS = f"exit status: {'; '.join(f'{code} {meaning}' for code, meaning in EXIT_CODES.items())}"
EXIT_STATUS_ELSEWHERE = "exit status: 0 done; every other: `ollama-top --help`"


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
