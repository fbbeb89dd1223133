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

    tables: Sequence[Table]
    goals: Sequence[Goal]


@dataclass(frozen=True, slots=True)
class Bench:
    """The programs to measure beside ours, and how often and how long."""

    htop: Program
    mtop: Program
    environment: Mapping[str, str]
    server: str  # address of the simulated server
    quick_rounds: int
    long_rounds: int
    window_s: float
    memory_after_s: float

    def start(self, program: Program) -> Terminal:
        """The program on a terminal of its own."""
        return Terminal(program.argv, self.environment, ROOT)

    def rounds(
        self, programs: Sequence[Program], measure: Callable[[Program], Figures], count: int | None = None
    ) -> dict[str, Sequence[Rounds] | str]:
        """Rows of a table: everyone once a round, in turn; a first round that warms caches is left out."""
        present = [each for each in programs if not each.absent]
        for each in present if count is None else ():
            measure(each)
        figures: dict[str, list[Figures]] = {each.name: [] for each in present}
        for _ in range(count or self.quick_rounds):
            for each in present:
                figures[each.name].append(measure(each))
        return {each.name: each.absent or list(zip(*figures[each.name], strict=True)) for each in programs}
