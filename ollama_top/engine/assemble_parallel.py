"""How many requests a model is served at once, by the best word there is, and why not more. Pure."""

from ollama_top.engine.joined import Joined, no_runner
from ollama_top.engine.samples import Samples
from ollama_top.engine.told import running_of, told_of
from ollama_top.model.reading import Known, Missing, Reading, Source, Why, known_or_missing, value_or
from ollama_top.ollama import families
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.environment import NUM_PARALLEL


def parallel_of(joined: Joined, samples: Samples) -> Reading[int]:
    """How many requests a model is served at once: the runner's own word, else a prediction."""
    runner = joined.runner
    if runner is None:
        return no_runner(samples)
    if runner.args.parallel is not None:
        return Known(runner.args.parallel, Source.ARGV)
    props = samples.traffic.value.props.get(runner.args.port or 0) if samples.traffic else None
    if props is not None and props.parallel is not None:
        return Known(props.parallel, Source.PROPS)
    if runner.load is not None and runner.load.parallel is not None:
        return Known(runner.load.parallel, Source.LOG)
    return _predicted(joined, samples)


def held_at_one(joined: Joined, samples: Samples) -> str | None:
    """Why it is served one request at a time by its kind, where that is certain."""
    if joined.runner is not None and joined.runner.args.generation is Generation.MLX:
        return "MLX runners serve no more"
    return _why_held(joined, samples) if release_of(samples) is not None else None


def version_of(samples: Samples) -> str | None:
    """The server's version, as far as it is known."""
    return samples.api.value.version if samples.api else None


def _predicted(joined: Joined, samples: Samples) -> Reading[int]:
    if _why_held(joined, samples) is not None:
        return Known(1, Source.PREDICTED)
    given = running_of(NUM_PARALLEL, told_of(samples))
    if isinstance(given, Missing) and given.why is not Why.ABSENT:
        return Missing(given.why, f"the runner does not tell, and {given.hint}")
    version = version_of(samples)
    number = families.predict_parallel(value_or(given, ""), release_of(samples))
    hint = f"Ollama {version} chooses by free memory how many it serves, and this runner does not tell"
    return known_or_missing(number, Source.PREDICTED, hint)


def _why_held(joined: Joined, samples: Samples) -> str | None:
    return families.why_held_at_one(
        joined.model.family if joined.model else joined.shown.family if joined.shown else None,
        release_of(samples),
        joined.shown.capabilities if joined.shown else None,
        has_projector=joined.runner is not None and joined.runner.args.has_projector,
    )


def release_of(samples: Samples) -> families.Release | None:
    """The server's release, as far as it is known."""
    version = version_of(samples)
    return families.parse_release(version) if version else None
