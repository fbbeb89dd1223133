"""Ending a runner that is stuck: what it drops, and how it shows."""

from ollama_top.control.deed import Deed, Outcome, Plan
from ollama_top.control.sight import is_fresh, is_loading, model_named, pid_of
from ollama_top.control.users import counted
from ollama_top.model.action import Restart
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known
from ollama_top.model.verdict import Severity

LIMIT_S = 45.0  # llama-server gives a request in service 30 s


def plan(model: LoadedModel, pid: int, frame: Frame, *, was_asked: bool) -> Plan:
    """To end the runner of a model; by force where it `was_asked` before and is still there."""
    name = model.name.value if isinstance(model.name, Known) else f"the runner {pid}"
    costs = (
        *(_by_force(pid) if was_asked else _politely(pid)),
        *_losses(model),
        "Its prompt cache is lost.",
        "Ollama starts another runner at the next request, which has to load the model again.",
    )
    action = Restart(name, pid, frame.snapshot.taken_at, by_force=was_asked)
    verb = "Kill" if was_asked else "End"
    return Plan(action, f"{verb} the runner of {name}?", costs, f"{verb} its runner.")


def _politely(pid: int) -> list[str]:
    return [
        f"Its process (pid {pid}) is asked to end (SIGTERM); no other process is touched, and no client.",
        "In the middle of a request a llama-server takes half a minute; X once more kills it.",
    ]


def _by_force(pid: int) -> list[str]:
    return [
        f"Its process (pid {pid}) was asked to end: now it is killed (SIGKILL), as Ollama does it itself."
    ]


def _losses(model: LoadedModel) -> list[str]:
    if is_loading(model):
        return ["It is being loaded: the load fails, and the request that it is for."]
    waiting = "lost too, since it is this process that they wait for."
    return counted(model, "lost, with an error.", waiting)


def _seen(action: Restart, _: Frame, now: Frame) -> Outcome | None:
    """Only a look at the processes proves it: /api/ps goes on listing a model whose runner has ended."""
    is_seen = isinstance(now.snapshot.server.pid, Known) and is_fresh(now, "processes")
    if not is_seen or any(pid_of(each) == action.runner_pid for each in now.snapshot.models):
        return None
    ended = f"The runner of {action.model} (pid {action.runner_pid}) has ended"
    model = model_named(now, action.model)
    if model is not None and model.state is not ModelState.GONE:
        return Outcome(Severity.OK, f"{ended}; another is at work (pid {pid_of(model) or '?'}).")
    return Outcome(Severity.OK, f"{ended}; the next request loads the model again.")


def _taken(action: Restart) -> str:
    runner = f"runner {action.runner_pid} of {action.model}"
    return f"{runner} was killed" if action.by_force else f"{runner} was asked to end; X again kills it"


RESTART = Deed(
    asking=lambda action: f"ending the runner of {action.model}",
    taken=_taken,
    seen=_seen,
    limit_s=LIMIT_S,
    unseen=lambda action: (
        f"The runner of {action.model} (pid {action.runner_pid}) has not ended {LIMIT_S:.0f} s after it was"
        " asked to: X, and X again, kill it."
    ),
    failed=lambda action: f"the runner of {action.model} was not ended",
)
