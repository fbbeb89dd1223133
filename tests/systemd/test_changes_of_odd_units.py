"""Units and files as people have them, changed on a real systemd: stopped, without restarts, linked."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sandbox import Sandbox
from serving import FOLDER, HOME, OWN, ROOT, N, read, running, write

pytestmark = pytest.mark.systemd

NOWHERE = "OLLAMA_HOST=192.0.2.1"
DONE, TAKEN_BACK, REFUSED = 0, 1, 2


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


def changed(box: Sandbox, *words: str) -> tuple[int, Mapping[str, Any]]:
    variables = {"PYTHONPATH": str(ROOT), "HOME": HOME}
    program = [sys.executable, "-m", "ollama_top", *words, "--yes", "--json"]
    done = box.run(program, env=variables, check=False, limit_s=120)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_unit_that_is_stopped_and_not_enabled_is_started(box: Sandbox) -> None:
    box.run(["sh", "-c", "systemctl disable ollama; systemctl stop ollama"])
    code, receipt = changed(box, "set", f"{N}=4")
    box.run(["systemctl", "start", "ollama"])  # whatever came of it: others need it
    assert (code, receipt["outcome"], running(box)) == (DONE, "kept", "4"), receipt


@pytest.mark.parametrize("delay", ["100ms", pytest.param("infinity", marks=pytest.mark.long)])
def test_one_that_systemd_does_not_start_anew_is_brought_back(box: Sandbox, delay: str) -> None:
    """The way back is watched for as long as systemd would wait, of an endless wait for half a minute."""
    write(box, f"{FOLDER}/20-no.conf", f"[Service]\nRestart=no\nRestartSec={delay}\n")
    box.run(["systemctl", "daemon-reload"])
    code, receipt = changed(box, "set", NOWHERE)
    assert (code, receipt["outcome"]) == (TAKEN_BACK, "rolled back"), receipt
    assert "has failed" in receipt["text"]
    assert running(box, "OLLAMA_HOST") is None


def test_what_is_linked_stays_linked(box: Sandbox) -> None:
    box.run(["sh", "-euc", f"rm -rf /etc/dotfiles; mv {FOLDER} /etc/dotfiles; ln -s /etc/dotfiles {FOLDER}"])
    try:
        assert changed(box, "set", f"{N}=4")[0] == DONE
        assert (running(box), N in (read(box, "/etc/dotfiles/50-ollama-top.conf") or "")) == ("4", True)
        assert changed(box, "undo")[0] == DONE
        assert (running(box), box.run(["readlink", FOLDER]).stdout.strip()) == (None, "/etc/dotfiles")
    finally:
        box.run(["sh", "-euc", f"rm {FOLDER}; mv /etc/dotfiles {FOLDER}"])


def test_our_own_file_that_was_masked_is_let_be(box: Sandbox) -> None:
    box.run(["ln", "-s", "/dev/null", OWN])
    code, plan = changed(box, "set", f"{N}=4")
    assert (code, "leads to /dev/null" in plan["refusal"]) == (REFUSED, True)
    assert box.run(["stat", "-c", "%F", "/dev/null"]).stdout.strip() == "character special file"


def test_root_does_not_write_where_another_may(box: Sandbox) -> None:
    write(box, "/home/dev/ollama.env", f"{N}=2\n")
    box.run(["chown", "dev", "/home/dev/ollama.env"])
    write(box, f"{FOLDER}/20-file.conf", "[Service]\nEnvironmentFile=/home/dev/ollama.env\n")
    box.run(["sh", "-c", "systemctl daemon-reload; systemctl restart ollama"])
    code, plan = changed(box, "set", f"{N}=4")
    assert (code, "/home/dev" in plan["refusal"]) == (REFUSED, True), plan
    assert read(box, "/home/dev/ollama.env") == f"{N}=2\n"
