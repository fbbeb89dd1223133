"""Which variable was meant by a name that no version of Ollama reads. Pure."""

from ollama_top.ollama.variables import DECLARED

PREFIX = "OLLAMA_"
CLOSE = 0.8  # of SequenceMatcher's ratio, between what stands behind the prefix
OF_OTHERS = frozenset({"OLLAMA_MODEL"})
"""Names that are close to one of the server's, and that programs which use Ollama read."""


def meant_by(name: str) -> str | None:
    """The declared variable that a name is a misspelling of; None where it is none that can be told.

    Runners' variables are left out: llama-server reads many more than are declared here.
    """
    if not name.startswith(PREFIX) or name in DECLARED or name in OF_OTHERS:
        return None
    from difflib import get_close_matches  # noqa: PLC0415 - for those few that are no variable

    tails = [each.removeprefix(PREFIX) for each in DECLARED if each.startswith(PREFIX)]
    close = get_close_matches(name.removeprefix(PREFIX), tails, n=1, cutoff=CLOSE)
    return f"{PREFIX}{close[0]}" if close else None
