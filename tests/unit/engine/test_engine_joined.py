"""Which runner holds which model: by the path of its weights, and by nothing else."""

from engine_samples import BLOB, PID, api, go_runner, listed, runner, samples, shown, tree

from ollama_top.engine.joined import Joined, join
from ollama_top.ollama.argv import Generation
from ollama_top.ollama.replies import PsModel, ShownModel
from ollama_top.sources.processes import RunnerProcess


def joined(
    models: list[PsModel], runners: list[RunnerProcess], shows: dict[str, ShownModel]
) -> list[tuple[str | None, int | None]]:
    """Names with the processes of their runners."""
    found = join(samples(api=api(*models, shows=shows), tree=tree(*runners)))
    return [(each.name, each.runner.pid if each.runner else None) for each in found]


def test_models_and_runners_are_joined_by_path() -> None:
    runners = [runner("/b", 2), runner("/a", 1)]
    assert joined([listed("a"), listed("b")], runners, {"a": shown("/a"), "b": shown("/b")}) == [
        ("a", 1),
        ("b", 2),
    ]


def test_a_context_that_fits_joins_nothing() -> None:
    """NUM_PARALLEL 2 with a context of 4096 looks like one slot of 8192."""
    other = runner("/other", context_tokens=8192, parallel=1)
    assert joined([listed("a", context_tokens=8192)], [other], {"a": shown("/a")}) == [
        ("a", None),
        (None, PID),
    ]


def test_a_model_that_was_not_shown_is_joined_to_nothing() -> None:
    assert joined([listed("a")], [runner()], {}) == [("a", None), (None, PID)]


def test_a_runner_of_no_listed_model_is_being_loaded_under_its_installed_name() -> None:
    assert joined([], [runner("/b")], {"a": shown("/a"), "b": shown("/b")}) == [("b", PID)]


def test_weights_of_two_installed_names_give_a_model_being_loaded_no_name() -> None:
    assert joined([], [runner("/a")], {"a": shown("/a"), "alias": shown("/a")}) == [(None, PID)]


def test_an_alias_is_served_by_the_runner_under_the_name_it_was_loaded_by() -> None:
    shows = {"a": shown("/a"), "alias": shown("/a")}
    assert joined([listed("alias")], [runner("/a")], shows) == [("alias", PID)]


def test_of_two_runners_with_the_same_weights_the_newest_is_the_models() -> None:
    """As during a reload with another context."""
    old, new = runner(pid=1, started_s=100.0), runner(pid=2, started_s=200.0)
    for runners in ([old, new], [new, old]):
        assert joined([listed("a")], runners, {"a": shown()})[0] == ("a", 2)


def test_a_model_without_a_runner_stays() -> None:
    assert joined([listed("a")], [], {"a": shown("/a")}) == [("a", None)]


def test_runners_that_are_started_with_a_name_are_joined_by_it() -> None:
    """As those of safetensors are."""
    assert joined([listed("a")], [go_runner(path="a")], {}) == [("a", PID)]


def test_nothing_known_is_nothing_joined() -> None:
    assert join(samples(api=None, tree=None)) == ()


def test_a_runner_alone_is_joined_when_the_api_is_silent() -> None:
    assert join(samples(api=None)) == (Joined(None, runner(), None),)
    assert runner().args.model_path == BLOB


def test_an_mlx_runner_that_loads_has_the_name_it_is_started_with() -> None:
    mlx = runner("qwen3:mlx", generation=Generation.MLX)
    assert joined([], [mlx], {}) == [("qwen3:mlx", PID)]
