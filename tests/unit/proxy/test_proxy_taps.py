"""A monitor finds the feeds of running proxies, follows them, and says why one is silent."""

import asyncio
import socket
from pathlib import Path

import pytest
from feeding import finish, served
from proxying import followed, until

from ollama_top.engine.proxied import tap_light
from ollama_top.model.light import LightState
from ollama_top.proxy.metering.meter import Meter
from ollama_top.sources import tap
from ollama_top.sources.tap import Taps, feeds


async def test_feeds_are_found_followed_and_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(tap, "AGAIN_AFTER_S", 0.02)
    (tmp_path / "proxy-file.sock").write_text("no socket")
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(tmp_path / "proxy-gone.sock"))
    first, second = Meter(), Meter()
    taps = Taps(folders=[tmp_path, tmp_path / "none"])
    task = asyncio.get_running_loop().create_task(taps.follow())
    async with served(tmp_path / "proxy-1.sock", first):
        async with served(tmp_path / "proxy-2.sock", second):
            finish(first)
            assert len(feeds([tmp_path])) == 3
            await until(lambda: sum(each.is_ready for each in taps.tapped) == 2)
            await until(lambda: [each.problem for each in taps.tapped if not each.is_ready] != [None])
            problems = [each.problem for each in taps.tapped if not each.is_ready]
            assert problems == ["no proxy listens there any more"]
        await until(lambda: len(taps.tapped) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert taps.tapped == ()


async def test_a_feed_that_ends_keeps_what_is_known_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "AGAIN_AFTER_S", 0.02)
    meter = Meter()
    finish(meter)
    async with followed(tmp_path / "f") as following:
        await until(lambda: following.tapped.problem == "no proxy listens there any more")
        async with served(tmp_path / "f", meter):
            await until(lambda: following.tapped.is_ready)
            assert following.tapped.problem is None
        await until(lambda: following.tapped.problem)
        assert len(following.tapped.finished) == 1
        finish(meter)
        async with served(tmp_path / "f", meter):
            await until(lambda: len(following.tapped.finished) == 2)
            assert following.tapped.problem is None


async def test_a_deserted_socket_is_left_alone_until_another_is_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of proxies that were killed lie about for weeks: each try costs more than a look at the file."""
    monkeypatch.setattr(tap, "AGAIN_AFTER_S", 0.005)
    monkeypatch.setattr(tap, "MOST_PAUSES", 1 << 20)
    path, tries = tmp_path / "proxy-f.sock", 0

    async def counted(path: Path, *, limit: int) -> tap.Connection:
        nonlocal tries
        tries += 1
        return await connect(path, limit=limit)

    connect = asyncio.open_unix_connection
    monkeypatch.setattr(asyncio, "open_unix_connection", counted)
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))
    async with followed(path) as following:
        await asyncio.sleep(1.0)
        assert 3 <= tries <= 8, "1, 2, 4 ... pauses, where there is time for 200"
        path.unlink()
        async with served(path, Meter()):
            await until(lambda: following.tapped.is_ready)


@pytest.mark.parametrize(
    "said", [b"nonsense\n", b"[]\n", b'{"event":"hello","format":"x/9"}\n', b'{"a":1}\n']
)
async def test_what_is_no_feed_is_a_problem_in_words(tmp_path: Path, said: bytes) -> None:
    async def say(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(say, tmp_path / "f")
    async with followed(tmp_path / "f") as following:
        await until(lambda: following.tapped.problem)
        assert "cannot be understood" in str(following.tapped.problem)
    server.close()


async def test_a_feed_that_the_user_names_is_followed_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "AGAIN_AFTER_S", 0.02)
    elsewhere = tmp_path / "feed"
    taps = Taps([elsewhere], folders=[])
    task = asyncio.get_running_loop().create_task(taps.follow())
    await until(lambda: [each.problem for each in taps.tapped] == ["no proxy listens there any more"])
    assert tap_light(taps.tapped, "http://127.0.0.1:11434").state is LightState.LIMITED, "it is not there"
    async with served(elsewhere, Meter()):
        await until(lambda: [each.is_ready for each in taps.tapped] == [True])
        assert tap_light(taps.tapped, "http://127.0.0.1:11434").state is LightState.OK
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
