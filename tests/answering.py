"""Servers on the loopback that answer as they are told to: with anything, byte by byte."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from captured import Capture


@dataclass(frozen=True)
class Asked:
    """A question."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


Answer = Callable[[Asked], Iterable[bytes]]


class Answering:
    """A server for as long as the `with` lasts; remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.asked: list[Asked] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        try:
            with self._secured(connection) as stream:
                asked = read_question(stream)
                if asked is not None:
                    self.asked.append(asked)
                    for chunk in self._answer(asked):
                        stream.sendall(chunk)
                    stream.shutdown(socket.SHUT_WR)
                    stream.recv(1)  # let the other side close first, so that nothing is lost
        except OSError:  # the other side has had enough, or does not trust this one
            return

    def _secured(self, connection: socket.socket) -> socket.socket:
        return connection


class Secure(Answering):
    """A server that speaks TLS; asked to CONNECT to wherever, it connects to itself."""

    def __init__(self, answer: Answer, certificate: Path) -> None:
        super().__init__(answer)
        self.proxy_url, self.url = self.url, f"https://127.0.0.1:{self.port}"
        self.connects: list[Asked] = []
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)

    def _secured(self, connection: socket.socket) -> socket.socket:
        if connection.recv(1, socket.MSG_PEEK) == b"C":
            asked = read_question(connection)
            assert asked is not None
            self.connects.append(asked)
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        try:
            return self._tls.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
            raise


def read_question(connection: socket.socket) -> Asked | None:
    """A question; None when none comes."""
    text = b""
    while b"\r\n\r\n" not in text:
        chunk = connection.recv(65536)
        if not chunk:
            return None
        text += chunk
    head, _, body = text.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Asked(method, target, headers, body)


def reply(body: bytes, status: str = "200 OK", *, length: int | None = None, **headers: str) -> bytes:
    """One whole reply; `length` is what it claims of its body where that is not the truth."""
    said = {"content-length": str(len(body) if length is None else length), "connection": "close"} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in said.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def always(answer: bytes) -> Answer:
    """The same to every question."""
    return lambda _: [answer]


def ollama(capture: Capture, **instead: bytes) -> Answer:
    """What a recorded Ollama answers, but for the endpoints of which something else is said."""
    bodies = {
        name: capture.body(f"{name}-loaded" if name == "ps" else name) for name in ("version", "ps", "tags")
    }
    bodies["show"] = json.dumps(capture.json("show")).encode()
    replies = {f"/api/{name}": reply(body) for name, body in bodies.items()}
    replies |= {f"/api/{name}": answer for name, answer in instead.items()}
    return lambda asked: [replies.get(asked.target, reply(b"404 page not found", "404 Not Found"))]
