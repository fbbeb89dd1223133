"""A slot that works for nobody, or a request that gets no further."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.model.finding import Evidence, to_run
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.light import LightState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.slot import Slot, SlotState
from ollama_top.model.verdict import Severity

LASTS_S = 20.0  # recorded servers stood still for a second at the most, on two busy processors


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    busy = [each for each in snapshot.slots if each.state is not SlotState.IDLE]
    if busy and not snapshot.requests and _sees_clients(snapshot):
        yield _orphan(busy[0])
    for slot in busy:
        if isinstance(slot.tokens_per_s, Known) and slot.tokens_per_s.value == 0:
            yield _halted(slot)


def _sees_clients(snapshot: Snapshot) -> bool:
    is_ok = any(each.name == Source.SOCKETS and each.state is LightState.OK for each in snapshot.sources)
    return is_ok and snapshot.queue.precision is Precision.EXACT


def _orphan(slot: Slot) -> Found:
    model = value_or(slot.model, "a model")
    return Found(
        title=f"a slot of {model} works, and no client waits for it",
        cause="Its client has left, and the runner goes on to the end of the answer all the same.",
        evidence=(
            Evidence(f"slot {slot.slot} is in {slot.state.value}", Source.SLOTS),
            Evidence("no connection to the server has a request outstanding", Source.SOCKETS),
        ),
        fix=to_run("ollama", "stop", model),
        subject=f"{model} slot {slot.slot} without a client",
    )


def _halted(slot: Slot) -> Found:
    model = value_or(slot.model, "a model")
    return Found(
        title=f"a request to {model} has written nothing since the last look",
        cause="The runner says that it works on it, and it gets no further.",
        evidence=(Evidence(f"slot {slot.slot} wrote 0 tokens a second", Source.SLOTS),),
        fix=to_run("ollama", "stop", model),
        settle="whether it goes on by itself: another request's long prompt can hold it up",
        subject=f"{model} slot {slot.slot} halted",
    )


CHECK = Check(
    "stuck-request", "slots that work for nobody, or get no further", Severity.WARNING, _look, LASTS_S
)
