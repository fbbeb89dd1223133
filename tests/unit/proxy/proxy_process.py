"""The proxy as people run it: a process of its own."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import running

READY = re.compile(r"ollama-top proxy: \S*:(\d+) passes everything on to (\S+)")
END_LIMIT_S = 40.0


@dataclass(frozen=True)
class Proxy:
    process: subprocess.Popen[str]
    port: int
    upstream: str

    def resident_mb(self, name: str = "VmRSS") -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(rf"{name}:\s+(\d+)", status)[0]) / 1024


@contextmanager
def proxied(*words: str, upstream: str) -> Iterator[Proxy]:
    process = subprocess.Popen(
        running.command("proxy", "--listen", "127.0.0.1:0", "--upstream", upstream, *words),
        cwd=running.ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        found = READY.match(line)
        assert found, line + process.stderr.read()
        yield Proxy(process, int(found[1]), found[2])
    finally:
        process.kill()
        process.communicate(timeout=END_LIMIT_S)
