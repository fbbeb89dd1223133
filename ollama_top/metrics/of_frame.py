"""A Frame as a page for Prometheus. What is missing in it is left out."""

from collections.abc import Iterator

from ollama_top.metrics.metric import Labels, Values
from ollama_top.metrics.of_gpus import OF_GPUS
from ollama_top.metrics.of_models import OF_MODELS
from ollama_top.metrics.of_server import OF_SERVER
from ollama_top.metrics.of_settings import OF_SETTINGS
from ollama_top.metrics.text import head, page, samples
from ollama_top.metrics.told import Told
from ollama_top.model.frame import Frame
from ollama_top.model.reading import Known, Missing

TOLD: tuple[Told, ...] = (*OF_SERVER, *OF_MODELS, *OF_GPUS, *OF_SETTINGS)
"""Every metric, in the order in which they are told."""


def text_of(frame: Frame) -> str:
    """The whole page."""
    return page(_lines(frame))


def _lines(frame: Frame) -> Iterator[str]:
    for each in TOLD:
        if values := values_of(each, frame):
            yield from head(each.metric)
            yield from samples(each.metric, values)


def values_of(each: Told, frame: Frame) -> Values:
    """The samples of one metric that are known."""
    found: dict[Labels, float] = {}
    for labels, value in each.samples(frame):
        if not isinstance(value, Missing):
            found[labels] = value.value if isinstance(value, Known) else value
    return found
