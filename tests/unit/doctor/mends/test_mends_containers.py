"""How a container is created anew, and nothing is lost by it."""

from typing import Any

import frames
import pytest

from ollama_top.doctor.mends.containers import steps
from ollama_top.model.finding import Change
from ollama_top.model.service import Author

N = "OLLAMA_NUM_PARALLEL"
SET = [Change(N, "4")]
DOCKER: dict[str, Any] = {"name": "web llm", "manager": "docker", "author": Author.RUN}


def test_an_old_container_does_not_come_back_with_the_daemon() -> None:
    kept = frames.service(**DOCKER, is_started_with_manager=True).value
    commands = steps(SET, kept)
    assert commands[-2] == "    docker update --restart no 'web llm-before'"


def test_a_container_that_is_removed_when_it_stops_is_not_stopped() -> None:
    kept = frames.service(**DOCKER, is_removed_when_stopped=True).value
    commands = steps(SET, kept)
    assert not any("docker stop" in each or "docker rename" in each for each in commands)
    assert "web llm was created with --rm: stopping it removes it, and its unnamed volumes" in commands


@pytest.mark.parametrize(
    ("value", "written"),
    [("4", '"4"'), ('a "b"', r'"a \"b\""'), ("a\\b", r'"a\\b"'), ("$HOME/ä", '"$$HOME/ä"')],
)
def test_a_compose_file_is_written_as_compose_reads_it(value: str, written: str) -> None:
    kept = frames.service(**DOCKER | {"author": Author.COMPOSE}).value
    assert steps([Change(N, value)], kept)[1] == f"    write {N}: {written}"
