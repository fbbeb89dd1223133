"""From what is seen of a server, and what is to change, to a plan. Reads only.

Must never plan what is only half sure: who keeps the server is told by its process, and where a change by
ollama-top is not certain to do what it says, the plan has no steps but says how it is done by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ollama_top.apply import bare
from ollama_top.control import asked, disturbance
from ollama_top.control.sight import run_of
from ollama_top.doctor import mending
from ollama_top.doctor.facts import keeper, release, service, setting
from ollama_top.engine.locality import is_this_machine
from ollama_top.model.finding import Change, Fix, FixKind
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.plan import WITHOUT_RESTART, Plan, Step
from ollama_top.model.reading import Known, value_or
from ollama_top.model.server import Keeper
from ollama_top.model.service import Author
from ollama_top.model.setting import SettingStatus
from ollama_top.ollama.host import parse_target
from ollama_top.ollama.installation import UNIT
from ollama_top.services.systemd.bus import read_manager, read_unit
from ollama_top.services.systemd.change import CannotChangeError, steps_to
from ollama_top.sources.user import own_name

BY_SYSTEMD = frozenset({Keeper.SYSTEMD, Keeper.SYSTEMD_USER})
REMOTE = "the server is on another machine: run ollama-top there, over SSH"
NOBODY = "who keeps the server is not known"


@dataclass(frozen=True, slots=True)
class _Ways:
    """The steps there and back; or why there are none."""

    steps: tuple[Step, ...] = ()
    undo: tuple[Step, ...] = ()
    refusal: str | None = None


def plan(frame: Frame, changes: Sequence[Change], *, is_held: bool = False, is_forced: bool = False) -> Plan:
    """How these changes are made for the server of a Frame; blocking.

    `is_held` where a proxy keeps requests back meanwhile; `is_forced` to restart it though it has them.
    """
    snapshot = frame.snapshot
    by = _keeper(snapshot)
    ways = _ways(snapshot, by, changes)
    if not is_forced and not any(each.edit for each in ways.steps) and _is_in_force(snapshot, changes):
        ways = _Ways(refusal=ways.refusal)
    url = snapshot.server.url
    return Plan(
        url=url,
        url_then=_url_then(url, changes),
        keeper=by,
        service=value_or(snapshot.server.unit, UNIT if by in BY_SYSTEMD else "ollama serve"),
        changes=tuple(changes),
        was=tuple(Change(each.name, _configured(snapshot, each.name)) for each in changes),
        steps=ways.steps,
        undo=ways.undo,
        needs_root=by is Keeper.SYSTEMD,
        refusal=ways.refusal,
        instructions=_instructions(snapshot, by, changes),
        costs=disturbance.costs(frame, is_held=is_held) if run_of(frame) else (),
        notes=(*asked.notes(changes, release(snapshot)), *_of_host(changes)),
        run=run_of(frame),
        bare=bare.process_of(snapshot) if by is Keeper.MANUAL and ways.steps else None,
    )


def without_restart(of: Plan) -> Plan:
    """The plan that writes the same, and leaves the restart to whoever comes."""
    return replace(of, steps=_unhurried(of.steps), undo=_unhurried(of.undo), costs=())


def _unhurried(steps: Sequence[Step]) -> tuple[Step, ...]:
    return tuple(each for each in steps if each.kind in WITHOUT_RESTART)


def _keeper(snapshot: Snapshot) -> Keeper | None:
    """Who keeps it; a unit that should run and does not is systemd's."""
    by = keeper(snapshot)
    return Keeper.SYSTEMD if by is None and service(snapshot) is not None else by


def _ways(snapshot: Snapshot, by: Keeper | None, changes: Sequence[Change]) -> _Ways:
    if snapshot.demo:
        return _Ways(refusal="this is a simulation")
    if not is_this_machine(parse_target(snapshot.server.url)):
        return _Ways(refusal=REMOTE)
    kept = service(snapshot)
    if by is None:
        return _Ways(refusal=NOBODY)
    if by in BY_SYSTEMD and (kept is None or kept.author is Author.FILES):
        return _by_systemd(snapshot, changes, user=by is Keeper.SYSTEMD_USER)
    if by is Keeper.MANUAL:
        return _by_hand(snapshot)
    author = kept.author.doc if kept is not None and kept.author is not Author.FILES else by.doc
    return _Ways(refusal=f"it is kept by {author}, which ollama-top does not change by itself")


def _by_systemd(snapshot: Snapshot, changes: Sequence[Change], *, user: bool) -> _Ways:
    unit_name = value_or(snapshot.server.unit, UNIT)
    if user and (whose := value_or(snapshot.server.user, own_name())) != own_name():
        return _Ways(refusal=f"it is a service of user {whose}: run ollama-top as {whose}")
    unit, manager = read_unit(unit_name, user=user), read_manager(user=user)
    if unit is None or manager is None:
        return _Ways(refusal=f"systemd did not tell what it knows of {unit_name}")
    try:
        return _Ways(*steps_to(unit, manager, changes, user=user))
    except CannotChangeError as error:
        return _Ways(refusal=str(error))


def _is_in_force(snapshot: Snapshot, changes: Sequence[Change]) -> bool:
    """Whether the running server has these values, as far as that is known."""
    return all(_has(snapshot, each) for each in changes)


def _has(snapshot: Snapshot, change: Change) -> bool:
    if isinstance(snapshot.environment, Known):
        has = {each.name: each.value for each in snapshot.environment.value}
        return has.get(change.name) == change.value
    found = setting(snapshot, change.name)
    return found is None or found.status is not SettingStatus.PENDING


def _by_hand(snapshot: Snapshot) -> _Ways:
    try:
        return _Ways(*bare.steps_to(snapshot))
    except bare.CannotRespawnError as error:
        return _Ways(refusal=str(error))


def _instructions(snapshot: Snapshot, by: Keeper | None, changes: Sequence[Change]) -> tuple[str, ...]:
    """The words of the doctor, which are the same for every keeper."""
    return mending.steps(Fix(FixKind.SET, tuple(changes), ()), snapshot) if by is not None else ()


def _configured(snapshot: Snapshot, name: str) -> str | None:
    """What the next start would get now; of a bare process, what this one has."""
    kept = service(snapshot)
    if kept is not None:
        said = kept.configuration.said(name)[-1:]
        return said[0].value if said else None
    found = value_or(snapshot.environment, ())
    return next((each.value for each in found if each.name == name), None)


def _url_then(url: str, changes: Sequence[Change]) -> str:
    """Where it answers after the change; a path before its API is a proxy's, and stays."""
    host = next((each for each in changes if each.name == asked.HOST), None)
    return url if host is None else parse_target(host.value or "").url


def _of_host(changes: Sequence[Change]) -> tuple[str, ...]:
    """A server cannot listen at another machine's address; since that is taken back, it only warns."""
    host = next((each.value for each in changes if each.name == asked.HOST), None)
    if host is None or is_this_machine(parse_target(host)):
        return ()
    return (f"{host} is no address of this machine: the server will not come up, and this is rolled back.",)
