"""What is told of the server's variables, by all who can tell, and what follows for each. Pure.

Must never take a value that is not known for one that is not set: what is not set is Missing(ABSENT),
and said only of what could be read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples
from ollama_top.model.process import Variable as Given
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known
from ollama_top.model.service import Service
from ollama_top.ollama.environment import HIDDEN
from ollama_top.ollama.families import Release, parse_release
from ollama_top.ollama.values import Kind
from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED

Environment = Mapping[str, str]
UNTOLD = "nothing sets it"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of variables, by all who can tell."""

    running: Reading[Environment]  # of the running process
    service: Reading[Service]
    shell: Environment  # of ollama-top's own process
    logged: Environment  # what the server said at its start: what holds, defaults included
    release: Release | None


def told_of(samples: Samples) -> Told:
    """What is told at this moment."""
    version = samples.api.value.version if samples.api else None
    return Told(
        running=map_known(environment_of(samples), _by_name),
        service=service_of(samples),
        shell=_by_name(samples.shell),
        logged=samples.log.value.told.config if samples.log else {},
        release=parse_release(version) if version else None,
    )


def environment_of(samples: Samples) -> Reading[tuple[Given, ...]]:
    """What the server's process was started with."""
    if samples.tree is not None:
        return samples.tree.value.environment
    return NOT_YET if samples.is_local else ELSEWHERE


def service_of(samples: Samples) -> Reading[Service]:
    """The service that keeps the server."""
    if samples.service is not None:
        return samples.service.value
    return NOT_YET if samples.is_local else ELSEWHERE


def _by_name(variables: Iterable[Given]) -> Environment:
    return {each.name: HIDDEN if each.value is None else each.value for each in variables}


def configured_of(name: str, service: Reading[Service]) -> tuple[Reading[str], str | None]:
    """What the next start would get, and who says so."""
    if isinstance(service, Missing):  # which is no proof that nothing sets it
        return Missing(Why.UNSUPPORTED if service.why is Why.ABSENT else service.why, service.hint), None
    configuration = service.value.configuration
    unread = configuration.unread_for(name)
    if unread is not None:
        return Missing(Why.DENIED, f"{unread.place} may set it: {unread.why}"), None
    said = configuration.said(name)
    if not said:
        return Missing(Why.ABSENT, UNTOLD), None
    last = said[-1]
    if last.value is not None:
        return Known(last.value, Source.SERVICE), str(last.place)
    if last.problem is not None:
        return Missing(Why.UNSUPPORTED, last.problem), str(last.place)
    return Missing(Why.ABSENT, f"{last.place} takes it away"), str(last.place)


def running_of(name: str, told: Told) -> Reading[str]:
    """What the running process was started with: its own word, else what its unit gave it, else its log."""
    absent = "the running server was started without it"
    if isinstance(told.running, Known):
        return set_in(told.running.value, name, told.running.source, absent)
    if isinstance(told.service, Known) and not told.service.value.is_running:
        return Missing(Why.FAILED, f"{told.service.value.name} does not run")
    configured, _ = configured_of(name, told.service)
    if is_unchanged(told.service):
        return configured
    logged = told.logged.get(name)
    variable = DECLARED.get(name)
    if logged and variable and proves_set(variable, logged, told.release):
        return Known(logged, Source.LOG)
    if isinstance(told.service, Known):
        why = f"{told.service.value.name} has been changed since it was started, and {told.running.hint}"
        return Missing(told.running.why, why)
    return told.running


def proves_set(variable: Variable, logged: str, release: Release | None) -> bool:
    """Whether the value that the log has in effect is no default, so that it must have been set.

    Said of numbers and of the K/V type only: the log writes switches, times and lists in a way of its
    own, and `false` for a switch that is not set and means automatic.
    """
    if variable.kind is Kind.COUNT:
        return logged not in {variable.default(release), "0"}
    return variable.name == "OLLAMA_KV_CACHE_TYPE"


def is_unchanged(service: Reading[Service]) -> bool:
    """Whether the running server got what its files say now, since none has changed after its start."""
    if isinstance(service, Missing):
        return False
    started, changed = service.value.started_at, service.value.changed_at
    if isinstance(started, Missing) or service.value.needs_reload:
        return False
    if isinstance(changed, Missing):  # of what has no files at all, none can have changed
        return changed.why is Why.ABSENT
    return changed.value < started.value


def set_in(environment: Environment, name: str, source: Source, absent: str) -> Reading[str]:
    """A variable of an environment that is known; `absent` says what it means that it is not there."""
    return Known(environment[name], source) if name in environment else Missing(Why.ABSENT, absent)
