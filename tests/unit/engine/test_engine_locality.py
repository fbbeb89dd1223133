"""One server may be called by several of this machine's addresses: the socket that listens tells."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psutil
import pytest
from engine_samples import connection

from ollama_top.engine.locality import aliases, listener_at
from ollama_top.ollama.host import Target
from ollama_top.sources import sockets
from ollama_top.sources.inet_diag import Endpoint, Socket

needs_diagnosis = pytest.mark.skipif(not sockets.is_supported(), reason="needs Linux's socket diagnosis")


@pytest.fixture
def lan() -> str:
    """An address of this machine's that is not of its loopback."""
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family == socket.AF_INET and not each.address.startswith("127."):
                return str(each.address)
    pytest.skip("this machine is in no network")


@contextmanager
def listening(*hosts: str) -> Iterator[Target]:
    """A listener on each, all on one port; the server at the loopback."""
    with ExitStack() as stack:
        port = 0
        for host in hosts:
            own = stack.enter_context(socket.create_server((host, port)))
            port = own.getsockname()[1]
        yield Target("http", "127.0.0.1", port)


@needs_diagnosis
def test_who_listens_everywhere_is_one_server(lan: str) -> None:
    with listening("0.0.0.0") as target:
        told = [
            f"http://{lan}:{target.port}",
            f"http://{lan}:1",
            f"http://198.51.100.7:{target.port}",
            f"http://somewhere:{target.port}",
            "ftp://nonsense",
        ]
        assert aliases(target, told) == {told[0]}
        assert aliases(Target("http", lan, target.port), [target.url]) == {target.url}


@needs_diagnosis
@pytest.mark.parametrize("own", [("127.0.0.1",), ("127.0.0.1", "lan"), ("lan",)])
def test_who_listens_at_one_address_only_is_another(own: tuple[str, ...], lan: str) -> None:
    with listening(*(lan if each == "lan" else each for each in own)) as target:
        assert aliases(target, [f"http://{lan}:{target.port}"]) == frozenset()


def listener(cookie: int, address: str) -> Socket:
    return replace(connection(0), cookie=cookie, local=Endpoint(address, 11434))


def test_the_nearest_listener_takes_it() -> None:
    everywhere, both, own = listener(1, "0.0.0.0"), listener(2, "::"), listener(3, "10.0.0.7")
    assert listener_at("10.0.0.7", [everywhere, both, own]) == 3
    assert listener_at("localhost", [both, everywhere]) == 1
    assert listener_at("10.0.0.8", [both]) == 2
    assert listener_at("fe80::1%eth0", [everywhere]) is None
    assert listener_at("gpu-box", [everywhere, both]) is None
