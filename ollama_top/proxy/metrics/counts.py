"""What is counted of the exchanges that ended.

Must never grow without bound: whatever clients name, the values of a label are limited.
"""

from bisect import bisect_left
from collections import Counter

from ollama_top.metrics.metric import MOST_MODELS, Labels, Metric
from ollama_top.model.exchange import ENDED, Phase
from ollama_top.model.reading import Known, Reading, Source
from ollama_top.proxy.metering.metered import Metered
from ollama_top.proxy.metering.telling import queue_s, tokens_of, tokens_per_s, ttft_s
from ollama_top.proxy.metrics.declared import QUEUE, RATE, TOTAL, TTFT

OTHER = "other"
NO_STATUS = "none"


class Spread:
    """The buckets of one histogram of one model."""

    __slots__ = ("_buckets", "counts", "sum")

    def __init__(self, buckets: tuple[float, ...]) -> None:
        """Begin empty; the last count is of what no bucket holds."""
        self._buckets = buckets
        self.counts = [0] * (len(buckets) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """One more."""
        self.counts[bisect_left(self._buckets, value)] += 1
        self.sum += value


class Counts:
    """A listener of the meter."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.requests: Counter[Labels] = Counter()
        self.failures: Counter[Labels] = Counter()
        self.left: Counter[Labels] = Counter()
        self.prompt_tokens: Counter[str] = Counter()
        self.output_tokens: Counter[str] = Counter()
        self.spreads: dict[Metric, dict[str, Spread]] = {each: {} for each in (QUEUE, TTFT, TOTAL, RATE)}
        self.request_bytes = self.reply_bytes = 0
        self._models: set[str] = set()

    def note(self, seen: Metered) -> None:
        """An exchange has changed; what has ended is counted."""
        if seen.phase not in ENDED:
            return
        model, route = self._model(seen), seen.rule.route.value
        self.requests[model, route, status_label(seen.status)] += 1
        self.request_bytes += seen.request_bytes
        self.reply_bytes += seen.reply_bytes
        if seen.failure is not None:
            self.failures[model, route, seen.failure.value] += 1
        elif seen.phase is Phase.LEFT:
            self.left[model, route] += 1
        self._measure(model, seen)

    def _measure(self, model: str, seen: Metered) -> None:
        output = tokens_of(seen)
        self._add(TTFT, model, ttft_s(seen))
        self._add(QUEUE, model, queue_s(seen))
        self._add(RATE, model, tokens_per_s(seen, output))
        if seen.phase is Phase.DONE and seen.ended_s is not None:
            self._put(TOTAL, model, seen.ended_s - seen.began_s)
        self.prompt_tokens[model] += seen.told.prompt_tokens or 0
        self.output_tokens[model] += seen.told.output_tokens or 0

    def _add(self, metric: Metric, model: str, value: Reading[float]) -> None:
        if isinstance(value, Known) and value.source is not Source.ESTIMATE:
            self._put(metric, model, value.value)

    def _put(self, metric: Metric, model: str, value: float) -> None:
        spreads = self.spreads[metric]
        if model not in spreads:
            spreads[model] = Spread(metric.buckets)
        spreads[model].add(value)

    def _model(self, seen: Metered) -> str:
        """A name for the label: one that was answered for once, as long as there are not too many."""
        name = seen.asked.model if seen.asked else None
        if name in self._models:
            return name
        if name is None or seen.phase is not Phase.DONE or len(self._models) >= MOST_MODELS:
            return OTHER
        self._models.add(name)
        return name


def status_label(status: int | None) -> str:
    """A status as a label; what is no status of HTTP is `other`."""
    if status is None:
        return NO_STATUS
    return str(status) if 100 <= status < 600 else OTHER
