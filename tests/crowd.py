"""Clients in a process of their own, for tests in which the monitor runs in this one.

The monitor leaves its own process's connections out of its counts, so whoever asks in its place
must not share it. Started by `world.crowd`; speaks JSON lines.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from world import Client, Server, Timeline, clients, idle_clients


async def rounds(client: Client, stream: bool, wanted: dict[str, Any]) -> list[Timeline]:
    """Requests one after the other on one connection, with a rest after each."""
    timelines = []
    for _ in range(wanted["rounds"]):
        timelines.append(await client.generate(stream=stream, **wanted["request"]))
        await asyncio.sleep(wanted["rest_s"])
    return timelines


async def main(wanted: dict[str, Any]) -> None:
    server = Server(wanted["port"], 0, Path())
    loop = asyncio.get_running_loop()
    async with idle_clients(server, wanted["idle"]), clients(server, len(wanted["streams"])) as found:
        print("ready", flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        asking = [rounds(each, stream, wanted) for each, stream in zip(found, wanted["streams"], strict=True)]
        timelines = [each for of_one in await asyncio.gather(*asking) for each in of_one]
        print(json.dumps([asdict(each) for each in timelines]), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
