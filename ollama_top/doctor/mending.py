"""How a variable is set for a server, by whoever keeps it. Pure."""

import shlex
from collections.abc import Iterator, Sequence

from ollama_top.doctor.facts import service
from ollama_top.model.configuration import Assignment, Layer
from ollama_top.model.finding import Change, Fix, FixKind
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import Known
from ollama_top.model.server import Keeper

ELSEWHERE = ("in the environment of whatever starts the server; then restart it",)


def steps(fix: Fix, snapshot: Snapshot) -> tuple[str, ...]:
    """What to do for a fix, one step a line; none for a command, which says it itself."""
    return () if fix.kind is FixKind.COMMAND else _to_set(fix.changes, snapshot)


def _to_set(changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    manager, name = snapshot.server.manager, snapshot.server.unit
    unit = name.value if isinstance(name, Known) else "ollama.service"
    match manager.value if isinstance(manager, Known) else None:
        case Keeper.SYSTEMD:
            return _systemd("sudo systemctl", unit, changes, snapshot)
        case Keeper.SYSTEMD_USER:
            return _systemd("systemctl --user", unit, changes, snapshot)
        case Keeper.LAUNCHD:
            return _launchd(changes)
        case Keeper.CONTAINER:
            return _container(changes)
        case Keeper.MANUAL:
            return (
                "stop the server, and start it anew, as it was started before but with this:",
                _by_hand(changes),
            )
    return ELSEWHERE


def _systemd(systemctl: str, unit: str, changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    """What has the last word on a variable is changed where it stands; else a file is dropped in."""
    kept = service(snapshot)
    said = {each.name: kept.configuration.said(each.name)[-1:] if kept else () for each in changes}
    in_place = [step for each in changes for last in said[each.name] for step in _in_place(each, last)]
    others = [_line(each) for each in changes if not any(map(_is_changed_in_place, said[each.name]))]
    reload = [f"{systemctl} daemon-reload"] if in_place else []
    edit = [f"{systemctl} edit {unit}", "under [Service] write", *others] if others else []
    return (*in_place, *reload, *edit, f"{systemctl} restart {unit}")


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
        yield f"in {last.place} make it {change.name}={_escaped(change.value) if is_unit else change.value}"


def _line(change: Change) -> str:
    """A line of a unit; quoted and escaped as systemd reads it."""
    if change.value is None:
        return f"    UnsetEnvironment={change.name}"
    return f'    Environment="{change.name}={_escaped(change.value)}"'


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _by_hand(changes: Sequence[Change]) -> str:
    without = [word for each in changes if each.value is None for word in ("-u", each.name)]
    return "    " + shlex.join(["env", *without, *_set(changes), "ollama", "serve"])


def _set(changes: Sequence[Change]) -> list[str]:
    return [f"{each.name}={each.value}" for each in changes if each.value is not None]


def _launchd(changes: Sequence[Change]) -> tuple[str, ...]:
    set_each = [
        shlex.join(["launchctl", "setenv", each.name, each.value])
        if each.value is not None
        else f"launchctl unsetenv {each.name}"
        for each in changes
    ]
    return (*set_each, "quit Ollama and open it again; it is lost at the next start of the machine")


def _container(changes: Sequence[Change]) -> tuple[str, ...]:
    options = [shlex.join([word for each in _set(changes) for word in ("-e", each)])] if _set(changes) else []
    without = [f"without {each.name}" for each in changes if each.value is None]
    new = " and ".join([*options, *without])
    return (f"create the container anew, {new}: its environment is fixed once it is there",)
