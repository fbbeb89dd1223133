"""The three columns of every variable: configured, running, effective. Pure.

Must never take a value that is not known for one that is not set: what is not set is Missing(ABSENT),
and said only of what could be read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ollama_top.engine.assemble_processes import environment_of
from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.process import Variable as Given
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, map_known
from ollama_top.model.service import Service
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.ollama.families import Release, parse_release
from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED, is_ours

Environment = Mapping[str, str]
UNTOLD = "nothing sets it"
HIDDEN = "(not shown: it may be a secret)"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of variables, by all who can tell."""

    running: Reading[Environment]  # of the running process
    service: Reading[Service]
    shell: Environment  # of ollama-top's own process
    logged: Environment  # what the server said at its start: what holds, defaults included
    models: Sequence[LoadedModel]
    release: Release | None


def service_of(samples: Samples) -> Reading[Service]:
    """The service that keeps the server."""
    if samples.service is not None:
        return samples.service.value
    return NOT_YET if samples.is_local else ELSEWHERE


def settings_of(samples: Samples, models: Sequence[LoadedModel]) -> tuple[Setting, ...]:
    """How every variable of the server stands at this moment."""
    version = samples.api.value.version if samples.api else None
    return settings(
        Told(
            running=map_known(environment_of(samples), _by_name),
            service=service_of(samples),
            shell=_by_name(samples.shell),
            logged={},
            models=models,
            release=parse_release(version) if version else None,
        )
    )


def _by_name(variables: Iterable[Given]) -> Environment:
    return {each.name: HIDDEN if each.value is None else each.value for each in variables}


def settings(told: Told) -> tuple[Setting, ...]:
    """Every variable that this version reads, and every other that is set and sounds like one."""
    return tuple(_setting(name, told) for name in _names(told))


def _names(told: Told) -> Iterable[str]:
    """Declared ones in their order, then strangers by name."""
    running = told.running.value if isinstance(told.running, Known) else {}
    configured = told.service.value.configuration.names() if isinstance(told.service, Known) else ()
    is_set = {name for name in (*running, *configured, *told.shell) if is_ours(name)}
    yield from (name for name, each in DECLARED.items() if each.is_read(told.release) or name in is_set)
    yield from sorted(is_set - DECLARED.keys())


def _setting(name: str, told: Told) -> Setting:
    variable = DECLARED.get(name)
    configured, place = _configured(name, told.service)
    running = _running(name, told)
    shell = _of(told.shell, name, Source.PROCESSES, "your shell does not set it")
    default = variable.default(told.release) if variable else "-"
    status, note = _status(variable, configured, running, shell, told)
    return Setting(
        name=name,
        configured=configured,
        configured_in=place,
        shell=shell,
        running=running,
        effective=_effective(name, variable, running, told),
        default=default,
        status=status,
        note=note,
        effect=variable.effect if variable else "No version of Ollama known here reads it.",
        cost=variable.cost if variable else None,
    )


def _of(environment: Environment, name: str, source: Source, absent: str) -> Reading[str]:
    return Known(environment[name], source) if name in environment else Missing(Why.ABSENT, absent)


def _configured(name: str, service: Reading[Service]) -> tuple[Reading[str], str | None]:
    """What the next start would get, and who says so."""
    if isinstance(service, Missing):  # which is no proof that nothing sets it
        return Missing(Why.UNSUPPORTED if service.why is Why.ABSENT else service.why, service.hint), None
    configuration = service.value.configuration
    if configuration.unread:
        unread = configuration.unread[0]
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


def _running(name: str, told: Told) -> Reading[str]:
    """What the running process was started with: its own word, else what its unit gave it, else its log."""
    absent = "the running server was started without it"
    if isinstance(told.running, Known):
        return _of(told.running.value, name, told.running.source, absent)
    configured, _ = _configured(name, told.service)
    if is_unchanged(told.service):
        return configured
    logged = told.logged.get(name)
    variable = DECLARED.get(name)
    if logged and variable and logged not in {variable.default(told.release), "false", "0"}:
        return Known(logged, Source.LOG)  # no default, so it was set
    if isinstance(told.service, Known):
        why = f"{told.service.value.name} has been changed since it was started, and {told.running.hint}"
        return Missing(told.running.why, why)
    return told.running


def is_unchanged(service: Reading[Service]) -> bool:
    """Whether the running server got what its files say now, since none has changed after its start."""
    if isinstance(service, Missing):
        return False
    started, changed = service.value.started_at, service.value.changed_at
    if isinstance(started, Missing) or service.value.needs_reload:
        return False
    return not isinstance(changed, Known) or changed.value < started.value


def _effective(name: str, variable: Variable | None, running: Reading[str], told: Told) -> Reading[str]:
    """What really holds: by the runners' own word where they have one."""
    if name in BY_MODEL and told.models:
        return _by_model(BY_MODEL[name], told.models)
    if told.logged.get(name):
        return Known(told.logged[name], Source.LOG)
    if variable is None or not variable.is_read(told.release):
        return Missing(Why.UNSUPPORTED, "this version of Ollama does not read it")
    if isinstance(running, Missing) and running.why is not Why.ABSENT:
        return running
    text = running.value if isinstance(running, Known) else None
    return Known(
        variable.understood(text, told.release).value or variable.default(told.release), Source.PREDICTED
    )


BY_MODEL: Mapping[str, Callable[[LoadedModel], Reading[int] | Reading[str]]] = {
    "OLLAMA_NUM_PARALLEL": lambda model: model.parallel,
    "OLLAMA_CONTEXT_LENGTH": lambda model: model.context_tokens,
    "OLLAMA_KV_CACHE_TYPE": lambda model: model.kv_cache_type,
}
"""What the loaded models show of a variable's effect."""


def _by_model(
    of: Callable[[LoadedModel], Reading[int] | Reading[str]], models: Sequence[LoadedModel]
) -> Reading[str]:
    """One value where all models agree, else each model's."""
    readings = [of(each) for each in models]
    known = [each for each in readings if isinstance(each, Known)]
    if not known:
        return next(each for each in readings if isinstance(each, Missing))
    if len({str(each.value) for each in known}) == 1 and len(known) == len(models):
        return Known(str(known[0].value), known[0].source)
    each_one = [f"{_name(model)} {_shown(of(model))}" for model in models]
    return Known(", ".join(each_one), known[0].source)


def _name(model: LoadedModel) -> str:
    return model.name.value if isinstance(model.name, Known) else "a model"


def _shown(reading: Reading[int] | Reading[str]) -> str:
    return str(reading.value) if isinstance(reading, Known) else "-"


def _status(
    variable: Variable | None,
    configured: Reading[str],
    running: Reading[str],
    shell: Reading[str],
    told: Told,
) -> tuple[SettingStatus, str | None]:
    """How a variable stands, and what there is to say about that."""
    if is_pending(configured, running):
        return SettingStatus.PENDING, "a restart makes the running server take it up"
    if isinstance(running, Missing) and running.why is not Why.ABSENT:
        return SettingStatus.UNKNOWN, None
    if isinstance(running, Known):
        return _of_set(variable, running.value, told.release)
    if isinstance(shell, Known):
        return SettingStatus.SHELL_ONLY, "it is set in your shell, which the server does not see"
    return SettingStatus.DEFAULT, None


def is_pending(configured: Reading[str], running: Reading[str]) -> bool:
    """Whether the next start would get another value; only where both are known, or known to be absent."""
    both = (_certain(configured), _certain(running))
    return all(both) and _text(configured) != _text(running)


def _certain(reading: Reading[str]) -> bool:
    return isinstance(reading, Known) or reading.why is Why.ABSENT


def _text(reading: Reading[str]) -> str | None:
    return reading.value if isinstance(reading, Known) else None


def _of_set(
    variable: Variable | None, text: str, release: Release | None
) -> tuple[SettingStatus, str | None]:
    if variable is None:
        return SettingStatus.FOREIGN, "no version of Ollama known here reads it: is it spelt right?"
    if not variable.is_read(release):
        return SettingStatus.FOREIGN, "this version of Ollama does not read it"
    problem = variable.understood(text, release).problem
    return (SettingStatus.IGNORED, problem) if problem else (SettingStatus.SET, None)
