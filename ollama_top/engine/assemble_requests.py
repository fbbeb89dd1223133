"""From the ledger of connections to the queue and the requests of a Snapshot. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from ollama_top.engine.assemble_exchanges import alone, with_exchanges
from ollama_top.engine.doubts import SETTLING_MS, Doubts
from ollama_top.engine.ledger import Ledger
from ollama_top.engine.proxied import Proxied
from ollama_top.engine.samples import ELSEWHERE, Samples
from ollama_top.engine.tracking import Phase
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.queue import Precision, Queue
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, value_or
from ollama_top.model.request import Request, RequestState
from ollama_top.model.slot import Slot
from ollama_top.ollama.pulling import full_name
from ollama_top.sources.clients import Client
from ollama_top.sources.inet_diag import Endpoint, Socket

AGE = attrgetter("last_received_ms")


@dataclass(frozen=True, slots=True)
class InFlight:
    """The requests in flight and what can be said of their number."""

    queue: Queue
    requests: tuple[Request, ...]


def in_flight(
    samples: Samples,
    ledger: Ledger,
    doubts: Doubts,
    proxied: Proxied,
    models: Sequence[LoadedModel],
    slots: Sequence[Slot],
) -> InFlight:
    """The queue and its requests; `ledger` holds the API's connections without our own."""
    unknown = _why_unknown(samples)
    if unknown is not None:
        queue = Queue(unknown, unknown, Precision.UNKNOWN, unknown.hint, unknown, None)
        return InFlight(queue, alone(proxied, samples.taken_at))
    clients = samples.traffic.value.clients if samples.traffic else {}
    known = proxied.known(ledger.in_phase(Phase.ASKED) + ledger.in_phase(Phase.REPLYING))
    doubted = doubts.doubted(ledger) - known
    seen = _requests(ledger, doubted, clients, _only_model(models))
    requests = with_exchanges(seen, proxied, models, slots)
    serving = ledger.serving
    if serving is None:
        why = _why_unserved(samples)
        return InFlight(Queue(why, why, Precision.UNKNOWN, why.hint, why, None), requests)
    waiting = max(0, len(requests) - serving.busy)
    note = _note(ledger, doubted, known, models, waiting)
    queue = Queue(
        running=Known(serving.busy, serving.source),
        waiting=Known(waiting, Source.SOCKETS),
        precision=Precision.UPPER_BOUND if note else Precision.EXACT,
        precision_note=note,
        oldest_wait_s=_oldest_wait(requests),
        source=Source.SOCKETS,
    )
    return InFlight(queue, requests)


def waiting_for(model: LoadedModel, models: Sequence[LoadedModel], flight: InFlight) -> Reading[int]:
    """How many wait for one model: known while all pass proxies, or can wait for no other model."""
    queue = flight.queue
    if isinstance(queue.waiting, Missing) or queue.waiting.value == 0:
        return queue.waiting
    if isinstance(model.name, Known) and all(each.exchange is not None for each in flight.requests):
        if any(each.state is RequestState.UNKNOWN for each in flight.requests):
            return Missing(Why.AMBIGUOUS, "whether some of them are in service cannot be told")
        name = full_name(model.name.value)
        waiting = [each for each in flight.requests if each.state is RequestState.WAITING]
        asked = sum(full_name(value_or(each.model, "")) == name for each in waiting)
        return Known(asked, Source.PROXY)
    if len(models) == 1 and models[0] is model and model.state is not ModelState.LOADING:
        return Known(queue.waiting.value, Source.SOCKETS)
    return Missing(
        Why.AMBIGUOUS, "which model they wait for cannot be told while several are loaded or loading"
    )


def _why_unknown(samples: Samples) -> Missing | None:
    if samples.traffic is None:
        return Missing(Why.PENDING, "not looked at yet") if samples.is_local else ELSEWHERE
    if samples.tree is not None and isinstance(samples.tree.value.server, Missing):
        return samples.tree.value.server
    if samples.traffic.value.served is None:
        return Missing(Why.UNSUPPORTED, samples.traffic.value.problem or "needs Linux's socket diagnosis")
    return None


def _why_unserved(samples: Samples) -> Missing:
    looks = samples.traffic.value.slots.values() if samples.traffic else ()
    problems = [each.problem for each in looks if each.problem is not None]
    hint = "; ".join(problems) or "a runner was not seen at work yet"
    return Missing(
        Why.FAILED if problems else Why.PENDING, f"which requests are in service is unknown: {hint}"
    )


def _only_model(models: Sequence[LoadedModel]) -> Reading[str]:
    if len(models) == 1 and models[0].state is not ModelState.LOADING and isinstance(models[0].name, Known):
        return Known(models[0].name.value, Source.ESTIMATE)
    if not models:
        return Missing(Why.PENDING, "no model is loaded yet")
    return Missing(
        Why.AMBIGUOUS, "several models are loaded or loading; a connection does not tell which it asks for"
    )


def _requests(
    ledger: Ledger, doubted: frozenset[int], clients: Mapping[Endpoint, Client], model: Reading[str]
) -> tuple[Request, ...]:
    asked, replying = ledger.in_phase(Phase.ASKED), ledger.in_phase(Phase.REPLYING)
    served = ledger.in_service(doubted)
    streams = {each.cookie: RequestState.RUNNING for each in replying if each.cookie not in doubted}
    others = {each.cookie for each in asked} - doubted
    slots_left = len(served) - len(streams)
    is_proved = slots_left in {0, len(others)}
    is_told = ledger.serving is not None and (is_proved or isinstance(model, Known))
    states = streams | {
        each: RequestState.RUNNING if each in served else RequestState.WAITING for each in others if is_told
    }
    guessed = frozenset() if is_proved else others
    unknown, guess, proof = RequestState.UNKNOWN, Source.ESTIMATE, Source.SOCKETS
    return tuple(
        _request(
            each,
            states.get(each.cookie, unknown),
            guess if each.cookie in guessed else proof,
            clients,
            model,
        )
        for each in sorted((*replying, *asked), key=AGE, reverse=True)
    )


def _request(
    socket: Socket,
    state: RequestState,
    source: Source,
    clients: Mapping[Endpoint, Client],
    model: Reading[str],
) -> Request:
    client = clients.get(socket.remote) or _unseen(socket.remote)
    return Request(
        state=state,
        model=model,
        client=client.name,
        client_pid=client.pid,
        client_address=str(socket.remote),
        age_s=Known(socket.last_received_ms / 1000, Source.SOCKETS),
        source=source,
    )


def _unseen(remote: Endpoint) -> Client:
    why = Missing(Why.NOT_LOCAL, f"the client calls from {remote.address}, not from this machine")
    return Client(pid=why, name=why)


def _oldest_wait(requests: Sequence[Request]) -> Reading[float]:
    waiting = [each.age_s for each in requests if each.state is RequestState.WAITING]
    ages = [each.value for each in waiting if isinstance(each, Known)]
    if ages:
        return Known(max(ages), Source.SOCKETS)
    if any(each.state is RequestState.UNKNOWN for each in requests):
        return Missing(Why.AMBIGUOUS, "which of them wait cannot be told while several models are loaded")
    return Missing(Why.ABSENT, "nothing waits")


def _note(
    ledger: Ledger,
    doubted: frozenset[int],
    known: frozenset[int],
    models: Sequence[LoadedModel],
    waiting: int,
) -> str | None:
    """What shows that an outstanding connection is no inference, or may be none; `known` are inference."""
    serving = ledger.serving
    if serving is None:
        return None
    if len(ledger.in_phase(Phase.REPLYING)) > serving.busy:
        return "more replies are under way than requests in service: a pull or another transfer is counted in"
    if waiting and doubted:
        return (
            "a connection does not behave as a request for inference does: a pull, an upload,"
            " or a request for another model may be counted in"
        )
    has_old = any(
        each.last_received_ms > SETTLING_MS and each.cookie not in known
        for each in ledger.in_phase(Phase.ASKED)
    )
    if waiting and has_old and not ledger.has_freed and not any(_is_full(each) for each in models):
        return "a request is outstanding while slots are free: it may be a pull or an upload"
    return None


def _is_full(model: LoadedModel) -> bool:
    """Whether a request can have to wait for this model."""
    if model.state is ModelState.LOADING:
        return True
    if model.state is ModelState.GONE:
        return False  # the next request for it has it loaded anew
    if isinstance(model.running, Missing) or isinstance(model.parallel, Missing):
        return True
    return model.running.value >= model.parallel.value
