"""The units that serve and proxy print: read by systemd without a word, and really kept running by it."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import exposition
import pytest
from sandbox import Sandbox
from serving import busy, restart_with

pytestmark = pytest.mark.systemd

ROOT = Path(__file__).resolve().parents[2]
OWN = [sys.executable, "-m", "ollama_top"]
HERE = {"PYTHONPATH": str(ROOT)}
METRICS = "http://127.0.0.1:9436/metrics"
READ = "import sys, urllib.request; sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())"


@pytest.fixture(scope="module")
def server_program(simulated_slow: Path) -> Path:
    return simulated_slow


@pytest.fixture(scope="module")
def machine(sandbox: Sandbox, server_program: Path) -> Sandbox:
    """The simulated server as user `ollama`, serving two at once."""
    restart_with(sandbox, server_program, "OLLAMA_NUM_PARALLEL=2")
    return sandbox


@pytest.fixture(scope="module")
def under_load(machine: Sandbox) -> Iterator[None]:
    with busy(machine):
        yield


@pytest.fixture(scope="module")
def user_of_serve(machine: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The user whom the unit says to make: a dynamic one is refused by dbus-daemon."""
    unit = machine.run([*OWN, "serve", "--unit"], env=HERE).stdout
    (command,) = [line.removeprefix("#     ") for line in unit.splitlines() if "useradd" in line]
    machine.run(["sh", "-euc", command])


def keep(box: Sandbox, name: str, words: list[str], folder: Path) -> str:
    """Have systemd keep what these words print as a unit; the unit's text."""
    unit = box.run([*OWN, *words, "--unit"], env=HERE).stdout
    (folder / name).write_text(unit)
    box.install(folder / name, f"/etc/systemd/system/{name}")
    verified = box.run(["systemd-analyze", "verify", f"/etc/systemd/system/{name}"], check=False)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    if str(ROOT).startswith("/tmp/"):  # a checkout there is none of the unit's own /tmp
        box.run(["mkdir", "-p", f"/etc/systemd/system/{name}.d"])
        (folder / "tmp.conf").write_text(f"[Service]\nBindReadOnlyPaths={ROOT}\n")
        box.install(folder / "tmp.conf", f"/etc/systemd/system/{name}.d/tmp.conf")
    box.run(["systemctl", "daemon-reload"])
    box.run(["systemctl", "enable", "--quiet", "--now", name])
    return unit


def shown(box: Sandbox, name: str) -> dict[str, str]:
    wanted = "ActiveState,Result,ExecMainStatus,DynamicUser,NRestarts"
    lines = box.run(["systemctl", "show", name, "-p", wanted]).stdout.splitlines()
    return dict(line.split("=", 1) for line in lines)


def read(box: Sandbox) -> dict[tuple[str, exposition.Labels], float]:
    """The page once it is there, with rates: two looks in."""
    for _ in range(20):
        done = box.run([sys.executable, "-c", READ, METRICS], check=False)
        if done.returncode == 0 and "model_tokens_per_second" in done.stdout:
            return exposition.samples(done.stdout)
        time.sleep(0.5)
    journal = box.run(["journalctl", "-u", "ollama-top", "--no-pager"]).stdout
    raise AssertionError(f"no page: {done.stdout} {done.stderr}\n{journal}")


def named(page: dict[tuple[str, exposition.Labels], float], name: str) -> list[float]:
    return [value for (each, _), value in page.items() if each == f"ollama_top_{name}"]


def test_serve_runs_without_rights_and_sees_what_it_should(
    machine: Sandbox, user_of_serve: None, under_load: None, tmp_path: Path
) -> None:
    unit = keep(machine, "ollama-top.service", ["serve", "--interval", "0.5"], tmp_path)
    assert "DynamicUser=yes" in unit
    page = read(machine)
    assert named(page, "server_up") == [1]
    assert named(page, "requests_running") == [2]
    assert named(page, "requests_waiting") == [4]
    assert named(page, "requests_waiting_exact") == [1]
    assert named(page, "model_parallel") == [2]
    assert named(page, "model_load_seconds"), "group systemd-journal lets it read the log"
    assert page["ollama_top_setting_value", (("name", "OLLAMA_NUM_PARALLEL"),)] == 2
    for source in ("api", "processes", "sockets", "slots", "log", "service"):
        assert page["ollama_top_source_ok", (("source", source),)] == 1, source
    state = shown(machine, "ollama-top")
    assert (state["DynamicUser"], state["NRestarts"]) == ("yes", "0")
    machine.run(["systemctl", "stop", "ollama-top"])
    state = shown(machine, "ollama-top")
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")


@pytest.fixture
def through_proxy(machine: Sandbox, under_load: None, tmp_path: Path) -> dict[str, Any]:
    """What `dev` sees who asks the proxy that systemd keeps."""
    unit = keep(machine, "ollama-top-proxy.service", ["proxy"], tmp_path)
    assert "DynamicUser=yes" in unit
    words = [*OWN, "show", "--json", "--host", "127.0.0.1:11435"]
    machine.run(["curl", "-s", "--retry", "20", "--retry-connrefused", "http://127.0.0.1:11435/api/version"])
    frame: dict[str, Any] = json.loads(machine.run(words, user="dev", env=HERE).stdout)
    return frame


def test_a_monitor_of_the_group_finds_the_proxys_feed_and_the_server_behind_it(
    machine: Sandbox, through_proxy: dict[str, Any]
) -> None:
    assert through_proxy["server"]["url"] == "http://127.0.0.1:11434"
    (proxy,) = through_proxy["proxies"]
    assert (proxy["listen"], proxy["upstream"]) == ("127.0.0.1:11435", "http://127.0.0.1:11434")
    machine.run(["systemctl", "stop", "ollama-top-proxy"])
    state = shown(machine, "ollama-top-proxy")
    assert (state["ActiveState"], state["Result"], state["ExecMainStatus"]) == ("inactive", "success", "0")
