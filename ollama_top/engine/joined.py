"""Which runner holds which model. Pure.

A runner is joined to a model by the path of its weights and by nothing else: sizes of contexts
mislead as soon as requests are served in parallel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ollama_top.engine.samples import ELSEWHERE, NOT_YET, Samples
from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.replies import PsModel, ShownModel
from ollama_top.sources.processes import RunnerProcess


@dataclass(frozen=True, slots=True)
class Joined:
    """A model, its runner, or both; never neither."""

    model: PsModel | None
    runner: RunnerProcess | None
    name: str | None  # also of a model that is being loaded, where it is known
    shown: ShownModel | None = None


def join(samples: Samples) -> tuple[Joined, ...]:
    """The models of /api/ps with their runners, then the runners of models not listed there yet."""
    models = samples.api.value.models if samples.api else ()
    shown = samples.api.value.shown if samples.api else {}
    runners = [_with_load(each, samples) for each in samples.tree.value.runners] if samples.tree else []
    joined = [_with_runner(each, shown.get(each.name), runners) for each in models]
    installed = _names_by_path(shown)
    return (*joined, *(_without_model(each, installed, shown) for each in runners))


def _without_model(
    runner: RunnerProcess, installed: Mapping[str, str], shown: Mapping[str, ShownModel]
) -> Joined:
    """A runner whose model is not listed; an MLX runner is given the model's name for a path."""
    path = runner.args.model_path
    name = path if runner.args.generation is Generation.MLX else installed.get(path)
    return Joined(None, runner, name, shown.get(name) if name else None)


def name_of(joined: Joined, samples: Samples) -> Reading[str]:
    """The model's name, as listed or, while it is being loaded, as installed."""
    if joined.name is not None:
        return Known(joined.name, Source.API)
    hint = "a runner holds weights that no listed model explains yet"
    return samples.unlisted or Missing(Why.PENDING, hint)


def no_runner(samples: Samples) -> Missing:
    """Why a model has no runner that could be asked."""
    if samples.tree is None:
        return NOT_YET if samples.is_local else ELSEWHERE
    server = samples.tree.value.server
    if isinstance(server, Missing):
        return server
    return Missing(Why.PENDING, "no runner is known to hold its weights")


def _with_load(runner: RunnerProcess, samples: Samples) -> RunnerProcess:
    """The runner with what the log says of the load that was begun on its port."""
    loads = samples.log.value.told.loads if samples.log else {}
    load = loads.get(runner.args.port or 0)
    is_its_own = load is not None and load.model_path in {None, runner.args.model_path}
    return replace(runner, load=load) if is_its_own else runner


def _with_runner(model: PsModel, shown: ShownModel | None, runners: list[RunnerProcess]) -> Joined:
    """Take the model's runner off the list; of two with the same weights (a reload) the newest."""
    path = shown.blob_path if shown else None
    fitting: Sequence[RunnerProcess] = [
        each for each in runners if each.args.model_path in {path, model.name}
    ]
    runner = max(fitting, key=lambda each: each.started_s, default=None)
    if runner is not None:
        runners.remove(runner)
    return Joined(model, runner, model.name, shown)


def _names_by_path(shown: Mapping[str, ShownModel]) -> dict[str, str]:
    """The name for each path of weights that stands for one model only."""
    names: dict[str, str | None] = {}
    for name, each in shown.items():
        if each.blob_path:
            names[each.blob_path] = None if each.blob_path in names else name
    return {path: name for path, name in names.items() if name is not None}
