"""Which machine this is, so that files that several machines share keep them apart.

Must never give out the machine's own id: what stands in a file is made from it, and leads not back.
"""

import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
ID = re.compile(r"[0-9a-f]{32}")
APPLICATION = bytes.fromhex("ae1ac7b146574e18965d8874fca107f2")
"""Ours alone, as systemd's sd_id128_get_machine_app_specific wants one; another makes other ids."""

IOREG = ("/usr/sbin/ioreg", "-r", "-d1", "-c", "IOPlatformExpertDevice")
UUID = re.compile(r'"IOPlatformUUID" = "([0-9A-Fa-f-]{36})"')
PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine as files name it."""

    id: str
    name: str  # its host name, for a person
    problem: str | None = None  # why it may be taken for another; None where it cannot


DEMO = Machine("demo", "the demo")
"""What belongs to the simulated server, and to no machine."""


def this_machine(files: tuple[Path, ...] = FILES) -> Machine:
    """The machine that ollama-top runs on; by its host name where it tells no id of its own."""
    import platform  # noqa: PLC0415 - 7 ms that one without a file of settings does not need

    name = platform.node() or "localhost"
    found = _of_macos() if sys.platform == "darwin" else next(filter(None, map(_of_file, files)), None)
    if found is not None:
        return Machine(derived(found), name)
    problem = f"this machine tells no id of its own: another one named {name} would be taken for it"
    return Machine(f"host-{name}", name, problem)


def derived(machine_id: str) -> str:
    """An id of 32 hexadecimal digits that says nothing of the machine's own; the same as systemd's."""
    import hashlib  # noqa: PLC0415 - as above
    import hmac  # noqa: PLC0415

    digest = bytearray(hmac.digest(bytes.fromhex(machine_id), APPLICATION, hashlib.sha256)[:16])
    digest[6] = digest[6] & 0x0F | 0x40  # a random UUID, as the standard marks it
    digest[8] = digest[8] & 0x3F | 0x80
    return digest.hex()


def _of_file(path: Path) -> str | None:
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text(encoding="ascii").strip()
        return text if ID.fullmatch(text) and text.strip("0") else None
    return None


def _of_macos() -> str | None:
    import subprocess  # noqa: PLC0415 - other systems need none

    with suppress(OSError, subprocess.SubprocessError, UnicodeDecodeError):
        told = subprocess.run(IOREG, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
        return uuid_in(told.stdout)
    return None


def uuid_in(printed: str) -> str | None:
    """The id of a Mac in what ioreg prints, as 32 digits; None where it has none."""
    found = UUID.search(printed)
    return found[1].replace("-", "").lower() if found else None
