"""A type of K/V cache that was asked for and is not what the runner has."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of, release, running_evidence, setting
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source
from ollama_top.model.setting import Setting
from ollama_top.model.verdict import Severity
from ollama_top.ollama import cache_types
from ollama_top.ollama.kv_cache import LLAMA_SERVER_SINCE
from ollama_top.ollama.values import Kind, trimmed, understood

NAME, ATTENTION = "OLLAMA_KV_CACHE_TYPE", "OLLAMA_FLASH_ATTENTION"
SEEN = frozenset({Source.ARGV, Source.LOG})


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    asked = setting(snapshot, NAME)
    if asked is None or not isinstance(asked.running, Known) or not trimmed(asked.running.value):
        return
    wanted = trimmed(asked.running.value).lower()
    if _lacks_attention(wanted, snapshot):
        yield _without_attention(asked, wanted, snapshot)
        return
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


def _lacks_attention(wanted: str, snapshot: Snapshot) -> bool:
    """Whether the server is told both to round the cache and to leave out what that needs."""
    attention = setting(snapshot, ATTENTION)
    is_off = attention is not None and isinstance(attention.running, Known) and _is_off(attention.running)
    return is_off and wanted in cache_types.BLOCKS and cache_types.is_quantized(wanted)


def _is_off(running: Known[str]) -> bool:
    return understood(Kind.SWITCH, running.value).value == "false"


def _without_attention(asked: Setting, wanted: str, snapshot: Snapshot) -> Found:
    """A llama-server that is told both ends at once; the servers before it leave the type out."""
    attention, version = setting(snapshot, ATTENTION), release(snapshot)
    is_fatal = version is not None and version >= LLAMA_SERVER_SINCE
    effect = "models do not load" if is_fatal else f"{NAME}={wanted} has no effect"
    return Found(
        title=f"{effect}: a K/V cache of {wanted} needs flash attention, and {ATTENTION} is off",
        cause="A runner that is told both ends at once: `quantized V cache requires flash_attn`."
        if is_fatal
        else "Ollama warns in its log at each load of a model, and takes f16.",
        evidence=(
            running_evidence(snapshot, asked),
            *([running_evidence(snapshot, attention)] if attention else []),
        ),
        fix=to_set(**{ATTENTION: "1"}),
        subject=NAME,
    )


CHECK = Check(
    "kv-cache-type-ignored", f"runners whose K/V cache is not what {NAME} asks for", Severity.WARNING, _look
)
