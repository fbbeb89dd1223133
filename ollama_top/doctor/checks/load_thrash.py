"""A model that is loaded again and again, though no other takes its place."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ollama_top.doctor.check import Check, Found
from ollama_top.doctor.facts import setting
from ollama_top.doctor.lately import MINUTES, loads, model_of, told
from ollama_top.model.event import Event
from ollama_top.model.finding import Evidence, Fix, to_set
from ollama_top.model.frame import Snapshot
from ollama_top.model.history import History
from ollama_top.model.reading import Known
from ollama_top.model.setting import Setting
from ollama_top.model.verdict import Severity
from ollama_top.ollama.values import seconds

NAME, PROPOSED = "OLLAMA_KEEP_ALIVE", "5m"  # Ollama's own
LEAST_LOADS = 3
SHOWN = 5  # loads that are told


def _look(snapshot: Snapshot, _: History) -> Iterator[Found]:
    found = loads(snapshot)
    for name in dict.fromkeys(map(model_of, found)):
        if name is not None and _reloads(name, found) >= LEAST_LOADS - 1:
            yield _found(name, [each for each in found if model_of(each) == name], snapshot)


def _reloads(name: str, found: Sequence[Event]) -> int:
    """How often it was loaded right after itself.

    Loads within seconds are counted in one event, which does not tell what came between them.
    """
    names = [model_of(each) for each in found]
    in_turn = sum(before == after == name for before, after in pairwise(names))
    is_alone = {*names} == {name}
    return in_turn + (sum(each.count - 1 for each in found) if is_alone else 0)


def _found(name: str, own: Sequence[Event], snapshot: Snapshot) -> Found:
    number = sum(each.count for each in own)
    kept = setting(snapshot, NAME)
    fix = _keep(kept)
    return Found(
        title=f"{name} was loaded {number} times in {MINUTES} minutes",
        cause=f"{NAME} is 0, so that each request that does not say otherwise has it loaded anew."
        if fix
        else "Each client that asks for another num_ctx or other options has it loaded anew, and a request"
        " with keep_alive 0 has it unloaded at its end.",
        evidence=(
            *(told(each, snapshot, f"{name} was loaded") for each in own[-SHOWN:]),
            *(_kept(kept) if fix else ()),
        ),
        fix=fix,
        settle=None if fix else "which num_ctx, options and keep_alive the clients of this model send",
        subject=name,
    )


def _keep(kept: Setting | None) -> Fix | None:
    """To keep models where the server's own setting lets them go at once."""
    if kept is None or not isinstance(kept.effective, Known) or seconds(kept.effective.value) != 0:
        return None
    return to_set(**{NAME: PROPOSED})


def _kept(kept: Setting | None) -> Iterator[Evidence]:
    if kept is not None and isinstance(kept.effective, Known):
        yield Evidence(f"{NAME} is {kept.effective.value} in effect", kept.effective.source)


CHECK = Check("load-thrash", "models that are loaded again and again", Severity.WARNING, _look)
