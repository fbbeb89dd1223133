"""The checks of the server, its queue and its cards: where each fires, and where it stays quiet."""

from datetime import timedelta
from typing import Any

import frames
import pytest
from checks_asked import ask, changes_of, command_of

from ollama_top.model.history import History
from ollama_top.model.loaded import ModelState
from ollama_top.model.queue import Precision
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.model.setting import SettingStatus

N, Q = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_QUEUE"


# restart-loop


@pytest.mark.parametrize(
    "changes",
    [
        {"state": Known("activating (auto-restart)", Source.SERVICE), "is_running": False},
        {"state": Known("failed (failed)", Source.SERVICE), "is_running": False},
        {
            "restarts": Known(7, Source.SERVICE),
            "started_at": Known(frames.NOW - timedelta(seconds=2), Source.SERVICE),
        },
    ],
)
def test_a_service_that_does_not_stay(changes: dict[str, Any]) -> None:
    (found,) = ask("restart-loop", service=frames.service(**changes))
    assert command_of(found) == "journalctl -u ollama.service -n 30 --no-pager"


@pytest.mark.parametrize(("restarts", "times"), [(1, "once"), (7, "7 times")])
def test_how_often_it_was_started_anew(restarts: int, times: str) -> None:
    looping = frames.service(
        state=Known("activating (auto-restart)", Source.SERVICE),
        restarts=Known(restarts, Source.SERVICE),
        is_running=False,
    )
    (found,) = ask("restart-loop", service=looping)
    assert found.title == f"ollama.service ends again and again: systemd has started it anew {times}"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"restarts": Known(7, Source.SERVICE)},
        {"is_loaded": False, "state": Known("not-found", Source.SERVICE)},
        {"state": Known("inactive (dead)", Source.SERVICE), "is_running": False},
    ],
)
def test_a_service_that_stays_or_was_stopped(changes: dict[str, Any]) -> None:
    assert ask("restart-loop", service=frames.service(**changes)) == []


# not-our-server


def test_a_tunnel_is_told() -> None:
    hidden = Missing(Why.NOT_LOCAL, "port 11434 is held by ssh (pid 4711)")
    (found,) = ask("not-our-server", server=frames.server(pid=hidden, manager=hidden))
    assert "ssh (pid 4711)" in found.evidence[0].text


def test_a_container_is_told() -> None:
    server = frames.server(manager=Known(Keeper.CONTAINER, Source.PROCESSES))
    assert len(ask("not-our-server", server=server)) == 1


def test_a_server_elsewhere_is_where_it_was_looked_for() -> None:
    hidden = Missing(Why.NOT_LOCAL, "on another machine")
    server = frames.server(url="http://gpu-box:11434", pid=hidden, manager=hidden)
    assert ask("not-our-server", server=server) == []
    assert ask("not-our-server") == []


# the queue


def test_a_longer_queue_than_its_bound() -> None:
    settings = (frames.setting(Q, "3", "3", SettingStatus.SET),)
    (found,) = ask(
        "max-queue-does-not-guard", settings=settings, models=(frames.model(),), queue=frames.queue(2, 4)
    )
    assert found.title.startswith("4 wait, though OLLAMA_MAX_QUEUE is 3")


@pytest.mark.parametrize(
    ("text", "waiting", "state"), [("8", 4, ModelState.BUSY), ("3", 4, ModelState.LOADING)]
)
def test_a_queue_within_its_bound_or_of_a_load(text: str, waiting: int, state: ModelState) -> None:
    settings = (frames.setting(Q, text, text, SettingStatus.SET),)
    models = (frames.model(state=state),)
    queue = frames.queue(2, waiting)
    assert ask("max-queue-does-not-guard", settings=settings, models=models, queue=queue) == []


def blocked(**changes: Any) -> dict[str, Any]:
    old = Known(12.0, Source.SOCKETS)
    return {"models": (frames.model("a"),), "queue": frames.queue(0, 1, oldest_wait_s=old)} | changes


def test_waiting_beside_free_slots() -> None:
    (found,) = ask("queue-blocked-by-eviction", **blocked())
    assert found.title == "1 waits for a model that is not loaded while a stays in memory"
    assert command_of(found) == "ollama stop a"


@pytest.mark.parametrize(
    "changes",
    [
        {"models": (frames.model("a", running=Known(2, Source.SLOTS)),)},
        {"models": (frames.model("a", ModelState.LOADING),)},
        {"models": (frames.model("a", parallel=frames.DENIED),)},
        {"models": ()},
        {"queue": frames.queue(0, 1, oldest_wait_s=Known(0.5, Source.SOCKETS))},
        {"queue": frames.queue(0, 0)},
    ],
)
def test_waiting_for_a_reason_that_is_seen(changes: dict[str, Any]) -> None:
    assert ask("queue-blocked-by-eviction", **blocked(**changes)) == []


# one-model-only


def steady(points: int, running: float = 1.0) -> History:
    return History((), (), (running,) * points)


def test_one_model_in_steady_use() -> None:
    settings = (frames.setting("OLLAMA_MAX_LOADED_MODELS"),)
    (found,) = ask("one-model-only", history=steady(60), settings=settings, models=(frames.model("a"),))
    assert changes_of(found) == {"OLLAMA_MAX_LOADED_MODELS": "1"}


@pytest.mark.parametrize(
    ("history", "models"),
    [
        (steady(30), (frames.model("a"),)),
        (steady(60, 0.0), (frames.model("a"),)),
        (steady(60), (frames.model("a"), frames.model("b"))),
        (steady(60), ()),
    ],
)
def test_no_one_model_in_steady_use(history: History, models: tuple[frames.LoadedModel, ...]) -> None:
    settings = (frames.setting("OLLAMA_MAX_LOADED_MODELS"),)
    assert ask("one-model-only", history=history, settings=settings, models=models) == []


# cards


def test_a_card_that_is_lost() -> None:
    lost = Missing(Why.FAILED, "This card is lost")
    (found,) = ask("gpu-lost", gpus=(frames.gpu(problem="This card is lost", memory_used_bytes=lost),))
    assert found.title == "GPU 0 NVIDIA GeForce RTX 4090 does not answer"
    assert found.evidence[0].source is Source.NVIDIA


def test_a_card_of_a_vendor_that_is_no_source_is_told_of_by_the_system() -> None:
    lost = Missing(Why.FAILED, "gone")
    (found,) = ask("gpu-lost", gpus=(frames.gpu(vendor="voodoo", problem="gone", memory_used_bytes=lost),))
    assert found.evidence[0].source is Source.HOST


def test_a_card_that_answers_or_may_not_be_asked() -> None:
    assert ask("gpu-lost", gpus=(frames.gpu(),)) == []
    denied = frames.gpu(problem="not for you", memory_used_bytes=Missing(Why.DENIED, "not for you"))
    assert ask("gpu-lost", gpus=(denied,)) == []


# stuck-request


def stuck(**changes: Any) -> dict[str, Any]:
    busy = frames.slot(0, frames.SlotState.DECODE)
    return {"slots": (busy,), "requests": ()} | changes


def test_a_slot_without_a_client() -> None:
    (found,) = ask("stuck-request", **stuck())
    assert "no client waits for it" in found.title


def test_a_slot_that_gets_no_further() -> None:
    halted = frames.slot(0, frames.SlotState.DECODE, tokens_per_s=Known(0.0, Source.SLOTS))
    (found,) = ask("stuck-request", **stuck(slots=(halted,), requests=(frames.request(4711),)))
    assert "has written nothing" in found.title


@pytest.mark.parametrize(
    "changes",
    [
        {"requests": (frames.request(4711),)},
        {"slots": (frames.slot(0),)},
        {"queue": frames.queue(1, 0, precision=Precision.UPPER_BOUND)},
    ],
)
def test_a_slot_at_work(changes: dict[str, Any]) -> None:
    assert ask("stuck-request", **stuck(**changes)) == []
