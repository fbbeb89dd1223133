"""A real Ollama behind the proxy: the bytes on its two sides are the same."""

import json
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import running
import world

pytestmark = pytest.mark.real_ollama

MODEL = "gemma3:270m"
LIMIT_S = 300.0
CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "Count."}], "options": {"num_predict": 20}}
OPENAI = {"model": MODEL, "messages": CHAT["messages"], "max_tokens": 10, "stream": True}
EXCHANGES = {
    "streamed chat": ("POST", "/api/chat", CHAT),
    "whole chat": ("POST", "/api/chat", CHAT | {"stream": False}),
    "as of OpenAI": ("POST", "/v1/chat/completions", OPENAI),
    "not found": ("POST", "/api/show", {"model": "nothing"}),
    "heartbeat": ("HEAD", "/", None),
    "list": ("GET", "/api/tags", None),
    "foreign host": ("GET", "/api/tags", None),
}


class Between:
    """Stands between the proxy and Ollama, and keeps what passes on one connection."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.asked, self.told = bytearray(), bytearray()

    def pass_one(self) -> None:
        to_server = socket.create_connection(("127.0.0.1", self._server_port))
        with self._listener, self._listener.accept()[0] as own, to_server as server:
            asking = threading.Thread(target=pump, args=(own, server, self.asked), daemon=True)
            asking.start()
            pump(server, own, self.told)
            asking.join()


def pump(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    while piece := source.recv(65536):
        kept += piece
        target.sendall(piece)
    target.shutdown(socket.SHUT_WR)


@contextmanager
def proxied(upstream_port: int) -> Iterator[int]:
    words = ("--listen", "127.0.0.1:0", "--upstream", f"127.0.0.1:{upstream_port}")
    process = subprocess.Popen(
        running.command("proxy", *words), cwd=running.ROOT, env=os.environ, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        found = re.search(r":(\d+) passes", process.stderr.readline())
        assert found
        yield int(found[1])
    finally:
        process.terminate()
        process.communicate(timeout=60)


def request(method: str, path: str, body: object, host: str) -> bytes:
    content = b"" if body is None else json.dumps(body).encode()
    length = f"Content-Length: {len(content)}\r\nContent-Type: application/json\r\n" if content else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{length}Connection: close\r\n\r\n"
    return head.encode() + content


@pytest.mark.parametrize("name", EXCHANGES)
def test_the_bytes_on_both_sides_are_the_same(name: str, server: world.Server) -> None:
    sent = request(*EXCHANGES[name], host="evil.example" if name == "foreign host" else "localhost:11435")
    between = Between(server.port)
    passing = threading.Thread(target=between.pass_one, daemon=True)
    passing.start()
    with proxied(between.port) as port, socket.create_connection(("127.0.0.1", port), LIMIT_S) as client:
        client.sendall(sent)
        told = bytearray()
        while piece := client.recv(65536):
            told += piece
        client.close()
        passing.join()
    assert between.asked == sent
    assert between.told == told
    status = {"not found": b"404", "foreign host": b"403"}.get(name, b"200")
    assert told.startswith(b"HTTP/1.1 " + status)
    if "chat" in name:
        assert b'"eval_count"' in told
