"""The monitor of other machines' servers: the first connection, in the plain terminal, and then the screen.

Must never let ssh ask anything once there is a screen.
"""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache, partial

from ollama_top.cli.errors import UsageError
from ollama_top.cli.exits import fail
from ollama_top.cli.monitor import show
from ollama_top.cli.options import ascii_of, interval_s_of, read_only_of, theme_of
from ollama_top.config.feed_folder import UnsafeFolderError, feed_folder, make_folder
from ollama_top.config.kept_file import KeptFile, file_for
from ollama_top.config.settings import Settings
from ollama_top.model.exit_codes import NOTHING_READ
from ollama_top.remote import ssh
from ollama_top.remote.feed import RemoteFeed
from ollama_top.remote.knock import knock
from ollama_top.remote.tunnel import TunnelError, tunnel
from ollama_top.tui.reach import Nowhere, There
from ollama_top.tui.watched import Watched

NOT_THERE = (
    "ollama-top is not found on {host}: install it there as its README says, so that it is in the PATH or in"
    " ~/.local/bin."
)
MEANWHILE = "Look at its API meanwhile, through a forwarded port? Slots, queue and GPUs are not seen. [y/N] "
USUAL_SERVER = "127.0.0.1:11434"
API_ALONE = Nowhere("Its API alone is seen, through a forwarded port: this needs ollama-top on its machine.")


class NotThereError(Exception):
    """The other machine has no ollama-top, or cannot be reached; the text says which."""

    def __init__(self, problem: str, *, is_reached: bool) -> None:
        super().__init__(problem)
        self.is_reached = is_reached


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Show the servers of the hosts that were named; the exit code."""
    if shutil.which("ssh") is None:
        raise UsageError("ssh is not installed here")
    hosts = tuple(dict.fromkeys(options.ssh))
    for each in hosts:
        _check(each)
    if len(hosts) > 1 and getattr(options, "record", None) is not None:
        raise UsageError("--record is for one host; of several, R records the one in front")
    with _shared_connections() as shared, ExitStack() as stack:
        if len(hosts) > 1:
            _meet(hosts, shared)
            return _watch_several(
                options, settings, [_watched(options, settings, each, shared) for each in hosts]
            )
        try:
            watched = _connected(options, settings, hosts[0], shared)
        except NotThereError as error:
            fail(error, NOTHING_READ)
            if not (error.is_reached and _agrees_to_api()):
                return NOTHING_READ
            watched = stack.enter_context(_through_tunnel(options, settings, hosts[0], shared))
        return _watch(options, settings, watched)


def _watch_several(options: argparse.Namespace, settings: Settings, hosts: Sequence[Watched]) -> int:
    """The overview, and the monitor of each host."""
    from ollama_top.tui.hosts import HostsApp
    from ollama_top.tui.keeping import Keeping

    app = HostsApp(
        hosts,
        lambda host: Keeping(_kept_of(host)),
        read_only=read_only_of(options, settings),
        interval_s=interval_s_of(options, settings),
        theme=theme_of(options, settings),
        ascii_only=ascii_of(options, settings),
    )
    return show(app, options, settings)


def _watch(options: argparse.Namespace, settings: Settings, watched: Watched) -> int:
    """The monitor of one host."""
    from ollama_top.tui.app import MonitorApp
    from ollama_top.tui.keeping import Keeping

    app = MonitorApp(
        watched.make_feed,
        title=watched.title,
        read_only=read_only_of(options, settings),
        user="",
        interval_s=interval_s_of(options, settings),
        theme=theme_of(options, settings),
        demo_offer=None,
        ascii_only=ascii_of(options, settings),
        keeping=Keeping(_kept_of(watched.title)),
        reach=watched.reach,
        watch=watched.moved_to,
    )
    return show(app, options, settings)


def _kept_of(host: str) -> KeptFile:
    return file_for(f"ssh://{host}", platform.node())


def _meet(hosts: Sequence[str], shared: tuple[str, ...]) -> None:
    """Connect to all at once; what the ssh of some asks, it asks then, one after the other.

    A host that is not there says why on its line of the overview.
    """
    first = {host: ssh.first(host, _sharing(host, shared), asks=False) for host in hosts}
    for host, met in knock(first).items():
        status = _asking(host, shared) if met.has_question else met.status
        if status == ssh.NOT_FOUND:
            fail(NotThereError(NOT_THERE.format(host=host), is_reached=True), NOTHING_READ)


def _connected(
    options: argparse.Namespace, settings: Settings, host: str, shared: tuple[str, ...]
) -> Watched:
    """Its server, once there is a connection: what ssh asks, it asks here. Raises NotThereError."""
    status = _asking(host, shared)
    if status == ssh.NOT_FOUND:
        raise NotThereError(NOT_THERE.format(host=host), is_reached=True)
    if status:
        raise NotThereError(f"ssh {host} failed (status {status})", is_reached=False)
    return _watched(options, settings, host, shared)


def _asking(host: str, shared: tuple[str, ...]) -> int:
    """The status of a first connection, whose ssh may ask the user."""
    words = ssh.first(host, _sharing(host, shared))
    return subprocess.run(words, stdout=subprocess.DEVNULL, check=False).returncode


def _watched(
    options: argparse.Namespace,
    settings: Settings,
    host: str,
    shared: tuple[str, ...],
    url: str | None = None,
) -> Watched:
    """The server as ollama-top there sees it; `url` is where it answers, if that is none that was named."""
    given = url or getattr(options, "host", None)
    reach = There(host, () if given is None else ("--host", given), tuple(_sharing(host, shared)))
    words = reach.command(("--interval", f"{interval_s_of(options, settings):g}", "frames"))
    moved_to = partial(_watched, options, settings, host, shared)
    return Watched(host, partial(RemoteFeed, host, words), reach, moved_to)


@contextmanager
def _through_tunnel(
    options: argparse.Namespace, settings: Settings, host: str, shared: tuple[str, ...]
) -> Iterator[Watched]:
    """Its API alone, as long as the `with` lasts; raises UsageError."""
    from ollama_top.engine.live import LiveFeed
    from ollama_top.ollama.host import parse_target

    server = parse_target(getattr(options, "host", None) or USUAL_SERVER)
    try:
        with tunnel(host, f"{server.host}:{server.port}", _sharing(host, shared)) as port:
            target = parse_target(f"127.0.0.1:{port}")
            interval_s = interval_s_of(options, settings)
            yield Watched(host, lambda: LiveFeed(target, interval_s=interval_s), API_ALONE)
    except TunnelError as error:
        raise UsageError(str(error)) from None


def _agrees_to_api() -> bool:
    print(MEANWHILE, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _check(host: str) -> None:
    """That a name is none that ssh would take for an option; raises UsageError."""
    if host.startswith("-") or not host.isprintable() or not host.strip():
        raise UsageError(f"--ssh: {host!r} is no host")


@cache
def _sharing(host: str, shared: tuple[str, ...]) -> tuple[str, ...]:
    """Our options for sharing a connection, unless the user's configuration shares it already."""
    done = subprocess.run(["ssh", "-G", "--", host], capture_output=True, text=True, check=False)
    values = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    has_own = values.get("controlpath", "none") != "none" and values.get("controlmaster", "false") != "false"
    return () if has_own else shared


@contextmanager
def _shared_connections() -> Iterator[tuple[str, ...]]:
    """Options by which connections share the first, whose sockets lie where only this user can write."""
    folder = feed_folder()
    try:
        make_folder(folder)
    except UnsafeFolderError as error:
        raise UsageError(str(error)) from None
    with tempfile.TemporaryDirectory(prefix="ssh-", dir=folder, ignore_cleanup_errors=True) as made:
        yield ssh.shared(f"{made}/%C")
