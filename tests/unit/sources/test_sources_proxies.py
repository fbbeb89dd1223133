"""A proxy in a process of its own: started, found, told to stop; and what it says when it cannot start."""

import asyncio
import os
import socket
import struct
from pathlib import Path

import pytest
from exchanges import LISTEN, tapped
from world import simulated_ollama

from ollama_top.config.feed_folder import feed_path, feed_paths, make_folder
from ollama_top.model.tapped import Tapped
from ollama_top.sources import hello, proxies
from ollama_top.sources.http import Access, Http
from ollama_top.sources.proxies import ProxyError
from ollama_top.sources.tap import Taps, feeds


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


async def known(listen: str) -> Tapped:
    """What its feed tells once it is read."""
    taps = Taps()
    following = asyncio.create_task(taps.follow())
    try:
        async with asyncio.timeout(10):
            while not (found := [each for each in taps.tapped if each.proxy is not None]):
                await asyncio.sleep(0.02)
    finally:
        following.cancel()
    assert [each.proxy.listen for each in found if each.proxy] == [listen]
    return found[0]


async def test_it_passes_requests_on_until_it_is_told_to_stop() -> None:
    listen = f"127.0.0.1:{free_port()}"
    with simulated_ollama() as server:
        await proxies.start(listen, server.url)
        found = await known(listen)
        try:
            http = Http(f"http://{listen}", timeout_s=5, loopback=True, access=Access())
            assert b"version" in await http.get("/api/version")
            await http.close()
            assert found.proxy is not None
            assert os.getsid(found.proxy.pid) == found.proxy.pid, "no terminal takes it along"
        finally:
            await proxies.stop(listen, [found])
        await _gone(listen)
    assert feeds() == ()


async def test_asked_twice_to_stop_it_still_lets_go_what_runs() -> None:
    listen = f"127.0.0.1:{free_port()}"
    body = b'{"model":"gemma3:270m","prompt":"hi","options":{"num_predict":40}}'
    with simulated_ollama("--decode-rate", "20") as server:
        await proxies.start(listen, server.url)
        found = await known(listen)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(listen.rpartition(":")[2]))
        head = f"POST /api/generate HTTP/1.1\r\nHost: {listen}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await reader.readuntil(b"\r\n\r\n")
        for _ in range(2):
            await proxies.stop(listen, [found])
        async with asyncio.timeout(20):
            rest = await reader.read()
        assert b'"done":true' in rest.replace(b" ", b"")
        writer.close()
        await _gone(listen)


async def test_it_starts_while_another_one_there_stops() -> None:
    listen = f"127.0.0.1:{free_port()}"
    with socket.create_server(("127.0.0.1", 0)) as server:
        upstream = f"http://127.0.0.1:{server.getsockname()[1]}"
        await proxies.start(listen, upstream)
        with socket.create_connection(("127.0.0.1", int(listen.rpartition(":")[2]))) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            first = await known(listen)
            await proxies.stop(listen, [first])
            await proxies.start(listen, upstream)
            second = hello.proxy_at(feed_paths(listen)[1])
        assert second is not None
        path = feed_paths(listen)[1]
        await proxies.stop(listen, [Tapped(str(path), second)])
        async with asyncio.timeout(10):
            while feeds():
                await asyncio.sleep(0.02)


async def test_another_proxy_s_feed_is_not_taken_for_its_own() -> None:
    with socket.socket() as taken, socket.socket(socket.AF_UNIX) as feed:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        make_folder(feed_path(listen).parent)
        feed.bind(str(feed_path(listen)))
        with pytest.raises(ProxyError, match="taken"):
            await proxies.start(listen, "http://127.0.0.1:9")


async def _gone(listen: str) -> None:
    async with asyncio.timeout(10):
        while feed_path(listen).exists():
            await asyncio.sleep(0.02)


async def test_a_port_that_is_taken_is_said_in_its_own_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ProxyError, match=listen):
            await proxies.start(listen, "http://127.0.0.1:9")


async def test_a_folder_that_cannot_be_written_to_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ProxyError, match="file"):
        await proxies.start("127.0.0.1:1", "http://127.0.0.1:9")


async def test_what_nobody_knows_cannot_be_stopped() -> None:
    with pytest.raises(ProxyError, match="no proxy is known"):
        await proxies.stop("127.0.0.1:1", [])
    gone = tapped(path="/nowhere/proxy.sock")
    with pytest.raises(ProxyError, match="any more"):
        await proxies.stop(LISTEN, [gone])
