"""Servers to watch: a simulated Ollama at work, and one that accepts and never answers."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException

from load import MODEL
from programs import BENCHMARKS, ROOT

CLIENTS, PARALLEL = 4, 2  # so two are served and two wait
TOKENS_PER_S = 30  # of each slot
START_S, END_S = 10.0, 5.0


@contextmanager
def busy_server(environment: Mapping[str, str]) -> Iterator[str]:
    """Address of a simulated Ollama that serves two of four clients; it ends with the block."""
    address = f"127.0.0.1:{_free_port()}"
    told = {**environment, "OLLAMA_HOST": address, "OLLAMA_NUM_PARALLEL": str(PARALLEL)}
    serve = [sys.executable, "-m", "ollama_top.demo.serve", "--models", MODEL]
    load = [sys.executable, str(BENCHMARKS / "load.py"), address, str(CLIENTS)]
    with _running([*serve, "--decode-rate", str(TOKENS_PER_S)], told):
        _await(address, "/api/version", b"version")
        with _running(load, told):
            _await(address, "/api/ps", MODEL.encode())
            yield address


@contextmanager
def hanging_server() -> Iterator[str]:
    """Address of a server that takes every connection and says nothing: nobody ever reads from it."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def _running(argv: list[str], environment: Mapping[str, str]) -> Iterator[None]:
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(argv, env=environment, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait(END_S)


def _await(address: str, path: str, words: bytes) -> None:
    """Wait until the server's answer holds some words; raises TimeoutError."""
    end_s = time.monotonic() + START_S
    while words not in _answer(address, path):
        if time.monotonic() > end_s:
            raise TimeoutError(f"no {words.decode()!r} in {path} of the simulated server")
        time.sleep(0.05)


def _answer(address: str, path: str) -> bytes:
    with closing(HTTPConnection(address, timeout=1.0)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        except (OSError, HTTPException):
            return b""


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
