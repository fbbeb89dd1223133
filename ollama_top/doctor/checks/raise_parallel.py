"""Requests that wait for a slot while there is memory for more of them."""

from collections.abc import Iterator, Sequence

from ollama_top.columns.formats import memory
from ollama_top.doctor import room
from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of, setting
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.setting import SettingStatus
from ollama_top.model.verdict import Severity
from ollama_top.ollama.environment import NUM_PARALLEL

POINTS = 30  # of the history
WAITING_SHARE = 0.5
MOST = 16
SAID_ELSEWHERE = frozenset({SettingStatus.DEFAULT, SettingStatus.PENDING, SettingStatus.SHELL_ONLY})
"""Where other checks tell of the number already."""


def _look(snapshot: Snapshot, history: History) -> Iterator[Found]:
    asked = setting(snapshot, NUM_PARALLEL)
    full = [each for each in snapshot.models if _is_full(each)]
    if not full or not _has_waited(history) or (asked and asked.status in SAID_ELSEWHERE):
        return
    found = _largest(full[0], snapshot)
    if found is not None:
        yield _found(full[0], *found, snapshot)


def _has_waited(history: History) -> bool:
    known = [each for each in history.waiting[-POINTS:] if each is not None]
    return len(known) == POINTS and sum(each > 0 for each in known) >= WAITING_SHARE * POINTS


def _is_full(model: LoadedModel) -> bool:
    """Whether each slot of it is taken, and somebody may wait for one; by its kind it could have more."""
    running, parallel = model.running, model.parallel
    if not (isinstance(running, Known) and isinstance(parallel, Known)) or model.held_at_one is not None:
        return False
    return running.value >= parallel.value and value_or(model.waiting, None) != 0


def _largest(model: LoadedModel, snapshot: Snapshot) -> tuple[int, int, Known[int]] | None:
    """The largest number that fits, what it takes, and what is free; None where no larger one is sure to.

    The number holds for every model, so that each takes more where it lies.
    """
    now, spare = value_or(model.parallel, 0), _spare(model, snapshot)
    each_bytes = _bytes_per_request(snapshot.models)
    if spare is None or each_bytes is None:
        return None
    number = min(MOST, 2 * now, now + max(0, spare.value) // each_bytes)
    return (number, (number - now) * each_bytes, spare) if number > now else None


def _spare(model: LoadedModel, snapshot: Snapshot) -> Known[int] | None:
    """What is free beyond what Ollama keeps free; None where it is not known, or the GPUs are full."""
    gpus = snapshot.gpus
    place = room.place_of(model, gpus)
    is_spilled = value_or(model.vram_bytes, 0) < value_or(model.size_bytes, 0)
    free = room.free_bytes(place, snapshot)
    if not isinstance(free, Known) or (gpus and is_spilled):
        return None
    return Known(free.value - room.KEPT_FREE_A_GPU * max(1, len(gpus)), free.source)


def _bytes_per_request(models: Sequence[LoadedModel]) -> int | None:
    """What one more request at once takes for all models together; None where that is not known of all."""
    costs = [each.request_kv_bytes for each in models if each.held_at_one is None]
    known = [each.value for each in costs if isinstance(each, Known)]
    return sum(known) if len(known) == len(costs) and sum(known) > 0 else None


def _found(model: LoadedModel, number: int, more_bytes: int, spare: Known[int], snapshot: Snapshot) -> Found:
    name, now = name_of(model), value_or(model.parallel, 0)
    counted = snapshot.queue.source or Source.ESTIMATE
    return Found(
        title=f"requests wait for {name} while there is memory for {number} at once, not {now}",
        cause="Each request beyond that number waits for a slot; more at once finish sooner in all, though"
        " each by itself takes longer.",
        evidence=(
            Evidence(f"something waited at half of the last {POINTS} looks or more", counted),
            Evidence(
                f"all {now} slots of {name} are taken", getattr(model.running, "source", Source.ESTIMATE)
            ),
            Evidence(f"{number} at once take {memory(more_bytes)} more for the K/V cache", Source.ESTIMATE),
            Evidence(f"{memory(spare.value)} are free, a reserve left out", spare.source),
        ),
        fix=to_set(**{NUM_PARALLEL: str(number)}),
        settle=f"the price that `ollama-top what-if --model {name} {NUM_PARALLEL}={number}` tells",
        subject=name,
    )


CHECK = Check(
    "raise-parallel", "requests that wait while there is memory for more at once", Severity.INFO, _look
)
