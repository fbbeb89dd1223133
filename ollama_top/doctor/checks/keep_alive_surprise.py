"""A model that stays longer than the server's own setting says, since a client asked for that."""

from collections.abc import Iterator
from datetime import timedelta

from ollama_top.columns import formats
from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import name_of, setting
from ollama_top.model.finding import Evidence, to_run
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Source
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import FOREVER, seconds

NAME = "OLLAMA_KEEP_ALIVE"
SLACK = timedelta(seconds=10)


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = setting(snapshot, NAME)
    if kept is None or not isinstance(kept.effective, Known) or kept.effective.value == FOREVER:
        return
    limit_s = seconds(kept.effective.value)
    for model in snapshot.models if limit_s is not None else ():
        left = _left(model, snapshot)
        if left is not None and left > timedelta(seconds=limit_s or 0) + SLACK:
            yield _found(model, left, kept.effective.value)


def _left(model: LoadedModel, snapshot: Snapshot) -> timedelta | None:
    """How long an idle model stays; while it serves, its moment is set anew and says nothing."""
    is_idle = model.state is ModelState.IDLE
    return (
        model.expires_at.value - snapshot.taken_at
        if is_idle and isinstance(model.expires_at, Known)
        else None
    )


def _found(model: LoadedModel, left: timedelta, usual: str) -> Found:
    stays = formats.time_left(left)
    how_long = "for ever" if stays == FOREVER else f"for {stays}"
    return Found(
        title=f"{name_of(model)} stays in memory {how_long}, not {usual}",
        cause="A client sent a keep_alive of its own with its request, which goes before the server's.",
        evidence=(Evidence(f"/api/ps says that it stays {stays}", Source.API),),
        fix=to_run("ollama", "stop", name_of(model)),
        subject=name_of(model),
    )


CHECK = Check(
    "keep-alive-surprise", "models that stay longer than the server's own setting says", Severity.INFO, _look
)
