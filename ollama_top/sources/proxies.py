"""Starts a proxy in a process of its own, and tells one to stop.

Must never signal a process: a proxy is told through its own feed, and obeys its user and root alone.
"""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread

from ollama_top.config.feed_folder import UnsafeFolderError, feed_path, feed_paths, make_folder
from ollama_top.model.tapped import Tapped
from ollama_top.sources import tap
from ollama_top.sources.hello import proxy_at
from ollama_top.sources.tap import TapError

START_S = 10.0
LOOK_EVERY_S = 0.05
TAIL_BYTES = 2000


class ProxyError(Exception):
    """A proxy that did not start or does not obey; the text says why."""


async def start(listen: str, upstream: str) -> None:
    """Start a proxy that outlives this process, and wait until it tells what passes; raises ProxyError."""
    feed, log = await asyncio.to_thread(_free_feed, listen), _log_file(listen)
    began = _spawned(listen, upstream, feed, log)
    Thread(target=began.wait, name="proxy", daemon=True).start()  # so that it leaves no zombie when it ends
    ends_s = time.monotonic() + START_S
    while time.monotonic() < ends_s:
        if began.returncode is not None:
            raise ProxyError(_last_words(log) or f"it ended at once with status {began.returncode}")
        found = await asyncio.to_thread(proxy_at, feed)
        if found is not None and found.pid == began.pid:
            return
        await asyncio.sleep(LOOK_EVERY_S)
    raise ProxyError(f"it has started and does not tell what passes; its words are in {log}")


async def stop(listen: str, known: Sequence[Tapped]) -> None:
    """Have a proxy let go what runs, and end; raises ProxyError."""
    try:
        await tap.stop(feed_of(listen, known))
    except TapError as error:
        raise ProxyError(str(error)) from None


def feed_of(listen: str, known: Iterable[Tapped]) -> Path:
    """The feed of the proxy that listens there, of those that are known and tell; raises ProxyError."""
    told = [(each.path, each.proxy) for each in known if each.proxy is not None and each.problem is None]
    there = [(proxy.stopping, path) for path, proxy in told if proxy.listen == listen]
    if not there:
        raise ProxyError(f"no proxy is known to listen at {listen}")
    return Path(min(there)[1])


def _free_feed(listen: str) -> Path:
    """Where its feed is to be: one that stops may have the first place still."""
    paths = feed_paths(listen)
    return next((path for path in paths if proxy_at(path) is None), paths[0])


def _spawned(listen: str, upstream: str, feed: Path, log: Path) -> "subprocess.Popen[bytes]":
    """In a session of its own, so that no terminal takes it along; from no folder that may be anybody's (-P).

    It is told where its feed is to be, since without one nobody could stop it.
    """
    words = (sys.executable, "-P", "-m", "ollama_top", "proxy", "--listen", listen, "--upstream", upstream)
    try:
        make_folder(feed.parent)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as said:
            return subprocess.Popen(
                (*words, "--feed", str(feed)),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
    except OSError as error:
        raise ProxyError(f"{error.filename}: {error.strerror}") from None
    except UnsafeFolderError as error:
        raise ProxyError(str(error)) from None


def _log_file(listen: str) -> Path:
    import platformdirs  # noqa: PLC0415 - 18 ms for those only who start a proxy

    return platformdirs.user_state_path("ollama-top") / f"{feed_path(listen).stem}.log"


def _last_words(log: Path) -> str:
    """What it said last, without its name."""
    said = log.read_bytes()[-TAIL_BYTES:].decode(errors="replace").strip()
    return said.rpartition("\n")[2].partition(": ")[2] or said
