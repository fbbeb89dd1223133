"""The process that holds one sandbox: boots systemd, watches over it, and takes every trace away.

Runs as root in a mount namespace of its own, started by sandbox.py, and ends with the standard
input that it was given. Must never signal a process that it did not start.
"""

import contextlib
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from sandbox_root import mount_root

BOOT_S, STOP_S, LIFE_S = 30.0, 4.0, 900.0
CGROUP = "ollama-top-test"
CONSOLE_BYTES = 1 << 16
POWER_OFF = signal.SIGRTMIN + 4  # to systemd
SCRIPTS = Path(__file__).with_name("boot")
SYSTEMD = "/usr/lib/systemd/systemd"


class Sandbox:
    """One booted systemd, with its console."""

    def __init__(self, folder: Path, share: list[Path]) -> None:
        mounted = mount_root(folder, share)
        remove_stale(mounted.cgroups)
        self.cgroup = mounted.cgroups / f"{CGROUP}-{os.getpid()}"
        self.cgroup.mkdir()
        self.console = b""
        self._terminal, inner = pty.openpty()
        self._pid_file = folder / "init.pid"
        # When this process is killed so is unshare, with it PID 1, and so all of the namespace.
        tie = ["setpriv", "--pdeathsig", "KILL", "--", "unshare", "--fork", "--kill-child=SIGKILL"]
        spaces = ["--pid", "--mount", "--uts", "--ipc", "--net", "--propagation", "private"]
        stage1: list[str | Path] = ["sh", SCRIPTS / "stage1.sh", mounted.root, self.cgroup]
        self.process = subprocess.Popen(
            [*tie, *spaces, "--", *stage1, os.ttyname(inner), self._pid_file, SYSTEMD],
            stdin=subprocess.DEVNULL,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)

    def init_pid(self) -> int | None:
        """PID 1 as the host sees it, once it is there."""
        return int(self._pid_file.read_text()) if self._pid_file.exists() else None

    def boot(self) -> None:
        """Wait until systemd has booted; raises RuntimeError when it does not."""
        deadline = time.monotonic() + BOOT_S
        while self.ask("systemctl", "is-system-running") not in {"running", "degraded"}:
            self.watch(0.05)
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("systemd did not boot")
        self.ask("systemctl", "log-target", "journal")  # as in any system that is up

    def ask(self, *command: str) -> str:
        """What a command inside prints; empty while there is no inside."""
        pid = self.init_pid()
        if pid is None:
            return ""
        enter = ["nsenter", "-t", str(pid), "-m", "-u", "-i", "-n", "-p", "-C", "--"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
            done = subprocess.run(
                [*enter, *command],
                stdin=nothing,
                stdout=pipe,
                stderr=nothing,
                text=True,
                timeout=5,
                check=False,
            )
            return done.stdout.strip()
        return ""

    def watch(self, timeout_s: float, until: int | None = None) -> bool:
        """Read the console for a while; True at once when `until`, a file descriptor, has ended."""
        watched = [self._terminal] if until is None else [self._terminal, until]
        ready, _, _ = select.select(watched, [], [], timeout_s)
        if self._terminal in ready:
            with contextlib.suppress(OSError):  # the last process inside has closed it
                self.console = (self.console + os.read(self._terminal, 65536))[-CONSOLE_BYTES:]
        return until in ready and not os.read(until, 4096)

    def hold(self) -> None:
        """Stay until our standard input ends, systemd ends, or the time is up."""
        deadline = time.monotonic() + LIFE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.watch(0.2, until=sys.stdin.fileno()):
                return

    def stop(self) -> None:
        """Power off; kill what is left after STOP_S; leave nothing."""
        deadline = time.monotonic() + STOP_S
        pid = self.init_pid()
        if pid and self.process.poll() is None:
            os.kill(pid, POWER_OFF)
            while self.process.poll() is None and time.monotonic() < deadline:
                self.watch(0.02)
        self.process.kill()
        self.process.wait()
        remove_cgroup(self.cgroup)


def remove_stale(cgroups: Path) -> None:
    """Remove the empty cgroups of supervisors that were killed."""
    for cgroup in cgroups.glob(f"{CGROUP}-*"):
        owner_lives = Path(f"/proc/{cgroup.name.rpartition('-')[2]}").exists()
        if not owner_lives and "populated 0" in (cgroup / "cgroup.events").read_text():
            remove_cgroup(cgroup)


def remove_cgroup(cgroup: Path) -> None:
    """Kill what is in a cgroup of ours, all of which is ours, and remove it."""
    deadline = time.monotonic() + 5
    while cgroup.is_dir() and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            (cgroup / "cgroup.kill").write_text("1")
        for folder, _, _ in os.walk(cgroup, topdown=False):
            with contextlib.suppress(OSError):  # its processes are still dying
                Path(folder).rmdir()
        time.sleep(0.01)


def main() -> None:
    """Hold the sandbox in the folder of the first argument; the others are folders to share."""
    folder = Path(sys.argv[1])
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sandbox = Sandbox(folder, [Path(each) for each in sys.argv[2:]])
    try:
        sandbox.boot()
        print(json.dumps({"init": sandbox.init_pid(), "cgroup": str(sandbox.cgroup)}), flush=True)
        sandbox.hold()
    except RuntimeError as error:
        print(json.dumps({"error": f"{error}\n{sandbox.console.decode(errors='replace')}"}), flush=True)
    finally:
        sandbox.stop()
        subprocess.run(["umount", "-R", "-l", folder], check=False)
        folder.rmdir()


if __name__ == "__main__":
    main()
