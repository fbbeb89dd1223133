"""What was configured for the server since it was started, and waits for a restart."""

from collections.abc import Iterator
from datetime import datetime

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import configured_evidence, running_evidence, service
from ollama_top.doctor.mending import restart
from ollama_top.model.finding import Evidence
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known, Reading, Source
from ollama_top.model.service import Author, Service
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.model.verdict import Severity

MOST_NAMED = 2


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = service(snapshot)
    if kept is None or not kept.is_running:
        return
    pending = [each for each in snapshot.settings if each.status is SettingStatus.PENDING]
    if pending:
        yield _found(pending, kept, snapshot)
    elif _is_newer(kept) and _unknown(snapshot):
        yield _found(_unknown(snapshot), kept, snapshot, settle=_settle(snapshot))


def _found(settings: list[Setting], kept: Service, snapshot: Snapshot, settle: str | None = None) -> Found:
    names = ", ".join(_said(each) for each in settings[:MOST_NAMED])
    more = len(settings) - MOST_NAMED
    names += f" and {more} more" if more > 0 else ""
    verb = "is" if len(settings) == 1 else "are"
    may = "may still run" if settle else "still runs"
    return Found(
        title=f"{names} {verb} configured, and the server {may} as it was started before",
        cause=_cause(kept),
        evidence=(*_evidence(settings, snapshot), *_times(kept)),
        fix=restart(kept, snapshot),
        settle=settle,
        subject=kept.name,
    )


def _said(each: Setting) -> str:
    return f"{each.name}={each.configured.value}" if isinstance(each.configured, Known) else f"no {each.name}"


def _cause(kept: Service) -> str:
    if kept.author in CAUSES and not kept.needs_reload:
        return CAUSES[kept.author]
    if kept.manager == "launchd":
        return f"launchd started {kept.name} before that was written, and starts it from what it holds."
    if kept.needs_reload or {each.value for each in kept.held.assignments} != _configured(kept):
        return f"systemd has not read the files of {kept.name} anew, and the server was not restarted since."
    return f"systemd has read the files of {kept.name}, but the server was not restarted since."


CAUSES = {
    Author.APP: "Ollama's app passes on what it was itself started with, and its settings of then.",
    Author.SNAP: "The snap's launcher takes its settings up only when it is started.",
}


def _configured(kept: Service) -> set[str | None]:
    names = kept.configuration.names()
    return {kept.configuration.said(name)[-1].value for name in names}


def _evidence(settings: list[Setting], snapshot: Snapshot) -> Iterator[Evidence]:
    """Where each is configured; what the process has, once for all of which that is not known."""
    untold: set[str] = set()
    for each in settings:
        yield from configured_evidence(each)
        running = running_evidence(snapshot, each)
        if running.text not in untold:
            yield running
        untold.add(running.text)


def _times(kept: Service) -> Iterator[Evidence]:
    if isinstance(kept.started_at, Known):
        yield Evidence(f"the server was started at {_moment(kept.started_at)}", Source.SERVICE)
    if isinstance(kept.changed_at, Known):
        yield Evidence(f"the newest of its files was written at {_moment(kept.changed_at)}", Source.SERVICE)


def _moment(reading: Reading[datetime]) -> str:
    return f"{reading.value:%Y-%m-%d %H:%M:%S %Z}" if isinstance(reading, Known) else "-"


def _is_newer(kept: Service) -> bool:
    started, changed = kept.started_at, kept.changed_at
    return isinstance(started, Known) and isinstance(changed, Known) and changed.value > started.value


def _unknown(snapshot: Snapshot) -> list[Setting]:
    return [
        each
        for each in snapshot.settings
        if each.status is SettingStatus.UNKNOWN and isinstance(each.configured, Known)
    ]


def _settle(snapshot: Snapshot) -> str:
    pid = snapshot.server.pid
    number = pid.value if isinstance(pid, Known) else "PID"
    return f"sudo cat /proc/{number}/environ tells what the running server has"


CHECK = Check(
    "edited-not-restarted",
    "settings that were written after the server's start, and wait for a restart",
    Severity.WARNING,
    _look,
)
