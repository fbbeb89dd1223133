"""A variable that is set in two places, one of which wins without a word."""

from collections.abc import Iterator
from itertools import pairwise

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import service
from ollama_top.model.configuration import Assignment, Layer
from ollama_top.model.finding import Evidence, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Source
from ollama_top.model.verdict import Severity
from ollama_top.ollama.variables import is_same_value


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    kept = service(snapshot)
    for name in sorted(kept.configuration.names()) if kept else ():
        said = kept.configuration.said(name) if kept else ()
        lost = [loser for loser, winner in pairwise(said) if _is_surprising(loser, winner)]
        if lost:
            yield _found(name, lost[-1], said[-1])


def _is_surprising(loser: Assignment, winner: Assignment) -> bool:
    """Whether somebody may have meant the loser to hold: dropping a file in is how one overrides the unit."""
    is_meant = (loser.place.layer, winner.place.layer) in MEANT
    is_same = loser.value is not None and is_same_value(loser.name, loser.value, winner.value)
    return loser.value is not None and not is_same and not is_meant


MEANT = {
    (Layer.UNIT, Layer.DROP_IN),
    (Layer.MANAGER, Layer.UNIT),
    (Layer.MANAGER, Layer.DROP_IN),
    (Layer.IMAGE, Layer.CONTAINER),
}


def _found(name: str, loser: Assignment, winner: Assignment) -> Found:
    wins = (
        f"{winner.place} sets it to {winner.value}"
        if winner.value is not None
        else f"{winner.place} takes it away"
    )
    return Found(
        title=f"{name}={loser.value} in {loser.place} has no effect: {wins}",
        cause=_cause(loser.place.layer, winner.place.layer),
        evidence=(
            Evidence(f"{loser.place} says {name}={loser.value}", Source.SERVICE),
            Evidence(wins, Source.SERVICE),
        ),
        fix=to_set(**{name: loser.value}),
        settle="which of the two is meant; the mend takes the one that has no effect now",
        subject=name,
    )


CAUSES = {
    Layer.APP: "The app's settings go before what `launchctl setenv` has set.",
    Layer.SNAP: "The snap's launcher exports the snap's settings at the end, over what its unit has set.",
}


def _cause(loser: Layer, winner: Layer) -> str:
    if winner in CAUSES:
        return CAUSES[winner]
    if loser is Layer.SESSION:
        return "What stands in a job's own file goes before what `launchctl setenv` has set."
    if winner is Layer.ENVIRONMENT_FILE:
        return "What EnvironmentFile= brings goes before every Environment=, wherever the two stand."
    return "Of files dropped in the last by name goes before the others, and of lines the last."


CHECK = Check(
    "overridden", "variables set in two places, one of which wins without a word", Severity.WARNING, _look
)
