"""Who keeps a server on macOS, and what its next start would get. Reads only."""

import os
from datetime import datetime
from pathlib import Path

from ollama_top.model.configuration import Assignment, Configuration, Layer, Place, Unread, joined
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author, Service
from ollama_top.ollama import homebrew
from ollama_top.ollama.environment import concerns
from ollama_top.services.asking import ask
from ollama_top.services.assigning import assigned, of_pairs
from ollama_top.services.cgroup import Membership
from ollama_top.services.macos import app_settings, files
from ollama_top.services.macos.jobs import Job, job, labels

APP, APP_PROGRAM = "Ollama.app", "/Contents/MacOS/Ollama"
LAUNCHD = 1  # the number of its process
IN_SESSION = Place(Layer.SESSION, None)
NO_TIME = Missing(Why.UNSUPPORTED, "what `launchctl setenv` sets leaves no trace of when it was set")
UNTOLD = Missing(Why.UNSUPPORTED, "launchd does not tell it")
HIDDEN = Missing(
    Why.DENIED, "launchd started it, and does not show this user its job: `sudo launchctl list` tells"
)


def keeper_of(pid: int, parent_pid: int, parent_program: str) -> Membership:
    """Who keeps a process, by its parent and by the jobs that launchd lists."""
    if parent_program.endswith(APP_PROGRAM):
        return Membership(Keeper.APP, APP)
    answer = ask("launchctl", "list")
    label = labels(answer.out.decode(errors="replace")).get(pid) if answer else None
    if label is not None or parent_pid == LAUNCHD:
        return Membership(Keeper.LAUNCHD, label)
    return Membership(Keeper.MANUAL, None)


def read_job(label: str | None, home: Path, user_id: int, started_at: datetime) -> Reading[Service]:
    """A job of launchd's with the files that it was made of."""
    found = _job(label, user_id) if label else None
    if label is None or found is None:
        return HIDDEN
    path = Path(found.of["path"]) if found.of.get("path", "").startswith("/") else None
    formula = homebrew.formula_of(label)
    own, unread = _of_plist(path)
    configuration = joined(
        (
            Configuration(of_pairs(found.inherited.items(), IN_SESSION)),
            Configuration(own, unread=unread),
            *([_of_formula(formula, home)] if formula else []),
        )
    )
    held = of_pairs(found.held.items(), IN_SESSION)
    return Known(
        Service(
            name=label,
            is_loaded=True,
            is_running=found.of.get("state") == "running",
            state=Known(found.of["state"], Source.SERVICE) if "state" in found.of else UNTOLD,
            result=UNTOLD,
            exit_status=_whole(found, "last exit code"),
            restarts=UNTOLD,  # its `runs` counts those by hand as well
            started_at=Known(started_at, Source.PROCESSES),
            needs_reload=not unread and {each.name: each.value for each in own} != _values(held),
            files=(str(path),) if path else (),
            stray_files=(),
            changed_at=NO_TIME,
            held=Configuration(held),
            configuration=configuration,
            manager="launchd",
            author=Author.HOMEBREW if formula else Author.FILES,
            known_as=formula,
        ),
        Source.SERVICE,
    )


def read_app(app_pid: int, home: Path, user_id: int, started_at: datetime) -> Reading[Service]:
    """Ollama's app: what it inherits from launchd's session, and what its settings add."""
    answer = ask("launchctl", "list")
    label = labels(answer.out.decode(errors="replace")).get(app_pid) if answer else None
    found = _job(label, user_id) if label else None
    unread = () if found else (Unread(IN_SESSION, "launchd does not show this user the app's job"),)
    session = Configuration(of_pairs((found or Job()).inherited.items(), IN_SESSION), unread=unread)
    running = Known("running", Source.SERVICE)
    return Known(
        Service(
            name=APP,
            is_loaded=True,
            is_running=True,
            state=running,
            result=UNTOLD,
            exit_status=UNTOLD,
            restarts=UNTOLD,
            started_at=Known(started_at, Source.PROCESSES),
            needs_reload=False,
            files=(str(home / files.APP_FOLDER / "db.sqlite"),),
            stray_files=(),
            changed_at=NO_TIME,
            held=session,
            configuration=joined((session, _of_settings(home, (found or Job()).inherited))),
            manager="Ollama's app",
            author=Author.APP,
        ),
        Source.SERVICE,
    )


def _job(label: str, user_id: int) -> Job | None:
    for domain in (f"gui/{user_id}", f"user/{user_id}", "system"):
        answer = ask("launchctl", "print", f"{domain}/{label}")
        if answer is not None and answer.is_ok:
            return job(answer.out.decode(errors="replace"))
    return None


def _of_settings(home: Path, inherited: dict[str, str]) -> Configuration:
    try:
        settings = files.app_settings(home)
    except files.UnreadableError as error:
        return Configuration(unread=(Unread(app_settings.IN_APP, str(error), app_settings.SETS),))
    if not settings:
        return Configuration()
    usual = home / ".ollama/models"
    is_lost = bool(settings.get("models")) and not Path(str(settings["models"])).exists()
    rejected = app_settings.lost_models(settings) if is_lost else ()
    given = app_settings.added(
        settings | ({"models": ""} if is_lost else {}),
        inherited,
        str(usual) if usual.exists() and not is_lost else None,
        no_cloud=files.is_cloud_off(home),
    )
    return Configuration(given.assignments, rejected)


def _of_plist(path: Path | None) -> tuple[tuple[Assignment, ...], tuple[Unread, ...]]:
    place = Place(Layer.UNIT, str(path) if path else None)
    if path is None:
        return (), (Unread(place, "launchd does not tell which file its job was made of"),)
    try:
        return of_pairs(files.plist_environment(path).items(), place), ()
    except files.UnreadableError as error:
        return (), (Unread(place, str(error)),)


def _of_formula(formula: str, home: Path) -> Configuration:
    """The file in which a person may set variables for a formula's service, read since Homebrew 7."""
    path = _homebrew_folder(home) / "services" / f"{formula}.env"
    return Configuration(
        tuple(
            assigned(name, value, Place(Layer.DROP_IN, str(path), line))
            for name, value, line in homebrew.overrides(files.text_of(path) or "")
            if concerns(name)
        )
    )


def _homebrew_folder(home: Path) -> Path:
    """Where brew looks for a person's files; a variable of its own for that it sets itself."""
    of_session = os.environ.get("XDG_CONFIG_HOME")
    return Path(of_session) / "homebrew" if of_session else home / ".homebrew"


def _values(assignments: tuple[Assignment, ...]) -> dict[str, str | None]:
    return {each.name: each.value for each in assignments}


def _whole(found: Job, name: str) -> Reading[int]:
    text = found.of.get(name, "")
    return Known(int(text), Source.SERVICE) if text.isascii() and text.isdigit() else UNTOLD
