"""What three dialects tell, from the bytes of two real servers: streamed, in one piece, and refused."""

import json
from typing import Any

import pytest
from captured import NEWEST, OLDER, Capture
from hypothesis import given
from hypothesis import strategies as st
from proxied import EVENTS, JSON, NDJSON, answer, begin, cut, last, recorded, replayed

from ollama_top.model.exchange import Dialect, Exchange, Failure, Finish, Phase, Route
from ollama_top.model.reading import Known, Missing, Source
from ollama_top.proxy.metering.meter import Meter

SERVERS = [NEWEST, OLDER]
CHAT_PROMPT = {NEWEST: 26, OLDER: 3}
"""What the same chat comes to on each of them, by their own account."""

STREAMS = {
    "generate": (Dialect.OLLAMA, Route.GENERATE),
    "chat": (Dialect.OLLAMA, Route.CHAT),
    "openai-chat": (Dialect.OPENAI, Route.OPENAI_CHAT),
    "openai-completions": (Dialect.OPENAI, Route.OPENAI_COMPLETIONS),
    "openai-responses": (Dialect.OPENAI, Route.OPENAI_RESPONSES),
    "anthropic-messages": (Dialect.ANTHROPIC, Route.ANTHROPIC_MESSAGES),
}


def stream(server: str, name: str) -> Any:
    return Capture(server).json(f"{name}.stream")


def statistics(capture: Any) -> Any:
    """The last object of a recorded stream of Ollama's own."""
    return json.loads(capture["chunks"][-1][1])


def approx(reading: Any, expected: float, source: Source) -> bool:
    return isinstance(reading, Known) and reading.source is source and abs(reading.value - expected) < 1e-9


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", STREAMS)
def test_a_recorded_stream_is_told_as_it_was(server: str, name: str) -> None:
    capture = stream(server, name)
    told = replayed(capture)
    assert (told.dialect, told.route) == STREAMS[name]
    assert told.model == Known("gemma3:270m", Source.PROXY)
    assert told.streamed == Known(value=True, source=Source.PROXY)
    assert (told.phase, told.failure, told.status) == (Phase.DONE, None, Known(200, Source.PROXY))
    first_s = next(at_s for at_s, piece in capture["chunks"] if "delta\n" in piece or "event:" not in piece)
    assert approx(told.ttft_s, first_s, Source.PROXY)
    assert approx(told.total_s, capture["chunks"][-1][0], Source.PROXY)
    assert told.request_bytes == len(json.dumps(capture["request"]["body"]))
    assert told.reply_bytes == sum(len(piece.encode()) for _, piece in capture["chunks"])


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", ["generate", "chat"])
def test_ollama_tells_tokens_and_times(server: str, name: str) -> None:
    capture = stream(server, name)
    said = statistics(capture)
    told = replayed(capture)
    assert told.prompt_tokens == Known(said["prompt_eval_count"], Source.API)
    assert told.output_tokens == Known(said["eval_count"], Source.API)
    assert told.finish == Known(Finish.LENGTH, Source.API)
    assert told.num_predict == Known(capture["request"]["body"]["options"]["num_predict"], Source.PROXY)
    assert approx(told.load_s, said["load_duration"] / 1e9, Source.API)
    assert approx(told.prefill_s, said["prompt_eval_duration"] / 1e9, Source.API)
    assert approx(told.tokens_per_s, said["eval_count"] / said["eval_duration"] * 1e9, Source.API)
    assert isinstance(told.queue_s, Known)
    assert 0 <= told.queue_s.value < 0.1, "alone on the server it waited for nobody"


@pytest.mark.parametrize("server", SERVERS)
def test_openai_tells_tokens_to_those_who_ask(server: str) -> None:
    told = replayed(stream(server, "openai-chat"))
    assert (told.prompt_tokens, told.output_tokens) == (
        Known(CHAT_PROMPT[server], Source.API),
        Known(16, Source.API),
    )
    assert told.finish == Known(Finish.LENGTH, Source.API)
    assert isinstance(told.queue_s, Missing)
    assert isinstance(told.tokens_per_s, Known)
    assert told.tokens_per_s.source is Source.PROXY


@pytest.mark.parametrize("server", SERVERS)
def test_where_a_stream_does_not_tell_its_tokens_they_are_counted(server: str) -> None:
    told = replayed(stream(server, "openai-completions"))
    assert isinstance(told.prompt_tokens, Missing)
    assert isinstance(told.output_tokens, Known)
    assert told.output_tokens.source is Source.ESTIMATE
    assert abs(told.output_tokens.value - 16) <= 3


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", ["openai-responses", "anthropic-messages"])
def test_responses_and_messages_tell_their_tokens(server: str, name: str) -> None:
    told = replayed(stream(server, name))
    assert (told.prompt_tokens, told.output_tokens) == (
        Known(CHAT_PROMPT[server], Source.API),
        Known(16, Source.API),
    )
    assert told.num_predict == Known(16, Source.PROXY)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("name", STREAMS)
@given(places=st.lists(st.integers(0, 20_000), max_size=30))
def test_how_the_bytes_are_cut_changes_nothing_but_the_time_of_pieces(
    server: str, name: str, places: list[int]
) -> None:
    path, body, pieces, kind = recorded(stream(server, name))
    reply = b"".join(piece for _, piece in pieces)

    def told_of(places: list[int]) -> Exchange:
        meter = Meter()
        watch = begin(meter, path, body, places=places)
        answer(watch, [(1.0, piece) for piece in cut(reply, places)], 1.0, kind=kind)
        told = last(meter)
        object.__setattr__(told, "began_at", None)
        return told

    assert told_of(places) == told_of([])


UNSTREAMED = [
    ("generate.nostream", Route.GENERATE),
    ("openai-chat.nostream", Route.OPENAI_CHAT),
    ("anthropic.nostream", Route.ANTHROPIC_MESSAGES),
]


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(("name", "route"), UNSTREAMED)
def test_an_answer_in_one_piece(server: str, name: str, route: Route) -> None:
    meter = Meter()
    body = b'{"stream":false,"model":"gemma3:270m"}'
    answer(begin(meter, route.value, body), [(1.0, Capture(server).body(name))], 1.0)
    told = last(meter)
    assert (told.phase, told.failure) == (Phase.DONE, None)
    assert told.streamed == Known(value=False, source=Source.PROXY)
    is_ollama = route is Route.GENERATE
    prompt = 2 if is_ollama else CHAT_PROMPT[server]
    assert (told.prompt_tokens, told.output_tokens) == (Known(prompt, Source.API), Known(8, Source.API))
    assert told.finish == Known(Finish.LENGTH, Source.API)
    assert isinstance(told.ttft_s, Missing)
    assert isinstance(told.queue_s, Known) == isinstance(told.tokens_per_s, Known) == is_ollama


@pytest.mark.parametrize("server", SERVERS)
def test_a_request_that_only_unloads(server: str) -> None:
    meter = Meter()
    body = b'{"model":"gemma3:270m","keep_alive":0}'
    answer(begin(meter, "/api/generate", body), [(1.0, Capture(server).body("unload"))], 1.0)
    told = last(meter)
    assert told.finish == Known(Finish.UNLOAD, Source.API)
    assert told.keep_alive == Known("0", Source.PROXY)
    assert (told.prompt_tokens, told.output_tokens) == (Known(0, Source.API), Known(0, Source.API))
    assert isinstance(told.queue_s, Missing)
    assert isinstance(told.load_s, Missing)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("name", "failure"),
    [
        ("not-found", Failure.NOT_FOUND),
        ("bad-json", Failure.BAD_REQUEST),
        ("host-403", Failure.REFUSED),
    ],
)
def test_what_a_server_refuses(server: str, name: str, failure: Failure) -> None:
    reply = Capture(server).json(name)
    meter = Meter()
    body = reply["body"].encode()
    answer(begin(meter, "/api/chat", b'{"model":"m"}'), [(1.0, body)], 1.0, status=reply["status"])
    told = last(meter)
    assert (told.phase, told.failure) == (Phase.FAILED, failure)
    assert told.status == Known(reply["status"], Source.PROXY)
    assert isinstance(told.output_tokens, Missing)


@pytest.mark.parametrize("server", SERVERS)
def test_busy_in_every_dialect(server: str) -> None:
    replies = Capture(server).json("busy-503")
    assert {each["status"] for each in replies} == {503}
    for reply in replies:
        meter = Meter()
        watch = begin(meter, "/v1/messages", b'{"model":"m"}')
        answer(watch, [(1.0, reply["body"].encode())], 1.0, status=503)
        assert last(meter).failure is Failure.BUSY


ENDED_MIDWAY = [
    (
        "/api/chat",
        NDJSON,
        b'{"message":{"content":"a"},"done":false}\n{"error":"boom"}\n',
        Failure.FAILED_MIDWAY,
    ),
    ("/api/chat", NDJSON, b'{"message":{"content":"a"},"done":false}\n', Failure.TRUNCATED),
    ("/api/pull", NDJSON, b'{"status":"pulling manifest"}\n{"error":"no such"}\n', Failure.FAILED_MIDWAY),
    ("/v1/chat/completions", EVENTS, b'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', Failure.TRUNCATED),
    (
        "/v1/messages",
        EVENTS,
        b'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"x"}}\n\n',
        Failure.FAILED_MIDWAY,
    ),
    (
        "/v1/responses",
        EVENTS,
        b'event: response.failed\ndata: {"response":{"status":"failed"},"type":"response.failed"}\n\n',
        Failure.FAILED_MIDWAY,
    ),
    ("/api/chat", JSON, b'{"message":{"content":"a a a"},"done":false}', Failure.TRUNCATED),
]


@pytest.mark.parametrize(("path", "kind", "reply", "failure"), ENDED_MIDWAY)
def test_an_answer_without_its_end(path: str, kind: str, reply: bytes, failure: Failure) -> None:
    """After Ollama's source: streamResponse, the guard against repeated tokens, and the converters."""
    meter = Meter()
    answer(begin(meter, path, b'{"model":"m","stream":true}'), [(1.0, reply)], 1.0, kind=kind)
    assert last(meter).failure is failure


def test_a_last_line_that_is_too_long_to_keep_tells_all_the_same() -> None:
    """The context of /api/generate stands between the reason and the statistics."""
    end = json.loads(Capture(NEWEST).json("generate.stream")["chunks"][-1][1])
    end["context"] = list(range(100_000, 130_000))
    line = json.dumps(end, separators=(",", ":")).encode() + b"\n"
    whole, many = Meter(), Meter()
    first = (0.5, b'{"model":"m","response":"a","done":false}\n')
    for meter, pieces in ((whole, [line]), (many, cut(line, range(0, len(line), 997)))):
        watch = begin(meter, "/api/generate", b'{"model":"m"}')
        answer(watch, [first, *((1.0, piece) for piece in pieces)], 1.0, kind=NDJSON)
        told = last(meter)
        assert told.failure is None
        assert told.output_tokens == Known(end["eval_count"], Source.API)
        assert told.finish == Known(Finish.LENGTH, Source.API)
        assert approx(told.load_s, end["load_duration"] / 1e9, Source.API)


def test_a_long_response_tells_its_tokens() -> None:
    """Its last event repeats all that was written."""
    pieces = [(at_s, piece) for at_s, piece in Capture(NEWEST).json("openai-responses.stream")["chunks"]]
    long = pieces[-1][1].replace('"text":"Say', '"text":"' + "word " * 4000 + "Say")
    meter = Meter()
    watch = begin(meter, "/v1/responses", b'{"model":"m","stream":true}')
    answer(watch, [(at_s, piece.encode()) for at_s, piece in [*pieces[:-1], (1.0, long)]], 1.0, kind=EVENTS)
    told = last(meter)
    assert len(long) > 20_000
    assert (told.failure, told.output_tokens) == (None, Known(16, Source.API))
    assert told.prompt_tokens == Known(26, Source.API)


def test_a_model_that_quotes_statistics_is_not_believed() -> None:
    said = {"message": {"content": '"eval_count":999,"done":true,"usage":{"output_tokens":7}'}, "done": False}
    meter = Meter()
    line = json.dumps(said).encode() + b"\n"
    answer(begin(meter, "/api/chat", b'{"model":"m"}'), [(1.0, line)], 1.0, kind=NDJSON)
    assert last(meter).failure is Failure.TRUNCATED


def test_vectors_have_a_prompt_and_nothing_written() -> None:
    """As server/routes.go of v0.33.0 prints api.EmbedResponse."""
    vector = ",".join(["0.123456789"] * 2000)
    reply = f'{{"model":"e","embeddings":[[{vector}]],"total_duration":5000000,"prompt_eval_count":9}}'
    meter = Meter()
    watch = begin(meter, "/api/embed", b'{"model":"e","input":"a"}')
    answer(watch, [(1.0, each) for each in cut(reply.encode(), [5000, 10000])], 1.0)
    told = last(meter)
    assert (told.failure, told.prompt_tokens) == (None, Known(9, Source.API))
    assert told.streamed == Known(value=False, source=Source.PROXY)
    for reading in (told.output_tokens, told.ttft_s, told.queue_s, told.tokens_per_s):
        assert isinstance(reading, Missing)


def test_openai_vectors_count_their_prompt() -> None:
    vector = ",".join(["0.5"] * 4000)
    usage = '"usage":{"prompt_tokens":9,"total_tokens":9}'
    reply = f'{{"object":"list","data":[{{"embedding":[{vector}]}}],"model":"e",{usage}}}'
    meter = Meter()
    answer(begin(meter, "/v1/embeddings", b'{"model":"e","input":"a"}'), [(1.0, reply.encode())], 1.0)
    assert last(meter).prompt_tokens == Known(9, Source.API)
