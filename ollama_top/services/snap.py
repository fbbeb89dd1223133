"""Ollama's snap: a unit of systemd's whose launcher exports what `snap set` has set. Reads only.

Written after the snap's launcher and snapd's documentation; the launcher that is installed is read, since
which settings it knows differs from one to the next.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ollama_top.model.configuration import Configuration, Layer, Place, Unread, joined
from ollama_top.model.reading import Known, Missing, Reading
from ollama_top.model.service import Author, Service, SnapSetting
from ollama_top.services.asking import Answer, ask
from ollama_top.services.assigning import of_pairs
from ollama_top.services.systemd.service import read_service

UNIT = re.compile(r"snap\.([a-z0-9][a-z0-9_-]*)\.[a-z0-9-]+\.service")
FOLDERS = (Path("/snap"), Path("/var/lib/snapd/snap"))
LAUNCHER = "current/bin/snap_launcher.sh"
IN_SNAP = Place(Layer.SNAP, None)
TAKEN = re.compile(r"^\s*(\w+)=\$\(snapctl get ([\w-]+)\)", re.MULTILINE)
EXPORTED = re.compile(r"^\s*export\s+(.+)$", re.MULTILINE)
RENAMED = re.compile(r"(\w+)=\"?\$\{?(\w+)\}?\"?")


def snap_of(unit: str) -> str | None:
    """The snap that a unit belongs to; None where it belongs to none."""
    found = UNIT.fullmatch(unit)
    return found[1] if found else None


def read_snap(unit: str, snap: str) -> Reading[Service]:
    """The unit, with what the snap's launcher adds to its environment."""
    service = read_service(unit, user=False)
    if isinstance(service, Missing):
        return service
    launcher = next((text for each in FOLDERS if (text := _text(each / snap / LAUNCHER)) is not None), None)
    added = _added(snap, launcher, ask("snap", "get", "-d", snap))
    keys = exported(launcher or "")
    found = replace(
        service.value,
        configuration=joined((service.value.configuration, added)),
        author=Author.SNAP,
        known_as=snap,
        snap_settings=tuple(SnapSetting(name, key) for name, (key, _) in keys.items()),
    )
    return Known(found, service.source)


def _added(snap: str, launcher: str | None, answer: Answer | None) -> Configuration:
    if launcher is None:
        return Configuration(unread=(Unread(IN_SNAP, f"the launcher of the snap {snap} may not be read"),))
    keys = exported(launcher)
    if answer is None or not answer.is_ok:
        why = f"only root may ask for it: `sudo snap get -d {snap}`"
        return Configuration(unread=(Unread(IN_SNAP, why, tuple(sorted(keys))),))
    return of_settings(keys, answer.out)


def exported(launcher: str) -> Mapping[str, tuple[str, bool]]:
    """The variables that a launcher exports: each one's setting, and whether only where that is set."""
    taken = dict(TAKEN.findall(launcher))
    found: dict[str, tuple[str, bool]] = {}
    for words in EXPORTED.findall(launcher):
        for word in words.split():
            renamed = RENAMED.fullmatch(word)
            name, holder = (renamed[1], renamed[2]) if renamed else (word, word)
            if holder in taken:
                found[name] = (taken[holder], renamed is not None)
    return found


def of_settings(keys: Mapping[str, tuple[str, bool]], answer: bytes) -> Configuration:
    """What the launcher exports of the settings that `snap get -d` tells."""
    try:
        settings = json.loads(answer)
    except (ValueError, RecursionError):
        settings = None
    if not isinstance(settings, dict):
        why = "snapd's answer is none that is known"
        return Configuration(unread=(Unread(IN_SNAP, why, tuple(sorted(keys))),))
    return Configuration(of_pairs(_pairs(keys, settings), IN_SNAP))


def _pairs(keys: Mapping[str, tuple[str, bool]], settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, (key, is_only_where_set) in keys.items():
        value = settings.get(key)
        text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
        if text or not is_only_where_set:
            yield name, text


def _text(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return None
