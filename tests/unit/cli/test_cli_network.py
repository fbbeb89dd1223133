"""Where questions go, and what goes with them: no proxy between here and here, no token in the open."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from answering import Answering, Asked, Secure, always, ollama, reply
from captured import NEWEST, Capture
from certificates import self_signed
from running import run_here

TOKEN = "let-me-in"
ELSEWHERE = "ollama.invalid"
"""A name that nothing resolves: only a proxy can be asked for it."""


@pytest.fixture
def proxy() -> Iterator[Answering]:
    with Answering(ollama_behind) as server:
        yield server


def ollama_behind(asked: Asked) -> Iterable[bytes]:
    """A proxy that is itself whatever it is asked for."""
    path = asked.target.removeprefix(f"http://{ELSEWHERE}:11434")
    return ollama(Capture(NEWEST))(Asked(asked.method, path, asked.headers))


def proxied(proxy: Answering) -> dict[str, str]:
    return dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"), proxy.url)


def shown(*words: str, **environment: str) -> dict[str, object]:
    done = run_here("show", "--json", *words, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    server: dict[str, object] = json.loads(done.stdout)["server"]
    return server


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_asked_without_a_proxy(proxy: Answering, host: str) -> None:
    with Answering(ollama(Capture(NEWEST))) as server:
        told = shown("--host", f"{host}:{server.port}", **proxied(proxy), OLLAMA_TOP_TOKEN=TOKEN)
    assert told["reachable"] is True
    assert proxy.asked == []
    assert {each.headers["authorization"] for each in server.asked} == {f"Bearer {TOKEN}"}


def test_another_machine_is_asked_through_the_proxy_and_without_the_token(proxy: Answering) -> None:
    told = shown("--host", ELSEWHERE, **proxied(proxy), OLLAMA_TOP_TOKEN=TOKEN)
    assert told["reachable"] is True
    assert {each.target for each in proxy.asked} >= {f"http://{ELSEWHERE}:11434/api/ps"}
    assert all("authorization" not in each.headers for each in proxy.asked)


def test_without_a_token_none_is_sent(proxy: Answering) -> None:
    with Answering(ollama(Capture(NEWEST))) as server:
        shown("--host", server.url)
    assert server.asked
    assert all("authorization" not in each.headers for each in server.asked)


def test_a_path_in_front_of_the_api_is_kept() -> None:
    def behind(asked: Asked) -> Iterable[bytes]:
        return ollama(Capture(NEWEST))(
            Asked(asked.method, asked.target.removeprefix("/ollama"), asked.headers)
        )

    with Answering(behind) as server:
        assert shown("--host", f"{server.url}/ollama/")["reachable"] is True
    assert all(each.target.startswith("/ollama/api/") for each in server.asked)


def test_a_redirect_takes_the_token_nowhere() -> None:
    with Answering(ollama(Capture(NEWEST))) as other:
        away = always(reply(b"", "307 Temporary Redirect", location=f"{other.url}/api/ps"))
        with Answering(away) as server:
            told = shown("--host", server.url, OLLAMA_TOP_TOKEN=TOKEN)
    assert told["problem"] == "answered HTTP 307 Temporary Redirect"
    assert other.asked == []


def test_few_questions_are_asked_and_none_that_changes_anything() -> None:
    with Answering(ollama(Capture(NEWEST))) as server:
        shown("--host", server.url)
    asked = [(each.method, each.target) for each in server.asked]
    assert asked == [("GET", "/api/ps"), ("GET", "/api/version"), ("POST", "/api/show"), ("GET", "/api/ps")]


# https, spoken by a server with a certificate that nobody knows


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost, with its key in the same file."""
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def secure(certificate: Path) -> Iterator[Secure]:
    with Secure(ollama(Capture(NEWEST)), certificate) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure: Secure) -> None:
    told = shown("--host", secure.url, OLLAMA_TOP_TOKEN=TOKEN)
    assert (told["reachable"], told["problem"]) == (False, "TLS failed: certificate verify failed")
    assert secure.asked == []


def test_a_certificate_is_trusted_by_its_file_or_when_told_to(secure: Secure, certificate: Path) -> None:
    for words in (["--ca-file", str(certificate)], ["--insecure"]):
        assert shown("--host", secure.url, *words)["reachable"] is True


def test_the_token_goes_to_another_machine_over_https(secure: Secure, certificate: Path) -> None:
    words = ["--host", f"https://{ELSEWHERE}", "--ca-file", str(certificate)]
    told = shown(*words, https_proxy=secure.proxy_url, OLLAMA_TOP_TOKEN=TOKEN)
    assert told["reachable"] is True
    assert {each.target for each in secure.connects} == {f"{ELSEWHERE}:443"}
    assert all("authorization" not in each.headers for each in secure.connects)
    assert {each.headers["authorization"] for each in secure.asked} == {f"Bearer {TOKEN}"}


def test_a_certificate_of_another_name_is_not_trusted(secure: Secure, certificate: Path) -> None:
    words = ["--host", "https://other.invalid", "--ca-file", str(certificate)]
    told = shown(*words, https_proxy=secure.proxy_url, OLLAMA_TOP_TOKEN=TOKEN)
    assert told["problem"] == "TLS failed: certificate verify failed"
    assert secure.asked == []
