"""What proves that a change is in force: what the new process has, and what its runners then do."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import psutil

from ollama_top.apply.watching import NotWellError
from ollama_top.control.sight import model_named
from ollama_top.doctor.facts import release
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.plan import Plan
from ollama_top.model.process import Variable
from ollama_top.model.reading import Known, Missing
from ollama_top.model.server import Keeper
from ollama_top.ollama.environment import NUM_PARALLEL
from ollama_top.ollama.families import predict_parallel
from ollama_top.services.systemd.bus import read_unit
from ollama_top.sources import environment
from ollama_top.sources.owner import ServerProcess

LOOKS = 10
UNSEEN = "How many requests {name} serves at once cannot be seen: {why}."


class CannotProveError(Exception):
    """What a process has may not be seen; the text says what is known instead."""


def has_values(pid: int, plan: Plan, changes: Sequence[Change]) -> str:
    """That a process was started with what was asked for, in a sentence.

    Raises NotWellError where it was not, and CannotProveError where that cannot be seen.
    """
    found = environment.read(_process(pid, plan))
    if isinstance(found, Known):
        _check(changes, found.value, f"process {pid} was started")
        return f"Process {pid} has {_values(changes)}."
    unit = read_unit(plan.service, user=plan.keeper is Keeper.SYSTEMD_USER)
    if unit is None:
        raise CannotProveError(f"Whether process {pid} has the values cannot be seen: {found.hint}.")
    said = {each.name for each in unit.environment}
    known = [each for each in changes if (each.value is not None) and each.name in said]
    _check(known, unit.environment, "systemd has started it")
    raise CannotProveError(
        f"systemd has started process {pid} from the new files; what it has cannot be seen: {found.hint}."
    )


def _process(pid: int, plan: Plan) -> ServerProcess:
    try:
        process = psutil.Process(pid)
        user, started_s = process.username(), process.create_time()
    except psutil.Error:
        raise NotWellError(f"process {pid} has ended") from None
    return ServerProcess(
        pid, user, datetime.fromtimestamp(started_s, UTC), plan.keeper or Keeper.MANUAL, None
    )


def _check(changes: Sequence[Change], found: Sequence[Variable], whose: str) -> None:
    has = {each.name: each.value for each in found}
    for each in changes:
        if has.get(each.name) != each.value:
            text = has.get(each.name)
            raise NotWellError(f"{whose} {f'with {each.name}={text}' if text else f'without {each.name}'}")


def _values(changes: Sequence[Change]) -> str:
    return ", ".join(
        f"{each.name}={each.value}" if each.value is not None else f"no {each.name}" for each in changes
    )


async def serves_at_once(
    look: Callable[[], Awaitable[Frame]], names: Sequence[str], plan: Plan
) -> tuple[str, ...]:
    """How many requests each model serves at once now, in sentences; raises NotWellError.

    Only where that was changed: then the runner's own command line has to agree.
    """
    wanted = next((each.value for each in plan.changes if each.name == NUM_PARALLEL), None)
    if wanted is None:
        return ()
    frame = await look()
    for _ in range(LOOKS):
        if all(_is_told(model_named(frame, name)) for name in names):
            break
        frame = await look()
    meant = predict_parallel(wanted, release(frame.snapshot))
    return tuple(_at_once(name, model_named(frame, name), meant) for name in names)


def _is_told(model: LoadedModel | None) -> bool:
    return model is not None and isinstance(model.parallel, Known)


def _at_once(name: str, model: LoadedModel | None, meant: int | None) -> str:
    """What a model serves at once; `meant` is None where the server chooses. Raises NotWellError."""
    if model is None:
        return UNSEEN.format(name=name, why="it is gone")
    if isinstance(model.parallel, Missing):
        return UNSEEN.format(name=name, why=model.parallel.hint)
    number = model.parallel.value
    if meant not in {None, number} and model.held_at_one is None:
        raise NotWellError(f"{name} serves {number} at once, and not {meant}")
    reason = f": {model.held_at_one}" if model.held_at_one is not None else ""
    return f"{name} serves {number} at once{reason}."
