"""One sentence for what a Snapshot shows: where each judgement speaks, and where it is silent."""

from dataclasses import replace
from itertools import product

import frames
import pytest
from found import finding
from hypothesis import given
from hypothesis import strategies as st
from judged import FREE, LOADING, SECOND, model, sentence, snapshot, waiting

from ollama_top.doctor.verdict import JUDGEMENTS, judge
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Snapshot
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.verdict import Severity, Verdict

UNSEEN = Missing(Why.DENIED, "the runners may be seen by root only")
URL = "http://127.0.0.1:11434"


# The server


def test_before_the_first_answer() -> None:
    asking = snapshot(server=frames.server(reachable=False))
    assert judge(asking) == Verdict(Severity.INFO, f"asking {URL} for the first time")


def test_a_server_that_does_not_answer_is_the_first_thing_to_say() -> None:
    down = frames.server(reachable=False, problem="connection refused")
    worst = snapshot(server=down, models=(model(state=ModelState.GONE),), queue=frames.queue(2, 4))
    assert judge(worst) == Verdict(Severity.ERROR, f"cannot read {URL}: connection refused")


# What does not wait


@pytest.mark.parametrize(
    ("done", "text"),
    [
        (0.0, "loading qwen3:8b (0 % done)"),
        (47.3, "loading qwen3:8b (40 % done)"),
        (None, "loading qwen3:8b"),
    ],
)
def test_how_far_a_load_is(done: float | None, text: str) -> None:
    percent = UNSEEN if done is None else Known(done, Source.HEALTH)
    assert sentence(snapshot(models=(replace(LOADING, load_percent=percent),))) == text


def test_a_runner_that_has_died() -> None:
    assert judge(snapshot(models=(FREE, model(state=ModelState.GONE)))) == Verdict(
        Severity.WARNING, "the runner of gemma3:270m has died; the next request loads it anew"
    )


def test_what_waits_is_said_before_what_has_died() -> None:
    assert sentence(waiting(1, model(running=2), model("x", state=ModelState.GONE))).startswith("1 waits: ")


def test_models_on_their_way_into_memory() -> None:
    assert judge(snapshot(models=(LOADING,))) == Verdict(Severity.INFO, "loading qwen3:8b")
    assert sentence(snapshot(models=(LOADING, FREE, LOADING))) == "loading qwen3:8b and qwen3:8b"


@pytest.mark.parametrize(
    ("running", "waits", "models", "text"),
    [
        (1, 0, [model(running=1)], "1 request in service by gemma3:270m, none waits"),
        (2, 0, [model(running=2)], "2 requests in service by gemma3:270m, none waits"),
        (
            3,
            0,
            [model(running=2), SECOND, FREE],
            "3 requests in service by gemma3:270m and llama3:8b, none waits",
        ),
        (4, 0, [SECOND] * 4, "4 requests in service by llama3:8b and 3 more, none waits"),
        (2, UNSEEN, [model(running=2)], "2 requests in service by gemma3:270m"),
        (1, 0, [], "1 request in service by a runner, none waits"),
    ],
)
def test_work_without_a_queue(
    running: int, waits: int | Missing, models: list[LoadedModel], text: str
) -> None:
    at_work = snapshot(models=tuple(models), queue=frames.queue(running, waits))
    assert judge(at_work) == Verdict(Severity.OK, text)


@pytest.mark.parametrize(
    ("models", "loaded"),
    [([], "no model loaded"), ([FREE], "phi4:14b loaded"), ([FREE, SECOND], "2 models loaded")],
)
def test_nothing_asked(models: list[LoadedModel], loaded: str) -> None:
    assert judge(snapshot(models=tuple(models))) == Verdict(Severity.OK, f"idle: {loaded}, no request")


@pytest.mark.parametrize(("running", "waits"), [(UNSEEN, UNSEEN), (UNSEEN, 0), (0, UNSEEN)])
def test_a_queue_that_cannot_be_seen_is_not_an_empty_one(
    running: int | Missing, waits: int | Missing
) -> None:
    blind = snapshot(models=(FREE,), queue=frames.queue(running, waits))
    assert judge(blind) == Verdict(
        Severity.INFO, "phi4:14b loaded; the queue cannot be seen: the runners may be seen by root only"
    )


# What was found

N = "OLLAMA_NUM_PARALLEL"
BROKEN = finding("gpu-lost", Severity.ERROR, "GPU 0 does not answer")
WRONG = finding("overridden", Severity.WARNING, "OLLAMA_HOST=a has no effect")
UNSET = finding("parallel-not-set", Severity.WARNING, f"{N} is not set")
KNOWN = finding("keep-alive-surprise", Severity.INFO, "a stays in memory for ever")
FULL = waiting(4, model(running=2))


@pytest.mark.parametrize(
    ("of", "findings", "start", "finding"),
    [
        (snapshot(), (WRONG, KNOWN), "OLLAMA_HOST=a has no effect", "overridden"),
        (snapshot(), (KNOWN,), "idle: ", None),
        (snapshot(models=(LOADING,)), (WRONG,), "OLLAMA_HOST=a", "overridden"),
        (snapshot(queue=frames.queue(2, 0)), (BROKEN, WRONG), "GPU 0 does not answer", "gpu-lost"),
        (FULL, (BROKEN, WRONG), "GPU 0 does not answer", "gpu-lost"),
        (FULL, (WRONG,), "4 wait: ", None),
        (FULL, (WRONG, UNSET), "4 wait: ", "parallel-not-set"),
    ],
)
def test_what_matters_most_is_said_and_who_tells_more_is_named(
    of: Snapshot, findings: tuple[Finding, ...], start: str, finding: str | None
) -> None:
    verdict = judge(of, findings)
    assert verdict.text.startswith(start)
    assert verdict.finding == finding


def test_a_setting_that_may_get_lost_is_not_why_somebody_waits() -> None:
    lost = finding("unit-file-edited", Severity.WARNING, f"the next install takes away {N}")
    assert judge(FULL, (lost,)).finding is None


def test_a_service_that_does_not_stay_tells_more_of_a_server_that_is_not_read() -> None:
    looping = finding("restart-loop", Severity.ERROR, "ollama.service ends again and again")
    down = snapshot(server=frames.server(reachable=False, problem="connection refused"))
    assert judge(down, (looping,)) == Verdict(
        Severity.ERROR, f"cannot read {URL}: connection refused", "restart-loop"
    )


def test_a_dead_runner_is_told_more_of() -> None:
    gone = finding("runner-gone", Severity.WARNING, "the runner of a has died")
    found = judge(snapshot(models=(model("a", state=ModelState.GONE),)), (WRONG, gone))
    assert found.text.startswith("the runner of a has died; ")
    assert found.finding == "runner-gone"


# Of any Snapshot

COUNTS = st.sampled_from([UNSEEN, 0, 1, 2, 5])
MODELS = st.builds(model, st.sampled_from(["a", "b"]), COUNTS, COUNTS, state=st.sampled_from(ModelState))


@given(st.lists(MODELS, max_size=3), COUNTS, COUNTS, st.sampled_from(Precision), st.booleans())
def test_no_sentence_claims_more_than_the_snapshot_holds(
    models: list[LoadedModel],
    running: int | Missing,
    waits: int | Missing,
    precision: Precision,
    reachable: bool,
) -> None:
    server = frames.server(reachable=reachable, problem=None if reachable else "connection refused")
    queue = frames.queue(running, waits, precision=precision)
    text = sentence(snapshot(server=server, models=tuple(models), queue=queue))
    assert reachable or "cannot read" in text
    if isinstance(waits, Missing):
        assert "none waits" not in text
        assert "no request" not in text
    if "slots are free" in text or "just become free" in text:
        assert all(isinstance(each.running, Known) and isinstance(each.parallel, Known) for each in models)
    if "at once" in text and "cannot" not in text:
        assert any(isinstance(each.parallel, Known) for each in models)


def test_some_judgement_speaks_whatever_is_known() -> None:
    readings = (UNSEEN, 0, 3)
    for running, waits, models in product(readings, readings, ([], [model(running=UNSEEN, parallel=UNSEEN)])):
        assert sentence(snapshot(models=tuple(models), queue=frames.queue(running, waits)))


def test_every_judgement_speaks_somewhere_and_is_silent_somewhere() -> None:
    idle, down = snapshot(), snapshot(server=frames.server(reachable=False, problem="connection refused"))
    scenes = [(each, ()) for each in (idle, down, waiting(1, FREE), snapshot(models=(LOADING,)))]
    scenes += [(snapshot(models=(SECOND,)), ()), (snapshot(queue=frames.queue(1)), ())]
    scenes += [(snapshot(models=(model(state=ModelState.GONE),)), (WRONG,)), (idle, (BROKEN,))]
    scenes += [(snapshot(queue=frames.queue(UNSEEN)), ())]
    for judgement in JUDGEMENTS[:-1]:
        spoken = [judgement(*scene) is not None for scene in scenes]
        assert any(spoken), judgement
        assert not all(spoken), judgement
    assert all(JUDGEMENTS[-1](*scene) is not None for scene in scenes)
