"""What a process is called, and when it is not named at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources import programs


@pytest.fixture
def whole_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As outside of every container, wherever the tests run."""
    link = tmp_path / "pid"
    link.symlink_to(programs.FIRST_NAMESPACE)
    monkeypatch.setattr(programs, "OWN_NAMESPACE", link)
    return link


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["/usr/bin/curl", "http://localhost:11434"], "curl"),
        (["/usr/bin/python3.12", "-u", "/srv/bot.py", "--fast"], "python3.12 bot.py"),
        (["python", "-m", "open_webui", "serve"], "python open_webui"),
        (["python3"], "python3"),
        (["node", "--inspect", "/srv/app/server.js"], "node server.js"),
        (["/usr/local/bin/ollama", "run", "gemma3"], "ollama run"),
        (["x" * 100], "x" * 40),
        ([""], ""),
    ],
)
def test_a_program_is_named_as_a_person_would(words: list[str], name: str) -> None:
    assert programs.program_name(words) == name


def test_a_process_is_named(whole_machine: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", "secret"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout
        child.stdout.readline()  # the kernel may tell its command line a moment late
        name = programs.program_of(child.pid)
    assert isinstance(name, Known)
    assert name.value.startswith("python")
    assert "secret" not in name.value


def test_one_that_is_gone_or_hidden_is_not(whole_machine: Path) -> None:
    name = programs.program_of(2**22 + 1)
    assert isinstance(name, Missing)
    assert name.why is Why.ABSENT
    assert "4194305" in name.hint


def test_within_a_container_no_process_is_named_by_a_number_of_the_machine(whole_machine: Path) -> None:
    whole_machine.unlink()
    whole_machine.symlink_to("pid:[4026532836]")
    name = programs.program_of(os.getpid())
    assert isinstance(name, Missing)
    assert name.why is Why.NOT_LOCAL


def test_a_system_without_namespaces_is_the_whole_machine(whole_machine: Path) -> None:
    whole_machine.unlink()
    assert programs.program_of(os.getpid()) == Known(
        programs.name_of(os.getpid(), programs.command_line(os.getpid())), Source.PROCESSES
    )
