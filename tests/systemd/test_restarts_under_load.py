"""Restarts while clients ask: through a proxy none fails, and without one the plan says how many do."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from sandbox import Sandbox
from serving import VARIABLES, N

pytestmark = pytest.mark.systemd

HERE = Path(__file__).parent
SERVER, PROXY, CLIENTS = 11434, 11435, 8
SHORT, LONG = 3, 100_000  # tokens; of the long ones none ends by itself


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture
def proxy(box: Sandbox) -> Iterator[None]:
    words = box.command([sys.executable, "-m", "ollama_top", "proxy"])
    with subprocess.Popen(words, env=VARIABLES, stdin=subprocess.DEVNULL, stderr=PIPE, cwd="/") as running:
        assert running.stderr
        running.stderr.readline()
        yield
        box.run(["pkill", "-f", "ollama_top proxy"])


class Load:
    """Clients at work, and at the end what became of their requests."""

    def __init__(self) -> None:
        self.told: Mapping[str, Any] = {}


@contextmanager
def asked(box: Sandbox, port: int, tokens: int) -> Iterator[Load]:
    words = box.command([sys.executable, str(HERE / "asking.py"), *map(str, (port, CLIENTS, tokens))])
    load = Load()
    with subprocess.Popen(words, env=VARIABLES, stdin=PIPE, stdout=PIPE, text=True, cwd="/") as clients:
        assert clients.stdin
        assert clients.stdout
        assert clients.stdout.readline() == "ready\n"
        yield load
        clients.stdin.close()
        load.told = json.loads(clients.stdout.read())


def change(box: Sandbox, value: int, *words: str) -> Mapping[str, Any]:
    told = box.run(
        [sys.executable, "-m", "ollama_top", "set", f"{N}={value}", "--yes", "--json", *words],
        env=VARIABLES,
        check=False,
        limit_s=120,
    )
    assert told.returncode == 0, f"{told.stdout}{told.stderr}"
    receipt: Mapping[str, Any] = json.loads(told.stdout)
    return receipt


def restart(box: Sandbox, times: int) -> Mapping[str, Any]:
    with asked(box, PROXY, SHORT) as load:
        for each in range(times):
            receipt = change(box, 2 + each % 2, "--through-proxy")
            assert receipt["outcome"] == "kept"
            assert any("keeps new requests back" in cost for cost in receipt["plan"]["costs"])
    return load.told


@pytest.mark.usefixtures("proxy")
def test_no_request_fails_through_the_proxy(box: Sandbox) -> None:
    told = restart(box, 3)
    assert (told["failures"], told["answered"] > 100) == (0, True), told


@pytest.mark.long
@pytest.mark.usefixtures("proxy")
def test_none_of_two_thousand_in_fifty_restarts(box: Sandbox) -> None:
    told = restart(box, 50)
    print(told)
    assert (told["failures"], told["answered"] >= 2000) == (0, True), told


def test_without_the_proxy_the_plan_names_how_many_are_dropped(box: Sandbox) -> None:
    with asked(box, SERVER, LONG) as load:
        receipt = change(box, 4)
    (cost,) = [each for each in receipt["plan"]["costs"] if "dropped with an error" in each]
    named = int("".join(filter(str.isdigit, cost)))
    assert (named, load.told["failures"] >= CLIENTS) == (CLIENTS, True), (cost, load.told)
