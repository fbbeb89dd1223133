"""The log of a real Ollama, followed while it is written: loads, answers, clients that leave."""

import asyncio

import pytest
import world
from live_ollama import PROMPT, VARIED, Shown, version, watching

pytestmark = pytest.mark.real_ollama


def events(shown: Shown) -> list[str]:
    return [each["kind"] for each in shown.document["events"]]


async def test_what_happens_is_told_by_the_log(server: world.Server) -> None:
    async with watching(server, 0.2) as watch:
        await watch.until(lambda shown: "restart" in events(shown))
        async with world.clients(server, 1) as (client,):
            timeline = await client.generate(prompt=PROMPT, tokens=20, options=VARIED)
        assert timeline.status == 200
        done = await watch.until(lambda shown: shown.document["finished"]["succeeded"])
        load = next(each for each in done.document["events"] if each["kind"] == "loaded")
        assert (load["model"], load["source"]) == (world.MODEL, "log")
        (model,) = (await watch.until(lambda shown: shown.models and shown.models[0]["load_s"])).models
        assert model["load_s"] > 0
        assert model["kv_cache_bytes"] > 1 << 20
        assert timeline.end_s is not None
        took_s = done.document["finished"]["duration_p50_s"]
        assert took_s == pytest.approx(timeline.end_s - timeline.sent_s, abs=0.5)


async def test_a_client_that_leaves_is_no_error(server: world.Server) -> None:
    async with watching(server, 0.2) as watch:
        before = len(events(watch.shown[-1]))
        async with world.clients(server, 1) as (client,):
            asking = asyncio.create_task(client.generate(prompt=PROMPT, tokens=2000, options=VARIED))
            await watch.until(lambda shown: shown.counts == (1, 0))
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        if version(server) >= (0, 30):  # before, nothing is said when an answer under way is given up
            await watch.until(lambda shown: "aborted" in events(shown)[before:])
        left = await watch.until(lambda shown: shown.counts == (0, 0))
        assert "error" not in events(left)[before:]
