"""The JSON document says all that a Frame holds, and why it holds no more."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import frames
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ollama_top.model.configuration import Assignment, Configuration, Layer, Place, Rejected
from ollama_top.model.fact import SOURCED, published
from ollama_top.model.finding import Finding
from ollama_top.model.frame import Frame, Snapshot
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.verdict import Verdict
from ollama_top.outputs.document import OWN_KEYS, document, dump

TOP = (
    "format taken_at server verdict queue models slots requests proxies silent_proxies exchanges"
    " by_model by_client finished events gpus processes environment host service settings bursts findings"
    " sources missing"
)

AT_LEAST = {
    "server": "url reachable version pid manager started_at problem",
    "queue": "running waiting precision source",
    "models": "name family size_bytes vram_bytes context_tokens expires_at state runner_pid parallel"
    " parallel_source running waiting tokens_per_s",
    "slots": "model slot state prompt_tokens prompt_done_tokens decoded_tokens context_tokens tokens_per_s",
    "requests": "state model client client_pid age_s source",
    "processes": "pid kind model cpu_percent rss_bytes threads open_files started_at",
    "environment": "name value",
    "gpus": "index vendor name memory_used_bytes memory_total_bytes utilization_percent",
    "sources": "name state age_s problem",
}
"""What the contract names."""

SAID = Assignment("OLLAMA_HOST", None, Place(Layer.UNIT, None), "why")
CONFIGURATIONS = st.sampled_from(
    [Configuration(), Configuration((SAID,), (Rejected("x", SAID.place, "why"),))]
)
TEXT = st.text(st.characters(codec=None) | st.sampled_from("\x00\x1b\x7f\x9b\u2028\u202e\ud800"), max_size=6)
BASIC: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    NoneType: st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Missing: st.builds(Missing, st.sampled_from(Why), TEXT),
    Configuration: CONFIGURATIONS,  # any would be as large as all the rest, and of the same kinds
}


def values(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type of the model, every one that its annotations allow."""
    arguments = get_args(kind)
    if kind in BASIC:
        return BASIC[kind]
    if get_origin(kind) in {Union, UnionType}:
        return st.one_of([values(each) for each in arguments])
    if get_origin(kind) is tuple:
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if get_origin(kind) is Known:
        return st.builds(Known, values(arguments[0]), st.sampled_from(Source))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return st.builds(kind, **{name: values(hint) for name, hint in get_type_hints(kind).items()})


FRAMES = st.builds(
    lambda snapshot, findings, verdict: Frame(snapshot, findings, verdict, frames.frame().history),
    *map(values, (Snapshot, tuple[Finding, ...], Verdict)),
)
of_any_frame = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def readings(value: Any, pointer: str = "") -> Iterator[tuple[str, Known[Any] | Missing]]:
    """Every reading in a value of the model, with the JSON Pointer where it belongs."""
    if isinstance(value, Known | Missing):
        yield pointer, value
        if isinstance(value, Known):
            yield from readings(value.value, pointer)
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from readings(each, f"{pointer}/{index}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from readings(getattr(value, field.name), f"{pointer}/{field.name}")


def resolve(root: Any, pointer: str) -> Any:
    """What a JSON Pointer points to, by RFC 6901."""
    for part in pointer.split("/")[1:]:
        step = part.replace("~1", "/").replace("~0", "~")
        root = root[int(step)] if isinstance(root, list) else root[step]
    return root


@of_any_frame
@given(FRAMES)
def test_what_is_missing_is_null_and_has_its_reason_there_and_nowhere_else(frame: Frame) -> None:
    whole = document(frame)
    found = dict(readings(frame.snapshot))
    assert whole["missing"] == {
        pointer: {"why": each.why.value, "hint": each.hint}
        for pointer, each in found.items()
        if isinstance(each, Missing)
    }
    for pointer, each in found.items():
        assert (resolve(whole, pointer) is None) == isinstance(each, Missing)


@of_any_frame
@given(FRAMES)
def test_every_field_of_every_part_is_there(frame: Frame) -> None:
    whole = document(frame)
    snapshot = frame.snapshot
    for name in ("server", "queue", "host"):
        assert_fields(whole[name], getattr(snapshot, name))
    for name in ("models", "slots", "requests", "gpus", "processes", "settings", "sources"):
        for told, part in zip(whole[name], getattr(snapshot, name), strict=True):
            assert_fields(told, part)
    assert_fields(whole["verdict"], frame.verdict)
    for told, finding in zip(whole["findings"], frame.findings, strict=True):
        assert_fields(told, finding)


def assert_fields(told: dict[str, Any], part: Any) -> None:
    facts = published(type(part))
    sourced = [each.name for each in facts if each.metadata[SOURCED]]
    assert set(told) == {each.name for each in facts} | {f"{name}_source" for name in sourced}
    for name in sourced:
        reading = getattr(part, name)
        assert told[f"{name}_source"] == (reading.source.value if isinstance(reading, Known) else None)


@of_any_frame
@given(FRAMES, st.sampled_from([None, 2]))
def test_it_is_json_in_printable_ascii(frame: Frame, indent: int | None) -> None:
    text = dump(frame, indent=indent)
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert indent or "\n" not in text
    assert json.loads(text, parse_constant=pytest.fail) == document(frame)


@of_any_frame
@given(FRAMES)
def test_every_value_is_one_of_json(frame: Frame) -> None:
    for value in leaves(document(frame)):
        assert type(value) in {str, int, float, bool, NoneType}
        assert type(value) is not float or (math.isfinite(value) and round(value, 3) == value)


def leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from leaves(each)
    else:
        yield value


def test_top_keys_are_those_of_the_contract_in_its_order_and_demo() -> None:
    assert " ".join(key for key in document(frames.frame()) if key != "demo") == TOP
    snapshot = {each.name for each in fields(Snapshot)}
    assert set(TOP.split()) - snapshot == set(OWN_KEYS)


def test_every_key_that_the_contract_names_is_there() -> None:
    frame = frames.frame(
        models=(frames.model(),), slots=(frames.slot(0),), requests=(frames.request(1),), gpus=(frames.gpu(),)
    )
    whole = document(frame)
    for part, names in AT_LEAST.items():
        told = whole[part] if isinstance(whole[part], dict) else whole[part][0]
        assert set(names.split()) <= set(told), part


def test_a_healthy_model_reads_as_it_is() -> None:
    (model,) = document(frames.frame(models=(frames.model(running=Known(2, Source.SLOTS)),)))["models"]
    assert model == {
        "name": "gemma3:270m",
        "state": "idle",
        "load_percent": None,
        "family": "gemma3",
        "parameter_size": "268.10M",
        "quantization": "Q8_0",
        "size_bytes": 1288490188,
        "vram_bytes": 1288490188,
        "gpus": [
            {
                "vendor": "nvidia",
                "gpu": 0,
                "uuid": "GPU-00000000-aaaa-bbbb-cccc-000000000000",
                "memory_bytes": 1288490188,
            }
        ],
        "context_tokens": 4096,
        "kv_cache_type": "f16",
        "batch_tokens": 512,
        "kv_cache_bytes": 188743680,
        "prompt_cache_bytes": None,
        "layers_on_gpu": 19,
        "layers": 19,
        "load_s": 1.26,
        "expires_at": "2026-03-14T15:14:17.000Z",
        "runner_pid": 2001,
        "parallel": 2,
        "parallel_source": "argv",
        "held_at_one": None,
        "request_kv_bytes": 94371840,
        "running": 2,
        "running_source": "slots",
        "waiting": 0,
        "waiting_source": "sockets",
        "tokens_per_s": 0.0,
        "tokens_per_s_source": "slots",
    }


def test_a_frame_without_anything_says_so() -> None:
    whole = document(frames.frame())
    assert whole["format"] == "ollama-top/1"
    assert whole["taken_at"] == "2026-03-14T15:09:26.000Z"
    assert (whole["demo"], whole["models"], whole["settings"], whole["findings"]) == (False, [], [], [])
    no_runner = {"why": "absent", "hint": "it is no runner"}
    assert whole["missing"] == {
        "/queue/oldest_wait_s": {"why": "absent", "hint": "nothing waits"},
        "/processes/0/model": no_runner,
        "/processes/0/port": no_runner,
        "/service": {"why": "absent", "hint": "no service manager keeps it"},
    }


def test_the_environment_is_a_list_or_missing_with_a_reason() -> None:
    whole = document(frames.frame())
    assert whole["environment"] == [
        {"name": "OLLAMA_NUM_PARALLEL", "value": "2"},
        {"name": "PATH", "value": None},
    ]
    hidden = document(frames.frame(environment=frames.DENIED))
    assert hidden["environment"] is None
    assert hidden["missing"]["/environment"]["why"] == "denied"


def test_numbers_are_rounded_to_a_thousandth_and_whole_ones_not_at_all() -> None:
    light = replace(frames.light("api"), age_s=1.23456, took_s=0.00049)
    gpu = frames.gpu(memory_used_bytes=Known(2**63, Source.NVIDIA))
    whole = document(frames.frame(sources=(light,), gpus=(gpu,)))
    assert (whole["sources"][0]["age_s"], whole["sources"][0]["took_s"]) == (1.235, 0.0)
    assert whole["gpus"][0]["memory_used_bytes"] == 2**63


@pytest.mark.parametrize("never", [math.nan, math.inf])
def test_a_number_that_is_none_is_no_document(never: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump(frames.frame(host=frames.host(cpu_percent=Known(never, Source.HOST))))


@pytest.mark.parametrize("hours", [0, -8, 5.5])
def test_moments_are_told_in_utc(hours: float) -> None:
    there = frames.NOW.astimezone(timezone(timedelta(hours=hours)))
    assert document(frames.frame(taken_at=there))["taken_at"] == "2026-03-14T15:09:26.000Z"


@of_any_frame
@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_rfc_3339(moment: datetime) -> None:
    told = document(frames.frame(taken_at=moment))["taken_at"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told)
    assert abs(datetime.fromisoformat(told) - moment) < timedelta(milliseconds=1)


def test_a_name_that_would_steer_a_terminal_is_told_and_does_not() -> None:
    name = '\x1b[2J\x7f\u202e"\\\ud800'
    text = dump(frames.frame(models=(frames.model(name),)))
    assert r'"name": "\u001b[2J\u007f\u202e\"\\\ud800"' in text
    assert json.loads(text)["models"][0]["name"] == name


def test_two_documents_share_nothing_that_can_be_changed() -> None:
    first, second = document(frames.frame()), document(frames.frame())
    first["settings"].append("changed")
    first["findings"].append("changed")
    assert (second["settings"], second["findings"]) == ([], [])
    assert document(frames.frame()) == second
