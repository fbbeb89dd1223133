"""Bursts on a real Ollama: the number is found, nothing is changed, nothing is left behind."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any

import live_ollama
import psutil
import pytest
import world
from running import ROOT, command, run

pytestmark = pytest.mark.real_ollama
QUICK = ("--tokens", "24", "--prompt-tokens", "20", "--timeout", "120")


def burst(server: world.Server, *words: str, **environment: str) -> tuple[int, Any]:
    words = ("burst", "--json", "--host", server.url, "--model", world.MODEL, *QUICK, *words)
    done = run(*words, environment=environment, timeout_s=300)
    return done.returncode, json.loads(done.stdout)


def listed(server: world.Server) -> dict[str, Any]:
    with urllib.request.urlopen(f"{server.url}/api/ps", timeout=30) as reply:  # noqa: S310 - our own server
        (found,) = json.load(reply)["models"]
    model: dict[str, Any] = found
    return model


def load(server: world.Server, **options: Any) -> None:
    body = json.dumps({"model": world.MODEL, "options": options, "keep_alive": "30m"}).encode()
    with urllib.request.urlopen(f"{server.url}/api/generate", body, timeout=120) as reply:  # noqa: S310 - our own server
        assert json.load(reply)["done"]


def runner_pid(server: world.Server) -> int:
    shown = json.loads(run("show", "--json", "--host", server.url).stdout)
    pid: int = shown["models"][0]["runner_pid"]
    return pid


@pytest.mark.parametrize("parallel", [None, 1, 2, 4])
def test_what_is_served_at_once_is_measured_three_times_running(
    serve: Path, tmp_path: Path, parallel: int | None
) -> None:
    """Unset, an empty variable counts as not set."""
    value = "" if parallel is None else str(parallel)
    with live_ollama.real_ollama(serve, tmp_path, OLLAMA_NUM_PARALLEL=value) as server:
        load(server)
        for _ in range(3):
            code, told = burst(server)
            assert (code, told["measured_parallel"]) == (0, parallel or 1), told["verdict"]
            assert told["effective_parallel"] == (parallel or 1)


def test_a_number_that_is_set_in_the_shell_alone_is_less(serve: Path, tmp_path: Path) -> None:
    with live_ollama.real_ollama(serve, tmp_path, OLLAMA_NUM_PARALLEL="") as server:
        code, told = burst(server, OLLAMA_NUM_PARALLEL="4")
    assert (code, told["configured_parallel"], told["measured_parallel"]) == (1, 4, 1)


def test_context_runner_and_expiry_are_as_before(server: world.Server) -> None:
    load(server, num_ctx=1024)
    before, pid = listed(server), runner_pid(server)
    code, told = burst(server)
    after = listed(server)
    assert code == 0, told["verdict"]
    assert runner_pid(server) == pid
    assert after["context_length"] == before["context_length"] == 1024
    moments = [datetime.fromisoformat(each["expires_at"]) for each in (before, after)]
    assert abs((moments[1] - moments[0]).total_seconds()) < 1


def test_a_cancelled_burst_leaves_no_request_behind(server: world.Server) -> None:
    load(server)
    words = ("burst", "--host", server.url, "-n", "6", "--tokens", "4000", "--timeout", "120")
    process = subprocess.Popen(command(*words), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_until(lambda: bool(connections(server)), 60)
    os.kill(process.pid, signal.SIGINT)
    wait_until(lambda: not connections(server), 0.5)
    assert process.wait(30) == 130


def connections(server: world.Server) -> int:
    """Requests on the server, by the connections that it holds to its clients."""
    own = psutil.Process(server.pid).net_connections("tcp")
    asked = [
        each for each in own if each.laddr.port == server.port and each.status == psutil.CONN_ESTABLISHED
    ]
    clients = {each.raddr.port for each in asked}
    return sum(
        each.status == psutil.CONN_ESTABLISHED and each.laddr.port in clients
        for each in psutil.net_connections("tcp")
        if each.raddr and each.raddr.port == server.port
    )


def wait_until(holds: Any, limit_s: float) -> None:
    ends_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < ends_s, "it did not come about in time"
        time.sleep(0.02)
