"""The tables of what passes proxies: by model, by client, and one by one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, model_column, reading_column
from ollama_top.model.exchange import Exchange, Phase
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Reading, value_or
from ollama_top.model.spread import Served

LIGHT = "proxy"
NOTHING = "nothing has passed a proxy yet"
_PHASE_ROLES = {Phase.DONE: Role.GOOD, Phase.FAILED: Role.ERROR, Phase.LEFT: Role.WARNING}


def _name(title: str) -> Column[Served]:
    """Whose exchanges they are, which gets what room there is."""
    return Column(
        "name",
        title,
        14,
        lambda row, _: Cell(row.name, Role.NAME),
        lambda row: row.name.casefold(),
        ("name",),
        priority=0,
        align=Align.LEFT,
        widest=40,
        shorten_middle=True,
    )


def _count(fact: str, title: str, width: int, priority: int, role: Role = Role.PLAIN) -> Column[Served]:
    """A count, faint where there is none."""

    def number(row: Served) -> int:
        return int(getattr(row, fact))

    return Column(
        fact,
        title,
        width,
        lambda row, _: Cell(formats.count(number(row)), role if number(row) else Role.FAINT),
        number,
        (fact,),
        priority=priority,
    )


def _spread(fact: str, part: str, title: str, text: Callable[[float], str], priority: int) -> Column[Served]:
    """One number of a spread."""

    def reading(row: Served) -> Reading[float]:
        value: Reading[float] = getattr(getattr(row, fact), part)
        return value

    return Column(
        f"{fact}_{part}",
        title,
        7,
        lambda row, _: shown(reading(row), text),
        lambda row: value_or(reading(row), None),
        (fact,),
        priority=priority,
    )


def _ago(row: Served, taken_at: datetime) -> Cell:
    return Cell(formats.span((taken_at - row.last_at).total_seconds()))


_ENDS = (
    _count("answered", "DONE", 5, 1),
    _count("failed", "FAIL", 4, 1, Role.ERROR),
    _count("left", "LEFT", 4, 4, Role.WARNING),
)

BY_MODEL: Table[Served] = Table(
    name="by model",
    kind=Served,
    rows=lambda snapshot: snapshot.by_model,
    identity=lambda row: row.name,
    title=lambda row: row.name,
    light=LIGHT,
    empty=NOTHING,
    columns=(
        _name("MODEL"),
        *_ENDS,
        _spread("queue_s", "p50", "QUEUE50", formats.age, 3),
        _spread("queue_s", "p95", "QUEUE95", formats.age, 1),
        _spread("ttft_s", "p50", "TTFT50", formats.age, 3),
        _spread("ttft_s", "p95", "TTFT95", formats.age, 1),
        _spread("total_s", "p50", "TOTAL50", formats.age, 5),
        _spread("total_s", "p95", "TOTAL95", formats.age, 2),
        _spread("tokens_per_s", "p50", "RATE50", formats.rate, 2),
        _spread("tokens_per_s", "p5", "RATE5", formats.rate, 6),
    ),
)

BY_CLIENT: Table[Served] = Table(
    name="by client",
    kind=Served,
    rows=lambda snapshot: snapshot.by_client,
    identity=lambda row: row.name,
    title=lambda row: row.name,
    light=LIGHT,
    empty=NOTHING,
    columns=(
        _name("CLIENT"),
        _count("running", "RUN", 4, 1, Role.GOOD),
        _count("waiting", "SILENT", 6, 1),
        *_ENDS,
        _spread("queue_s", "p95", "QUEUE95", formats.age, 5),
        _spread("ttft_s", "p95", "TTFT95", formats.age, 5),
        reading_column("prompt_tokens", "READ", 6, formats.count, priority=3),
        reading_column("output_tokens", "WROTE", 6, formats.count, priority=3),
        Column("last_at", "LAST", 6, _ago, lambda row: row.last_at.timestamp(), ("last_at",), priority=2),
    ),
)


def _how(row: Exchange, _: datetime) -> Cell:
    """How it ended: the reason where it failed, else why the answer ended."""
    if row.failure is not None:
        return Cell(row.failure.value, Role.ERROR)
    finish = value_or(row.finish, None)
    word = finish.value if finish and row.phase is Phase.DONE else row.phase.value
    return Cell(word, _PHASE_ROLES.get(row.phase, Role.PLAIN))


def _newest_first(snapshot: Snapshot) -> tuple[Exchange, ...]:
    return tuple(reversed(snapshot.exchanges))


def _told(fact: str, title: str, width: int, text: Callable[[Any], str], priority: int) -> Column[Any]:
    return reading_column(fact, title, width, text, priority=priority)


EXCHANGES: Table[Exchange] = Table(
    name="exchanges",
    kind=Exchange,
    rows=_newest_first,
    identity=lambda row: f"{row.id} {row.began_at.timestamp()}",
    title=lambda row: f"request {row.id}",
    light=LIGHT,
    empty=NOTHING,
    columns=(
        Column(
            "began_at",
            "BEGAN",
            8,
            lambda row, _: Cell(f"{row.began_at.astimezone():%H:%M:%S}", Role.FAINT),
            lambda row: row.began_at.timestamp(),
            ("began_at",),
            priority=0,
            align=Align.LEFT,
        ),
        Column(
            "phase",
            "ENDED",
            10,
            _how,
            lambda row: row.phase.value,
            ("phase", "failure", "finish"),
            priority=1,
            align=Align.LEFT,
        ),
        model_column("model", 12, widest=40, priority=1),
        reading_column("client", "CLIENT", 10, str, priority=2, align=Align.LEFT, widest=24),
        _told("queue_s", "QUEUE", 6, formats.age, 2),
        _told("load_s", "LOAD", 6, formats.age, 6),
        _told("ttft_s", "TTFT", 6, formats.age, 2),
        _told("total_s", "TOTAL", 6, formats.age, 4),
        _told("prompt_tokens", "READ", 6, formats.count, 5),
        _told("output_tokens", "WROTE", 6, formats.count, 3),
        _told("tokens_per_s", "TOK/S", 6, formats.rate, 3),
        _told("status", "STATUS", 6, str, 7),
        Column(
            "route",
            "ROUTE",
            20,
            lambda row, _: Cell(row.route.value, Role.FAINT),
            lambda row: row.route.value,
            ("route",),
            priority=7,
            align=Align.LEFT,
            widest=24,
        ),
    ),
)
