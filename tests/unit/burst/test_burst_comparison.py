"""Servers side by side: how they are named, and what the same rounds come to."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import frames
import pytest
from bursts import MODEL, course, spec, waves

from ollama_top.burst import rivals
from ollama_top.burst.comparison import Party, compare, compared
from ollama_top.burst.rivals import parse_rival
from ollama_top.burst.wire import Address
from ollama_top.model.burst import BurstOutcome
from ollama_top.model.reading import Known
from ollama_top.ollama.jsonic import BadReplyError

STEADY = Path(__file__).parents[2] / "steady.py"
NOWHERE = Address("127.0.0.1", 1)


@contextmanager
def steady(rate: float) -> Iterator[int]:
    """A server that writes so many pieces a second for each request; its port."""
    words = [sys.executable, str(STEADY), "--rate", str(rate)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def party(name: str, address: Address = NOWHERE) -> Party:
    return Party(name, f"http://{name}", "steady", address, is_ollama=False)


def test_two_servers_of_known_speed_give_their_ratio() -> None:
    with steady(120) as fast, steady(40) as slow:
        parties = [party("fast", Address("127.0.0.1", fast)), party("slow", Address("127.0.0.1", slow))]
        found = asyncio.run(compare(parties, spec(6, tokens=48), is_demo=False))
    one, other = found.servers
    assert (one.sent, one.errors, other.errors) == (18, 0, 0)
    assert isinstance(other.ratio, Known)
    assert other.ratio.value == pytest.approx(40 / 120, rel=0.05)
    assert isinstance(other.fairness, Known)
    assert other.fairness.value > 0.9
    assert len(found.caveats) == 2


def test_errors_are_counted_and_pieces_stand_in_for_tokens_that_are_not_told() -> None:
    bare = tuple(course(each, 0, 2, statistics=None) for each in (1, 2))
    cut = course(3, 0, 1, statistics=None, outcome=BurstOutcome.CUT, problem="gone")
    rounds = {"a": (waves(2, 2),) * 3, "b": ((*bare, cut),) * 3}
    found = compared([party("a"), party("b")], rounds, spec(2), frames.NOW, is_demo=False)
    assert [each.errors for each in found.servers] == [0, 3]
    assert found.servers[1].problem == "gone"
    assert "b did not say how many tokens" in found.caveats[-1]


def test_an_address_is_taken_with_and_without_its_v1_and_with_a_name() -> None:
    rival = parse_rival("http://127.0.0.1:5000/v1=tabby")
    assert (rival.name, rival.target.url) == ("tabby", "http://127.0.0.1:5000")
    assert parse_rival("https://gpu.lan/api/v1/").target.url == "https://gpu.lan:443/api"
    assert parse_rival("http://127.0.0.1:8000").name == "127.0.0.1:8000"


def test_a_model_may_be_named_for_a_server_behind_its_name_or_without_one() -> None:
    named = parse_rival("http://127.0.0.1:5000/v1=tabby#Qwen/Qwen3-8B=exl2:4.0")
    assert (named.name, named.model) == ("tabby", "Qwen/Qwen3-8B=exl2:4.0")
    assert named.target.url == "http://127.0.0.1:5000"
    bare = parse_rival("http://127.0.0.1:5000#a")
    assert (bare.name, bare.model) == ("127.0.0.1:5000", "a")
    assert parse_rival("http://127.0.0.1:5000=x").model is None


@pytest.mark.parametrize(
    "text",
    ["", "127.0.0.1:80", "ftp://x", "http://u:p@x", "http://x=a b", "http://x=", "http://x#", "http://x=a# "],
)
def test_what_is_no_address_of_a_server_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
        parse_rival(text)


def test_a_key_is_that_of_its_name_or_the_one_for_all() -> None:
    tabby = parse_rival("http://127.0.0.1:5000=my-tabby")
    variable = rivals.KEY_VARIABLE
    assert rivals.key_of(tabby, {}) is None
    assert rivals.key_of(tabby, {variable: "all"}) == "all"
    assert rivals.key_of(tabby, {variable: "all", f"{variable}_MY_TABBY": "own"}) == "own"


def test_of_the_models_there_the_wished_one_is_asked_else_the_only_one() -> None:
    body = b'{"data": [{"id": "a"}, {"id": "b"}, {}]}'
    assert rivals.model_of(body, "b") == "b"
    assert rivals.model_of(b'{"data": [{"id": "a"}]}', MODEL) == "a"
    with pytest.raises(BadReplyError, match=r"of several none is taken \(URL#model\): a, b"):
        rivals.model_of(body, MODEL)
    with pytest.raises(BadReplyError, match="on another server"):
        rivals.model_of(b'{"data": [{"id": "gpt-oss:120b-cloud"}]}', MODEL)
    assert rivals.model_of(body, "b", "a") == "a"
    with pytest.raises(BadReplyError, match="does not list c, but a, b"):
        rivals.model_of(body, "b", "c")
    with pytest.raises(BadReplyError, match="lists no model"):
        rivals.model_of(b'{"data": []}', MODEL)
