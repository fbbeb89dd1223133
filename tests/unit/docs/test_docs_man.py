"""The manual page: made of the command line, and read by groff without a word."""

import importlib.util
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from ollama_top.cli.commands import NAMES
from ollama_top.cli.commands.completion import actions
from ollama_top.cli.exits import EXIT_CODES
from ollama_top.cli.parsing import parser

DOCS = Path(__file__).parents[3] / "docs"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("man", DOCS / "man.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date() -> None:
    made = generator().manual()
    assert (DOCS / "ollama-top.1").read_text() == made, "python docs/man.py makes it anew"


def test_every_command_option_and_exit_code_is_on_it() -> None:
    page = (DOCS / "ollama-top.1").read_text().replace("\\-", "-")
    for name in NAMES:
        assert f'.SS "{name}"' in page
    for action in actions(parser()):
        if action.help != "==SUPPRESS==":
            assert all(f"\\fB{name}\\fR" in page for name in action.option_strings)
    for code in EXIT_CODES:
        assert f".TP\n\\fB{code}\\fR\n" in page


@pytest.mark.parametrize("words", [["groff", "-man", "-ww", "-z"], ["mandoc", "-Tlint", "-Wwarning"]])
def test_readers_of_manuals_have_nothing_to_say(words: list[str]) -> None:
    if shutil.which(words[0]) is None:
        pytest.skip(f"{words[0]} is not installed")
    done = subprocess.run([*words, DOCS / "ollama-top.1"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize(
    ("text", "safe"),
    [("a-b", r"a\-b"), (".x", r"\&.x"), ("it's", r"it\(aqs"), ("a\\b", r"a\eb"), ("5%%", "5%")],
)
def test_no_text_is_taken_for_a_command(text: str, safe: str) -> None:
    assert generator()._safe(text) == safe
