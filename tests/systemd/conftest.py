"""A booted sandbox with Ollama as its install.sh leaves it, and a person without privileges."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sandbox import Sandbox, why_not
from serving import begin

import ollama_top
from ollama_top.demo.serve.install import install

UNIT = Path(__file__).with_name("ollama.service")
USERS = """
id ollama >/dev/null 2>&1 || useradd -r -s /bin/false -U -m -d /usr/share/ollama ollama
id dev >/dev/null 2>&1 || useradd -m -s /bin/bash dev
usermod -a -G ollama dev
"""


@pytest.fixture(scope="module")
def server_program() -> Path:
    """The executable that becomes /usr/local/bin/ollama; a test module overrides it with its own."""
    return Path(__file__).with_name("stand_in")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of the simulated Ollama, beside that of its runners."""
    return _installed(tmp_path_factory, [])


@pytest.fixture(scope="module")
def simulated_slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, which takes long for an answer."""
    return _installed(tmp_path_factory, ["--decode-rate", "20"])


def _installed(tmp_path_factory: pytest.TempPathFactory, flags: list[str]) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    install(folder, flags)
    return folder / "ollama"


@pytest.fixture
def box(sandbox: Sandbox, server_program: Path) -> Sandbox:
    """A simulated server whose settings are to be changed: as Ollama's installer leaves it."""
    begin(sandbox, server_program)
    return sandbox


@pytest.fixture(scope="module")
def sandbox(server_program: Path) -> Iterator[Sandbox]:
    """A sandbox in which ollama.service runs as user `ollama`, and `dev` is in its group."""
    reason = why_not()
    if reason:
        pytest.skip(f"no systemd sandbox: {reason}")
    with Sandbox(share=on_other_disks()) as box:
        install_ollama(box, server_program)
        yield box


def on_other_disks() -> list[Path]:
    """What a test needs inside and would not find there: this checkout and this Python."""
    needed = {Path(ollama_top.__file__).parents[1], *map(Path, (sys.prefix, sys.base_prefix))}
    needed.add(Path(__file__).parents[2])
    return sorted(each for each in needed if each.stat().st_dev != Path("/").stat().st_dev)


def install_ollama(box: Sandbox, program: Path) -> None:
    """Do what install.sh does: the users, the program with its libraries, the unit, the start."""
    box.run(["sh", "-euc", USERS])
    box.install(program, "/usr/local/bin/ollama", mode="755")
    libraries = program.resolve().parents[1] / "lib/ollama"
    if libraries.is_dir():
        box.run(["ln", "-sfn", libraries, "/usr/local/lib/ollama"])
    box.install(UNIT, "/etc/systemd/system/ollama.service")
    box.run(["systemctl", "daemon-reload"])
    box.run(["systemctl", "start", "ollama"])
