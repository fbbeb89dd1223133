"""The simulated server's processes: command lines, runners, their ends."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import psutil
from demo_answers import ask, assert_alike, capture, loaded, runner_of, shape
from world import Client, Server, simulated_ollama

from ollama_top.ollama.argv import is_serve, parse_runner
from ollama_top.ollama.log.story import Story


async def test_processes_are_told_apart_as_real_ones(server: Server, version: str) -> None:
    await loaded(server)
    assert is_serve(psutil.Process(server.pid).cmdline())
    argv = runner_of(server).cmdline()
    real = capture(version, "runner.cmdline.json")
    assert [word for word in argv[1:] if word.startswith("-")] == [
        word for word in real if word.startswith("-")
    ]
    args = parse_runner(argv)
    assert args is not None
    assert args.parallel == (2 if version == "0.33.0" else None)


async def test_a_runner_answers_as_real_ones(server: Server, version: str) -> None:
    await ask(server.port, "POST", "/api/generate", b'{"model":"gemma3:270m","keep_alive":0}')
    await asyncio.sleep(0.3)
    await loaded(server)
    args = parse_runner(runner_of(server).cmdline())
    assert args is not None
    assert args.port is not None
    for name in ("health", "props", "metrics", "info"):
        ours, real = await ask(args.port, "GET", f"/{name}"), capture(version, f"runner-{name}.json")
        if name == "props" and version == "0.33.0":
            assert list(json.loads(ours["body"])) == list(json.loads(real["body"]))
        else:
            assert_alike(ours, real)
    ours, real = await ask(args.port, "GET", "/slots"), capture(version, "runner-slots.json")
    if version == "0.33.0":
        fresh, used = sorted(json.loads(real["body"]), key=len)
        mine = sorted(json.loads(ours["body"]), key=len)
        assert shape(mine[0]) == shape(fresh)
        assert list(mine[1]) == list(used)
        assert shape(mine[1]["next_token"]) == shape(used["next_token"])
    else:
        assert_alike(ours, real)


async def test_the_log_tells_the_parallel_of_a_runner(server: Server) -> None:
    await loaded(server)
    args = parse_runner(runner_of(server).cmdline())
    assert args is not None
    assert args.port is not None
    story = Story()
    for line in server.log.read_text().splitlines():
        story.take(line)
    load = story.told().loads[args.port]
    assert (load.parallel, load.context_tokens) == (2, 4096)
    assert '"/api/generate"' in server.log.read_text()


async def test_a_busy_slot_shows_its_progress_and_is_freed_when_the_client_leaves() -> None:
    with simulated_ollama("--prefill-rate", "100", "--decode-rate", "20") as server:
        client = await Client.connect(server.port)
        asking = asyncio.create_task(client.generate(words=100, tokens=1000))
        seen: list[tuple[bool, int, int]] = []
        while not seen or seen[-1][2] < 5:
            await asyncio.sleep(0.1)
            children = psutil.Process(server.pid).children()
            args = parse_runner(children[0].cmdline()) if children else None
            if args is not None and args.port is not None:
                seen.append(await only_slot(args.port) or (False, 0, 0))
        assert any(busy and 0 < read < 100 and written == 0 for busy, read, written in seen), "no prefill"
        asking.cancel()
        await client.close()
        await asyncio.sleep(0.3)
        assert args is not None
        assert args.port is not None
        assert (await only_slot(args.port) or (True,))[0] is False


async def only_slot(port: int) -> tuple[bool, int, int] | None:
    """Busy, tokens read and written of a runner's first slot; None while it loads."""
    try:
        reply = await ask(port, "GET", "/slots")
    except OSError:
        return None
    if reply["status"] != 200:
        return None
    slot = json.loads(reply["body"])[0]
    steps = slot.get("next_token") or [{"n_decoded": 0}]
    return slot["is_processing"], slot.get("n_prompt_tokens_processed", 0), steps[0]["n_decoded"]


async def test_a_dead_runner_stays_listed_until_it_is_needed_again() -> None:
    with simulated_ollama() as server:
        await loaded(server)
        killed = runner_of(server)
        killed.kill()
        killed.wait(5)
        await asyncio.sleep(0.1)
        assert len(json.loads((await ask(server.port, "GET", "/api/ps"))["body"])["models"]) == 1
        await loaded(server)
        assert runner_of(server).pid != killed.pid


async def test_a_runner_that_dies_ends_the_streams_it_was_writing_with_an_error() -> None:
    with simulated_ollama("--decode-rate", "20") as server:
        client = await Client.connect(server.port)
        asking = asyncio.create_task(client.generate(tokens=1000))
        await asyncio.sleep(1)
        runner_of(server).kill()
        timeline = await asyncio.wait_for(asking, 5)
        await client.close()
    assert timeline.status == 200
    assert list(timeline.final) == ["error"]


async def test_a_runner_that_cannot_be_started_is_an_error_of_its_request_only() -> None:
    with simulated_ollama() as server:
        launcher = Path(psutil.Process(server.pid).cmdline()[1]).with_name("llama-server")
        text = launcher.read_text()
        body = b'{"model":"gemma3:270m","prompt":"a","stream":false,"options":{"num_predict":1}}'
        for broken in (None, text.replace("sys.exit(", "sys.exit(1 or ")):
            launcher.unlink(missing_ok=True)
            if broken is not None:
                launcher.write_text(broken)
                launcher.chmod(0o755)
            reply = await asyncio.wait_for(ask(server.port, "POST", "/api/generate", body), 5)
            assert reply["status"] == 500
            assert "error" in json.loads(reply["body"])
        launcher.write_text(text)
        assert (await ask(server.port, "POST", "/api/generate", body))["status"] == 200


async def test_a_load_needs_no_place() -> None:
    with simulated_ollama("--decode-rate", "20") as server:
        client = await Client.connect(server.port)
        asking = asyncio.create_task(client.generate(tokens=1000))
        await asyncio.sleep(0.7)
        body = b'{"model":"gemma3:270m","stream":false}'
        reply = await asyncio.wait_for(ask(server.port, "POST", "/api/generate", body), 2)
        assert json.loads(reply["body"])["done_reason"] == "load"
        asking.cancel()
        await client.close()


async def test_children_end_with_the_server_even_when_it_is_killed() -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with simulated_ollama() as server:
            await loaded(server)
            runner = runner_of(server)
            os.kill(server.pid, number)
            assert gone_within(runner, 5)


def gone_within(process: psutil.Process, seconds: float) -> bool:
    ends_s = time.monotonic() + seconds
    while time.monotonic() < ends_s:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False
