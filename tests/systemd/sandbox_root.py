"""The file system that the sandboxed systemd boots from: the host's, with a layer of memory above.

Must run in a mount namespace of its own, so that the host's mount table never changes.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SIZE = "1g"

SANDBOX_TARGET = """[Unit]
Description=Test sandbox
Requires=basic.target
Wants=dbus.socket systemd-logind.service
After=basic.target dbus.socket systemd-logind.service
AllowIsolate=yes
"""

# tmpfiles at boot would empty /tmp, in a shared folder the host's own: it only makes /run.
FILES = {
    "etc/systemd/system/sandbox.target": SANDBOX_TARGET,
    "etc/systemd/journald.conf.d/sandbox.conf": (
        "[Journal]\nStorage=volatile\nRuntimeMaxUse=64M\nForwardToConsole=no\nRateLimitBurst=0\n"
    ),
    "etc/systemd/system.conf.d/sandbox.conf": (
        "[Manager]\nDefaultTimeoutStartSec=15s\nDefaultTimeoutStopSec=10s\n"
    ),
    "etc/systemd/system/systemd-tmpfiles-setup.service.d/sandbox.conf": (
        "[Service]\nExecStart=\nExecStart=systemd-tmpfiles --create --boot --prefix=/run\n"
    ),
    "etc/tmpfiles.d/tmp.conf": "",
    "etc/fstab": "",
    "etc/hostname": f"{os.uname().nodename}\n",
}

# Not wanted in a throw-away system: slow, or about real hardware.
MASKED = Path(__file__).with_name("boot") / "masked-units"


@dataclass(frozen=True, slots=True)
class Mounted:
    """Where the parts are, as the supervisor sees them."""

    root: Path
    cgroups: Path


def mount_root(at: Path, share: Sequence[Path]) -> Mounted:
    """Build the root below `at`; folders of `share` are in it read-only, whatever disk they are on."""
    run("mount", "-t", "tmpfs", "-o", f"mode=0755,size={SIZE}", "sandbox", at)
    upper, work, root, cgroups = (at / name for name in ("upper", "work", "root", "cgroups"))
    for folder in (upper, work, root, cgroups):
        folder.mkdir(0o755)
    layers = f"lowerdir=/,upperdir={upper},workdir={work}"
    run("mount", "-t", "overlay", "-o", layers, "sandbox", root)
    run("mount", "-t", "cgroup2", "cgroup2", cgroups)
    _without_host_services(root)
    for name, text in FILES.items():
        _put(root / name, text)
    _let_users_in(root)
    for folder in share:
        inside = root / folder.relative_to("/")
        inside.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", folder, inside)
        run("mount", "-o", "remount,bind,ro", inside)
    return Mounted(root, cgroups)


def run(*command: str | Path) -> None:
    """Run a command of util-linux; its words are in the error when it fails."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.returncode}")


def _without_host_services(root: Path) -> None:
    for folder in ("etc/systemd/system", "etc/systemd/system-generators", "run/systemd"):
        shutil.rmtree(root / folder, ignore_errors=True)
    units = root / "etc/systemd/system"
    units.mkdir(parents=True)
    for unit in MASKED.read_text().split():
        (units / unit).symlink_to("/dev/null")
    masks = root / "etc/systemd/system-generators"
    masks.mkdir()
    for generator in (root / "usr/lib/systemd/system-generators").glob("*"):
        (masks / generator.name).symlink_to("/dev/null")


def _let_users_in(root: Path) -> None:
    """A user inside may pass through /root, for a virtual environment below it, and not look around."""
    if (root / "root").is_dir():
        (root / "root").chmod(0o711)
    _put(root / "etc/machine-id", f"{secrets.token_hex(16)}\n")


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o644)
