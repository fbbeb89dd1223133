"""What a server said before it ended: the journal, or its log, knows why it did."""

from pathlib import Path

from ollama_top.services.asking import ask

LINES = 20
TAIL_BYTES = 8192
COMPLAINT = "Error:"  # what Ollama's command line prints before it gives up


def last_words(unit: str, *, user: bool) -> str | None:
    """A unit's own complaint; None where it made none, or the journal may not be read."""
    which = "--user-unit" if user else "--unit"
    answer = ask("journalctl", "--quiet", "--no-pager", "--output=cat", f"--lines={LINES}", which, unit)
    return _complaint(answer.out) if answer is not None and answer.is_ok else None


def last_words_in(log: str) -> str | None:
    """A bare server's own complaint, at the end of its log; None where there is none."""
    try:
        with Path(log).open("rb") as opened:
            opened.seek(max(0, opened.seek(0, 2) - TAIL_BYTES))
            return _complaint(opened.read())
    except OSError:
        return None


def _complaint(said: bytes) -> str | None:
    lines = said.decode(errors="replace").splitlines()[-LINES:]
    found = [each.strip() for each in lines if each.startswith(COMPLAINT)]
    return found[-1] if found else None
