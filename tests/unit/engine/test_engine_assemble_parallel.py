"""How many a model is served at once: whose word counts, and why it is not more."""

from typing import Any

import pytest
from engine_samples import (
    NAME,
    PORT,
    api,
    go_runner,
    listed,
    reason,
    runner,
    samples,
    shown,
    snapshot,
    traffic,
    tree,
)

from ollama_top.engine.samples import Samples
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.log.loads import LoadedRunner
from ollama_top.ollama.slots import RunnerProps


def model(*looks: Samples) -> LoadedModel:
    """The only model there is, after these looks."""
    (only,) = snapshot(*looks).models
    return only


@pytest.mark.parametrize(
    ("changes", "parallel"),
    [
        ({"tree": tree(runner(parallel=3))}, Known(3, Source.ARGV)),
        (
            {
                "tree": tree(runner(parallel=None)),
                "traffic": traffic(props={PORT: RunnerProps(4, 4096, None)}),
            },
            Known(4, Source.PROPS),
        ),
        (
            {"tree": tree(go_runner(load=LoadedRunner(PORT, 5, 4096, None)))},
            Known(5, Source.LOG),
        ),
        ({"tree": tree(go_runner(), num_parallel=Known("6", Source.PROCESSES))}, Known(6, Source.PREDICTED)),
        ({"tree": tree(go_runner(), num_parallel=Known("", Source.PROCESSES))}, Known(1, Source.PREDICTED)),
    ],
    ids=["command line", "props", "log", "environment", "default"],
)
def test_parallel_is_the_runners_own_word_else_a_prediction(
    changes: dict[str, Any], parallel: Known[int]
) -> None:
    assert model(samples(**changes)).parallel == parallel


@pytest.mark.parametrize(
    ("family", "capabilities"), [("qwen3vl", ("completion",)), ("nomic-bert", ("embedding",))]
)
def test_parallel_of_a_kind_held_at_one_is_one(family: str, capabilities: tuple[str, ...]) -> None:
    told = api(listed(family=family), shows={NAME: shown(capabilities=capabilities)})
    found = model(samples(api=told, tree=tree(go_runner(), num_parallel=Known("8", Source.PROCESSES))))
    assert found.parallel == Known(1, Source.PREDICTED)
    assert model(samples(api=told)).parallel == Known(2, Source.ARGV), "the runner's own word goes first"


def test_an_unknown_version_is_taken_for_a_new_one() -> None:
    unset = tree(go_runner(), num_parallel=Known("", Source.PROCESSES))
    assert model(samples(api=api(listed(), version="0.0.0"), tree=unset)).parallel == Known(
        1, Source.PREDICTED
    )
    assert model(samples(api=api(listed(), version=None), tree=unset)).parallel == Known(1, Source.PREDICTED)
    old = reason(model(samples(api=api(listed(), version="0.9.6"), tree=unset)).parallel)
    assert old.why is Why.UNSUPPORTED
    assert old.hint == "Ollama 0.9.6 chooses by free memory how many it serves, and this runner does not tell"


def test_a_denied_environment_denies_the_prediction() -> None:
    denied = Missing(Why.DENIED, "the environment of pid 1 may be read by root only")
    found = reason(model(samples(tree=tree(go_runner(), num_parallel=denied))).parallel)
    assert found.why is Why.DENIED
    assert denied.hint in found.hint


@pytest.mark.parametrize(
    ("family", "version", "parallel", "is_held"),
    [
        ("qwen3vl", "0.33.0", 1, True),
        ("qwen3vl", "0.12.6", 1, False),  # before Ollama held it
        ("qwen3vl", "0.33.0", 2, False),  # the runner's own word goes first
        ("qwen3vl", "0.0.0", 1, False),  # a development build may hold other families
        ("qwen3vl", None, 1, False),
        ("gemma3", "0.33.0", 1, False),
        (None, "0.33.0", 1, False),
    ],
)
def test_why_it_is_held_at_one(family: str | None, version: str | None, parallel: int, is_held: bool) -> None:
    told = api(listed(family=family), version=version, shows={NAME: shown(capabilities=None)})
    found = model(samples(api=told, tree=tree(runner(parallel=parallel))))
    assert found.held_at_one == ("Ollama holds the family qwen3vl at one" if is_held else None)


def test_a_model_that_sees_was_held_at_one_by_the_first_releases() -> None:
    args = {"generation": Generation.CPP, "parallel": 1, "has_projector": True}
    found = model(samples(api=api(listed(), version="0.3.13"), tree=tree(runner(**args))))
    assert (found.parallel, found.held_at_one) == (
        Known(1, Source.ARGV),
        "Ollama held models that see at one before 0.4.1",
    )


def test_an_mlx_runner_serves_one() -> None:
    found = model(samples(tree=tree(runner(NAME, generation=Generation.MLX, parallel=1))))
    assert found.held_at_one == "MLX runners serve no more"
