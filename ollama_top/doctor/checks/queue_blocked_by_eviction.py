"""Requests that wait for a model which cannot be loaded before another is let go."""

from collections.abc import Iterator
from datetime import timedelta

from ollama_top.columns import formats
from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of
from ollama_top.model.finding import Evidence, to_run
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import FOREVER

PATIENCE_S = 5.0  # of who waits
LASTS_S = 0.4  # a slot that has just become free is no blockade; recorded servers took less than 0.25 s


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    waiting, oldest_s = value_or(snapshot.queue.waiting, 0), value_or(snapshot.queue.oldest_wait_s, 0.0)
    models = snapshot.models
    if not waiting or oldest_s < PATIENCE_S or not models:
        return
    if any(each.state is ModelState.LOADING or not _has_room(each) for each in models):
        return
    keeper = max(models, key=lambda each: value_or(each.size_bytes, 0))
    yield _found(waiting, oldest_s, keeper, snapshot)


def _has_room(model: LoadedModel) -> bool:
    """Whether it could serve one more at once; what is not known is taken for no."""
    running, parallel = model.running, model.parallel
    return isinstance(running, Known) and isinstance(parallel, Known) and running.value < parallel.value


def _found(waiting: int, oldest_s: float, keeper: LoadedModel, snapshot: Snapshot) -> Found:
    name = name_of(keeper)
    left = keeper.expires_at
    stays = _stays(left.value - snapshot.taken_at) if isinstance(left, Known) else ""
    wait = "waits" if waiting == 1 else "wait"
    return Found(
        title=f"{waiting} {wait} for a model that is not loaded while {name} stays in memory",
        cause="Ollama lets a model go only when it is idle, and a request with a keep_alive of its own"
        " puts that off again; everything behind it in the queue waits as well.",
        evidence=(
            Evidence(f"the longest has waited {oldest_s:.0f} s", snapshot.queue.source or Source.ESTIMATE),
            Evidence("every loaded model has a slot free, and none is being loaded", Source.SLOTS),
            Evidence(f"{name} is in memory{stays}", Source.API),
        ),
        fix=to_run("ollama", "stop", name),
        settle="whether these requests are inference at all: a pull or an upload looks alike",
        subject=name,
    )


def _stays(left: timedelta) -> str:
    """For how long; nothing where that is over, as of a model that is in use."""
    shown = formats.time_left(left)
    if left <= timedelta():
        return ""
    return ", for ever" if shown == FOREVER else f", for {shown} more"


CHECK = Check(
    "queue-blocked-by-eviction",
    "requests that wait for a model to make room",
    Severity.WARNING,
    _look,
    LASTS_S,
)
