"""The client's side of HTTP to a runner: one connection for each request in service.

Since 0.30 Ollama closes it after the answer; before, Go's default client kept up to two idle ones. To
an MLX runner it keeps two as well, and closes them when it has read the last word of a stream.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

LOOPBACK = "127.0.0.1"
KEPT_BY_GO = 2
MOVED = 308

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class RunnerError(Exception):
    """A runner that broke off, or answered what is no answer."""


class Errands:
    """Goes to one runner with requests."""

    def __init__(self, port: int, *, keeps: int, keeps_streams: bool = True) -> None:
        """Prepare; up to `keeps` idle connections stay open, unless a stream was their last."""
        self.port = port
        self._keeps = keeps
        self._keeps_streams = keeps_streams
        self._idle: list[Streams] = []

    async def lines(self, path: str, document: Mapping[str, Any]) -> AsyncGenerator[dict[str, Any], None]:
        """The objects of a streamed answer; leaving early closes the connection, which stops the work."""
        async with self._connection(is_stream=True) as (reader, writer):
            await self._ask(writer, "POST", path, json.dumps(document).encode())
            status, headers = await self._head(reader)
            if status == MOVED:
                await self._ask(writer, "POST", headers["location"], json.dumps(document).encode())
                await self._head(reader)
            while size := int(await _line(reader), 16):
                piece = await reader.readexactly(size)
                await _line(reader)
                yield json.loads(piece.removeprefix(b"data: "))
            await _line(reader)

    async def fetch(self, method: str, path: str, document: Mapping[str, Any]) -> tuple[int, bytes]:
        """Status and body of an answer that is no stream."""
        async with self._connection() as (reader, writer):
            await self._ask(writer, method, path, json.dumps(document).encode())
            status, headers = await self._head(reader)
            return status, await reader.readexactly(int(headers.get("content-length", "0")))

    def close(self) -> None:
        """Close what is idle."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()

    @asynccontextmanager
    async def _connection(self, *, is_stream: bool = False) -> AsyncIterator[Streams]:
        """A connection of its own; it is kept only after an answer that ended well."""
        reader, writer = await self._open()
        is_kept = False
        try:
            yield reader, writer
            is_kept = len(self._idle) < self._keeps and (self._keeps_streams or not is_stream)
        except (OSError, EOFError, ValueError) as error:
            raise RunnerError(str(error) or type(error).__name__) from error
        finally:
            if is_kept:
                self._idle.append((reader, writer))
            else:
                writer.close()

    async def _open(self) -> Streams:
        if self._idle:
            return self._idle.pop()
        try:
            return await asyncio.open_connection(LOOPBACK, self.port)
        except OSError as error:
            raise RunnerError(str(error)) from error

    async def _ask(self, writer: asyncio.StreamWriter, method: str, path: str, body: bytes) -> None:
        close = "" if self._keeps else "Connection: close\r\n"
        writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: {LOOPBACK}:{self.port}\r\nUser-Agent: Go-http-client/1.1\r\n"
            f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n{close}\r\n".encode()
            + body
        )
        await writer.drain()

    async def _head(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        status = (await _line(reader)).split()[1]
        headers = {}
        while line := await _line(reader):
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return int(status), headers


async def _line(reader: asyncio.StreamReader) -> bytes:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the runner broke off")
    return line.rstrip()
