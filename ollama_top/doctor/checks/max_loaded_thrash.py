"""Models that push one another out of memory in turns."""

from collections.abc import Iterator, Sequence

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import count_of, running_evidence, setting
from ollama_top.doctor.lately import WINDOW, lately, loads, model_of, told
from ollama_top.model.event import Event, EventKind
from ollama_top.model.finding import Evidence, Fix, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known
from ollama_top.model.setting import Setting
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import seconds

NAME, KEEP_ALIVE = "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_KEEP_ALIVE"
LEAST_TURNS = 4  # of one that goes and one that comes
SHOWN = 6  # turns that are told


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    turns = _turns(snapshot)
    names = [name for each in turns if _is_coming(each) and (name := model_of(each))]
    models = [*dict.fromkeys(names)]
    if len(turns) >= LEAST_TURNS and 1 < len(models) < len(names):
        yield _found(models, turns, snapshot)


def _turns(snapshot: Snapshot) -> tuple[Event, ...]:
    """Comings and goings in turns: of several alike in a row the first."""
    both = sorted([*loads(snapshot), *_goings(snapshot)], key=lambda each: each.at)
    turns: list[Event] = []
    for each in both:
        if not turns or _is_coming(each) != _is_coming(turns[-1]):
            turns.append(each)
    return tuple(turns)


def _goings(snapshot: Snapshot) -> tuple[Event, ...]:
    """Models that had to go. One that is there no longer had to, unless the server keeps none that long."""
    kept = setting(snapshot, KEEP_ALIVE)
    kept_s = seconds(kept.effective.value) if kept and isinstance(kept.effective, Known) else None
    if kept_s is not None and kept_s < WINDOW.total_seconds():
        return lately(snapshot, EventKind.EVICTED)
    return lately(snapshot, EventKind.EVICTED, EventKind.UNLOADED)


def _is_coming(event: Event) -> bool:
    return event.kind in {EventKind.LOAD, EventKind.LOADED}


def _found(models: Sequence[str], turns: Sequence[Event], snapshot: Snapshot) -> Found:
    limit = setting(snapshot, NAME)
    fix = _more(limit, len(models), snapshot)
    return Found(
        title=f"{' and '.join(models)} take turns in memory: one goes for another to come",
        cause=f"{NAME} allows fewer models than are in use."
        if fix
        else "They do not fit into memory together, as they are set up.",
        evidence=(*(_turn(each, snapshot) for each in turns[-SHOWN:]), *_limit(limit, snapshot)),
        fix=fix,
        settle=f"whether the {len(models)} fit into memory together"
        if fix
        else "how much memory each takes: a shorter context or fewer requests at once take less; a client's"
        " own keep_alive or `ollama stop` lets a model go as well",
        subject=" ".join(sorted(models)),
    )


def _more(limit: Setting | None, number: int, snapshot: Snapshot) -> Fix | None:
    allowed = count_of(limit, snapshot)  # 0 is Ollama's own choice
    return to_set(**{NAME: str(number)}) if allowed and allowed < number else None


def _turn(event: Event, snapshot: Snapshot) -> Evidence:
    name = model_of(event)
    if _is_coming(event):
        return told(event, snapshot, f"{name} was loaded")
    return told(event, snapshot, "others had to go" if name is None else f"{name} went")


def _limit(limit: Setting | None, snapshot: Snapshot) -> Iterator[Evidence]:
    if limit is not None:
        yield running_evidence(snapshot, limit)


CHECK = Check(
    "max-loaded-thrash",
    "models that push one another out of memory in turns",
    Severity.WARNING,
    _look,
)
