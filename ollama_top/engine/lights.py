"""How sources that look at this machine are doing, from their stations: a light each. Pure."""

from collections.abc import Iterable

from ollama_top.engine.samples import Traffic
from ollama_top.engine.station import Station
from ollama_top.model.light import Light, LightState
from ollama_top.model.reading import Missing, Reading, Why
from ollama_top.model.service import Service
from ollama_top.sources.logs.watch import LogLook
from ollama_top.sources.processes import TreeLook

LOG_STATES = {
    Why.DENIED: LightState.LIMITED,
    Why.FAILED: LightState.FAILED,
    Why.PENDING: LightState.PENDING,
}
"""What a log that is not read makes of its light; it is absent otherwise."""


def tree_light(station: Station[TreeLook], now_s: float) -> Light:
    """The server's processes."""
    server = station.last.value.server if station.last else None
    if isinstance(server, Missing):
        state = LightState.LIMITED if server.why is Why.DENIED else LightState.ABSENT
        return station.light(now_s, state, server.hint)
    return station.light(now_s)


def service_light(station: Station[Reading[Service]], now_s: float) -> Light:
    """The service that keeps the server."""
    found = station.last.value if station.last else None
    if not isinstance(found, Missing):
        return station.light(now_s)
    state = LightState.FAILED if found.why is Why.FAILED else LightState.ABSENT
    return station.light(now_s, state, found.hint)


def traffic_lights(station: Station[Traffic], now_s: float) -> Iterable[Light]:
    """The two halves of one look: connections, and slots."""
    whole = station.light(now_s)
    traffic = station.last.value if station.last else None
    sockets = (
        whole
        if whole.problem or traffic is None or traffic.problem is None
        else station.light(now_s, LightState.ABSENT, traffic.problem)
    )
    yield Light("sockets", sockets.state, sockets.age_s, sockets.took_s, sockets.problem)
    problems = _problems(traffic) if traffic else []
    slots = station.light(
        now_s, LightState.FAILED if problems else LightState.OK, "; ".join(problems) or None
    )
    failed = [each.at_s for each in traffic.slots.values() if each.problem] if traffic else []
    age_s = now_s - min(failed) if failed else slots.age_s
    yield Light("slots", slots.state, age_s, slots.took_s, slots.problem)


def _problems(traffic: Traffic) -> list[str]:
    """What runners did not tell that were asked, each problem once."""
    slots = [each.problem for each in traffic.slots.values() if each.problem]
    loads = [each.problem for each in traffic.loads.values() if each.problem]
    return list(dict.fromkeys([*slots, *loads]))


def log_light(station: Station[LogLook], now_s: float) -> Light:
    """The server's log."""
    where = station.last.value.where if station.last else None
    if isinstance(where, Missing):
        state = LOG_STATES.get(where.why, LightState.ABSENT)
        return station.light(now_s, state, where.hint)
    return station.light(now_s)
