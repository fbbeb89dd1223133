"""The way to the server: connected, or why not."""

import asyncio
import os
import socket
from collections.abc import Callable

from ollama_top.ollama.host import Target


class UnreachableError(Exception):
    """The server took no connection; the text names it, and says why."""


async def dial(target: Target, protocol: Callable[[], asyncio.Protocol], limit_s: float) -> None:
    """Connect `protocol` to the server; raises UnreachableError."""
    try:
        async with asyncio.timeout(limit_s):
            await asyncio.get_running_loop().create_connection(protocol, target.host, target.port)
    except UnicodeError:
        raise UnreachableError(f"{target.url} cannot be reached: it cannot be a name") from None
    except OSError as error:
        raise UnreachableError(f"{target.url} cannot be reached: {_why(error, limit_s)}") from None


def _why(error: OSError, limit_s: float) -> str:
    if isinstance(error, TimeoutError) and error.errno is None:
        return f"no connection within {limit_s:g} s"
    if error.errno is None or isinstance(error, socket.gaierror):
        return error.strerror or str(error)
    return os.strerror(error.errno)
