"""Measure ollama-top beside htop, btop and ollama-mtop in one run, and print the figures as Markdown.

Must never judge by its exit code: a goal that is not met is printed, and the reader decides.
"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from cases import first_content, help_time, leaving, memory, traffic
from measuring import Bench, Outcome
from programs import btop, environment, htop, mtop
from servers import busy_server

CASES: Mapping[str, Callable[[Bench], Outcome]] = {
    "help": help_time.measure,
    "first": first_content.measure,
    "traffic": traffic.measure,
    "memory": memory.measure,
    "leaving": leaving.measure,
}


def options() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)} (default: all)")
    parser.add_argument("--mtop", metavar="PATH", help="ollama-mtop's command (default: $MTOP, else on PATH)")
    parser.add_argument("--rounds", type=int, default=9, help="of the short measures (default: %(default)s)")
    parser.add_argument("--long-rounds", type=int, default=3, help="of the traffic (default: %(default)s)")
    parser.add_argument(
        "--window", type=float, default=15.0, metavar="S", help="of the traffic (default: %(default)s)"
    )
    parser.add_argument(
        "--memory-after", type=float, default=60.0, metavar="S", help="(default: %(default)s)"
    )
    asked = parser.parse_args()
    if unknown := set(asked.cases) - set(CASES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    return asked


def main() -> None:
    """Print each case as soon as it is measured."""
    asked = options()
    if not Path("/proc/self/stat").exists():
        sys.exit("this looks at processes by /proc: it needs Linux")
    print(f"{surroundings()}\n")
    with tempfile.TemporaryDirectory() as home:
        told = environment(Path(home))
        with busy_server(told) as address:
            bench = Bench(
                htop=htop(),
                btop=btop(Path(home)),
                mtop=mtop(asked.mtop),
                environment=told,
                server=address,
                short_count=asked.rounds,
                long_count=asked.long_rounds,
                window_s=asked.window,
                memory_after_s=asked.memory_after,
            )
            for name in asked.cases or CASES:
                print(f"measuring: {name}", file=sys.stderr)
                show(CASES[name](bench))


def surroundings() -> str:
    """The machine in general terms."""
    python, textual = platform.python_version(), version("textual")
    return f"{platform.system()}, {os.cpu_count()} processors, Python {python}, Textual {textual}."


def show(outcome: Outcome) -> None:
    """The table, then the goals."""
    goals = "\n".join(goal.markdown() for goal in outcome.goals)
    print(f"{outcome.table.markdown()}\n\n{goals}\n", flush=True)


if __name__ == "__main__":
    main()
