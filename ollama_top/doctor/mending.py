"""How a variable is set for a server, by whoever keeps it. Pure."""

from collections.abc import Sequence

from ollama_top.doctor.facts import service
from ollama_top.model.configuration import Layer
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
            return ("stop the server, and start it from a shell in which that is exported",)
    return ELSEWHERE


def _systemd(systemctl: str, unit: str, changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    """A file dropped in; for what an environment file sets that file, since it would win."""
    files = {each.name: path for each in changes if (path := _environment_file(each.name, snapshot))}
    in_files = [f"in {files[each.name]} write {_plain(each)}" for each in changes if each.name in files]
    others = [_line(each) for each in changes if each.name not in files]
    edit = [f"{systemctl} edit {unit}", "under [Service] write", *others] if others else []
    return (*in_files, *edit, f"{systemctl} restart {unit}")


def _environment_file(name: str, snapshot: Snapshot) -> str | None:
    """The environment file that has the last word on a variable; None where none has."""
    kept = service(snapshot)
    said = kept.configuration.said(name) if kept else ()
    is_there = bool(said) and said[-1].place.layer is Layer.ENVIRONMENT_FILE
    return said[-1].place.path if is_there else None


def _plain(change: Change) -> str:
    return f"{change.name}={change.value}" if change.value is not None else f"no line for {change.name}"


def _line(change: Change) -> str:
    """A line of a unit; quoted and escaped as systemd reads it."""
    if change.value is None:
        return f"    UnsetEnvironment={change.name}"
    escaped = change.value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'    Environment="{change.name}={escaped}"'


def _launchd(changes: Sequence[Change]) -> tuple[str, ...]:
    set_each = [
        f"launchctl setenv {each.name} {each.value}"
        if each.value is not None
        else f"launchctl unsetenv {each.name}"
        for each in changes
    ]
    return (*set_each, "quit Ollama and open it again; it is lost at the next start of the machine")


def _container(changes: Sequence[Change]) -> tuple[str, ...]:
    options = " ".join(f"-e {_plain(each)}" for each in changes if each.value is not None)
    return (f"create the container anew with {options}: its environment is fixed once it is there",)
