"""A snap's service on a real systemd: its launcher is the main process, and the server that one's child.

snapd is not there: `snap` and `snapctl` are stand-ins, and the launcher has the form of the snap's own.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox

pytestmark = pytest.mark.systemd

ROOT = Path(__file__).resolve().parents[2]
NAME = "snap.ollama.listener.service"
SETTINGS = '{"host": "127.0.0.1:11434", "debug": 0}'
FILES = {
    "/usr/local/bin/snap": f"#!/bin/sh\n[ $(id -u) = 0 ] && echo '{SETTINGS}' || exit 1\n",
    "/usr/local/bin/snapctl": '#!/bin/sh\n[ "$2" = host ] && echo 127.0.0.1:11434; exit 0\n',
    "/snap/ollama/current/bin/snap_launcher.sh": (
        "#!/bin/sh\nOLLAMA_HOST=$(snapctl get host)\nLENGTH=$(snapctl get context-length)\n"
        'if [ -n "$LENGTH" ]; then\n    export OLLAMA_CONTEXT_LENGTH=$LENGTH\nfi\n'
        'export OLLAMA_HOST\n/usr/local/bin/ollama "$@"\n'
    ),
    f"/etc/systemd/system/{NAME}": (
        "[Service]\nExecStart=/snap/ollama/current/bin/snap_launcher.sh serve\nType=simple\n"
    ),
    f"/etc/systemd/system/{NAME}.d/override.conf": "[Service]\nEnvironment=OLLAMA_NUM_PARALLEL=4\n",
}
START = f"systemctl stop ollama; systemctl daemon-reload; systemctl start {NAME}"


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture(scope="module")
def started(sandbox: Sandbox) -> Sandbox:
    """A machine on which the snap's service keeps the server."""
    script = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1" && chmod 755 "$1"'
    for path, text in FILES.items():
        sandbox.run(["sh", "-euc", script, "sh", path, text])
    sandbox.run(["sh", "-ec", START])
    return sandbox


def look(box: Sandbox, user: str | None) -> dict[str, Any]:
    for _ in range(20):
        words = [sys.executable, "-m", "ollama_top", "show", "--json"]
        shown = box.run(words, user=user, env={"PYTHONPATH": str(ROOT)})
        frame: dict[str, Any] = json.loads(shown.stdout)
        if frame["server"]["reachable"]:
            return frame
    raise AssertionError("the server does not answer")


def row(frame: dict[str, Any], name: str) -> tuple[str | None, str | None, str | None]:
    found = next(each for each in frame["settings"] if each["name"] == name)
    return found["configured"], found["configured_in"], found["running"]


def test_the_launchers_child_is_the_snaps_server(started: Sandbox) -> None:
    frame = look(started, None)
    assert (frame["server"]["manager"], frame["server"]["unit"]) == ("systemd", NAME)
    assert (frame["service"]["author"], frame["service"]["known_as"]) == ("snap", "ollama")
    beside = f"/etc/systemd/system/{NAME}.d/override.conf:2"
    assert row(frame, "OLLAMA_NUM_PARALLEL") == ("4", beside, "4")
    address = "127.0.0.1:11434"
    assert row(frame, "OLLAMA_HOST") == (address, "the snap's own setting", address)
    assert {each["severity"] for each in frame["findings"]} <= {"info"}


def test_without_root_only_the_snaps_own_settings_are_open(started: Sandbox) -> None:
    frame = look(started, "dev")
    assert frame["server"]["unit"] == NAME
    assert row(frame, "OLLAMA_NUM_PARALLEL")[0] == "4"
    assert row(frame, "OLLAMA_HOST")[0] is None
