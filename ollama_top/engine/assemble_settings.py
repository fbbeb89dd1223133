"""The three columns of every variable: configured, running, effective. Pure.

Must never take a value that is not known for one that is not set: what is not set is Missing(ABSENT),
and said only of what could be read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ollama_top.engine.samples import Samples
from ollama_top.engine.told import Told, configured_of, running_of, set_in, told_of
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.setting import Setting, SettingStatus
from ollama_top.ollama.families import Release
from ollama_top.ollama.values import Kind
from ollama_top.ollama.variable import Variable
from ollama_top.ollama.variables import DECLARED, is_ours, is_same_value


def settings_of(samples: Samples, models: Sequence[LoadedModel]) -> tuple[Setting, ...]:
    """How every variable of the server stands at this moment."""
    return settings(told_of(samples), models)


def settings(told: Told, models: Sequence[LoadedModel]) -> tuple[Setting, ...]:
    """Every variable that this version reads, and every other that is set and sounds like one."""
    return tuple(_setting(name, told, models) for name in _names(told))


def _names(told: Told) -> Iterable[str]:
    """Declared ones in their order, then strangers by name."""
    running = told.running.value if isinstance(told.running, Known) else {}
    configured = told.service.value.configuration.names() if isinstance(told.service, Known) else ()
    is_set = {name for name in (*running, *configured, *told.shell) if is_ours(name)}
    yield from (name for name, each in DECLARED.items() if each.is_read(told.release) or name in is_set)
    yield from sorted(is_set - DECLARED.keys())


def _setting(name: str, told: Told, models: Sequence[LoadedModel]) -> Setting:
    variable = DECLARED.get(name)
    configured, place = configured_of(name, told.service)
    running = running_of(name, told)
    shell = set_in(told.shell, name, Source.PROCESSES, "your shell does not set it")
    default = variable.default(told.release) if variable else "-"
    status, note = _status(name, variable, configured, running, shell, told)
    return Setting(
        name=name,
        configured=configured,
        configured_in=place,
        shell=shell,
        running=running,
        effective=_effective(name, variable, running, told, models),
        default=default,
        status=status,
        note=note,
        effect=variable.effect if variable else "No version of Ollama known here reads it.",
        cost=variable.cost if variable else None,
    )


def _effective(
    name: str, variable: Variable | None, running: Reading[str], told: Told, models: Sequence[LoadedModel]
) -> Reading[str]:
    """What really holds: by the runners' own word where they have one."""
    if name in BY_MODEL and models:
        return _by_model(BY_MODEL[name], models)
    if variable is None or not variable.is_read(told.release):
        return Missing(Why.UNSUPPORTED, "this version of Ollama does not read it")
    if isinstance(running, Missing) and running.why is not Why.ABSENT:
        return _by_log(variable, told) or running
    text = running.value if isinstance(running, Known) else None
    return Known(
        variable.understood(text, told.release).value or variable.default(told.release), Source.PREDICTED
    )


def _by_log(variable: Variable, told: Told) -> Reading[str] | None:
    """What the log has in effect of a number; 0 where that means a choice of the server's own."""
    logged = told.logged.get(variable.name)
    if logged is None or variable.kind is not Kind.COUNT:
        return None
    is_own_choice = logged == "0" and not variable.default(told.release).isdigit()
    return Known(variable.default(told.release) if is_own_choice else logged, Source.LOG)


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
    name: str,
    variable: Variable | None,
    configured: Reading[str],
    running: Reading[str],
    shell: Reading[str],
    told: Told,
) -> tuple[SettingStatus, str | None]:
    """How a variable stands, and what there is to say about that."""
    if is_pending(name, configured, running):
        return SettingStatus.PENDING, "a restart makes the running server take it up"
    if isinstance(running, Missing) and running.why is not Why.ABSENT:
        return SettingStatus.UNKNOWN, None
    if isinstance(running, Known):
        return _of_set(variable, running.value, told.release)
    if isinstance(shell, Known):
        return SettingStatus.SHELL_ONLY, "it is set in your shell, which the server does not see"
    return SettingStatus.DEFAULT, None


def is_pending(name: str, configured: Reading[str], running: Reading[str]) -> bool:
    """Whether the next start would get another value; only where both are known, or known to be absent.

    What Ollama takes for the same is no other: `true` and `1`, a number with quotes, empty and not set.
    """
    if not (_certain(configured) and _certain(running)):
        return False
    return not is_same_value(name, _text(configured), _text(running))


def _certain(reading: Reading[str]) -> bool:
    return isinstance(reading, Known) or reading.why is Why.ABSENT


def _text(reading: Reading[str]) -> str:
    return reading.value if isinstance(reading, Known) else ""


def _of_set(
    variable: Variable | None, text: str, release: Release | None
) -> tuple[SettingStatus, str | None]:
    if variable is None:
        return SettingStatus.FOREIGN, "no version of Ollama known here reads it: is it spelt right?"
    if not variable.is_read(release):
        return SettingStatus.FOREIGN, "this version of Ollama does not read it"
    problem = variable.understood(text, release).problem
    return (SettingStatus.IGNORED, problem) if problem else (SettingStatus.SET, None)
