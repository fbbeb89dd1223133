"""Completion: what real shells make of the script that is printed."""

import shutil
import subprocess
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import pytest
import running

from ollama_top.cli.commands import NAMES
from ollama_top.cli.commands.completion import SHELLS
from ollama_top.cli.parsing import parser

BASH = """
source "$1"
COMP_WORDS=(ollama-top $2) COMP_CWORD=$3 COMP_LINE="ollama-top $2" COMP_POINT=${#COMP_LINE} COMPREPLY=()
"$(complete -p ollama-top | sed 's/.*-F \\([^ ]*\\).*/\\1/')"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("completion")
    done = running.run_together(*((("completion", shell), {}) for shell in SHELLS))
    found = {}
    for shell, each in zip(SHELLS, done, strict=True):
        assert (each.returncode, each.stderr) == (0, "")
        found[shell] = folder / shell
        found[shell].write_text(each.stdout)
    return found


def told(*words: str | Path) -> set[str]:
    program = str(words[0])
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return {line.split("\t")[0].strip() for line in done.stdout.splitlines() if line.strip()}


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_can_read_it(scripts: dict[str, Path], shell: str) -> None:
    assert told(shell, "-n", scripts[shell]) == set()


def test_bash_completes_commands_and_options(scripts: dict[str, Path]) -> None:
    def completed(line: str) -> set[str]:
        return told("bash", "--norc", "-c", BASH, "bash", scripts["bash"], line, str(len(line.split(" "))))

    assert completed("''") >= set(NAMES)
    assert completed("prox") == {"proxy"}
    assert "--allow-host" in completed("serve --al")
    assert "--events" not in completed("burst --"), "which is for the monitor only"


def test_fish_completes_commands_and_options(scripts: dict[str, Path]) -> None:
    def completed(line: str) -> set[str]:
        return told("fish", "--no-config", "-c", f"source {scripts['fish']}; complete -C 'ollama-top {line}'")

    assert completed("") >= set(NAMES)
    assert completed("prox") == {"proxy"}
    assert {"--allow-host", "--allow-remote"} <= completed("serve --al")


def test_another_shell_is_refused() -> None:
    done = running.run("completion", "ksh")
    assert done.returncode == 64
    assert "invalid choice: 'ksh'" in done.stderr


def test_what_reads_one_command_reads_it_as_what_reads_all() -> None:
    for name in NAMES:
        assert set(option_strings(parser([name]), name)) == set(option_strings(parser(), name))
    assert len(list(option_strings(parser(["show"]), "proxy"))) < len(list(option_strings(parser(), "proxy")))


def option_strings(whole: ArgumentParser, name: str) -> Iterator[str]:
    (commands,) = [each for each in whole._actions if isinstance(each, _SubParsersAction)]
    for action in commands.choices[name]._actions:
        yield from action.option_strings
