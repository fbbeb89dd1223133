"""Two hundred requests at once through the proxy's own process are told as the server wrote them down."""

import asyncio
import json
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from metered_server import PATHS, Plan, Written
from proxying import followed, proxy, until

import ollama_top
from ollama_top.model.exchange import Exchange, Failure, Phase
from ollama_top.model.reading import Known, Missing

PACKAGE = Path(ollama_top.__file__).parents[1]
MOST_DIFFERENCE_S = 0.005
REQUESTS, APART_S = 200, 0.008
FAILURES = {"busy": Failure.BUSY, "not_found": Failure.NOT_FOUND, "cut": Failure.ABORTED}


@contextmanager
def metered_server(port: int = 0) -> Iterator[int]:
    """The server that writes down what it does; its port. It is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("metered_server.py")), str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


async def written_by(port: int) -> dict[str, Written]:
    """What the server has written down."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    body = json.loads(await reader.readexactly(int(head.rpartition(b"Length: ")[2])))
    writer.close()
    return {name: Written(**each | {"plan": Plan(**each["plan"])}) for name, each in body.items()}


async def ask(port: int, number: int, plan: Plan) -> None:
    """One request, read to its end. The client of one that shall hang leaves midway."""
    await asyncio.sleep(number * APART_S)
    model = f"m{number}"
    body = json.dumps({"plan": asdict(plan), "model": model, "stream": plan.stream}).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {PATHS[plan.way]} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError):
        async with asyncio.timeout(4 if plan.end == "hang" else 30):
            reply = await reader.readuntil(b"\r\n\r\n")
            size = reply.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
            await (reader.readexactly(int(size)) if size else reader.readuntil(b"\r\n0\r\n\r\n"))
    writer.transport.abort()


def plans(number: int) -> list[Plan]:
    """A mix that is the same in every run."""
    chance = random.Random(5)
    ends = ["done"] * 7 + ["busy", "not_found", "cut", "hang"]
    made = []
    for _ in range(number):
        end = chance.choice(ends)
        made.append(
            Plan(
                way=chance.choice([*PATHS]),
                stream=end in {"cut", "hang"} or chance.random() < 0.7,
                queue_s=chance.choice([1.6, 1.9, 2.2]),
                load_s=chance.choice([0.0, 0.2]),
                prefill_s=chance.choice([0.0, 0.05]),
                tokens=chance.randint(4, 12),
                pace_s=0.05,
                prompt_tokens=chance.randint(1, 5000),
                end=end,
            )
        )
    return made


def seconds(reading: object) -> float:
    assert isinstance(reading, Known), reading
    return float(reading.value)


def check(told: Exchange, written: Written) -> list[float]:
    """Whether one exchange is told as it was; how far its times are from what was written down."""
    plan = written.plan
    differences = []
    if plan.stream and written.first_s is not None and plan.end not in FAILURES:
        differences.append(abs(seconds(told.ttft_s) - written.first_s))
    if plan.end == "hang":
        assert told.phase is Phase.LEFT
        return differences
    assert told.failure is FAILURES.get(plan.end)
    if told.failure is not None:
        return differences
    assert told.phase is Phase.DONE
    assert seconds(told.prompt_tokens) == plan.prompt_tokens
    assert seconds(told.output_tokens) == plan.tokens
    assert told.reply_bytes == written.reply_bytes
    differences.append(abs(seconds(told.total_s) - written.total_s))
    if plan.way in {"generate", "chat"}:
        differences.append(abs(seconds(told.queue_s) - plan.queue_s))
        assert abs(seconds(told.load_s) - plan.load_s) < 1e-3
    else:
        assert isinstance(told.queue_s, Missing)
    return differences


async def test_two_hundred_mixed_requests_are_told_exactly(tmp_path: Path) -> None:
    feed = tmp_path / "feed.sock"
    most_at_once = 0
    with metered_server() as upstream, proxy(f"127.0.0.1:{upstream}", feed) as port:
        async with followed(feed) as following:
            await until(lambda: following.tapped.is_ready)
            asking = asyncio.gather(*(ask(port, *each) for each in enumerate(plans(REQUESTS))))
            while not asking.done():
                await asyncio.sleep(0.05)
                most_at_once = max(most_at_once, len(following.tapped.running))
            await until(lambda: len(following.tapped.finished) == REQUESTS)
            await until(
                lambda: following.tapped.proxy is not None and following.tapped.proxy.connections == 0
            )
            tapped, written = following.tapped, await written_by(upstream)
    told = {model_of(each): each for each in tapped.finished}
    assert len(told) == len(written) == REQUESTS
    differences = sorted(each for model in told for each in check(told[model], written[model]))
    median_s, worst_s = statistics.median(differences), differences[-1]
    print(f"{most_at_once} at once; median {median_s * 1e3:.2f} ms, worst {worst_s * 1e3:.1f} ms apart")
    assert most_at_once > REQUESTS / 2
    assert median_s < MOST_DIFFERENCE_S
    assert tapped.running == ()
    assert tapped.proxy is not None
    assert (tapped.proxy.exchanges_total, tapped.proxy.running, tapped.proxy.opaque_total) == (REQUESTS, 0, 0)


def model_of(told: Exchange) -> str:
    assert isinstance(told.model, Known)
    return told.model.value
