"""Six requests and two places: the course of events that a real server was recorded with."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise

import psutil
import pytest
from world import MODEL, Client, burst, clients, crowd, idle_clients, is_settled, simulated_ollama, truth_at

from ollama_top.ollama.argv import parse_runner
from ollama_top.sources import sockets

KINDS = {
    "streamed": [True] * 6,
    "unstreamed": [False] * 6,
    "mixed": [True, False, True, False, False, True],
}


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_six_requests_are_served_two_by_two(kind: str) -> None:
    with simulated_ollama("--decode-rate", "50", OLLAMA_NUM_PARALLEL="2") as server:
        timelines = await burst(server, KINDS[kind], tokens=25)
    began_s = min(each.sent_s for each in timelines)
    assert [each.status for each in timelines] == [200] * 6
    assert truth_at(timelines, began_s + 0.05).running == 0  # the model is being loaded
    turns = sorted(each.served_s for each in timelines)
    lengths = [each.end_s - each.served_s for each in timelines if each.end_s]
    for early, late in zip(turns, turns[2:], strict=False):
        assert late - early > 0.6 * min(lengths), "more than two at once"
    for each in timelines:
        assert len(each.pieces_s) == (26 if each.is_streamed else 1)
        assert each.tokens_per_s == pytest.approx(50 * 25 / 24, rel=0.1)
        waited_s = (each.final["total_duration"] - each.final["load_duration"]) / 1e9
        waited_s -= (each.final["prompt_eval_duration"] + each.final["eval_duration"]) / 1e9
        assert waited_s == pytest.approx(each.served_s - turns[0], abs=0.3)


@pytest.mark.skipif(not sockets.is_supported(), reason="socket diagnosis is Linux's")
@pytest.mark.parametrize("version", ["0.33.0", "0.24.0"])
async def test_connections_to_the_runner_are_the_requests_in_service(version: str) -> None:
    """What socket diagnosis relies on, with idle clients beside."""
    flags = ("--decode-rate", "40", "--version", version)
    with simulated_ollama(*flags, OLLAMA_NUM_PARALLEL="2") as server:
        async with idle_clients(server, 3):
            asking = asyncio.create_task(burst(server, KINDS["mixed"], tokens=30))
            seen = []
            while not asking.done():
                await asyncio.sleep(0.1)
                before_s = time.monotonic()
                counts = len(sockets.served(server.port)), len(to_runner(server.pid))
                seen.append(((before_s, time.monotonic()), counts))
            timelines = await asking
    last_s = max(each.end_s or 0 for each in timelines)
    settled = [
        (moments, counts)
        for moments, counts in seen
        if moments[1] < last_s and all(is_settled(timelines, each, 0.08) for each in moments)
    ]
    assert len(settled) > 3
    for moments, counts in settled:
        assert truth_at(timelines, moments[0]).running == 2
        assert counts == (6 + 3, 2)


def to_runner(server_pid: int) -> tuple[object, ...]:
    """The runner's side of its connections."""
    args = parse_runner(psutil.Process(server_pid).children()[0].cmdline())
    assert args is not None
    assert args.port is not None
    return sockets.served(args.port)


async def test_a_model_served_one_at_a_time_whatever_the_setting() -> None:
    flags = ("--models", "qwen3.5:9b", "--decode-rate", "50")
    with simulated_ollama(*flags, OLLAMA_NUM_PARALLEL="4") as server:
        timelines = await burst(server, [True] * 3, tokens=10, model="qwen3.5:9b")
    turns = sorted(each.served_s for each in timelines)
    assert all(late - early > 0.1 for early, late in pairwise(turns))


async def test_a_client_that_leaves_the_queue_lets_the_others_move_up() -> None:
    with simulated_ollama("--decode-rate", "50") as server:
        async with clients(server, 2) as (first, last):
            serving = asyncio.create_task(first.generate(tokens=50))
            await asyncio.sleep(0.6)
            leaving = await Client.connect(server.port)
            asking = asyncio.create_task(leaving.generate(tokens=500))
            await asyncio.sleep(0.1)
            waiting = asyncio.create_task(last.generate(tokens=5))
            await asyncio.sleep(0.1)
            asking.cancel()
            await leaving.close()
            served, moved_up = await asyncio.wait_for(asyncio.gather(serving, waiting), 10)
    assert served.end_s is not None
    assert moved_up.end_s is not None
    assert moved_up.end_s - served.end_s < 0.5


async def test_a_model_is_unloaded_when_its_keep_alive_is_over() -> None:
    with simulated_ollama(OLLAMA_KEEP_ALIVE="300ms") as server:
        async with clients(server, 1) as (client,):
            assert (await client.generate(tokens=3)).status == 200
            listed = (await client.ask("GET", "/api/ps")).final["models"]
            assert [each["name"] for each in listed] == [MODEL]
            await asyncio.sleep(0.8)
            assert (await client.ask("GET", "/api/ps")).final["models"] == []
            assert psutil.Process(server.pid).children() == []


async def test_another_context_reloads_the_model() -> None:
    with simulated_ollama(OLLAMA_NUM_PARALLEL="2") as server:
        async with clients(server, 1) as (client,):
            await client.generate(tokens=2)
            before = psutil.Process(server.pid).children()[0].pid
            reply = await client.generate(tokens=2, options={"num_ctx": 2048})
            after = psutil.Process(server.pid).children()[0]
    assert reply.final["load_duration"] > 2e8
    assert after.pid != before


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what the server does in its own time, such as to accept a connection."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.02)


async def test_a_crowd_in_a_process_of_its_own_remembers_its_times() -> None:
    with simulated_ollama("--decode-rate", "100", OLLAMA_NUM_PARALLEL="2") as server:
        async with crowd(server, [True, False], idle=3, rounds=2, tokens=10) as clients_elsewhere:
            await until(lambda: count_open(server.pid, server.port) == 5)
            timelines = await clients_elsewhere.ask()
            assert count_open(server.pid, server.port) == 5
    assert [each.status for each in timelines] == [200] * 4
    assert [each.is_streamed for each in timelines] == [True, True, False, False]
    assert all(each.sent_s < each.served_s < (each.end_s or 0) for each in timelines)


def count_open(pid: int, port: int) -> int:
    """Established connections of a process on one of its ports."""
    connections = psutil.Process(pid).net_connections(kind="tcp")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port for each in connections)
