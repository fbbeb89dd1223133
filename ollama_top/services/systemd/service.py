"""One unit as a Service: what systemd holds of it, and what its files say now. Reads only."""

from datetime import UTC, datetime

from ollama_top.model.configuration import Assignment, Configuration, Layer, Place
from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.service import Author, Service
from ollama_top.ollama.environment import concerns
from ollama_top.ollama.homebrew import formula_of
from ollama_top.services.systemd.bus import Unit, read_manager, read_unit
from ollama_top.services.systemd.files import UnitFiles, read_files


def read_service(name: str, *, user: bool) -> Reading[Service]:
    """The service of this name, of the system or of this user."""
    unit, manager = read_unit(name, user=user), read_manager(user=user)
    if unit is None or manager is None:
        return Missing(Why.FAILED, f"systemd did not tell what it knows of {name}")
    return Known(_service(unit, read_files(unit, manager)), Source.SERVICE)


def _service(unit: Unit, files: UnitFiles) -> Service:
    state = unit.load_state if unit.load_state != "loaded" else f"{unit.active_state} ({unit.sub_state})"
    never = Missing(Why.ABSENT, "its main process was never started")
    no_files = Missing(Why.ABSENT, "it has no file that could be seen")
    changed = files.changed_s
    return Service(
        name=unit.name,
        is_loaded=unit.load_state == "loaded",
        is_running=unit.active_state == "active" and unit.sub_state == "running",
        state=Known(state, Source.SERVICE),
        result=Known(unit.result, Source.SERVICE),
        exit_status=Known(unit.exit_status, Source.SERVICE),
        restarts=Known(unit.restarts, Source.SERVICE),
        started_at=Known(unit.started_at, Source.SERVICE) if unit.started_at else never,
        needs_reload=unit.needs_reload,
        files=files.paths,
        stray_files=files.stray,
        changed_at=Known(datetime.fromtimestamp(changed, UTC), Source.SERVICE) if changed else no_files,
        held=Configuration(tuple(_held(each) for each in unit.environment if concerns(each.name))),
        configuration=files.texts.configuration(),
        author=_author(unit.name, files),
        known_as=formula_of(unit.name),
    )


def _author(name: str, files: UnitFiles) -> Author:
    if files.is_of_nix:
        return Author.NIXOS
    return Author.HOMEBREW if formula_of(name) else Author.FILES


def _held(each: Variable) -> Assignment:
    return Assignment(each.name, each.value, Place(Layer.MANAGER, None))
