"""Measure `ollama-top proxy` beside nginx and haproxy in one run, and print the figures as Markdown.

Clients and servers run on the first core, the proxies on the second. Must never judge by its exit
code: a goal that is not met is printed, and the reader decides.
"""

import argparse
import contextlib
import os
import platform
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from programs import PYTHON, Program, environment
from proxies import peers
from proxies.cases import CASES, Bench
from proxies.process import Running, started

CLIENT_CORE, PROXY_CORE = 0, 1
SERVER = Path(__file__).parent / "proxies" / "server.py"


def options() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    asked = parser.parse_args()
    if unknown := set(asked.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    return asked


def main() -> None:
    """Print each case as soon as it is measured."""
    asked = options()
    if not Path("/proc/self/schedstat").exists() or (os.cpu_count() or 1) < 2:
        sys.exit("this needs Linux, for /proc/PID/schedstat, and two cores")
    print(f"{platform.system()}, {os.cpu_count()} processors, Python {platform.python_version()}.\n")
    os.sched_setaffinity(0, {CLIENT_CORE})
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        bench = stack.enter_context(everyone(Path(folder), asked.rounds))
        for name in asked.cases or CASES:
            print(f"measuring: {name}", file=sys.stderr)
            outcome = CASES[name](bench)
            goals = "\n".join(goal.markdown() for goal in outcome.goals)
            print(f"{outcome.table.markdown()}\n\n{goals}\n", flush=True)


@contextlib.contextmanager
def everyone(folder: Path, rounds: int) -> Iterator[Bench]:
    """The server, and the proxies before it; and once more before a server of this process."""
    told = environment(folder)
    port = free_port()
    with contextlib.ExitStack() as stack:
        stack.enter_context(started((PYTHON, str(SERVER), str(port)), port, told, CLIENT_CORE))
        own = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        proxies = [stack.enter_context(proxied(folder, told, each)) for each in (port, own.getsockname()[1])]
        yield Bench(proxies[0], port, own, proxies[1], rounds)


@contextlib.contextmanager
def proxied(folder: Path, told: Mapping[str, str], upstream: int) -> Iterator[dict[str, Running | str]]:
    """Each proxy before one server, or why it is not there."""
    own = Path(tempfile.mkdtemp(dir=folder))
    makers: list[Callable[[int], Program]] = [
        lambda port: peers.nginx(port, upstream, own),
        lambda port: peers.haproxy(port, upstream, own),
        lambda port: peers.unmetered(port, upstream),
        lambda port: peers.metered(port, upstream, own),
    ]
    with contextlib.ExitStack() as stack:
        running: dict[str, Running | str] = {}
        for make in makers:
            port = free_port()
            program = make(port)
            running[program.name] = program.absent or stack.enter_context(
                started(program.argv, port, told, PROXY_CORE)
            )
        yield running


def free_port() -> int:
    """A port of this machine where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
