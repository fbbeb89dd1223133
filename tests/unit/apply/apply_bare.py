"""A bare server as people start one: `ollama serve` from a shell that is gone, and what is changed of it."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from running import ROOT, command

from ollama_top.demo.serve.install import install

N = "OLLAMA_NUM_PARALLEL"
PATIENCE_S = 20.0
KILLED = ROOT / "tests/systemd/killed.py"
START = 'nohup "$0" serve >"$1" 2>&1 </dev/null & echo $!'


@dataclass
class Bare:
    """A server under way, which follows its address from process to process."""

    program: Path
    log: Path
    port: int

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def pid(self) -> int | None:
        """The process that listens now."""
        at_it = (each.pid for each in self.ours() if self.port in _ports(each))
        return next(at_it, None)

    def environment(self) -> Mapping[str, str]:
        """What the process that listens now was started with."""
        ends_s = time.monotonic() + PATIENCE_S
        while (pid := self.pid()) is None or not answers(self.host):
            assert time.monotonic() < ends_s, "nothing listens"
            time.sleep(0.05)
        return psutil.Process(pid).environ()

    def ours(self) -> list[psutil.Process]:
        """All processes of its program that are alive."""
        return [each for each in psutil.process_iter() if _is_ours(each, self.program)]


def _ports(process: psutil.Process) -> set[int]:
    try:
        found = process.net_connections("tcp")
    except psutil.Error:
        return set()
    return {each.laddr.port for each in found if each.status == psutil.CONN_LISTEN}


def _is_ours(process: psutil.Process, program: Path) -> bool:
    try:
        return str(program) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def answers(host: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}/api/version", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def bare_server(folder: Path, *, program: Path | None = None, **environment: str) -> Iterator[Bare]:
    """A server whose parent has gone; at the end all processes of its program are ended."""
    install(folder, [])
    server = Bare(program or folder / "ollama", folder / "server.log", free_port())
    begin(server, **environment)
    try:
        yield server
    finally:
        for each in server.ours():
            with suppress(psutil.Error):
                each.kill()


def begin(server: Bare, **environment: str) -> None:
    """Start it from a shell, which ends."""
    variables = os.environ | {"OLLAMA_HOST": server.host} | environment
    words = ["sh", "-c", START, str(server.program), str(server.log)]
    subprocess.run(words, env=variables, check=True, start_new_session=True, capture_output=True)
    server.environment()


def tool(
    server: Bare, *words: str, killed_after: int | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """ollama-top, run to its end without a terminal; killed once so many lines of its journal are there."""
    program = command() if killed_after is None else [sys.executable, str(KILLED), str(killed_after)]
    return subprocess.run(
        [*program, *words, "--host", server.host],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def changed(server: Bare, *words: str, **environment: str) -> tuple[int, Mapping[str, Any]]:
    done = tool(server, *words, "--yes", "--json", **environment)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)
