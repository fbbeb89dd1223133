"""`python -m ollama_top.demo.serve`: install the simulated programs, or serve with them at once."""

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from ollama_top.demo.serve import flags
from ollama_top.demo.serve.install import install


def main(argv: Sequence[str]) -> int:
    """Install where asked to; else serve from a folder that is removed in the end."""
    parser = flags.parser()
    options = parser.parse_args(argv)
    words = flags.flags_as_words(options)
    try:
        flags.models_of(options)
        flags.settings_of(options, os.environ)
    except ValueError as error:
        parser.error(str(error))
    if not options.install:
        _serve(words)
    install(Path(options.install), words)
    return 0


def _serve(words: Sequence[str]) -> NoReturn:
    """Become `ollama serve`, so that this process looks like it."""
    folder = Path(tempfile.mkdtemp(prefix="simulated-ollama-"))
    install(folder, [*words, "--temporary"])
    os.execv(folder / "ollama", [str(folder / "ollama"), "serve"])  # noqa: S606 - our own launcher


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
