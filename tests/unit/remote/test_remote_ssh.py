"""The words of ssh: what is asked for arrives as it was, through the shell of the other machine."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ollama_top.remote import ssh
from ollama_top.tui.reach import There

FAR = """#!/bin/sh
for word; do printf '%s\\0' "$word"; done
"""
WORDS = st.lists(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20), max_size=4
)
THERE = There("gpu-box", ("--host", "http://10.0.0.7:1"), ("-o", "ControlPath=/run/x"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home where an ollama-top lies that tells which words it got."""
    program = tmp_path / ".local/bin/ollama-top"
    program.parent.mkdir(parents=True)
    program.write_text(FAR)
    program.chmod(0o755)
    return tmp_path


def got(command: tuple[str, ...], home: Path) -> list[str]:
    """What arrives at ollama-top there when sshd has the user's shell run the last word of ssh."""
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    shell = ["/bin/sh", "-c", command[-1]]
    done = subprocess.run(shell, env=environment, capture_output=True, check=True)
    return done.stdout.decode().split("\0")[:-1]


@given(WORDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_arrive_as_they_were(home: Path, words: list[str]) -> None:
    for command in (THERE.command(words), THERE.dialogue(words)):
        assert got(command, home) == [*THERE.server, *words]


@pytest.mark.parametrize(
    "value", ["$(touch /tmp/x)", "`id`", "a;b", "a'b\"c", "!!", "~", "*", "%h", "-o x", ""]
)
def test_what_a_shell_would_take_for_its_own_arrives_as_it_was(home: Path, value: str) -> None:
    words = ["set", f"OLLAMA_MODELS={value}"]
    assert got(ssh.in_terminal("gpu-box", words), home) == words


def test_nobody_is_asked_over_pipes_and_a_person_in_the_terminal() -> None:
    piped, talking = THERE.command(["burst"]), THERE.dialogue(["set"])
    assert {"BatchMode=yes", "-T"} <= {*piped}
    assert {"BatchMode=yes", "-T", "-t"} & {*talking} == {"-t"}
    for each in (piped, talking):
        assert each[0] == "ssh"
        assert each[-3:-1] == ("--", "gpu-box"), "no host is taken for an option"
        assert THERE.sharing == each[1:3]
