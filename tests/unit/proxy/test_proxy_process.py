"""The command itself: what it refuses, what it costs, and how it stops."""

import json
import signal
import socket
import time
from collections.abc import Iterator

import pytest
import running
from proxy_process import END_LIMIT_S, proxied
from proxy_world import GET, REPLY, STREAM_HEAD

from ollama_top.model.exit_codes import TAKEN, USAGE

SERVER = "127.0.0.1:1"
MB = 1024 * 1024


class Server:
    """Where the proxy's connections end, and clients that come by it; all closed with the test."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.settimeout(10)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.ends: list[socket.socket] = [self.socket]

    def client(self, port: int, sent: bytes = GET) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.ends.append(made)
        made.sendall(sent)
        return made

    def pair(self, port: int) -> tuple[socket.socket, socket.socket]:
        """A client that has asked, and the server's end."""
        client = self.client(port)
        own, _ = self.socket.accept()
        self.ends.append(own)
        own.settimeout(10)
        assert own.recv(65536) == GET
        return client, own


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    for each in made.ends:
        each.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--listen", "0.0.0.0:0", "--upstream", SERVER), "--allow-remote"),
        (("--listen", "127.0.0.1:x", "--upstream", SERVER), "no address to listen on"),
        (("--upstream", "https://ollama.com"), "plain http"),
        (("--upstream", "http://127.0.0.1:1/below"), "plain http"),
        (("--upstream", "ftp://x"), "--upstream: 'ftp://x'"),
        (("--host", "ftp://x"), "--host: 'ftp://x'"),
        (("--max-connections", "0", "--upstream", SERVER), "less than one"),
        (("--max-connections", "999999999", "--upstream", SERVER), "descriptors"),
        (("--listen", "127.0.0.77:11435", "--upstream", "127.0.0.77:11435"), "own address"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(words: tuple[str, ...], said: str) -> None:
    done = running.run("proxy", *words)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_taken_port_has_a_status_of_its_own(server: Server) -> None:
    done = running.run("proxy", "--listen", server.address, "--upstream", SERVER)
    assert done.returncode == TAKEN
    assert "is taken by another program" in done.stderr


def test_the_server_is_the_one_that_all_commands_mean() -> None:
    done = running.run(
        "proxy", "--listen", "127.0.0.77:11435", environment={"OLLAMA_HOST": "127.0.0.77:11435"}
    )
    assert "http://127.0.0.77:11435 is this proxy's own address" in done.stderr


def test_remote_clients_are_let_in_when_that_is_meant(server: Server) -> None:
    words = ("--listen", "0.0.0.0:0", "--allow-remote")
    with proxied(*words, upstream=server.address) as proxy:
        server.pair(proxy.port)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_runs_come_to_its_end(how: signal.Signals, server: Server) -> None:
    with proxied(upstream=server.address) as proxy:
        running_one, telling = server.pair(proxy.port)
        idle, keeping = server.pair(proxy.port)
        keeping.sendall(REPLY)
        assert idle.recv(65536) == REPLY
        telling.sendall(STREAM_HEAD)
        proxy.process.send_signal(how)
        assert idle.recv(1) == b"", "idle connections end at once"
        wait_until_refused(proxy.port)
        telling.sendall(b"0\r\n\r\n")
        got = b""
        while piece := running_one.recv(65536):
            got += piece
        assert got == STREAM_HEAD + b"0\r\n\r\n"
        assert proxy.process.wait(END_LIMIT_S) == 0


def test_a_second_signal_does_not_wait(server: Server) -> None:
    with proxied(upstream=server.address) as proxy:
        server.pair(proxy.port)
        proxy.process.send_signal(signal.SIGTERM)
        wait_until_refused(proxy.port)
        assert proxy.process.poll() is None
        proxy.process.send_signal(signal.SIGTERM)
        assert proxy.process.wait(5.0) == -signal.SIGTERM


def wait_until_refused(port: int) -> None:
    """Until no more connections are taken."""
    ends_s = time.monotonic() + END_LIMIT_S
    while time.monotonic() < ends_s:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.01)
    raise AssertionError("it still takes connections")


def test_a_server_that_is_down_is_told_in_json(server: Server) -> None:
    server.socket.close()
    with proxied(upstream=server.address) as proxy:
        client = server.client(proxy.port)
        reply = b""
        while piece := client.recv(65536):
            reply += piece
    head, _, body = reply.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 502 ")
    expected = f"ollama-top proxy: http://{server.address} cannot be reached: Connection refused"
    assert json.loads(body) == {"error": expected}


def test_it_is_light_and_stays_so(server: Server) -> None:
    upload(server, 64 * MB)


@pytest.mark.long
def test_a_gigabyte_up_is_no_more_than_two_megabytes(server: Server) -> None:
    upload(server, 1024 * MB)


def upload(server: Server, size: int) -> None:
    head = b"POST /api/blobs/x HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size
    with proxied(upstream=server.address) as proxy:
        client, own = server.pair(proxy.port)
        own.sendall(REPLY)
        assert client.recv(65536) == REPLY
        before_mb = proxy.resident_mb()
        assert before_mb < 30
        client.sendall(head)
        left = len(head) + size
        block = bytes(64 * 1024)
        sent = 0
        while left:
            if sent < size:
                client.sendall(block)
                sent += len(block)
            left -= len(own.recv(256 * 1024))
        assert proxy.resident_mb("VmHWM") - before_mb < 2
