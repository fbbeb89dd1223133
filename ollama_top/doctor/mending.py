"""How a variable is set for a server, and how it is restarted, by whoever keeps it. Pure."""

import shlex
from collections.abc import Callable, Mapping, Sequence

from ollama_top.doctor.facts import keeper, service
from ollama_top.doctor.mends import containers, macos, nixos, snap, systemd
from ollama_top.doctor.mends.words import pairs, taken_away
from ollama_top.model.configuration import Assignment, Layer
from ollama_top.model.finding import Change, Fix, FixKind, to_run
from ollama_top.model.frame import Snapshot
from ollama_top.model.reading import value_or
from ollama_top.model.server import POD, Keeper
from ollama_top.model.service import Author, Service
from ollama_top.ollama.homebrew import FORMULA_SETS
from ollama_top.ollama.installation import UNIT

ELSEWHERE = ("in the environment of whatever starts the server; then restart it",)
WRITTEN_BY_INSTALLER = f"/etc/systemd/system/{UNIT}"  # packages, and people, write elsewhere


def steps(fix: Fix, snapshot: Snapshot) -> tuple[str, ...]:
    """What to do for a fix, one step a line; none for a command, which says it itself."""
    return () if fix.kind is FixKind.COMMAND else _to_set(fix.changes, snapshot)


def written_anew(kept: Service) -> list[Assignment]:
    """What stands in a service's own file, and is lost when an installer or Homebrew writes that anew."""
    names = dict.fromkeys(each.name for each in kept.configuration.assignments)
    held = [kept.configuration.said(name)[-1] for name in names]
    mine = [each for each in held if each.place.layer is Layer.UNIT and each.value is not None]
    if kept.author is Author.HOMEBREW:
        return [each for each in mine if (each.name, each.value) not in FORMULA_SETS]
    is_installers = kept.author is Author.FILES
    return [each for each in mine if is_installers and each.place.path == WRITTEN_BY_INSTALLER]


def _to_set(changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    kept = service(snapshot)
    if kept is not None and kept.author is Author.NIXOS:
        return nixos.steps(changes)
    if kept is not None and kept.author is Author.SNAP:
        return snap.steps(changes, kept)
    by = keeper(snapshot)
    return BY[by](changes, snapshot) if by in BY else ELSEWHERE


def _systemd(changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    is_user = keeper(snapshot) is Keeper.SYSTEMD_USER
    unit = value_or(snapshot.server.unit, UNIT)
    systemctl = "systemctl --user" if is_user else "sudo systemctl"
    return systemd.steps(systemctl, unit, changes, service(snapshot))


def _container(changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    is_pod = POD in value_or(snapshot.server.cgroup, "")
    return containers.in_pod(changes) if is_pod else containers.steps(changes, service(snapshot))


def _openrc(changes: Sequence[Change], snapshot: Snapshot) -> tuple[str, ...]:
    """OpenRC's own file of a service is a piece of shell, whose variables reach it when exported."""
    name = value_or(snapshot.server.unit, "ollama")
    lines = [f"    export {shlex.quote(each)}" for each in pairs(changes)]
    gone = [f"    unset {each}" for each in taken_away(changes)]
    return (f"in /etc/conf.d/{name} write", *lines, *gone, f"sudo rc-service {name} restart")


def _by_hand(changes: Sequence[Change], _: Snapshot) -> tuple[str, ...]:
    without = [word for name in taken_away(changes) for word in ("-u", name)]
    return (
        "stop the server, and start it anew, as it was started before but with this:",
        "    " + shlex.join(["env", *without, *pairs(changes), "ollama", "serve"]),
    )


BY: Mapping[Keeper | None, Callable[[Sequence[Change], Snapshot], tuple[str, ...]]] = {
    Keeper.SYSTEMD: _systemd,
    Keeper.SYSTEMD_USER: _systemd,
    Keeper.LAUNCHD: lambda changes, snapshot: macos.job(changes, service(snapshot)),
    Keeper.APP: lambda changes, snapshot: macos.app(changes, service(snapshot)),
    Keeper.OPENRC: _openrc,
    Keeper.CONTAINER: _container,
    Keeper.MANUAL: _by_hand,
}


def restart(kept: Service, snapshot: Snapshot) -> Fix:
    """The command by which a service takes up what is configured for its next start."""
    match kept.author:
        case Author.SNAP:
            return snap.restart(kept)
        case Author.APP:
            return to_run("sh", "-c", "; ".join(macos.REOPEN))
        case Author.COMPOSE | Author.RUN:
            return to_run(kept.manager, "restart", kept.name)
        case Author.HOMEBREW if kept.manager == "launchd" and not written_anew(kept):
            return to_run("brew", "services", "restart", kept.known_as or kept.name)
    if kept.manager == "launchd":
        return to_run("sh", "-c", "; ".join(macos.restart(kept)))
    is_user = keeper(snapshot) is Keeper.SYSTEMD_USER
    sudo, systemctl = ([], "systemctl --user") if is_user else (["sudo"], "systemctl")
    both = f"{systemctl} daemon-reload && {systemctl} restart {shlex.quote(kept.name)}"
    return to_run(*sudo, "sh", "-c", both)
