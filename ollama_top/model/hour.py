"""What the last hour looked like: one point in two seconds at the most, at a fixed size."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import takewhile

from ollama_top.model.curve import Curve


@dataclass(frozen=True, slots=True)
class Hour:
    """Series of equal length for one server, drawn as plots; not part of the JSON document."""

    at_s: Curve = Curve()  # when each point was seen, in seconds since 1970
    waiting: Curve = Curve()
    running: Curve = Curve()
    tokens_per_s: Curve = Curve()  # of all models
    vram_bytes: Curve = Curve()  # in use, of all cards; where none tells, what models hold
    gpu_percent: Curve = Curve()  # the mean of all cards
    gpu_busiest_percent: Curve = Curve()  # of the card that works most
    ttft_p50_s: Curve = Curve()  # of the answers that began in the last minute, as proxies tell
    ttft_p95_s: Curve = Curve()

    def __post_init__(self) -> None:
        """Fill up a series that an older version did not keep; raises ValueError for one that is longer."""
        for field in fields(self):
            series: Curve = getattr(self, field.name)
            lacking = len(self) - len(series)
            if lacking < 0:
                raise ValueError(f"{field.name} has more points than there are times")
            if lacking:
                object.__setattr__(self, field.name, series.and_then(Curve.of([None] * lacking)))

    def __len__(self) -> int:
        return len(self.at_s)

    def each(self, change: Callable[[Curve], Curve]) -> "Hour":
        """The hour with all its series changed in one way."""
        return Hour(*[change(getattr(self, field.name)) for field in fields(self)])

    def part(self, begin: int, end: int | None = None) -> "Hour":
        """The points from one index to before another."""
        return self.each(lambda curve: curve.part(begin, end))

    def and_then(self, later: "Hour") -> "Hour":
        """These points, and then those."""
        both = [getattr(self, each.name).and_then(getattr(later, each.name)) for each in fields(self)]
        return Hour(*both)

    def before(self, at_s: float) -> int:
        """How many points are older than a moment."""
        return sum(1 for _ in takewhile(lambda each: each is not None and each < at_s, self.at_s))
