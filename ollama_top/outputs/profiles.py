"""`ollama-top profile`: looks at a server for what profiles are compared with, and tells of them.

Must never change the server.
"""

from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass

from ollama_top.control.profiles import headline, set_command, to_change, untold
from ollama_top.doctor.mending import steps
from ollama_top.engine.answering import AskingFeed
from ollama_top.engine.profiles import Descriptions, describe_loaded
from ollama_top.model.finding import Change, to_set_all
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Compared, Difference, Profile, Shelf
from ollama_top.model.reading import Missing, Reading, Why
from ollama_top.model.text import printable
from ollama_top.ollama.variables import DECLARED
from ollama_top.outputs.show import BETWEEN_LOOKS_S, PATIENCE_S, run

HEADS = ("VARIABLE", "PROFILE", "NEXT START", "RUNNING", "")
WIDEST = 40  # of a value in a table
TAKEN_AWAY, NOT_SET = "(taken away)", "(not set)"


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a server, and what it tells of the models that are loaded."""

    snapshot: Snapshot
    descriptions: Descriptions


def look(make_feed: Callable[[float, float], AskingFeed]) -> Seen:
    """Look once; raises NothingReadError."""

    async def seen() -> Seen:
        feed = make_feed(BETWEEN_LOOKS_S, PATIENCE_S)
        async with aclosing(feed.frames()) as frames:
            snapshot = (await anext(frames)).snapshot
            return Seen(snapshot, await describe_loaded(feed, snapshot))

    return run(seen)


def shelf_text(shelf: Shelf) -> str:
    """Every profile in a line, and what is wrong with the file."""
    width = max(len(each.name) for each in shelf.profiles)
    lines = [f"{each.name:{width}}  {_summary(each)}" for each in shelf.profiles]
    lines += ["", f"of {shelf.machine_name}, in {shelf.file}"]
    if shelf.others:
        lines.append(f"of other machines, in the same file: {', '.join(shelf.others)}")
    problems = (problem for each in shelf.profiles for problem in each.problems)
    return _text([*lines, *(f"note: {each}" for each in problems)])


def profile_text(profile: Profile) -> str:
    """What a profile sets, what each does, and what is odd about it."""
    lines = [f"{profile.name}, {profile.origin.value}"]
    lines += [] if profile.why is None else [profile.why]
    if profile.unknown is not None:
        lines.append(f"not known here: {profile.unknown}")
    for each in profile.changes:
        lines += [f"    {_assignment(each)}", *_effect(each)]
    return _text([*lines, *(f"note: {each}" for each in profile.problems)])


def compared_text(found: Compared, snapshot: Snapshot) -> str:
    """A profile beside what the server has, what it would cost, and how it is set here."""
    lines = [f"{found.profile.name}: {headline(found)}"]
    if found.differences:
        lines += ["", *_table(found.differences), *untold(found.differences)]
    if found.prices:
        lines += ["", *found.prices]
    changes = to_change(found.profile, snapshot)
    if changes:
        command = set_command(changes, snapshot)
        lines += ["", "to set it, after a look at the plan:", f"    {command}"] if command else [""]
        lines += ["by hand:", *(f"    {each}" for each in steps(to_set_all(changes), snapshot))]
    return _text([*lines, *(f"note: {each}" for each in found.profile.problems)])


def _summary(profile: Profile) -> str:
    if profile.why is not None:
        return profile.why
    return " ".join(map(_assignment, profile.changes)) or "(empty)"


def _assignment(change: Change) -> str:
    return f"{change.name} {TAKEN_AWAY}" if change.value is None else f"{change.name}={change.value}"


def _effect(change: Change) -> list[str]:
    variable = DECLARED.get(change.name)
    return [] if variable is None else [f"        {variable.effect}"]


def _table(differences: tuple[Difference, ...]) -> Iterator[str]:
    rows = [HEADS, *map(_row, differences)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(each: Difference) -> tuple[str, ...]:
    wanted = TAKEN_AWAY if each.wanted is None else each.wanted
    cells = (each.name, wanted, _said(each.configured), _said(each.running), each.standing.value)
    return tuple(printable(cell if len(cell) <= WIDEST else f"{cell[: WIDEST - 1]}…") for cell in cells)


def _said(reading: Reading[str]) -> str:
    if isinstance(reading, Missing):
        return NOT_SET if reading.why is Why.ABSENT else "-"
    return reading.value


def _text(lines: list[str]) -> str:
    return "\n".join(map(printable, lines))
