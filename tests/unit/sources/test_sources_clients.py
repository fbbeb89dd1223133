"""Who calls: by the socket, as far as the process behind it may be seen."""

import os
import pwd
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sources_server import script

from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources import clients, proc, sockets
from ollama_top.sources.clients import Client, Clients

CALLER = """
    import socket, sys
    with socket.create_connection(("127.0.0.1", int(sys.argv[-1]))) as own:
        print(flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening


def port_of(server: socket.socket) -> int:
    number = server.getsockname()[1]
    assert isinstance(number, int)
    return number


@contextmanager
def calling(folder: Path, server: socket.socket, *words: str) -> Iterator[int]:
    """A client of that name, connected; its process."""
    program = script(folder, words[0], CALLER)
    command = [str(program), *words[1:], str(port_of(server))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        client.stdout.readline()
        yield client.pid


def look(server: socket.socket) -> Client:
    """The only client there is."""
    (client,) = Clients().look(sockets.calling(port_of(server))).values()
    return client


def test_an_own_connection_is_known_as_such(server: socket.socket) -> None:
    with closing(socket.create_connection(server.getsockname())):
        client = look(server)
    assert client.is_self
    assert client.pid == Known(os.getpid(), Source.PROCESSES)


def test_a_client_is_named_by_its_script(tmp_path: Path, server: socket.socket) -> None:
    with calling(tmp_path, server, "bot.py") as pid:
        client = look(server)
    assert client.pid == Known(pid, Source.PROCESSES)
    assert isinstance(client.name, Known)
    assert client.name.value.startswith("python")
    assert client.name.value.endswith(" bot.py")
    assert not client.is_self
    assert not client.is_management


@pytest.mark.parametrize(
    ("word", "is_management"), [("pull", True), ("create", True), ("ps", True), ("run", False)]
)
def test_ollamas_own_client_is_known_by_what_it_does(
    word: str, is_management: bool, tmp_path: Path, server: socket.socket
) -> None:
    with calling(tmp_path, server, "ollama", word):
        assert look(server).is_management is is_management


def test_clients_are_told_apart_by_where_they_call_from(tmp_path: Path, server: socket.socket) -> None:
    with calling(tmp_path, server, "one.py") as one, calling(tmp_path, server, "two.py") as two:
        found = Clients().look(sockets.calling(port_of(server)))
        assert {each.pid for each in found.values()} == {
            Known(one, Source.PROCESSES),
            Known(two, Source.PROCESSES),
        }
        assert {each.remote for each in sockets.served(port_of(server))} == found.keys()


def test_a_process_that_may_not_be_seen_is_denied_and_its_user_named(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proc, "holders", lambda inodes: {})
    with closing(socket.create_connection(server.getsockname())):
        client = look(server)
    user = pwd.getpwuid(os.getuid()).pw_name
    assert isinstance(client.pid, Missing)
    assert (client.pid.why, client.pid == client.name) == (Why.DENIED, True)
    assert f"a process of user {user}" in client.pid.hint


def test_a_user_without_a_name_is_a_number() -> None:
    hidden = clients._hidden(1_234_567)
    assert isinstance(hidden.pid, Missing)
    assert "a process of user 1234567" in hidden.pid.hint


def test_known_connections_are_not_looked_for_again(
    tmp_path: Path, server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[frozenset[int]] = []
    holders = proc.holders

    def counted(inodes: frozenset[int]) -> dict[int, int]:
        searched.append(inodes)
        return holders(inodes)

    monkeypatch.setattr(proc, "holders", counted)
    remembered = Clients()
    with closing(socket.create_connection(server.getsockname())):
        first = remembered.look(sockets.calling(port_of(server)))
        assert remembered.look(sockets.calling(port_of(server))) == first
        assert len(searched) == 1
        with calling(tmp_path, server, "bot.py"):
            assert len(remembered.look(sockets.calling(port_of(server)))) == 2
        assert [len(each) for each in searched] == [1, 1]
    assert remembered.look(()) == {}
    assert remembered._known == {}


def test_a_process_that_is_gone_has_no_name() -> None:
    described = clients._describe(2**22 + 1)
    assert isinstance(described.name, Missing)
    assert described.name.why is Why.FAILED
