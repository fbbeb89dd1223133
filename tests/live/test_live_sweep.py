"""Sweeps of a real Ollama: what is set is served, what is faster is recommended, and nothing stays behind."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
import world
from running import NOBODY, ROOT, command, run

pytestmark = pytest.mark.real_ollama
QUICK = (
    "--tokens",
    "24",
    "--prompt-tokens",
    "20",
    "--timeout",
    "200",
    "--limit-ttft",
    "60",
    "--host",
    NOBODY,
)


@pytest.fixture
def program(serve: Path, tmp_path: Path) -> Path:
    """A program that is called as `ollama serve` is, by the script that starts one."""
    path = tmp_path / "ollama"
    path.write_text(f'#!/bin/sh\nexec "{serve}"\n')
    path.chmod(0o755)
    return path


def test_each_setting_is_served_and_measured(program: Path) -> None:
    words = ("--own-server", str(program), "--model", world.MODEL, "--set", "NUM_PARALLEL=1,2,4", *QUICK)
    done = run("sweep", "--json", "--repeats", "2", *words, timeout_s=600)
    told = json.loads(done.stdout)
    assert [each["measured_parallel"] for each in told["combinations"]] == [1, 2, 4], done.stdout
    assert [each["problem"] for each in told["combinations"]] == [None] * 3
    assert [[each["at_once"] for each in of["points"]] for of in told["combinations"]] == [
        [1, 2],
        [1, 2, 4],
        [1, 2, 4, 8],
    ]
    assert all(each["size_bytes"] > 100 << 20 for each in told["combinations"])
    assert told["recommended"] is not None
    assert done.returncode == 0


def test_a_combination_that_cannot_load_is_noted_and_the_other_goes_on(program: Path) -> None:
    """Without flash attention a quantized V cache is refused by the runner."""
    sets = ("--set", "FLASH_ATTENTION=0", "--set", "KV_CACHE_TYPE=f16,q8_0", "--repeats", "1")
    words = ("--own-server", str(program), "--model", world.MODEL, *sets, *QUICK)
    done = run("sweep", "--json", *words, timeout_s=300)
    plain, quantized = json.loads(done.stdout)["combinations"]
    assert plain["problem"] is None
    assert plain["points"]
    if quantized["problem"] is None:
        pytest.skip("this release loads it all the same")
    assert "the first request was not answered" in quantized["problem"]
    assert quantized["log"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_server_stays_behind(program: Path, number: signal.Signals) -> None:
    words = (
        "sweep",
        "--own-server",
        str(program),
        "--model",
        world.MODEL,
        *QUICK,
        "--tokens",
        "4000",
        "--yes",
    )
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command(*words), cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet)
    started = keeper_server_and_runner(process.pid)
    os.kill(process.pid, number)
    gone, alive = psutil.wait_procs(started, timeout=20)
    assert (len(gone), alive) == (len(started), [])
    assert process.wait(20) == (-9 if number is signal.SIGKILL else 130)


def keeper_server_and_runner(pid: int) -> list[psutil.Process]:
    """What a sweep has started, once the runner is among it."""
    ends_s = time.monotonic() + 60
    while time.monotonic() < ends_s:
        found = psutil.Process(pid).children(recursive=True)
        if any("--model" in each.cmdline() for each in found):
            return found
        time.sleep(0.1)
    raise AssertionError("no runner was started")
