"""Commands and flags; the only place that turns errors into exit codes.

Heavy imports stay inside what needs them: --help must cost next to nothing.
"""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import NoReturn

from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import EXIT_CODES, drop_output, fail, not_written, written
from ollama_top.cli.parsing import parser
from ollama_top.model.exit_codes import DONE, INTERRUPTED, USAGE

__all__ = ["EXIT_CODES", "main", "run"]


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the program and end it with its exit code."""
    sys.excepthook = _tell_and_keep
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def _tell_and_keep(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A defect of ours: told as Python tells it, and kept for `ollama-top debug`."""
    sys.__excepthook__(kind, error, trace)
    from ollama_top.config.error_file import keep

    keep(error)


def run(argv: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    try:
        options = parser(argv).parse_args(argv)
    except SystemExit as end:  # help, the version, or wrong use
        return written(int(end.code or DONE))
    except OSError as error:
        return not_written(error)
    from ollama_top.config.settings import ConfigError

    try:
        code: int = options.command(options)
    except (UsageError, ConfigError) as error:
        return fail(error, USAGE)
    except BrokenPipeError:  # the reader has seen enough
        drop_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code
