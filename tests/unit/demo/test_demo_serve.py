"""The simulated server's answers, key for key those of real ones."""

import asyncio
import json

import psutil
import pytest
from demo_answers import ask, assert_alike, capture, loaded, shape
from world import MODEL, Server, simulated_ollama


@pytest.mark.parametrize(
    ("name", "method", "path", "body"),
    [
        ("version", "GET", "/api/version", b""),
        ("tags", "GET", "/api/tags", b""),
        ("metrics-404", "GET", "/metrics", b""),
        ("not-found", "POST", "/api/generate", b'{"model":"nope","prompt":"x"}'),
        ("bad-json", "POST", "/api/generate", b"{nope"),
        (
            "generate.nostream",
            "POST",
            "/api/generate",
            b'{"model":"gemma3:270m","prompt":"a b","stream":false,"options":{"num_predict":8}}',
        ),
    ],
)
async def test_answers_have_the_shape_of_real_ones(
    server: Server, version: str, name: str, method: str, path: str, body: bytes
) -> None:
    assert_alike(await ask(server.port, method, path, body), capture(version, f"{name}.json"))


async def test_errors_are_word_for_word_those_of_real_ones(server: Server, version: str) -> None:
    for name, body in (("not-found", b'{"model":"nope"}'), ("bad-json", b"{nope")):
        ours = await ask(server.port, "POST", "/api/generate", body)
        assert ours["body"] == capture(version, f"{name}.json")["body"]


async def test_a_foreign_host_is_refused(server: Server, version: str) -> None:
    ours = await ask(server.port, "GET", "/api/version", Host="evil.example")
    assert_alike(ours, capture(version, "host-403.json"))
    for host in ("localhost:11434", "127.0.0.1", "[::1]:80", "box.local"):
        assert (await ask(server.port, "GET", "/api/version", Host=host))["status"] == 200


async def test_ps_before_and_after_a_load(server: Server, version: str) -> None:
    await ask(server.port, "POST", "/api/generate", b'{"model":"gemma3:270m","keep_alive":0}')
    await asyncio.sleep(0.3)
    assert_alike(await ask(server.port, "GET", "/api/ps"), capture(version, "ps-empty.json"))
    await loaded(server)
    assert_alike(await ask(server.port, "GET", "/api/ps"), capture(version, "ps-loaded.json"))


async def test_show_tells_what_a_real_one_does(server: Server, version: str) -> None:
    ours = json.loads((await ask(server.port, "POST", "/api/show", b'{"model":"gemma3:270m"}'))["body"])
    real = capture(version, "show.json")
    assert list(ours) == list(real)
    assert shape(ours["details"]) == shape(real["details"])
    assert ours["model_info"].keys() <= real["model_info"].keys()


async def test_streams_have_the_shape_of_real_ones(server: Server, version: str) -> None:
    chat = {"messages": [{"role": "user", "content": "Say hi"}]}
    for path, name, more in (("generate", "generate", {"prompt": "Hello"}), ("chat", "chat", chat)):
        body = {"model": MODEL, "options": {"num_predict": 6}, **more}
        reply = await ask(server.port, "POST", f"/api/{path}", json.dumps(body).encode())
        real = capture(version, f"{name}.stream.json")
        assert reply["headers"].keys() - {"connection"} == real["headers"].keys()
        assert reply["headers"]["content-type"] == "application/x-ndjson"
        pieces = [json.loads(line) for line in reply["body"].split("\r\n") if line.startswith("{")]
        assert len(pieces) == 7  # one a token, and the statistics
        assert shape(pieces[0]) == shape(json.loads(real["chunks"][0][1]))
        assert shape(pieces[-1]) == shape(json.loads(real["chunks"][-1][1]))
        assert pieces[-1]["eval_count"] == 6


async def test_unload_answers_as_a_real_one_and_ends_the_runner(server: Server, version: str) -> None:
    await loaded(server)
    assert len(psutil.Process(server.pid).children()) >= 1
    ours = await ask(server.port, "POST", "/api/generate", b'{"model":"gemma3:270m","keep_alive":0}')
    assert_alike(ours, capture(version, "unload.json"))
    assert json.loads(ours["body"])["done_reason"] == "unload"
    for _ in range(100):
        if not psutil.Process(server.pid).children():
            break
        await asyncio.sleep(0.02)
    assert json.loads((await ask(server.port, "GET", "/api/ps"))["body"]) == {"models": []}


async def test_embeddings(server: Server, version: str) -> None:
    body = b'{"model":"nomic-embed-text","input":["a b","c"]}'
    reply = json.loads((await ask(server.port, "POST", "/api/embed", body))["body"])
    assert [len(each) for each in reply["embeddings"]] == [768, 768]
    assert reply["prompt_eval_count"] == 3
    refusal = await ask(server.port, "POST", "/api/embed", b'{"model":"gemma3:270m","input":"a"}')
    real = capture(version, "embed.json")
    assert refusal["status"] == real["status"]
    assert refusal["headers"]["content-length"] == real["headers"]["content-length"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", b"", 200),
        ("HEAD", "/", b"", 200),
        ("GET", "/api/generate", b"", 405),
        ("DELETE", "/api/ps", b"", 405),
        ("POST", "/api/chat", b"", 400),
        ("POST", "/api/chat", b"[]", 400),
        ("POST", "/api/chat", b"\xff\xfe", 400),
        ("POST", "/api/show", b'{"model":""}', 404),
        ("POST", "/api/generate", b'{"model":"nomic-embed-text","prompt":"x"}', 400),
        ("POST", "/api/generate", b'{"model":"gemma3:270m","prompt":"x","keep_alive":"soon"}', 400),
        ("POST", "/api/generate", b'{"model":"gemma3:270m"}', 200),
        ("POST", "/api/chat", b'{"model":"gemma3:270m","messages":[]}', 200),
    ],
)
async def test_statuses(server: Server, method: str, path: str, body: bytes, status: int) -> None:
    reply = await ask(server.port, method, path, body)
    assert reply["status"] == status
    assert (reply["body"] == "") == (method == "HEAD")


async def test_a_full_queue_is_refused_in_the_words_of_a_real_server() -> None:
    with simulated_ollama("--load-s", "0.4", OLLAMA_MAX_QUEUE="1") as server:
        body = b'{"model":"gemma3:270m","prompt":"a","stream":false,"options":{"num_predict":1}}'
        replies = await asyncio.gather(*(ask(server.port, "POST", "/api/generate", body) for _ in range(6)))
        busy = [each for each in replies if each["status"] == 503]
        assert len(busy) == 4
        real = capture("0.33.0", "busy-503.json")[0]
        assert {each["body"] for each in busy} == {real["body"]}
