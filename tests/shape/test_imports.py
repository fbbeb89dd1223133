"""What a command does not need, it does not load: proved in processes of their own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ollama_top

HEAVY = {"textual", "rich", "httpx", "psutil", "pynvml", "asyncio"}
PACKAGE = Path(ollama_top.__file__).parents[1]


def modules_of(*arguments: str) -> tuple[set[str], str]:
    """The full names of the modules that a Python loads, and what it prints."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        env=os.environ | {"PYTHONPATH": str(PACKAGE)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    timed = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in timed}, done.stdout


def loaded_by(*arguments: str) -> tuple[set[str], str]:
    """The top-level names of the modules that a Python loads, and what it prints."""
    modules, printed = modules_of(*arguments)
    return {each.partition(".")[0] for each in modules}, printed


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port of this machine where nobody listens, and nobody else can."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def test_the_command_line_loads_nothing_heavy() -> None:
    loaded, _ = loaded_by("-c", "import ollama_top.cli")
    assert "argparse" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("arguments", [("--help",), ("show", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    loaded, printed = loaded_by("-m", "ollama_top", *arguments)
    assert "ollama-top" in printed
    assert loaded & HEAVY == set()


def test_only_the_file_of_the_command_is_loaded() -> None:
    parse = (
        "import sys; from ollama_top.cli.parsing import parser; parser(['set', 'X=1']); print(*sys.modules)"
    )
    _, printed = loaded_by("-c", parse)
    commands = "ollama_top.cli.commands."
    assert [each for each in printed.split() if each.startswith(commands)] == [f"{commands}set"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_show_never_loads_the_screen(form: tuple[str, ...], closed_port: int) -> None:
    loaded, printed = loaded_by("-m", "ollama_top", "show", *form, "--host", f"127.0.0.1:{closed_port}")
    assert printed
    assert "httpx" in loaded
    assert not {"textual", "rich"} & loaded


def test_the_first_paint_waits_for_nothing_that_no_key_has_asked_for() -> None:
    modules, _ = modules_of("-c", "import ollama_top.tui.app")
    ours = {each for each in modules if each.startswith("ollama_top.")}
    assert "ollama_top.tui.screens.main" in ours
    late = (
        "tui.acting",
        "tui.opening",
        "tui.profiling",
        "tui.screens.profiles",
        "config.profile",
        "tui.changing",
        "tui.change_keys",
        "tui.screens.settings",
        "apply.",
        "control.",
        "model.action",
        "tui.tabs",
        "doctor.",
        "ollama.",
        "sources.",
        "engine.live",
    )
    assert not [each for each in ours if each.removeprefix("ollama_top.").startswith(late)]


def test_the_proxy_is_light() -> None:
    """It runs beside a server for weeks."""
    loaded, _ = loaded_by("-c", "from ollama_top.cli.commands import proxy; from ollama_top.proxy import run")
    assert "asyncio" in loaded
    assert loaded & HEAVY == {"asyncio"}


def test_what_is_loaded_is_seen() -> None:
    """Or the tests above could not fail."""
    loaded, _ = loaded_by("-c", "import textual.app, asyncio, psutil, pynvml, httpx")
    assert loaded >= HEAVY
