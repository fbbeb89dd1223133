"""Another machine's server over a real ssh, as another user: seen, measured, changed, cut; and not there."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from sandbox import ENVIRONMENT, Sandbox
from serving import OWN, N, opened, read, running
from terminal import Terminal
from test_change_screen import press

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
systemd-run -q --unit=sshd-of-test /usr/sbin/sshd -D -o HostKey={KEYS}/host \\
  -o UsePAM=no -o PasswordAuthentication=no -o ListenAddress=127.0.0.1
"""
PROGRAM = f"""#!/bin/sh
exec env PYTHONPATH={ROOT} PYTHONDONTWRITEBYTECODE=1 {sys.executable} -m ollama_top "$@"
"""
PASSWORD = "quite secret"
SUDO = f"""
printf 'dev ALL=(ALL) ALL\\n' > /etc/sudoers.d/dev
chmod 440 /etc/sudoers.d/dev
echo 'dev:{PASSWORD}' | chpasswd
"""
MODEL = "gemma3:270m"
ALTERNATE, MOUSE, TITLE = (
    (b"\x1b[?1049h", b"\x1b[?1049l"),
    (b"\x1b[?1000h", b"\x1b[?1000l"),
    (b"\x1b[22;0t", b"\x1b[23;0t"),
)
"""What a screen takes of a terminal, and what gives it back."""

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
    sandbox.run(["systemctl", "stop", "sshd-of-test"], check=False)


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


@pytest.fixture
def monitor(host: Sandbox, box: Sandbox) -> Iterator[Terminal]:
    """The monitor of root here, which watches the server of `dev` there, in a real terminal."""
    write(host, f"{PLACE}/ollama-top", PROGRAM, mode="755")
    host.run(["chown", "-R", "dev", "/home/dev/.local"])
    write(host, "/root/.ssh/config", CONFIG, mode="600")
    with opened(box, VARIABLES, "--ssh", "box") as one:
        one.until(lambda: "systemd pid" in one.text)
        yield one


def want_four(monitor: Terminal) -> None:
    press(monitor, "e")
    monitor.until(lambda: "VARIABLE" in monitor.text)
    press(monitor, "/", "NUM_PARALLEL", "\r", "\r", "4", "\r")
    monitor.until(lambda: "1 change, not made yet" in monitor.text)


def agree_there(monitor: Terminal) -> None:
    """Agree to the plan that stands in the plain terminal, with a password for its rights, and come back."""
    monitor.until(lambda: "Do this? [y/N]" in monitor.text)
    monitor.type("y\r")
    monitor.until(lambda: "password for dev:" in monitor.text)
    monitor.type(f"{PASSWORD}\r")
    monitor.until(lambda: "Enter goes back to the monitor." in monitor.text)
    assert "done." in monitor.text, "the receipt is there to be read"
    monitor.type("\r")
    monitor.until(lambda: "box: it is as you asked." in monitor.text)


def test_settings_are_changed_there_and_taken_back_in_the_terminal(box: Sandbox, monitor: Terminal) -> None:
    if shutil.which("sudo") is None:
        pytest.skip("sudo is not installed")
    box.run(["sh", "-euc", SUDO])
    try:
        want_four(monitor)
        begun = len(monitor.sent)
        monitor.type("w")
        agree_there(monitor)
        assert running(box) == "4"
        lent = monitor.sent[begun:]
        for taken, given_back in (ALTERNATE, MOUSE, TITLE):
            assert lent.index(given_back) < lent.index(b"Do this?") < lent.rindex(taken)
        monitor.until(lambda: f"{N}       4" in monitor.text)
        assert "not made yet" not in monitor.text
        monitor.type("U")
        agree_there(monitor)
        assert (running(box), read(box, OWN)) == (None, None)
        press(monitor, "\x1b")
        monitor.type("q")
        monitor.until(monitor.ended)
        assert (monitor.status, monitor.attributes()) == (0, monitor.before)
    finally:
        box.run(["rm", "/etc/sudoers.d/dev"])


def test_what_is_not_agreed_to_there_is_not_done(box: Sandbox, monitor: Terminal) -> None:
    want_four(monitor)
    monitor.type("w")
    monitor.until(lambda: "Do this? [y/N]" in monitor.text)
    monitor.type("n\r")
    monitor.until(lambda: "Enter goes back to the monitor." in monitor.text)
    monitor.type("\r")
    monitor.until(lambda: "box: nothing was changed." in monitor.text)
    assert "1 change, not made yet" in monitor.text
    assert running(box) is None
    monitor.type("w")
    monitor.until(lambda: "Do this? [y/N]" in monitor.text)
    box.run(["pkill", "-9", "-u", "dev", "sshd"])
    monitor.until(lambda: "Enter goes back to the monitor." in monitor.text)
    monitor.type("\r")
    monitor.until(lambda: "box: ssh failed, or the line was cut" in monitor.text)
    assert running(box) is None


def test_a_terminal_that_is_closed_ends_what_asks_there(box: Sandbox, monitor: Terminal) -> None:
    want_four(monitor)
    monitor.type("w")
    monitor.until(lambda: "Do this? [y/N]" in monitor.text)
    assert started_there(box, "set")
    monitor.hang_up()
    until_over(box, "set")
    assert running(box) is None


def expiry(box: Sandbox) -> datetime:
    """When the model leaves memory."""
    (model,) = json.loads(box.run(["curl", "-sf", "http://127.0.0.1:11434/api/ps"]).stdout)["models"]
    return datetime.fromisoformat(model["expires_at"])


def started_there(box: Sandbox, command: str) -> str:
    return box.run(["pgrep", "-u", "dev", "-f", f"ollama_top {command} "], check=False).stdout


def until_over(box: Sandbox, command: str) -> None:
    ends_s = time.monotonic() + 20
    while started_there(box, command):
        assert time.monotonic() < ends_s, "it goes on there"
        time.sleep(0.1)


def test_a_burst_measures_there(box: Sandbox, monitor: Terminal) -> None:
    press(monitor, "b")
    monitor.until(lambda: "would be loaded" in monitor.text)
    press(monitor, "y")
    monitor.until(lambda: "measured" in monitor.text and "one alone" in monitor.text)
    until_over(box, "burst")


@pytest.mark.parametrize("end", ["left", "ssh killed", "cut"])
def test_a_burst_that_is_broken_off_leaves_nothing_there(box: Sandbox, monitor: Terminal, end: str) -> None:
    load = json.dumps({"model": MODEL, "prompt": "", "keep_alive": "3h"})
    box.run(["curl", "-sf", "http://127.0.0.1:11434/api/generate", "-d", load])
    before = expiry(box)
    monitor.until(lambda: MODEL in monitor.text)
    monitor.type("b")
    monitor.until(lambda: "at once to" in monitor.text and "0 to " in monitor.text)
    assert started_there(box, "burst")
    match end:
        case "left":
            monitor.type("\x1b")
        case "ssh killed":
            box.run(["pkill", "-9", "-x", "-f", "ssh .* burst --events .*"])
        case _:
            box.run(["pkill", "-9", "-u", "dev", "sshd"])
    until_over(box, "burst")
    assert abs(expiry(box) - before) < timedelta(seconds=30), "its expiry was put back"
    monitor.until(lambda: "Could not be measured" in monitor.text or end == "left")
