"""What a metric is, for whatever of ours tells some to Prometheus."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_MODELS = 50
"""Names of models that one page tells at most, so that its series stay few."""

Labels = tuple[str, ...]
Values = Mapping[Labels, float]
"""The samples of one metric, by the values of its labels."""


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One metric: a histogram with `buckets`, a counter by a name that ends in `_total`, else a gauge."""

    prefix: str  # the same for all of one page
    name: str
    doc: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def full_name(self) -> str:
        """As Prometheus sees it."""
        return self.prefix + self.name

    @property
    def kind(self) -> str:
        """As Prometheus calls it."""
        if self.buckets:
            return "histogram"
        return "counter" if self.name.endswith("_total") else "gauge"
