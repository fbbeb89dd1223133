"""Where a user stands in the log: what is left out, the line under the cursor, and following. Pure.

Must never follow a line by its position: lines drop off at the top, and a line is known by its number.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ollama_top.model.log import LineKind, Log, LogLine
from ollama_top.model.verdict import Severity
from ollama_top.tui.prompt import Prompt

LEVELS = (Severity.OK, Severity.WARNING, Severity.ERROR)
KINDS = (None, *LineKind)
_ORDER = {severity: at for at, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class LogStand:
    """How the log is looked at."""

    is_following: bool = True  # the newest line stays in view
    chosen: int = 0  # number of the line under the cursor, where it does not follow
    index: int = 0  # its place among the lines that are shown
    offset: int = 0  # first of them on the screen
    level: Severity = Severity.OK  # the least that is shown
    kind: LineKind | None = None  # the only kind that is shown
    filter: str = ""
    searched: str = ""
    prompt: "Prompt[LogStand] | None" = None


def shown(log: Log, stand: LogStand) -> Sequence[LogLine]:
    """The lines that pass all filters."""
    lines: Sequence[LogLine] = log.lines
    if stand.kind is not None:
        lines = [each for each in lines if each.kind is stand.kind]
    if stand.level is not Severity.OK:
        least = _ORDER[stand.level]
        lines = [each for each in lines if _ORDER[each.severity] >= least]
    if stand.filter:
        lines = [each for each in lines if contains(each, stand.filter.casefold())]
    return lines


def contains(line: LogLine, folded: str) -> bool:
    """Whether a line has a text in it, in capitals or not; `folded` is without."""
    return folded in line.text.casefold() or folded in line.place.casefold()


def settle(stand: LogStand, lines: Sequence[LogLine], height: int) -> LogStand:
    """The newest line in view where it follows; else the line of the cursor, or the one after it."""
    last = max(0, len(lines) - 1)
    if stand.is_following or not lines:
        return replace(stand, index=last, offset=max(0, len(lines) - height))
    index = min(last, bisect_left(lines, stand.chosen, key=lambda each: each.number))
    moved = index - stand.index  # lines dropped off at the top: what is in view stays where it is
    offset = max(0, min(stand.offset + moved, max(0, len(lines) - height)))
    return replace(stand, index=index, offset=max(index - height + 1, min(offset, index)))


def move_to(stand: LogStand, lines: Sequence[LogLine], index: int) -> LogStand:
    """The cursor on another line; settles next."""
    if not lines:
        return stand
    index = max(0, min(index, len(lines) - 1))
    offset = min(stand.offset, index)
    return replace(stand, is_following=False, chosen=lines[index].number, index=index, offset=offset)


def find(lines: Sequence[LogLine], needle: str, start: int) -> int | None:
    """The next line upwards from `start` that has a text in it, from the end again after the first."""
    folded = needle.casefold()
    count = len(lines)
    return next((at for back in range(count) if contains(lines[at := (start - back) % count], folded)), None)
