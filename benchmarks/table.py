"""Figures side by side, as ratios, and against the goals: Markdown out of medians. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Rounds = Sequence[float | None]
"""One figure a round; None where a round brought none."""


@dataclass(frozen=True, slots=True)
class Column:
    """What is measured, its unit, and how many decimals are worth printing."""

    title: str
    unit: str
    decimals: int = 0

    def text(self, value: float) -> str:
        """A figure with its unit."""
        return f"{value:,.{self.decimals}f} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Table:
    """Programs by measures; what a program could not be measured by is its reason, in words."""

    title: str
    reference: str  # the program that the others are ratios of
    columns: Sequence[Column]
    rows: Mapping[str, Sequence[Rounds] | str]

    def figure(self, program: str, column: int = 0) -> float | None:
        """The median of a program's rounds; None where there is none."""
        rounds = self.rows[program]
        values = [] if isinstance(rounds, str) else [each for each in rounds[column] if each is not None]
        return median(values) if values else None

    def markdown(self) -> str:
        """The table; each cell a median and how many times the reference it is."""
        head = ["", *(column.title for column in self.columns)]
        lines = [f"### {self.title}", "", _line(head), _line(["---", *["---:" for _ in self.columns]])]
        lines += [_line([name, *self._cells(name)]) for name in self.rows]
        reasons = [f"- {name}: {why}" for name, why in self.rows.items() if isinstance(why, str)]
        return "\n".join([*lines, *(["", *reasons] if reasons else [])])

    def _cells(self, program: str) -> list[str]:
        return [self._cell(program, column) for column in range(len(self.columns))]

    def _cell(self, program: str, column: int) -> str:
        figure, reference = self.figure(program, column), self.figure(self.reference, column)
        if figure is None:
            return "-"
        text = self.columns[column].text(figure)
        return f"{text} ({figure / reference:.2f}x)" if reference and program != self.reference else text


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit that a figure should keep."""

    words: str
    figure: float | None
    limit: float
    column: Column

    def markdown(self) -> str:
        """Whether it is kept, with the figure and the limit."""
        if self.figure is None:
            return f"- **not measured**: {self.words}"
        verdict = "met" if self.figure <= self.limit else "**not met**"
        return f"- {verdict}: {self.words}: {self.column.text(self.figure)} of {self.column.text(self.limit)}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
