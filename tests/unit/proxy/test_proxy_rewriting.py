"""With --rewrite-host the server hears its own name, and foreign names are refused here."""

import json
from random import Random

import proxy_exchanges
import pytest
from hypothesis import given
from hypothesis import strategies as st
from proxy_world import GET, POST, REPLY, relayed

from ollama_top.listening.hosts import Hosts
from ollama_top.proxy.rewriting import RefusedError, Rewriter
from ollama_top.proxy.wire.reader import LARGEST_HEAD

HOSTS = Hosts(frozenset({"gpu-box.lan", "machine"}), lambda address: str(address) == "8.8.8.8")


def rewriter() -> Rewriter:
    return Rewriter(HOSTS, lambda: "127.0.0.1:11434")


@pytest.mark.parametrize(
    "host",
    ["", "localhost", "LOCALHOST:11435", "gpu-box.lan", "GPU-box.lan:80", "machine", "a.local", "b.localhost",
     "c.internal", "127.0.0.1", "127.0.0.1:11435", "[::1]:11435", "[::1]", "10.0.0.7", "192.168.1.9:1",
     "0.0.0.0", "8.8.8.8"],
)  # fmt: skip
def test_what_ollama_allows_is_allowed_and_what_is_listed(host: str) -> None:
    assert HOSTS.allow(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:11434", "localhost.evil.example", "notlocal", "9.9.9.9",
     "gpu-box.lan.evil.com", "127.0.0.1.evil.com", "local", "a b", "[2001:4860::1]"],
)  # fmt: skip
def test_what_is_foreign_is_refused(host: str) -> None:
    assert not HOSTS.allow(host)


def test_only_the_host_is_edited() -> None:
    head = b"POST / HTTP/1.1\r\nA: host: x\r\nhOST:  gpu-box.lan:80 \r\nContent-Length: 23\r\n\r\n"
    sent = head + b"host: a\r\nHost: b\r\n\r\n12"
    expected = sent.replace(b"gpu-box.lan:80 ", b"127.0.0.1:11434")
    assert rewriter().edit(sent) == expected


def test_a_head_is_kept_until_it_is_complete() -> None:
    edits = rewriter()
    assert [edits.edit(GET[place : place + 1]) for place in range(len(GET) - 1)] == [b""] * (len(GET) - 1)
    assert edits.edit(GET[-1:]) == GET.replace(b"localhost:11434", b"127.0.0.1:11434")


@given(st.integers(0, 2**64))
def test_all_but_the_hosts_stays_as_it_is_in_pieces_of_any_size(seed: int) -> None:
    random = Random(seed)
    requests = [proxy_exchanges.made_up(random, is_last=False).request for _ in range(4)]
    edits = rewriter()
    edited = b"".join(edits.edit(each) for each in proxy_exchanges.pieces(random, b"".join(requests)))
    assert edited == b"".join(each.replace(b"localhost:11434", b"127.0.0.1:11434", 1) for each in requests)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (GET.replace(b"localhost:11434", b"evil.example"), 403),
        (GET.replace(b"/api", b"http://evil.example/api"), 400),
        (GET.replace(b"\r\n\r\n", b"\r\nHost: localhost\r\n\r\n"), 400),
        (b"CONNECT evil:1 HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\r\n\r\n", 400),
        (POST.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"), 400),
        (GET.replace(b"x-A:  1", b"x-A:  1\n"), 400),
        (GET.replace(b"x-A:  1", b" folded"), 400),
        (GET.replace(b"\r\n\r\n", b"\r\nX: " + b"x" * LARGEST_HEAD), 431),
    ],
)
def test_what_could_reach_the_server_under_another_name_is_refused(request_: bytes, status: int) -> None:
    with pytest.raises(RefusedError) as refused:
        rewriter().edit(request_)
    assert refused.value.status == status


async def test_the_server_hears_its_own_name() -> None:
    async with relayed(rewriter=lambda _: rewriter()) as world:
        client = await world.connect()
        await client.send(GET + POST[:-3])
        server = await world.accept()
        await server.expect((GET + POST[:-3]).replace(b"localhost:11434", b"127.0.0.1:11434").replace(
            b"Host: localhost\r", b"Host: 127.0.0.1:11434\r"))  # fmt: skip
        await client.send(POST[-3:])
        await server.expect(POST[-3:])
        await server.send(REPLY + REPLY)
        await client.expect(REPLY + REPLY)
        assert [each.end for each in world.seen.exchanges] == ["reply_ended"] * 2


async def test_a_foreign_name_gets_403_and_never_reaches_the_server() -> None:
    async with relayed(rewriter=lambda _: rewriter()) as world:
        client = await world.connect()
        await client.send(GET.replace(b"localhost:11434", b"evil.example"))
        head, _, body = (await client.rest()).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 403 Forbidden\r\n")
        assert "--rewrite-host" in json.loads(body)["error"]
        assert await world.nobody_dials()
        assert (world.seen.last.status, world.seen.last.end) == (403, "reply_ended")


async def test_a_refusal_is_never_taken_for_another_requests_reply() -> None:
    async with relayed(rewriter=lambda _: rewriter()) as world:
        client = await world.connect()
        await client.send(GET)
        server = await world.accept()
        await client.send(GET.replace(b"localhost:11434", b"evil.example"))
        assert await client.is_reset()
        with pytest.raises(ConnectionResetError):
            await server.rest()
