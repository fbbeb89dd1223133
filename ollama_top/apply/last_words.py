"""What a server said before it ended: the journal knows why it did."""

from ollama_top.services.asking import ask

LINES = "20"
COMPLAINT = "Error:"  # what Ollama's command line prints before it gives up


def last_words(unit: str, *, user: bool) -> str | None:
    """The server's own complaint; None where it made none, or the journal may not be read."""
    which = "--user-unit" if user else "--unit"
    answer = ask("journalctl", "--quiet", "--no-pager", "--output=cat", "--lines", LINES, which, unit)
    if answer is None or not answer.is_ok:
        return None
    lines = answer.out.decode(errors="replace").splitlines()
    found = [each.strip() for each in lines if each.startswith(COMPLAINT)]
    return found[-1] if found else None
