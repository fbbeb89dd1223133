"""A service that ends as soon as it is started, again and again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import last_words, service
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Source, value_or
from ollama_top.model.service import Service
from ollama_top.model.verdict import Severity

LOOPING = "auto-restart"  # systemd's word while it waits to start a service anew
SEVERAL = 3  # starts by the manager itself
RECENT = timedelta(seconds=60)


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = service(snapshot)
    if kept is None or not kept.is_loaded:
        return
    state, restarts = value_or(kept.state, ""), value_or(kept.restarts, 0)
    if state.startswith("failed"):
        yield _found(kept, snapshot, f"{kept.name} has failed, and {kept.manager} does not start it any more")
    elif LOOPING in state:
        yield _again(kept, snapshot, restarts)
    elif restarts >= SEVERAL and _is_recent(kept, snapshot):
        unsure = "whether the number of its starts rises: one by hand may leave the old number as it was"
        yield replace(_again(kept, snapshot, restarts), severity=Severity.WARNING, settle=unsure)


def _again(kept: Service, snapshot: Snapshot, restarts: int) -> Found:
    times = "once" if restarts == 1 else f"{restarts} times"
    again = f"{kept.name} ends again and again: {kept.manager} has started it anew {times}"
    return _found(kept, snapshot, again)


def _is_recent(kept: Service, snapshot: Snapshot) -> bool:
    return isinstance(kept.started_at, Known) and snapshot.taken_at - kept.started_at.value < RECENT


def _found(kept: Service, snapshot: Snapshot, title: str) -> Found:
    return Found(
        title=title,
        cause="Its main process ends at the start; its last words in the log say why.",
        evidence=(
            Evidence(
                f"{kept.manager} says: {value_or(kept.state, '-')}, result {value_or(kept.result, '-')}",
                Source.SERVICE,
            ),
            Evidence(f"the last exit status was {value_or(kept.exit_status, '-')}", Source.SERVICE),
            Evidence(f"starts by {kept.manager} itself: {value_or(kept.restarts, '-')}", Source.SERVICE),
        ),
        fix=last_words(kept, snapshot),
        subject=kept.name,
    )


CHECK = Check("restart-loop", "a service that ends as soon as it is started", Severity.ERROR, _look)
