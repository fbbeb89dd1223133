"""A server restarts behind a proxy that holds, and not one of the requests under load fails."""

import asyncio
import json
import os
import sys
from asyncio import StreamReader
from asyncio.subprocess import PIPE
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest
from metered_server import PATHS, Plan
from proxying import PACKAGE, followed, proxy, until
from test_proxy_exact import metered_server

from ollama_top.sources.holding import HoldEndedError, NotDrainedError, holding
from ollama_top.sources.tap import TapError

CLIENTS, EACH = 20, 10
HOLDER = """
import asyncio, sys
from pathlib import Path
from ollama_top.sources.holding import holding

async def hold():
    async with holding(Path(sys.argv[1]), 60):
        print("holds", flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""


@dataclass
class Load:
    """Clients that ask one request after the other; each in three calls anew each time."""

    port: int
    answered: int = 0
    failed: list[str] = field(default_factory=list)

    async def run(self, number: int) -> None:
        reader = writer = None
        for turn in range(EACH):
            if writer is None or reader is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                writer.write(request(number, turn))
                async with asyncio.timeout(20):
                    self._note(await answer(reader))
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                self.failed.append(f"{number}/{turn}: {error!r}")
            if number % 3 == 0:
                writer.transport.abort()
                writer = None
            await asyncio.sleep(0.01)
        if writer is not None:
            writer.transport.abort()

    def _note(self, status: bytes) -> None:
        if status.startswith(b"HTTP/1.1 200"):
            self.answered += 1
        else:
            self.failed.append(status.decode())


def request(number: int, turn: int) -> bytes:
    """A plan of its own for each, streamed or not, in each dialect."""
    ways = tuple(PATHS)
    plan = Plan(ways[(number + turn) % len(ways)], stream=turn % 3 != 0, queue_s=0.02, tokens=4, pace_s=0.01)
    body = json.dumps({"plan": asdict(plan), "model": f"m{number}-{turn}", "stream": plan.stream}).encode()
    return f"POST {PATHS[plan.way]} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def answer(reader: StreamReader) -> bytes:
    """One reply, read to its end; its first line."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    await (reader.readexactly(int(size)) if size else reader.readuntil(b"\r\n0\r\n\r\n"))
    return head.partition(b"\r\n")[0]


@pytest.mark.parametrize("moves", [False, True], ids=["same address", "another port"])
async def test_two_hundred_requests_outlive_a_restart(tmp_path: Path, *, moves: bool) -> None:
    feed = tmp_path / "feed"
    with ExitStack() as first, ExitStack() as second:
        old = first.enter_context(metered_server())
        load = Load(second.enter_context(proxy(f"127.0.0.1:{old}", feed)))
        asking = asyncio.gather(*(load.run(number) for number in range(CLIENTS)))
        await until(lambda: load.answered > 60)
        async with holding(feed, 30) as held:
            await held.drained(10)
            first_half = load.answered
            first.pop_all().close()  # killed
            await asyncio.sleep(0.1)
            assert (await held.look()).held == CLIENTS
            anew = second.enter_context(metered_server(0 if moves else old))
            await held.release(f"127.0.0.1:{anew}" if moves else None)
        await asking
        async with followed(feed) as following:
            await until(lambda: following.tapped.is_ready)
    assert load.failed == []
    assert load.answered == CLIENTS * EACH > first_half
    assert following.tapped.proxy is not None
    assert following.tapped.proxy.upstream == f"http://127.0.0.1:{anew}"


async def test_without_a_hold_requests_fail(tmp_path: Path) -> None:
    """So that the test above would see it."""
    with ExitStack() as first, ExitStack() as second:
        old = first.enter_context(metered_server())
        load = Load(second.enter_context(proxy(f"127.0.0.1:{old}", tmp_path / "feed")))
        asking = asyncio.gather(*(load.run(number) for number in range(CLIENTS)))
        await until(lambda: load.answered > 60)
        first.pop_all().close()
        second.enter_context(metered_server(old))
        await asking
    assert load.failed


async def test_a_holder_that_is_killed_leaves_nobody_waiting(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    with metered_server() as upstream, proxy(f"127.0.0.1:{upstream}", feed) as port:
        load = Load(port)
        command = (sys.executable, "-c", HOLDER, str(feed))
        holder = await asyncio.create_subprocess_exec(
            *command, stdout=PIPE, env=os.environ | {"PYTHONPATH": str(PACKAGE)}
        )
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"holds\n"
        with pytest.raises(
            TapError, match=f"process {holder.pid} holds requests back already, for 60 s more"
        ):
            async with holding(feed, 30):
                pass
        asking = asyncio.create_task(load.run(1))
        await asyncio.sleep(0.2)
        assert load.answered == 0
        holder.kill()
        await holder.wait()
        await asyncio.wait_for(asking, 5)
        async with holding(feed, 30) as held:
            assert held.begun.holder_pid == os.getpid()
    assert load.failed == []


async def test_a_wait_for_the_end_of_what_runs_is_bounded(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    with metered_server() as upstream, proxy(f"127.0.0.1:{upstream}", feed) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request(0, 0)[:-3])
        async with holding(feed, 0.3) as held:
            with pytest.raises(NotDrainedError, match="1 requests are still under way") as caught:
                await held.drained(0.1)
            assert caught.value.held.running == 1
            with pytest.raises(HoldEndedError):
                await held.drained(5)
            assert (await held.extend(5)).holding
        writer.close()
        await writer.wait_closed()
    with pytest.raises(TapError, match="no proxy listens there"):
        async with holding(feed, 0.3):
            pass
