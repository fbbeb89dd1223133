"""Profiles of a real unit, by a person without privileges: what is kept of it, and how it then differs."""

import subprocess
import sys
from pathlib import Path

import pytest
from sandbox import Sandbox

pytestmark = pytest.mark.systemd

ROOT = Path(__file__).resolve().parents[2]
FILE = "/home/dev/.config/ollama-top/profiles.toml"
DROP_IN = """
mkdir -p /etc/systemd/system/ollama.service.d
echo '[Service]' > /etc/systemd/system/ollama.service.d/parallel.conf
echo "Environment=$1" >> /etc/systemd/system/ollama.service.d/parallel.conf
systemctl daemon-reload
"""


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture(scope="module")
def service(sandbox: Sandbox, server_program: Path) -> Sandbox:
    """The simulated server as user `ollama`, serving two at once, with secrets in its environment."""
    sandbox.install(server_program.with_name("llama-server"), "/usr/local/bin/llama-server", mode="755")
    configure(sandbox, "OLLAMA_NUM_PARALLEL=2 OLLAMA_KEEP_ALIVE=1h HF_TOKEN=53cr3t OLLAMA_API_KEY=53cr3t")
    sandbox.run(["systemctl", "restart", "ollama"])
    return sandbox


def configure(box: Sandbox, variables: str) -> None:
    box.run(["sh", "-euc", DROP_IN, "sh", variables])


def profile(box: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "ollama_top", "profile", *words]
    return box.run(whole, user="dev", env={"PYTHONPATH": str(ROOT)}, check=False, limit_s=60)


def table(text: str) -> dict[str, list[str]]:
    """The cells of each variable."""
    return {
        cells[0]: cells[1:]
        for cells in map(str.split, text.splitlines())
        if cells[:1] and "OLLAMA_" in cells[0]
    }


def test_what_a_unit_has_is_kept_without_secrets_and_compared_as_the_unit_changes(service: Sandbox) -> None:
    saved = profile(service, "save", "now")
    assert saved.returncode == 0, saved.stderr
    kept = service.run(["cat", FILE]).stdout
    assert 'OLLAMA_NUM_PARALLEL = "2"\nOLLAMA_KEEP_ALIVE = "1h"\n' in kept
    assert "53cr3t" not in kept + saved.stdout + saved.stderr
    assert "OLLAMA_API_KEY: its value may be a secret, and is not kept; it is left out" in saved.stderr
    assert profile(service, "diff", "now").returncode == 0

    configure(service, "OLLAMA_NUM_PARALLEL=4 OLLAMA_KEEP_ALIVE=1h")
    changed = profile(service, "diff", "now")
    assert (changed.returncode, changed.stderr) == (1, "")
    assert changed.stdout.startswith("now: 1 of 2 differ from what the server has\n")
    assert table(changed.stdout)["OLLAMA_NUM_PARALLEL"][:2] == ["2", "4"]
    assert "parallel.conf:2 make it OLLAMA_NUM_PARALLEL=2" in changed.stdout

    profile(service, "save", "then", "NUM_PARALLEL=4")
    service.run(["systemctl", "restart", "ollama"])
    assert profile(service, "diff", "then").stdout.startswith("then: the server has it\n")


def test_a_person_keeps_them_apart_from_root(service: Sandbox) -> None:
    owner = service.run(["stat", "-c", "%U %a", FILE]).stdout
    assert owner == "dev 600\n"
