"""The parts of a screen that wait to be painted: what was asked for first, then what was told, in pieces.

Must never lose a part: what is not taken waits on.
"""

from collections.abc import Set

from textual.geometry import Region

from ollama_top.tui.line.pace import Lane, Pace

BYTES_PER_CELL = 2  # about what a cell costs with its share of styles


class Waiting:
    """Regions of one screen, by the reason why they are to be painted."""

    def __init__(self) -> None:
        self._regions: dict[Lane, set[Region]] = {lane: set() for lane in Lane}
        self._next_y = 0  # pieces go on from here, so that every line has its turn

    def __bool__(self) -> bool:
        return any(self._regions.values())

    def add(self, lane: Lane, regions: Set[Region]) -> None:
        """Let these wait."""
        self._regions[lane] |= regions

    def lane(self, pace: Pace) -> Lane | None:
        """What may be painted now; None for nothing."""
        return next((each for each in Lane if self._regions[each] and not pace.wait_s(each)), None)

    def wait_s(self, pace: Pace) -> float | None:
        """Seconds until more may be painted if no answer comes; None where nothing waits."""
        return min((pace.wait_s(lane) for lane, regions in self._regions.items() if regions), default=None)

    def take(self, lane: Lane, whole: Region, piece_bytes: int | None) -> set[Region]:
        """The regions to paint now; those of a screen of another size are cut to this one, `whole`."""
        found = {part for region in self._regions[lane] if (part := region.intersection(whole))}
        if whole in self._regions[lane] and (lane is Lane.ASKED or piece_bytes is None):
            self._regions = {each: set() for each in Lane}
            return {whole}
        if lane is Lane.TOLD and piece_bytes is not None:
            found, rest = self._piece(found, piece_bytes // BYTES_PER_CELL, whole.height)
            self._regions[lane] = rest
            return found
        self._regions[lane] = set()
        told = self._regions[Lane.TOLD]
        told -= {each for each in told if any(one.contains_region(each) for one in found)}
        return found

    def _piece(self, regions: set[Region], cells: int, height: int) -> tuple[set[Region], set[Region]]:
        """So many cells, from the line on where the last piece ended, one line at the least; and the rest."""
        lines = {Region(each.x, y, each.width, 1) for each in regions for y in each.line_range}
        taken: set[Region] = set()
        for line in sorted(lines, key=lambda each: ((each.y - self._next_y) % height, each)):
            cells -= line.width
            if taken and cells < 0:
                self._next_y = line.y
                break
            taken.add(line)
        return taken, lines - taken
