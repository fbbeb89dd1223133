"""The bench that starts its own servers: with these settings alone, on a port of its own, and never left."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest
from answering import Answering, ollama
from captured import NEWEST, Capture
from hypothesis import given
from hypothesis import strategies as st
from world import simulated_program

from ollama_top.model.sweep import SweepSetting
from ollama_top.sweep import own_server
from ollama_top.sweep.bench import BenchError, Stand
from ollama_top.sweep.kept_server import KeptServer
from ollama_top.sweep.own_server import OwnServer
from ollama_top.sweep.surroundings import environment_of

TWO = (SweepSetting("OLLAMA_NUM_PARALLEL", "2"), SweepSetting("OLLAMA_FLASH_ATTENTION", None))


def environment(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return simulated_program(tmp_path)


async def test_each_combination_gets_a_server_of_its_own_with_nothing_else_of_ollamas(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OLLAMA_DEBUG", "OLLAMA_KV_CACHE_TYPE", "OLLAMA_TOP_TOKEN", "LLAMA_ARG_FIT"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    bench = OwnServer(str(program), models="/models")
    first = await bench.apply(TWO)
    assert bench.server is not None
    pid = bench.server.pid
    assert pid is not None
    told = environment(pid)
    ours = {name: value for name, value in told.items() if name.startswith(("OLLAMA_", "LLAMA_"))}
    assert ours == {
        "OLLAMA_NUM_PARALLEL": "2",
        "OLLAMA_HOST": f"127.0.0.1:{first.target.port}",
        "OLLAMA_MODELS": "/models",
        "OLLAMA_NOPRUNE": "1",
        "OLLAMA_NO_CLOUD": "1",
    }
    assert told["CUDA_VISIBLE_DEVICES"] == "0"
    assert first.start_s is not None
    second = await bench.look()
    assert not psutil.pid_exists(pid)
    assert second.target.port != 0
    await bench.put_back()
    await bench.put_back()
    assert bench.server is None
    assert not bench.has_ended


@given(st.dictionaries(st.text(min_size=1), st.text()), st.none() | st.just("/m"))
def test_no_variable_of_ollamas_is_passed_on_but_those_of_the_sweep(
    inherited: dict[str, str], models: str | None
) -> None:
    inherited |= {"OLLAMA_HOST": "0.0.0.0", "OLLAMA_MODELS": "/x", "PATH": "/bin"}
    found = environment_of(inherited, TWO, "127.0.0.1:1", models)
    ours = {name for name in found if name.startswith(("OLLAMA_", "LLAMA_ARG_"))}
    fixed = {"OLLAMA_HOST", "OLLAMA_NOPRUNE", "OLLAMA_NO_CLOUD"}
    assert ours == {"OLLAMA_NUM_PARALLEL", *fixed, *(["OLLAMA_MODELS"] if models else [])}
    assert found["OLLAMA_HOST"] == "127.0.0.1:1"
    assert found["PATH"] == "/bin"


async def test_another_program_that_takes_the_port_is_not_taken_for_ours(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Answering(ollama(Capture(NEWEST))) as other:
        free = own_server.free_port
        ports = iter([other.port, other.port])
        monkeypatch.setattr(own_server, "free_port", lambda: next(ports, None) or free())
        bench = OwnServer(str(program))
        stand: Stand = await bench.apply(TWO)
        assert stand.target.port != other.port
        await bench.put_back()
        assert next(ports, None) is None


async def test_a_server_that_is_none_of_what_was_started_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of a program which has a container do the work: nobody could vouch for its end."""
    path = tmp_path / "ollama"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    monkeypatch.setattr(own_server, "READY_S", 1)
    with Answering(ollama(Capture(NEWEST))) as other:
        monkeypatch.setattr(own_server, "free_port", lambda: other.port)
        bench = OwnServer(str(path))
        with pytest.raises(BenchError, match="what answers is no process that it has started"):
            await bench.look()
    await bench.put_back()


async def test_a_port_that_stays_taken_is_told(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Answering(ollama(Capture(NEWEST))) as other:
        monkeypatch.setattr(own_server, "free_port", lambda: other.port)
        bench = OwnServer(str(program))
        with pytest.raises(BenchError, match="it ended by itself") as raised:
            await bench.apply(TWO)
    assert "ddress already in use" in raised.value.log[-1]
    await bench.put_back()


@pytest.mark.parametrize(
    ("text", "why", "log"),
    [
        ("echo no such flag >&2; exit 3", "it ended by itself", ("no such flag",)),
        ("exec sleep 60", "it did not answer within 1 s", ()),
        ("echo half a line; exec sleep 60", "it did not answer within 1 s", ("half a line",)),
    ],
)
async def test_a_server_that_does_not_serve_is_told_with_its_last_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, why: str, log: tuple[str, ...]
) -> None:
    monkeypatch.setattr(own_server, "READY_S", 1)
    path = tmp_path / "ollama"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    bench = OwnServer(str(path))
    with pytest.raises(BenchError, match=why) as raised:
        await bench.look()
    assert raised.value.log == log
    await bench.put_back()


async def test_a_server_that_ends_meanwhile_is_seen(program: Path) -> None:
    bench = OwnServer(str(program))
    await bench.look()
    assert not bench.has_ended
    assert any("Listening on" in line for line in await bench.last_words())
    assert bench.server is not None
    assert bench.server.pid is not None
    os.kill(bench.server.pid, 9)
    async with asyncio.timeout(5):
        while not bench.has_ended:
            await asyncio.sleep(0.01)
    assert any("Listening on" in line for line in await bench.last_words())
    await bench.put_back()


async def test_a_cancelled_start_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ollama"
    path.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 60\n")
    path.chmod(0o755)
    bench = OwnServer(str(path))
    starting = asyncio.create_task(bench.look())
    async with asyncio.timeout(10):
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    await bench.put_back()
    assert not psutil.pid_exists(int((tmp_path / "pid").read_text()))


async def test_whatever_a_keeper_says_is_an_object_or_words_for_a_person() -> None:
    process = await asyncio.create_subprocess_exec(
        "printf", r'3\nTraceback\n{"pid": 7}\n', stdout=asyncio.subprocess.PIPE
    )
    server = KeptServer(process)
    await server.listen()
    await process.wait()
    assert (server.log, server.pid, server.is_over) == (("3", "Traceback"), 7, True)
