"""What changed from one packed value to the next, so that a stream of Frames stays small. Pure.

A change is plain, as JSON has it: a number is added to the old one; a list of one holds what stands there
now; an object has the changes of a list of the same length by index; a list of two says which rows of the
old list the new one is made of, with what came in between, and then the changes of these rows.
"""

from collections.abc import Sequence
from typing import Any

Plain = Any
DIGITS = 3  # of a difference between fractions; one that needs more is written as it is
MOST_GONE = 512  # rows that may leave a list in one step and still be told from a new list
NEAR = 64  # rows among which one is looked for


class DifferenceError(Exception):
    """A change that does not fit what it is applied to."""


def difference(old: Plain, new: Plain) -> Plain:
    """The change from one packed value to another: rows of fields are tuples, tables are lists."""
    if isinstance(new, tuple) and isinstance(old, tuple) and len(old) == len(new):
        return _of_rows(old, new)
    if not (isinstance(old, list) and isinstance(new, list)):
        return _of_leaf(old, new)
    origin = _shifted(old, new)
    if origin is None:
        if len(old) == len(new) and not _has_moved(old, new):
            return _of_rows(old, new)
        origin = _aligned(old, new)
    rows = [old[at] if at is not None else new[index] for index, at in enumerate(origin)]
    return [_runs(new, origin), _of_rows(rows, new)]


def _of_rows(old: Sequence[Plain], new: Sequence[Plain]) -> dict[str, Plain]:
    changed = [index for index, (was, now) in enumerate(zip(old, new, strict=True)) if was != now]
    return {str(index): difference(old[index], new[index]) for index in changed}


def _of_leaf(old: Plain, new: Plain) -> Plain:
    if type(old) is type(new) is int:
        return new - old
    if type(old) is type(new) is float:
        step = round(new - old, DIGITS)
        return step if round(old + step, DIGITS) == new else [new]
    return [new]


def _has_moved(old: list[Plain], new: list[Plain]) -> bool:
    """Whether rows of a table changed places: one is then unlike the one that stood there."""
    pairs = zip(old, new, strict=True)
    return any(was != now and not _is_alike(was, now) for was, now in pairs)


def _is_alike(was: Plain, now: Plain) -> bool:
    return _are_rows(was, now) and 2 * _likeness(was, now) >= len(now)


def _are_rows(was: Plain, now: Plain) -> bool:
    return isinstance(was, tuple) and isinstance(now, tuple) and len(was) == len(now)


def _likeness(was: Sequence[Plain], now: Sequence[Plain]) -> int:
    return sum(map(_is_same, was, now))


def _is_same(was: Plain, now: Plain) -> bool:
    return bool(was == now)


def _runs(new: list[Plain], origin: Sequence[int | None]) -> list[Plain]:
    """Which rows of the old list the new one is made of: where each run begins, its length, what follows."""
    runs: list[Plain] = []
    for index, at in enumerate(origin):
        if at is None:
            _brought(runs).append(new[index])
        elif runs and not runs[-1] and runs[-3] + runs[-2] == at:
            runs[-2] += 1
        else:
            runs += [at, 1, []]
    return runs


def _brought(runs: list[Plain]) -> list[Plain]:
    """The rows that come after the last run."""
    if not runs:
        runs += [0, 0, []]
    came: list[Plain] = runs[-1]
    return came


def _shifted(old: list[Plain], new: list[Plain]) -> list[int | None] | None:
    """The way of most long lists: some rows leave at the front, and some come at the end."""
    for gone in range(min(MOST_GONE, len(old)) + 1):
        stay = len(old) - gone
        if 0 < stay <= len(new) and old[gone] == new[0] and old[gone:] == new[:stay]:
            return [*range(gone, len(old)), *([None] * (len(new) - stay))]
    return None


def _aligned(old: list[Plain], new: list[Plain]) -> list[int | None]:
    """For each new row the old one that it goes on from, in their order: of those near, the most alike."""
    origin: list[int | None] = []
    start = 0
    for row in new:
        best = _most_alike(old, row, start)
        origin.append(best)
        start = start if best is None else best + 1
    return origin


def _most_alike(old: list[Plain], row: Plain, start: int) -> int | None:
    found, most = None, 0
    for at in range(start, min(start + NEAR, len(old))):
        if old[at] == row:
            return at
        alike = _likeness(old[at], row) if _are_rows(old[at], row) else 0
        if alike > most and 2 * alike >= len(row):
            found, most = at, alike
    return found


def applied(old: Plain, change: Plain) -> Plain:
    """The new value; the old one stays as it is. Raises DifferenceError."""
    try:
        return _applied(old, change)
    except (TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise DifferenceError(f"a change that does not fit: {error}") from error


def _applied(old: Plain, change: Plain) -> Plain:
    if isinstance(change, dict):
        rows = list(_rows(old))
        return _patched(rows, change)
    if not isinstance(change, list):
        return _added(old, change)
    if len(change) == 1:
        return change[0]
    runs, changes = change
    return _patched(_gathered(_rows(old), runs), changes)


def _patched(rows: list[Plain], changes: dict[str, Plain]) -> list[Plain]:
    for index, change in changes.items():
        rows[int(index)] = _applied(rows[int(index)], change)
    return rows


def _gathered(old: Sequence[Plain], runs: list[Plain]) -> list[Plain]:
    """The rows in their order, none of them twice: else a few small changes could fill the memory."""
    if len(runs) % 3:
        raise ValueError("a run without an end")
    rows: list[Plain] = []
    end = 0
    for at in range(0, len(runs), 3):
        start, count, came = runs[at : at + 3]
        if not end <= start <= start + count <= len(old):
            raise LookupError("rows that are not there")
        end = start + count
        rows += old[start:end]
        rows += _rows(came)
    return rows


def _added(old: Plain, step: Plain) -> Plain:
    if type(old) is int and type(step) is int:
        return old + step
    if type(old) is float and type(step) is float:
        return round(old + step, DIGITS)
    raise TypeError("a step between what are no numbers of one kind")


def _rows(old: Plain) -> Sequence[Plain]:
    if not isinstance(old, list | tuple):
        raise TypeError("rows of what is no list")
    return old
