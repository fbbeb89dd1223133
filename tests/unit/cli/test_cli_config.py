"""`config show`: what holds of ollama-top's own settings, and who says so, in the documented order."""

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from ollama_top import cli
from ollama_top.cli.commands.config import FLAGS
from ollama_top.config.machine import this_machine
from ollama_top.config.settings import Settings

GENERAL = 'host = "general:1"\ntheme = "nord"\ninterval_s = 3\n'
OF_MACHINE = f'[machine.{this_machine().id}]\nname = "here"\nhost = "machine:1"\ninterval_s = 4.5\n'
OF_ANOTHER = '[machine.elsewhere]\nhost = "elsewhere:1"\nnonsense = 1\n'


def path() -> Path:
    return Path(os.environ["XDG_CONFIG_HOME"]) / "ollama-top" / "config.toml"


def write(text: str) -> None:
    path().parent.mkdir(parents=True, exist_ok=True)
    path().write_text(text)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, tuple[Any, ...]]:
    assert cli.run([*words, "config", "show", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    return {each["name"]: (each["value"], each["level"], each["origin"]) for each in document["settings"]}


def test_the_earlier_goes_before_the_later(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shown(capsys)["host"] == ("127.0.0.1:11434", "default", None)
    write(GENERAL + OF_ANOTHER)
    assert shown(capsys)["host"] == ("general:1", "general", f"{path()}:1")
    write(GENERAL + OF_ANOTHER + OF_MACHINE)
    found = shown(capsys)
    assert found["host"] == ("machine:1", "machine", f"{path()}:9")
    assert found["theme"] == ("nord", "general", f"{path()}:2")
    assert found["interval_s"] == ("4.5", "machine", f"{path()}:10")
    assert found["read_only"] == ("false", "default", None)
    monkeypatch.setenv("OLLAMA_HOST", "environment:1")
    assert shown(capsys)["host"] == ("environment:1", "environment", "OLLAMA_HOST")
    assert shown(capsys, "--host", "flag:1", "--read-only")["host"] == ("flag:1", "flag", "--host")
    assert shown(capsys, "--read-only")["read_only"] == ("true", "flag", "--read-only")


def test_what_it_tells_is_what_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    write(f"host = 'general:1'\n[machine.{this_machine().id}]\nhost = 'me:secret@box'\n")
    assert cli.run(["show"]) == 64
    assert "the address must not hold a user or a password" in capsys.readouterr().err


def test_as_text_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    write("theme = 'nord'\n")
    assert cli.run(["config", "show"]) == 0
    plain = capsys.readouterr().out
    assert "\ntheme            nord\n" in plain
    assert (
        f"\nfile     {path()}\nmachine  {this_machine().name}, in files [machine.{this_machine().id}]\n"
        in plain
    )
    assert str(path()) not in plain.partition("\n\n")[0]
    assert cli.run(["config", "show", "--origin"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["theme", "nord", "general:", f"{path()}:1"]
    assert lines[0].split() == ["host", "127.0.0.1:11434", "default"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"\n[machine.{this_machine().id}]\nthem = 'nord'\n", "3: unknown key 'them'; did you mean theme?"),
        (
            f"[machine.{this_machine().id}]\ninterval_s = 0\n",
            "2: interval_s: 0 is not between 0.2 and 3600 seconds",
        ),
        (f"[machine.{this_machine().id}]\nhost = 4\n", "2: host must be text in quotes"),
        ("\nmachine = 4\n", '2: machine must be a table, as [machine."id"]'),
        (
            f"[machine]\n{this_machine().id} = 4\n",
            f'2: {this_machine().id} must be a table, as [machine."id"]',
        ),
        ("theme = 'nord'\nhost = \n", "2: near 'host': Invalid value"),
        ("#" * (2 << 20), " it is larger than a mebibyte, and is not read"),
    ],
)
def test_what_cannot_be_used_is_named_by_file_line_and_key(
    capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    write(text)
    for words in (["config", "show"], ["show"]):
        assert cli.run(words) == 64
        assert capsys.readouterr().err.startswith(f"ollama-top: {path()}:{problem}")


def test_every_setting_has_an_option_that_is_known_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert {each.name for each in fields(Settings)} - {*FLAGS} == {"bell_on_finding", "on_finding"}
    given = [
        "--host",
        "h:1",
        "--interval",
        "4",
        "--theme",
        "nord",
        "--ascii",
        "--read-only",
        "--ca-file",
        "c",
        "--insecure",
    ]
    levels = {name: level for name, (_, level, _) in shown(capsys, *given, "--feed", "/f").items()}
    assert {name for name, level in levels.items() if level == "flag"} == {*FLAGS}


def test_a_list_is_told_by_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    write("\nfeeds = [\n  '/a',\n  '/b',\n]\n")
    assert shown(capsys)["feeds"] == ("/a, /b", "general", f"{path()}:2")
