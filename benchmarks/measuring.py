"""What every case is given, and what it brings back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from programs import ROOT, Program
from table import Goal, Rounds, Table
from terminal import Terminal

Figures = Sequence[float | None]
"""One figure for each column, of one round."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case found."""

    table: Table
    goals: Sequence[Goal]


@dataclass(frozen=True, slots=True)
class Bench:
    """The programs to measure beside ours, and how often and how long."""

    htop: Program
    btop: Program
    mtop: Program
    environment: Mapping[str, str]
    server: str  # address of the simulated server
    short_count: int  # rounds of what takes seconds
    long_count: int  # rounds of what takes a window
    window_s: float
    memory_after_s: float

    def start(self, program: Program) -> Terminal:
        """The program on a terminal of its own."""
        return Terminal(program.argv, self.environment, ROOT)

    def rounds(
        self, programs: Sequence[Program], measure: Callable[[Program], Figures], count: int
    ) -> dict[str, Sequence[Rounds] | str]:
        """Rows of a table: everyone once a round, in turn, so that what disturbs one disturbs all."""
        figures: dict[str, list[Figures]] = {each.name: [] for each in programs}
        for _ in range(count):
            for each in programs:
                if not each.absent:
                    figures[each.name].append(measure(each))
        return {each.name: each.absent or list(zip(*figures[each.name], strict=True)) for each in programs}

    def short_rounds(
        self, programs: Sequence[Program], measure: Callable[[Program], Figures]
    ) -> dict[str, Sequence[Rounds] | str]:
        """The same for what takes seconds at most, after a round that warms the caches."""
        self.rounds(programs, measure, 1)
        return self.rounds(programs, measure, self.short_count)
