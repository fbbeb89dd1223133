"""What the server's API answers, of two releases, and of nobody's server."""

import json
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from captured import NEWEST, Capture
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.reading import Missing, Why
from ollama_top.ollama import replies
from ollama_top.ollama.architecture import Architecture
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.ollama.replies import PsModel, ShownModel

BLOBS = "/usr/share/ollama/.ollama/models/blobs"
WEIGHTS = f"{BLOBS}/sha256-a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = (
    "version name model digest details family parameter_size quantization_level size size_vram"
    " context_length expires_at modelfile capabilities error"
)


def body(value: object) -> bytes:
    return json.dumps(value).encode()


def test_version_of_each_server(capture: Capture) -> None:
    version = "0.33.0-rc2" if capture.server == NEWEST else "0.24.0"
    assert replies.parse_version(capture.body("version")) == version


@pytest.mark.parametrize("reply", [b"{}", b'{"version": ""}', b'{"version": 33}', b'{"version": null}'])
def test_who_tells_no_version_may_not_be_ollama(reply: bytes) -> None:
    with pytest.raises(BadReplyError, match="answered no version: this may not be Ollama"):
        replies.parse_version(reply)


def test_ps_with_a_model(newest: Capture) -> None:
    (model,) = replies.parse_ps(newest.body("ps-loaded"))
    assert model == PsModel(
        name="gemma3:270m",
        digest="14f8ac0fb3c4d0781f89e8e94fb0f50f6074e4433c57f2974444117109948bb3",
        family="gemma3",
        parameter_size="268.10M",
        quantization="Q4_K_M",
        size_bytes=344677416,
        vram_bytes=0,
        context_tokens=4096,
        expires_at=datetime(2026, 11, 23, 9, 14, 42, 203806, tzinfo=UTC),
    )


def test_ps_of_every_recording(capture: Capture) -> None:
    assert replies.parse_ps(capture.body("ps-empty")) == ()
    assert [each.context_tokens for each in replies.parse_ps(capture.body("ps-loaded"))] == [4096]
    assert [each.context_tokens for each in replies.parse_ps(capture.body("ps-ctx2048"))] == [2048]
    for sample in capture.json("load-progress"):
        assert len(replies.parse_ps(body(sample["ps"]))) == len(sample["ps"]["models"])


def test_ps_of_the_first_server_that_had_it_tells_less() -> None:
    reply = body(
        {"models": [{"name": "llama3:latest", "size": 5, "expires_at": "2024-05-16T10:00:00-07:00"}]}
    )
    (model,) = replies.parse_ps(reply)
    told = {each.name for each in fields(model) if getattr(model, each.name) is not None}
    assert told == {"name", "size_bytes", "expires_at"}


def test_ps_takes_the_name_from_either_key_and_leaves_out_the_nameless() -> None:
    reply = body(
        {"models": [{"model": "b"}, {"size": 1}, {"name": ""}, {"name": 3}, None, {"name": "a", "x": 1}]}
    )
    assert [each.name for each in replies.parse_ps(reply)] == ["b", "a"]


@pytest.mark.parametrize("reply", [b"{}", b'{"status": "ok"}', b'{"models": 0}', b"[]", b"null", b"<html>"])
def test_no_list_of_models_is_not_an_empty_one(reply: bytes) -> None:
    for parse in (replies.parse_ps, replies.parse_tags):
        with pytest.raises(BadReplyError):
            parse(reply)


def test_an_empty_list_may_be_written_as_null() -> None:
    assert replies.parse_ps(b'{"models": null}') == replies.parse_tags(b'{"models": null}') == ()


def test_tags_of_every_recording(capture: Capture) -> None:
    (model,) = replies.parse_tags(capture.body("tags"))
    assert (model.name, model.family) == ("gemma3:270m", "gemma3")
    assert model.digest is not None
    assert model.size_bytes in {253113180, 253113294}


def test_show_gives_the_path_of_the_weights(capture: Capture) -> None:
    found = replies.parse_show(body(capture.json("show")))
    assert (found.blob_path, found.family, found.capabilities) == (WEIGHTS, "gemma3", ("completion",))
    assert found.trained_tokens == 32_768


def test_show_gives_the_shape_of_the_cache_or_why_it_does_not(capture: Capture) -> None:
    told = capture.json("show")
    shape = replies.parse_show(body(told)).architecture
    assert isinstance(shape, Architecture)
    assert (shape.name, shape.window_tokens) == ("gemma3", 512)
    told["model_info"]["gemma3.attention.head_count_kv"] = None
    assert replies.parse_show(body(told)).architecture == Missing(
        Why.PENDING, "gemma3.attention.head_count_kv is told only to who asks for everything"
    )
    del told["model_info"]["gemma3.block_count"]
    assert replies.parse_show(body(told)).architecture == Missing(
        Why.UNSUPPORTED, "the model does not tell how many layers it has"
    )


@pytest.mark.parametrize(
    ("parameters", "context", "batch"),
    [
        ('num_ctx                        8192\nstop    "num_ctx 4096"', 8192, None),
        ("temperature 1\nnum_batch 256\nnum_ctx\t2048", 2048, 256),
        ("num_ctx four\nnum_ctxs 4", None, None),
        ("", None, None),
    ],
)
def test_a_model_may_set_its_own_context_and_step(
    parameters: str, context: int | None, batch: int | None
) -> None:
    found = replies.parse_show(body({"parameters": parameters}))
    assert (found.context_tokens, found.batch_tokens) == (context, batch)


@pytest.mark.parametrize(
    ("modelfile", "path"),
    [
        ("FROM /blobs/sha256-1\n", "/blobs/sha256-1"),
        ("# FROM gemma3\n\nFROM /blobs/sha256-1\nFROM /blobs/projector\n", "/blobs/sha256-1"),
        ("FROM /blobs/with space \r\nTEMPLATE x", "/blobs/with space"),
        ('FROM "/blobs/quoted"', "/blobs/quoted"),
        ("FROM\t/blobs/tab", "/blobs/tab"),
        ("TEMPLATE x\nFROM C:\\models\\blobs\\sha256-1", "C:\\models\\blobs\\sha256-1"),
        ('FROM ""', None),
        ("FROM   \n", None),
        (" FROM /indented", None),
        ("from /lower", None),
        ("", None),
    ],
)
def test_the_path_is_what_from_says(modelfile: str, path: str | None) -> None:
    assert replies.parse_show(body({"modelfile": modelfile})).blob_path == path


def test_a_long_line_of_blanks_costs_no_time() -> None:
    reply = body({"modelfile": "FROM a" + " b" * 200_000 + " " * 400_000 + "c"})
    began_s = time.monotonic()
    replies.parse_show(reply)
    assert time.monotonic() - began_s < 1


def test_capabilities_that_are_not_told_are_not_none_at_all() -> None:
    assert replies.parse_show(b"{}") == ShownModel(None, None, None)
    assert replies.parse_show(b'{"capabilities": []}').capabilities == ()
    assert replies.parse_show(b'{"capabilities": "embedding"}').capabilities == ()


def test_errors_in_the_servers_own_words(capture: Capture) -> None:
    assert replies.parse_error(capture.body("not-found")) == "model 'nope' not found"
    native, *_ = capture.json("busy-503")
    busy = "server busy, please try again.  maximum pending requests exceeded"
    assert replies.parse_error(native["body"].encode()) == busy
    assert replies.parse_error(capture.body("host-403")) is None
    assert replies.parse_error(capture.body("metrics-404")) is None


@given(
    st.sampled_from([replies.parse_version, replies.parse_ps, replies.parse_tags, replies.parse_show]),
    st.binary()
    | st.dictionaries(st.sampled_from(KEYS.split()), JSON).map(body)
    | st.lists(st.dictionaries(st.sampled_from(KEYS.split()), JSON) | JSON).map(
        lambda models: body({"models": models})
    ),
)
def test_whatever_is_answered_is_parsed_or_refused(parse: Callable[[bytes], Any], reply: bytes) -> None:
    try:
        parsed = parse(reply)
    except BadReplyError:
        return
    for each in parsed if isinstance(parsed, tuple) else (parsed,):
        assert_typed(each)


def assert_typed(value: object) -> None:
    """Every field of a reply holds what its annotation says."""
    names = {
        "size_bytes": int,
        "vram_bytes": int,
        "context_tokens": int,
        "batch_tokens": int,
        "expires_at": datetime,
        "architecture": Missing,
        "capabilities": tuple,
        "is_remote": bool,
    }
    if isinstance(value, str):
        assert value
        return
    for field in fields(value):  # type: ignore[arg-type]
        held = getattr(value, field.name)
        expected = names.get(field.name, str)
        assert held is None or type(held) is expected or isinstance(held, Architecture), field.name
        assert held != "", field.name
