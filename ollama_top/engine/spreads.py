"""What the exchanges of a proxy come to: by model, and by client. Pure.

Must never count a management call, nor take a counted piece for a token that was told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ollama_top.model.exchange import MANAGEMENT, Exchange, Phase
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or
from ollama_top.model.spread import Served, Spread

NONE_TOLD = Missing(Why.ABSENT, "none of these exchanges tells it")
UNNAMED = "(no model named)"


def by_model(finished: Iterable[Exchange]) -> tuple[Served, ...]:
    """What ended, by model; those most asked for first."""
    return _grouped(finished, lambda each: value_or(each.model, UNNAMED))


def by_client(finished: Iterable[Exchange]) -> tuple[Served, ...]:
    """What ended, by the name of the client's process, else by its address without the port."""
    return _grouped(finished, client_of)


def client_of(exchange: Exchange) -> str:
    """Who asked: the name of the process, else the address without the port."""
    return value_or(exchange.client, exchange.client_address.rpartition(":")[0])


def _grouped(finished: Iterable[Exchange], name_of: Callable[[Exchange], str]) -> tuple[Served, ...]:
    groups: dict[str, list[Exchange]] = {}
    for each in finished:
        if each.route not in MANAGEMENT:
            groups.setdefault(name_of(each), []).append(each)
    return tuple(_served(name, group) for name, group in sorted(groups.items(), key=_most_first))


def _most_first(group: tuple[str, list[Exchange]]) -> tuple[int, str]:
    return -len(group[1]), group[0]


def _served(name: str, group: Sequence[Exchange]) -> Served:
    phases: Mapping[Phase, int] = {
        phase: sum(each.phase is phase for each in group) for phase in (Phase.DONE, Phase.FAILED, Phase.LEFT)
    }
    return Served(
        name=name,
        answered=phases[Phase.DONE],
        failed=phases[Phase.FAILED],
        left=phases[Phase.LEFT],
        queue_s=spread(each.queue_s for each in group),
        ttft_s=spread(each.ttft_s for each in group),
        total_s=spread(each.total_s for each in group if each.phase is Phase.DONE),
        tokens_per_s=spread(each.tokens_per_s for each in group),
    )


def spread(readings: Iterable[Reading[float]]) -> Spread:
    """How the values are spread that are known exactly."""
    values = sorted(
        each.value for each in readings if isinstance(each, Known) and each.source is not Source.ESTIMATE
    )
    return Spread(len(values), *(_percentile(values, percent) for percent in (5, 50, 95)))


def _percentile(values: Sequence[float], percent: int) -> Reading[float]:
    """The least value that so many of a hundred do not exceed."""
    if not values:
        return NONE_TOLD
    rank = -(-percent * len(values) // 100)
    return Known(values[rank - 1], Source.PROXY)
