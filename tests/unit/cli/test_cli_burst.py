"""`burst` as people run it, against simulated servers: what it prints, and its exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest
from running import NOBODY, ROOT, command, run
from world import MODEL, Server, simulated_ollama

STEADY_LOOKS = 20
QUICK = ("--tokens", "24", "--prompt-tokens", "20", "--timeout", "30")
STEADY = Path(__file__).parents[2] / "steady.py"


def burst(server: Server, *words: str, **environment: str) -> tuple[int, Any, str]:
    done = run("burst", "--json", "--host", server.url, *QUICK, *words, environment=environment)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


@pytest.mark.parametrize("parallel", ["", "1", "2", "4"])
def test_what_is_served_at_once_is_measured(parallel: str) -> None:
    with simulated_ollama(OLLAMA_NUM_PARALLEL=parallel) as server:
        code, told, _ = burst(server, "--model", MODEL)
        assert code == 0
        wanted = int(parallel or 1)
        assert (told["configured_parallel"], told["effective_parallel"]) == (
            int(parallel) if parallel else None,
            wanted,
        )
        assert told["measured_parallel"] == wanted
        assert told["requested"] == max(2 * wanted, wanted + 2)
        assert {each["outcome"] for each in told["requests"]} == {"answered"}
        assert f"{MODEL} was loaded for this." in told["notes"]


def test_what_the_shell_has_and_the_server_has_not_is_less_than_was_meant() -> None:
    with simulated_ollama() as server:
        code, told, _ = burst(server, "--model", MODEL, OLLAMA_NUM_PARALLEL="4")
    assert code == 1
    assert (told["configured_parallel"], told["configured_in"], told["effective_parallel"]) == (
        4,
        "your shell",
        1,
    )
    assert told["measured_parallel"] == 1
    assert "OLLAMA_NUM_PARALLEL=4 is set in your shell only: the server does not have it" in told["verdict"]


def test_the_model_in_memory_is_asked_and_stays_as_it_was() -> None:
    with simulated_ollama() as server:
        burst(server, "--model", MODEL)
        before = shown(server)
        code, told, _ = burst(server)
        after = shown(server)
    assert (code, told["model"]) == (0, MODEL)
    for key in ("runner_pid", "context_tokens", "parallel"):
        assert before[key] == after[key]
    moved = [json.loads(f'"{each["expires_at"]}"') for each in (before, after)]
    assert moved[0][:18] == moved[1][:18]
    assert any("Its expiry is where it was" in each for each in told["notes"])


def shown(server: Server) -> Any:
    return json.loads(run("show", "--json", "--host", server.url).stdout)["models"][0]


def test_with_nothing_in_memory_the_smallest_is_asked_for_consent() -> None:
    with simulated_ollama("--models", f"qwen3:8b,{MODEL},an-embed") as server:
        done = run("burst", "--host", server.url, *QUICK)
        assert done.returncode == 2
        assert f"No model is in memory: {MODEL} (241M on disk) would be loaded." in done.stderr
        assert "--yes agrees" in done.stderr
        code, told, _ = burst(server, "--yes", "-n", "3")
        assert (code, told["model"]) == (0, MODEL)


def test_an_embedding_model_embeds_and_a_family_that_is_held_at_one_says_so() -> None:
    models = "an-embed,small=qwen35"
    with simulated_ollama("--models", models, OLLAMA_NUM_PARALLEL="2") as server:
        code, told, _ = burst(server, "--model", "an-embed:latest")
        assert told["measured_parallel"] == 1
        assert {each["outcome"] for each in told["requests"]} == {"answered"}
        code, told, _ = burst(server, "--model", "small:latest")
        assert code == 1
        assert "served one at a time" in told["verdict"]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--demo", "-n", "0"], 64, "-n: 0 is not between 1 and 500"),
        (["--demo", "-n", "10000"], 64, "-n: 10000 is not between 1 and 500"),
        (["--demo", "--tokens", "0"], 64, "--tokens: 0"),
        (["--demo", "--against", "nonsense"], 64, "--against: 'nonsense' must begin with http"),
        (["--demo", "--against", "http://a:1=x", "http://b:1=x"], 64, "two servers have one name"),
        (["--demo", "--against", "http://a:1=x", "--against", "http://b:1=x"], 64, "two servers have one"),
        (["--demo", "--model", "nope"], 2, "no model 'nope' is installed"),
        (["--demo", "--model", "gpt-oss:120b-cloud"], 2, "runs on another server"),
        (["--demo", "-n", "40"], 2, "40 requests at once are more than the usual 32."),
        (["--host", NOBODY], 2, "cannot read http://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(words: list[str], code: int, why: str) -> None:
    done = run("burst", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_is_measured_and_marked() -> None:
    done = run("burst", "--demo", *QUICK)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("SIMULATED: 2 configured in ")
    assert "2 measured: as it should be." in done.stdout.splitlines()[0]
    again = run("burst", "--demo", *QUICK)
    assert "Against the last of " in again.stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_closes_every_request_at_once(number: signal.Signals) -> None:
    with simulated_ollama("--decode-rate", "20") as server, going(server) as process:
        assert requests_on(server)
        os.kill(process.pid, number)
        ended_s = time.monotonic()
        while requests_on(server) and time.monotonic() - ended_s < 5:
            time.sleep(0.02)
        assert time.monotonic() - ended_s < 0.5
        assert process.wait(20) == 130


def test_a_signal_that_was_ignored_at_its_start_is_ignored() -> None:
    """As under nohup: the burst goes on, and Ctrl+C, which was not ignored, still ends it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with simulated_ollama("--decode-rate", "20") as server, going(server) as process:
            os.kill(process.pid, signal.SIGHUP)
            time.sleep(0.5)
            assert requests_on(server)
            assert process.poll() is None
            os.kill(process.pid, signal.SIGINT)
            assert process.wait(20) == 130
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_monitor_that_is_gone_takes_its_burst_along() -> None:
    with simulated_ollama("--decode-rate", "20") as server, going(server, "--events") as process:
        assert process.stdin is not None
        process.stdin.close()
        ended_s = time.monotonic()
        while requests_on(server) and time.monotonic() - ended_s < 5:
            time.sleep(0.02)
        assert time.monotonic() - ended_s < 0.5
        assert process.wait(20) == 130


def test_it_ends_well_while_the_monitor_still_holds_its_standard_input() -> None:
    with simulated_ollama() as server:
        words = command("burst", "--events", "--host", server.url, *QUICK, "--model", MODEL, "-n", "3")
        pipe = subprocess.PIPE
        with subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe) as process:
            assert process.wait(60) == 0
            assert process.stderr is not None
            assert process.stderr.read() == b""


def going(server: Server, *words: str) -> "subprocess.Popen[bytes]":
    """A burst of some long answers, once one of them is under way."""
    body = json.dumps({"model": MODEL}).encode()
    with urllib.request.urlopen(f"{server.url}/api/generate", body, timeout=30):  # noqa: S310 - our own server
        pass  # loaded now, so that only requests call its runner
    options = ["--host", server.url, "--model", MODEL, "--tokens", "2000", "--timeout", "60", *words]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command("burst", *options), cwd=ROOT, **pipes)  # type: ignore[call-overload]
    ends_s = time.monotonic() + 30
    while not is_at_work(server) and time.monotonic() < ends_s:
        time.sleep(0.02)
    found: subprocess.Popen[bytes] = process
    return found


def is_at_work(server: Server) -> bool:
    """Whether a request goes on: a look at the runner's slots is a connection too, and a short one."""
    for _ in range(STEADY_LOOKS):
        if not requests_on(server):
            return False
        time.sleep(0.02)
    return True


def requests_on(server: Server) -> int:
    """Connections from the server to its runners: one for each request in service."""
    found = 0
    for child in psutil.Process(server.pid).children(recursive=True):
        found += sum(each.status == psutil.CONN_ESTABLISHED for each in child.net_connections())
    return found


def test_servers_are_compared_side_by_side_and_keys_are_never_shown() -> None:
    words = [sys.executable, str(STEADY), "--rate", "60"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as steady, simulated_ollama() as server:
        assert steady.stdout is not None
        url = f"http://127.0.0.1:{int(steady.stdout.readline())}/v1=steady"
        options = ("--host", server.url, *QUICK, "--model", MODEL, "--against", url)
        key = {"OLLAMA_TOP_AGAINST_KEY": "s3cret-key"}
        plain = run("burst", *options, environment=key)
        told = run("burst", "--json", *options, environment=key)
        steady.terminate()
    assert (plain.returncode, plain.stderr) == (0, "")
    assert "another quantisation" in plain.stdout
    assert "s3cret" not in plain.stdout + plain.stderr + told.stdout + told.stderr
    document = json.loads(told.stdout)
    assert [each["name"] for each in document["servers"]] == ["ollama", "steady"]
    assert document["servers"][0]["ratio"] == 1
    assert document["servers"][1]["errors"] == 0
