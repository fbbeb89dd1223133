"""The one door to HTTP, against servers that behave badly."""

import asyncio
import gzip
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from answering import Answer, Answering, Asked, always, reply

from ollama_top.sources.http import REPLY_LIMIT_BYTES, Access, Http, HttpError

MIB = 1 << 20


@asynccontextmanager
async def client(
    server: Answering,
    *,
    loopback: bool = True,
    timeout_s: float = 5,
    access: Access = Access(),  # noqa: B008 - it is frozen
) -> AsyncIterator[Http]:
    http = Http(server.url, timeout_s=timeout_s, loopback=loopback, access=access)
    try:
        yield http
    finally:
        await http.close()


async def refusal(answer: Answer, *, timeout_s: float = 5) -> HttpError:
    """What is said of an answer that is no good one."""
    with Answering(answer) as server:
        async with client(server, timeout_s=timeout_s) as http:
            with pytest.raises(HttpError) as refused:
                await http.get("/api/ps")
    return refused.value


async def test_a_good_answer_is_its_body() -> None:
    with Answering(always(reply(b'{"models":[]}'))) as server:
        async with client(server) as http:
            assert await http.get("/api/ps") == b'{"models":[]}'
            assert await http.post("/api/show", {"model": "m"}) == b'{"models":[]}'
    assert [(each.method, each.target) for each in server.asked] == [
        ("GET", "/api/ps"),
        ("POST", "/api/show"),
    ]
    assert server.asked[1].headers["content-type"] == "application/json"


async def test_a_reply_of_8_mib_is_taken() -> None:
    with Answering(always(reply(b"x" * REPLY_LIMIT_BYTES))) as server:
        async with client(server) as http:
            assert len(await http.get("/api/tags")) == 8 * MIB


@pytest.mark.parametrize("claimed", [None, 10], ids=["length told", "length told wrong"])
async def test_a_byte_more_is_refused(claimed: int | None) -> None:
    whole = reply(b"x" * (REPLY_LIMIT_BYTES + 1))
    endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + b"x" * (REPLY_LIMIT_BYTES + 1)
    refused = await refusal(always(whole if claimed is None else endless))
    assert str(refused) == "answered more than 8 MiB: refused"


async def test_an_endless_reply_is_read_no_further_than_its_limit() -> None:
    sent = 0

    def endless(_: Asked) -> Iterable[bytes]:
        nonlocal sent
        yield b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"
        while True:
            sent += MIB
            yield b"x" * MIB

    assert "refused" in str(await refusal(endless))
    assert sent < 40 * MIB


async def test_a_packed_reply_is_refused_unread() -> None:
    """100 MB of zeros are 100 kB packed; nobody asked for packed replies."""
    bomb = reply(gzip.compress(bytes(100 * MIB)), content_encoding="gzip")
    tracemalloc.start()
    refused = await refusal(always(bomb))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(refused) == "answered packed as 'gzip', which was not asked for: refused"
    assert peak_bytes < 10 * MIB


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"\x16\x03\x01 this is not HTTP\r\n\r\n", "garbled its answer"),
        (b"", "garbled its answer"),
        (reply(b"{}", length=1000), "broke off"),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "garbled its answer"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, "garbled its answer"),
    ],
    ids=["noise", "nothing", "half a reply", "half a chunk", "an endless header"],
)
async def test_an_answer_that_is_none_is_named(answer: bytes, words: str) -> None:
    assert words in str(await refusal(always(answer)))


async def test_a_redirect_is_not_followed() -> None:
    with Answering(always(reply(b"{}"))) as elsewhere:
        refused = await refusal(always(reply(b"", "302 Found", location=elsewhere.url)))
    assert (refused.status, str(refused)) == (302, "answered HTTP 302 Found")
    assert elsewhere.asked == []


@pytest.mark.parametrize("status", ["403 Forbidden", "500 Internal Server Error", "204 No Content"])
async def test_anything_but_200_is_refused_with_its_status(status: str) -> None:
    refused = await refusal(always(reply(b"", status)))
    assert (refused.status, str(refused)) == (int(status[:3]), f"answered HTTP {status}")


async def test_the_servers_own_words_are_told() -> None:
    refused = await refusal(always(reply(b'{"error":"model \'m\' not found"}', "404 Not Found")))
    assert str(refused) == "answered HTTP 404 Not Found: model 'm' not found"


async def test_a_trickle_is_given_up() -> None:
    def trickle(_: Asked) -> Iterable[bytes]:
        yield b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"
        while True:
            time.sleep(0.1)
            yield b"x"

    refused = await refusal(trickle, timeout_s=0.5)
    assert str(refused) == "accepts the connection and does not answer in full (timed out)"


async def test_silence_is_given_up() -> None:
    refused = await refusal(_silence, timeout_s=0.3)
    assert str(refused) == "accepts the connection and does not answer in full (timed out)"


async def test_a_port_without_a_server_says_so() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    http = Http(f"http://127.0.0.1:{port}", timeout_s=5, loopback=True, access=Access())
    with pytest.raises(HttpError, match=r"^connection refused$"):
        await http.get("/api/ps")
    await http.close()


async def test_one_that_is_late_does_not_keep_ten_others_waiting() -> None:
    def late_or_not(asked: Asked) -> Iterable[bytes]:
        return _silence(asked) if asked.target == "/late" else [reply(b"{}")]

    with Answering(late_or_not) as server:
        async with client(server, timeout_s=3) as http:
            late = [asyncio.create_task(http.get("/late")) for _ in range(5)]
            await asyncio.sleep(0.05)
            async with asyncio.timeout(2):
                assert await asyncio.gather(*(http.get("/") for _ in range(10))) == [b"{}"] * 10
            for each in late:
                each.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def test_a_question_that_cannot_be_sent_does_not_show_the_token() -> None:
    with Answering(always(reply(b"{}"))) as server:
        async with client(server, access=Access("secret\r")) as http:
            with pytest.raises(HttpError, match=r"^the question cannot be sent as it is$"):
                await http.get("/api/ps")


async def test_bytes_are_not_shown_as_python_spells_them() -> None:
    refused = await refusal(always(b"\x00\xff\xfe garbage\r\n\r\n"))
    assert str(refused) == "broke off or garbled its answer (illegal status line)"


@pytest.mark.parametrize(("loopback", "is_sent"), [(True, True), (False, False)])
async def test_a_token_is_sent_to_the_loopback_but_never_in_the_clear_elsewhere(
    loopback: bool, is_sent: bool
) -> None:
    with Answering(always(reply(b"{}"))) as server:
        async with client(server, loopback=loopback, access=Access("secret")) as http:
            await http.get("/api/ps")
    assert server.asked[0].headers.get("authorization") == ("Bearer secret" if is_sent else None)


@pytest.mark.parametrize(("loopback", "is_asked"), [(True, False), (False, True)])
async def test_a_proxy_of_the_environment_is_not_asked_for_the_loopback(
    loopback: bool, is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Answering(always(reply(b"proxied"))) as proxy, Answering(always(reply(b"direct"))) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        async with client(server, loopback=loopback) as http:
            assert await http.get("/api/ps") == (b"proxied" if is_asked else b"direct")
    assert bool(proxy.asked) is is_asked


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_ca_file_that_cannot_be_used_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    with pytest.raises(HttpError, match=f"the CA file {path} cannot be used"):
        Http("https://example.org", timeout_s=1, loopback=False, access=Access(ca_file=str(path)))


def _silence(_: Asked) -> Iterable[bytes]:
    time.sleep(4)
    return []
