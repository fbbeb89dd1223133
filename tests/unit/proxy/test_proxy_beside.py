"""The proxy's process as a user starts it: its feed is found, it can be held, it leaves nothing behind."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from metered_server import Plan
from proxying import PACKAGE, followed, proxy, until
from test_proxy_exact import ask, metered_server
from world import simulated_ollama

from ollama_top.config.feed_folder import feed_paths
from ollama_top.model.exit_codes import USAGE
from ollama_top.model.reading import Known, Source
from ollama_top.ollama.host import Target
from ollama_top.proxy.feed import place
from ollama_top.sources import tap
from ollama_top.sources.behind import behind
from ollama_top.sources.holding import holding
from ollama_top.sources.proxies import feed_of
from ollama_top.sources.tap import feeds


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def refused(*arguments: str, **environment: str) -> str:
    """What a proxy says that does not start; it is a mistake of whoever started it."""
    done = subprocess.run(
        [sys.executable, "-m", "ollama_top", "proxy", "--listen", "127.0.0.1:0", *arguments],
        env=os.environ | {"PYTHONPATH": str(PACKAGE)} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == USAGE, done
    return done.stderr


async def test_a_proxy_is_found_without_being_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert feeds() == ()
    with proxy("127.0.0.1:1") as first, proxy("127.0.0.1:1") as second:
        assert {each.name for each in feeds()} == {f"proxy-127.0.0.1-{port}.sock" for port in (first, second)}
        assert (tmp_path / "ollama-top").stat().st_mode & 0o777 == 0o700
        async with followed(feeds()[0]) as following:
            await until(lambda: following.tapped.is_ready)
            assert following.tapped.proxy is not None
            assert following.tapped.proxy.upstream == "http://127.0.0.1:1"
    assert feeds() == ()


async def test_who_calls_is_told(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    with metered_server() as upstream, proxy(f"127.0.0.1:{upstream}", feed) as port:
        async with followed(feed) as following:
            await until(lambda: following.tapped.is_ready)
            asking = asyncio.create_task(ask(port, 1, Plan("chat", queue_s=2.0)))
            await until(lambda: any(isinstance(each.client_pid, Known) for each in following.tapped.running))
            (waiting,) = following.tapped.running
            assert waiting.client_pid == Known(os.getpid(), Source.PROCESSES)
            await asking


async def test_a_hold_keeps_new_requests_back_until_release(tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    with metered_server() as upstream, proxy(f"127.0.0.1:{upstream}", feed) as port:
        async with holding(feed, 30) as held, followed(feed) as following:
            await until(lambda: following.tapped.is_ready)
            assert following.tapped.proxy is not None
            assert following.tapped.proxy.holding
            asking = asyncio.create_task(ask(port, 0, Plan("chat")))
            await asyncio.sleep(0.3)
            assert not asking.done()
            assert (await held.look()).held == 1
            assert not (await held.release()).holding
            await asking
            await until(lambda: following.tapped.finished)


def test_metrics_are_served_where_they_are_asked_for(tmp_path: Path) -> None:
    own = free_port()
    with (
        proxy("127.0.0.1:1", tmp_path / "feed", "--metrics", f"127.0.0.1:{own}"),
        urllib.request.urlopen(f"http://127.0.0.1:{own}/metrics", timeout=5) as reply,
    ):
        page = reply.read().decode()
    assert 'ollama_top_proxy_info{version="' in page


def test_metrics_for_other_machines_must_be_meant(tmp_path: Path) -> None:
    said = refused("--feed", str(tmp_path / "f"), "--metrics", "0.0.0.0:0")
    assert "--metrics: 0.0.0.0:0 can be reached by other machines" in said


def test_a_feed_that_cannot_be_there_is_a_mistake(tmp_path: Path) -> None:
    own = place.take(tmp_path / "live")
    assert "another proxy that runs" in refused("--feed", str(tmp_path / "live"))
    assert "No such file" in refused("--feed", str(tmp_path / "none" / "feed"))
    assert "no group 'of-nobody'" in refused("--feed", str(tmp_path / "f"), "--feed-group", "of-nobody")
    assert "closed to others" in refused("--feed-group", "of-nobody")
    own.leave()


def test_a_folder_that_is_not_safe_is_said_and_the_relay_goes_on(tmp_path: Path) -> None:
    (tmp_path / "ollama-top").mkdir()
    (tmp_path / "ollama-top").chmod(0o777)
    process = subprocess.Popen(
        [sys.executable, "-m", "ollama_top", "proxy", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1"],
        env=os.environ | {"PYTHONPATH": str(PACKAGE), "XDG_RUNTIME_DIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        process.terminate()
    assert "no monitor can see what passes" in said[0]
    assert "is not a folder that only this user can write to" in said[0]
    assert "passes everything on" in said[1]


async def test_a_proxy_that_is_started_anew_is_found_while_the_old_one_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with metered_server() as upstream, proxy(f"127.0.0.1:{upstream}") as port:
        asking = asyncio.create_task(ask(port, 0, Plan("chat", queue_s=2.5)))
        async with followed(feeds()[0]) as old:
            await until(lambda: old.tapped.running)
            await tap.stop(feeds()[0])
            await until(lambda: old.tapped.proxy is not None and old.tapped.proxy.stopping)
            with proxy(f"127.0.0.1:{upstream}", None, "--listen", f"127.0.0.1:{port}"):
                _, path = sorted(feeds(), key=lambda each: len(each.name))
                assert path == feed_paths(f"127.0.0.1:{port}")[1]
                async with followed(path) as new:
                    await until(lambda: new.tapped.is_ready)
                    known = [old.tapped, new.tapped]
                    assert feed_of(f"127.0.0.1:{port}", known) == path, "the other one stops"
                    assert behind(Target("http", "127.0.0.1", port)).port == upstream
                await asking
                await until(lambda: len(feeds()) == 1)
    assert feeds() == ()


def test_a_feed_elsewhere_is_shown_to_those_who_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "config.toml").write_text(f'feeds = ["{tmp_path / "feed"}"]')
    with simulated_ollama() as server, proxy(server.url, tmp_path / "feed") as port:
        for told in ((), ("--feed", str(tmp_path / "feed")), ("--config", str(tmp_path / "config.toml"))):
            shown = subprocess.run(
                [sys.executable, "-m", "ollama_top", "show", "--json", "--host", server.url, *told],
                env=os.environ | {"PYTHONPATH": str(PACKAGE)},
                capture_output=True,
                timeout=30,
                check=True,
            )
            listens = [each["listen"] for each in json.loads(shown.stdout)["proxies"]]
            assert listens == ([f"127.0.0.1:{port}"] if told else [])


def test_a_proxy_has_one_feed(tmp_path: Path) -> None:
    assert "a proxy has one feed" in refused("--feed", str(tmp_path / "a"), "--feed", str(tmp_path / "b"))
