"""Ollama and a llama-server of one's own on the same weights, side by side."""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import world
from running import run

pytestmark = pytest.mark.real_ollama
VARIABLE = "OLLAMA_TOP_TEST_LLAMA_SERVER"
START_LIMIT_S = 60.0


@pytest.fixture
def llama_server() -> Path:
    """A llama-server; that in Ollama's own lib/ollama will do."""
    if VARIABLE not in os.environ:
        pytest.skip(f"no llama-server: {VARIABLE} names none")
    return Path(os.environ[VARIABLE])


def weights(server: world.Server) -> Path:
    """The file that Ollama loads for the model."""
    body = json.dumps({"model": world.MODEL}).encode()
    with urllib.request.urlopen(f"{server.url}/api/show", body, timeout=30) as reply:  # noqa: S310 - our own server
        lines = json.load(reply)["modelfile"].splitlines()
    return Path(next(line for line in lines if line.startswith("FROM ")).removeprefix("FROM "))


@contextmanager
def serving(program: Path, weights: Path, log: Path) -> Iterator[str]:
    """Its address, once it has loaded the weights; two at once, as the Ollama beside it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    words = [
        str(program),
        "-m",
        str(weights),
        "--port",
        str(port),
        "-c",
        "8192",
        "-np",
        "2",
        "--alias",
        "same",
    ]
    with log.open("wb") as stream, subprocess.Popen(words, stdout=stream, stderr=stream) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/health", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    ends_s = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < ends_s:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError("llama-server did not start")


def test_the_same_weights_are_measured_side_by_side(
    server: world.Server, llama_server: Path, tmp_path: Path
) -> None:
    words = ("burst", "--json", "--host", server.url, "--model", world.MODEL, "-n", "4", "--yes")
    quick = ("--tokens", "24", "--prompt-tokens", "20", "--timeout", "200")
    with serving(llama_server, weights(server), tmp_path / "log") as url:
        done = run(*words, *quick, "--against", f"{url}/v1=llama#same", timeout_s=500)
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert [(each["name"], each["sent"], each["errors"]) for each in told["servers"]] == [
        ("ollama", 12, 0),
        ("llama", 12, 0),
    ]
    assert told["servers"][1]["model"] == "same"
    for each in told["servers"]:
        assert each["tokens_per_s"] > 0
        assert each["ttft_p95_s"] > 0
        assert 0 < each["fairness"] <= 1
    print(done.stdout)
