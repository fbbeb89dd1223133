"""The sandbox itself: it boots, it is a fence, and it leaves no trace."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox import HERE, Sandbox, why_not

pytestmark = pytest.mark.systemd

KERNEL_SETTING = "/proc/sys/kernel/pid_max"


def traces(folder: Path, cgroup: str) -> list[str]:
    """What a sandbox could leave: its mounts, its cgroup, its folder."""
    cgroups = [top / Path(cgroup).name for top in map(Path, ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"))]
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    left = [str(path) for path in (folder, *cgroups) if path.exists()]
    return left + [mount for mount in mounts if str(folder) in mount]


def lives(pid: int | str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


@pytest.fixture
def needs_sandbox() -> None:
    reason = why_not()
    if reason:
        pytest.skip(f"no systemd sandbox: {reason}")


def test_systemd_runs_the_unit_as_the_user_ollama(sandbox: Sandbox) -> None:
    assert sandbox.run(["cat", "/proc/1/comm"]).stdout == "systemd\n"
    assert sandbox.run(["systemctl", "is-active", "ollama"]).stdout == "active\n"
    pid = main_pid(sandbox)
    assert sandbox.run(["ps", "-o", "user=", "-p", pid]).stdout == "ollama\n"


def test_a_user_without_privileges_may_not_read_the_servers_environment(sandbox: Sandbox) -> None:
    environment = f"/proc/{main_pid(sandbox)}/environ"
    denied = sandbox.run(["cat", environment], user="dev", check=False)
    assert denied.returncode == 1
    assert "Permission denied" in denied.stderr
    assert "PATH=" in sandbox.run(["cat", environment]).stdout
    assert sandbox.run(["id", "-Gn"], user="dev").stdout == "dev ollama\n"


def test_what_happens_inside_stays_inside(sandbox: Sandbox, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("old")
    sandbox.run(["sh", "-c", f"echo new > {mine}; rm -f /etc/os-release; echo x > /etc/only-inside"])
    assert mine.read_text() == "old"
    assert Path("/etc/os-release").exists()
    assert not Path("/etc/only-inside").exists()
    assert sandbox.run(["test", "-e", KERNEL_SETTING]).returncode == 0
    assert sandbox.run(["test", "-w", KERNEL_SETTING], check=False).returncode == 1


def test_it_sees_no_process_and_no_port_of_the_host(sandbox: Sandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"
        assert "refused" in sandbox.run([sys.executable, "-c", connect], check=False).stderr
    assert str(os.getpid()) not in sandbox.run(["ps", "-eo", "args"]).stdout.split()
    assert Path(__file__).name not in sandbox.run(["ps", "-eo", "args"]).stdout


def test_a_command_that_hangs_is_ended_with_its_children(sandbox: Sandbox) -> None:
    done = sandbox.run(["sh", "-c", "sleep 1234 & sleep 1234"], limit_s=1, check=False)
    assert done.returncode != 0
    assert "sleep 1234" not in sandbox.run(["ps", "-eo", "args"]).stdout


def test_a_folder_shared_read_only_is_there_and_cannot_be_written(
    needs_sandbox: None, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("shared")
    with Sandbox(share=[tmp_path]) as box:
        assert box.run(["cat", tmp_path / "file"]).stdout == "shared"
        with pytest.raises(RuntimeError, match="Read-only file system"):
            box.run(["touch", tmp_path / "new"])


def test_stop_leaves_no_trace_although_a_unit_will_not_stop(needs_sandbox: None) -> None:
    box = Sandbox()
    stubborn = "trap '' TERM; while :; do sleep 1; done"
    box.run(["systemd-run", "-q", "-p", "TimeoutStopSec=60", "sh", "-c", stubborn])
    assert traces(box.folder, box.cgroup)
    began_s = time.monotonic()
    box.stop()
    assert time.monotonic() - began_s < 10
    assert not lives(box.init_pid)
    assert traces(box.folder, box.cgroup) == []


def test_a_killed_test_run_takes_the_sandbox_with_it(needs_sandbox: None) -> None:
    script = f"""
        import sys, time
        sys.path.insert(0, {str(HERE)!r})
        from sandbox import Sandbox
        box = Sandbox()
        print(box.init_pid, box.folder, box.cgroup, flush=True)
        time.sleep(60)
    """
    run = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)
    with run:
        assert run.stdout
        init_pid, folder, cgroup = run.stdout.readline().split()
        assert lives(init_pid)
        run.send_signal(signal.SIGKILL)
    assert soon(lambda: not traces(Path(folder), cgroup))
    assert not lives(init_pid)


def test_a_killed_supervisor_takes_the_sandbox_with_it(needs_sandbox: None) -> None:
    box = Sandbox()
    box.supervisor.kill()
    assert soon(lambda: not lives(box.init_pid))
    box.stop()
    with Sandbox():
        pass  # the next one removes the empty cgroup that was left
    assert traces(box.folder, box.cgroup) == []


def main_pid(sandbox: Sandbox) -> str:
    return sandbox.run(["systemctl", "show", "ollama", "-p", "MainPID", "--value"]).stdout.strip()
