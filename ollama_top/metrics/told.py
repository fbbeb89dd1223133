"""How a metric takes its values from a Frame: declared with it, so that neither is without the other."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ollama_top.metrics.metric import MOST_MODELS, Labels, Metric
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.gpu import Gpu
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Reading, map_known
from ollama_top.model.vocabulary import Vocabulary

PREFIX = "ollama_top_"

Number = Reading[int] | Reading[float]
Sample = tuple[Labels, Number | float]
"""The values of the labels, and the value; one that is missing is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A metric, and where a Frame holds its values."""

    metric: Metric
    samples: Callable[[Frame], Iterable[Sample]]


def told(
    name: str, doc: str, samples: Callable[[Frame], Iterable[Sample]], labels: tuple[str, ...] = ()
) -> Told:
    """A metric with samples of any kind."""
    return Told(Metric(PREFIX, name, doc, labels), samples)


def single(name: str, doc: str, value: Callable[[Snapshot], Number | float]) -> Told:
    """A metric of the whole server."""
    return told(name, doc, lambda frame: [((), value(frame.snapshot))])


def by_model(name: str, doc: str, value: Callable[[LoadedModel], Number]) -> Told:
    """A metric of each model that is told by name."""

    def samples(frame: Frame) -> Iterator[Sample]:
        for model_name, model in named_models(frame.snapshot).items():
            yield (model_name,), value(model)

    return told(name, doc, samples, ("model",))


def by_gpu(name: str, doc: str, value: Callable[[Gpu], Number]) -> Told:
    """A metric of each GPU."""

    def samples(frame: Frame) -> Iterator[Sample]:
        for gpu in frame.snapshot.gpus:
            yield gpu_labels(gpu), value(gpu)

    return told(name, doc, samples, OF_GPU)


OF_GPU = ("vendor", "gpu")


def gpu_labels(gpu: Gpu) -> Labels:
    """The values of `OF_GPU`."""
    return str(gpu.vendor), str(gpu.index)


def named_models(snapshot: Snapshot) -> dict[str, LoadedModel]:
    """Models in memory by their names: the first of each name, and not too many."""
    found: dict[str, LoadedModel] = {}
    for model in snapshot.models:
        if isinstance(model.name, Known) and len(found) < MOST_MODELS:
            found.setdefault(model.name.value, model)
    return found


def states(
    words: type[Vocabulary], now: Vocabulary | Iterable[Vocabulary], before: Labels = ()
) -> Iterator[Sample]:
    """A sample for each word there is: 1 for what holds now, else 0."""
    held = {now} if isinstance(now, Vocabulary) else set(now)
    for word in words:
        yield (*before, str(word)), float(word in held)


def ratio(percent: Reading[float]) -> Reading[float]:
    """Percents as a share of one, as Prometheus has it."""
    return map_known(percent, lambda value: value / 100)


def hertz(mhz: Reading[int]) -> Reading[float]:
    """MHz in the base unit."""
    return map_known(mhz, lambda value: value * 1e6)
