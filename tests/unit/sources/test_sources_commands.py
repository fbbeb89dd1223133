"""What a server is asked to do, word for word, and what becomes of what it answers."""

import json
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import captured
import pytest
from answering import Answer, Answering, Asked, always, ollama, reply

from ollama_top.model.action import Keep, Progress
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.sources.commands import Commands
from ollama_top.sources.http import Access, Http, HttpError

NEWEST, OLDER = captured.Capture(captured.NEWEST), captured.Capture(captured.OLDER)
DONE = reply(b'{"model":"gemma3:270m","done":true,"done_reason":"load"}')
NO_GENERATE = b'{"error":"\\"tiny-embed:latest\\" does not support generate"}'  # of 0.33.0
PULLED = captured.CAPTURES / "ollama-0.33.0"


def ignore(_: Progress) -> None:
    """For pulls whose progress is of no interest."""


@asynccontextmanager
async def commanding(answer: Answer) -> AsyncIterator[tuple[Commands, Answering]]:
    """Commands to a server that answers so, and what it was asked."""
    with Answering(answer) as server:
        http = Http(server.url, timeout_s=5, loopback=True, access=Access())
        try:
            yield Commands(http), server
        finally:
            await http.close()


def told(server: Answering) -> list[tuple[str, Any]]:
    return [(each.target, json.loads(each.body)) for each in server.asked if each.method == "POST"]


def stream(name: str, *, length: int | None = None) -> Answer:
    """A server whose pulls go as they were recorded, and which lists what it then has."""
    lines = (PULLED / f"{name}.ndjson").read_bytes()[:length]
    tags = json.dumps({"models": [{"name": "gemma3:270m"}]}).encode()
    return lambda asked: [reply(lines if asked.target == "/api/pull" else tags)]


async def test_unloading_is_one_request_without_a_prompt() -> None:
    async with commanding(always(DONE)) as (commands, server):
        await commands.unload("gemma3:270m")
    assert told(server) == [("/api/generate", {"model": "gemma3:270m", "keep_alive": 0})]


async def test_loading_sends_no_prompt_and_no_options() -> None:
    async with commanding(always(DONE)) as (commands, server):
        await commands.load("gemma3:270m")
    assert told(server) == [("/api/generate", {"model": "gemma3:270m"})]


async def test_a_model_for_embeddings_is_loaded_by_embedding_nothing() -> None:
    def answer(asked: Asked) -> Iterable[bytes]:
        refusal = reply(NO_GENERATE, "400 Bad Request")
        return [refusal if asked.target == "/api/generate" else reply(b'{"embeddings":[]}')]

    async with commanding(answer) as (commands, server):
        await commands.load("tiny-embed:latest")
    assert told(server)[-1] == ("/api/embed", {"model": "tiny-embed:latest", "input": []})


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "500 Internal Server Error"])
async def test_a_refusal_is_told_in_the_servers_words(status: str) -> None:
    async with commanding(always(reply(b'{"error":"model \'x\' not found"}', status))) as (commands, server):
        with pytest.raises(HttpError, match="model 'x' not found"):
            await commands.load("x")
    assert len(server.asked) == 1


@pytest.mark.parametrize("capture", [NEWEST, OLDER], ids=["0.33", "0.24"])
async def test_keeping_sends_the_context_of_the_load_along(capture: captured.Capture) -> None:
    async with commanding(ollama(capture, generate=DONE)) as (commands, server):
        await commands.keep(Keep("gemma3:270m", None, None))
    context = json.loads(capture.body("ps-loaded"))["models"][0]["context_length"]
    body = {"model": "gemma3:270m", "keep_alive": -1, "options": {"num_ctx": context}}
    assert told(server)[-1] == ("/api/generate", body)


async def test_a_server_that_does_not_tell_the_context_is_sent_the_one_that_was_shown() -> None:
    ps = reply(b'{"models":[{"name":"gemma3:270m"}]}')
    async with commanding(ollama(OLDER, ps=ps, generate=DONE)) as (commands, server):
        await commands.keep(Keep("gemma3:270m", 300.0, 8192))
        await commands.keep(Keep("gemma3:270m", 300.0, None))
    assert told(server)[1][1]["options"] == {"num_ctx": 8192}
    assert "options" not in told(server)[3][1]


async def test_a_model_that_went_meanwhile_is_not_loaded_to_be_kept() -> None:
    async with commanding(ollama(NEWEST, ps=reply(b'{"models":[]}'))) as (commands, server):
        with pytest.raises(HttpError, match="no longer in memory"):
            await commands.keep(Keep("gemma3:270m", None, 4096))
    assert told(server) == []


async def test_a_pull_tells_its_phases_and_is_proved_by_the_list() -> None:
    heard: list[Progress] = []
    async with commanding(stream("pull-resumed")) as (commands, server):
        await commands.pull("gemma3:270m", heard.append)
    phases = list(dict.fromkeys(each.phase for each in heard))
    assert (phases[0], phases[-1]) == ("pulling manifest", "success")
    assert len(heard) < 20  # of 188 lines
    assert [each.target for each in server.asked] == ["/api/pull", "/api/tags"]


async def test_a_pull_that_succeeds_under_another_name_is_not_believed() -> None:
    async with commanding(stream("pull-resumed")) as (commands, _):
        with pytest.raises(HttpError, match="/api/tags does not list other"):
            await commands.pull("other", ignore)


@pytest.mark.parametrize(
    ("name", "words"), [("pull-unknown", "file does not exist"), ("pull-broken", "no Location header")]
)
async def test_a_pull_that_fails_midway_tells_the_line_of_its_error(name: str, words: str) -> None:
    async with commanding(stream(name)) as (commands, _):
        with pytest.raises(HttpError, match=words):
            await commands.pull("gemma3:270m", ignore)


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (stream("pull-resumed", length=5010), BadReplyError, "something else"),
        (stream("pull-resumed", length=30), HttpError, "broke off after 'pulling manifest'"),
        (always(reply(b"")), HttpError, "answered nothing"),
        (always(reply(b"[1]\n")), BadReplyError, "a list"),
        (always(reply(b"x" * (65 << 10))), HttpError, "a line of more than 64 KiB"),
        (always(reply(b"{}", content_encoding="gzip")), HttpError, "packed"),
        (always(reply(b'{"status":"pulling manifest"}\n', length=900)), HttpError, "broke off or garbled"),
        (
            always(reply(b'{"error":"invalid model name"}', "400 Bad Request")),
            HttpError,
            "invalid model name",
        ),
    ],
)
async def test_what_is_no_pull_is_an_error(answer: Answer, error: type[Exception], words: str) -> None:
    async with commanding(answer) as (commands, _):
        with pytest.raises(error, match=words):
            await commands.pull("gemma3:270m", ignore)


async def test_a_server_that_falls_silent_is_given_up() -> None:
    done = threading.Event()

    def answer(asked: Asked) -> Iterable[bytes]:
        yield b'HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{"status":"pulling manifest"}\n'
        done.wait(5)

    with Answering(answer) as server:
        http = Http(server.url, timeout_s=0.2, loopback=True, access=Access())
        with pytest.raises(HttpError, match="timed out"):
            await Commands(http).pull("gemma3:270m", ignore)
        done.set()
        await http.close()


async def test_what_is_installed_is_asked_anew() -> None:
    async with commanding(ollama(NEWEST)) as (commands, server):
        found = await commands.installed()
    assert [each.name for each in found] == ["gemma3:270m"]
    assert not found[0].is_remote
    assert [each.target for each in server.asked] == ["/api/tags"]
