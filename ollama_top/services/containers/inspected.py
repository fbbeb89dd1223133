"""A container as `inspect` of docker and podman describes it. Pure.

Its environment is fixed when it is created: each start of it, by hand or by the daemon, gets the same.
Must never hold a variable that is not meant for Ollama: of the others not even the names are kept.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ollama_top.model.configuration import Assignment, Configuration, Layer, Place, Unread
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.service import Author, Service
from ollama_top.services.assigning import of_pairs

COMPOSE = "com.docker.compose."  # podman-compose writes these labels as well
OF_UNIT = "PODMAN_SYSTEMD_UNIT"  # the label of a container that a unit runs podman for
PROGRAM = "ollama"
IN_IMAGE, IN_CONTAINER = Place(Layer.IMAGE, None), Place(Layer.CONTAINER, None)
NO_FILE = Missing(Why.ABSENT, "it has no file: it keeps what it was created with")


def container(program: str, inspected: bytes, image: bytes) -> Service | None:
    """The container of an answer; None when it is none. `image` may be empty where it is not told."""
    found, of_image = _first(inspected), _first(image) or {}
    if found is None:
        return None
    state, labels = _map(found, "State"), _map(_map(found, "Config"), "Labels")
    name = str(found.get("Name") or found.get("Id", "")).removeprefix("/")
    author, of_host = _author(labels), _map(found, "HostConfig")
    return Service(
        name=name,
        is_loaded=True,
        is_running=state.get("Running") is True,
        state=_reading(state, "Status", str),
        result=Missing(Why.UNSUPPORTED, f"{program} does not tell it while it runs"),
        exit_status=_reading(state, "ExitCode", int),
        restarts=_reading(found, "RestartCount", int),
        started_at=_moment(state.get("StartedAt")),
        needs_reload=False,
        files=_files(labels),
        stray_files=(),
        changed_at=NO_FILE,
        held=Configuration(),
        configuration=_configuration(found, _map(of_image, "Config"), author),
        manager=program,
        author=author,
        known_as=str(labels[NAMED_BY[author]]) if author in NAMED_BY else None,
        found_by=_found_by(labels),
        is_removed_when_stopped=of_host.get("AutoRemove") is True,
        is_started_with_manager=_map(of_host, "RestartPolicy").get("Name") == "always",
    )


NAMED_BY = {Author.COMPOSE: f"{COMPOSE}service", Author.UNIT: OF_UNIT}
"""The label that tells an author, and what it calls the container."""


def _author(labels: Mapping[str, Any]) -> Author:
    return next((author for author, label in NAMED_BY.items() if label in labels), Author.RUN)


def image_of(inspected: bytes) -> str | None:
    """The image that a container was made of; None where the answer does not tell."""
    found = _first(inspected)
    return str(found["Image"]) if found and found.get("Image") else None


def _configuration(found: Mapping[str, Any], image: Mapping[str, Any], author: Author) -> Configuration:
    """The image's own first; what the container only repeats of it is not said anew."""
    of_image = _pairs(image.get("Env"))
    own = [each for each in _pairs(_map(found, "Config").get("Env")) if each not in of_image]
    said: tuple[Assignment, ...] = (*of_pairs(of_image, IN_IMAGE), *of_pairs(own, IN_CONTAINER))
    return Configuration(said, unread=_unread(str(found.get("Path") or PROGRAM), author))


def _unread(path: str, author: Author) -> tuple[Unread, ...]:
    """What may set anything: a script that starts the server, or whoever creates the container anew."""
    if author is Author.UNIT:
        return (Unread(IN_CONTAINER, "systemd creates it anew at each start, from a file that is not read"),)
    if path.rpartition("/")[2] == PROGRAM:
        return ()
    return (Unread(IN_CONTAINER, f"it is started by {path}, which is not looked into"),)


OPTIONS = {"project": "-p", "project.working_dir": "--project-directory"}
"""The labels that tell of which project a container is, and the options of compose that name it."""

ENV_FILES = f"{COMPOSE}project.environment_file"


def _found_by(labels: Mapping[str, Any]) -> tuple[str, ...]:
    given = [(option, str(labels.get(COMPOSE + label) or "")) for label, option in OPTIONS.items()]
    env_files = [("--env-file", each) for each in str(labels.get(ENV_FILES) or "").split(",")]
    return tuple(word for option, value in (*given, *env_files) if value for word in (option, value))


def _files(labels: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(each for each in str(labels.get(f"{COMPOSE}project.config_files", "")).split(",") if each)


def _pairs(env: object) -> list[tuple[str, str]]:
    parted = [str(each).partition("=") for each in env] if isinstance(env, list) else []
    return [(name, value) for name, _, value in parted]


def _first(answer: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    first = found[0] if isinstance(found, Sequence) and found else None
    return first if isinstance(first, dict) else None


def _map(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = of.get(key)
    return found if isinstance(found, dict) else {}


def _reading(of: Mapping[str, Any], key: str, kind: type[Any]) -> Reading[Any]:
    found = of.get(key)
    is_right = isinstance(found, kind) and not isinstance(found, bool)
    return Known(found, Source.SERVICE) if is_right else Missing(Why.UNSUPPORTED, f"{key} is not told")


def _moment(text: object) -> Reading[datetime]:
    """A moment as Go writes it; the year 1 is never."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return Missing(Why.UNSUPPORTED, "its start is not told")
    if found.year == 1 or found.tzinfo is None:
        return Missing(Why.ABSENT, "it was never started")
    return Known(found.astimezone(UTC), Source.SERVICE)
