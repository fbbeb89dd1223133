"""A burst as lines: what it means, a lane for each request, and those before it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from ollama_top.burst.course import Course
from ollama_top.burst.events import Ended
from ollama_top.burst.phases import Phase, spans
from ollama_top.burst.service import WHOLE
from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Line, Role
from ollama_top.model.burst import KeptBurst
from ollama_top.tui.burststand import BurstStand
from ollama_top.tui.draw.fit import fit_line, wrap

SIGNS = {
    Phase.WAITING: Cell("·", Role.FAINT),
    Phase.LOADING: Cell("▒", Role.NOTICE),
    Phase.PREFILL: Cell("▓", Role.WARNING),
    Phase.DECODE: Cell("█", Role.GAUGE),
}
ROLES = (Role.GOOD, Role.WARNING, Role.ERROR)  # by exit code
NAME_WIDTH, FACTS_WIDTH = 7, 24
LEAST_BAR = 10
STEPS = (1, 1.5, 2, 3, 4, 5, 7)
SHOWN_BEFORE = 8


def title(stand: BurstStand) -> str:
    """What is measured."""
    begun = stand.begun
    if begun is None:
        return "Burst: looking at the server"
    demo = "SIMULATED " if begun.is_demo else ""
    return f"Burst: {demo}{begun.requests} at once to {begun.model}, {begun.tokens} tokens each at the most"


def body(stand: BurstStand, width: int) -> list[Line]:
    """All that there is to say; the sentence first."""
    parts = (_said(stand, width), _numbers(stand), _chart(stand, width), _notes(stand, width), _before(stand))
    lines = chain.from_iterable(parts)
    return [fit_line(line, width) for line in lines]


def _said(stand: BurstStand, width: int) -> Iterator[Line]:
    text, role = _sentence(stand)
    for piece in wrap(Cell(text).text, max(1, width - 2)):
        yield (Cell(" "), Cell(piece, role))
    yield ()


def _sentence(stand: BurstStand) -> tuple[str, Role]:
    if stand.problem is not None:
        return f"Could not be measured: {stand.problem}", Role.ERROR
    if stand.ended is not None:
        return stand.ended.verdict, ROLES[stand.ended.code if stand.ended.code in range(len(ROLES)) else -1]
    if not stand.together:
        return "One request alone first, to compare with. Esc closes it and sends no more.", Role.NOTICE
    going = sum(each.outcome is None for each in stand.together)
    return f"{going} of {len(stand.together)} are not answered yet. Esc closes every request.", Role.NOTICE


def _numbers(stand: BurstStand) -> Iterator[Line]:
    if stand.ended is None:
        return
    burst = stand.ended.burst
    yield _facts(
        ("tokens/s together", _rate(burst.together_tokens_per_s)),
        ("each", _rate(burst.each_tokens_per_s)),
        ("one alone", _rate(burst.alone_tokens_per_s)),
        ("gain", f"{burst.scaling:.1f}x" if burst.scaling is not None else "-"),
    )
    yield _facts(
        ("95 of 100 waited at most", _seconds(burst.queue_p95_s)),
        ("first piece by", _seconds(burst.ttft_p95_s)),
        ("answered", f"{burst.answered}/{burst.requested}"),
    )
    yield ()


def _facts(*facts: tuple[str, str]) -> Line:
    cells = [(Cell(f" {name} ", Role.FAINT), Cell(f"{value} ", Role.STRONG)) for name, value in facts]
    return tuple(chain.from_iterable(cells))


def _rate(value: float | None) -> str:
    return "-" if value is None else formats.rate(value)


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}s"


def _chart(stand: BurstStand, width: int) -> Iterator[Line]:
    if not stand.courses:
        return
    room = max(LEAST_BAR, width - NAME_WIDTH - FACTS_WIDTH)
    whole_s = max(
        axis_s(_longest_s([stand.alone] if stand.alone else [], stand.now_s)),
        axis_s(_longest_s(stand.together, stand.now_s)),
    )
    yield (*_legend(), Cell(f"  0 to {whole_s:g} s", Role.FAINT))
    loads = stand.begun is not None and stand.begun.loads
    if stand.alone is not None:
        yield _lane("alone", stand.alone, (_zero_s([stand.alone]), whole_s, stand.now_s), room, loads=loads)
    zero_s = _zero_s(stand.together)
    for each in stand.together:
        yield _lane(str(each.number), each, (zero_s, whole_s, stand.now_s), room, loads=False)
    yield ()


def _legend() -> Iterable[Cell]:
    yield Cell(" " * NAME_WIDTH)
    for phase, sign in SIGNS.items():
        yield sign
        yield Cell(f" {phase.value}  ", Role.FAINT)


def axis_s(seconds: float) -> float:
    """The end of an axis that holds so many seconds: few ends, so that lanes seldom change their scale."""
    step = 1.0
    while True:
        for each in STEPS:
            if seconds <= each * step:
                return each * step
        step *= 10


def _zero_s(courses: Sequence[Course]) -> float:
    return min((each.sent_s for each in courses if each.sent_s is not None), default=0.0)


def _longest_s(courses: Sequence[Course], now_s: float) -> float:
    ends = [now_s if each.end_s is None else each.end_s for each in courses if each.sent_s is not None]
    return max(ends, default=0.0) - _zero_s(courses) if ends else 0.0


def _lane(name: str, course: Course, times: tuple[float, float, float], room: int, *, loads: bool) -> Line:
    """One request; `times` are where its axis begins, how long it is, and now."""
    zero_s, whole_s, now_s = times
    bar: list[Cell] = []
    at = 0
    for each in spans(course, now_s, loads=loads):
        end = min(room, round((each.end_s - zero_s) / whole_s * room))
        if end > at:
            sign = SIGNS[each.phase]
            bar.append(Cell(sign.text * (end - at), sign.role))
            at = end
    return (
        Cell(name.rjust(NAME_WIDTH - 1), Role.FAINT),
        Cell(" "),
        *bar,
        Cell(" " * (room - at)),
        *_end(course),
    )


def _end(course: Course) -> Iterator[Cell]:
    """How far it is, or how it ended."""
    if course.outcome is not None and course.outcome not in WHOLE:
        yield Cell(f" ✗ {course.outcome.value.replace('_', ' ')}", Role.ERROR)
        return
    told = course.statistics
    tokens = told.tokens if told is not None and told.tokens is not None else course.pieces
    yield Cell(f" {tokens:>5} tokens", Role.STRONG if course.outcome else Role.FAINT)
    if told is not None and told.decode_s and told.tokens:
        yield Cell(f" {formats.rate(told.tokens / told.decode_s):>6}/s", Role.FAINT)


def _notes(stand: BurstStand, width: int) -> Iterator[Line]:
    for note in stand.ended.notes if stand.ended else ():
        for piece in wrap(Cell(note).text, max(1, width - 2)):
            yield (Cell(" "), Cell(piece, Role.FAINT))


def _before(stand: BurstStand) -> Iterator[Line]:
    if stand.ended is None:
        return
    yield ()
    yield (Cell(" WHEN (UTC)        AT ONCE  SET  MEASURED  TOGETHER    EACH  GAIN", Role.HEADER),)
    for each in reversed(_newest(stand.ended)):
        yield (Cell(_row(each), Role.STRONG if each == stand.ended.burst else Role.PLAIN),)


def _newest(ended: Ended) -> tuple[KeptBurst, ...]:
    return ended.history[-SHOWN_BEFORE:]


def _row(burst: KeptBurst) -> str:
    said = burst.configured_parallel or burst.effective_parallel
    gain = "-" if burst.scaling is None else f"{burst.scaling:.1f}x"
    return (
        f" {burst.taken_at:%Y-%m-%d %H:%M} {burst.requested:>8} {said or '-':>4}"
        f" {burst.measured_parallel or '-':>9} {_rate(burst.together_tokens_per_s):>9}"
        f" {_rate(burst.each_tokens_per_s):>7} {gain:>5}"
    )
