"""A real systemd as PID 1 of its own namespaces, for tests, without a container tool.

The root inside is the host's with a layer of memory above it: what is written inside is gone with
it. Its network is its own loopback. Every process in it lives in one PID namespace, so nothing
outlives it, also when the test run is killed; and nothing outside is ever signalled.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

HERE = Path(__file__).parent
TOOLS = ("unshare", "nsenter", "pivot_root", "setpriv", "mount", "dbus-daemon", "systemd-run", "systemctl")
NAMESPACES = ("--mount", "--propagation", "private", "--pid", "--fork", "--uts", "--ipc", "--cgroup", "--net")
OWN_MOUNTS = ("unshare", "--mount", "--propagation", "private", "--")
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
BECOME = ("setpriv", "--init-groups", "--reuid")

# A process outside the sandbox's cgroup cannot be taken into it from inside: it first moves itself.
ENTER_CGROUP = 'echo 0 > "$1"; shift; exec "$@"'


def why_not() -> str | None:
    """Why no sandbox can run here; None when one can."""
    if os.geteuid() != 0:
        return "needs root"
    if not Path("/usr/lib/systemd/systemd").exists():
        return "systemd is not installed"
    lacking = [tool for tool in TOOLS if not shutil.which(tool)]
    if lacking:
        return f"{', '.join(lacking)} not installed"
    command = ["unshare", *NAMESPACES, "sh", str(HERE / "boot/trial.sh")]
    try:
        trial = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return "the trial of namespaces and mounts hangs"
    if trial.returncode:
        return f"namespaces or mounts are not allowed here: {trial.stderr.strip()}"
    return None


class Sandbox:
    """A booted system; a context manager that leaves no trace."""

    def __init__(self, share: Sequence[Path] = ()) -> None:
        """Boot it, in about half a second; folders of `share` are readable inside at the same path.

        What lies on the disk of / needs no sharing. Raises RuntimeError with the console's text when
        systemd does not boot.
        """
        self.folder = Path(tempfile.mkdtemp(prefix="ollama-top-sandbox-", dir="/run"))
        self.supervisor = subprocess.Popen(
            [*OWN_MOUNTS, sys.executable, HERE / "sandbox_supervisor.py", self.folder, *share],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            start_new_session=True,
        )
        assert self.supervisor.stdout
        answer = json.loads(self.supervisor.stdout.readline() or '{"error": "the supervisor died"}')
        if "error" in answer:
            self.stop()
            raise RuntimeError(answer["error"])
        self.init_pid: int = answer["init"]
        self.cgroup: str = answer["cgroup"]  # as the supervisor sees it

    def command(
        self, argv: Sequence[str | Path], *, user: str | None = None, limit_s: float | None = None
    ) -> list[str]:
        """The command line that runs `argv` inside as root or as `user`, at most for `limit_s`.

        It and its children are a scope of systemd's, which ends them all when their time is up.
        """
        procs = f"/proc/{self.supervisor.pid}/root{self.cgroup}/init.scope/cgroup.procs"
        become = [*BECOME, user, "--regid", user, "--", "env", f"HOME=/home/{user}"] if user else []
        limit = ["-p", f"RuntimeMaxSec={limit_s}"] if limit_s else []
        return [
            *("sh", "-c", ENTER_CGROUP, "sh", procs),
            *("nsenter", "-t", str(self.init_pid), "-m", "-u", "-i", "-n", "-p", "-C", "--"),
            *("systemd-run", "--scope", "--quiet", "--collect", *limit, "--", *become),
            *map(str, argv),
        ]

    def run(
        self,
        argv: Sequence[str | Path],
        *,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
        check: bool = True,
        limit_s: float = 30,
    ) -> subprocess.CompletedProcess[str]:
        """Run `argv` inside to its end; with `check` a failure is a RuntimeError with its words.

        For a program that is to live longer, or to have a terminal, give `command` to Popen.
        """
        done = subprocess.run(
            self.command(argv, user=user, limit_s=limit_s),
            env=ENVIRONMENT | dict(env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            timeout=limit_s + 15,
            check=False,
        )
        if check and done.returncode:
            raise RuntimeError(f"{argv}: status {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def install(self, source: Path, target: str, mode: str = "644") -> None:
        """Copy a file of the host to a path inside, whether or not it can be seen from there."""
        with source.open("rb") as contents:
            subprocess.run(
                self.command(["sh", "-c", 'cat > "$1" && chmod "$2" "$1"', "sh", target, mode]),
                stdin=contents,
                check=True,
                env=ENVIRONMENT,
                cwd="/",
                timeout=60,
            )

    def stop(self) -> None:
        """Power it off; at most some 10 s, and nothing is left."""
        assert self.supervisor.stdin
        self.supervisor.stdin.close()
        self.supervisor.wait(timeout=30)
        if self.supervisor.stdout:
            self.supervisor.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
