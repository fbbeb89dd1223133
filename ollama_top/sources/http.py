"""The one door to HTTP: bounded replies, plain errors.

The only module that knows httpx, so that its successor can take its place in one line.
"""

import asyncio
import os
import re
import ssl
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # its own command line, which loads Rich

import httpx  # noqa: E402 - without that

from ollama_top.ollama.replies import parse_error  # noqa: E402 - as above

REPLY_LIMIT_BYTES = 8 << 20
LINE_LIMIT_BYTES = 64 << 10
CONNECT_TIMEOUT_S = 3.0
MOST_CONNECTIONS = 16  # a runner that is late must not keep the others waiting
PLAIN = "identity"
RAW = re.compile(r"""[:,]?\s*(bytearray\()?b['"].*""")  # bytes as Python spells them


class HttpError(Exception):
    """A question without a good answer: the text says why, `status` and `body` what was answered."""

    def __init__(self, problem: str, status: int | None = None, body: bytes = b"") -> None:
        super().__init__(problem)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Access:
    """How a remote server is reached; the token is sent over https or to the loopback only."""

    token: str | None = None
    ca_file: str | None = None
    insecure: bool = False


class Http:
    """A client for one server, used from one event loop."""

    def __init__(
        self, base_url: str, *, timeout_s: float, loopback: bool, access: Access, keep_alive: bool = True
    ) -> None:
        """Prepare without connecting; raises HttpError when the CA file cannot be read."""
        secure = base_url.startswith("https:")
        headers = {
            "user-agent": "ollama-top",
            "accept": "application/json",
            "accept-encoding": PLAIN,  # packed, a small reply can be a huge one
        }
        if access.token and (secure or loopback):
            headers["authorization"] = f"Bearer {access.token}"
        self._base = base_url
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            headers=headers,
            timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
            trust_env=not loopback,  # a proxy of the environment cannot reach this machine's loopback
            verify=_trust(access) if secure else False,
            limits=httpx.Limits(
                max_connections=MOST_CONNECTIONS, max_keepalive_connections=1 if keep_alive else 0
            ),
        )

    async def get(self, path: str) -> bytes:
        """The body of a 200 reply; raises HttpError for anything else."""
        return await self._ask("GET", path, None)

    async def post(
        self, path: str, document: dict[str, Any], *, limit_bytes: int = REPLY_LIMIT_BYTES
    ) -> bytes:
        """The body of a 200 reply to a JSON document; raises HttpError for anything else."""
        return await self._ask("POST", path, document, limit_bytes)

    async def lines(self, path: str, document: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        """The lines of a 200 reply as they come, empty ones left out; raises HttpError.

        The time limit is that of one piece, not of the whole. Leaving early closes the connection.
        """
        try:
            async with self._client.stream("POST", self._base + path, json=document) as reply:
                if reply.status_code != httpx.codes.OK:
                    raise HttpError(_refusal(reply, await _bounded(reply)), reply.status_code)
                async for line in _split(reply):
                    yield line
        except httpx.TimeoutException as error:
            raise HttpError(_timeout(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            raise HttpError(_plain(error)) from None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _ask(
        self,
        method: str,
        path: str,
        document: dict[str, Any] | None,
        limit_bytes: int = REPLY_LIMIT_BYTES,
    ) -> bytes:
        try:
            async with (
                asyncio.timeout(self._timeout_s),  # httpx alone would follow a trickle for ever
                self._client.stream(method, self._base + path, json=document) as reply,
            ):
                body = await _bounded(reply, limit_bytes)
        except (httpx.TimeoutException, TimeoutError) as error:
            raise HttpError(_timeout(error)) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
            raise HttpError(_plain(error)) from None
        if reply.status_code != httpx.codes.OK:
            raise HttpError(_refusal(reply, body), reply.status_code, body)
        return body


async def _split(reply: httpx.Response) -> AsyncGenerator[bytes, None]:
    _check_plain(reply)
    rest = b""
    async for chunk in reply.aiter_raw():
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > LINE_LIMIT_BYTES:
            raise HttpError(f"answered a line of more than {LINE_LIMIT_BYTES >> 10} KiB: refused")
        for line in lines:
            if line.strip():
                yield line
    if rest.strip():
        yield rest


def _check_plain(reply: httpx.Response) -> None:
    packing = reply.headers.get("content-encoding", PLAIN)
    if packing != PLAIN:
        raise HttpError(f"answered packed as {packing!r}, which was not asked for: refused")


async def _bounded(reply: httpx.Response, limit_bytes: int = REPLY_LIMIT_BYTES) -> bytes:
    _check_plain(reply)
    chunks: list[bytes] = []
    size = 0
    async for chunk in reply.aiter_raw():
        size += len(chunk)
        if size > limit_bytes:
            raise HttpError(f"answered more than {limit_bytes >> 20} MiB: refused")
        chunks.append(chunk)
    return b"".join(chunks)


def _trust(access: Access) -> ssl.SSLContext | bool:
    if access.insecure:
        return False
    try:
        return ssl.create_default_context(cafile=access.ca_file) if access.ca_file else True
    except (OSError, ssl.SSLError) as error:
        raise HttpError(f"the CA file {access.ca_file} cannot be used: {error}") from None


def _timeout(error: Exception) -> str:
    if isinstance(error, httpx.ConnectTimeout):
        return "does not accept the connection (timed out)"
    return "accepts the connection and does not answer in full (timed out)"


def _refusal(reply: httpx.Response, body: bytes) -> str:
    """What was answered instead of 200, with the server's own words where it gave any."""
    answer = f"answered HTTP {reply.status_code} {reply.reason_phrase}".rstrip()
    words = parse_error(body)
    return f"{answer}: {words}" if words else answer


def _plain(error: Exception) -> str:
    """The error in words that name its cause rather than its class."""
    if isinstance(error, httpx.LocalProtocolError):
        return "the question cannot be sent as it is"  # its words may quote a header, and so the token
    words = RAW.sub("", _words(_root(error)).splitlines()[0])[:200]
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.DecodingError):
        return f"broke off or garbled its answer ({words})"
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _words(cause: BaseException) -> str:
    if isinstance(cause, ssl.SSLError):
        return f"TLS failed: {cause.reason or cause}".replace("_", " ").lower().replace("tls", "TLS")
    if isinstance(cause, OSError) and cause.errno and cause.errno > 0:
        return os.strerror(cause.errno)
    return (getattr(cause, "strerror", None) or str(cause)) or type(cause).__name__


def _root(error: BaseException) -> BaseException:
    """What lies under the wrappers: the first of several attempts, the system's own error."""
    while True:
        inner = (
            error.exceptions[0]
            if isinstance(error, BaseExceptionGroup)
            else error.__cause__ or error.__context__
        )
        if inner is None:
            return error
        error = inner
