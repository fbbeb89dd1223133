"""Another machine's server over a real ssh, as another user: with ollama-top there, without, and cut."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from sandbox import ENVIRONMENT, Sandbox
from serving import opened

pytestmark = pytest.mark.systemd

HERE, ROOT = Path(__file__).parent, Path(__file__).resolve().parents[2]
VARIABLES = ENVIRONMENT | {"PYTHONPATH": str(ROOT), "HOME": "/root"}
KEYS, PLACE = "/run/keys-of-test", "/home/dev/.local/bin"
SSHD = f"""
mkdir -p /run/sshd {KEYS}
ssh-keygen -q -t ed25519 -N '' -f {KEYS}/host
ssh-keygen -q -t ed25519 -N '' -f {KEYS}/user
install -d -o dev -g dev -m 700 /home/dev/.ssh
install -o dev -g dev -m 600 {KEYS}/user.pub /home/dev/.ssh/authorized_keys
usermod -p '*' dev
/usr/sbin/sshd -o HostKey={KEYS}/host -o UsePAM=no -o PasswordAuthentication=no -o ListenAddress=127.0.0.1
"""
PROGRAM = f"""#!/bin/sh
exec env PYTHONPATH={ROOT} PYTHONDONTWRITEBYTECODE=1 {sys.executable} -m ollama_top "$@"
"""
CONFIG = f"""Host box
HostName 127.0.0.1
User dev
IdentityFile {KEYS}/user
StrictHostKeyChecking accept-new
"""


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture(scope="module")
def host(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A machine with sshd, where `dev` may log in with a key."""
    if not Path("/usr/sbin/sshd").exists() or shutil.which("ssh-keygen") is None:
        pytest.skip("no sshd is installed")
    sandbox.run(["sh", "-euc", SSHD])
    yield sandbox
    sandbox.run(["pkill", "-x", "sshd"], check=False)


def write(host: Sandbox, path: str, text: str, mode: str) -> None:
    script = 'mkdir -p "$(dirname "$1")"; printf %s "$2" > "$1"; chmod "$3" "$1"'
    host.run(["sh", "-euc", script, "sh", path, text, mode])


def frames(out: Any) -> Iterator[Mapping[str, Any]]:
    for line in out:
        yield json.loads(line)


def test_what_is_seen_there_is_seen_here_and_again_after_a_cut(host: Sandbox) -> None:
    write(host, f"{PLACE}/ollama-top", PROGRAM, mode="755")
    words = host.command([sys.executable, str(HERE / "watching_over_ssh.py"), "dev@127.0.0.1"])
    with subprocess.Popen(words, env=VARIABLES, stdin=PIPE, stdout=PIPE, text=True, cwd="/") as watching:
        coming = frames(watching.stdout)
        first = next(coming)
        assert first["version"] == "0.33.0", first
        host.run(["pkill", "-u", "dev", "-f", "ollama_top"], check=False)
        cut = next(each for each in coming if not each["reachable"])
        assert "the line to dev@127.0.0.1 is cut" in cut["verdict"]
        again = next(each for each in coming if each["reachable"])
        assert again["version"] == "0.33.0"
        watching.terminate()


def test_where_it_is_not_installed_that_is_said(host: Sandbox) -> None:
    host.run(["rm", "-f", f"{PLACE}/ollama-top"])
    words = [sys.executable, "-m", "ollama_top", "--ssh", "nobody-there.invalid"]
    done = host.run(["script", "-qec", " ".join(words), "/dev/null"], env=VARIABLES, check=False)
    assert "ssh nobody-there.invalid failed" in done.stdout
    write(host, "/root/.ssh/config", CONFIG, mode="600")
    with opened(host, VARIABLES, "--ssh", "box") as one:
        one.until(lambda: "Look at its API meanwhile" in one.text)
        assert "ollama-top is not found on box" in one.text
