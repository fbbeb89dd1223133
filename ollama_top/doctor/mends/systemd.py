"""A unit of systemd's: files dropped in beside it, and environment files. Pure."""

from collections.abc import Iterator, Sequence

from ollama_top.model.configuration import Assignment, Layer
from ollama_top.model.finding import Change
from ollama_top.model.service import Service
from ollama_top.ollama.assignment_text import escaped_in_unit, in_unit


def steps(
    systemctl: str, unit: str, changes: Sequence[Change], kept: Service | None, restart: str | None = None
) -> tuple[str, ...]:
    """What has the last word on a variable is changed where it stands; else a file is dropped in."""
    said = {each.name: kept.configuration.said(each.name)[-1:] if kept else () for each in changes}
    in_place = [step for each in changes for last in said[each.name] for step in _in_place(each, last)]
    others = [_line(each) for each in changes if not any(map(_is_changed_in_place, said[each.name]))]
    reload = [f"{systemctl} daemon-reload"] if in_place else []
    edit = [f"{systemctl} edit {unit}", "under [Service] write", *others] if others else []
    return (*in_place, *reload, *edit, restart or f"{systemctl} restart {unit}")


def _is_changed_in_place(last: Assignment) -> bool:
    """Whether the last word on a variable is best changed itself.

    An environment file goes before any line of a unit, and of two files dropped in the later does. The
    unit's own file is no such place: the next install writes it anew.
    """
    is_set = last.value is not None or last.problem is not None
    return is_set and last.place.layer in {Layer.DROP_IN, Layer.ENVIRONMENT_FILE}


def _in_place(change: Change, last: Assignment) -> Iterator[str]:
    is_taken_away = last.value is None and last.problem is None
    if is_taken_away and change.value is not None:
        yield f"in {last.place} take out what takes {change.name} away"
    elif _is_changed_in_place(last) and change.value is None:
        yield f"in {last.place} take {change.name} out"
    elif _is_changed_in_place(last) and change.value is not None:
        is_unit = last.place.layer is Layer.DROP_IN
        value = escaped_in_unit(change.value) if is_unit else change.value
        yield f"in {last.place} make it {change.name}={value}"


def _line(change: Change) -> str:
    """A line of a unit; quoted and escaped as systemd reads it."""
    if change.value is None:
        return f"    UnsetEnvironment={change.name}"
    return f"    Environment={in_unit(change.name, change.value)}"
