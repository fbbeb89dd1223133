"""Another value for one variable, as it is typed: what it would mean, and what is wrong with it. Pure."""

from collections.abc import Iterator

from ollama_top.control.asked import BadChangeError, check
from ollama_top.model.finding import Change
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known, Missing, Why
from ollama_top.model.setting import Setting, SettingStatus, next_value
from ollama_top.ollama.families import Release
from ollama_top.ollama.variables import DECLARED

UNKNOWN_DEFAULT = "nothing that is known here"


def change_of(name: str, typed: str) -> Change:
    """The change that a line means: an empty one takes the variable away."""
    return Change(name, typed or None)


def problem(change: Change, release: Release | None) -> str | None:
    """What is wrong with a change, in a sentence; None where nothing is."""
    try:
        check(change, release)
    except BadChangeError as error:
        return str(error)
    return None


def meaning(change: Change, release: Release | None) -> str:
    """What a change that can be made comes to, in a sentence."""
    variable = DECLARED.get(change.name)
    default = variable.default(release) if variable is not None else UNKNOWN_DEFAULT
    if change.value is None:
        return f"Empty takes {change.name} away; then {default} holds."
    value = variable.understood(change.value, release).value if variable is not None else change.value
    if value is None:
        return f"Counts as not set; then {default} holds."
    return f"The next start gets {change.name}={change.value}" + (
        "." if value == change.value else f", read as {value}."
    )


def before(setting: Setting | None) -> str:
    """What stands there now, to begin with; empty where nothing does, or it is not known."""
    found = next_value(setting) if setting is not None else None
    return found.value if isinstance(found, Known) else ""


def is_as_it_is(change: Change, setting: Setting | None) -> bool:
    """Whether a change leaves its variable as the running server has it, and the next start gets it."""
    if setting is None:
        return change.value is None
    found = next_value(setting)
    if isinstance(found, Missing):
        return found.why is Why.ABSENT and change.value is None
    return change.value == found.value and setting.status is not SettingStatus.PENDING


def told(name: str, setting: Setting | None, release: Release | None) -> Iterator[str]:
    """What a person wants to know before typing, one sentence each."""
    variable = DECLARED.get(name)
    yield variable.effect if variable is not None else "Not known here: what reads it cannot be told."
    if variable is not None:
        yield f"It takes {variable.kind.doc}."
        yield f"When not set: {variable.default(release)}."
        if variable.cost is not None:
            yield variable.cost
    if setting is None:
        return
    for label in ("configured", "running", "effective"):
        yield f"{label}: {_shown(getattr(setting, label))}{_where(setting) if label == 'configured' else ''}"
    if setting.note is not None:
        yield f"{setting.status.value}: {setting.note}"
    if isinstance(setting.shell, Known):
        yield f"your shell has {setting.shell.value}"


def _shown(reading: Known[str] | Missing) -> str:
    if isinstance(reading, Known):
        return reading.value
    return "not set" if reading.why is Why.ABSENT else f"not known ({reading.hint})"


def _where(setting: Setting) -> str:
    is_said = setting.configured_in is not None and isinstance(setting.configured, Known)
    return f" ({setting.configured_in})" if is_said else ""


def setting_named(snapshot: Snapshot, name: str) -> Setting | None:
    """How a variable stands; None of one that is not listed."""
    return next((each for each in snapshot.settings if each.name == name), None)
