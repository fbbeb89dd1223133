"""What proves a change: the values of a real process, and what a runner's command line says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import frames
import pytest
from apply_plans import N, plan

from ollama_top.apply import proof
from ollama_top.apply.proof import CannotProveError, has_values, serves_at_once
from ollama_top.apply.residents import SOONEST_S, Resident, _keep_s, residents_of
from ollama_top.apply.watching import NotWellError
from ollama_top.model.finding import Change
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel
from ollama_top.model.reading import Known, Missing, Source, Why

FOUR = (Change(N, "4"),)
UNKNOWN = Missing(Why.DENIED, "root's")


@pytest.fixture
def process() -> Iterator[int]:
    words = [sys.executable, "-c", "print(1, flush=True); input()"]
    variables = os.environ | {N: "4"}
    with subprocess.Popen(words, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        yield child.pid
        child.communicate()


def test_a_process_that_has_the_values_is_believed(process: int, tmp_path: Path) -> None:
    changes = (*FOUR, Change("OLLAMA_MAX_QUEUE", None))
    assert (
        has_values(process, plan(tmp_path), changes) == f"Process {process} has {N}=4, no OLLAMA_MAX_QUEUE."
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ((Change(N, "5"),), f"with {N}=4"),
        ((Change(N, None),), f"with {N}=4"),
        ((Change("OLLAMA_HOST", "x"),), "without"),
    ],
)
def test_one_that_has_not_is_not_well(
    changes: tuple[Change, ...], why: str, process: int, tmp_path: Path
) -> None:
    with pytest.raises(NotWellError, match=why):
        has_values(process, plan(tmp_path), changes)


def test_what_has_ended_or_may_not_be_seen_proves_nothing(
    process: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotWellError, match="has ended"):
        has_values(4_000_000, plan(tmp_path), FOUR)
    monkeypatch.setattr(proof.environment, "read", lambda _: UNKNOWN)
    monkeypatch.setattr(proof, "read_unit", lambda *_, **__: None)
    with pytest.raises(CannotProveError, match="cannot be seen: root's"):
        has_values(process, plan(tmp_path), FOUR)


async def at_once(wanted: str, *models: LoadedModel, version: str = "0.33.0") -> tuple[str, ...]:
    async def look() -> Frame:
        return frames.frame(models=models, server=frames.server(version=Known(version, Source.API)))

    names = ["a:1b"]
    return await serves_at_once(look, names, plan(Path("/"), changes=(Change(N, wanted),)))


async def test_the_runners_own_word_decides() -> None:
    four = frames.model("a:1b", parallel=Known(4, Source.ARGV), held_at_one=None)
    assert await at_once("4", four) == ("a:1b serves 4 at once.",)
    with pytest.raises(NotWellError, match="serves 4 at once, and not 8"):
        await at_once("8", four)
    one = replace(four, parallel=Known(1, Source.ARGV), held_at_one="it embeds")
    assert await at_once("8", one) == ("a:1b serves 1 at once: it embeds.",)
    unseen = replace(four, parallel=UNKNOWN)
    assert "cannot be seen: root's" in (await at_once("4", unseen))[0]
    assert "it is gone" in (await at_once("4"))[0]


@pytest.mark.parametrize("text", ["04", "'4'", ' "4" '])
async def test_a_number_is_meant_and_not_its_spelling(text: str) -> None:
    four = frames.model("a:1b", parallel=Known(4, Source.ARGV), held_at_one=None)
    assert await at_once(text, four) == ("a:1b serves 4 at once.",)


async def test_as_many_as_fit_is_whatever_the_server_chose() -> None:
    four = frames.model("a:1b", parallel=Known(4, Source.ARGV), held_at_one=None)
    assert await at_once("0", four, version="0.9.0") == ("a:1b serves 4 at once.",)
    with pytest.raises(NotWellError, match="serves 4 at once, and not 1"):
        await at_once("0", four)


async def test_it_is_asked_only_where_that_was_changed() -> None:
    async def look() -> Frame:
        raise AssertionError

    assert await serves_at_once(look, ["a:1b"], plan(Path("/"), changes=(Change("OLLAMA_HOST", "x"),))) == ()


def test_the_residents_are_known_by_name_and_how_they_came() -> None:
    known = frames.model("a:1b", context_tokens=Known(4096, Source.API), expires_at=UNKNOWN)
    found = residents_of(frames.frame(models=(known, frames.model(UNKNOWN))))
    assert found == (Resident("a:1b", 4096, None),)


def test_they_stay_as_long_as_they_would_have() -> None:
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    assert _keep_s(Resident("a", None, None)) == SOONEST_S
    assert _keep_s(Resident("a", None, now - timedelta(hours=1))) == SOONEST_S
    assert _keep_s(Resident("a", None, now + timedelta(days=20_000))) is None
    left_s = _keep_s(Resident("a", None, now + timedelta(minutes=10)))
    assert left_s == pytest.approx(600, abs=5)
