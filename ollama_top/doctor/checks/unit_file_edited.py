"""Settings in the unit's own file, which the next install of Ollama writes anew."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import service
from ollama_top.model.configuration import Assignment, Layer
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Source
from ollama_top.model.service import Author, Service
from ollama_top.model.verdict import Severity
from ollama_top.ollama.homebrew import FORMULA_SETS

WRITTEN_BY_INSTALLER = "/etc/systemd/system/ollama.service"  # packages, and people, write elsewhere


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = service(snapshot)
    edited = _edited(kept) if kept else []
    if not edited or kept is None:
        return
    is_brewed = kept.author is Author.HOMEBREW
    when = "next `brew services` restart" if is_brewed else "next install of Ollama"
    who = "`brew services` writes" if is_brewed else "Ollama's install script writes"
    yield Found(
        title=f"the {when} takes away {', '.join(each.name for each in edited)}",
        cause=f"It stands in {edited[0].place.path}, which {who} anew each time.",
        evidence=tuple(
            Evidence(f"{each.place} says {each.name}={each.value}", Source.SERVICE) for each in edited
        ),
        fix=to_set(**{each.name: each.value for each in edited}),
        subject=edited[0].place.path or "",
    )


def _edited(kept: Service) -> list[Assignment]:
    """What stands in a file that is written anew, and that nobody writes into it again, or elsewhere."""
    names = dict.fromkeys(each.name for each in kept.configuration.assignments)
    held = [kept.configuration.said(name)[-1] for name in names]
    mine = [each for each in held if each.place.layer is Layer.UNIT and each.value is not None]
    if kept.author is Author.HOMEBREW:
        return [each for each in mine if (each.name, each.value) not in FORMULA_SETS]
    is_installers = kept.author is Author.FILES
    return [each for each in mine if is_installers and each.place.path == WRITTEN_BY_INSTALLER]


CHECK = Check(
    "unit-file-edited",
    "settings in the unit's own file, which the next install writes anew",
    Severity.WARNING,
    _look,
)
