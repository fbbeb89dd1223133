"""The server's own API: what is asked of it, how often, and what becomes of bad answers."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import captured
import pytest
from answering import Answering, Asked, always, ollama, reply

from ollama_top.ollama.architecture import Architecture
from ollama_top.ollama.jsonic import BadReplyError
from ollama_top.sources.api import ApiLook, NoSuchModelError, OllamaApi
from ollama_top.sources.http import Access, Http, HttpError

NEWEST = captured.Capture(captured.NEWEST)
NOT_FOUND = reply(b'{"error":"model not found"}', "404 Not Found")
BLOB = "/usr/share/ollama/.ollama/models/blobs/sha256-"


class Session:
    """One client of one server, look by look."""

    def __init__(self, server: Answering) -> None:
        self._server = server
        self._api = OllamaApi(Http(server.url, timeout_s=5, loopback=True, access=Access()))

    async def look(self, now_s: float = 0.0, *orphans: str) -> tuple[ApiLook, Counter[str]]:
        """What was said, and what was asked for it."""
        before = len(self._server.asked)
        found = await self._api.look(now_s, orphans)
        return found, Counter(each.target for each in self._server.asked[before:])

    async def close(self) -> None:
        await self._api.http.close()


async def once(answer: Any, *orphans: str) -> tuple[ApiLook, Counter[str]]:
    with Answering(answer) as server:
        session = Session(server)
        try:
            return await session.look(0.0, *orphans)
        finally:
            await session.close()


def models(*names: str) -> bytes:
    listed = [{"name": name, "digest": f"sha256:{name}", "details": {"family": "gemma3"}} for name in names]
    return json.dumps({"models": listed}).encode()


def shown(name: str) -> bytes:
    return json.dumps({"modelfile": f"FROM {BLOB}{name}", "details": {}}).encode()


async def test_a_look_tells_what_is_loaded_and_where_its_weights_are() -> None:
    found, asked = await once(ollama(NEWEST))
    (model,) = found.models
    assert found.version == json.loads(NEWEST.body("version"))["version"]
    assert found.shown[model.name].blob_path is not None
    assert found.notes == ()
    assert asked == {"/api/ps": 1, "/api/version": 1, "/api/show": 1}


async def test_what_was_told_is_not_asked_again() -> None:
    with Answering(ollama(NEWEST)) as server:
        session = Session(server)
        await session.look(0)
        assert (await session.look(2))[1] == {"/api/ps": 1}
        assert (await session.look(31))[1] == {"/api/ps": 1, "/api/version": 1}
        await session.close()


async def test_installed_models_are_asked_only_for_weights_that_nothing_explains() -> None:
    with Answering(_library("a", "b", "c")) as server:
        session = Session(server)
        _, asked = await session.look(0)
        assert asked == {"/api/ps": 1, "/api/version": 1}
        found, asked = await session.look(1, f"{BLOB}b")
        assert asked == {"/api/ps": 1, "/api/tags": 1, "/api/show": 3}
        assert found.shown["b"].blob_path == f"{BLOB}b"
        _, asked = await session.look(2, f"{BLOB}b")
        assert asked == {"/api/ps": 1}
        _, asked = await session.look(3, f"{BLOB}unknown")
        assert asked == {"/api/ps": 1}, "the list is a minute old at most, and holds nothing new"
        await session.close()


async def test_a_model_that_was_seen_is_known_when_it_is_gone() -> None:
    """Its runner may come again before it is listed, and the log tells of it by its weights alone."""
    listed = [models("a"), models("b")]

    def answer(asked: Asked) -> list[bytes]:
        return [reply(listed.pop(0))] if asked.target == "/api/ps" else library(asked)

    library = _library("a", "b")
    with Answering(answer) as server:
        session = Session(server)
        await session.look(0)
        found, _ = await session.look(2)
        assert [each.name for each in found.models] == ["b"]
        assert {name: each.blob_path for name, each in found.shown.items()} == {
            name: f"{BLOB}{name}" for name in ("a", "b")
        }
        await session.close()


async def test_sixty_models_are_asked_for_a_few_at_a_time() -> None:
    names = [f"m{number}" for number in range(60)]
    with Answering(_library(*names)) as server:
        session = Session(server)
        counts = [(await session.look(second, f"{BLOB}m59"))[1]["/api/show"] for second in range(9)]
        assert counts == [8] * 7 + [4, 0]
        await session.close()


async def test_a_model_that_cannot_be_shown_keeps_no_other_back() -> None:
    with Answering(_library("broken", "good", shown_as={"broken": NOT_FOUND})) as server:
        session = Session(server)
        found, asked = await session.look(0, f"{BLOB}x")
        assert found.shown.keys() == {"good"}
        assert found.notes == ("answered HTTP 404 Not Found: model not found",)
        assert asked["/api/show"] == 2
        assert (await session.look(1, f"{BLOB}x"))[1]["/api/show"] == 0
        assert (await session.look(11, f"{BLOB}x"))[1]["/api/show"] == 1
        await session.close()


async def test_models_that_are_told_without_a_name_are_missed() -> None:
    told = b'{"models":[{"name":"a"},{"name":5},null,{}]}'
    with Answering(lambda asked: [reply(told if asked.target == "/api/ps" else b"{}")]) as server:
        session = Session(server)
        found, _ = await session.look(0)
        assert [each.name for each in found.models] == ["a"]
        assert found.notes[0] == "3 of the models in memory cannot be shown: they are told without a name"
        await session.close()


async def test_what_is_not_vital_may_fail() -> None:
    found, _ = await once(
        ollama(NEWEST, version=reply(b"null"), show=reply(b"", "500 Internal Server Error"))
    )
    assert found.version is None
    assert len(found.models) == 1
    assert found.shown == {}
    assert len(found.notes) == 2


async def test_before_there_was_ps_a_version_is_enough() -> None:
    found, _ = await once(ollama(NEWEST, ps=reply(b"404 page not found", "404 Not Found")))
    assert (found.version is None, found.models, found.notes) == (False, (), ())
    assert not found.tells_loaded


async def test_what_there_is_not_is_asked_for_once_a_minute() -> None:
    with Answering(ollama(NEWEST, ps=reply(b"404 page not found", "404 Not Found"))) as server:
        session = Session(server)
        await session.look(0)
        assert (await session.look(2))[1] == {"/api/version": 1}
        assert (await session.look(61))[1]["/api/ps"] == 1
        await session.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (reply(b"null"), BadReplyError),
        (reply(b"[]"), BadReplyError),
        (reply(b"<!doctype html><html>"), BadReplyError),
        (reply(b'{"models":'), BadReplyError),
        (reply(b"", "403 Forbidden"), HttpError),
        (reply(b"404 page not found", "404 Not Found"), HttpError),
        (b"\x00\x01", HttpError),
    ],
)
async def test_a_server_that_cannot_tell_what_is_loaded_is_an_error(
    answer: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await once(always(answer))


@pytest.mark.parametrize("name", ["gemma3:270m", "other"])
async def test_a_model_is_described_in_one_question_where_nothing_is_withheld(name: str) -> None:
    tags = json.loads(NEWEST.body("tags"))
    tags["models"].append(tags["models"][0] | {"name": "other:latest", "digest": "2"})
    with Answering(ollama(NEWEST, tags=reply(json.dumps(tags).encode()))) as server:
        api = OllamaApi(Http(server.url, timeout_s=5, loopback=True, access=Access()))
        found = await api.describe(name)
        again = await api.describe(name)
        await api.http.close()
    assert found == again
    assert found.name in {"gemma3:270m", "other:latest"}
    assert found.file_bytes == 253113180
    assert isinstance(found.shown.architecture, Architecture)
    assert Counter(each.target for each in server.asked) == {"/api/tags": 2, "/api/show": 1}


async def test_what_is_withheld_is_asked_for_once_and_may_be_large() -> None:
    told = NEWEST.json("show")
    whole = json.dumps(told | {"license": "x" * (9 << 20)}).encode()
    told["model_info"]["gemma3.attention.head_count_kv"] = None
    answers = iter([json.dumps(told).encode(), whole])

    def answer(asked: Asked) -> Iterable[bytes]:
        return [reply(next(answers))] if asked.target == "/api/show" else ollama(NEWEST)(asked)

    with Answering(answer) as server:
        api = OllamaApi(Http(server.url, timeout_s=5, loopback=True, access=Access()))
        found = await api.describe("gemma3:270m")
        assert await api.describe("gemma3:270m") == found
        await api.http.close()
    assert isinstance(found.shown.architecture, Architecture)


async def test_a_model_that_is_not_installed_cannot_be_described() -> None:
    with Answering(ollama(NEWEST)) as server:
        api = OllamaApi(Http(server.url, timeout_s=5, loopback=True, access=Access()))
        with pytest.raises(NoSuchModelError, match="no model 'nope' is installed"):
            await api.describe("nope")
        await api.http.close()


def _library(*names: str, shown_as: Mapping[str, bytes] | None = None) -> Any:
    """A server with models on disk, none of them loaded."""
    order = iter(names)

    def answer(asked: Asked) -> Iterable[bytes]:
        if asked.target == "/api/show":
            name = next(order, names[0])
            return [(shown_as or {}).get(name, reply(shown(name)))]
        bodies = {"/api/ps": models(), "/api/tags": models(*names), "/api/version": b'{"version":"0.33.0"}'}
        return [reply(bodies[asked.target])]

    return answer
