"""A model that did not fit on the GPUs, and runs in part on the CPU."""

from collections.abc import Iterator

from ollama_top.columns import formats
from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of
from ollama_top.model.finding import Evidence, Fix, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity
from ollama_top.ollama.environment import NUM_PARALLEL

CONTEXT = "OLLAMA_CONTEXT_LENGTH"
LEAST_CONTEXT_TOKENS = 4096
LEAST_SHARE = 0.01  # less is a buffer that lies beside the CPU in any case


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    for model in snapshot.models if snapshot.gpus else ():
        size, vram = value_or(model.size_bytes, 0), value_or(model.vram_bytes, None)
        if vram and size - vram >= LEAST_SHARE * size:
            yield _found(model, size, vram)


def _found(model: LoadedModel, size_bytes: int, vram_bytes: int) -> Found:
    share = 100 * (size_bytes - vram_bytes) / size_bytes
    parallel, context = value_or(model.parallel, None), value_or(model.context_tokens, None)
    return Found(
        title=f"{share:.0f} % of {name_of(model)} did not fit on the GPU, and runs on the CPU",
        cause="What each request at once needs for its context takes memory from the layers of the model.",
        evidence=(
            Evidence(f"{formats.size(vram_bytes)} of {formats.size(size_bytes)} are on GPUs", Source.API),
            *(
                [Evidence(f"{parallel} at once, {context} tokens each", _source(model))]
                if parallel and context
                else []
            ),
        ),
        fix=_smaller(parallel, context),
        subject=name_of(model),
    )


def _smaller(parallel: int | None, context: int | None) -> Fix | None:
    """Half of what takes the memory: of requests at once, else of the context."""
    if parallel is not None and parallel > 1:
        return to_set(**{NUM_PARALLEL: str(parallel // 2)})
    if context is not None and context > LEAST_CONTEXT_TOKENS:
        return to_set(**{CONTEXT: str(max(LEAST_CONTEXT_TOKENS, context // 2))})
    return None


def _source(model: LoadedModel) -> Source:
    return model.parallel.source if isinstance(model.parallel, Known) else Source.API


CHECK = Check("partial-offload", "models that run in part on the CPU", Severity.WARNING, _look)
