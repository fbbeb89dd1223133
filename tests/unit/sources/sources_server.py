"""A program called `ollama` that holds a port, starts runners and writes a log, and does nothing else.

A script by its first line is run by its interpreter, so its command line is that of a wrapper.
"""

import subprocess
import sys
import textwrap
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

PROGRAM = """
    import os, signal, socket, subprocess, sys, time
    listener = socket.create_server((sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1", 0))
    children = {}
    print(listener.getsockname()[1], flush=True)
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "run":
            child = subprocess.Popen(rest, stdin=subprocess.DEVNULL)
            children[child.pid] = child
            print(child.pid, flush=True)
        elif word == "kill":  # and leave it a zombie
            children[int(rest[0])].kill()
            os.waitid(os.P_PID, int(rest[0]), os.WEXITED | os.WNOWAIT)
            print("killed", flush=True)
        elif word == "reap":
            children.pop(int(rest[0])).wait()
            print("reaped", flush=True)
    for child in children.values():
        child.kill()
        child.wait()
"""
RUNNER = """
    import sys, time
    time.sleep(600)
"""


class ServerProgram:
    """The program for as long as the `with` lasts."""

    def __init__(
        self, folder: Path, *words: str, name: str = "ollama", log: IO[bytes] | None = None, **rest: Any
    ) -> None:
        self.folder = folder
        self._words = [str(script(folder, name, PROGRAM)), *words]
        self._log = log
        self._rest = rest

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log or subprocess.DEVNULL,
            text=True,
            **self._rest,
        )
        self.pid = self.process.pid
        port = self._answer()
        if not port:
            self.process.communicate(timeout=30)
            raise AssertionError("the program did not start")
        self.port = int(port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate(timeout=30)

    def run(self, *words: str) -> int:
        """Start a child, a runner or another; its process."""
        program = script(self.folder, words[0], RUNNER)
        return int(self.tell("run", str(program), *words[1:]))

    def tell(self, *words: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def script(folder: Path, name: str, program: str) -> Path:
    """A program of a name of its own."""
    path = folder / name
    if not path.exists():
        path.write_text(f"#!{sys.executable}\n{textwrap.dedent(program)}")
        path.chmod(0o755)
    return path
