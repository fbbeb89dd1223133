"""The profiles' screen as lines: a list of them, and under it what the marked one is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ollama_top.columns.cell import UNKNOWN, Cell, Line, Role
from ollama_top.columns.settings import UNSET
from ollama_top.control.profiles import headline, set_command, untold
from ollama_top.doctor.mending import steps
from ollama_top.model.finding import Change, to_set_all
from ollama_top.model.frame import Snapshot
from ollama_top.model.profile import Compared, Difference, Origin, Standing
from ollama_top.model.reading import Missing, Reading, Why
from ollama_top.ollama.misspelt import PREFIX
from ollama_top.ollama.variables import DECLARED
from ollama_top.tui.draw.fit import fit, fit_line, wrap
from ollama_top.tui.draw.server import heading

GROUPS = {Origin.SAVED: "Saved for this machine", Origin.BUILT_IN: "Worked out for this machine"}
NONE_SAVED = "none yet: s saves what the server has"
STANDINGS = {
    Standing.SAME: Role.GOOD,
    Standing.PENDING: Role.WARNING,
    Standing.DIFFERS: Role.NOTICE,
    Standing.UNKNOWN: Role.FAINT,
}
NAME_WIDTH, STANDING_WIDTH, VARIABLE_WIDTH = 16, 11, 26
LEAST_LISTED = 4  # lines of the list, however much there is to say of the marked one
TAKEN_AWAY = Cell("taken away", Role.FAINT)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines, and of the profiles in view the line of each."""

    lines: list[Line]
    places: dict[int, int]


def profiles_lines(
    found: Sequence[Compared],
    marked: int,
    notes: Sequence[str],
    size: tuple[int, int],
    *,
    is_read: bool = True,
) -> Drawn:
    """The list and the marked one in `size` (width, height); `is_read` where it is known what is saved."""
    width, height = size
    listed, places = _list(found, marked, width, none_saved=NONE_SAVED if is_read else UNKNOWN.text)
    about = [(), *_about(found[marked], width), *_notes(notes, width)] if found else _notes(notes, width)
    room = max(LEAST_LISTED, height - len(about))
    first = min(max(0, places.get(marked, 0) - room + 2), max(0, len(listed) - room))
    seen = {at: line - first for at, line in places.items() if first <= line < first + room}
    return Drawn([*listed[first : first + room], *about][:height], seen)


def explanation(found: Compared, changes: tuple[Change, ...], snapshot: Snapshot, width: int) -> list[Line]:
    """All of a profile: what it sets and what that does, what it costs, and how it is set here."""
    lines = [(), *_about(found, width)]
    for each in found.profile.changes:
        lines += [(), heading(each.name), *_effect(each, width)]
    if changes:
        command = set_command(changes, snapshot)
        if command is not None:
            lines += [(), heading("To set it, after a look at the plan"), *_step(command, width)]
        lines += [(), heading("By hand")]
        lines += [line for each in steps(to_set_all(changes), snapshot) for line in _step(each, width)]
    return lines


def _list(
    found: Sequence[Compared], marked: int, width: int, *, none_saved: str
) -> tuple[list[Line], dict[int, int]]:
    lines: list[Line] = []
    places: dict[int, int] = {}
    for origin, title in GROUPS.items():
        lines.append(heading(title))
        members = [at for at, each in enumerate(found) if each.profile.origin is origin]
        for at in members:
            places[at] = len(lines)
            lines.append(fit_line(_row(found[at], width, is_marked=at == marked), width))
        if not members and origin is Origin.SAVED:
            lines.append(fit_line((Cell(f"   {none_saved}", Role.FAINT),), width))
    return lines, places


def _row(found: Compared, width: int, *, is_marked: bool) -> Iterator[Cell]:
    name = fit(Cell(found.profile.name), NAME_WIDTH)
    yield Cell(f" {'>' if is_marked else ' '} {name.text} ", Role.CURSOR if is_marked else Role.STRONG)
    yield Cell(" ")
    yield fit(_standing(found), STANDING_WIDTH)
    yield Cell(" ")
    yield fit(Cell(_summary(found)), max(0, width - NAME_WIDTH - STANDING_WIDTH - 7))


def _standing(found: Compared) -> Cell:
    """How it stands to what the server has, in a word or two."""
    if found.profile.unknown is not None or found.is_same is None:
        return Cell("not known", Role.FAINT)
    if found.is_same:
        return Cell("same", Role.GOOD)
    count = sum(each.standing is Standing.DIFFERS for each in found.differences)
    if not count:
        return Cell("at restart", Role.WARNING)
    of = len(found.differences)
    return Cell(f"{count}/{of} differ" if of > 1 else "differs", Role.NOTICE)


def _summary(found: Compared) -> str:
    if found.profile.unknown is not None:
        return found.profile.unknown
    return ", ".join(map(_assignment, found.profile.changes)) or "nothing"


def _assignment(change: Change) -> str:
    name = change.name.removeprefix(PREFIX)
    return f"no {name}" if change.value is None else f"{name} {change.value}"


def _about(found: Compared, width: int) -> list[Line]:
    """What it is good for, its values beside those of the server, its price, and what is odd about it."""
    lines = [*_wrapped(f"{found.profile.name}: {headline(found)}", Role.STRONG, width, indent=1)]
    lines += _wrapped(found.profile.why or "", Role.PLAIN, width)
    lines += _table(found.differences, width)
    lines += [line for each in untold(found.differences) for line in _wrapped(each, Role.FAINT, width)]
    lines += [line for each in found.prices for line in _wrapped(each, Role.STRONG, width)]
    return [
        *lines,
        *(line for each in found.profile.problems for line in _wrapped(each, Role.WARNING, width)),
    ]


def _table(differences: Sequence[Difference], width: int) -> Iterator[Line]:
    if not differences:
        return
    room = max(6, (width - VARIABLE_WIDTH - STANDING_WIDTH - 6) // 3)
    titles = (Cell(each, Role.FAINT) for each in ("PROFILE", "NEXT START", "RUNNING"))
    yield _columns(Cell("VARIABLE", Role.FAINT), (*titles, Cell("")), room, width)
    for each in differences:
        wanted = TAKEN_AWAY if each.wanted is None else Cell(each.wanted, Role.STRONG)
        standing = Cell(each.standing.value, STANDINGS[each.standing])
        cells = (wanted, _said(each.configured), _said(each.running), standing)
        yield _columns(Cell(each.name, Role.NAME), cells, room, width)


def _columns(name: Cell, cells: tuple[Cell, ...], room: int, width: int) -> Line:
    *values, last = cells
    spaced = [piece for each in values for piece in (fit(each, room, middle=True), Cell(" "))]
    return fit_line((Cell("   "), fit(name, VARIABLE_WIDTH), Cell(" "), *spaced, last), width)


def _said(reading: Reading[str]) -> Cell:
    if isinstance(reading, Missing):
        return UNSET if reading.why is Why.ABSENT else UNKNOWN
    return Cell(reading.value)


def _effect(change: Change, width: int) -> Iterator[Line]:
    variable = DECLARED.get(change.name)
    if variable is None:
        return
    yield from _wrapped(variable.effect, Role.PLAIN, width)
    if variable.cost is not None:
        yield from _wrapped(variable.cost, Role.FAINT, width)


def _step(step: str, width: int) -> Iterator[Line]:
    """A step by its own indentation."""
    blank = " " * (3 + len(step) - len(step.lstrip()))
    for piece in wrap(Cell(step.lstrip()).text, max(1, width - len(blank) - 1)):
        yield fit_line((Cell(blank), Cell(piece, Role.GOOD)), width)


def _notes(notes: Sequence[str], width: int) -> list[Line]:
    return [line for each in notes for line in _wrapped(each, Role.WARNING, width)]


def _wrapped(text: str, role: Role, width: int, indent: int = 3) -> Iterator[Line]:
    for piece in wrap(Cell(text).text, max(1, width - indent - 1)) if text else ():
        yield fit_line((Cell(" " * indent), Cell(piece, role)), width)
