"""What a person without privileges sees of a service of another user: right counts, honest gaps."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox
from serving import busy, restart_with

pytestmark = pytest.mark.systemd

ROOT = Path(__file__).resolve().parents[2]
PARALLEL_2 = "OLLAMA_NUM_PARALLEL=2 HF_TOKEN=53cr3t OLLAMA_API_KEY=53cr3t"
LOOKS = 4


@pytest.fixture(scope="module")
def server_program(simulated_slow: Path) -> Path:
    return simulated_slow


@pytest.fixture(scope="module")
def service(sandbox: Sandbox, server_program: Path) -> Sandbox:
    """The simulated server as user `ollama`, serving two at once."""
    restart_with(sandbox, server_program, PARALLEL_2)
    return sandbox


@pytest.fixture(scope="module")
def looks(service: Sandbox) -> Iterator[list[dict[str, Any]]]:
    """What `dev` sees while six requests of root's are outstanding."""
    with busy(service):
        yield watch(service)


def watch(service: Sandbox) -> list[dict[str, Any]]:
    show = [sys.executable, "-m", "ollama_top", "show", "--json", "--watch", "--interval", "0.4"]
    words = ["sh", "-c", f'"$@" | head -n {LOOKS + 1}', "sh", *show]
    done = service.run(words, user="dev", env={"PYTHONPATH": str(ROOT)}, limit_s=60)
    return [json.loads(line) for line in done.stdout.splitlines()][1:]


def test_the_counts_are_exact(looks: list[dict[str, Any]]) -> None:
    assert len(looks) == LOOKS
    counts = [
        (each["queue"]["running"], each["queue"]["waiting"], each["queue"]["precision"]) for each in looks
    ]
    assert counts == [(2, 4, "exact")] * LOOKS
    assert [each["models"][0]["parallel"] for each in looks] == [2] * LOOKS


def test_the_service_is_recognised_by_its_socket(service: Sandbox, looks: list[dict[str, Any]]) -> None:
    server = looks[-1]["server"]
    main_pid = int(service.run(["systemctl", "show", "ollama", "-p", "MainPID", "--value"]).stdout)
    assert (server["pid"], server["manager"], server["unit"]) == (main_pid, "systemd", "ollama.service")
    assert server["user"] == "ollama"


def test_each_waiter_has_an_age(looks: list[dict[str, Any]]) -> None:
    ages = [each["age_s"] for each in looks[-1]["requests"] if each["state"] == "waiting"]
    assert len(ages) == 4
    assert all(0.2 < age < 60 for age in ages)
    assert looks[-1]["queue"]["oldest_wait_s"] == max(ages)


def test_the_clients_of_another_user_are_missing_with_a_reason(looks: list[dict[str, Any]]) -> None:
    frame = looks[-1]
    assert [each["client_pid"] for each in frame["requests"]] == [None] * 6
    reasons = [frame["missing"][f"/requests/{index}/client_pid"] for index in range(6)]
    assert {each["why"] for each in reasons} == {"denied"}
    assert all("root" in each["hint"] for each in reasons)


def test_the_environment_of_another_user_is_denied_and_says_what_to_type(
    looks: list[dict[str, Any]],
) -> None:
    frame = looks[-1]
    assert frame["environment"] is None
    reason = frame["missing"]["/environment"]
    assert reason["why"] == "denied"
    assert "by user ollama or root only: sudo $(command -v ollama-top) shows it" in reason["hint"]
    told = {each["name"]: each["running"] for each in frame["settings"]}
    assert told["OLLAMA_NUM_PARALLEL"] == "2", "no file has changed since the start"


def test_what_anybody_may_read_of_the_processes_is_there(looks: list[dict[str, Any]]) -> None:
    server, runner = looks[-1]["processes"]
    assert (server["kind"], runner["kind"]) == ("server", "runner")
    assert runner["model"] == looks[-1]["models"][0]["name"]
    for each in (server, runner):
        assert each["rss_bytes"] > 1 << 20
        assert each["threads"] >= 1
        assert each["open_files_limit"] <= each["open_files_hard_limit"]
    for index in (0, 1):
        reason = looks[-1]["missing"][f"/processes/{index}/open_files"]
        assert reason["why"] == "denied"


@pytest.fixture(scope="module")
def as_root(service: Sandbox, looks: list[dict[str, Any]]) -> dict[str, Any]:
    """What root sees of the same server at the same time."""
    assert looks
    words = [sys.executable, "-m", "ollama_top", "show", "--json"]
    frame: dict[str, Any] = json.loads(service.run(words, env={"PYTHONPATH": str(ROOT)}).stdout)
    return frame


def test_root_reads_the_environment_and_no_secret(as_root: dict[str, Any]) -> None:
    kept = {each["name"]: each["value"] for each in as_root["environment"]}
    assert kept["OLLAMA_NUM_PARALLEL"] == "2"
    assert {kept[name] for name in ("PATH", "HF_TOKEN", "OLLAMA_API_KEY", "INVOCATION_ID")} == {None}
    assert "53cr3t" not in json.dumps(as_root)
    assert as_root["processes"][0]["open_files"] >= 3
    assert as_root["server"]["cgroup"].endswith("/system.slice/ollama.service")


def test_root_sees_the_clients(as_root: dict[str, Any]) -> None:
    frame = as_root
    assert frame["requests"]
    assert {each["client"] for each in frame["requests"]} == {f"{Path(sys.executable).name} load.py"}
