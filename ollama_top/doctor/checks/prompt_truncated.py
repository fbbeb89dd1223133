"""Prompts and answers that were cut, since they did not fit their context."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.lately import ago, lately, told
from ollama_top.model.event import EventKind
from ollama_top.model.finding import Evidence, Fix, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity

NAME = "OLLAMA_CONTEXT_LENGTH"
LEAST_TOKENS = 4096
SHOWN = 3  # moments that are told
SETTLE = (
    f"whether the client, or the model itself, sets num_ctx: that goes before {NAME}; and no request gets"
    " more than its model was trained for"
)
CUT = "Ollama drops the beginning of what it was told, or ends the answer, and tells no client."
REFUSED = "A runner refuses a prompt that is longer than its context; the client is answered 400."


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    found = lately(snapshot, EventKind.TRUNCATED, EventKind.TOO_LONG)
    if not found:
        return
    cut = sum(each.count for each in found if each.kind is EventKind.TRUNCATED)
    refused, context = sum(each.count for each in found) - cut, _context(snapshot)
    what = "prompt or answer" if cut + refused == 1 else "prompts or answers"
    evidence = [told(each, snapshot, each.text) for each in found[-SHOWN:]]
    if context is not None:
        evidence.append(Evidence(f"each request has a context of {context.value} tokens", context.source))
    yield Found(
        title=f"{cut + refused} {what} did not fit the context: {_counted(cut, refused)},"
        f" the last {ago(found[-1], snapshot)}",
        cause=CUT if cut else REFUSED,
        evidence=tuple(evidence),
        fix=_next_size(context),
        settle=SETTLE,
        subject=NAME,
    )


def _counted(cut: int, refused: int) -> str:
    both = ((cut, "cut"), (refused, "refused"))
    return " and ".join(f"{number} {what}" for number, what in both if number)


def _context(snapshot: Snapshot) -> Known[int] | None:
    """The context of all loaded models; the log does not tell whose prompt was cut."""
    known = [each.context_tokens for each in snapshot.models if isinstance(each.context_tokens, Known)]
    is_one = len({each.value for each in known}) == 1 and len(known) == len(snapshot.models)
    return known[0] if is_one else None


def _next_size(context: Known[int] | None) -> Fix | None:
    """The next power of two."""
    if context is None:
        return None
    return to_set(**{NAME: str(max(LEAST_TOKENS, 1 << context.value.bit_length()))})


CHECK = Check(
    "prompt-truncated", "prompts and answers that did not fit their context", Severity.WARNING, _look
)
