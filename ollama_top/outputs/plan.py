"""A plan to change settings, its receipt, and what was changed before, as text for a person. Pure."""

from collections.abc import Sequence

from ollama_top.control.plan_words import change_words, lines, of_receipt
from ollama_top.model.plan import Plan
from ollama_top.model.receipt import Entry, Receipt
from ollama_top.model.text import printable


def as_text(plan: Plan, rights: str | None = None, *, can_be_undone: bool = True) -> str:
    """What is to change, what is done for it, and what that costs; `rights` is how root's are had."""
    return "\n".join(map(printable, lines(plan, rights, can_be_undone=can_be_undone)))


def receipt(of: Receipt) -> str:
    """What came of a change, and what was seen of it."""
    return "\n".join(map(printable, of_receipt(of)))


def history(entries: Sequence[Entry]) -> str:
    """What was changed before, the newest last, a line each."""
    return "\n".join(printable(_kept(each)) for each in entries) if entries else "nothing was changed yet"


def _kept(entry: Entry) -> str:
    outcome = entry.outcome.value if entry.outcome is not None else "cut off"
    what = ", ".join(map(change_words, entry.plan.changes))
    back = " (takes one back)" if entry.undoes is not None else ""
    return f"{entry.began_at:%Y-%m-%d %H:%M:%S}Z  {outcome:<11}  {entry.plan.service}: {what}{back}"
