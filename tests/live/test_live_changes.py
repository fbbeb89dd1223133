"""A model's life on a real Ollama: loaded, served, killed, served again, unloaded."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
import world
from live_ollama import PROMPT, VARIED, Shown, watching

from ollama_top.engine.live import LiveFeed
from ollama_top.model.action import Unload
from ollama_top.ollama.host import parse_target

pytestmark = pytest.mark.real_ollama


def is_alone(state: str) -> Callable[[Shown], bool]:
    """Whether the one model shown is in a state."""
    return lambda shown: [each["state"] for each in shown.models] == [state]


async def test_a_model_is_followed_from_its_load_to_its_end(server: world.Server) -> None:
    async with watching(server, 0.2) as watch:
        assert watch.shown[-1].models == []
        async with world.clients(server, 1) as (client,):
            asking = asyncio.create_task(ask(client))
            loading = await watch.until(is_alone("loading"))
            named = await watch.until(lambda shown: shown.models[0]["name"])
            assert named.models[0]["name"] == world.MODEL, "the API is asked for it meanwhile"
            assert loading.counts == (0, 1)
            busy = await watch.until(is_alone("busy"))
            assert busy.counts == (1, 0)
            pid = busy.models[0]["runner_pid"]
            os.kill(pid, signal.SIGKILL)
            gone = await watch.until(is_alone("gone"))
            assert gone.models[0]["runner_pid"] is None
            assert "has died" in gone.document["verdict"]["text"]
            await asyncio.gather(asking, return_exceptions=True)
        async with world.clients(server, 1) as (client,):
            asking = asyncio.create_task(ask(client))
            again = await watch.until(is_alone("busy"))
            assert again.models[0]["runner_pid"] not in {None, pid}
            timeline = await asking
            assert timeline.status == 200
            await watch.until(is_alone("idle"))
        feed = LiveFeed(parse_target(server.url), interval_s=2)
        await feed.act(Unload(world.MODEL), print)
        await feed.close()
        await watch.until(lambda shown: shown.models == [])


async def ask(client: world.Client) -> world.Timeline:
    return await client.generate(prompt=PROMPT, tokens=120, options=VARIED)
