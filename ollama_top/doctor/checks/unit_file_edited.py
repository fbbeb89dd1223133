"""Settings in the unit's own file, which the next install of Ollama writes anew."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import service
from ollama_top.model.configuration import Assignment, Layer
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Source
from ollama_top.model.verdict import Severity

WRITTEN_BY_INSTALLER = (
    "/etc/systemd/system/"  # where Ollama's install.sh writes the unit; packages write elsewhere
)


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = service(snapshot)
    edited = [each for each in kept.configuration.assignments if _is_in_unit(each)] if kept else []
    if not edited:
        return
    yield Found(
        title=f"the next install of Ollama takes away {', '.join(each.name for each in edited)}",
        cause=f"It stands in {edited[0].place.path}, which Ollama's install script writes anew each time.",
        evidence=tuple(
            Evidence(f"{each.place} says {each.name}={each.value}", Source.SERVICE) for each in edited
        ),
        fix=to_set(**{each.name: each.value for each in edited}),
        subject=edited[0].place.path or "",
    )


def _is_in_unit(each: Assignment) -> bool:
    path = each.place.path or ""
    return each.place.layer is Layer.UNIT and each.value is not None and path.startswith(WRITTEN_BY_INSTALLER)


CHECK = Check(
    "unit-file-edited",
    "settings in the unit's own file, which the next install writes anew",
    Severity.WARNING,
    _look,
)
