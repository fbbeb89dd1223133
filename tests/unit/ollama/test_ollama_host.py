"""OLLAMA_HOST means to ollama-top the server that it means to Ollama."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ollama_top.ollama.host import Target, parse_target

TEST_HOST = {
    "": "http://127.0.0.1:11434",
    "1.2.3.4": "http://1.2.3.4:11434",
    ":1234": "http://:1234",
    "1.2.3.4:1234": "http://1.2.3.4:1234",
    "example.com": "http://example.com:11434",
    "example.com:1234": "http://example.com:1234",
    ":0": "http://:0",
    ":66000": "http://:11434",
    ":-1": "http://:11434",
    "[::1]": "http://[::1]:11434",
    "::1": "http://[::1]:11434",
    "[::1]:1337": "http://[::1]:1337",
    " 1.2.3.4 ": "http://1.2.3.4:11434",
    '"1.2.3.4"': "http://1.2.3.4:11434",
    ' " 1.2.3.4 " ': "http://1.2.3.4:11434",
    "'1.2.3.4'": "http://1.2.3.4:11434",
    "http://1.2.3.4": "http://1.2.3.4:80",
    "http://1.2.3.4:4321": "http://1.2.3.4:4321",
    "https://1.2.3.4": "https://1.2.3.4:443",
    "https://1.2.3.4:4321": "https://1.2.3.4:4321",
    "https://example.com/ollama": "https://example.com:443/ollama",
    "ollama.com": "https://ollama.com:443",
}
"""TestHost of envconfig/config_test.go; "[::]" stands below, since a client cannot connect to it."""

TEST_CONNECTABLE_HOST = {
    "127.0.0.1": "http://127.0.0.1:11434",
    "127.0.0.1:1234": "http://127.0.0.1:1234",
    "0.0.0.0": "http://127.0.0.1:11434",
    "0.0.0.0:1234": "http://127.0.0.1:1234",
    "[::]": "http://[::1]:11434",
    "[::]:1234": "http://[::1]:1234",
    "[::1]": "http://[::1]:11434",
    "[::1]:1234": "http://[::1]:1234",
    "192.168.1.5": "http://192.168.1.5:11434",
    "192.168.1.5:8080": "http://192.168.1.5:8080",
    "example.com": "http://example.com:11434",
    "example.com:1234": "http://example.com:1234",
    "https://0.0.0.0:4321": "https://127.0.0.1:4321",
}
"""TestConnectableHost of the same file."""

SEEN_IN_GO = {
    "1.2.3.4:": "http://1.2.3.4:11434",
    "http://1.2.3.4:": "http://1.2.3.4:80",
    "1.2.3.4:00080": "http://1.2.3.4:80",
    "1.2.3.4:000080000": "http://1.2.3.4:11434",
    f"1.2.3.4:{'0' * 5000}80": "http://1.2.3.4:80",
    f"1.2.3.4:{'9' * 5000}": "http://1.2.3.4:11434",
    "1.2.3.4:٨٠": "http://1.2.3.4:11434",
    "[1.2.3.4]:80": "http://1.2.3.4:80",
    "[example.com]:80": "http://example.com:80",
    "[::1": "http://[::1]:11434",
    "::1]": "http://[::1]:11434",
    "::": "http://[::1]:11434",
    "::ffff:0.0.0.0": "http://127.0.0.1:11434",
    "2001:db8::5": "http://[2001:db8::5]:11434",
    "example.com/a/b/": "http://example.com:11434/a/b",
    "ollama.com:80": "http://ollama.com:80",
    "http://ollama.com": "http://ollama.com:80",
}
"""What Host() and ConnectableHost() made of these when they were run."""


@pytest.mark.parametrize(("text", "url"), (TEST_HOST | TEST_CONNECTABLE_HOST | SEEN_IN_GO).items())
def test_ollamas_own_rules(text: str, url: str) -> None:
    reachable = url.replace("http://:", "http://127.0.0.1:")  # dialled without a host it is the loopback
    assert parse_target(text).url == reachable


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.com",  # Ollama lets these schemes by, and fails when it connects
        "HTTP://example.com",
        "://example.com",
        "unix:///run/ollama.sock",
    ],
)
def test_a_scheme_that_cannot_be_asked_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the scheme must be http or https"):
        parse_target(text)


@pytest.mark.parametrize(
    "text",
    [
        *("two words", "a:b:c", "example.com:80:80", "[::1]x", "[]", "[ ]", "::g", "a%20b", "a\\b"),
        *("host?x=1", "http://host#x", "host/a b", "host/?x", "1.2.3.4%eth0", "::1%a b"),
        *("ho\x1bst", "ho\u202est", "\ud800"),
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address of a server") as refused:
        parse_target(text)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    "text", ["me:secret@host", "http://me:secret@host:1", "secret@host", "ftp://me:secret@host"]
)
def test_a_password_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="must not hold a user or a password") as refused:
        parse_target(text)
    assert "secret" not in str(refused.value)


def test_an_address_of_a_link_keeps_its_interface() -> None:
    assert parse_target("[fe80::1%eth0]:80").url == "http://[fe80::1%eth0]:80"
    assert parse_target("fe80::1%eth0.7").host == "fe80::1%eth0.7"


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("LocalHost", True),
        ("0.0.0.0", True),
        ("localhost.example.com", False),
        ("192.168.1.5", False),
        ("example.com", False),
        ("128.0.0.1", False),
    ],
)
def test_what_cannot_leave_this_machine(host: str, is_loopback: bool) -> None:
    assert parse_target(host).is_loopback is is_loopback


PARTS = [
    "http://",
    "https://",
    "://",
    ":",
    "[",
    "]",
    "::1",
    "0.0.0.0",
    "1.2.3.4",
    "example.com",
    "11434",
    "66000",
    "/",
    "path",
    "@",
    "%eth0",
    "?",
    "'",
]


@given(st.text(st.characters(codec=None)) | st.lists(st.sampled_from([*PARTS, " ", '"'])).map("".join))
@example("[fe80::1%eth0]:80/")
def test_any_text_is_a_server_that_can_be_asked_or_refused(text: str) -> None:
    try:
        target = parse_target(text)
    except ValueError:
        return
    assert isinstance(target, Target)
    parts = urlsplit(target.url)
    assert (parts.scheme, parts.port, parts.path) == (target.scheme, target.port, target.path)
    assert parts.hostname == target.host.lower()
    assert (parts.username, parts.query, parts.fragment) == (None, "", "")
    assert parse_target(f"{target.url}/") == target  # the end keeps a quote in the path from being trimmed
