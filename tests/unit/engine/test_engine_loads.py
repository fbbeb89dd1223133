"""Who is asked how far a load is, and until when; what is shown of it."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator

import captured
import pytest
from answering import Answering, Asked, reply
from engine_samples import (
    NAME,
    PORT,
    api,
    connection,
    go_runner,
    listed,
    reason,
    runner,
    samples,
    snapshot,
    traffic,
    tree,
)

from ollama_top.engine.loads import LoadWatch
from ollama_top.engine.samples import Samples
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.ollama.argv import Generation
from ollama_top.sources.processes import RunnerProcess
from ollama_top.sources.runners import LoadLook, Runners

ELEVEN = captured.Capture("ollama-0.11.4")
LOADING = captured.Capture("ollama-0.4.0").body("runner-health-loading.source")
HALF = LoadLook(is_ready=False, progress=0.5)
READY = LoadLook(is_ready=True)


class Loading(Answering):
    """A Go runner that loads until it is told that it has."""

    def __init__(self) -> None:
        super().__init__(self._answer_all)
        self.is_ready = False

    def _answer_all(self, _: Asked) -> list[bytes]:
        return [reply(ELEVEN.body("runner-health") if self.is_ready else LOADING)]

    def questions(self) -> Counter[str]:
        return Counter(each.target for each in self.asked)


@pytest.fixture
def loading() -> Iterator[Loading]:
    with Loading() as own:
        yield own


@pytest.fixture
async def watch() -> AsyncIterator[LoadWatch]:
    runners = Runners()
    yield LoadWatch(runners)
    await runners.close()


async def test_a_runner_is_asked_until_its_load_is_over(watch: LoadWatch, loading: Loading) -> None:
    process = go_runner(port=loading.port)
    for _ in range(2):
        assert await watch.look([process]) == {loading.port: LoadLook(is_ready=False, progress=0.5731)}
    loading.is_ready = True
    for _ in range(3):
        assert await watch.look([process]) == {loading.port: READY}
    assert loading.questions() == {"/health": 3}
    await watch.look([go_runner(pid=2002, port=loading.port)])
    assert loading.questions() == {"/health": 4}, "another process on the same port is another runner"


@pytest.mark.parametrize(
    "process", [runner(), runner(generation=Generation.MLX), go_runner(port=None)], ids=["llama", "mlx", "-"]
)
async def test_a_runner_that_tells_nothing_of_it_is_let_be(watch: LoadWatch, process: RunnerProcess) -> None:
    assert await watch.look([process]) == {}


async def test_a_runner_that_fails_is_asked_again(watch: LoadWatch) -> None:
    for _ in range(2):
        (look,) = (await watch.look([go_runner(port=1)])).values()
        assert look.problem == "the runner on port 1: connection refused"


# What a Snapshot makes of it


def model(*looks: Samples) -> LoadedModel:
    (only,) = snapshot(*looks).models
    return only


def loads(look: LoadLook, process: RunnerProcess, **changes: object) -> Samples:
    """A model that is listed from the beginning of its load, as before 0.30."""
    return samples(
        **{"api": api(listed()), "tree": tree(process), "traffic": traffic(loads={PORT: look}, slots={})}
        | changes
    )


@pytest.mark.parametrize("generation", [Generation.GO, Generation.CPP])
def test_a_load_is_shown_with_how_far_it_is(generation: Generation) -> None:
    found = model(loads(HALF, go_runner(generation=generation)))
    assert (found.state, found.load_percent) == (ModelState.LOADING, Known(50.0, Source.HEALTH))
    assert (found.running, found.tokens_per_s) == (Known(0, Source.HEALTH), Known(0.0, Source.HEALTH))


def test_what_asks_a_runner_to_load_is_no_request_in_service() -> None:
    """Since 0.11.5 the server posts to /load, and has no answer before the load is over."""
    to_load = {PORT: (connection(1, asked_ms=900),)}
    look = traffic(connection(2, asked_ms=1000), to_runners=to_load, slots={}, loads={PORT: HALF})
    shown = snapshot(loads(HALF, go_runner(), traffic=look))
    assert (shown.queue.running, shown.queue.waiting) == (
        Known(0, Source.SOCKETS),
        Known(1, Source.SOCKETS),
    )


def test_a_load_that_is_over_is_not_shown() -> None:
    found = model(loads(READY, go_runner()))
    assert found.state is ModelState.IDLE
    assert reason(found.load_percent).why is Why.ABSENT


@pytest.mark.parametrize(
    ("changes", "why", "words"),
    [
        ({"api": api(), "tree": tree(runner())}, Why.UNSUPPORTED, "llama-server does not tell"),
        (
            {"api": api(), "tree": tree(runner(NAME, generation=Generation.MLX))},
            Why.UNSUPPORTED,
            "an MLX runner answers nothing before it is loaded",
        ),
        (
            {
                "tree": tree(runner(generation=Generation.CPP)),
                "traffic": traffic(loads={PORT: LoadLook(is_ready=False)}),
            },
            Why.UNSUPPORTED,
            "from 0.1.39 on",
        ),
        (
            {
                "api": api(),
                "tree": tree(go_runner()),
                "traffic": traffic(loads={PORT: LoadLook(is_ready=False, problem="no")}),
            },
            Why.FAILED,
            "no",
        ),
        ({"api": api(), "tree": tree(go_runner())}, Why.PENDING, "not looked at"),
        (
            {"api": api(), "tree": tree(go_runner()), "traffic": traffic(loads={PORT: READY})},
            Why.PENDING,
            "does not list it yet",
        ),
    ],
)
def test_why_it_is_not_known_how_far_a_load_is(changes: dict[str, object], why: Why, words: str) -> None:
    found = model(samples(**changes))
    assert found.state is ModelState.LOADING
    assert isinstance(found.load_percent, Missing)
    assert found.load_percent.why is why
    assert words in found.load_percent.hint
