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


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    cut = lately(snapshot, EventKind.TRUNCATED)
    if not cut:
        return
    number, context = sum(each.count for each in cut), _context(snapshot)
    what = "prompt or answer was" if number == 1 else "prompts or answers were"
    evidence = [told(each, snapshot, each.text) for each in cut[-SHOWN:]]
    if context is not None:
        evidence.append(Evidence(f"each request has a context of {context.value} tokens", context.source))
    yield Found(
        title=f"{number} {what} cut to fit the context, the last {ago(cut[-1], snapshot)}",
        cause="Ollama drops the beginning of what it was told, or ends the answer, and tells no client.",
        evidence=tuple(evidence),
        fix=_next_size(context),
        settle=f"whether the client, or the model itself, sets num_ctx: that goes before {NAME}",
        subject=NAME,
    )


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
