"""The service that keeps the server: what its manager says of it, and what its files would give it next."""

from dataclasses import dataclass
from datetime import datetime

from ollama_top.model.configuration import Configuration
from ollama_top.model.fact import fact
from ollama_top.model.reading import Reading
from ollama_top.model.vocabulary import Vocabulary


class Author(Vocabulary):
    """Who writes the definition of a service, which decides where a change of it lasts."""

    FILES = "files", "a person or an installer, in files that are read as they are"
    HOMEBREW = "homebrew", "brew services, from the formula, each time that it starts it"
    NIXOS = "nixos", "NixOS, from its configuration"
    SNAP = "snap", "snapd; its settings are those of `snap set`"
    APP = "app", "Ollama's app, from its settings and launchd's environment"
    RUN = "run", "whoever created the container"
    COMPOSE = "compose", "compose, from its file"
    UNIT = "unit", "a unit of systemd's, such as a quadlet, that creates the container at each start"


@dataclass(frozen=True, slots=True)
class SnapSetting:
    """A variable that a snap's launcher exports."""

    name: str = fact("Its name.")
    key: str = fact("What `snap set` calls it.")


@dataclass(frozen=True, slots=True)
class Service:
    """A service as its manager holds it in memory, and as its files have it now."""

    name: str = fact("Its name.")
    is_loaded: bool = fact("Whether its manager could read its files.")
    is_running: bool = fact("Whether its main process runs.")
    state: Reading[str] = fact("What it is doing, in its manager's words.")
    result: Reading[str] = fact(
        "How its last run ended, in its manager's words; `success` while it runs well."
    )
    exit_status: Reading[int] = fact("Status of the main process that ended last.")
    restarts: Reading[int] = fact("Starts by the manager itself, since it was started by hand.")
    started_at: Reading[datetime] = fact("Start of its main process.")
    needs_reload: bool = fact("Whether its manager knows that it holds older files in memory.")
    files: tuple[str, ...] = fact("Its own file, then those dropped in beside it, the last of which wins.")
    stray_files: tuple[str, ...] = fact("Files beside those dropped in that have no effect by their names.")
    changed_at: Reading[datetime] = fact("Last change of any file that has a say in it.")
    held: Configuration = fact("What its manager holds in memory, its environment files left out.")
    configuration: Configuration = fact("What its files say now: what the next start would get.")
    manager: str = fact("The program that keeps it.", default="systemd")
    author: Author = fact("Who writes its definition.", default=Author.FILES)
    known_as: str | None = fact("What its author calls it; null where that is its name.", default=None)
    found_by: tuple[str, ...] = fact(
        "Options by which its author finds it again, word by word; none where it needs none.", default=()
    )
    snap_settings: tuple[SnapSetting, ...] = fact(
        "Variables that the installed launcher of a snap exports; none where it may not be read.", default=()
    )
    is_removed_when_stopped: bool = fact(
        "Whether its manager removes it, with data that lies in it, when it stops.", default=False
    )
    is_started_with_manager: bool = fact(
        "Whether its manager, when it starts itself, starts it even if it was stopped by hand.", default=False
    )
