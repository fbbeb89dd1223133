"""An address that is a proxy's means the server behind it; whatever else answers there means itself."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from exchanges import proxy

from ollama_top.config.feed_folder import feed_path, feed_paths, make_folder
from ollama_top.model.feed_event import Hello, Ready, line_of
from ollama_top.ollama.host import parse_target
from ollama_top.sources import hello
from ollama_top.sources.behind import behind

SERVER = parse_target("127.0.0.1:11434")
PROXY = parse_target("127.0.0.1:11435")
HELLO = line_of(Hello(proxy()))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(hello, "PATIENCE_S", 0.2)
    make_folder(feed_path("x").parent)


@contextmanager
def feed(listen: str, said: bytes, path: Path | None = None) -> Iterator[None]:
    """A feed that says this to everyone."""
    path = path or feed_path(listen)
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(str(path))
        own.listen()
        thread = threading.Thread(target=_serve, args=(own, said), daemon=True)
        thread.start()
        yield
        own.shutdown(socket.SHUT_RDWR)
        thread.join(5)
        path.unlink()


def _serve(own: socket.socket, said: bytes) -> None:
    kept = []
    while True:
        try:
            connection, _ = own.accept()
        except OSError:
            break
        connection.sendall(said)
        kept.append(connection)
    for each in kept:
        each.close()


@pytest.mark.parametrize("asked", ["127.0.0.1:11435", "localhost:11435", "http://localhost:11435"])
def test_a_proxy_s_address_means_its_server(asked: str) -> None:
    assert behind(parse_target(asked)) == parse_target(asked)
    with feed("127.0.0.1:11435", HELLO):
        assert behind(parse_target(asked)) == SERVER


def test_through_several_proxies_to_the_last_and_never_in_a_circle() -> None:
    second = replace(proxy(), listen="127.0.0.1:11436", upstream="http://127.0.0.1:11435")
    with feed("127.0.0.1:11435", HELLO), feed("127.0.0.1:11436", line_of(Hello(second))):
        assert behind(parse_target("127.0.0.1:11436")) == SERVER
    circle = replace(proxy(), upstream="http://127.0.0.1:11435")
    with feed("127.0.0.1:11435", line_of(Hello(circle))):
        assert behind(PROXY) == PROXY


@pytest.mark.parametrize(
    "said",
    [b"", b"{", b"garbage\n", line_of(Ready()), line_of(Hello(replace(proxy(), listen="127.0.0.1:1")))],
)
def test_a_feed_that_says_something_else_or_nothing_is_none(said: bytes) -> None:
    with feed("127.0.0.1:11435", said):
        assert behind(PROXY) == PROXY


def test_a_feed_that_nobody_listens_at_is_none() -> None:
    with socket.socket(socket.AF_UNIX) as own:
        own.bind(str(feed_path("127.0.0.1:11435")))
    assert behind(PROXY) == PROXY


def test_a_folder_that_anybody_can_write_to_says_nothing() -> None:
    with feed("127.0.0.1:11435", HELLO):
        feed_path("x").parent.chmod(0o777)
        assert behind(PROXY) == PROXY


def test_a_feed_that_the_user_names_is_asked_wherever_it_lies(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    elsewhere = tmp_path / "feed"
    with feed("127.0.0.1:11435", HELLO, elsewhere):
        assert behind(PROXY) == PROXY
        assert behind(PROXY, [elsewhere]) == SERVER
        assert behind(parse_target("127.0.0.1:11436"), [elsewhere]).port == 11436
    assert behind(PROXY, [elsewhere]) == PROXY


def test_of_two_the_one_that_does_not_stop_is_meant() -> None:
    first, second = feed_paths("127.0.0.1:11435")[:2]
    stopping = replace(proxy(), stopping=True, upstream="http://127.0.0.1:11437")
    with feed("", line_of(Hello(stopping)), first), feed("", HELLO, second):
        assert behind(PROXY) == SERVER
