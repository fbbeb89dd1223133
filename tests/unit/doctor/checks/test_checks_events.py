"""The checks of what happened lately: where each fires, with what mend, and where it stays quiet."""

from typing import Any

import frames
import log_frames
import pytest
from checks_asked import ask, changes_of

from ollama_top.model.event import Event, EventKind
from ollama_top.model.reading import Known, Source
from ollama_top.model.setting import SettingStatus

LOAD, LOADED, GONE, BUSY = EventKind.LOAD, EventKind.LOADED, EventKind.UNLOADED, EventKind.BUSY_503
CUT, RESTART, EVICTED, ERROR = EventKind.TRUNCATED, EventKind.RESTART, EventKind.EVICTED, EventKind.ERROR
KEEP, LOADED_MODELS, QUEUE = "OLLAMA_KEEP_ALIVE", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE"


def event(ago_s: float, kind: EventKind, model: str | None = None, **changes: Any) -> Event:
    """Something that happened so long ago."""
    name = Known(model, Source.API) if model else frames.UNTOLD
    return log_frames.event(kind, ago_s, model=name, **changes)


def running(name: str, value: str) -> dict[str, Any]:
    return {"settings": (frames.setting(name, value, value, SettingStatus.SET),)}


# queue-full


def refused(*before: Event, count: int = 3, **changes: Any) -> dict[str, Any]:
    return {"events": (*before, event(12, BUSY, count=count)), **changes}


def test_refusals_during_a_load() -> None:
    (found,) = ask("queue-full", **refused(event(20, LOAD, "a")))
    assert found.title == "3 requests were answered 503, server busy, the last 12s ago"
    assert found.cause.startswith("While a was being loaded")
    assert [each.text for each in found.evidence] == [
        "12s ago: answered 503, 3 times within seconds",
        "20s ago: the load of a began",
    ]
    assert found.fix is None


def test_refusals_after_a_load() -> None:
    (found,) = ask("queue-full", **refused(event(40, LOAD, "a"), event(30, LOADED, "a")))
    assert found.cause.startswith("More requests waited for a model")
    assert found.settle is not None


@pytest.mark.parametrize(("limit", "mend"), [("4", {QUEUE: "512"}), ("512", {}), ("0", {QUEUE: "512"})])
def test_refusals_by_a_short_queue(limit: str, mend: dict[str, str]) -> None:
    (found,) = ask("queue-full", **refused(count=1), **running(QUEUE, limit))
    assert found.title == "1 request was answered 503, server busy, the last 12s ago"
    assert changes_of(found) == mend


def test_refusals_that_only_the_count_tells() -> None:
    (found,) = ask("queue-full", finished=frames.finished(busy=Known(7, Source.LOG)))
    assert found.title == "7 requests were answered 503, server busy"
    assert found.evidence[0].text == "7 of the last 5 minutes' answers were 503"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"events": (event(301, BUSY),)},
        {
            "events": (event(12, BUSY), event(5, RESTART)),
            "finished": frames.finished(busy=Known(1, Source.LOG)),
        },
    ],
)
def test_a_queue_that_refuses_nobody_any_more(changes: dict[str, Any]) -> None:
    assert ask("queue-full", **changes) == []


# load-thrash


def loads(*models: str, kind: EventKind = LOAD, **changes: Any) -> tuple[Event, ...]:
    """Loads in turn, the last 20 s ago."""
    return tuple(event(20.0 * (len(models) - at), kind, each, **changes) for at, each in enumerate(models))


def test_a_model_that_is_loaded_again_and_again() -> None:
    (found,) = ask("load-thrash", events=loads("b", "a", "a", "a"))
    assert found.title == "a was loaded 3 times in 5 minutes"
    assert [each.text for each in found.evidence] == [
        f"{ago} ago: a was loaded" for ago in ("1m00s", "40s", "20s")
    ]
    assert found.fix is None
    assert found.settle is not None
    assert "num_ctx" in found.cause


def test_a_model_that_is_loaded_again_within_seconds_and_kept_by_nobody() -> None:
    settings = (frames.setting(KEEP, effective=Known("0s", Source.PREDICTED)),)
    (found,) = ask("load-thrash", events=loads("a", count=3), settings=settings)
    assert changes_of(found) == {KEEP: "5m"}
    assert found.evidence[-1].text == "OLLAMA_KEEP_ALIVE is 0s in effect"


def test_a_model_that_is_seen_to_come_again_without_a_log() -> None:
    assert ask("load-thrash", events=loads("a", "a", "a", kind=LOADED, source=Source.API))


@pytest.mark.parametrize(
    "events",
    [
        loads("a", "a"),
        loads("a", "b", "a", "b", "a"),
        loads("a", "b", count=3),
        (event(400, LOAD, "a"), *loads("a", "a")),
        (*loads("a", "a", "a"), event(1, RESTART)),
        tuple(event(60.0 - 10 * at, LOAD if at % 2 == 0 else ERROR, "a") for at in range(6)),
        loads("a", "a", "a", kind=LOADED),
        (event(50, LOAD), event(40, LOAD), event(30, LOAD)),
    ],
)
def test_loads_that_are_no_thrash(events: tuple[Event, ...]) -> None:
    assert ask("load-thrash", events=events) == []


# max-loaded-thrash


def turns(*models: str, gone: EventKind = GONE) -> tuple[Event, ...]:
    """Each is loaded when the one before it has gone."""
    return tuple(
        each
        for at, name in enumerate(models)
        for each in (
            event(200.0 - 20 * at, LOAD, name),
            event(190.0 - 20 * at, gone, name if gone is GONE else None),
        )
    )


@pytest.mark.parametrize("gone", [GONE, EVICTED])
def test_models_that_take_turns(gone: EventKind) -> None:
    (found,) = ask("max-loaded-thrash", events=turns("a", "b", "a", gone=gone), **running(LOADED_MODELS, "1"))
    assert found.title == "a and b take turns in memory: one goes for another to come"
    assert found.subject == "a b"
    assert changes_of(found) == {LOADED_MODELS: "2"}


@pytest.mark.parametrize("limit", ["0", "2", "8"])
def test_models_that_take_turns_for_want_of_memory(limit: str) -> None:
    (found,) = ask("max-loaded-thrash", events=turns("a", "b", "a"), **running(LOADED_MODELS, limit))
    assert found.fix is None
    assert found.settle is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"events": turns("a", "b")},
        {"events": turns("a", "b", "c", "d")},
        {"events": turns("a", "a", "a")},
        {"events": loads("a", "b", "a", "b")},
        {
            "events": turns("a", "b", "a", "b"),
            "settings": (frames.setting(KEEP, effective=Known("10s", Source.PREDICTED)),),
        },
    ],
)
def test_models_that_come_and_go_by_themselves(changes: dict[str, Any]) -> None:
    assert ask("max-loaded-thrash", **changes) == []


# prompt-truncated


@pytest.mark.parametrize(
    ("context", "mend"), [(4096, "8192"), (5000, "8192"), (512, "4096"), (32_768, "65536")]
)
def test_prompts_that_were_cut(context: int, mend: str) -> None:
    words = f"a prompt of 9000 tokens was cut to {context}"
    models = (frames.model(context_tokens=Known(context, Source.API)),)
    events = (event(30, CUT), event(8, CUT, text=words))
    (found,) = ask("prompt-truncated", events=events, models=models)
    assert found.title == "2 prompts or answers did not fit the context: 2 cut, the last 8.0s ago"
    assert found.evidence[1].text == f"8.0s ago: {words}"
    assert changes_of(found) == {"OLLAMA_CONTEXT_LENGTH": mend}


def test_prompts_that_were_cut_for_one_of_several_models() -> None:
    models = (frames.model("a"), frames.model("b", context_tokens=Known(8192, Source.API)))
    (found,) = ask("prompt-truncated", events=(event(8, CUT),), models=models)
    assert found.fix is None


@pytest.mark.parametrize("events", [(), (event(400, CUT),), (event(8, CUT), event(4, RESTART))])
def test_prompts_that_fit(events: tuple[Event, ...]) -> None:
    assert ask("prompt-truncated", events=events, models=(frames.model(),)) == []
