"""`ollama-top set`, `undo` and `history` as people run them: what they print, and their exit codes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import NOBODY, run
from world import Server, simulated_ollama

from ollama_top.model.decoded import decode
from ollama_top.model.plan import Plan

N = "OLLAMA_NUM_PARALLEL"
DONE, REFUSED, USAGE = 0, 2, 64


@pytest.fixture(scope="module")
def server(fenced_environment: None) -> Iterator[Server]:
    with simulated_ollama() as found:
        yield found


def journal() -> Path:
    import platformdirs

    return platformdirs.user_state_path("ollama-top") / "changes"


def test_a_plan_as_json_comes_back_as_a_plan(server: Server) -> None:
    done = run("set", "NUM_PARALLEL=4", "--plan", "--json", "--host", server.url)
    document = json.loads(done.stdout)
    plan = decode(Plan, document, {})
    assert (plan.url, plan.changes[0].name, document["format"]) == (server.url, N, "ollama-top/1")
    assert (done.returncode, plan.refusal is not None, plan.steps) == (REFUSED, True, ())
    assert "may start it anew by itself" in (plan.refusal or "")
    assert not journal().exists(), "a plan leaves nothing behind"


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["set", f"{N}=four"], REFUSED, "no whole number"),
        (["set"], REFUSED, "nothing to change"),
        (["set", "--finish"], REFUSED, "no change was cut off"),
        (["undo"], REFUSED, "nothing is to be taken back"),
        (["set", f"{N}=4", "--through-proxy"], REFUSED, "no proxy before this server"),
        (["set", f"{N}=4", "--drain", "soon"], USAGE, "--drain"),
        (["set", f"{N}=4", "--drain", "nan"], USAGE, "--drain"),
        (["set", f"{N}=4", "--drain", "-1"], USAGE, "--drain"),
    ],
)
def test_what_is_not_done_says_why(words: list[str], code: int, why: str, server: Server) -> None:
    done = run(*words, "--yes", "--host", server.url)
    assert (done.returncode, done.stdout, why in done.stderr) == (code, "", True), done.stderr


@pytest.mark.parametrize("words", [("set", f"{N}=4"), ("set", f"{N}=4", "--json")])
def test_a_simulation_is_not_changed(words: tuple[str, ...]) -> None:
    done = run(*words, "--demo", "--yes")
    assert (done.returncode, "this is a simulation" in done.stdout) == (REFUSED, True)


def test_nor_is_anything_taken_back_from_within_one() -> None:
    done = run("undo", "--demo", "--yes")
    assert (done.returncode, "this is a simulation" in done.stderr) == (REFUSED, True)


def test_no_server_is_no_change(tmp_path: Path) -> None:
    done = run("set", f"{N}=4", "--yes", "--host", NOBODY, environment={"PATH": str(tmp_path)})
    assert (done.returncode, "cannot read" in done.stderr) == (REFUSED, True)


def test_a_history_of_nothing_and_of_what_is_not_understood() -> None:
    done = run("history")
    assert (done.returncode, done.stdout, done.stderr) == (DONE, "nothing was changed yet\n", "")
    journal().mkdir(parents=True)
    (journal() / "1.ndjson").write_text("\x1b[2Jof tomorrow")
    done = run("history", "--json")
    assert (done.returncode, json.loads(done.stdout)["changes"]) == (DONE, [])
    assert "1.ndjson cannot be understood" in done.stderr
