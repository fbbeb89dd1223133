"""Settings in the unit's own file, which the next install of Ollama writes anew."""

from collections.abc import Iterator

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import service
from ollama_top.doctor.mending import written_anew
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Source
from ollama_top.model.service import Author
from ollama_top.model.verdict import Severity


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = service(snapshot)
    edited = written_anew(kept) if kept else []
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


CHECK = Check(
    "unit-file-edited",
    "settings in the unit's own file, which the next install writes anew",
    Severity.WARNING,
    _look,
)
