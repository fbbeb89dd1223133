"""How late a burst stamps the pieces of its streams, against the moments at which they were sent.

A server of known speed sends 64 streams of 50 pieces a second, each piece with the moment of its sending
(one clock for all processes of a boot). The burst's own client and httpx read the same streams in turn.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import httpx

from ollama_top.burst import driver, wire
from ollama_top.burst.dialects import Generate, Work
from ollama_top.burst.spread import percentile
from ollama_top.burst.wire import Address

STREAMS, RATE, PIECES = 64, 50, 250
STEADY = Path(__file__).parents[1] / "tests" / "steady.py"


class Clocked(wire.Exchange):
    """An exchange that remembers what it was sent, and when it stamped it."""

    late_s: list[float] = []  # noqa: RUF012 - of all exchanges

    def _read(self, at_s: float, line: bytes) -> None:
        note(self.late_s, at_s, line)
        super()._read(at_s, line)


def note(late_s: list[float], at_s: float, line: bytes) -> None:
    text = json.loads(line)["response"] if line.startswith(b"{") else ""
    if text:
        late_s.append(at_s - float(text))


async def by_burst(port: int) -> list[float]:
    driver.Exchange = Clocked
    work = Generate(Work("steady", PIECES, 20, 1))
    await driver.burst(Address("127.0.0.1", port), work, range(1, STREAMS + 1), 60)
    return Clocked.late_s


async def by_httpx(port: int) -> list[float]:
    work, late_s = Generate(Work("steady", PIECES, 20, 1)), list[float]()
    limits = httpx.Limits(max_connections=STREAMS)

    async def one(client: httpx.AsyncClient, number: int) -> None:
        url = f"http://127.0.0.1:{port}/api/generate"
        async with client.stream("POST", url, content=work.body(number)) as reply:
            async for chunk in reply.aiter_raw():
                at_s = time.monotonic()
                for line in chunk.splitlines():
                    note(late_s, at_s, line)

    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:
        await asyncio.gather(*(one(client, number) for number in range(STREAMS)))
    return late_s


def measure(name: str, read: Callable[[int], Coroutine[Any, Any, list[float]]]) -> None:
    words: Sequence[str] = (sys.executable, str(STEADY), "--rate", str(RATE), "--parallel", str(STREAMS))
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline()) if server.stdout else 0
        began_s = time.process_time()
        late_s = asyncio.run(read(port))
        cpu_s = time.process_time() - began_s
        server.terminate()
    shares = [
        f"p{share * 100:g} {1000 * (percentile(late_s, share) or 0):.2f} ms"
        for share in (0.5, 0.95, 0.99, 1.0)
    ]
    print(f"{name}: {len(late_s)} pieces, {', '.join(shares)}; {cpu_s:.2f} s of CPU")


if __name__ == "__main__":
    measure("asyncio and h11", by_burst)
    measure("httpx", by_httpx)
