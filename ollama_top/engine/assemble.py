"""From the newest of every source to one Snapshot, and what to remember for the next. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ollama_top.engine import activity as act
from ollama_top.engine import doubts as doubt
from ollama_top.engine.activity import Activity
from ollama_top.engine.assemble_exchanges import ended_of
from ollama_top.engine.assemble_gpus import gpus_of
from ollama_top.engine.assemble_loads import is_being_loaded
from ollama_top.engine.assemble_log import events_of, finished_of
from ollama_top.engine.assemble_models import model_of, slots_of
from ollama_top.engine.assemble_parallel import parallel_of
from ollama_top.engine.assemble_processes import processes_of
from ollama_top.engine.assemble_requests import in_flight, waiting_for
from ollama_top.engine.assemble_settings import settings_of
from ollama_top.engine.assemble_shares import shares_by_pid, shares_of_model
from ollama_top.engine.changes import notice
from ollama_top.engine.comings import watch
from ollama_top.engine.expiry import follow
from ollama_top.engine.joined import Joined, join
from ollama_top.engine.ledger import Serving, advance, glance
from ollama_top.engine.proxied import proxied
from ollama_top.engine.rhythm import sight
from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples, Taken, ToRunners, Traffic
from ollama_top.engine.serving import together
from ollama_top.engine.spreads import by_client, by_model
from ollama_top.engine.state import State
from ollama_top.engine.told import environment_of, service_of
from ollama_top.engine.tracking import has_asked
from ollama_top.model.frame import Snapshot
from ollama_top.model.host import Host
from ollama_top.model.reading import (
    Known,
    Missing,
    Reading,
    Source,
    Why,
    known_or_missing,
    map_known,
    value_or,
)
from ollama_top.model.server import Server
from ollama_top.ollama.argv import Generation
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import Endpoint, Socket
from ollama_top.sources.owner import ServerProcess

UNSEEN = Activity()


@dataclass(frozen=True, slots=True)
class _Asked:
    """The requests to the server without a byte of their replies."""

    unanswered: int
    is_for_one: bool  # whether all are for one model, the only one there is


def assemble(state: State, samples: Samples) -> tuple[State, Snapshot]:
    """One Snapshot from the newest samples; the first looks at rates and streams come out Missing."""
    joined = join(samples)
    state = _advance(state, samples, joined)
    moving = state.expiries.moving
    unjudged = tuple(model_of(each, samples, _of(state, each), is_new=each.name in moving) for each in joined)
    slots = tuple(slot for each in joined for slot in slots_of(each, samples, _of(state, each)))
    passing = proxied(samples.taps, samples.url, samples.aliases)
    flight = in_flight(samples, state.ledger, state.doubts, passing, unjudged, slots)
    shares = shares_by_pid(samples)
    models = tuple(
        replace(
            model,
            waiting=waiting_for(model, unjudged, flight),
            gpus=shares_of_model(each, samples, shares),
        )
        for each, model in zip(joined, unjudged, strict=True)
    )
    settings = settings_of(samples, models)
    state = replace(state, changes=notice(state.changes, settings, samples.taken_at))
    snapshot = Snapshot(
        taken_at=samples.taken_at,
        demo=samples.demo,
        server=_server(samples),
        queue=flight.queue,
        models=models,
        slots=slots,
        requests=flight.requests,
        finished=finished_of(samples),
        exchanges=ended_of(passing),
        by_model=by_model(passing.remembered),
        by_client=by_client(passing.remembered),
        proxies=passing.telling,
        silent_proxies=passing.silent,
        events=events_of(samples, joined, (*state.comings.events, *state.changes.events)),
        gpus=gpus_of(joined, samples),
        processes=processes_of(samples, joined, shares),
        environment=environment_of(samples),
        host=samples.host.value if samples.host else Host("", *[NOT_YET] * 7),
        service=service_of(samples),
        settings=settings,
        bursts=samples.bursts,
        sources=samples.lights,
    )
    return state, snapshot


def _of(state: State, joined: Joined) -> Activity:
    return state.activities.get(joined.runner.pid, UNSEEN) if joined.runner else UNSEEN


def _advance(state: State, samples: Samples, joined: tuple[Joined, ...]) -> State:
    """Take new traffic into account; what came of the last is kept as long as there is none."""
    api = samples.api.value if samples.api else None
    log_tells = samples.log is not None and isinstance(samples.log.value.where, Known)
    state = replace(
        state,
        expiries=follow(state.expiries, api),
        comings=watch(state.comings, api, samples.taken_at, log_tells=log_tells),
    )
    traffic = samples.traffic
    if traffic is None or traffic.at_s == state.traffic_at_s:
        return state
    passing = proxied(samples.taps, samples.url, samples.aliases)
    served = traffic.value.served or ()
    skipped = _no_inference(traffic.value.clients) | passing.no_inference(served, traffic.value.clients)
    sockets = _inference(served, skipped)
    asked = _Asked(sum(map(has_asked, sockets)), is_for_one=len(joined) == 1)
    found = {
        each.runner.pid: _activity(state, samples, each, traffic, asked) for each in joined if each.runner
    }
    activities = {pid: each for pid, each in found.items() if each is not None}
    ledger, doubts, calls = state.ledger, state.doubts, traffic.value.calls
    for glanced, called in zip_longest(traffic.value.glances, calls[: len(traffic.value.glances)]):
        ledger = glance(ledger, glanced.at_s, _inference(glanced.value, skipped))
        doubts = doubt.glance(doubts, ledger, _called(joined, called.value) if called else None)
    ledger = advance(ledger, traffic.at_s, sockets, _serving(samples, activities))
    called_now = _called(joined, traffic.value.to_runners) if ledger.serving else None
    doubts = doubt.look(doubts, ledger, called_now, found)
    return replace(state, traffic_at_s=traffic.at_s, ledger=ledger, doubts=doubts, activities=activities)


def _called(joined: Sequence[Joined], to_runners: ToRunners) -> list[Socket] | None:
    """The connections to all runners; None as soon as those to one of them are not seen."""
    ports = {each.runner.args.port for each in joined if each.runner}
    is_seen = ports <= to_runners.keys()
    return [each for of_one in to_runners.values() for each in of_one] if is_seen else None


def _activity(
    state: State, samples: Samples, joined: Joined, traffic: Taken[Traffic], asked: _Asked
) -> Activity | None:
    """What the runner of a model does."""
    runner = joined.runner
    if runner is None or runner.args.port is None:
        return None
    last = state.activities.get(runner.pid, UNSEEN)
    is_seen = traffic.value.served is not None
    sockets = traffic.value.to_runners.get(runner.args.port, ()) if is_seen else None
    if act.tells_slots(runner):
        look = traffic.value.slots.get(runner.args.port)
        sights = [sight(each.at_s, each.value.get(runner.args.port, ())) for each in traffic.value.calls]
        return act.from_slots(runner, look, sockets, last, sights) if look else None
    if sockets is None:
        return None
    if is_being_loaded(joined, samples):
        return act.NOT_LOADED  # what it is asked is to load the model
    if runner.args.generation is Generation.MLX:
        return act.from_redirected(traffic.at_s, sockets, last, asked.unanswered)
    parallel = parallel_of(joined, samples)
    return act.from_sockets(
        traffic.at_s, sockets, last, value_or(parallel, None), asked.unanswered if asked.is_for_one else 0
    )


def _no_inference(clients: Mapping[Endpoint, Client]) -> frozenset[Endpoint]:
    """Our own ends, and those of Ollama's own client at other work."""
    return frozenset(end for end, each in clients.items() if each.is_self or each.is_management)


def _inference(served: Sequence[Socket], skipped: Collection[Endpoint]) -> list[Socket]:
    """The API's connections that may carry inference."""
    return [each for each in served if each.remote not in skipped]


def _serving(samples: Samples, activities: Mapping[int, Activity]) -> Serving | None:
    """What all runners serve; None as soon as one of them cannot be seen."""
    if samples.tree is None or isinstance(samples.tree.value.server, Missing):
        return None
    parts = [activities.get(each.pid, UNSEEN).serving for each in samples.tree.value.runners]
    known = [each for each in parts if each is not None]
    return together(known) if len(known) == len(parts) else None


def _server(samples: Samples) -> Server:
    tree = samples.tree.value if samples.tree else None
    not_looked = NOT_YET if samples.is_local else ELSEWHERE
    process = tree.server if tree else not_looked
    return Server(
        url=samples.url,
        reachable=samples.api is not None and samples.api_problem is None,
        version=_version(samples),
        pid=map_known(process, lambda each: each.pid),
        manager=map_known(process, lambda each: each.keeper),
        unit=_unit(process),
        user=map_known(process, lambda each: each.user),
        cgroup=_cgroup(process),
        started_at=map_known(process, lambda each: each.started_at),
        cpu_percent=tree.cpu_percent if tree else not_looked,
        rss_bytes=tree.rss_bytes if tree else not_looked,
        problem=samples.api_problem,
    )


def _version(samples: Samples) -> Reading[str]:
    version = samples.api.value.version if samples.api else None
    if version is not None:
        return Known(version, Source.API)
    if samples.api_problem is not None:
        return Missing(Why.FAILED, samples.api_problem)
    return Missing(Why.PENDING, "not told yet")


def _unit(process: Reading[ServerProcess]) -> Reading[str]:
    if isinstance(process, Missing):
        return process
    if process.value.unit is None:
        return Missing(Why.ABSENT, "no service manager keeps it: it was started by hand")
    return Known(process.value.unit, Source.SERVICE)


def _cgroup(process: Reading[ServerProcess]) -> Reading[str]:
    if isinstance(process, Missing):
        return process
    return known_or_missing(process.value.cgroup, process.source, "it is in none but the system's own")
