"""Twelve ways in which a setting reaches a server or does not, on a real systemd, seen by root and a user."""

import json
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox

from ollama_top.demo.serve.install import install

pytestmark = pytest.mark.systemd

REAL = "OLLAMA_TOP_TEST_OLLAMA"  # its bin/ollama, beside which lies lib/ollama
ROOT = Path(__file__).resolve().parents[2]
UNIT, FOLDER = "/etc/systemd/system/ollama.service", "/etc/systemd/system/ollama.service.d"
N, L, Q = "OLLAMA_NUM_PARALLEL", "OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_QUEUE"
OTHERS = f"Environment={L}=2 {Q}=64"  # so that only what a way is about is found
RELOAD, RESTART = "systemctl daemon-reload", "systemctl restart ollama"
Columns = tuple[str | None, str | None, str | None]  # configured, running, effective
DENIED = "denied"


@dataclass(frozen=True)
class Way:
    """What is done to a server that was started with the unit of install.sh, and what is to be seen."""

    before: Mapping[str, str]  # files at the start of the server
    columns: Columns
    found: frozenset[str]  # ids above info
    after: Mapping[str, str] = field(default_factory=dict)  # files written after it
    then: str = ""  # what is run at the end
    shell: Mapping[str, str] = field(default_factory=dict)
    running_of_user: str | None = ""  # where somebody without rights sees another value than root
    found_by_user: frozenset[str] | None = None
    variable: str = N


def drop_in(*lines: str, name: str = "override") -> dict[str, str]:
    return {f"{FOLDER}/{name}.conf": "\n".join(["[Service]", OTHERS, *lines, ""])}


def unit(line: str) -> dict[str, str]:
    whole = Path(__file__).with_name("ollama.service").read_text()
    return {UNIT: whole.replace("[Service]\n", f"[Service]\n{line}\n")}


NONE: frozenset[str] = frozenset()
WAYS: dict[str, Way] = {
    "shell only": Way(drop_in(), (None, None, "1"), frozenset({"env-only-in-shell"}), shell={N: "4"}),
    "unit": Way(drop_in() | unit(f"Environment={N}=4"), ("4", "4", "4"), frozenset({"unit-file-edited"})),
    "drop-in not reloaded": Way(
        drop_in(),
        ("4", None, "1"),
        frozenset({"edited-not-restarted"}),
        after=drop_in(f"Environment={N}=4"),
        running_of_user=DENIED,
    ),
    "reloaded, not restarted": Way(
        drop_in(),
        ("4", None, "1"),
        frozenset({"edited-not-restarted"}),
        after=drop_in(f"Environment={N}=4"),
        then=RELOAD,
        running_of_user=DENIED,
    ),
    "environment file against environment": Way(
        drop_in(f"Environment={N}=4", "EnvironmentFile=-/etc/default/ollama")
        | {"/etc/default/ollama": f"{N}=2\n"},
        ("2", "2", "2"),
        frozenset({"overridden"}),
    ),
    "two drop-ins": Way(
        drop_in(f"Environment={N}=4", name="10-first") | drop_in(f"Environment={N}=3", name="20-second"),
        ("3", "3", "3"),
        frozenset({"overridden"}),
    ),
    "quotes": Way(
        drop_in(f'Environment="{N}=4'),
        (None, None, "1"),
        frozenset({"invalid-value", "parallel-not-set"}),
    ),
    "percent and dollar signs": Way(
        drop_in(f"Environment={N}=4", 'Environment="OLLAMA_ORIGINS=http://50%% $HOME"'),
        ("http://50% $HOME", "http://50% $HOME", "http://50% $HOME"),
        NONE,
        variable="OLLAMA_ORIGINS",
    ),
    "invalid number": Way(
        drop_in(f"Environment={N}=four"), ("four", "four", "1"), frozenset({"invalid-value"})
    ),
    "first drop-in of a new folder": Way(
        unit(OTHERS),
        ("4", None, "1"),
        frozenset({"edited-not-restarted"}),  # what the unit's own file says, the new one says as well
        after=drop_in(f"Environment={N}=4"),
        running_of_user=DENIED,
    ),
    "unit edited": Way(
        drop_in(),
        ("4", None, "1"),
        frozenset({"edited-not-restarted", "unit-file-edited"}),
        after=unit(f"Environment={N}=4"),
        running_of_user=DENIED,
    ),
    "all right": Way(drop_in(f"Environment={N}=4"), ("4", "4", "4"), NONE),
}


@pytest.fixture(scope="module")
def server_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulated Ollama, or a real one that is asked for."""
    if REAL in os.environ:
        return Path(os.environ[REAL])
    folder = tmp_path_factory.mktemp("simulated")
    install(folder, [])
    return folder / "ollama"


@pytest.fixture(scope="module")
def service(sandbox: Sandbox, server_program: Path) -> Sandbox:
    """A server whose runners lie beside it, unless it brings libraries of its own."""
    if REAL not in os.environ:
        sandbox.install(server_program.with_name("llama-server"), "/usr/local/bin/llama-server", mode="755")
    return sandbox


def write(box: Sandbox, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        script = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1"'
        box.run(["sh", "-euc", script, "sh", path, text])


def begin(box: Sandbox, way: Way) -> None:
    """Start the server as the way wants it, then do what is done to it."""
    box.run(["rm", "-rf", FOLDER, "/etc/default/ollama"])
    write(box, unit("") | way.before)
    box.run(["sh", "-ec", f"{RELOAD}; systemctl reset-failed ollama; {RESTART}"])
    if way.after:
        time.sleep(0.1)  # a file's time is a multiple of the kernel's tick: be clearly after the start
        write(box, way.after)
    if way.then:
        box.run(["sh", "-ec", way.then])


def look(box: Sandbox, way: Way, user: str | None) -> dict[str, Any]:
    words = [sys.executable, "-m", "ollama_top", "show", "--json"]
    for _ in range(20):
        shown = box.run(words, user=user, env={"PYTHONPATH": str(ROOT), **way.shell})
        frame: dict[str, Any] = json.loads(shown.stdout)
        if frame["server"]["reachable"]:
            return frame
    raise AssertionError("the server does not answer")


def columns(frame: Mapping[str, Any], name: str) -> Columns:
    index, row = next((at, each) for at, each in enumerate(frame["settings"]) if each["name"] == name)
    why = frame["missing"].get(f"/settings/{index}/running", {}).get("why")
    running = row["running"] if row["running"] is not None or why == "absent" else why
    return row["configured"], running, row["effective"]


def above_info(frame: Mapping[str, Any]) -> set[str]:
    return {each["id"] for each in frame["findings"] if each["severity"] in {"warning", "error"}}


@pytest.mark.parametrize("name", WAYS)
def test_a_way(service: Sandbox, name: str) -> None:
    way = WAYS[name]
    begin(service, way)
    with ThreadPoolExecutor() as pool:
        of_root, of_user = pool.map(lambda user: look(service, way, user), (None, "dev"))
    assert columns(of_root, way.variable) == way.columns
    assert above_info(of_root) == way.found
    configured, running, effective = way.columns
    seen = running if way.running_of_user == "" else way.running_of_user
    found = columns(of_user, way.variable)
    assert found[:2] == (configured, seen)
    assert found[2] in {effective, None}, "it may not be known to him, and never wrong"
    assert above_info(of_user) == (way.found if way.found_by_user is None else way.found_by_user)


@pytest.mark.parametrize(
    ("name", "code"), [("reloaded, not restarted", 1), ("shell only", 1), ("all right", 0)]
)
def test_a_burst_measures_whether_a_way_holds(service: Sandbox, name: str, code: int) -> None:
    if REAL in os.environ:
        pytest.skip("a real Ollama has no model in here")
    way = WAYS[name]
    begin(service, way)
    look(service, way, None)
    words = ("burst", "--json", "--model", "gemma3:270m", "--tokens", "16", "--prompt-tokens", "20")
    variables = {"PYTHONPATH": str(ROOT), "HOME": "/tmp", **way.shell}
    done = service.run([sys.executable, "-m", "ollama_top", *words], env=variables, check=False, limit_s=120)
    told = json.loads(done.stdout)
    assert (done.returncode, told["configured_parallel"]) == (code, 4), told["verdict"]
    assert told["measured_parallel"] == told["effective_parallel"] == int(way.columns[2] or 0)
    assert code == 0 or "the server" in told["verdict"]
