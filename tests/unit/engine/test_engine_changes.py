"""Variables that were changed between two looks are events."""

from datetime import timedelta

from frames import NOW, setting

from ollama_top.engine.changes import MOST, Changes, notice
from ollama_top.model.event import EventKind
from ollama_top.model.reading import Missing, Why
from ollama_top.model.setting import Setting

UNSET = Missing(Why.ABSENT, "not set")
UNKNOWN = Missing(Why.DENIED, "somebody else's")


def parallel(running: str | Missing, configured: str | Missing = UNSET) -> Setting:
    return setting("OLLAMA_NUM_PARALLEL", running=running, configured=configured)


def texts(*looks: Setting) -> list[str]:
    changes = Changes()
    for number, each in enumerate(looks):
        changes = notice(changes, (each,), NOW + timedelta(seconds=number))
    return [each.text for each in changes.events]


def test_the_first_look_is_no_change() -> None:
    assert texts(parallel("4", "4")) == []


def test_another_value_of_the_running_server_is_told() -> None:
    assert texts(parallel(UNSET), parallel("4"), parallel("8")) == [
        "the server runs with OLLAMA_NUM_PARALLEL=4; before OLLAMA_NUM_PARALLEL unset",
        "the server runs with OLLAMA_NUM_PARALLEL=8; before OLLAMA_NUM_PARALLEL=4",
    ]


def test_another_value_for_the_next_start_is_told() -> None:
    assert texts(parallel("4", "4"), parallel("4", UNSET)) == [
        "the next start gets OLLAMA_NUM_PARALLEL unset; before OLLAMA_NUM_PARALLEL=4",
    ]


def test_what_cannot_be_read_for_a_while_has_not_changed() -> None:
    assert texts(parallel("4"), parallel(UNKNOWN), parallel("4")) == []
    assert len(texts(parallel("4"), parallel(UNKNOWN), parallel("1"))) == 1


def test_changes_are_events_and_of_a_limited_number() -> None:
    changes = Changes()
    for number in range(MOST + 10):
        changes = notice(changes, (parallel(str(number)),), NOW + timedelta(seconds=number))
    assert len(changes.events) == MOST
    newest = changes.events[-1]
    assert (newest.kind, newest.at) == (EventKind.SETTINGS, NOW + timedelta(seconds=MOST + 9))
