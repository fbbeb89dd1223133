"""Bursts over TLS: whom they trust, what they carry, and what they say of a server that is not trusted."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from answering import Asked, Secure, reply
from certificates import self_signed
from running import run
from world import MODEL, simulated_ollama

from ollama_top.burst import driver
from ollama_top.burst.course import Course
from ollama_top.burst.dialects import Completions, Work
from ollama_top.burst.site import address_of
from ollama_top.model.burst import BurstOutcome
from ollama_top.ollama.host import parse_target
from ollama_top.sources.http import Access, HttpError

WORK = Completions(Work("a", 8, 8, 1))
KEY = "s3cret-key"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


def speaks_openai(asked: Asked) -> Iterable[bytes]:
    """Answers in pieces, as a server behind TLS does that serves one model."""
    if asked.target.endswith("/models"):
        yield reply(b'{"data": [{"id": "a"}, {"id": "b"}]}')
        return
    yield b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    yield b'data: {"choices": [{"text": " one"}]}\n\ndata: {"choices": [{"te'
    yield b'xt": " two"}]}\n\ndata: {"choices": [], "usage": {"completion_tokens": 2}}\n\ndata: [DONE]\n\n'


async def sent(server: Secure, access: Access, count: int = 3) -> tuple[Course, ...]:
    return await driver.burst(address_of(parse_target(server.url), access), WORK, range(1, count + 1), 10)


async def test_a_server_that_is_trusted_by_its_file_or_by_word_is_measured(certificate: Path) -> None:
    for access in (Access(KEY, ca_file=str(certificate)), Access(KEY, insecure=True)):
        with Secure(speaks_openai, certificate) as server:
            courses = await sent(server, access)
        assert [each.outcome for each in courses] == [BurstOutcome.ANSWERED] * 3
        assert {each.statistics.tokens for each in courses if each.statistics} == {2}
        assert {each.headers["authorization"] for each in server.asked} == {f"Bearer {KEY}"}


async def test_a_server_that_is_not_trusted_is_sent_nothing(certificate: Path) -> None:
    with Secure(speaks_openai, certificate) as server:
        courses = await sent(server, Access(KEY))
    assert [each.outcome for each in courses] == [BurstOutcome.UNSENT] * 3
    assert all(str(each.problem).startswith("no TLS connection: self") for each in courses)
    assert server.asked == []


def test_a_key_goes_nowhere_in_the_open() -> None:
    assert address_of(parse_target("http://gpu.lan:5000"), Access(KEY)).key is None
    assert address_of(parse_target("https://gpu.lan:5000"), Access(KEY)).key == KEY
    assert address_of(parse_target("http://127.0.0.1:5000"), Access(KEY)).key == KEY
    assert KEY not in repr(address_of(parse_target("https://gpu.lan"), Access(KEY)))


def test_certificates_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(HttpError, match="cannot be used"):
        address_of(parse_target("https://gpu.lan"), Access(ca_file=str(tmp_path / "none")))


def test_another_engine_behind_tls_is_compared_by_the_model_that_was_named(certificate: Path) -> None:
    quick = ("--tokens", "8", "--prompt-tokens", "8", "-n", "2", "--model", MODEL)
    with Secure(speaks_openai, certificate) as server, simulated_ollama() as ollama:
        words = ("burst", "--host", ollama.url, *quick, "--json", "--ca-file", str(certificate))
        key = {"OLLAMA_TOP_AGAINST_KEY": KEY}
        unnamed = run(*words, "--against", f"{server.url}/v1=tls", environment=key)
        done = run(*words, "--against", f"{server.url}/v1=tls#b", environment=key)
    assert unnamed.returncode == 2
    assert "of several none is taken (URL#model): a, b" in unnamed.stderr
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)["servers"][1]
    assert (told["name"], told["model"], told["errors"]) == ("tls", "b", 0)
    assert {each.headers["authorization"] for each in server.asked} == {f"Bearer {KEY}"}
    assert KEY not in done.stdout
