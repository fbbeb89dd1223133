"""Units as text: what systemd reads back is what was meant, and the fences are those that fit."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.listening.unit import Unit, quoted, unit_text
from ollama_top.services.systemd.words import resolved, words

PLAIN = Unit("probe", "A probe", ("/bin/true", "--name", 'a "b" 100% $HOME \\'), ("It sees little.",))
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029"))


def lines(unit: Unit) -> list[str]:
    return unit_text(unit).splitlines()


@given(TEXT)
def test_a_word_comes_back_as_it_was(word: str) -> None:
    (read,) = words(quoted(word))
    assert (resolved(read, "x.service") or "").replace("$$", "$") == word


def test_a_user_of_its_own_unless_somebody_is_needed() -> None:
    assert {"User=probe", "DynamicUser=yes"} <= set(lines(PLAIN))
    told = lines(Unit("probe", "A probe", ("/bin/true",), (), user="ann"))
    assert "User=ann" in told
    assert "DynamicUser=yes" not in told


def test_devices_and_homes_are_hidden_where_they_are_not_needed() -> None:
    assert {"PrivateDevices=yes", "ProtectClock=yes", "ProtectHome=yes"} <= set(lines(PLAIN))
    told = lines(Unit("probe", "A probe", ("/bin/true",), (), sees_devices=True, is_in_a_home=True))
    assert not [each for each in told if each.startswith(("PrivateDevices", "DevicePolicy", "ProtectClock"))]
    assert "ProtectHome=read-only" in told


def test_other_machines_are_shut_out_where_none_is_needed() -> None:
    assert "IPAddressDeny=any" not in lines(PLAIN)
    assert "IPAddressDeny=any" in lines(Unit("probe", "A probe", ("/bin/true",), (), is_loopback=True))


def test_systemd_has_nothing_to_say(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed")
    other = Unit(
        "probe", "A probe", ("/bin/true",), (), "root", ("root",), is_loopback=True, sees_devices=True
    )
    for number, unit in enumerate((PLAIN, other)):
        file = tmp_path / f"probe{number}.service"
        file.write_text(unit_text(unit))
        words = [program, "verify", "--man=no", str(file)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
