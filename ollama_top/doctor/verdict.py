"""The one line at the top: the worst thing that a Snapshot shows, in plain words. Pure.

Made of facts of the Snapshot only; where one is missing the sentence says less, never more.
"""

from collections.abc import Callable, Sequence

from ollama_top.doctor.examine import ORDER
from ollama_top.doctor.facts import asked_parallel, is_absent, setting
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Reading, Source, value_or
from ollama_top.model.setting import SettingStatus
from ollama_top.model.verdict import Severity, Verdict
from ollama_top.ollama.environment import NUM_PARALLEL

RUNNER_GONE = "runner-gone"
OF_QUEUE = frozenset(
    {"queue-blocked-by-eviction", "parallel-forced-to-one", "effective-differs", "raise-parallel"}
)
"""Findings that say why a request waits, or what would let it wait no longer."""
OF_SETTINGS = frozenset(
    {"parallel-not-set", "edited-not-restarted", "env-only-in-shell", "invalid-value", "overridden"}
)
"""Findings that say so where they are about how many are served at once."""
Findings = Sequence[Finding]
Judgement = Callable[[Snapshot, Findings], Verdict | None]


def judge(snapshot: Snapshot, findings: Findings = ()) -> Verdict:
    """The first judgement that applies; they are ordered by what matters most.

    What does not work goes first, then who waits, then what would be better otherwise, then what is at work.
    """
    verdicts = (each(snapshot, findings) for each in JUDGEMENTS)
    return next(verdict for verdict in verdicts if verdict is not None)


def _broken(_: Snapshot, findings: Findings) -> Verdict | None:
    return _told(findings, at_least=Severity.ERROR)


def _advised(_: Snapshot, findings: Findings) -> Verdict | None:
    return _told(findings, at_least=Severity.WARNING)


def _told(findings: Findings, *, at_least: Severity) -> Verdict | None:
    """The worst finding, if it matters as much."""
    worst = next(iter(findings), None)
    if worst is None or ORDER.index(worst.severity) < ORDER.index(at_least):
        return None
    return Verdict(worst.severity, worst.title, worst.id)


def _tells_more(findings: Findings, is_about: Callable[[Finding], bool]) -> str | None:
    """The id of the worst finding that is about what a verdict tells."""
    return next((each.id for each in findings if is_about(each)), None)


def _explains_waiting(finding: Finding) -> bool:
    return finding.id in OF_QUEUE or (finding.id in OF_SETTINGS and NUM_PARALLEL in finding.title)


def _unreachable(snapshot: Snapshot, findings: Findings) -> Verdict | None:
    server = snapshot.server
    if server.reachable:
        return None
    if server.problem is None:
        return Verdict(Severity.INFO, f"asking {server.url} for the first time")
    more = _tells_more(findings, lambda each: each.severity is Severity.ERROR)
    return Verdict(Severity.ERROR, f"cannot read {server.url}: {server.problem}", more)


def _gone(snapshot: Snapshot, findings: Findings) -> Verdict | None:
    gone = _names(snapshot, ModelState.GONE)
    if not gone:
        return None
    text = f"the runner of {gone[0]} has died; the next request loads it anew"
    return Verdict(Severity.WARNING, text, _tells_more(findings, lambda each: each.id == RUNNER_GONE))


def _waiting(snapshot: Snapshot, findings: Findings) -> Verdict | None:
    queue = snapshot.queue
    if isinstance(queue.waiting, Missing) or queue.waiting.value == 0:
        return None
    at_most = "up to " if queue.precision is Precision.UPPER_BOUND else ""
    wait = "waits" if queue.waiting.value == 1 else "wait"
    start = f"{at_most}{queue.waiting.value} {wait}{_oldest(queue.oldest_wait_s)}"
    more = _tells_more(findings, _explains_waiting)
    return Verdict(Severity.WARNING, f"{start}: {_why_wait(snapshot)}", more)


def _oldest(reading: Reading[float]) -> str:
    """The longest wait in whole seconds: a coarse number changes, and is sent, less often."""
    return f", the longest {reading.value:.0f} s" if isinstance(reading, Known) and reading.value >= 1 else ""


def _why_wait(snapshot: Snapshot) -> str:
    """Every fact that makes a request wait: which of them it waits for is often not to be seen."""
    loading = _names(snapshot, ModelState.LOADING)
    full = [each for each in snapshot.models if _is_full(each)]
    reasons = [f"{_list(loading)} {'is' if len(loading) == 1 else 'are'} being loaded"] if loading else []
    if len(full) == 1:
        reasons.append(f"{_name(full[0])} serves {_at_once(full[0], snapshot)}")
    elif full:
        reasons.append(f"{_list([_name(each) for each in full])} serve no more at once")
    return "; ".join(reasons) or _why_wait_beside_free_slots(snapshot)


def _why_wait_beside_free_slots(snapshot: Snapshot) -> str:
    if not snapshot.models:
        return "no model is loaded yet"
    if any(isinstance(each.running, Missing) for each in snapshot.models):
        return "what is in service cannot be seen"
    if any(isinstance(each.parallel, Missing) for each in snapshot.models):
        return "how many are served at once cannot be seen"
    if snapshot.queue.precision is Precision.EXACT:
        return "a slot has just become free"
    return "slots are free, so they wait for another model to load, or are no inference"


def _at_once(model: LoadedModel, snapshot: Snapshot) -> str:
    """What a model serves that can serve no more."""
    number = value_or(model.parallel, 0)
    if model.held_at_one is not None:
        return f"one at a time: {model.held_at_one}, whatever OLLAMA_NUM_PARALLEL says"
    at_once = "one at a time" if number == 1 else f"{number} at once"
    if isinstance(model.parallel, Known) and model.parallel.source is Source.PREDICTED:
        return f"{at_once} (predicted)"
    return f"{at_once}{_why_one(snapshot)}" if number == 1 else f"{at_once}, all in service"


def _why_one(snapshot: Snapshot) -> str:
    """What the variable has to do with it; nothing where it is not known to ask for one."""
    asked = setting(snapshot, NUM_PARALLEL)
    if asked is None or asked_parallel(snapshot) != 1:
        return ""
    if asked.status is SettingStatus.PENDING and isinstance(asked.configured, Known):
        return f"; {NUM_PARALLEL}={asked.configured.value} holds from the next start on"
    if asked.status is SettingStatus.SHELL_ONLY and isinstance(asked.shell, Known):
        return f"; {NUM_PARALLEL}={asked.shell.value} is set in your shell only"
    if isinstance(asked.running, Known):
        return f", as {NUM_PARALLEL}=1 says" if asked.running.value == "1" else ""
    return f"; {NUM_PARALLEL} is not set" if is_absent(asked.running) else ""


def _is_full(model: LoadedModel) -> bool:
    if isinstance(model.running, Missing) or isinstance(model.parallel, Missing):
        return False
    return model.running.value >= model.parallel.value > 0


def _loading(snapshot: Snapshot, _: Findings) -> Verdict | None:
    loading = [each for each in snapshot.models if each.state is ModelState.LOADING]
    if not loading:
        return None
    return Verdict(Severity.INFO, f"loading {_list([_loaded_so_far(each) for each in loading])}")


def _loaded_so_far(model: LoadedModel) -> str:
    """Its name, and how far its load is in steps of ten: a coarse number changes less often."""
    done = value_or(model.load_percent, None)
    return _name(model) if done is None else f"{_name(model)} ({10 * int(done / 10)} % done)"


def _working(snapshot: Snapshot, _: Findings) -> Verdict | None:
    running = snapshot.queue.running
    if isinstance(running, Missing) or running.value == 0:
        return None
    busy = _names(snapshot, ModelState.BUSY)
    requests = "1 request" if running.value == 1 else f"{running.value} requests"
    ending = ", none waits" if isinstance(snapshot.queue.waiting, Known) else ""
    return Verdict(Severity.OK, f"{requests} in service by {_list(busy) or 'a runner'}{ending}")


def _unseen(snapshot: Snapshot, _: Findings) -> Verdict | None:
    for count in (snapshot.queue.running, snapshot.queue.waiting):
        if isinstance(count, Missing):
            text = f"{_models(snapshot)}; the queue cannot be seen: {count.hint}"
            return Verdict(Severity.INFO, text)
    return None


def _idle(snapshot: Snapshot, _: Findings) -> Verdict | None:
    return Verdict(Severity.OK, f"idle: {_models(snapshot)}, no request")


def _models(snapshot: Snapshot) -> str:
    match snapshot.models:
        case ():
            return "no model loaded"
        case (only,):
            return f"{_name(only)} loaded"
        case several:
            return f"{len(several)} models loaded"


def _names(snapshot: Snapshot, state: ModelState) -> list[str]:
    return [_name(each) for each in snapshot.models if each.state is state]


def _name(model: LoadedModel) -> str:
    return model.name.value if isinstance(model.name, Known) else "a model"


def _list(names: list[str]) -> str:
    """Names as a sentence has them; past two a number says more."""
    return " and ".join(names) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} more"


JUDGEMENTS: tuple[Judgement, ...] = (
    *(_unreachable, _broken),
    *(_waiting, _gone),
    _advised,
    *(_loading, _working, _unseen, _idle),
)
