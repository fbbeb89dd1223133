"""What is done to the simulation shows in its Frames, in real time."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import cast

import pytest

from ollama_top.demo import catalogue, scenarios
from ollama_top.demo.feed import DemoFeed
from ollama_top.demo.pulls import NO_SUCH_MODEL, Pulls, pullable
from ollama_top.demo.world import Scenario
from ollama_top.engine.feed import ActionError
from ollama_top.model.action import Keep, Load, Progress, Pull, Restart, Unload
from ollama_top.model.frame import Frame
from ollama_top.model.loaded import LoadedModel, ModelState
from ollama_top.model.reading import Known, value_or

CHAT = "qwen3:8b"
BEGAN_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Looked:
    """A feed and the newest of its Frames."""

    def __init__(self, feed: DemoFeed, frames: AsyncGenerator[Frame, None]) -> None:
        self.feed = feed
        self._frames = frames

    async def until(self, holds: Callable[[tuple[LoadedModel, ...]], bool]) -> Frame:
        async with asyncio.timeout(20):
            async for frame in self._frames:
                if holds(frame.snapshot.models):
                    return frame
        raise AssertionError("the feed ended")


@asynccontextmanager
async def looking(scenario: Scenario) -> AsyncIterator[Looked]:
    feed = DemoFeed(0.1, scenario)
    frames = feed.frames()
    yield Looked(feed, cast("AsyncGenerator[Frame, None]", frames))
    await frames.aclose()


def heard(_: Progress) -> None:
    """For actions that tell nothing."""


def states(*wanted: ModelState) -> Callable[[tuple[LoadedModel, ...]], bool]:
    return lambda models: [each.state for each in models] == list(wanted)


async def test_a_model_is_loaded_kept_and_unloaded() -> None:
    async with looking(scenarios.EMPTY) as looked:
        loading = asyncio.create_task(looked.feed.act(Load(CHAT), heard))
        await looked.until(states(ModelState.LOADING))
        frame = await looked.until(states(ModelState.IDLE))
        await loading
        pid = frame.snapshot.models[0].runner_pid
        await looked.feed.act(Keep(CHAT, None, None), heard)
        frame = await looked.until(
            lambda models: value_or(models[0].expires_at, frame.snapshot.taken_at).year > 2100
        )
        assert frame.snapshot.models[0].runner_pid == pid
        await looked.feed.act(Unload(CHAT), heard)
        await looked.until(states())


async def test_another_context_than_that_of_the_load_loads_anew_as_ollama_does() -> None:
    async with looking(scenarios.IDLE) as looked:
        before = await looked.until(states(ModelState.IDLE))
        keeping = asyncio.create_task(looked.feed.act(Keep(CHAT, 60, 2048), heard))
        after = await looked.until(
            lambda models: bool(models) and models[0].runner_pid != before.snapshot.models[0].runner_pid
        )
        keeping.cancel()
        assert isinstance(after.snapshot.models[0].runner_pid, Known)


async def test_a_load_that_is_broken_off_ends() -> None:
    async with looking(scenarios.EMPTY) as looked:
        loading = asyncio.create_task(looked.feed.act(Load("qwen2.5-coder:32b"), heard))
        await looked.until(states(ModelState.LOADING))
        loading.cancel()
        await looked.until(states())


async def test_a_runner_that_is_ended_is_gone_until_it_is_needed() -> None:
    async with looking(scenarios.IDLE) as looked:
        frame = await looked.until(states(ModelState.IDLE))
        pid = value_or(frame.snapshot.models[0].runner_pid, 0)
        stop = Restart(CHAT, pid, frame.snapshot.taken_at)
        await looked.feed.act(stop, heard)
        await looked.until(states(ModelState.GONE))
        with pytest.raises(ActionError, match="any more"):
            await looked.feed.act(stop, heard)
        loading = asyncio.create_task(looked.feed.act(Load(CHAT), heard))
        await looked.until(states(ModelState.IDLE))
        await loading


async def test_what_is_pulled_is_installed_and_can_be_loaded() -> None:
    told: list[Progress] = []
    async with looking(scenarios.EMPTY) as looked:
        looked.feed._pulls = Pulls(1e9)
        await looked.feed.act(Pull("gemma3:270m"), told.append)
        assert "gemma3:270m" in {each.name for each in await looked.feed.installed()}
        loading = asyncio.create_task(looked.feed.act(Load("gemma3:270m"), heard))
        frame = await looked.until(states(ModelState.IDLE))
        assert value_or(frame.snapshot.models[0].name, "") == "gemma3:270m"
        await loading
    assert told[0].phase == "pulling manifest"


@pytest.mark.parametrize("action", [Load("nope"), Keep("nope", 1, None), Unload("nope")])
async def test_a_strange_name_is_refused_in_the_servers_words(action: Load | Keep | Unload) -> None:
    with pytest.raises(ActionError, match="model 'nope' not found"):
        await DemoFeed(2.0, scenarios.EMPTY).act(action, heard)
    with pytest.raises(ActionError, match="file does not exist"):
        await DemoFeed(2.0, scenarios.EMPTY).act(Pull("nope"), heard)


def test_a_download_that_is_broken_off_goes_on_where_it_was() -> None:
    pulls = Pulls(1e8)
    model = pullable("gemma3:270m")
    first = pulls.steps(model)
    lines = [line for _, line in (next(first) for _ in range(12))]
    again = [line for _, line in pulls.steps(model)]
    assert again[1]["completed"] == lines[-1]["completed"]
    assert again[-1] == {"status": "success"}


def test_a_download_fails_midway_or_at_once_as_real_ones_do() -> None:
    failing = Pulls(1e8, "max retries exceeded")
    *lines, last = [line for _, line in failing.steps(catalogue.SMALL)]
    assert last == {"error": "max retries exceeded"}
    assert lines[-1]["completed"] > lines[-1]["total"] // 2
    assert [line for _, line in Pulls().steps(None)][-1] == {"error": NO_SUCH_MODEL}
    assert pullable("nomic-embed-text") == catalogue.EMBEDDER
    assert pullable("x") is None
