"""A request that is about to run out of context, after which the start of it is forgotten or it ends."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Source, value_or
from ollama_top.model.verdict import Severity

NEARLY_PERCENT = 90.0


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for slot in snapshot.slots:
        fill = value_or(slot.context_fill_percent, 0.0)
        if fill < NEARLY_PERCENT:
            continue
        model, context = value_or(slot.model, "a model"), value_or(slot.context_tokens, None)
        yield Found(
            title=f"a request to {model} fills {fill:.0f} % of its context",
            cause="Past its end Ollama drops the beginning of what it was told, or stops.",
            evidence=(Evidence(f"slot {slot.slot} has a context of {context or '-'} tokens", Source.SLOTS),),
            settle="whether the client asks for its own num_ctx; if not, OLLAMA_CONTEXT_LENGTH sets it",
            subject=f"{model} slot {slot.slot}",
        )


CHECK = Check("context-nearly-full", "requests that are about to run out of context", Severity.INFO, _look)
