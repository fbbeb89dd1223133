"""The log pane as lines: a pure function of a View, of how the user looks at the log, and of a size."""

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.log import LineKind, Log, LogLine
from ollama_top.model.reading import Missing
from ollama_top.model.verdict import Severity
from ollama_top.tui.draw.fit import ends, fit, fit_line, marked, wrap
from ollama_top.tui.draw.footer import key_line, prompt_line
from ollama_top.tui.log_keys import LOG_KEYS
from ollama_top.tui.logstand import LogStand, shown
from ollama_top.tui.prompt import HINTS
from ollama_top.tui.view import View

SIGNS = {Severity.WARNING: Cell("!", Role.WARNING), Severity.ERROR: Cell("✗", Role.ERROR)}
ROLES = {Severity.WARNING: Role.WARNING, Severity.ERROR: Role.ERROR}
WORDS_OF = {
    LineKind.SERVER: "the server",
    LineKind.REQUEST: "the server, about a request that is over",
    LineKind.RUNNER: "a runner; the log does not tell which",
    LineKind.SERVICE: "the service manager",
}
KIND_WIDTH = 8
NOT_YET = Log()


def log_of(view: View) -> Log:
    """The log of the Frame in view."""
    return view.frame.log if view.frame is not None else NOT_YET


def head(view: View, stand: LogStand, width: int) -> Line:
    """Where the log is read, what of it is shown, and whether the newest line stays in view."""
    log = log_of(view)
    if isinstance(log.where, Missing) and not log.lines:
        return fit_line([Cell(" Log: not read", Role.HEADER_FOCUSED)], width, Role.HEADER_FOCUSED)
    where = "not read" if isinstance(log.where, Missing) else log.where.value
    lines = shown(log, stand)
    paused = " PAUSED " if view.is_paused else ""
    count = f"{len(lines)} lines" if stand.is_following else f"line {stand.index + 1} of {len(lines)}"
    follows = ["following"] if stand.is_following else []
    parts = [*_narrowed(stand), count, f"{log.left_out} polls left out", *follows]
    left = [Cell(f" Log: {where} ", Role.HEADER_FOCUSED)]
    right = [Cell(f"  {'  '.join(parts)} ", Role.HEADER_FOCUSED), Cell(paused, Role.BADGE)]
    line = ends(left, right, width)
    return line if width >= 40 else fit_line(left, width, Role.HEADER_FOCUSED)


def body(view: View, stand: LogStand, size: tuple[int, int]) -> list[Line]:
    """The lines in view; why there is none, where there is none. `stand` settled."""
    width, height = size
    log = log_of(view)
    lines = shown(log, stand)
    why = _why_empty(log, width) if not lines or isinstance(log.where, Missing) else []
    window = range(stand.offset, min(len(lines), stand.offset + height - len(why)))
    return [*why, *(_line(lines[at], stand, at, width) for at in window)]


def foot(stand: LogStand, width: int) -> Line:
    """The keys, or what is being typed."""
    if stand.prompt is not None:
        return prompt_line(stand.prompt.purpose.value, stand.prompt.text, HINTS[stand.prompt.purpose], width)
    return key_line(LOG_KEYS, width, filter_text=stand.filter)


def whole_line(line: LogLine, width: int) -> list[Line]:
    """One line in full, wrapped, with what is known of it."""
    when = f"{line.at:%Y-%m-%d %H:%M:%S %Z}".rstrip() if line.at is not None else "-"
    facts = [
        ("at", when),
        ("words of", WORDS_OF[line.kind]),
        ("level", line.severity.value),
        ("place", line.place),
    ]
    told = [(Cell(" "), fit(Cell(name, Role.FAINT), 10), Cell(value)) for name, value in facts if value]
    text = [(Cell("  "), Cell(piece)) for piece in wrap(Cell(line.text).text, max(1, width - 4))]
    return [*told, (), *text]


def _narrowed(stand: LogStand) -> list[str]:
    """What of the log is left out by the user."""
    level = [f"{stand.level.value}s only" if stand.level is Severity.ERROR else "warnings and errors"]
    kind = [f"{stand.kind.value} only"] if stand.kind is not None else []
    return [*(level if stand.level is not Severity.OK else []), *kind]


def _line(line: LogLine, stand: LogStand, at: int, width: int) -> Line:
    role = ROLES.get(line.severity, Role.FAINT if line.kind is LineKind.RUNNER else Role.PLAIN)
    cells = (
        Cell(" "),
        Cell(f"{line.at:%H:%M:%S}" if line.at is not None else "        ", Role.FAINT),
        Cell(" "),
        SIGNS.get(line.severity, Cell(" ")),
        Cell(" "),
        fit(Cell(line.kind.value, Role.FAINT), KIND_WIDTH),
    )
    room = max(0, width - 12 - KIND_WIDTH)
    drawn = fit_line((*cells, fit(Cell(_squeezed(line), role), room)), width)
    return marked(drawn, is_cursor=not stand.is_following and at == stand.index, is_stale=False)


def _squeezed(line: LogLine) -> str:
    """The text without the blanks that fill a runner's columns; requests have their columns in common."""
    return line.text if line.kind is LineKind.REQUEST else " ".join(line.text.split())


def _why_empty(log: Log, width: int) -> list[Line]:
    """Why there is nothing, or nothing new: never that there are no lines where they may not be read."""
    if isinstance(log.where, Missing):
        text = f"No log is read ({log.where.why.value.replace('_', ' ')}): {log.where.hint}."
        return [(Cell(" "), Cell(piece, Role.WARNING)) for piece in wrap(Cell(text).text, max(1, width - 2))]
    text = "The server has written nothing yet."
    if log.lines:
        text = f"None of {formats.count(len(log.lines))} lines is of this kind (Esc shows all)."
    return [(Cell(" "), Cell(text, Role.FAINT))]
