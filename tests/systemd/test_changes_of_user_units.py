"""Settings of a server that a user's own systemd keeps: changed and rolled back without anybody's rights."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox
from serving import N
from user_manager import FOLDER, started

pytestmark = pytest.mark.systemd

OWN = f"{FOLDER}/ollama.service.d/50-ollama-top.conf"
UNIT = """[Service]
ExecStart=/usr/local/bin/ollama serve
Restart=always
RestartSec=100ms
"""


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture(scope="module")
def user(sandbox: Sandbox) -> dict[str, str]:
    """The environment of a user who has a manager of his own, which keeps the server."""
    return started(sandbox, "ollama.service", {"ollama.service": UNIT})


def changed(box: Sandbox, user: Mapping[str, str], *words: str) -> tuple[int, Mapping[str, Any]]:
    whole = [sys.executable, "-m", "ollama_top", *words, "--yes", "--json"]
    done = box.run(whole, user="dev", env=user, check=False, limit_s=120)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_user_changes_his_own_server_and_has_it_back_where_it_crashes(
    sandbox: Sandbox, user: dict[str, str]
) -> None:
    code, receipt = changed(sandbox, user, "set", f"{N}=4")
    assert (code, receipt["outcome"], receipt["plan"]["needs_root"]) == (0, "kept", False), receipt
    assert any(f"has {N}=4" in each for each in receipt["seen"])
    code, receipt = changed(sandbox, user, "set", "OLLAMA_HOST=192.0.2.1")
    assert (code, receipt["outcome"]) == (1, "rolled back"), receipt
    code, receipt = changed(sandbox, user, "undo")
    assert (code, receipt["outcome"]) == (0, "kept"), receipt
    assert sandbox.run(["ls", OWN], check=False).returncode != 0
