"""`ollama-top serve` as people run it: a process that tells Prometheus, and ends when it is told to."""

import json
import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import exposition
import pytest
import running

READY = re.compile(r"ollama-top serve: Prometheus finds it at (http://127\.0\.0\.1:\d+/metrics)$")


@contextmanager
def serving(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    process = subprocess.Popen(
        running.command("serve", "--metrics", "127.0.0.1:0", *words),
        cwd=running.ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        line = process.stderr.readline()
        found = READY.match(line)
        assert found, line + process.stderr.read()
        yield process, found[1]
    finally:
        process.kill()
        process.communicate(timeout=30)


def get(url: str, host: str = "localhost") -> str:
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 - it is ours
    with urllib.request.urlopen(request, timeout=15) as reply:  # noqa: S310 - it is ours
        return str(reply.read().decode())


def test_the_simulated_server_is_told() -> None:
    with serving("--demo") as (_, url):
        page = get(url)
        found = exposition.samples(page)
        assert found["ollama_top_simulated", ()] == 1
        assert found["ollama_top_server_up", ()] == 1
        assert found["ollama_top_models", ()] >= 1
        exposition.promtool(page)
        with pytest.raises(urllib.error.HTTPError, match="403"):
            get(url, host="rebound.example")


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_it_is_told_to_and_has_said_nothing_else(end: signal.Signals) -> None:
    with serving("--demo") as (process, url):
        get(url)
        with socket.create_connection(("127.0.0.1", int(url.split(":")[2].split("/")[0]))):  # says nothing
            process.send_signal(end)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_a_server_that_is_down_is_told_as_down() -> None:
    with serving("--host", running.NOBODY) as (_, url):
        found = exposition.samples(get(url))
    assert found["ollama_top_server_up", ()] == 0
    assert ("ollama_top_server_resident_memory_bytes", ()) not in found


def test_an_address_that_is_taken() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(1)
        done = running.run("serve", "--demo", "--metrics", f"127.0.0.1:{held.getsockname()[1]}")
    assert done.returncode == 69
    assert "is taken by another program" in done.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--metrics", "0.0.0.0:0"], "--metrics: 0.0.0.0:0 can be reached by other machines; --allow-remote"),
        (["--metrics", "here:x"], "'here:x' is no address to listen on; one is HOST:PORT, as 127.0.0.1:9436"),
        (["--host", "ftp://x"], "--host: 'ftp://x': the scheme must be"),
        (["--interval", "0"], "--interval: 0.0 is not between"),
    ],
)
def test_wrong_use(words: list[str], problem: str) -> None:
    done = running.run("serve", *words)
    assert (done.returncode, done.stdout) == (64, "")
    assert problem in done.stderr


def test_the_dashboard_is_printed() -> None:
    done = running.run("serve", "--dashboard")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["uid"] == "ollama-top"


def test_one_look_for_the_textfile_collector() -> None:
    done = running.run("show", "--demo", "--prometheus")
    assert (done.returncode, done.stderr) == (0, "")
    assert exposition.samples(done.stdout)["ollama_top_simulated", ()] == 1
    exposition.promtool(done.stdout)


@pytest.mark.parametrize("other", ["--json", "--watch"])
def test_one_look_is_no_stream_and_no_document(other: str) -> None:
    done = running.run("show", "--demo", "--prometheus", other)
    assert done.returncode == 64
    assert "--prometheus is one look" in done.stderr
