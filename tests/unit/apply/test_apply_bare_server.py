"""A bare server changed end to end: simulated `ollama serve`, started by a shell that has gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from apply_bare import Bare, N, bare_server, changed, free_port, tool

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
