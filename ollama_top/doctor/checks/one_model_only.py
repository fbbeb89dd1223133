"""One model in use, and room kept for others that never come."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import is_absent, name_of, setting
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.verdict import Severity

NAME = "OLLAMA_MAX_LOADED_MODELS"
LONG_POINTS = 60  # of the history: the model has been in use for a while
BUSY_SHARE = 0.5


def _look(snapshot: Snapshot, history: History) -> Iterator[Found]:
    limit = setting(snapshot, NAME)
    if limit is None or not is_absent(limit.running) or len(snapshot.models) != 1:
        return
    running = [each for each in history.running[-LONG_POINTS:] if each is not None]
    if len(running) < LONG_POINTS or sum(each > 0 for each in running) < BUSY_SHARE * LONG_POINTS:
        return
    model = snapshot.models[0]
    yield Found(
        title=f"only {name_of(model)} is in use: {NAME}=1 keeps its memory for it alone",
        cause="Another model that somebody asks for in passing would share the memory, or push this one out.",
        evidence=(
            Evidence(f"{name_of(model)} is the one model in memory", Source.API),
            Evidence(f"it served requests at most of the last {LONG_POINTS} looks", _source(snapshot)),
        ),
        fix=to_set(**{NAME: "1"}),
        settle="whether other models are wanted at other times: with 1 they take turns in memory",
        subject=name_of(model),
    )


def _source(snapshot: Snapshot) -> Source:
    running = snapshot.queue.running
    return (
        running.source if isinstance(running, Known) and value_or(running, 0) is not None else Source.SOCKETS
    )


CHECK = Check("one-model-only", "one model in use, and memory shared with none", Severity.INFO, _look)
