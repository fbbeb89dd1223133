"""Settings of a real Ollama that nobody keeps: changed, proven on its runner's command line, taken back."""

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import running
import world
from live_ollama import real_ollama

pytestmark = pytest.mark.real_ollama

N = "OLLAMA_NUM_PARALLEL"
PARALLEL = {"--parallel", "-np"}
PATIENCE_S = 60.0


@pytest.fixture
def server(serve: Path, tmp_path: Path) -> Iterator[world.Server]:
    """A server of its own: a script that has become `ollama serve`, whose parent is let be as a shell is."""
    starter = tmp_path / "sh"
    starter.write_text(f'#!/bin/sh\n"{serve}" & echo $! >"{tmp_path / "pid"}"; wait\n')
    starter.chmod(0o755)
    with real_ollama(starter, tmp_path, **{N: "1"}) as found:
        yield found
        for each in of_port(found.port):
            each.terminate()


def of_port(port: int) -> list[psutil.Process]:
    found = []
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            if each.cmdline()[-1:] == ["serve"] and f"127.0.0.1:{port}" == each.environ().get("OLLAMA_HOST"):
                found.append(each)
    return found


def load(server: world.Server) -> None:
    body = json.dumps({"model": world.MODEL, "keep_alive": "10m"}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}/api/generate", body, headers)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=120) as reply:  # noqa: S310
        reply.read()


def parallel(server: world.Server) -> list[str]:
    """What the runners' command lines say."""
    (serving,) = of_port(server.port)
    lines = [each.cmdline() for each in serving.children(recursive=True)]
    return [line[at + 1] for line in lines for at, word in enumerate(line) if word in PARALLEL]


def changed(server: world.Server, *words: str) -> tuple[subprocess.CompletedProcess[str], Mapping[str, Any]]:
    done = running.run(*words, "--yes", "--json", "--host", server.url, timeout_s=200)
    assert done.stdout, done.stderr
    return done, json.loads(done.stdout)


def test_more_at_once_and_back(server: world.Server) -> None:
    load(server)
    (before,) = of_port(server.port)
    was = dict(before.environ())
    assert parallel(server) == ["1"]
    done, receipt = changed(server, "set", "NUM_PARALLEL=2", "--reload-models")
    assert (done.returncode, receipt["outcome"]) == (0, "kept"), receipt
    assert f"{world.MODEL} is in memory again." in receipt["seen"]
    assert f"{world.MODEL} serves 2 at once." in receipt["seen"]
    assert parallel(server) == ["2"]
    (there,) = of_port(server.port)
    assert dict(there.environ()) == was | {N: "2"}
    done, receipt = changed(server, "undo")
    assert (done.returncode, receipt["outcome"]) == (0, "kept"), receipt
    load(server)
    ends_s = time.monotonic() + PATIENCE_S
    while parallel(server) != ["1"] and time.monotonic() < ends_s:
        time.sleep(0.2)
    assert parallel(server) == ["1"]
    (back,) = of_port(server.port)
    assert dict(back.environ()) == was
    assert os.getpid() not in {each.pid for each in back.parents()}, "nobody's child"
