"""Several hosts in a real terminal, through a stand-in for ssh: some are this machine, and others are ill."""

import os
import shlex
import stat
import sys
import time
from pathlib import Path

import pytest
from terminal import MODERN, ROOT, Terminal

SSH = """#!/bin/sh
[ "$1" = -G ] && exit 0
asks=yes
while [ "$1" != -- ]; do
    [ "$1" = BatchMode=yes ] && asks=no
    shift
done
host=$2
echo "$host $asks" >>{log}
case $host in
dead*) exec sleep 60 ;;
down*) echo "ssh: connect to host $host port 22: Connection refused" >&2; exit 255 ;;
locked*)
    if [ ! -e {log}.$host ]; then
        [ $asks = no ] && {{ echo "Permission denied (publickey,password)." >&2; exit 255; }}
        printf 'password of %s: ' "$host" >/dev/tty
        read -r typed </dev/tty && : >{log}.$host
    fi ;;
esac
case $3 in
*version*) exit 0 ;;
esac
exec {python} -m ollama_top --interval 0.5 frames --demo
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the stand-in writes for whom it was called, and whether it might ask."""
    script = tmp_path / "bin" / "ssh"
    script.parent.mkdir()
    log = tmp_path / "log"
    script.write_text(SSH.format(log=shlex.quote(str(log)), python=shlex.quote(sys.executable)))
    script.chmod(stat.S_IRWXU)
    return log


def watching(log: Path, *hosts: str, size: tuple[int, int] = (80, 24)) -> Terminal:
    path = f"{log.parent / 'bin'}:{os.environ['PATH']}"
    variables = {**MODERN, "PATH": path, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return Terminal(["-m", "ollama_top", "--ssh", *hosts], size, variables)


def called_for(log: Path, *hosts: str) -> int:
    """How often it was called for some hosts."""
    return sum(line.split()[0] in hosts for line in log.read_text().splitlines())


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
def test_the_well_are_watched_beside_the_dead(log: Path, size: tuple[int, int]) -> None:
    began_s = time.monotonic()
    with watching(log, "alpha", "dead", "down", "omega", size=size) as terminal:
        terminal.until(lambda: terminal.text.count("8/8") == 2)
        assert time.monotonic() - began_s < 15
        assert "Connection refused" in terminal.text
        assert "waiting for the first look" in terminal.text
        terminal.until(lambda: b"\x1b]2;1 of 4 hosts in trouble - ollama-top" in terminal.sent)
        calls = called_for(log, "alpha", "omega")
        terminal.type("\r")
        terminal.until(lambda: "MODEL" in terminal.text)
        assert [each for each in terminal.lines[0].split() if each.isalpha()] == [
            "alpha",
            "dead",
            "down",
            "omega",
        ]
        terminal.until(lambda: b"\x1b]2;alpha: " in terminal.sent)
        terminal.type("]")
        terminal.until(lambda: "waiting for the first look at dead" in terminal.text)
        terminal.type("4")
        terminal.until(lambda: "MODEL" in terminal.text)
        terminal.type("?")
        terminal.until(lambda: "The next host" in terminal.text)
        terminal.type("\x1b")
        terminal.until(lambda: "4 omega" in terminal.lines[0])
        terminal.type("q")
        terminal.until(lambda: "VERDICT" in terminal.text)
        terminal.until(lambda: terminal.text.count("8/8") == 2)
        assert called_for(log, "alpha", "omega") == calls, "a host was connected anew"
        terminal.type("q")
        terminal.until(terminal.ended)
        assert terminal.status == 0


def test_what_one_ssh_asks_is_asked_before_the_screen_and_nothing_later(log: Path) -> None:
    with watching(log, "alpha", "locked", "down") as terminal:
        terminal.until(lambda: "password of locked:" in terminal.text)
        assert b"\x1b[?1049h" not in terminal.sent
        terminal.type("secret\r")
        terminal.until(lambda: terminal.text.count("8/8") == 2)
        terminal.type("q")
        terminal.until(terminal.ended)
    asked = [line for line in log.read_text().splitlines() if line.endswith("yes")]
    assert asked == ["locked yes"]


def test_a_recording_of_several_is_refused(log: Path) -> None:
    with watching(log, "alpha", "omega", "--record", "file") as terminal:
        terminal.until(terminal.ended)
        assert terminal.status == 64
        terminal.pump(0.2)
        assert "--record is for one host" in terminal.text
    assert not log.exists()


def test_one_host_alone_can_be_recorded(log: Path, tmp_path: Path) -> None:
    with watching(log, "alpha", "--record", str(tmp_path / "made")) as terminal:
        terminal.until(lambda: " REC " in terminal.text and "MODEL" in terminal.text)
        terminal.type("q")
        terminal.until(terminal.ended)
    assert (tmp_path / "made").stat().st_size > 0
