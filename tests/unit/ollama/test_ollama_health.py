"""What runners answer to /health, loaded and while they load, recorded and after their source."""

import json
from contextlib import suppress

import pytest
from captured import Capture
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.ollama.health import Health, parse_health
from ollama_top.ollama.jsonic import BadReplyError

READY = Health(is_ready=True, progress=None)


@pytest.mark.parametrize(
    ("release", "name", "health"),
    [
        ("0.1.33", "runner-health-loading.source", Health(is_ready=False, progress=None)),
        ("0.3.13", "runner-health-loading.source", Health(is_ready=False, progress=0.37)),
        ("0.3.13", "runner-health.source", READY),
        ("0.3.13", "runner-health-full.source", READY),
        ("0.4.0", "runner-health-loading.source", Health(is_ready=False, progress=0.5731)),
        ("0.4.0", "runner-health.source", READY),
        ("0.11.4", "runner-health", READY),
        ("0.24.0", "runner-health", READY),
    ],
)
def test_every_generation_that_tells(release: str, name: str, health: Health) -> None:
    assert parse_health(Capture(f"ollama-{release}").body(name)) == health


@pytest.mark.parametrize("release", ["0.11.4", "0.24.0"])
def test_a_recorded_load_goes_on_to_its_end(release: str) -> None:
    """Loading is 2 in 0.11.4; in 0.24.0 it is 3, and 2 comes before the weights are read."""
    rows = Capture(f"ollama-{release}").json("load-health")
    found = [parse_health(each["health"].encode()) for each in rows if each.get("health")]
    loading = [each.progress for each in found if not each.is_ready]
    assert len(loading) >= 5
    assert loading == sorted(loading, key=lambda each: each or 0)
    assert all(each is not None for each in loading)
    assert [each.is_ready for each in found] == sorted(each.is_ready for each in found)
    assert found[-1] == READY


@pytest.mark.parametrize(
    "body",
    [
        Capture("ollama-0.3.13").body("runner-health-error.source"),
        b"{}",
        b'{"status":true}',
        b'{"status":9,"progress":1}',
        b'{"status":"on fire"}',
        b"404 page not found",
    ],
)
def test_what_is_neither_loaded_nor_loading_is_refused(body: bytes) -> None:
    with pytest.raises(BadReplyError):
        parse_health(body)


@pytest.mark.parametrize("progress", ["2", "-0.1", "null", '"0.5"', "true", "NaN", "1e999"])
def test_a_progress_that_is_none_is_left_out(progress: str) -> None:
    assert parse_health(f'{{"status":2,"progress":{progress}}}'.encode()).progress is None


@given(st.binary() | st.dictionaries(st.text(), st.none() | st.integers() | st.text()).map(json.dumps))
def test_whatever_a_runner_answers_is_read_or_refused(reply: bytes | str) -> None:
    with suppress(BadReplyError):
        parse_health(reply if isinstance(reply, bytes) else reply.encode())
