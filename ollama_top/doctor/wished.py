"""From what is known of a model, and what somebody wishes, to the settings that would come of it. Pure.

Must never promise a setting that Ollama would not follow: what goes before it is said in a note.
"""

from dataclasses import dataclass, replace

from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Reading, Why, value_or
from ollama_top.ollama import cache_types, families
from ollama_top.ollama.architecture import Architecture
from ollama_top.ollama.families import Release
from ollama_top.ollama.kv_cache import LLAMA_SERVER_SINCE
from ollama_top.ollama.replies import DescribedModel
from ollama_top.ollama.wishes import Wish

NOT_LOADED = Missing(Why.ABSENT, "the model is not loaded")


class NotToldError(Exception):
    """What is needed besides and known from nowhere; the text says what to give."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A model that is asked about."""

    described: DescribedModel
    architecture: Architecture
    loaded: LoadedModel | None
    release: Release | None

    @property
    def has_llama_server(self) -> bool:
        """Whether its runner is llama-server; an unknown release counts as the newest."""
        return self.release is None or self.release >= LLAMA_SERVER_SINCE


@dataclass(frozen=True, slots=True)
class Terms:
    """What a load is asked for."""

    parallel: int
    context_tokens: int  # of one request
    kv_cache_type: str
    has_flash_attention: bool = True


@dataclass(frozen=True, slots=True)
class Wished:
    """The terms now and then, what bears on them, and why a load on these terms would fail."""

    now: Reading[Terms]
    then: Terms
    notes: tuple[str, ...] = ()
    refusal: str | None = None


def subject_of(described: DescribedModel, architecture: Architecture, snapshot: Snapshot) -> Subject:
    """A described model with what is seen of it."""
    loaded = (each for each in snapshot.models if value_or(each.name, None) == described.name)
    version = snapshot.server.version
    release = families.parse_release(version.value) if isinstance(version, Known) else None
    return Subject(described, architecture, next(loaded, None), release)


def wished(subject: Subject, wish: Wish) -> Wished:
    """The settings that would come of a wish; raises NotToldError."""
    now = terms_now(subject)
    then = _then(now, wish)
    notes: list[str] = []
    then = _held(subject, _followed(subject, then, wish, notes), notes)
    return _accepted(subject, Wished(now, then), notes)


def terms_now(subject: Subject) -> Reading[Terms]:
    """The terms on which a model is served at this moment."""
    model = subject.loaded
    if model is None:
        return NOT_LOADED
    parallel, context, kind = model.parallel, model.context_tokens, model.kv_cache_type
    if isinstance(parallel, Missing):
        return parallel
    if isinstance(context, Missing):
        return context
    if isinstance(kind, Missing):
        return kind
    return Known(Terms(parallel.value, context.value, kind.value), parallel.source)


def _then(now: Reading[Terms], wish: Wish) -> Terms:
    before = now.value if isinstance(now, Known) else None
    parallel = wish.parallel or (before.parallel if before else None)
    context = wish.context_tokens or (before.context_tokens if before else None)
    if parallel is None or context is None:
        name = "OLLAMA_NUM_PARALLEL" if parallel is None else "OLLAMA_CONTEXT_LENGTH"
        why = now.hint if isinstance(now, Missing) else ""
        raise NotToldError(f"give {name}=VALUE too: what it is now is not known ({why})")
    kind = wish.kv_cache_type or (before.kv_cache_type if before else cache_types.DEFAULT)
    return Terms(parallel, context, kind, wish.has_flash_attention is not False)


def _followed(subject: Subject, then: Terms, wish: Wish, notes: list[str]) -> Terms:
    """With the context that the model itself asks for, or can have."""
    own, trained = subject.described.shown.context_tokens, subject.architecture.trained_context_tokens
    if wish.context_tokens and own:
        notes.append(f"the model's own num_ctx of {own} goes before OLLAMA_CONTEXT_LENGTH")
        then = replace(then, context_tokens=own)
    if trained and then.context_tokens > trained:
        notes.append(f"the model was trained for {trained} tokens, and gets no longer context")
        then = replace(then, context_tokens=trained)
    return then


def _held(subject: Subject, then: Terms, notes: list[str]) -> Terms:
    """With one request at a time where Ollama allows no more."""
    shown = subject.described.shown
    reason = families.why_held_at_one(shown.family, subject.release, shown.capabilities)
    if then.parallel == 1 or reason is None:
        return then
    notes.append(f"{reason}, whatever is set")
    return replace(then, parallel=1)


def _accepted(subject: Subject, found: Wished, notes: list[str]) -> Wished:
    """With a type that the runner takes, or the reason why it takes none."""
    then = found.then
    keys, values = cache_types.split(then.kv_cache_type)
    refusal = None
    if subject.has_llama_server and not then.has_flash_attention and cache_types.is_quantized(values):
        refusal = "a quantized V needs flash attention"
    if not subject.has_llama_server and _falls_back(keys, then):
        notes.append(f"this version takes {then.kv_cache_type} for {cache_types.DEFAULT}")
        then = replace(then, kv_cache_type=cache_types.DEFAULT)
    return Wished(found.now, then, tuple(notes), refusal)


def _falls_back(kind: str, then: Terms) -> bool:
    is_known = kind in cache_types.GO_RUNNER_TYPES
    return kind != cache_types.DEFAULT and not (is_known and then.has_flash_attention)
