"""Which machine this is, and that its own id is not given away."""

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from ollama_top.config import machine
from ollama_top.config.machine import APPLICATION, Machine, derived, this_machine, uuid_in

ID = "0123456789abcdef0123456789abcdef"
SYSTEMD_SAYS = "5a36754106f249dca6c97625d7eca588"
"""What `systemd-id128 machine-id --app-specific=` of systemd 252 said where that was /etc/machine-id."""


def test_the_id_is_made_as_systemd_makes_it(tmp_path: Path) -> None:
    (tmp_path / "machine-id").write_text(f"{ID}\n")
    assert this_machine((tmp_path / "machine-id",)) == Machine(SYSTEMD_SAYS, platform.node())
    assert derived(ID) == SYSTEMD_SAYS != ID


def test_systemd_agrees_on_this_machine() -> None:
    program = shutil.which("systemd-id128")
    if program is None or this_machine().problem is not None:
        pytest.skip("there is no systemd here, or no id of the machine")
    words = [program, "machine-id", f"--app-specific={APPLICATION.hex()}"]
    assert (
        this_machine().id == subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    )


@pytest.mark.parametrize("content", [b"", b"uninitialized\n", b"0" * 32, b"\xff" * 32, b"0123", b"../../etc"])
def test_without_an_id_it_is_the_host_name_and_that_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "machine-id").write_bytes(content)
    found = this_machine((tmp_path / "none", tmp_path / "machine-id"))
    assert (found.id, found.name) == (f"host-{platform.node()}", platform.node())
    assert found.problem == (
        f"this machine tells no id of its own: another one named {platform.node()} would be taken for it"
    )


IOREG = """+-o J314sAP  <class IOPlatformExpertDevice, id 0x100000221, registered, matched, active>
    {
      "IOPlatformSerialNumber" = "C02XXXXXXXXX"
      "IOPlatformUUID" = "01234567-89AB-CDEF-0123-456789ABCDEF"
    }
"""


def test_the_id_of_a_mac_is_found_in_what_ioreg_prints() -> None:
    """Written after what ioreg is known to print, not recorded."""
    assert uuid_in(IOREG) == ID
    assert uuid_in("") is None


def test_a_mac_whose_ioreg_cannot_be_run_goes_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    monkeypatch.setattr(machine, "IOREG", ("/nowhere/ioreg",))
    assert this_machine().problem is not None
