"""`what-if` as people run it: what it prints, and its exit codes."""

import json

import pytest
from answering import Answering, ollama
from captured import NEWEST, Capture
from running import NOBODY, run_here


def test_of_a_recorded_server_it_tells_what_its_log_would() -> None:
    with Answering(ollama(Capture(NEWEST))) as server:
        words = ("NUM_PARALLEL=2", "CONTEXT_LENGTH=2048", "KV_CACHE_TYPE=f16", "--json", "--host", server.url)
        done = run_here("what-if", *words)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["model"] == "gemma3:270m"
    assert document["then"]["least_bytes"] == document["then"]["most_bytes"] == 42 << 20
    assert document["now"] is None
    assert document["missing"]["/now"]["hint"]


def test_the_demo_is_asked_like_a_server() -> None:
    done = run_here("what-if", "--demo", "OLLAMA_NUM_PARALLEL=4")
    assert (done.returncode, done.stderr) == (0, "")
    assert "NUM_PARALLEL 2 -> 4: " in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["--demo"], 64, "NAME=VALUE"),
        (["--demo", "NUM_PARALLEL=four"], 64, "a whole number from 1 to 256 is wanted"),
        (["--demo", "--model", "nope", "NUM_PARALLEL=2"], 64, "no model 'nope' is installed"),
        (["--host", NOBODY, "NUM_PARALLEL=2"], 2, "cannot read http://127.0.0.1:1: "),
        (["--host", NOBODY, "--model", "m", "NUM_PARALLEL=2"], 2, "cannot ask http://127.0.0.1:1 about m: "),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(words: list[str], code: int, why: str) -> None:
    done = run_here("what-if", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr
