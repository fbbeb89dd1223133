"""The price of other settings for one model, and what would come of them. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from ollama_top.columns.formats import memory
from ollama_top.doctor import price, what_if_words
from ollama_top.doctor.price import NO_FILE, Room, Span
from ollama_top.doctor.wished import Subject, Terms, Wished, wished
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known, value_or
from ollama_top.model.what_if import Fit, Memory, WhatIf
from ollama_top.ollama import families, preflight
from ollama_top.ollama.wishes import Wish

MOST_ADVISED = 16
"""How many requests at once are looked into when the largest number that fits is asked for."""

NO_PRECHECK = Missing(Why.ABSENT, "before 0.30 Ollama reckons layer by layer")
NO_GPU_CHECK = Missing(Why.ABSENT, "Ollama unloads models for room on GPUs alone")
HELD_AT_ONE = Missing(Why.ABSENT, "Ollama serves this model one request at a time whatever is set")
NO_ROOM = Missing(Why.ABSENT, "with this context not even one request at a time would fit")


def what_if(subject: Subject, wish: Wish, snapshot: Snapshot) -> WhatIf:
    """The price of a wish; raises NotToldError where more must be given for it to have one."""
    found = wished(subject, wish)
    there = price.room_of(subject, snapshot)
    more = price.more(subject, found, there)
    predicted = _predicted(subject, found.then)
    priced = WhatIf(
        model=subject.described.name,
        sentence="",
        now=price.use_now(subject, found, there),
        then=price.use_then(subject, found.then, there),
        more_least_bytes=map_known(more, _least),
        more_most_bytes=map_known(more, _most),
        place=there.place,
        free_bytes=there.free,
        kept_free_bytes=there.kept_free_bytes,
        fit=Fit.REFUSED if found.refusal else price.fit(more, there),
        predicted_bytes=predicted,
        evicts_others=_evicts_others(subject, found.then, predicted, there, snapshot),
        largest_parallel=largest_parallel(subject, found, there),
        notes=(*found.notes, *_notes(subject, there)),
    )
    return replace(priced, sentence=what_if_words.sentence(priced, found))


def largest_parallel(subject: Subject, found: Wished, there: Room) -> Reading[int]:
    """The most requests at once, up to 16, for which there is room on the terms that were found."""
    shown = subject.described.shown
    if families.why_held_at_one(shown.family, subject.release, shown.capabilities) is not None:
        return HELD_AT_ONE
    if found.refusal is not None:
        return Missing(Why.UNSUPPORTED, found.refusal)
    if isinstance(there.free, Missing):
        return there.free
    for number in range(MOST_ADVISED, 0, -1):
        tried = replace(found, then=replace(found.then, parallel=number))
        more = price.more(subject, tried, there)
        if isinstance(more, Missing):
            return more
        if price.fit(more, there) is Fit.FITS:
            return Known(number, Source.ESTIMATE)
    return NO_ROOM


def _least(span: Span) -> int:
    return span.least


def _most(span: Span) -> int:
    return span.most


def _predicted(subject: Subject, terms: Terms) -> Reading[int]:
    if not subject.has_llama_server:
        return NO_PRECHECK
    file_bytes = subject.described.file_bytes
    if file_bytes is None:
        return NO_FILE
    guess = preflight.predicted_bytes(subject.architecture, file_bytes, price.settings_of(terms))
    return Known(guess, Source.PREDICTED)


def _evicts_others(
    subject: Subject, terms: Terms, predicted: Reading[int], there: Room, snapshot: Snapshot
) -> Reading[bool]:
    """Whether Ollama's own guess would make it unload the models that are loaded beside this one."""
    if isinstance(predicted, Missing):
        return predicted
    if there.place is Memory.RAM:
        return NO_GPU_CHECK
    if isinstance(there.free, Missing):
        return there.free
    has_others = any(each is not subject.loaded for each in snapshot.models)
    step, available = max(price.batches(subject, terms, there)), there.free.value + there.held_bytes
    return Known(has_others and preflight.evicts(predicted.value, step, available), Source.PREDICTED)


def _notes(subject: Subject, there: Room) -> Iterable[str]:
    model = subject.loaded
    if model is None or there.place is Memory.RAM:
        return
    size, vram = value_or(model.size_bytes, 0), value_or(model.vram_bytes, 0)
    if vram < size:
        yield f"{memory(size - vram)} of the model lie in RAM already"
