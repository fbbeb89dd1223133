"""A service of Homebrew's on Linux: a unit of a user's, on a real systemd; brew itself is not there."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox
from user_manager import FOLDER, started

pytestmark = pytest.mark.systemd

NAME = "homebrew.ollama.service"
N, L, Q = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE"
UNIT = f"""[Unit]
Description=Homebrew generated unit for ollama

[Install]
WantedBy=default.target

[Service]
Type=simple
ExecStart="/usr/local/bin/ollama" "serve"
Restart=on-failure
Environment="OLLAMA_FLASH_ATTENTION=1"
Environment="OLLAMA_KV_CACHE_TYPE=q8_0"
Environment="{L}=2"
"""
"""In the form that brew writes, with a line of somebody's at the end, which the next one will not have."""

DROP_IN = f"[Service]\nEnvironment={N}=4 {Q}=64\n"


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture(scope="module")
def user(sandbox: Sandbox) -> dict[str, str]:
    """The environment of a user who has a manager of his own, which keeps the server."""
    return started(sandbox, NAME, {NAME: UNIT, f"{NAME}.d/override.conf": DROP_IN})


def look(box: Sandbox, environment: dict[str, str]) -> dict[str, Any]:
    for _ in range(20):
        words = [sys.executable, "-m", "ollama_top", "show", "--json"]
        frame: dict[str, Any] = json.loads(box.run(words, user="dev", env=environment).stdout)
        if frame["server"]["reachable"]:
            return frame
    raise AssertionError("the server does not answer")


def test_what_brew_writes_anew_is_told_apart_from_what_it_leaves_alone(
    sandbox: Sandbox, user: dict[str, str]
) -> None:
    frame = look(sandbox, user)
    assert frame["server"]["manager"] == "systemd --user"
    assert (frame["service"]["author"], frame["service"]["known_as"]) == ("homebrew", "ollama")
    rows = {each["name"]: each for each in frame["settings"]}
    assert [rows[N][key] for key in ("configured", "configured_in", "running")] == [
        "4",
        f"{FOLDER}/{NAME}.d/override.conf:2",
        "4",
    ]
    assert rows["OLLAMA_KV_CACHE_TYPE"]["configured"] == "q8_0"
    (lost,) = [each for each in frame["findings"] if each["id"] == "unit-file-edited"]
    assert lost["title"] == f"the next `brew services` restart takes away {L}"


def test_its_mend_is_a_file_dropped_in_beside_it(sandbox: Sandbox, user: dict[str, str]) -> None:
    words = [sys.executable, "-m", "ollama_top", "doctor"]
    told = sandbox.run(words, user="dev", env=user, check=False).stdout
    assert f"systemctl --user edit {NAME}" in told
    assert f'Environment="{L}=2"' in told
    assert f"systemctl --user restart {NAME}" in told
