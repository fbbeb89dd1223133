"""Whatever a server answers, `show` makes a Frame of it and says in plain words what is wrong."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from answering import Answer, Answering, Asked, always, ollama, reply
from captured import NEWEST, OLDER, Capture
from running import NOBODY, run_here

MIB = 1 << 20
EVIL = "\x1b[2J\x07[bold]evil[/]\u202e\x7f"


def huge(_: Asked) -> Iterable[bytes]:
    yield reply(b"", length=50 * MIB)
    for _ in range(50):
        yield b" " * MIB


def slow(_: Asked) -> Iterable[bytes]:
    time.sleep(1.5)
    yield from ollama(Capture(NEWEST))(_)


BAD: dict[str, tuple[Answer, str]] = {
    "HTML": (always(reply(b"<!doctype html><h1>It works")), "answered HTML where JSON was expected"),
    "403": (always(reply(b"", "403 Forbidden")), "answered HTTP 403 Forbidden"),
    "500": (
        always(reply(b'{"error":"out of luck"}', "500 Internal Server Error")),
        "answered HTTP 500 Internal Server Error: out of luck",
    ),
    "a redirect": (
        always(reply(b"", "301 Moved Permanently", location="https://example.com/")),
        "answered HTTP 301 Moved Permanently",
    ),
    "null": (always(reply(b"null")), "answered null where an object was expected"),
    "a list": (always(reply(b"[]")), "answered a list where an object was expected"),
    "no list of models": (
        always(reply(b'{"status":"ok"}')),
        "answered no list of models: this may not be Ollama",
    ),
    "half a reply": (always(reply(b'{"models":[', length=100)), "broke off or garbled its answer ("),
    "half a document": (always(reply(b'{"models":[')), "answered something else where JSON was expected"),
    "50 MB": (huge, "answered more than 8 MiB: refused"),
    "no UTF-8": (always(reply(b'{"models":"\xff\xfe"}')), "answered something else where JSON was expected"),
    "nothing at all": (always(b""), "broke off or garbled its answer ("),
    "no HTTP": (always(b"SSH-2.0-OpenSSH_9.2p1\r\n"), "broke off or garbled its answer ("),
    "broken gzip": (always(reply(b"no gzip", content_encoding="gzip")), "answered packed as 'gzip'"),
    "an empty body": (always(reply(b"")), "answered nothing where JSON was expected"),
}

GOOD: dict[str, Answer] = {
    "newest": ollama(Capture(NEWEST)),
    "older": ollama(Capture(OLDER)),
    "slow": slow,
    "very old": ollama(
        Capture(NEWEST),
        version=reply(b'{"version":"0.1.30"}'),
        ps=reply(b"404 page not found", "404 Not Found"),
    ),
    "unknown": ollama(
        Capture(NEWEST),
        version=reply(b'{"version":"99.9-x\\u001b[2J","codename":"z"}'),
        ps=reply(b'{"models":[{"name":"new","size_tpu":1,"expires_at":"never"}],"next":null}'),
    ),
    "evil": ollama(Capture(NEWEST), ps=reply(json.dumps({"models": [{"name": EVIL}]}).encode())),
}


IN_PLAIN = ("HTML", "half a reply", "unknown", "evil")
"""What is shown as plain text besides."""


@dataclass(frozen=True)
class Shown:
    """What `show` made of a server: its document, and its text."""

    url: str
    document: dict[str, Any]
    plain: str


def shown(name: str) -> Shown:
    """What is shown of a server that answers so."""
    answer = GOOD[name] if name in GOOD else BAD[name][0]
    with Answering(answer) as server:
        return show(server, name in IN_PLAIN)


def show(server: Answering, in_plain: bool) -> Shown:
    plain = printed("show", "--host", server.url) if in_plain else ""
    return Shown(server.url, json.loads(printed("show", "--json", "--host", server.url)), plain)


def printed(*words: str) -> str:
    done = run_here(*words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_answer_is_a_frame_with_a_problem(name: str) -> None:
    _, problem = BAD[name]
    found = shown(name)
    server = found.document["server"]
    assert not server["reachable"]
    assert server["problem"].startswith(problem)
    assert found.document["verdict"] == {
        "severity": "error",
        "text": f"cannot read {found.url}: {server['problem']}",
        "finding": None,
    }
    assert found.document["models"] == []
    assert name not in IN_PLAIN or problem in found.plain


def test_nothing_that_listens_is_a_frame_too() -> None:
    server = json.loads(printed("show", "--json", "--host", NOBODY))["server"]
    assert (server["reachable"], server["problem"]) == (False, "connection refused")


@pytest.mark.parametrize(
    ("name", "version"), [("newest", "0.33.0-rc2"), ("older", "0.24.0"), ("slow", "0.33.0-rc2")]
)
def test_an_ollama_is_shown_also_when_it_is_slow(name: str, version: str) -> None:
    found = shown(name).document
    assert (found["server"]["reachable"], found["server"]["problem"]) == (True, None)
    assert found["server"]["version"] == version
    (model,) = found["models"]
    assert (model["name"], model["context_tokens"]) == ("gemma3:270m", 4096)


def test_what_is_not_an_ollama_of_this_machine_has_no_process() -> None:
    found = shown("newest").document
    assert found["server"]["pid"] is None
    assert found["missing"]["/server/pid"]["why"] == "not_local"
    assert found["queue"]["waiting"] is None


def test_a_server_from_before_api_ps_is_an_ollama_with_nothing_to_tell() -> None:
    found = shown("very old").document
    assert (found["server"]["reachable"], found["server"]["version"]) == (True, "0.1.30")
    assert found["models"] == []


def test_an_unknown_version_is_taken_as_it_comes() -> None:
    found = shown("unknown")
    assert found.document["server"]["version"] == "99.9-x\x1b[2J"
    (model,) = found.document["models"]
    assert (model["name"], model["size_bytes"], model["expires_at"]) == ("new", None, None)
    assert "99.9-x\N{SYMBOL FOR ESCAPE}[2J" in found.plain


def test_a_name_cannot_steer_the_terminal() -> None:
    found = shown("evil")
    (model,) = found.document["models"]
    assert model["name"] == EVIL
    assert found.plain.replace("\n", "").isprintable()
    assert "[bold]evil[/]" in found.plain


@pytest.mark.long
def test_an_ollama_that_takes_six_seconds_is_waited_for() -> None:
    def slower(asked: Asked) -> Iterable[bytes]:
        time.sleep(6)
        yield from ollama(Capture(NEWEST))(asked)

    with Answering(slower) as server:
        found = show(server, in_plain=False).document
    assert (found["server"]["reachable"], len(found["models"])) == (True, 1)


@pytest.mark.long
def test_an_ollama_that_is_stuck_is_given_up() -> None:
    def stuck(_: Asked) -> Iterable[bytes]:
        time.sleep(60)
        yield b""

    with Answering(stuck) as server:
        told = show(server, in_plain=False).document["server"]
    assert told["reachable"] is False
    assert told["problem"] == "accepts the connection and does not answer in full (timed out)"
