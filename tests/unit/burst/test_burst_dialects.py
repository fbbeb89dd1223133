"""What is read in replies: of recorded servers, and of any bytes."""

import json

import pytest
from bursts import MODEL
from captured import NEWEST, OLDER, Capture
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.burst.course import Statistics
from ollama_top.burst.dialects import NOTHING, Completions, Dialect, Embed, Generate, Piece, Work

WORK = Work(MODEL, 60, 20, 1)
ALL: list[Dialect] = [Generate(WORK), Embed(WORK), Completions(WORK)]


@pytest.mark.parametrize("server", [NEWEST, OLDER])
def test_a_recorded_stream_is_read_to_its_statistics(server: str) -> None:
    chunks = Capture(server).json("generate.stream")["chunks"]
    text = "".join(each["data"] if isinstance(each, dict) else each[1] for each in chunks)
    pieces = [Generate(WORK).read(line.encode()) for line in text.splitlines() if line]
    assert pieces[-1].is_last
    assert pieces[-1].statistics is not None
    told = json.loads(text.splitlines()[-1])
    assert pieces[-1].statistics.tokens == told["eval_count"]
    assert pieces[-1].statistics.decode_s == told["eval_duration"] / 1e9
    assert sum(each.has_text for each in pieces) == sum(
        bool(json.loads(line)["response"]) for line in text.splitlines()
    )


def test_an_embedding_is_an_answer_in_one_piece() -> None:
    """Keys after EmbedResponse of api/types.go, v0.33.0."""
    body = b'{"model":"m","embeddings":[[0.1,0.2]],"load_duration":2000000,"prompt_eval_count":9}'
    piece = Embed(WORK).read(body)
    assert piece == Piece(has_text=True, statistics=Statistics(0.002, prompt_tokens=9), is_last=True)
    assert Embed(WORK).read(b'{"error":"no"}').problem == "no"


def test_events_of_openais_dialect() -> None:
    read = Completions(WORK).read
    assert read(b'data: {"choices": [{"text": " a"}]}') == Piece(has_text=True)
    told = read(b'data: {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 60}}')
    assert told.statistics is not None
    assert (told.statistics.prompt_tokens, told.statistics.tokens) == (9, 60)
    assert read(b"data: [DONE]") == Piece(is_last=True)
    assert read(b": ping") == NOTHING
    assert read(b'{"error": {"message": "no such model"}}').problem == "no such model"


def test_an_error_within_a_stream_is_an_end() -> None:
    assert Generate(WORK).read(b'{"error":"an error was encountered"}').problem == "an error was encountered"


@given(
    st.binary() | st.dictionaries(st.text(), st.integers() | st.text()).map(lambda x: json.dumps(x).encode())
)
def test_no_bytes_are_too_strange(line: bytes) -> None:
    for dialect in ALL:
        assert isinstance(dialect.read(line), Piece)
        assert isinstance(dialect.read(b"data: " + line), Piece)
