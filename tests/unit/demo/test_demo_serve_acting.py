"""Actions by a live feed on a simulated server: real sockets, real processes, the whole path."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import psutil
import pytest
from demo_answers import CAPTURES, ask, shape
from world import Server, simulated_ollama

from ollama_top.engine.feed import ActionError
from ollama_top.engine.live import LiveFeed
from ollama_top.model.action import Action, Keep, Load, Progress, Pull, Restart, Unload
from ollama_top.ollama.host import parse_target

MODEL, EMBEDDER = "gemma3:270m", "nomic-embed-text:latest"
FLAGS = ("--models", f"{MODEL},{EMBEDDER}", "--load-s", "0.3", "--pull-rate", "2e9")


def runners(server: Server) -> list[int]:
    return [each.pid for each in psutil.Process(server.pid).children()]


async def loaded(server: Server) -> list[tuple[str, int]]:
    body = json.loads((await ask(server.port, "GET", "/api/ps"))["body"])
    return [(each["name"], datetime.fromisoformat(each["expires_at"]).year) for each in body["models"]]


async def gone(server: Server) -> None:
    async with asyncio.timeout(10):
        while runners(server) or await loaded(server):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", [MODEL, EMBEDDER])
async def test_a_model_is_loaded_kept_by_the_same_runner_and_unloaded(server: Server, name: str) -> None:
    feed = LiveFeed(parse_target(server.url), interval_s=1)

    async def act(action: Action) -> None:
        await feed.act(action, lambda _: None)

    await act(Load(name))
    before = runners(server)
    assert [each for each, _ in await loaded(server)] == [name]
    await act(Keep(name, None, None))
    assert runners(server) == before
    ((_, year),) = await loaded(server)
    assert year > 2200
    await act(Unload(name))
    await gone(server)
    with pytest.raises(ActionError, match="no longer in memory"):
        await act(Keep(name, None, None))
    assert await loaded(server) == []
    with pytest.raises(ActionError, match="model 'nope' not found"):
        await act(Load("nope"))
    await feed.close()


async def test_a_model_with_a_context_of_its_own_is_kept_by_the_same_runner(server: Server) -> None:
    body = {"model": MODEL, "options": {"num_ctx": 1024}}
    await ask(server.port, "POST", "/api/generate", json.dumps(body).encode())
    before = runners(server)
    feed = LiveFeed(parse_target(server.url), interval_s=1)
    await feed.act(Keep(MODEL, 3600, None), lambda _: None)
    assert runners(server) == before
    await feed.act(Unload(MODEL), lambda _: None)
    await gone(server)
    await feed.close()


async def test_two_monitors_may_act_at_once(server: Server) -> None:
    feeds = [LiveFeed(parse_target(server.url), interval_s=1) for _ in range(2)]
    for action in (Load(MODEL), Keep(MODEL, None, None), Unload(MODEL)):
        await asyncio.gather(*(each.act(action, lambda _: None) for each in feeds))
        assert len(runners(server)) <= 1
    await gone(server)
    for each in feeds:
        await each.close()


async def test_a_load_that_is_broken_off_leaves_no_runner(version: str) -> None:
    slow = ("--version", version, "--models", MODEL, "--load-s", "60")
    with simulated_ollama(*slow) as server:
        feed = LiveFeed(parse_target(server.url), interval_s=1)
        loading = asyncio.create_task(feed.act(Load(MODEL), lambda _: None))
        async with asyncio.timeout(20):
            while not runners(server):
                await asyncio.sleep(0.01)
        loading.cancel()
        await gone(server)
        await feed.close()


async def test_a_runner_is_ended_and_the_next_request_gets_another(server: Server) -> None:
    feed = LiveFeed(parse_target(server.url), interval_s=0.1)
    await feed.act(Load(MODEL), lambda _: None)
    (pid,) = runners(server)
    frames = feed.frames()
    async for frame in frames:
        if [each.runner_pid for each in frame.snapshot.models]:
            break
    await feed.act(Restart(MODEL, pid, datetime.now(UTC)), lambda _: None)
    async with asyncio.timeout(10):
        while pid in runners(server):
            await asyncio.sleep(0.02)
    await feed.act(Load(MODEL), lambda _: None)
    assert pid not in runners(server)
    await feed.act(Unload(MODEL), lambda _: None)
    await gone(server)
    await frames.aclose()  # type: ignore[attr-defined]
    await feed.close()


@pytest.fixture(scope="module")
def quick(fenced_environment: None) -> Iterator[Server]:
    with simulated_ollama(*FLAGS) as found:
        yield found


async def test_a_pull_goes_as_a_real_one(quick: Server) -> None:
    reply = await ask(quick.port, "POST", "/api/pull", b'{"model":"qwen3:8b"}')
    real = (CAPTURES / "ollama-0.33.0" / "pull-resumed.ndjson").read_text().splitlines()
    ours = [line for line in reply["body"].splitlines() if line.startswith("{")]
    assert reply["headers"]["content-type"] == "application/x-ndjson"
    shapes = {str(shape(json.loads(line))) for line in ours}
    assert shapes == {str(shape(json.loads(line))) for line in real}
    assert ours[-3:] == real[-3:]


async def test_a_pull_is_followed_proved_and_refused(quick: Server) -> None:
    feed = LiveFeed(parse_target(quick.url), interval_s=1)
    told: list[Progress] = []
    await feed.act(Pull("qwen3.5:9b"), told.append)
    assert told[-1].phase == "success"
    assert "qwen3.5:9b" in {each.name for each in await feed.installed()}
    with pytest.raises(ActionError, match="file does not exist"):
        await feed.act(Pull("nope"), told.append)
    await feed.close()


async def test_a_pull_that_fails_midway_tells_why(fenced_environment: None) -> None:
    with simulated_ollama(*FLAGS, "--pull-fails", "max retries exceeded: EOF") as failing:
        feed = LiveFeed(parse_target(failing.url), interval_s=1)
        with pytest.raises(ActionError, match="max retries exceeded: EOF"):
            await feed.act(Pull("qwen3:8b"), lambda _: None)
        await feed.close()
