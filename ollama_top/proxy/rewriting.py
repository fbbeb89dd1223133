"""The one edit of bytes that the relay makes where it is asked to: the Host of each request.

Whoever edits a head has to be sure of it: where the wire would only stop reading, this refuses.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from ollama_top.listening.hosts import Hosts
from ollama_top.proxy.watching import RequestHead
from ollama_top.proxy.wire.body import Body
from ollama_top.proxy.wire.doubt import DoubtError
from ollama_top.proxy.wire.heads import request_of
from ollama_top.proxy.wire.reader import END, LARGEST_HEAD, Reader

_HOST = re.compile(rb"(\r\nhost:[ \t]*)[^\r\n]*", re.IGNORECASE)


class RefusedError(Exception):
    """A request that does not go on; the text says why, `head` holds its head where it could be read."""

    def __init__(self, status: HTTPStatus, why: str, head: bytes = b"") -> None:
        super().__init__(why)
        self.status = status
        self.head = head


class Rewriter:
    """The client's bytes, with another Host in each head."""

    def __init__(self, hosts: Hosts, host: Callable[[], str]) -> None:
        self._hosts = hosts
        self._host = host
        self._head = b""  # what is there of a head that is not complete
        self._bounds = _Bounds()

    def edit(self, data: bytes) -> bytes:
        """What goes on instead of `data`; raises RefusedError."""
        done: list[bytes] = []
        try:
            while data:
                edited, data = self._edit_head(data) if self._bounds.in_head else self._pass_body(data)
                done.append(edited)
        except DoubtError as doubt:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"the request cannot be read: {doubt}") from None
        return b"".join(done)

    def _edit_head(self, data: bytes) -> tuple[bytes, bytes]:
        """The head, edited, if it is complete, and what is behind it."""
        whole = self._head + data
        end = whole.find(END)
        if max(end, 0 if end >= 0 else len(whole)) > LARGEST_HEAD:
            raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the head is too large")
        if end < 0:
            self._head = whole
            return b"", b""
        self._head = b""
        head = whole[: end + len(END)]
        self._judge(request_of(whole[:end])[0], head)
        self._bounds.read(head, 0.0)
        host = self._host().encode("ascii")
        return _HOST.sub(lambda found: found[1] + host, head), whole[end + len(END) :]

    def _pass_body(self, data: bytes) -> tuple[bytes, bytes]:
        size = self._bounds.read(data, 0.0, until_end=True)
        return data[:size], data[size:]

    def _judge(self, request: RequestHead, head: bytes) -> None:
        hosts = [value for name, value in request.fields if name.lower() == b"host"]
        if len(hosts) > 1 or not request.target.startswith(("/", "*")):
            raise RefusedError(HTTPStatus.BAD_REQUEST, "the request names more than one host", head)
        host = hosts[0].decode("latin-1") if hosts else ""
        if not self._hosts.allow(host):
            why = "this host is not allowed; it can be listed behind --rewrite-host"
            raise RefusedError(HTTPStatus.FORBIDDEN, why, head)


class _Bounds(Reader):
    """Only where heads and bodies begin."""

    __slots__ = ()

    def _opened(self, head: bytes, at_s: float) -> Body | None:  # noqa: ARG002 - as declared
        return request_of(head)[1]

    def _content(self, content: bytes, at_s: float) -> None:
        pass

    def _ended(self, at_s: float) -> None:
        pass
