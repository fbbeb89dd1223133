"""Which of the requests that pass a proxy are in service, by what the runners of their models serve. Pure.

Ollama hands the slots of a model out first come, first served: of those that wait the oldest are
in service, as many as the runner serves more than are seen to be answered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ollama_top.model.exchange import Exchange, Phase
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Source, value_or
from ollama_top.model.request import RequestState
from ollama_top.model.slot import Slot, SlotState
from ollama_top.ollama.cloud import is_cloud
from ollama_top.ollama.pulling import full_name

Asked = Mapping[str, Sequence[Exchange]]
"""By the full name of a model what is asked of it, the oldest first."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one request stands."""

    exchange: Exchange  # its phase as it can be told from beside the proxy
    state: RequestState
    source: Source


@dataclass(frozen=True, slots=True)
class _Service:
    """How one model serves."""

    busy: int | None  # requests in its slots; None where that is not known
    reading: int  # slots that read a prompt
    is_loading: bool


def standings(
    exchanges: Iterable[Exchange], models: Sequence[LoadedModel], slots: Sequence[Slot], *, others: int
) -> tuple[Standing, ...]:
    """Where each exchange stands; `others` are requests that pass no proxy, and may be for any model."""
    asked: dict[str, list[Exchange]] = {}
    for each in exchanges:
        asked.setdefault(full_name(value_or(each.model, "")), []).append(each)
    services = {full_name(value_or(each.name, "")): _service(each, slots) for each in models}
    unlisted = _unlisted(asked, services, others)
    return tuple(
        standing
        for name, found in asked.items()
        for standing in _of_model(
            found, services.get(name, _ELSEWHERE if is_cloud(name) else unlisted), others
        )
    )


def _service(model: LoadedModel, slots: Sequence[Slot]) -> _Service:
    reading = sum(each.model == model.name and each.state is SlotState.PREFILL for each in slots)
    return _Service(value_or(model.running, None), reading, model.state is ModelState.LOADING)


def _unlisted(asked: Asked, services: Mapping[str, _Service], others: int) -> _Service:
    """The service of a model that is not in memory under its name.

    It has none, unless a runner serves more than is asked under the names that are listed: one of
    the same weights under another name may be served by it.
    """
    spare = [each.busy is None or each.busy > len(asked.get(name, ())) for name, each in services.items()]
    is_known = bool(services) and not any(spare) and not others
    return _Service(0 if is_known else None, 0, is_loading=False)


_ELSEWHERE = _Service(None, 0, is_loading=False)


def _of_model(asked: Sequence[Exchange], service: _Service, others: int) -> Iterator[Standing]:
    """All exchanges of one model, those that are being answered first."""
    answered = [each for each in asked if each.phase is Phase.STREAMING]
    silent = [each for each in asked if each.phase is not Phase.STREAMING]
    yield from (Standing(each, RequestState.RUNNING, Source.PROXY) for each in answered)
    if service.is_loading:
        loading = (replace(each, phase=Phase.LOADING) for each in silent)
        yield from (Standing(each, RequestState.WAITING, Source.PROXY) for each in loading)
    else:
        yield from _silent(silent, len(answered), service, others)


def _silent(silent: Sequence[Exchange], answered: int, service: _Service, others: int) -> Iterator[Standing]:
    """Those of which nothing of the answer has come: in service, or waiting for it."""
    served = None if service.busy is None else max(0, service.busy - answered)
    if served is None or (others and 0 < served < len(silent) + others):
        yield from (Standing(each, RequestState.UNKNOWN, Source.PROXY) for each in silent)
        return
    source = Source.PROXY if served == 0 or served >= len(silent) else Source.ESTIMATE
    phase = Phase.PREFILL if service.reading == served else Phase.WAITING
    for at, each in enumerate(silent):
        if at < served:
            yield Standing(replace(each, phase=phase), RequestState.RUNNING, source)
        else:
            yield Standing(each, RequestState.WAITING, source)
