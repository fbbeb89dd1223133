"""Whom the source asks for the server's service, and what it says where there is none to ask."""

from dataclasses import replace

import frames
import pytest

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.model.service import Service
from ollama_top.sources import service as source
from ollama_top.sources.owner import ServerProcess
from ollama_top.sources.service import ServiceWatch

SERVER = ServerProcess(1234, "ollama", frames.NOW, Keeper.SYSTEMD, "ollama.service")
NOBODY = Missing(Why.ABSENT, "no process listens there")
SILENT = Missing(Why.FAILED, "systemd did not tell")


class Manager:
    """A service manager that answers the same to all, and remembers who was asked for."""

    def __init__(self, answer: Reading[Service]) -> None:
        self.answer = answer
        self.asked: list[tuple[str, bool]] = []

    def __call__(self, name: str, *, user: bool) -> Reading[Service]:
        self.asked.append((name, user))
        return self.answer


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> Manager:
    answering = Manager(frames.service())
    monkeypatch.setattr(source, "read_service", answering)
    return answering


def by(keeper: Keeper, unit: str | None = "mine.service") -> Known[ServerProcess]:
    return Known(replace(SERVER, keeper=keeper, unit=unit), Source.PROCESSES)


@pytest.mark.parametrize(("keeper", "user"), [(Keeper.SYSTEMD, False), (Keeper.SYSTEMD_USER, True)])
def test_the_servers_own_unit_is_asked_for(manager: Manager, keeper: Keeper, user: bool) -> None:
    assert ServiceWatch().look(by(keeper)) == manager.answer
    assert manager.asked == [("mine.service", user)]


@pytest.mark.parametrize(
    ("server", "why", "hint"),
    [
        (by(Keeper.CONTAINER, "web"), Why.UNSUPPORTED, "none of docker's or podman's"),
        (by(Keeper.OPENRC), Why.UNSUPPORTED, "/etc/conf.d"),
        (by(Keeper.LAUNCHD, None), Why.DENIED, "sudo launchctl list"),
        (by(Keeper.MANUAL), Why.ABSENT, "no service manager keeps it"),
        (by(Keeper.SYSTEMD, None), Why.ABSENT, "no service manager keeps it"),
    ],
)
def test_who_keeps_it_and_cannot_be_asked(
    manager: Manager, server: Known[ServerProcess], why: Why, hint: str
) -> None:
    found = ServiceWatch().look(server)
    assert isinstance(found, Missing)
    assert found.why is why
    assert hint in found.hint
    assert manager.asked == []


def test_a_container_is_asked_for_seldom_until_it_is_told_and_then_never(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | None] = []

    def read(identity: str | None, _: str | None) -> Reading[Service]:
        asked.append(identity)
        return frames.service() if len(asked) > 1 else SILENT

    monkeypatch.setattr(source, "read_container", read)
    now_s = 0.0
    watch, first = ServiceWatch(lambda: now_s), by(Keeper.CONTAINER, "0123")
    assert [watch.look(first) for _ in range(3)] == [SILENT] * 3
    assert len(asked) == 1
    now_s = source.REFUSAL_KEPT_S
    assert [watch.look(first) for _ in range(3)] == [frames.service()] * 3
    assert len(asked) == 2
    watch.look(Known(replace(first.value, pid=99), Source.PROCESSES))
    assert len(asked) == 3


def test_a_snaps_unit_is_read_with_what_its_launcher_adds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "read_snap", lambda unit, snap: Missing(Why.FAILED, f"{snap}: {unit}"))
    unit = "snap.ollama.listener.service"
    assert ServiceWatch().look(by(Keeper.SYSTEMD, unit)) == Missing(Why.FAILED, f"ollama: {unit}")


@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        ({"is_running": False}, True),
        ({"is_running": True}, False),
        ({"is_running": False, "is_loaded": False}, False),
    ],
)
def test_without_a_server_the_usual_unit_may_say_why(
    manager: Manager, changes: dict[str, bool], is_told: bool
) -> None:
    manager.answer = frames.service(**changes)
    assert ServiceWatch().look(NOBODY) == (manager.answer if is_told else NOBODY)
    assert manager.asked == [("ollama.service", False)]


def test_without_a_server_and_a_service_manager_the_reason_is_the_servers(manager: Manager) -> None:
    manager.answer = SILENT
    assert ServiceWatch().look(NOBODY) == NOBODY
