"""The log of a container is followed through a docker that prints as the real one does."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from log_programs import stand_in

from ollama_top.model.reading import Why
from ollama_top.sources.logs.containers import ContainerFollower
from ollama_top.sources.logs.follower import UnreadableError, Wrote

FIRST, SECOND = "2026-11-23T09:09:40.261234567Z", "2026-11-23T09:09:41.000000001Z"


@pytest.fixture
def follower() -> ContainerFollower:
    return ContainerFollower("0123456789ab", UTC)


def test_lines_come_with_their_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: ContainerFollower
) -> None:
    script = f"echo '{FIRST} one'; echo '{SECOND} two words' >&2; exec sleep 60"
    asked = stand_in(tmp_path / "bin", monkeypatch, "docker", script)
    assert follower.read() == [
        Wrote("one", datetime(2026, 11, 23, 9, 9, 40, 261234, UTC)),
        Wrote("two words", datetime(2026, 11, 23, 9, 9, 41, 0, UTC)),
    ]
    assert follower.read() == []
    assert asked.read_text().split() == ["logs", "--follow", "--timestamps", "--tail=4000", "0123456789ab"]
    follower.close()


def test_after_an_end_it_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: ContainerFollower
) -> None:
    """Docker's `--since` tells its very moment once more."""
    asked = stand_in(tmp_path / "bin", monkeypatch, "docker", f"echo '{FIRST} one'")
    assert [each.text for each in follower.read()] == ["one"]
    stand_in(tmp_path / "bin", monkeypatch, "docker", f"echo '{FIRST} one'; echo '{SECOND} two'")
    monkeypatch.setattr(time, "monotonic", lambda now=time.monotonic: now() + 60)
    assert [each.text for each in follower.read()] == ["two"]
    assert f"--since={FIRST}" in asked.read_text().splitlines()[1]


@pytest.mark.parametrize(
    ("words", "why", "hint"),
    [
        (
            "permission denied while trying to connect to the Docker daemon socket",
            Why.DENIED,
            "sudo docker logs",
        ),
        ("Error response from daemon: No such container: 0123456789ab", Why.FAILED, "No such container"),
    ],
)
def test_a_refusal_is_told_in_dockers_words(
    words: str,
    why: Why,
    hint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    follower: ContainerFollower,
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "docker", f"echo '{words}' >&2; exit 1")
    for _ in range(2):
        with pytest.raises(UnreadableError, match=hint) as raised:
            follower.read()
        assert raised.value.why is why


def test_podman_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: ContainerFollower) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "podman", f"echo '{FIRST} one'; exec sleep 60")
    assert [each.text for each in follower.read()] == ["one"]
    follower.close()


def test_without_docker_it_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, follower: ContainerFollower
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "docker", None)
    with pytest.raises(UnreadableError, match="docker is not found"):
        follower.read()
