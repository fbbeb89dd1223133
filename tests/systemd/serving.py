"""A server in the sandbox: its files, what its process has, and what it has to do."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sandbox import ENVIRONMENT, Sandbox
from terminal import MODERN, Terminal

ROOT = Path(__file__).resolve().parents[2]
FOLDER = "/etc/systemd/system/ollama.service.d"
OWN = f"{FOLDER}/50-ollama-top.conf"
HOME = "/run/home-of-root"
N = "OLLAMA_NUM_PARALLEL"
QUICK = "[Service]\nRestartSec=100ms\n"  # so that it is soon seen whether a restart has held
VARIABLES = ENVIRONMENT | {"PYTHONPATH": str(ROOT), "HOME": HOME}
BECOME = "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])"


def begin(box: Sandbox, program: Path) -> None:
    """A server with no settings of its own, and nothing remembered."""
    if (runner := program.with_name("llama-server")).exists():  # a real Ollama brings libraries of its own
        box.install(runner, "/usr/local/bin/llama-server", mode="755")
    box.run(["sh", "-euc", f"rm -rf {FOLDER} {HOME} /home/dev/.local; mkdir -p {FOLDER} {HOME}"])
    write(box, f"{FOLDER}/10-quick.conf", QUICK)
    box.run(
        ["sh", "-euc", "systemctl daemon-reload; systemctl reset-failed ollama; systemctl restart ollama"]
    )
    await_server(box)


def await_server(box: Sandbox) -> None:
    for _ in range(100):
        if box.run(["curl", "-sf", "http://127.0.0.1:11434/api/version"], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def write(box: Sandbox, path: str, text: str, mode: str = "644") -> None:
    box.run(["sh", "-euc", 'printf %s "$2" > "$1"; chmod "$3" "$1"', "sh", path, text, mode])


def read(box: Sandbox, path: str) -> str | None:
    done = box.run(["cat", path], check=False)
    return done.stdout if done.returncode == 0 else None


def running(box: Sandbox, name: str = N) -> str | None:
    """What the process that serves now was started with."""
    await_server(box)
    pid = box.run(["systemctl", "show", "-P", "MainPID", "ollama"]).stdout.strip()
    pairs = box.run(["cat", f"/proc/{pid}/environ"]).stdout.split("\0")
    return next((each.partition("=")[2] for each in pairs if each.startswith(f"{name}=")), None)


def restart_with(box: Sandbox, program: Path, variables: str) -> None:
    """A simulated server that was given these variables by a piece of its unit."""
    box.install(program.with_name("llama-server"), "/usr/local/bin/llama-server", mode="755")
    box.run(["mkdir", "-p", FOLDER])
    write(box, f"{FOLDER}/parallel.conf", f"[Service]\nEnvironment={variables}\n")
    box.run(["systemctl", "daemon-reload"])
    box.run(["systemctl", "restart", "ollama"])


@contextmanager
def busy(box: Sandbox) -> Iterator[None]:
    """Six requests of root's are outstanding."""
    load = subprocess.Popen(
        box.command([sys.executable, ROOT / "tests/systemd/load.py"]),
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
    )
    with load:
        assert load.stdin
        assert load.stdout
        assert load.stdout.readline() == "ready\n"
        yield
        load.stdin.close()


@contextmanager
def opened(box: Sandbox, variables: Mapping[str, str], *words: str) -> Iterator[Terminal]:
    """The program in the sandbox, on a terminal of its own, until the block is left."""
    pairs = (f"{name}={value}" for name, value in (MODERN | variables).items())
    program = box.command([sys.executable, "-m", "ollama_top", *words])
    with Terminal(["-c", BECOME, "env", "-i", *pairs, *program]) as one:
        yield one
