"""The table of requests in flight."""

from collections.abc import Callable
from datetime import datetime

from ollama_top.columns import formats
from ollama_top.columns.cell import Cell, Role, shown
from ollama_top.columns.column import Align, Column, Table, model_column, reading_column
from ollama_top.model.exchange import Phase
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Missing, Reading, Why, value_or
from ollama_top.model.request import Request, RequestState

_STATE_ROLES = {RequestState.RUNNING: Role.GOOD, RequestState.WAITING: Role.WARNING}
_PHASES = {Phase.LOADING: "loading", Phase.PREFILL: "prefill", Phase.STREAMING: "decode"}
"""What a request is doing, where its proxy and its runner tell more than that it is in service, or is not."""

_NO_PROXY = Missing(Why.UNSUPPORTED, "only a proxy sees this, and the request passes none that is known")


def _rows(snapshot: Snapshot) -> tuple[Request, ...]:
    return snapshot.requests


def _unseen(snapshot: Snapshot) -> str | None:
    """What keeps requests from being counted keeps them from being seen."""
    running = snapshot.queue.running
    return running.hint if isinstance(running, Missing) else None


def _identity(row: Request) -> str:
    """The connection it came in on: one request at a time is outstanding there, but for those of a proxy."""
    return row.client_address if row.exchange is None else f"{row.client_address} {row.exchange.id}"


def _title(row: Request) -> str:
    return f"request from {value_or(row.client, None) or row.client_address}"


def _word(row: Request) -> str:
    phase = _PHASES.get(row.exchange.phase) if row.exchange is not None else None
    return phase or row.state.value


def _state(row: Request, _: datetime) -> Cell:
    return Cell(_word(row), _STATE_ROLES.get(row.state, Role.FAINT))


def _exchange_column(
    fact: str, title: str, width: int, text: Callable[[float], str], priority: int
) -> Column[Request]:
    """A column that draws a number which only a proxy can tell."""

    def reading(row: Request) -> Reading[float]:
        if row.exchange is None:
            return _NO_PROXY
        value: Reading[float] = getattr(row.exchange, fact)
        return value

    return Column(
        key=fact,
        title=title,
        width=width,
        cell=lambda row, _: shown(reading(row), text),
        sort_key=lambda row: value_or(reading(row), None),
        facts=("exchange",),
        priority=priority,
        is_told=lambda snapshot: bool(snapshot.proxies),
    )


def _age(row: Request, _: datetime) -> Cell:
    return shown(row.age_s, formats.age, Role.STRONG if row.state is RequestState.WAITING else Role.PLAIN)


REQUESTS: Table[Request] = Table(
    name="requests",
    kind=Request,
    rows=_rows,
    identity=_identity,
    title=_title,
    light="sockets",
    empty="no request is in flight",
    unseen=_unseen,
    columns=(
        Column(
            "state",
            "REQUEST",
            12,
            _state,
            _word,
            ("state",),
            priority=0,
            align=Align.LEFT,
        ),
        model_column("model", 14, widest=44, priority=3),
        Column("age_s", "AGE", 6, _age, lambda row: value_or(row.age_s, None), ("age_s",), priority=1),
        _exchange_column("ttft_s", "TTFT", 6, formats.age, priority=4),
        _exchange_column("output_tokens", "TOKENS", 6, formats.count, priority=4),
        _exchange_column("tokens_per_s", "TOK/S", 6, formats.rate, priority=4),
        reading_column("client", "CLIENT", 14, str, priority=2, align=Align.LEFT, widest=32),
        reading_column("client_pid", "PID", 7, str, priority=4),
        Column(
            "client_address",
            "FROM",
            21,
            lambda row, _: Cell(row.client_address, Role.FAINT),
            lambda row: row.client_address,
            ("client_address",),
            priority=5,
            align=Align.LEFT,
            widest=47,
            shorten_middle=True,
        ),
        Column(
            "source",
            "SEEN BY",
            8,
            lambda row, _: Cell(row.source.value, Role.FAINT),
            lambda row: row.source.value,
            ("source",),
            priority=6,
            align=Align.LEFT,
        ),
    ),
)
