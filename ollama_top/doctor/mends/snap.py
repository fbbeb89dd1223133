"""Ollama's snap: what its launcher knows is set with `snap set`, the rest beside its unit. Pure."""

import shlex
from collections.abc import Sequence

from ollama_top.doctor.mends import systemd
from ollama_top.model.finding import Change, Fix, to_run
from ollama_top.model.service import Service

SETTINGS = {
    "OLLAMA_HOST": "host",
    "OLLAMA_MODELS": "models",
    "OLLAMA_ORIGINS": "origins",
    "OLLAMA_DEBUG": "debug",
    "OLLAMA_CONTEXT_LENGTH": "context-length",
    "CUDA_VISIBLE_DEVICES": "cuda-visible-devices",
}
"""What the launcher exports, by the names of `snap set`."""


def steps(changes: Sequence[Change], kept: Service) -> tuple[str, ...]:
    """The snap's settings, then what it knows no setting for."""
    snap = kept.known_as or kept.name
    known = [each for each in changes if each.name in SETTINGS]
    others = [each for each in changes if each.name not in SETTINGS]
    restart = f"sudo snap restart {shlex.quote(snap)}"
    if not others:
        return (*(_set(each, snap) for each in known), restart)
    beside = systemd.steps("sudo systemctl", kept.name, others, kept, restart)
    return (*(_set(each, snap) for each in known), *beside)


def restart(kept: Service) -> Fix:
    """Start the snap's service anew; snapd itself does not make systemd read the files of a unit."""
    name = kept.known_as or kept.name
    if not kept.needs_reload:
        return to_run("sudo", "snap", "restart", name)
    return to_run("sudo", "sh", "-c", f"systemctl daemon-reload && snap restart {shlex.quote(name)}")


def _set(change: Change, snap: str) -> str:
    key = SETTINGS[change.name]
    if change.value is None:
        return shlex.join(["sudo", "snap", "unset", snap, key])
    return shlex.join(["sudo", "snap", "set", snap, f"{key}={change.value}"])
