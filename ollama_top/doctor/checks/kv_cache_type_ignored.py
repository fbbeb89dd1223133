"""A type of K/V cache that was asked for and is not what the runner has."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of, running_evidence, setting
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import trimmed

NAME, ATTENTION = "OLLAMA_KV_CACHE_TYPE", "OLLAMA_FLASH_ATTENTION"
SEEN = frozenset({Source.ARGV, Source.LOG})


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    asked = setting(snapshot, NAME)
    if asked is None or not isinstance(asked.running, Known) or not trimmed(asked.running.value):
        return
    wanted = trimmed(asked.running.value)
    for model in snapshot.models:
        held = model.kv_cache_type
        if isinstance(held, Known) and held.source in SEEN and held.value != wanted:
            yield Found(
                title=f"the K/V cache of {name_of(model)} is {held.value}, though {wanted} was asked for",
                cause="A quantized cache needs flash attention, and Ollama leaves it out without.",
                evidence=(
                    running_evidence(snapshot, asked),
                    Evidence(f"the runner of {name_of(model)} has {held.value}", held.source),
                ),
                fix=to_set(**{ATTENTION: "1"}),
                settle="what the log says at the load of the model",
                subject=name_of(model),
            )


CHECK = Check(
    "kv-cache-type-ignored", f"runners whose K/V cache is not what {NAME} asks for", Severity.WARNING, _look
)
