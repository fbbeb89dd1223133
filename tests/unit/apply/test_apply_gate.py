"""A real proxy closed for the length of a change: opened again whatever happens, and never closed twice."""

from pathlib import Path

import pytest
from apply_plans import course, parts, plan
from proxying import proxy, until
from world import simulated_ollama

from ollama_top.apply.gate import CalledOffError, feeds_of, no_gate, through
from ollama_top.model.receipt import Outcome
from ollama_top.sources.hello import told_at
from ollama_top.sources.holding import holding


def is_closed(feed: Path) -> bool:
    for _ in range(20):  # one under load may not tell of itself in time
        if (found := told_at(feed)) is not None:
            return found.holding
    raise AssertionError("it tells nothing of itself")


async def test_it_is_closed_as_long_as_the_change_lasts(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    said: list[str] = []
    with simulated_ollama() as server, proxy(server.url, feed):
        async with through([feed], said.append):
            assert is_closed(feed)
            with pytest.raises(CalledOffError, match="the proxy: "):
                async with through([feed], said.append):
                    raise AssertionError
        assert not is_closed(feed), "it was let go, and not left to itself"
    assert said == ["new requests are kept back; 0 are waited for", "0 clients waited meanwhile, and go on"]


async def test_where_another_holds_nothing_is_done(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    with simulated_ollama() as server, proxy(server.url, feed):
        async with holding(feed, 60):
            made_with = parts(gate=lambda: through([feed], lambda _: None))
            receipt = await course(plan(tmp_path), made_with).there()
        await until(lambda: not is_closed(feed))
        assert receipt.outcome is Outcome.CALLED_OFF
        assert receipt.text.startswith("Nothing was done: the proxy: ")
        assert not (tmp_path / "drop").exists()
        receipt = await course(plan(tmp_path), made_with).there()
        assert receipt.outcome is Outcome.KEPT


async def test_a_change_that_fails_opens_it_too(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    with simulated_ollama() as server, proxy(server.url, feed):
        with pytest.raises(ZeroDivisionError):
            async with through([feed], lambda _: None):
                raise ZeroDivisionError
        await until(lambda: not is_closed(feed))
        found = told_at(feed)
        assert found
        with pytest.raises(CalledOffError, match="is not found"):
            feeds_of([found])


async def test_a_proxy_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(CalledOffError, match="the proxy: "):
        async with through([tmp_path / "nowhere"], lambda _: None):
            raise AssertionError
    async with no_gate() as gate:
        assert gate.upstream is None
