"""A card on which requests together gain little over one alone: worth a comparison with another engine.

What counts as poor: a step of decoding reads all weights once, however many requests take part, and on
a GPU that reading is what a step takes; so each further request at once should bring nearly what the
first brings, until the arithmetic is the limit. Less than two fifths of that for each means that most
of a step goes elsewhere. Requests that lie in RAM, or ran beside others, tell nothing about the engine.
"""

from collections.abc import Iterator
from datetime import timedelta

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of, release
from ollama_top.model.burst import KeptBurst
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.gpu import Vendor
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity
from ollama_top.ollama.families import parse_release

POOR_GAIN = 0.4  # of what one alone writes, for each further request at once
LEAST_PARALLEL = 3  # with two, what begins and ends counts too much
LEAST_TOKENS, LEAST_S = 32, 2.0  # of an answer, of the whole; less measures how requests begin
OLDEST = timedelta(days=30)


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for model in snapshot.models:
        newest = next((each for each in reversed(snapshot.bursts) if each.model == name_of(model)), None)
        if newest is not None and _is_of_now(newest, model, snapshot) and _is_telling(newest):
            gain = _gain(newest)
            if gain is not None and gain < POOR_GAIN:
                yield _found(newest, gain)


def _is_of_now(burst: KeptBurst, model: LoadedModel, snapshot: Snapshot) -> bool:
    """Whether it was measured lately, under the settings that hold, on NVIDIA's cards that are still here."""
    version = parse_release(burst.version) if burst.version else None
    shares = value_or(model.gpus, ())
    held = {f"{each.vendor} {value_or(each.uuid, str(each.gpu))}" for each in shares}
    return (
        snapshot.taken_at - burst.taken_at <= OLDEST
        and version == release(snapshot)
        and burst.effective_parallel == value_or(model.parallel, None)
        and burst.context_tokens == value_or(model.context_tokens, None)
        and burst.kv_cache_type == value_or(model.kv_cache_type, None)
        and bool(held)
        and held == set(burst.gpus)
        and all(each.vendor is Vendor.NVIDIA for each in shares)
        and _is_whole(model)
    )


def _is_whole(model: LoadedModel) -> bool:
    """Whether all of it lies on GPUs."""
    vram, size = model.vram_bytes, model.size_bytes
    return isinstance(vram, Known) and isinstance(size, Known) and vram.value >= size.value


def _is_telling(burst: KeptBurst) -> bool:
    """Whether it ran long enough, alone and in full, with several in service at once."""
    return (
        not burst.is_disturbed
        and burst.answered == burst.requested
        and burst.vram_percent is not None
        and burst.vram_percent >= 100
        and (burst.measured_parallel or 0) >= LEAST_PARALLEL
        and burst.requested >= 2 * (burst.measured_parallel or 0)
        and burst.written_tokens >= LEAST_TOKENS * burst.requested
        and (burst.took_s or 0.0) >= LEAST_S
    )


def _gain(burst: KeptBurst) -> float | None:
    """What each further request at once brought, against one alone."""
    if burst.scaling is None or burst.measured_parallel is None:
        return None
    return (burst.scaling - 1) / (burst.measured_parallel - 1)


def _found(burst: KeptBurst, gain: float) -> Found:
    return Found(
        title=f"{burst.measured_parallel} requests at once to {burst.model} write"
        f" {burst.scaling:.1f} times what one writes alone",
        cause="On an NVIDIA card an engine that is made for many at once may write more; exllamav2 through"
        " TabbyAPI or vLLM can be compared on this very card.",
        evidence=(
            Evidence(
                f"the burst of {burst.taken_at:%Y-%m-%d %H:%M} UTC wrote {burst.together_tokens_per_s:.1f}"
                f" tokens/s together, and {burst.alone_tokens_per_s:.1f} alone",
                Source.BURST,
            ),
            Evidence(
                f"each further request brought {max(gain, 0):.0%} of that of the first; below {POOR_GAIN:.0%}"
                " most of the time does not go into reading the weights",
                Source.BURST,
            ),
            Evidence(f"all of {burst.model} lies on {len(burst.gpus)} NVIDIA GPU(s)", Source.API),
        ),
        settle="`ollama-top burst --against URL`, with the other server on URL: another model file,"
        " quantisation or context would make it another comparison",
        subject=burst.model,
    )


CHECK = Check(
    "another-engine",
    "kept bursts that gained little from several requests at once, on NVIDIA GPUs",
    Severity.INFO,
    _look,
)
