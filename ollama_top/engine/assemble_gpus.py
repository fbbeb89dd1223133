"""From the looks at all vendors to the GPUs of a Snapshot: who holds their memory. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ollama_top.engine.joined import Joined, name_of, no_runner
from ollama_top.engine.samples import Samples
from ollama_top.model.gpu import NO_MODEL, Gpu, GpuProcess
from ollama_top.model.reading import Known, Missing, Reading, Source, map_known


def gpus_of(joined: tuple[Joined, ...], samples: Samples) -> tuple[Gpu, ...]:
    """The cards of all vendors, each process of the server's runners with the model that it holds."""
    models = {each.runner.pid: name_of(each, samples) for each in joined if each.runner is not None}
    is_tree_known = samples.tree is not None and isinstance(samples.tree.value.server, Known)
    others = NO_MODEL if is_tree_known else no_runner(samples)
    return tuple(_with_holders(each, models, others) for each in seen(samples))


def seen(samples: Samples) -> Iterator[Gpu]:
    """The cards as their drivers describe them."""
    for taken in samples.gpus:
        yield from taken.value.gpus


def _with_holders(gpu: Gpu, models: Mapping[int, Reading[str]], others: Missing) -> Gpu:
    def joined(each: GpuProcess) -> GpuProcess:
        return GpuProcess(each.pid, each.work, each.memory_bytes, each.name, models.get(each.pid, others))

    processes = map_known(gpu.processes, lambda listed: tuple(map(joined, listed)))
    return replace(gpu, processes=processes, memory_other_bytes=_other_bytes(gpu))


def _other_bytes(gpu: Gpu) -> Reading[int]:
    """What is left of the memory in use; both were read at different moments, so it is never below 0."""
    used, listed = gpu.memory_used_bytes, gpu.processes
    if isinstance(used, Missing):
        return used
    if isinstance(listed, Missing):
        return listed
    left_bytes = used.value
    for each in listed.value:
        if isinstance(each.memory_bytes, Missing):
            return each.memory_bytes
        left_bytes -= each.memory_bytes.value
    return Known(max(0, left_bytes), Source.ESTIMATE)
