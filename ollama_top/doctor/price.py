"""What settings cost a model in memory, beside what it takes now. Pure.

A cost is a span: its ends meet where the model and its runner tell enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from ollama_top.doctor import room
from ollama_top.doctor.wished import Subject, Terms, Wished
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.what_if import CacheUse, Fit, Memory
from ollama_top.ollama import kv_cache, preflight
from ollama_top.ollama.kv_cache import CacheSettings

NO_FILE = Missing(Why.UNSUPPORTED, "the server does not tell how large the model's file is")

Sizes = tuple[tuple[int, ...], ...]
"""Bytes: for each layout that a model may have, one for each step that its runner may take."""


@dataclass(frozen=True, slots=True)
class Room:
    """The memory that is meant."""

    place: Memory
    free: Reading[int]
    kept_free_bytes: int
    held_bytes: int  # by the model itself

    @property
    def available_bytes(self) -> int | None:
        """What Ollama would find free for a new load; 0 where it has no GPU to be short of."""
        if self.place is Memory.RAM:
            return 0
        return self.free.value + self.held_bytes if isinstance(self.free, Known) else None


@dataclass(frozen=True, slots=True)
class Span:
    """A size as far as it can be told."""

    least: int
    most: int


def room_of(subject: Subject, snapshot: Snapshot) -> Room:
    """The memory that a model is in, or would be put into."""
    place = room.place_of(subject.loaded, snapshot.gpus)
    keeps = place is Memory.VRAM and subject.has_llama_server
    return Room(
        place,
        room.free_bytes(place, snapshot),
        room.KEPT_FREE_A_GPU * len(snapshot.gpus) if keeps else 0,
        room.held_bytes(subject.loaded, place),
    )


def settings_of(terms: Terms, batch_tokens: int = preflight.DEFAULT_BATCH_TOKENS) -> CacheSettings:
    """The terms, with how much the runner reads in one step."""
    return CacheSettings(
        terms.parallel, terms.context_tokens, terms.kv_cache_type, batch_tokens, terms.has_flash_attention
    )


def batches(subject: Subject, terms: Terms, there: Room) -> tuple[int, ...]:
    """What a new runner may read in one step."""
    own = subject.described.shown.batch_tokens
    if own is not None or not subject.has_llama_server:
        return (own or preflight.DEFAULT_BATCH_TOKENS,)
    file_bytes = subject.described.file_bytes or 0
    predicted = preflight.predicted_bytes(subject.architecture, file_bytes, settings_of(terms))
    return preflight.batches_tokens(
        terms.context_tokens * terms.parallel,
        predicted,
        there.available_bytes,
        has_flash_attention=terms.has_flash_attention,
    )


def use_then(subject: Subject, terms: Terms, there: Room) -> CacheUse:
    """The cache of a new runner."""
    return _use(terms, _sizes(subject, terms, batches(subject, terms, there)))


def use_now(subject: Subject, found: Wished, there: Room) -> Reading[CacheUse]:
    """The cache of the runner that there is."""
    if isinstance(found.now, Missing):
        return found.now
    return Known(_use(found.now.value, _sizes_now(subject, found.now.value, there)), Source.ESTIMATE)


def more(subject: Subject, found: Wished, there: Room) -> Reading[Span]:
    """What is wanted beyond what is taken now; each layout is compared with itself."""
    then = _sizes(subject, found.then, batches(subject, found.then, there))
    if subject.loaded is None:
        file_bytes = subject.described.file_bytes
        if file_bytes is None:
            return NO_FILE
        return Known(_span(file_bytes + each for sizes in then for each in sizes), Source.ESTIMATE)
    if isinstance(found.now, Missing):
        return found.now
    pairs = zip(_sizes_now(subject, found.now.value, there), then, strict=True)
    differences = (after - before for layout in pairs for before, after in product(*layout))
    return Known(_span(differences), Source.ESTIMATE)


def fit(wanted: Reading[Span], there: Room) -> Fit:
    """Whether there is room for so much more."""
    if isinstance(wanted, Missing):
        return Fit.UNKNOWN
    if wanted.value.most <= 0:
        return Fit.FITS
    if isinstance(there.free, Missing):
        return Fit.UNKNOWN
    spare = there.free.value - there.kept_free_bytes
    if wanted.value.most <= spare:
        return Fit.FITS
    return Fit.MAY_FIT if wanted.value.least <= spare else Fit.DOES_NOT_FIT


def _sizes_now(subject: Subject, terms: Terms, there: Room) -> Sizes:
    model = subject.loaded
    if model is not None and isinstance(model.batch_tokens, Known):
        return _sizes(subject, terms, (model.batch_tokens.value,))
    return _sizes(subject, terms, batches(subject, terms, there))


def _sizes(subject: Subject, terms: Terms, steps: Iterable[int]) -> Sizes:
    shape = subject.architecture
    engine = kv_cache.engine_of(shape.name, subject.release)
    by_step = [kv_cache.sizes_bytes(shape, settings_of(terms, each), engine) for each in steps]
    return tuple(zip(*by_step, strict=True))


def _use(terms: Terms, sizes: Sequence[Sequence[int]]) -> CacheUse:
    span = _span(each for layout in sizes for each in layout)
    return CacheUse(
        parallel=terms.parallel,
        context_tokens=terms.context_tokens,
        kv_cache_type=terms.kv_cache_type,
        least_bytes=span.least,
        most_bytes=span.most,
        slot_least_bytes=span.least // terms.parallel,
        slot_most_bytes=span.most // terms.parallel,
    )


def _span(sizes: Iterable[int]) -> Span:
    all_sizes = tuple(sizes)
    return Span(min(all_sizes), max(all_sizes))
