"""Who is asked for a container, and what is said where it may not be told; its words are docker's own."""

from pathlib import Path

import pytest
from captured import CAPTURES
from log_programs import stand_in

from ollama_top.model.reading import Known, Missing, Why
from ollama_top.services import asking
from ollama_top.services.containers.service import read_container

IDENTITY = "d3a7a4350463"
RUNNING = CAPTURES / "docker-20.10/container-compose.json"
IMAGE = CAPTURES / "docker-20.10/image.json"
TELLS = f'case "$3" in container) cat {RUNNING};; image) cat {IMAGE};; esac'
DENIED = (
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock"
)
UNKNOWN = 'echo "[]"; echo "Error response from daemon: No such container: d3a7" >&2; exit 1'


def missing(identity: str | None = IDENTITY, cgroup: str | None = None) -> Missing:
    found = read_container(identity, cgroup)
    assert isinstance(found, Missing)
    return found


def test_docker_tells_of_the_container_and_of_its_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stand_in(tmp_path, monkeypatch, "docker", TELLS)
    found = read_container(IDENTITY, None)
    assert isinstance(found, Known)
    assert found.value.name == "ollama"
    container, image = asked.read_text().splitlines()
    assert container == f"inspect --type container {IDENTITY}"
    assert image.startswith("inspect --type image sha256:")


def test_podman_is_asked_for_what_docker_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "docker", UNKNOWN)
    stand_in(tmp_path, monkeypatch, "podman", TELLS)
    found = read_container(IDENTITY, None)
    assert isinstance(found, Known)
    assert found.value.manager == "podman"


def test_podman_is_not_asked_for_what_docker_has_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "podman", f"echo asked > {tmp_path / 'podman-asked'}")
    stand_in(tmp_path, monkeypatch, "docker", TELLS)
    assert isinstance(read_container(IDENTITY, None), Known)
    assert not (tmp_path / "podman-asked").exists()


def test_what_more_rights_would_help_with_is_said_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, "docker", UNKNOWN)
    stand_in(tmp_path, monkeypatch, "podman", f'echo "{DENIED}" >&2; exit 1')
    assert missing().why is Why.DENIED
    assert f"sudo podman inspect {IDENTITY}" in missing().hint


@pytest.mark.parametrize(
    ("script", "why", "hint"),
    [
        (f'echo "[]"; echo "{DENIED}" >&2; exit 1', Why.DENIED, f"sudo docker inspect {IDENTITY}"),
        (UNKNOWN, Why.FAILED, "No such container"),
        ("exit 1", Why.FAILED, "no answer"),
        ("echo '[1]'", Why.FAILED, "no answer"),
    ],
)
def test_why_it_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: Why, hint: str
) -> None:
    stand_in(tmp_path, monkeypatch, "docker", script)
    found = missing()
    assert found.why is why
    assert hint in found.hint


def test_a_daemon_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "TIMEOUT_S", 0.2)
    stand_in(tmp_path, monkeypatch, "docker", "exec sleep 60")
    assert "did not answer within 0.2 s" in missing().hint


def test_without_either_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "docker", None)
    assert missing().why is Why.ABSENT


@pytest.mark.parametrize(
    ("identity", "cgroup", "hint"),
    [
        ("web", "/lxc.payload.web", "none of docker's"),
        (None, None, "none of docker's"),
        (IDENTITY, "/kubepods.slice/kubepods-pod1.slice/cri-containerd-d3a7.scope", "Kubernetes"),
    ],
)
def test_other_containers_are_only_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, identity: str | None, cgroup: str | None, hint: str
) -> None:
    asked = stand_in(tmp_path, monkeypatch, "docker", TELLS)
    found = missing(identity, cgroup)
    assert found.why is Why.UNSUPPORTED
    assert hint in found.hint
    assert not asked.exists()
