"""Whose port it is: proved by the socket, never guessed by name."""

import json
import os
import pwd
import socket
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from sources_server import PROGRAM, ServerProgram, script

from ollama_top.model.reading import Known, Missing, Reading, Source, Why
from ollama_top.model.server import Keeper
from ollama_top.sources import owner, sockets
from ollama_top.sources.owner import ServerProcess

NOBODY = 65534
LOOKER = f"""
    import json, os, sys
    import psutil
    from ollama_top.sources import owner
    os.setgroups([])
    os.setresgid({NOBODY}, {NOBODY}, {NOBODY})
    os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
    found = owner.find_owner(int(sys.argv[1]))
    print(json.dumps([found.why, found.hint]))
"""
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="needs root, to become another user")


def server(found: Reading[ServerProcess]) -> ServerProcess:
    assert isinstance(found, Known)
    return found.value


def reason(found: Reading[ServerProcess]) -> Missing:
    assert isinstance(found, Missing)
    return found


def test_the_server_that_holds_the_port_is_found(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        found = owner.find_owner(program.port)
        assert isinstance(found, Known)
        assert found.source is Source.PROCESSES
        assert found.value.pid == program.pid
        assert found.value.user == pwd.getpwuid(os.getuid()).pw_name
        assert timedelta(0) <= datetime.now(UTC) - found.value.started_at < timedelta(seconds=60)
        assert (found.value.keeper, found.value.unit) == (Keeper.MANUAL, None)


def test_a_server_on_ipv6_is_found(tmp_path: Path) -> None:
    program_v6 = PROGRAM.replace(
        "socket.create_server(", "socket.create_server(family=socket.AF_INET6, address="
    )
    script(tmp_path, "ollama", program_v6)
    with ServerProgram(tmp_path, "serve", "::1") as program:
        assert server(owner.find_owner(program.port)).pid == program.pid


def test_ollama_at_other_work_is_no_server(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "pull") as program:
        found = reason(owner.find_owner(program.port))
    assert found.why is Why.NOT_LOCAL
    assert f"(pid {program.pid})" in found.hint


def test_what_else_holds_the_port_is_named(tmp_path: Path) -> None:
    """As `ssh -L` and a container's port do: the server is behind it."""
    with ServerProgram(tmp_path, "-L", name="tunnel") as program:
        found = reason(owner.find_owner(program.port))
    name = Path(sys.executable).name
    assert found == Missing(
        Why.NOT_LOCAL,
        f"port {program.port} is held by {name} (pid {program.pid}): the server is behind it, elsewhere",
    )


def test_an_ollama_on_another_port_is_not_taken_for_it(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve"), closing(socket.create_server(("127.0.0.1", 0))) as own:
        found = reason(owner.find_owner(own.getsockname()[1]))
    assert found.why is Why.NOT_LOCAL
    assert f"(pid {os.getpid()})" in found.hint


def test_a_port_that_nobody_holds_says_so() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as own:
        port = own.getsockname()[1]
    assert owner.find_owner(port) == Missing(
        Why.NOT_LOCAL, f"no process of this machine listens on port {port}"
    )
    assert owner.listeners(port) == frozenset()


def test_a_port_that_changes_hands_is_noticed(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        before = owner.listeners(program.port)
        assert owner.listeners(program.port) == before
    with closing(socket.create_server(("127.0.0.1", program.port))):
        assert owner.listeners(program.port).isdisjoint(before)


@needs_root
def test_another_users_server_is_denied_and_its_user_named(tmp_path: Path) -> None:
    with ServerProgram(tmp_path, "serve") as program:
        looker = script(tmp_path, "looker", LOOKER)
        done = subprocess.run(
            [sys.executable, str(looker), str(program.port)],
            env=os.environ | {"PYTHONPATH": str(Path(owner.__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
    why, hint = json.loads(done.stdout)
    assert why == Why.DENIED
    assert hint == f"who holds port {program.port} may be seen by root only: run ollama-top as root"


@needs_root
def test_a_users_server_is_seen_by_root(tmp_path: Path) -> None:
    becomes_nobody = f"os.setresuid({NOBODY}, {NOBODY}, {NOBODY}); listener ="
    script(tmp_path, "ollama", PROGRAM.replace("listener =", becomes_nobody))
    with ServerProgram(tmp_path, "serve") as program:
        found = server(owner.find_owner(program.port))
    assert found.pid == program.pid
    assert found.user == pwd.getpwuid(NOBODY).pw_name


@pytest.mark.parametrize(
    ("unit", "main_pid", "keeper"),
    [
        ("ollama.service", "self", Keeper.SYSTEMD),
        ("ollama.service", "parent", Keeper.MANUAL),
        ("snap.ollama.listener.service", "parent", Keeper.SYSTEMD),
    ],
)
def test_a_unit_keeps_what_it_started(
    monkeypatch: pytest.MonkeyPatch, unit: str, main_pid: str, keeper: Keeper
) -> None:
    process = psutil.Process()
    main = process.pid if main_pid == "self" else process.ppid()
    monkeypatch.setattr(owner, "read_unit", lambda *_, **__: SimpleNamespace(main_pid=main))
    assert owner._kept(process, f"/system.slice/{unit}").keeper is keeper


def test_the_first_process_is_a_containers() -> None:
    assert owner._kept(psutil.Process(1), None).keeper is Keeper.CONTAINER


def test_on_macos_launchd_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner.os, "uname", lambda: SimpleNamespace(sysname="Darwin"))
    asked: list[tuple[int, int, str]] = []
    monkeypatch.setattr("ollama_top.services.macos.service.keeper_of", lambda *words: asked.append(words))
    owner._kept(psutil.Process(), None)
    assert asked[0][:2] == (os.getpid(), os.getppid())
    assert asked[0][2]


def test_a_server_that_ends_meanwhile_is_missing(tmp_path: Path) -> None:
    ended = subprocess.Popen([script(tmp_path, "short", "")])
    ended.wait(30)
    found = reason(owner._describe(ended.pid))
    assert found.why is Why.FAILED
    assert str(ended.pid) in found.hint


def test_without_socket_diagnosis_the_own_servers_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS: by the ports that the user's own processes tell."""
    monkeypatch.setattr(sockets, "is_supported", lambda: False)
    with ServerProgram(tmp_path, "serve") as program:
        assert server(owner.find_owner(program.port)).pid == program.pid
        other = owner.find_owner(program.port + 1 if program.port < 65535 else 1)
        assert reason(other).why is Why.DENIED
    assert owner.listeners(program.port) == frozenset()
