"""What the exchanges of a proxy come to: by model, and by client. Pure.

Must never count a management call, nor take a counted piece for a token that was told.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from ollama_top.engine.percentiles import percentile
from ollama_top.model.exchange import MANAGEMENT, Exchange, Phase
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or
from ollama_top.model.spread import Served, Spread

NONE_TOLD = Missing(Why.ABSENT, "none of these exchanges tells it")
UNNAMED = "(no model named)"


def by_model(exchanges: Iterable[Exchange]) -> tuple[Served, ...]:
    """What is under way and what ended, by model; those most asked for first."""
    return _grouped(exchanges, lambda each: value_or(each.model, UNNAMED))


def by_client(exchanges: Iterable[Exchange]) -> tuple[Served, ...]:
    """The same by the name of the client's process, else by its address without the port."""
    return _grouped(exchanges, client_of)


def client_of(exchange: Exchange) -> str:
    """Who asked: the name of the process, else the address without the port."""
    return value_or(exchange.client, exchange.client_address.rpartition(":")[0])


def _grouped(exchanges: Iterable[Exchange], name_of: Callable[[Exchange], str]) -> tuple[Served, ...]:
    groups: dict[str, list[Exchange]] = {}
    for each in exchanges:
        if each.route not in MANAGEMENT:
            groups.setdefault(name_of(each), []).append(each)
    return tuple(_served(name, group) for name, group in sorted(groups.items(), key=_most_first))


def _most_first(group: tuple[str, list[Exchange]]) -> tuple[int, str]:
    return -len(group[1]), group[0]


def _served(name: str, group: Sequence[Exchange]) -> Served:
    phases = Counter(each.phase for each in group)
    return Served(
        name=name,
        last_at=max(each.began_at for each in group),
        running=phases[Phase.STREAMING],
        waiting=phases[Phase.WAITING],
        answered=phases[Phase.DONE],
        failed=phases[Phase.FAILED],
        left=phases[Phase.LEFT],
        prompt_tokens=_sum(each.prompt_tokens for each in group),
        output_tokens=_sum(each.output_tokens for each in group),
        queue_s=spread(each.queue_s for each in group),
        ttft_s=spread(each.ttft_s for each in group),
        total_s=spread(each.total_s for each in group if each.phase is Phase.DONE),
        tokens_per_s=spread(each.tokens_per_s for each in group),
    )


def _sum(readings: Iterable[Reading[int]]) -> Reading[int]:
    """Tokens that the server told of; what was counted in pieces is not, and none that is told is no 0."""
    told = [each.value for each in readings if isinstance(each, Known) and each.source is not Source.ESTIMATE]
    return Known(sum(told), Source.PROXY) if told else NONE_TOLD


def spread(readings: Iterable[Reading[float]]) -> Spread:
    """How the values are spread that are known exactly."""
    values = sorted(
        each.value for each in readings if isinstance(each, Known) and each.source is not Source.ESTIMATE
    )
    if not values:
        return Spread(0, NONE_TOLD, NONE_TOLD, NONE_TOLD)
    return Spread(len(values), *(Known(percentile(values, each), Source.PROXY) for each in (5, 50, 95)))
