"""What a user does to a real Ollama: loaded, kept by the same runner, ended, unloaded."""

import asyncio
import json
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psutil
import pytest
import world
from live_ollama import PROMPT, VARIED

from ollama_top.control import follow
from ollama_top.control.deed import Doing, Outcome
from ollama_top.engine.feed import ActionError
from ollama_top.engine.live import LiveFeed
from ollama_top.model.action import Action, Keep, Load, Progress, Pull, Restart, Unload
from ollama_top.model.frame import Frame
from ollama_top.model.verdict import Severity
from ollama_top.ollama.argv import parse_runner
from ollama_top.ollama.host import parse_target

pytestmark = pytest.mark.real_ollama
PATIENCE_S = 90.0
MODEL = world.MODEL


def ignore(_: Progress) -> None:
    """For actions whose progress is of no interest."""


@dataclass
class Hands:
    """A live feed whose Frames go by, as the monitor holds one."""

    feed: LiveFeed
    newest: Frame

    async def do(self, action: Action) -> Outcome:
        """Have it done, and wait for the Frame that shows what came of it."""
        before = self.newest
        await self.feed.act(action, ignore)
        doing = Doing(1, action, before, before.snapshot.taken_at)
        async with asyncio.timeout(PATIENCE_S):
            while self.newest is before or (found := follow.outcome(doing, self.newest)) is None:
                await asyncio.sleep(0.02)
        return found


@asynccontextmanager
async def hands(server: world.Server) -> AsyncIterator[Hands]:
    feed = LiveFeed(parse_target(server.url), interval_s=0.3)
    frames = feed.frames()
    held = Hands(feed, await anext(frames))

    async def go_on() -> None:
        async for frame in frames:
            held.newest = frame

    going = asyncio.create_task(go_on())
    try:
        yield held
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        await feed.close()


def runners(server: world.Server) -> list[int]:
    return [each.pid for each in psutil.Process(server.pid).children(recursive=True) if holds_a_model(each)]


def holds_a_model(process: psutil.Process) -> bool:
    try:
        return parse_runner(process.cmdline()) is not None
    except psutil.Error:  # it has ended, reaped or not
        return False


def listed(server: world.Server) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{server.url}/api/ps", timeout=30) as reply:  # noqa: S310 - our own server
        found: list[dict[str, Any]] = json.load(reply)["models"]
    return found


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("context_tokens", [None, 1024])
async def test_a_model_is_loaded_kept_by_the_same_runner_and_unloaded(
    server: world.Server, context_tokens: int | None
) -> None:
    """Whatever context it was loaded with; each step is visible in /api/ps."""
    async with hands(server) as held:
        if context_tokens is None:
            assert (await held.do(Load(MODEL))).text == f"{MODEL} is loaded."
        else:
            async with world.clients(server, 1) as (client,):
                body = {"model": MODEL, "options": {"num_ctx": context_tokens}}
                assert (await client.post("/api/generate", body)).status == 200
        (pid,) = runners(server)
        (model,) = listed(server)
        context = model["context_length"]
        assert context_tokens in {None, context}
        await until(lambda: bool(held.newest.snapshot.models))
        for keep_s in (None, 3600.0):
            outcome = await held.do(Keep(MODEL, keep_s, None))
            assert outcome.severity is Severity.OK, outcome
            assert f"its runner is the same (pid {pid})" in outcome.text
            assert runners(server) == [pid]
            (model,) = listed(server)
            assert model["context_length"] == context
            assert (datetime.fromisoformat(model["expires_at"]).year > 2200) is (keep_s is None)
        assert (await held.do(Unload(MODEL))).text == f"{MODEL} is unloaded."
        assert listed(server) == []
        await until(lambda: runners(server) == [])


async def test_a_load_that_is_broken_off_is_broken_off_by_the_server_too(server: world.Server) -> None:
    async with hands(server) as held:
        loading = asyncio.create_task(held.feed.act(Load(MODEL), ignore))
        await until(lambda: runners(server) != [])
        loading.cancel()
        await until(lambda: runners(server) == [] and listed(server) == [])


async def test_a_runner_is_ended_with_what_it_serves_and_the_next_request_gets_another(
    server: world.Server,
) -> None:
    async with hands(server) as held, world.clients(server, 1) as (client,):
        await held.do(Load(MODEL))
        (pid,) = runners(server)
        asking = asyncio.create_task(client.generate(prompt=PROMPT, tokens=4000, options=VARIED))
        await asyncio.sleep(1)
        stop = Restart(MODEL, pid, held.newest.snapshot.taken_at)
        await held.feed.act(stop, ignore)
        await asyncio.sleep(1)
        if pid in runners(server):  # a llama-server goes on for half a minute, unless it is killed
            await held.feed.act(replace(stop, by_force=True), ignore)
        await until(lambda: pid not in runners(server))
        doing = Doing(1, stop, held.newest, stop.seen_at)
        await until(lambda: "has ended" in getattr(follow.outcome(doing, held.newest), "text", ""))
        timeline = await asking
        assert timeline.status == 500 or "error" in timeline.final
        with pytest.raises(ActionError, match="any more"):
            await held.feed.act(stop, ignore)
        await held.do(Load(MODEL))
        assert pid not in runners(server)
        await held.do(Unload(MODEL))


async def test_what_the_server_refuses_is_told_in_its_words(server: world.Server) -> None:
    async with hands(server) as held:
        with pytest.raises(ActionError, match="model 'nope' not found"):
            await held.feed.act(Load("nope"), ignore)
        with pytest.raises(ActionError, match="no longer in memory"):
            await held.feed.act(Keep(MODEL, None, None), ignore)
        with pytest.raises(ActionError, match="invalid model name"):
            await held.feed.act(Pull("::"), ignore)
        assert MODEL in {each.name for each in await held.feed.installed()}
        assert listed(server) == []
