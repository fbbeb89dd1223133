"""What the whole log tells: lines to show, what happened, what was answered."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from captured import NEWEST, Capture
from hypothesis import given
from hypothesis import strategies as st
from log_lines import commit, gin, server, start, told

from ollama_top.model.event import EventKind
from ollama_top.model.log import LineKind
from ollama_top.model.verdict import Severity
from ollama_top.ollama.log.requests import answered, duration_s
from ollama_top.ollama.log.story import MOST_LINES, Story, Told

AT = datetime(2026, 11, 23, 9, 37, 56, 473000, UTC)


def happened(found: Told) -> list[tuple[EventKind, int]]:
    return [(each.kind, each.count) for each in found.occurrences]


@pytest.mark.parametrize(
    ("run", "events"),
    [
        ("parallel1-unset", [("restart", 1), ("load", 1), ("loaded", 1)]),
        ("parallel2", [("restart", 1), ("load", 1), ("loaded", 1), ("error", 1), ("load", 1), ("loaded", 1)]),
        ("queue1", [("restart", 1), ("busy_503", 9), ("load", 1), ("loaded", 1)]),
        ("badenv", [("warning", 3), ("restart", 1), ("load", 1), ("loaded", 1)]),
    ],
)
def test_what_happened_in_the_recorded_runs(
    capture: Capture, run: str, events: list[tuple[str, int]]
) -> None:
    assert happened(told(*capture.log(run).splitlines())) == events


def test_a_load_knows_its_model_and_how_long_it_took(capture: Capture) -> None:
    found = told(*capture.log("parallel4").splitlines())
    _, load, loaded = found.occurrences
    took = "1.0" if capture.server == NEWEST else "0.5"
    assert loaded.text == f"loaded in {took} s"
    assert load.model_path == loaded.model_path
    assert (load.model_path or "").endswith("44c087a6818")


def test_what_was_answered_in_the_recorded_runs(capture: Capture) -> None:
    found = told(*capture.log("queue1").splitlines())
    assert sorted(each.status for each in found.answers) == [200, 200, *[503] * 9]
    assert all(0 < each.duration_s < 10 for each in found.answers)


def test_what_looking_causes_is_left_out_and_counted(capture: Capture) -> None:
    log = capture.log("parallel2")
    found = told(*log.splitlines())
    shown = [each.text for each in found.lines]
    assert not any(
        "/api/ps" in text or "all slots are idle" in text for text in shown if text.startswith("200")
    )
    polls = sum(
        f'| {method:<8} "{path}"' in line and "| 200 |" in line
        for line in log.splitlines()
        for method, path in [
            ("GET", "/api/ps"),
            ("GET", "/api/version"),
            ("GET", "/api/tags"),
            ("POST", "/api/show"),
        ]
    )
    assert found.left_out == polls + log.count("srv  update_slots: all slots are idle")
    assert len(shown) + found.left_out == len(log.splitlines())


def test_a_look_that_failed_is_shown() -> None:
    found = told(gin("/api/ps", 403, method="GET"))
    assert [each.severity for each in found.lines] == [Severity.WARNING]
    assert found.answers == ()


def test_a_line_without_a_time_has_that_of_the_one_before() -> None:
    found = told("early", server("a"), "later", gin(at="09:38:00"))
    times = [each.at for each in found.lines]
    assert times == [None, AT, AT, datetime(2026, 11, 23, 9, 38, tzinfo=UTC)]
    assert found.since == AT


def test_gins_time_is_in_the_zone_of_the_server() -> None:
    zoned = server("a").replace("Z ", "+02:00 ", 1)
    assert told(zoned, gin()).lines[-1].at == datetime(2026, 11, 23, 7, 38, tzinfo=UTC)
    story = Story(timezone(timedelta(hours=-5)))
    story.take(gin())
    assert story.told().lines[-1].at == datetime(2026, 11, 23, 14, 38, tzinfo=UTC)


def test_the_time_of_the_place_that_keeps_the_log_goes_first() -> None:
    story = Story()
    story.take(server("a"), AT + timedelta(microseconds=7))
    story.take("a runner's", AT + timedelta(seconds=1))
    assert [each.at for each in story.told().lines] == [
        AT + timedelta(microseconds=7),
        AT + timedelta(seconds=1),
    ]


def test_the_service_managers_words_are_told_apart_and_never_believed() -> None:
    story = Story()
    story.take(start(4001), AT, is_service=True)
    (line,) = story.told().lines
    assert line.kind is LineKind.SERVICE
    assert story.told().loads == {}


def test_what_would_flood_the_events_is_counted_in_one() -> None:
    found = told(server("a"), *[gin(status=503, at="09:38:00")] * 300, gin(status=503, at="09:39:00"))
    assert happened(found) == [(EventKind.BUSY_503, 300), (EventKind.BUSY_503, 1)]


def test_a_client_that_left_is_no_error() -> None:
    """A request that waited for its slot is answered 500 after its client left."""
    left = server("aborting chat request due to client closing the connection")
    assert happened(told(left, gin(status=500), gin(status=500))) == [
        (EventKind.ABORTED, 1),
        (EventKind.ERROR, 1),
    ]
    assert happened(told(server("a"), gin(status=499))) == [(EventKind.ABORTED, 1)]


def test_a_request_that_is_told_late_to_have_been_given_up_is_no_error() -> None:
    """As Ollama 0.33.0 was seen to write it: first that it failed, then that the runner was stopped."""
    late = "srv          stop: cancel task, id_task = 35"
    assert happened(told(server("a"), gin(status=500, at="09:37:57"), late)) == [(EventKind.ABORTED, 1)]
    assert happened(told(server("a"), *[gin(status=500, at="09:37:57")] * 2, late)) == [
        (EventKind.ERROR, 1),
        (EventKind.ABORTED, 1),
    ]


def test_other_paths_are_no_inference() -> None:
    found = told(
        server("a"), gin("/api/pull", 500), gin("/metrics", 404, method="GET"), gin("/api/chat?key=1")
    )
    assert happened(found) == []
    assert [each.status for each in found.answers] == [200]
    assert found.lines[-1].text.endswith("POST /api/chat")


def test_the_servers_own_errors_happened() -> None:
    found = told(server("do load request", 'error="EOF"', "ERROR"))
    assert [(each.kind, each.text) for each in found.occurrences] == [
        (EventKind.ERROR, 'do load request error="EOF"')
    ]


def test_all_that_is_kept_is_bounded() -> None:
    lines = [f"line {number}" for number in range(3 * MOST_LINES)]
    found = told(server("a"), *lines, *[gin()] * 6000)
    assert len(found.lines) == MOST_LINES
    assert len(found.answers) == 5000
    assert found.lines[-1].number == len(lines) + 6001


def test_nothing_new_is_the_same_value() -> None:
    story = Story()
    story.take(commit())
    assert story.told() is story.told()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("32m31s", 1951), ("1h2m3s", 3723), ("4.249269103s", 4.249269103), ("66.330155ms", 0.066330155),
        ("88.132µs", 88.132e-6), ("512ns", 512e-9), ("0s", 0), ("2m0s", 120),
        ("", None), ("5", None), ("-1s", None), ("1s1m", None), ("1..5s", None), ("٣s", None),
    ],
)  # fmt: skip
def test_durations_are_seconds(text: str, seconds: float | None) -> None:
    assert duration_s(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    "line",
    [
        gin().replace("2026/11/23", "2026/13/23"),
        gin().replace("| 200 |", "| 2000 |"),
        gin(took="soon"),
        gin()[:-1],
        gin() + " ",
        "[GIN] ",
        "[GIN-debug] GET    /api/ps                   --> x (5 handlers)",
    ],
)
def test_what_is_no_end_of_a_request_is_none(line: str) -> None:
    assert answered(line) is None


@given(
    st.lists(st.text(st.characters(codec=None)) | st.sampled_from([gin(), start(1), commit(), server("a")]))
)
def test_any_text_is_shown_line_by_line(lines: list[str]) -> None:
    found = told(*lines)
    assert len(found.lines) + found.left_out == len(lines)
