"""The price of other settings in one sentence. Pure."""

from collections.abc import Iterator

from ollama_top.columns.formats import memory
from ollama_top.doctor.wished import Terms, Wished
from ollama_top.model.reading import Known, Missing
from ollama_top.model.what_if import Fit, Memory, WhatIf


def sentence(priced: WhatIf, found: Wished) -> str:
    """What changes, what that costs, what is free, and what comes of it."""
    changes = ", ".join(_changes(found)) or "nothing changes"
    return f"{changes}: {', '.join(_costs(priced))}: {_outcome(priced, found)}"


def _changes(found: Wished) -> Iterator[str]:
    then = found.then
    before = found.now.value if isinstance(found.now, Known) else None
    for name, old, new in _values(before, then):
        if old is None:
            yield f"{name} {new}"
        elif old != new:
            yield f"{name} {old} -> {new}"


def _values(before: Terms | None, then: Terms) -> Iterator[tuple[str, object, object]]:
    yield "NUM_PARALLEL", before.parallel if before else None, then.parallel
    yield "CONTEXT_LENGTH", before.context_tokens if before else None, then.context_tokens
    yield "KV_CACHE_TYPE", before.kv_cache_type if before else None, then.kv_cache_type
    if not then.has_flash_attention:
        yield "FLASH_ATTENTION", None, 0


def _costs(priced: WhatIf) -> Iterator[str]:
    least, most = priced.more_least_bytes, priced.more_most_bytes
    if isinstance(least, Known) and isinstance(most, Known):
        more = _more(least.value, most.value)
        yield more if isinstance(priced.now, Known) else f"{more} with its weights"
    if isinstance(priced.free_bytes, Known):
        where = " RAM" if priced.place is Memory.RAM else ""
        yield f"free{where} {memory(priced.free_bytes.value)}"


def _more(least: int, most: int) -> str:
    if memory(least) == memory(most):
        return _signed(most)
    return f"{_signed(least)} to {_signed(most)}"


def _signed(amount_bytes: int) -> str:
    return f"{'+' if amount_bytes >= 0 else ''}{memory(amount_bytes)}"


def _outcome(priced: WhatIf, found: Wished) -> str:
    others = ", and Ollama would unload other models for it" if _evicts(priced) else ""
    match priced.fit:
        case Fit.FITS:
            return f"it fits{others}"
        case Fit.MAY_FIT:
            return f"it may not fit{_kept(priced)}{others}"
        case Fit.DOES_NOT_FIT:
            moved = "layers would move to RAM" if priced.place is Memory.VRAM else "it does not fit"
            return f"{moved}{_kept(priced)}{others}"
        case Fit.REFUSED:
            return f"the load would fail: {found.refusal}"
        case Fit.UNKNOWN:
            return f"whether it fits is not known{_reason(priced)}"


def _evicts(priced: WhatIf) -> bool:
    return isinstance(priced.evicts_others, Known) and priced.evicts_others.value


def _kept(priced: WhatIf) -> str:
    """That some is kept free, where it is that which decides."""
    free, least = priced.free_bytes, priced.more_least_bytes
    if isinstance(free, Missing) or isinstance(least, Missing) or least.value > free.value:
        return ""
    return f" (llama-server keeps {memory(priced.kept_free_bytes)} free)" if priced.kept_free_bytes else ""


def _reason(priced: WhatIf) -> str:
    for each in (priced.more_most_bytes, priced.free_bytes):
        if isinstance(each, Missing):
            return f" ({each.hint})"
    return ""
