"""What is kept of a burst, and how it compares with the last one alike. Pure."""

from collections.abc import Sequence

from ollama_top.burst.analysis import Measured, took, turns_of, work_tokens
from ollama_top.control.sight import model_named
from ollama_top.model.burst import Burst, KeptBurst
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, value_or

ALIKE = ("model", "requested", "answer_tokens", "prompt_tokens")
SETTINGS = ("version", "effective_parallel", "context_tokens", "kv_cache_type", "gpus")
NOTICED = 0.05  # a smaller difference is chance


def kept_of(burst: Burst, seen: Measured, after: Frame) -> KeptBurst:
    """What is kept of a burst."""
    model = model_named(after, burst.model)
    return KeptBurst(
        taken_at=burst.taken_at,
        model=burst.model,
        version=value_or(burst.version, None),
        context_tokens=value_or(model.context_tokens, None) if model else None,
        kv_cache_type=value_or(model.kv_cache_type, None) if model else None,
        gpus=_gpus(model),
        vram_percent=_vram_percent(model),
        requested=burst.requested,
        answered=burst.answered,
        answer_tokens=burst.answer_tokens,
        prompt_tokens=burst.prompt_tokens,
        written_tokens=sum(map(work_tokens, seen.courses)),
        took_s=took(turns_of(seen)),
        configured_parallel=value_or(burst.configured_parallel, None),
        effective_parallel=value_or(burst.effective_parallel, None),
        measured_parallel=value_or(burst.measured_parallel, None),
        queue_p95_s=value_or(burst.queue_s.p95, None),
        ttft_p95_s=value_or(burst.ttft_s.p95, None),
        alone_tokens_per_s=value_or(burst.alone_tokens_per_s, None),
        each_tokens_per_s=value_or(burst.tokens_per_s.each, None),
        together_tokens_per_s=value_or(burst.tokens_per_s.together, None),
        scaling=value_or(burst.scaling, None),
        is_disturbed=burst.is_disturbed,
    )


def _gpus(model: LoadedModel | None) -> tuple[str, ...]:
    shares = value_or(model.gpus, ()) if model else ()
    return tuple(sorted(f"{each.vendor} {value_or(each.uuid, str(each.gpu))}" for each in shares))


def _vram_percent(model: LoadedModel | None) -> float | None:
    if model is None or not isinstance(model.vram_bytes, Known) or not isinstance(model.size_bytes, Known):
        return None
    return 100 * model.vram_bytes.value / model.size_bytes.value if model.size_bytes.value else None


def last_alike(burst: KeptBurst, kept: Sequence[KeptBurst]) -> KeptBurst | None:
    """The newest one before that asked the same of the same model."""
    before = [each for each in kept if each.taken_at < burst.taken_at]
    return next((each for each in reversed(before) if _same(each, burst, ALIKE)), None)


def compared(burst: KeptBurst, last: KeptBurst | None) -> str | None:
    """How a burst differs from the last one alike, in a sentence; None without one."""
    if last is None or not (burst.together_tokens_per_s and last.together_tokens_per_s):
        return None
    change = burst.together_tokens_per_s / last.together_tokens_per_s - 1
    said = "as fast" if abs(change) < NOTICED else f"{abs(change):.0%} {'faster' if change > 0 else 'slower'}"
    differing = [each.replace("_", " ") for each in SETTINGS if getattr(burst, each) != getattr(last, each)]
    under = f", under another {' and another '.join(differing)}" if differing else ""
    numbers = f"{last.together_tokens_per_s:.1f} tokens/s together, {last.measured_parallel or '-'} at once"
    return f"Against the last of {last.taken_at:%Y-%m-%d %H:%M} UTC ({numbers}): {said}{under}."


def _same(one: KeptBurst, other: KeptBurst, names: Sequence[str]) -> bool:
    return all(getattr(one, each) == getattr(other, each) for each in names)
