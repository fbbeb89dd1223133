"""Ollama's snap: what its installed launcher knows is set with `snap set`, the rest beside its unit. Pure."""

import shlex
from collections.abc import Sequence

from ollama_top.doctor.mends import systemd
from ollama_top.model.finding import Change, Fix, to_run
from ollama_top.model.service import Service


def steps(changes: Sequence[Change], kept: Service) -> tuple[str, ...]:
    """The snap's settings, then what it knows no setting for."""
    snap = kept.known_as or kept.name
    keys = {each.name: each.key for each in kept.snap_settings}
    known = [_set(each, snap, keys[each.name]) for each in changes if each.name in keys]
    others = [each for each in changes if each.name not in keys]
    restart = f"sudo snap restart {shlex.quote(snap)}"
    if not others:
        return (*known, restart)
    beside = systemd.steps("sudo systemctl", kept.name, others, kept, restart)
    return (*known, *beside)


def restart(kept: Service) -> Fix:
    """Start the snap's service anew; snapd itself does not make systemd read the files of a unit."""
    name = kept.known_as or kept.name
    if not kept.needs_reload:
        return to_run("sudo", "snap", "restart", name)
    return to_run("sudo", "sh", "-c", f"systemctl daemon-reload && snap restart {shlex.quote(name)}")


def _set(change: Change, snap: str, key: str) -> str:
    if change.value is None:
        return shlex.join(["sudo", "snap", "unset", snap, key])
    return shlex.join(["sudo", "snap", "set", snap, f"{key}={change.value}"])
