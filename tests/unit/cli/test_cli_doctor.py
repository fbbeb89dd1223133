"""`ollama-top doctor` as people run it: what it prints, and what its exit code says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import NOBODY, run
from world import Server, simulated_ollama

WELL = {"OLLAMA_NUM_PARALLEL": "2", "OLLAMA_MAX_LOADED_MODELS": "2", "OLLAMA_MAX_QUEUE": "64"}


@pytest.fixture(scope="module")
def well(fenced_environment: None) -> Iterator[Server]:
    with simulated_ollama(**WELL) as server:
        yield server


def test_nothing_wrong_is_0(well: Server) -> None:
    done = run("doctor", "--host", well.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{well.url}: nothing found that could be better\n"


def test_what_is_only_worth_knowing_is_0() -> None:
    done = run("doctor", "--demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("info: OLLAMA_MAX_LOADED_MODELS and OLLAMA_MAX_QUEUE are not set")


def test_something_wrong_is_1() -> None:
    with simulated_ollama() as server:
        done = run("doctor", "--host", server.url, "--json")
    assert (done.returncode, done.stderr) == (1, "")
    told = json.loads(done.stdout)
    assert told["server"] == server.url
    (finding,) = (each for each in told["findings"] if each["severity"] == "warning")
    assert finding["id"] == "parallel-not-set"
    assert finding["confidence"] == "confirmed"
    assert finding["fix"]["changes"] == [{"name": "OLLAMA_NUM_PARALLEL", "value": "4"}]


def test_a_variable_of_the_shell_is_told_from_the_servers(well: Server) -> None:
    done = run("doctor", "--host", well.url, environment={"OLLAMA_KEEP_ALIVE": "24h"})
    assert done.returncode == 1
    assert "OLLAMA_KEEP_ALIVE=24h is set in your shell only" in done.stdout


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_what_could_not_be_looked_at_is_2(form: list[str], tmp_path: Path) -> None:
    nothing_else = {"PATH": str(tmp_path)}  # no service manager to ask for a service that has failed
    done = run("doctor", "--host", NOBODY, *form, environment=nothing_else)
    assert done.returncode == 2
    assert done.stderr == "ollama-top: the server cannot be read: connection refused\n"
    told = json.loads(done.stdout)["findings"] if form else done.stdout
    assert told == ([] if form else f"http://{NOBODY}: it could not be looked at, so nothing is said of it\n")


def test_a_watch_goes_on_for_as_long_as_it_is_told(well: Server) -> None:
    done = run("doctor", "--host", well.url, "--for", "1", "--interval", "0.2")
    assert done.returncode == 0


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "1e9"])
def test_a_watch_without_an_end_is_refused(seconds: str) -> None:
    done = run("doctor", "--demo", "--for", seconds)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("ollama-top: --for: ")
    assert done.stderr.endswith("is not between 0 and 86400 seconds\n")
