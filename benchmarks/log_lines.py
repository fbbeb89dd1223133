"""How many lines of a log are read a second, beside a plain regular expression and `grep -c`.

`python benchmarks/log_lines.py [LOG...]`; by default the logs of the two recorded servers.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ollama_top.ollama.log.story import Story  # noqa: E402 - after its path

RECORDED = sorted((ROOT / "tests/captures").glob("*/parallel2.server.log"))
LINES = 200_000
RUNS = 3
PLAIN = re.compile(r"^time=|^\[GIN\]|buffer size")


def main(paths: Sequence[str]) -> None:
    """Print one line for each log and each way."""
    print("Lines a second of processor time.")
    print(f"{'log':<40} {'lines':>8} {'read':>11} {'one regex':>11} {'grep -c':>11}")
    for path in map(Path, paths or RECORDED):
        lines = path.read_text(errors="replace").splitlines()
        lines = (lines * (LINES // max(1, len(lines)) + 1))[:LINES]
        rates = [rate(way, lines) for way in (read, match, grep)]
        name = "/".join(path.parts[-2:])
        print(f"{name:<40} {len(lines):>8} {'  '.join(f'{each:>10,.0f}' for each in rates)}")


def read(lines: Sequence[str]) -> None:
    story = Story()
    for line in lines:
        story.take(line)
    story.told()


def match(lines: Sequence[str]) -> None:
    sum(1 for line in lines if PLAIN.search(line))


def grep(lines: Sequence[str]) -> None:
    """Count in a file; writing it is no part of it."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("\n".join(lines))
        file.flush()
        words = ["grep", "-cE", PLAIN.pattern, file.name]
        subprocess.run(words, capture_output=True, check=True)


def rate(way: Callable[[Sequence[str]], None], lines: Sequence[str]) -> float:
    """Lines a second of processor time, of the best of some runs: other programs do not count in."""
    return len(lines) / min(cost_s(way, lines) for _ in range(RUNS))


def cost_s(way: Callable[[Sequence[str]], None], lines: Sequence[str]) -> float:
    """Processor time of this process, and of what it ran."""
    before = sum(os.times()[:4])
    way(lines)
    return sum(os.times()[:4]) - before


if __name__ == "__main__":
    main(sys.argv[1:])
