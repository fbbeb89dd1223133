"""How many requests at once are configured, by whom, and what holds. Pure."""

from dataclasses import dataclass

from ollama_top.control.sight import model_named
from ollama_top.doctor.facts import is_absent, release, setting
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.setting import Setting
from ollama_top.ollama.environment import NUM_PARALLEL
from ollama_top.ollama.values import trimmed
from ollama_top.ollama.variables import DECLARED

NOWHERE = Missing(Why.ABSENT, f"{NUM_PARALLEL} is set nowhere")
MISREAD = "{text!r}, which Ollama takes for its default"
SHELL, PROCESS = "your shell", "the running process"


@dataclass(frozen=True, slots=True)
class Configured:
    """A number of requests at once, and where it stands; a place without a number holds what is none."""

    number: Reading[int]
    place: str | None = None


def configured(snapshot: Snapshot) -> Configured:
    """What somebody set: for the next start, else for the running server, else in the shell alone.

    The shell counts since it is where people set it and wonder: the server does not see it there. It does so
    only where it is known that nothing else sets it.
    """
    told = setting(snapshot, NUM_PARALLEL)
    if told is None:
        return Configured(Missing(Why.PENDING, "the settings are not known yet"))
    for reading, place in ((told.configured, told.configured_in), (told.running, PROCESS)):
        if (said := _said(reading, place, snapshot)) is not None:
            return said
    for reading, is_unset in ((told.running, is_absent(told.running)), (told.configured, _is_unset(told))):
        if isinstance(reading, Missing) and not is_unset:
            return Configured(Missing(reading.why, reading.hint))
    return _said(told.shell, SHELL, snapshot) or Configured(NOWHERE)


def _said(reading: Reading[str], place: str | None, snapshot: Snapshot) -> Configured | None:
    """What a text sets; of one that is no number, that it is none. None where it sets nothing."""
    number = _number(reading, snapshot)
    if number is not None:
        return Configured(number, place)
    if not isinstance(reading, Known) or not trimmed(reading.value):
        return None
    return Configured(Missing(Why.UNSUPPORTED, MISREAD.format(text=trimmed(reading.value))), place)


def _is_unset(told: Setting) -> bool:
    """Whether no next start is known to set it: nothing does, or no service is there that could."""
    reading, no_service = told.configured, told.configured_in is None
    return is_absent(reading) or (
        isinstance(reading, Missing) and reading.why is Why.UNSUPPORTED and no_service
    )


def effective(name: str, before: Frame, after: Frame, *, is_held: bool) -> Reading[int]:
    """What holds for a model: by its runner's word, else 1 if it is held at that, else by the settings."""
    models = (model_named(after, name), model_named(before, name))
    for each in models:
        if each is not None and isinstance(each.parallel, Known):
            return each.parallel
    if is_held:
        return Known(1, Source.PREDICTED)
    told = setting(after.snapshot, NUM_PARALLEL)
    if told is None:
        return Missing(Why.PENDING, "the settings are not known yet")
    running = _number(told.running, after.snapshot)
    if running is not None:
        return running
    if isinstance(told.running, Missing) and not is_absent(told.running):
        return told.running
    is_number = told.default.isdigit()
    untold = Missing(Why.UNSUPPORTED, f"Ollama chooses by itself ({told.default})")
    return Known(int(told.default), Source.PREDICTED) if is_number else untold


def _number(reading: Reading[str], snapshot: Snapshot) -> Known[int] | None:
    """The number that Ollama makes of a text; None where it makes none of it."""
    if not isinstance(reading, Known):
        return None
    meant = DECLARED[NUM_PARALLEL].understood(reading.value, release(snapshot)).value
    return Known(max(1, int(meant)), reading.source) if meant is not None else None
