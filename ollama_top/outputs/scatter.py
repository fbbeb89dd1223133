"""Points of two values as text, with axes: upward by size, to the right by its logarithm. Pure.

Must never draw a point that was not measured.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

STEPS = (1, 2, 5)
TOPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
LEAST_X = 0.001
LIMIT = "┊"


@dataclass(frozen=True, slots=True)
class Mark:
    """One point; of those that fall together the last is seen."""

    x: float
    y: float
    sign: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values lie in the plot."""

    least_x: float
    most_x: float
    top: float
    width: int
    height: int

    def column(self, x: float) -> int:
        share = math.log(max(x, self.least_x) / self.least_x) / math.log(self.most_x / self.least_x)
        return min(self.width - 1, round(share * (self.width - 1)))

    def row(self, y: float) -> int:
        return min(self.height - 1, round(y / self.top * (self.height - 1)))


def plot(marks: Sequence[Mark], limit_x: float, width: int, height: int) -> list[str]:
    """The plot, its uppermost line first, with a line where the limit lies; nothing without a mark."""
    if not marks:
        return []
    xs = [max(each.x, LEAST_X) for each in marks]
    least, most = _below(min(xs)), _above(max(*xs, limit_x))
    names = max(len(_number(top_of(max(each.y for each in marks)))), 1)
    scale = _Scale(least, most, top_of(max(each.y for each in marks)), width - names - 2, height)
    grid = [
        [LIMIT if at == scale.column(limit_x) else " " for at in range(scale.width)] for _ in range(height)
    ]
    for each in marks:
        grid[scale.row(each.y)][scale.column(each.x)] = each.sign
    return [*_upward(grid, scale, names), *_across(scale, names)]


def _upward(grid: Sequence[Sequence[str]], scale: _Scale, names: int) -> Iterator[str]:
    named = {0, (scale.height - 1) // 2, scale.height - 1}
    for row in range(scale.height - 1, -1, -1):
        name = _number(scale.top * row / (scale.height - 1)) if row in named else ""
        yield f"{name:>{names}} {'┤' if name else '│'}{''.join(grid[row])}".rstrip()


def _across(scale: _Scale, names: int) -> Iterator[str]:
    """The axis below, with as many numbers as there is room for."""
    line, text = ["─"] * scale.width, [" "] * (scale.width + 8)
    free = 0
    for tick in _ticks(scale.least_x, scale.most_x):
        at, name = scale.column(tick), f"{tick:g}"
        begin = max(0, at - len(name) // 2)
        if begin >= free:
            line[at] = "┬"
            text[begin : begin + len(name)] = name
            free = begin + len(name) + 1
    yield f"{'':>{names}} └{''.join(line)}"
    yield f"{'':>{names}}  {''.join(text)}".rstrip()


def top_of(most: float) -> float:
    """A round number that is no less."""
    if most <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next((each * power for each in TOPS if each * power >= most), 10 * power)


def _ticks(least: float, most: float) -> Iterator[float]:
    for each in _rounds(least):
        if each > most * 1.001:
            return
        if each >= least * 0.999:
            yield each


def _rounds(least: float) -> Iterator[float]:
    """1, 2 and 5 times powers of ten, from below a number on."""
    for power in count(math.floor(math.log10(least)) - 1):
        yield from (float(f"{each}e{power}") for each in STEPS)


def _below(x: float) -> float:
    return max(each for each in _ticks(x / 10, x))


def _above(x: float) -> float:
    return next(each for each in _rounds(x) if each >= x * 1.05)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}"
