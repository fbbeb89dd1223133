"""A runner that holds far more RAM than its model: it remembers prompts, up to 8 GiB of them."""

from collections.abc import Iterator

from ollama_top.columns.formats import memory
from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import is_absent, name_of, release, running_evidence, setting
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.process import Process
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.setting import Setting
from ollama_top.model.verdict import Severity
from ollama_top.ollama.kv_cache import LLAMA_SERVER_SINCE

NAME, PROPOSED_MIB = "LLAMA_ARG_CACHE_RAM", "2048"
CAUSE = (
    f"A runner remembers prompts in RAM, up to 8 GiB unless {NAME} says otherwise, and Ollama does not"
    " account for it."
)
LEAST_BYTES = 4 << 30
SLACK_BYTES = 2 << 30  # what a runner and its GPU's driver take besides


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    limit, version = setting(snapshot, NAME), release(snapshot)
    if limit is None or not is_absent(limit.running) or version is None or version < LLAMA_SERVER_SINCE:
        return
    processes = {each.pid: each for each in snapshot.processes}
    for model in snapshot.models:
        runner, told = processes.get(value_or(model.runner_pid, 0)), model.prompt_cache_bytes
        if isinstance(told, Known):
            if told.value > LEAST_BYTES:
                yield _told(model, told, limit, snapshot)
            continue
        excess = _excess_bytes(model, runner) if runner else None
        if runner is not None and excess is not None:
            yield _found(model, runner, excess, limit, snapshot)


def _told(model: LoadedModel, told: Known[int], limit: Setting, snapshot: Snapshot) -> Found:
    """By the runner's own word."""
    return Found(
        title=f"the runner of {name_of(model)} remembers prompts in {memory(told.value)} of RAM",
        cause=CAUSE,
        evidence=(
            Evidence(f"the runner of {name_of(model)} says so at each request", told.source),
            running_evidence(snapshot, limit),
        ),
        fix=to_set(**{NAME: PROPOSED_MIB}),
        subject=name_of(model),
    )


def _excess_bytes(model: LoadedModel, runner: Process) -> int | None:
    """What it holds beyond its part of the model, where that is too much to be weights.

    Weights that were read through the page cache count as held, though they lie on a GPU.
    """
    rss, size, vram = runner.rss_bytes, model.size_bytes, model.vram_bytes
    if not (isinstance(rss, Known) and isinstance(size, Known) and isinstance(vram, Known)):
        return None
    excess = rss.value - max(0, size.value - vram.value)
    return excess if excess > max(LEAST_BYTES, size.value + SLACK_BYTES) else None


def _found(
    model: LoadedModel, runner: Process, excess_bytes: int, limit: Setting, snapshot: Snapshot
) -> Found:
    rss, size = value_or(runner.rss_bytes, 0), value_or(model.size_bytes, 0)
    return Found(
        title=f"the runner of {name_of(model)} holds {memory(excess_bytes)} of RAM beyond its model",
        cause=CAUSE,
        evidence=(
            Evidence(f"process {runner.pid} holds {memory(rss)} of RAM", Source.PROCESSES),
            Evidence(f"the model takes {memory(size)} in all", Source.API),
            running_evidence(snapshot, limit),
        ),
        fix=to_set(**{NAME: PROPOSED_MIB}),
        settle="this is an estimate: what the log says of `prompt cache`, and how much RAM the runner holds"
        " right after its start",
        subject=name_of(model),
    )


CHECK = Check("prompt-cache-ram", "runners that hold far more RAM than their models", Severity.INFO, _look)
