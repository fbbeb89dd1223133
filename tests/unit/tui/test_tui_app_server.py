"""The server that cannot be reached, and the simulation that is offered instead."""

import asyncio
from dataclasses import replace

import feeds
import scenes
import troubles
from monitoring import running


async def test_a_lost_server_offers_the_simulation_and_a_key_shows_it() -> None:
    demo = replace(scenes.busy(), snapshot=replace(scenes.busy().snapshot, demo=True))
    async with running(troubles.unreachable(), demo_offer=lambda: feeds.PlayedFeed([demo])) as monitor:
        assert "What it may be, and what to type" in monitor.text
        assert "DEMO" in monitor.text
        await monitor.press("D")
        await monitor.until(lambda: " DEMO " in monitor.lines[0])


async def test_the_simulation_never_takes_the_place_of_a_server() -> None:
    async with running(scenes.busy(), demo_offer=lambda: feeds.PlayedFeed([scenes.idle()])) as monitor:
        await monitor.press("D")
        await asyncio.sleep(0.05)
        assert "4 wait" in monitor.text
    async with running(troubles.unreachable()) as monitor:
        assert "DEMO" not in monitor.text
        await monitor.press("D")
        assert "No answer from" in monitor.text
