"""What a server has been given, by what is seen of its variables. Pure.

Must never take for unset what is not known, nor give out what stands in the place of a secret.
"""

from collections.abc import Iterator

from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.model.setting import Setting
from ollama_top.ollama import given
from ollama_top.ollama.environment import HIDDEN
from ollama_top.ollama.variables import is_ours


def is_certain(reading: Reading[str]) -> bool:
    """Whether a value is known, or known not to be set."""
    return reading.value != HIDDEN if isinstance(reading, Known) else reading.why is Why.ABSENT


def text_of(reading: Reading[str]) -> str:
    """A value that is certain; empty where it is not set, as Ollama takes it."""
    return reading.value if isinstance(reading, Known) else ""


def values(snapshot: Snapshot) -> dict[str, str]:
    """What the next start would get, else what the running server has; what may not be kept is left out."""
    return {name: text for name, text in _texts(snapshot).items() if given.refusal(name, text) is None}


def left_out(snapshot: Snapshot) -> tuple[str, ...]:
    """Why variables of Ollama's that are set are not among the `values`, a sentence each."""
    texts = _texts(snapshot)
    why = {name: given.refusal(name, text) for name, text in texts.items() if is_ours(name)}
    for each in snapshot.settings:
        if isinstance(each.configured, Missing) and _is_hidden(each) and each.name not in texts:
            why[each.name] = f"{each.name}: {each.configured.hint}"
    return tuple(f"{each}; it is left out" for each in why.values() if each is not None)


def names(snapshot: Snapshot) -> tuple[str, ...]:
    """The variables that the next start would get, or the running server has."""
    return tuple(
        each.name
        for each in snapshot.settings
        if is_ours(each.name) and (text_of(each.configured) or text_of(each.running) or _is_hidden(each))
    )


def why_unknown(snapshot: Snapshot) -> str | None:
    """Why nothing is known of what the server has been given; None where something is."""
    readings = list(_readings(snapshot))
    if any(map(is_certain, readings)):
        return None
    return next((each.hint for each in readings if isinstance(each, Missing)), "nothing was seen of it")


def _is_hidden(setting: Setting) -> bool:
    """Whether something is said of a variable that is not told."""
    return setting.configured_in is not None and not is_certain(setting.configured)


def _readings(snapshot: Snapshot) -> Iterator[Reading[str]]:
    for each in snapshot.settings:
        yield from (each.configured, each.running)


def _texts(snapshot: Snapshot) -> dict[str, str]:
    """By name what is set, or what stands in the place of a secret."""
    found = {
        each.name: text_of(each.configured if is_certain(each.configured) else each.running)
        for each in snapshot.settings
    }
    return {name: text for name, text in found.items() if text}
