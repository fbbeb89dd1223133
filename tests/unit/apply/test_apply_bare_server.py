"""A bare server changed end to end: simulated `ollama serve`, started by a shell that has gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apply_bare import Bare, N, bare_server, begin, changed, free_port, tool

SECRET = "sk-not-to-be-kept-4711"
DONE, TAKEN_BACK, REFUSED = 0, 1, 2


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Bare]:
    with bare_server(tmp_path / "bare", OLLAMA_API_KEY=SECRET, SOME_TOKEN=SECRET, **{N: "2"}) as found:
        yield found


def kept() -> str:
    """All that was written where ollama-top keeps things."""
    import platformdirs

    files = [each for each in platformdirs.user_state_path("ollama-top").rglob("*") if each.is_file()]
    return "".join(each.read_text(errors="replace") for each in files)


def test_it_is_started_anew_with_the_value_and_all_else_that_it_had(server: Bare) -> None:
    before, first = dict(server.environment()), server.pid()
    code, receipt = changed(server, "set", f"{N}=4")
    assert (code, receipt["outcome"]) == (DONE, "kept"), receipt
    assert server.pid() != first
    assert dict(server.environment()) == before | {N: "4"}
    assert len(server.ours()) == 1
    assert any(f"has {N}=4" in each for each in receipt["seen"])
    assert SECRET not in kept()
    assert SECRET not in server.log.read_text()
    assert changed(server, "undo")[0] == DONE
    assert dict(server.environment()) == before
    assert "undone" in tool(server, "history").stdout


def test_a_value_with_which_it_ends_is_taken_back(server: Bare) -> None:
    before = dict(server.environment())
    code, receipt = changed(server, "set", "OLLAMA_HOST=192.0.2.1")
    assert (code, receipt["outcome"]) == (TAKEN_BACK, "rolled back"), receipt
    assert "cannot assign requested address" in receipt["text"]
    assert dict(server.environment()) == before


def test_where_it_moves_the_way_back_is_told(server: Bare) -> None:
    port = free_port()
    assert changed(server, "set", f"OLLAMA_HOST=127.0.0.1:{port}")[0] == DONE
    there = Bare(server.program, server.log, port)
    assert there.environment()["OLLAMA_HOST"] == f"127.0.0.1:{port}"
    elsewhere = tool(server, "undo", "--yes")
    assert (elsewhere.returncode, f"--host http://127.0.0.1:{port}" in elsewhere.stderr) == (REFUSED, True)
    assert changed(there, "undo")[0] == DONE
    assert server.environment()["OLLAMA_HOST"] == server.host


def but_for(quick: set[int], lines: range) -> list[Any]:
    """Lines of a journal after which ollama-top is killed; those that .ci/long alone tries are marked so."""
    return [each if each in quick else pytest.param(each, marks=pytest.mark.long) for each in lines]


# The journal of such a change: its head, one step there, and one back where it does not hold.
@pytest.mark.parametrize("lines", but_for({2}, range(1, 3)))
def test_a_change_that_is_cut_off_is_undone_at_the_next_start(server: Bare, lines: int) -> None:
    before = dict(server.environment())
    assert tool(server, "set", f"{N}=4", "--yes", killed_after=lines).returncode != DONE
    refused = tool(server, "set", f"{N}=8", "--yes")
    assert (refused.returncode, "was cut off" in refused.stderr) == (REFUSED, True), refused.stderr
    code, receipt = changed(server, "undo")
    assert code == DONE, receipt
    assert dict(server.environment()) == before
    assert len(server.ours()) == 1


@pytest.mark.long
@pytest.mark.parametrize("lines", range(1, 3))
def test_a_change_that_is_cut_off_can_be_finished(server: Bare, lines: int) -> None:
    tool(server, "set", f"{N}=4", "--yes", killed_after=lines)
    code, receipt = changed(server, "set", "--finish")
    assert (code, receipt["outcome"], server.environment()[N]) == (DONE, "kept", "4"), receipt
    assert len(server.ours()) == 1


@pytest.mark.long
def test_a_roll_back_that_is_cut_off_is_brought_to_its_end(server: Bare) -> None:
    before = dict(server.environment())
    tool(server, "set", "OLLAMA_HOST=192.0.2.1", "--yes", killed_after=3)
    code, receipt = changed(server, "undo")
    assert (code, receipt["outcome"]) == (DONE, "rolled back"), receipt
    environment = server.environment()
    assert {name: environment.get(name) for name in (N, "OLLAMA_HOST")} == {
        N: "2",
        "OLLAMA_HOST": server.host,
    }
    assert SECRET not in kept()
    assert before["OLLAMA_HOST"] == server.host


@pytest.mark.long
def test_a_server_that_somebody_started_in_its_place_is_let_be(server: Bare) -> None:
    tool(server, "set", f"{N}=4", "--yes", killed_after=1)
    for each in server.ours():
        each.kill()
        each.wait(10)
    begin(server, **{N: "7"})
    theirs = server.pid()
    code, receipt = changed(server, "undo")
    assert (code, receipt["outcome"]) == (DONE, "called off"), receipt
    assert (server.pid(), server.environment()[N]) == (theirs, "7")
