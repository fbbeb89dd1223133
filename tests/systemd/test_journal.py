"""The log of a service in a real journal: seen by root, by a member of the right group, by neither."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox

from ollama_top.demo.serve.install import install

pytestmark = pytest.mark.systemd

ROOT = Path(__file__).resolve().parents[2]
SHOW = [sys.executable, "-m", "ollama_top", "show", "--json"]
ASK = (
    "import json, urllib.request as u;"
    'body = json.dumps({"model": "gemma3:270m", "prompt": "hello", "stream": False}).encode();'
    'u.urlopen(u.Request("http://127.0.0.1:11434/api/generate", body)).read()'
)


@pytest.fixture(scope="module")
def server_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    install(folder, ["--load-s", "0.1"])
    return folder / "ollama"


@pytest.fixture(scope="module")
def service(sandbox: Sandbox, server_program: Path) -> Sandbox:
    """A server that has answered one request."""
    sandbox.install(server_program.with_name("llama-server"), "/usr/local/bin/llama-server", mode="755")
    sandbox.run(["systemctl", "restart", "ollama"])
    sandbox.run(["sh", "-c", "until curl -s 127.0.0.1:11434/api/version; do sleep 0.1; done"])
    sandbox.run([sys.executable, "-c", ASK])
    return sandbox


def seen(service: Sandbox, user: str | None = None) -> dict[str, Any]:
    done = service.run(SHOW, user=user, env={"PYTHONPATH": str(ROOT)}, limit_s=60)
    frame: dict[str, Any] = json.loads(done.stdout)
    return frame


def light(frame: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in frame["sources"] if each["name"] == "log")
    return found


def test_root_reads_the_journal_of_the_unit(service: Sandbox) -> None:
    frame = seen(service)
    assert light(frame)["state"] == "ok"
    assert [each["kind"] for each in frame["events"]][-3:] == ["restart", "load", "loaded"]
    assert frame["finished"]["succeeded"] == 1
    assert frame["models"][0]["load_s"] > 0


def test_a_person_without_the_group_is_told_which_helps(service: Sandbox) -> None:
    frame = seen(service, "dev")
    assert light(frame)["state"] == "limited"
    assert "systemd-journal" in light(frame)["problem"]
    assert frame["missing"]["/finished/per_minute"]["why"] == "denied"
    assert frame["missing"]["/models/0/load_s"]["why"] == "denied"


def test_a_member_of_the_group_reads_it(service: Sandbox) -> None:
    service.run(["usermod", "-aG", "systemd-journal", "dev"])
    try:
        assert seen(service, "dev")["finished"]["succeeded"] == 1
    finally:
        service.run(["gpasswd", "-d", "dev", "systemd-journal"])
