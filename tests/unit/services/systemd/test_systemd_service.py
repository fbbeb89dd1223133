"""A unit as a Service, from what a real systemd 252 said of it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import captured
import pytest

from ollama_top.model.configuration import Assignment, Layer, Place
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.model.service import Service
from ollama_top.services.systemd.service import read_service

Busctl = Callable[[str], Path]
REAL = captured.CAPTURES / "systemd-252"
N = "OLLAMA_NUM_PARALLEL"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the units lie of which systemd tells."""
    found = tmp_path / "units"
    (found / "ollama.service.d").mkdir(parents=True)
    return found


@pytest.fixture
def read(busctl: Busctl, folder: Path) -> Callable[[str], Service]:
    """Read ollama.service as systemd said it was in a capture, with its files in a folder of the test."""

    def service(name: str) -> Service:
        unit = (REAL / f"{name}.json").read_text().replace("/etc/systemd/system", str(folder)).strip()
        path, environment = (REAL / "manager.json").read_text().splitlines()
        manager = json.dumps({**json.loads(path), "data": [str(folder)]})
        said = f"*GetAll*) cat <<'E'\n{unit}\nE\n;; *) cat <<'E'\n{manager}\n{environment}\nE\n;;"
        busctl(f'case "$*" in {said} esac')
        found = read_service("ollama.service", user=False)
        assert isinstance(found, Known)
        assert found.source is Source.SERVICE
        return found.value

    return service


def test_a_unit_that_runs(read: Callable[[str], Service], folder: Path) -> None:
    own, dropped_in = folder / "ollama.service", folder / "ollama.service.d/o.conf"
    own.write_text("[Service]\nExecStart=/usr/local/bin/ollama serve\n")
    dropped_in.write_text(f"[Service]\nEnvironment={N}=4\n")
    (folder / "ollama.service.d/stray.txt").write_text("")
    service = read("unit-running")
    assert (service.is_loaded, service.is_running, service.needs_reload) == (True, True, False)
    assert service.state == Known("active (running)", Source.SERVICE)
    assert service.restarts == Known(0, Source.SERVICE)
    assert service.started_at == Known(datetime.fromtimestamp(1795557116.256168, UTC), Source.SERVICE)
    assert service.files == (str(own), str(dropped_in))
    assert service.stray_files == (str(folder / "ollama.service.d/stray.txt"),)
    newest = max(each.stat().st_mtime for each in (own, dropped_in))
    assert service.changed_at == Known(datetime.fromtimestamp(newest, UTC), Source.SERVICE)


def test_what_systemd_holds_is_told_from_what_its_files_say(
    read: Callable[[str], Service], folder: Path
) -> None:
    dropped_in = folder / "ollama.service.d/o.conf"
    dropped_in.write_text(f"[Service]\nEnvironment={N}=4\n")
    service = read("unit-running")
    assert service.held.assignments == (Assignment(N, '2 "x"', Place(Layer.MANAGER, None)),)
    where = Place(Layer.DROP_IN, str(dropped_in), 2)
    assert service.configuration.assignments == (Assignment(N, "4", where),)


def test_a_unit_that_waits_to_be_started_anew(read: Callable[[str], Service]) -> None:
    service = read("unit-restarting")
    assert (service.is_loaded, service.is_running) == (True, False)
    assert service.state == Known("activating (auto-restart)", Source.SERVICE)
    assert service.result == Known("exit-code", Source.SERVICE)
    assert service.exit_status == Known(1, Source.SERVICE)
    assert service.restarts == Known(1, Source.SERVICE)


def test_a_unit_that_was_given_up(read: Callable[[str], Service]) -> None:
    service = read("unit-failed")
    assert (service.is_loaded, service.is_running) == (True, False)
    assert service.state == Known("failed (failed)", Source.SERVICE)


def test_a_unit_that_is_not_there(read: Callable[[str], Service]) -> None:
    service = read("unit-not-found")
    assert (service.is_loaded, service.is_running) == (False, False)
    assert service.state == Known("not-found", Source.SERVICE)
    for reading in (service.started_at, service.changed_at):
        assert isinstance(reading, Missing)
        assert reading.why is Why.ABSENT


@pytest.mark.parametrize("script", ["exit 1", "echo", "echo '[]'"])
def test_a_systemd_that_does_not_answer(busctl: Busctl, script: str) -> None:
    busctl(script)
    found = read_service("ollama.service", user=False)
    assert found == Missing(Why.FAILED, "systemd did not tell what it knows of ollama.service")
