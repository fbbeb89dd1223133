"""A series of numbers in eight bytes each: an hour of them is kept, and copied at each look."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isnan, nan
from typing import Final

_KIND: Final = "d"
_SIZE = array(_KIND).itemsize


@dataclass(frozen=True, slots=True)
class Curve:
    """Numbers, oldest first; None where there was none."""

    data: bytes = b""  # as this machine has them in memory; what is missing is no number there

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Curve":
        """The series of some values."""
        return cls(array(_KIND, [nan if each is None else each for each in values]).tobytes())

    def __len__(self) -> int:
        return len(self.data) // _SIZE

    def __iter__(self) -> Iterator[float | None]:
        return (None if isnan(each) else each for each in memoryview(self.data).cast(_KIND))

    def values(self) -> tuple[float | None, ...]:
        """All of them."""
        return tuple(self)

    def newest(self) -> float | None:
        """The last one; None where there is none, or nothing yet."""
        return next(iter(self.part(len(self) - 1)), None)

    def part(self, begin: int, end: int | None = None) -> "Curve":
        """Those from one index to before another."""
        begin = max(0, begin)
        return Curve(self.data[begin * _SIZE : None if end is None else max(begin, end) * _SIZE])

    def and_then(self, later: "Curve") -> "Curve":
        """These, and then those."""
        return Curve(self.data + later.data)
