"""Settings changed on a real systemd: as root, by sudo, without rights; rolled back, cut off, taken back."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from sandbox import Sandbox
from serving import FOLDER, HOME, OWN, ROOT, VARIABLES, N, read, running, write

pytestmark = pytest.mark.systemd

REAL = "OLLAMA_TOP_TEST_OLLAMA"  # its bin/ollama, beside which lies lib/ollama
OTHER = f"{FOLDER}/override.conf"
NOWHERE = "OLLAMA_HOST=192.0.2.1"  # of documentation's own network: no machine has it
DONE, TAKEN_BACK, REFUSED = 0, 1, 2
HOLD = """
from ollama_top.apply.journal import Journal
with Journal().alone("a trial"):
    print(1, flush=True)
    input()
"""
LONG = [pytest.mark.long]


def but_for(quick: set[int], lines: range) -> list[Any]:
    """Lines of a journal after which ollama-top is killed; those that .ci/long alone tries are marked so."""
    return [each if each in quick else pytest.param(each, marks=LONG) for each in lines]


# The journal of a change of one file: its head, four steps there, and four back where it does not hold.
THERE, BACK = range(1, 6), range(6, 10)


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    """The simulated Ollama, or a real one that is asked for."""
    return Path(os.environ[REAL]) if REAL in os.environ else simulated


def tool(
    box: Sandbox, *words: str, user: str | None = None, killed_after: int | None = None
) -> subprocess.CompletedProcess[str]:
    program = ["-m", "ollama_top"]
    if killed_after is not None:
        program = [str(Path(__file__).with_name("killed.py")), str(killed_after)]
    home = {} if user else {"HOME": HOME}
    variables = {"PYTHONPATH": str(ROOT), **home}
    return box.run([sys.executable, *program, *words], user=user, env=variables, check=False, limit_s=120)


def changed(box: Sandbox, *words: str, user: str | None = None) -> tuple[int, Mapping[str, Any]]:
    done = tool(box, *words, "--yes", "--json", user=user)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_change_is_made_proven_and_taken_back(box: Sandbox) -> None:
    code, receipt = changed(box, "set", "NUM_PARALLEL=4", "--reload-models")
    assert (code, receipt["outcome"], running(box)) == (DONE, "kept", "4"), receipt
    assert any(f"has {N}=4" in each for each in receipt["seen"])
    again = tool(box, "set", "NUM_PARALLEL=4", "--yes")
    assert (again.returncode, "so already" in again.stdout) == (DONE, True)
    code, receipt = changed(box, "undo")
    assert (code, receipt["outcome"], running(box), read(box, OWN)) == (DONE, "kept", None, None), receipt
    assert tool(box, "undo", "--yes").returncode == REFUSED, "nothing is left to take back"
    kept = [each.split()[2] for each in tool(box, "history").stdout.splitlines()]
    assert kept == ["undone", "kept"]


def test_a_profile_is_applied_as_a_change(box: Sandbox) -> None:
    assert tool(box, "profile", "save", "night", f"{N}=4", "KEEP_ALIVE=1h").returncode == DONE
    code, receipt = changed(box, "profile", "apply", "night")
    assert (code, receipt["outcome"]) == (DONE, "kept"), receipt
    assert (running(box), running(box, "OLLAMA_KEEP_ALIVE")) == ("4", "1h")
    again = tool(box, "profile", "apply", "night", "--yes")
    assert (again.returncode, "nothing is to be done" in again.stdout) == (DONE, True), again.stderr
    assert changed(box, "undo")[0] == DONE
    assert (running(box), running(box, "OLLAMA_KEEP_ALIVE")) == (None, None)


def test_a_plan_changes_nothing(box: Sandbox) -> None:
    done = tool(box, "set", f"{N}=4", "--plan")
    assert (done.returncode, read(box, OWN), running(box)) == (DONE, None, None)
    assert f'+ Environment="{N}=4"' in done.stdout
    assert box.run(["ls", "-A", HOME]).stdout == ""


def test_what_a_person_wrote_is_changed_where_it_stands_and_comes_back_whole(box: Sandbox) -> None:
    text = f"[Service]\n# of mine\nEnvironment={N}=2\nEnvironment=OLLAMA_MAX_QUEUE=64 KEY=secret"
    write(box, OTHER, text, mode="640")
    box.run(["chown", "root:ollama", OTHER])
    code, receipt = changed(box, "set", f"{N}=4", "MAX_QUEUE=32")
    assert (code, running(box), running(box, "OLLAMA_MAX_QUEUE")) == (DONE, "4", "32"), receipt
    assert box.run(["stat", "-c", "%a %U:%G", OTHER]).stdout.strip() == "640 root:ollama"
    assert (
        "secret" not in box.run(["sh", "-c", f"cat {HOME}/.local/state/ollama-top/changes/*.ndjson"]).stdout
    )
    assert changed(box, "undo")[0] == DONE
    assert (read(box, OTHER), running(box, "OLLAMA_MAX_QUEUE")) == (text, "64")
    assert box.run(["stat", "-c", "%a %U:%G", OTHER]).stdout.strip() == "640 root:ollama"


def test_a_value_with_every_hard_character_arrives(box: Sandbox) -> None:
    value = "http://50% $HOME `x` \"q\" 'a' \\n é"
    code, receipt = changed(box, "set", f"OLLAMA_ORIGINS={value}")
    assert (code, running(box, "OLLAMA_ORIGINS")) == (DONE, value), receipt


def test_it_is_not_undone_over_what_somebody_changed_since(box: Sandbox) -> None:
    assert changed(box, "set", f"{N}=4")[0] == DONE
    write(box, OWN, f"[Service]\nEnvironment={N}=8\n")
    done = tool(box, "undo", "--yes")
    assert (done.returncode, "has changed since" in done.stderr) == (REFUSED, True)
    assert read(box, OWN) == f"[Service]\nEnvironment={N}=8\n"


def roll_back(box: Sandbox) -> None:
    code, receipt = changed(box, "set", NOWHERE)
    assert (code, receipt["outcome"]) == (TAKEN_BACK, "rolled back"), receipt
    assert "cannot assign requested address" in receipt["text"]
    assert (read(box, OWN), running(box, "OLLAMA_HOST")) == (None, None)


def test_a_server_that_crashes_with_it_is_brought_back(box: Sandbox) -> None:
    roll_back(box)


@pytest.mark.long
@pytest.mark.parametrize("slow", [False, True])
def test_twenty_times_of_twenty(box: Sandbox, slow: bool) -> None:
    if slow:  # as install.sh has it
        box.run(["sh", "-c", f"rm {FOLDER}/10-quick.conf; systemctl daemon-reload"])
    for _ in range(20):
        roll_back(box)


@pytest.mark.parametrize("lines", but_for({2, 5}, THERE))
def test_a_change_that_is_cut_off_is_undone_at_the_next_start(box: Sandbox, lines: int) -> None:
    assert tool(box, "set", f"{N}=4", "--yes", killed_after=lines).returncode != DONE
    refused = tool(box, "set", f"{N}=8", "--yes")
    assert (refused.returncode, "was cut off" in refused.stderr) == (REFUSED, True)
    code, receipt = changed(box, "undo")
    assert (code, running(box), read(box, OWN)) == (DONE, None, None), receipt
    assert changed(box, "set", f"{N}=8")[0] == DONE, "the way is free again"


@pytest.mark.parametrize("lines", but_for({4}, THERE))
def test_a_change_that_is_cut_off_can_be_finished(box: Sandbox, lines: int) -> None:
    tool(box, "set", f"{N}=4", "--yes", killed_after=lines)
    code, receipt = changed(box, "set", "--finish")
    assert (code, receipt["outcome"], running(box)) == (DONE, "kept", "4"), receipt


@pytest.mark.parametrize("lines", but_for({6}, BACK))
def test_a_roll_back_that_is_cut_off_is_brought_to_its_end(box: Sandbox, lines: int) -> None:
    tool(box, "set", NOWHERE, "--yes", killed_after=lines)
    code, receipt = changed(box, "undo")
    assert (code, receipt["outcome"]) == (DONE, "rolled back"), receipt
    assert (running(box, "OLLAMA_HOST"), read(box, OWN)) == (None, None)


def test_two_at_once_do_not_meet(box: Sandbox) -> None:
    words = box.command([sys.executable, "-c", HOLD])
    with subprocess.Popen(words, env=VARIABLES, stdin=PIPE, stdout=PIPE, text=True, cwd="/") as one:
        assert one.stdin
        assert one.stdout
        assert one.stdout.readline() == "1\n"
        other = tool(box, "set", f"{N}=4", "--yes")
        one.stdin.write("\n")
    assert other.returncode == REFUSED
    assert "a trial) changes settings now" in other.stderr
    assert running(box) is None


def test_a_user_with_sudo_needs_no_password(box: Sandbox) -> None:
    if shutil.which("sudo") is None:
        pytest.skip("sudo is not installed")
    write(box, "/etc/sudoers.d/dev", "dev ALL=(ALL) NOPASSWD: ALL\n", mode="440")
    try:
        code, receipt = changed(box, "set", f"{N}=4", user="dev")
        assert (code, running(box)) == (DONE, "4"), receipt
        assert any("cannot be seen" in each for each in receipt["seen"]), (
            "what may not be seen is not claimed"
        )
        assert changed(box, "set", NOWHERE, user="dev")[0] == TAKEN_BACK
        assert changed(box, "undo", user="dev")[0] == DONE
        assert (running(box), read(box, OWN)) == (None, None)
    finally:
        box.run(["rm", "/etc/sudoers.d/dev"])


def test_a_user_without_rights_gets_the_commands(box: Sandbox) -> None:
    done = tool(box, "set", f"{N}=4", "--yes", user="dev")
    assert (done.returncode, running(box), read(box, OWN)) == (REFUSED, None, None)
    script = done.stderr.partition("by hand, with root's rights:\n")[2].rpartition("ollama-top:")[0]
    box.run(["sh", "-euc", script.replace("sudo ", "")])
    assert running(box) == "4"


def test_what_cannot_be_asked_for_is_refused(box: Sandbox) -> None:
    done = tool(box, "set", "NUM_PARALLEL=four", "--yes")
    assert (done.returncode, "no whole number" in done.stderr) == (REFUSED, True), done.stderr
    assert running(box) is None


def test_a_unit_that_is_masked_or_of_a_read_only_folder_is_refused(box: Sandbox) -> None:
    try:
        box.run(["sh", "-euc", f"mount --bind {FOLDER} {FOLDER}; mount -o remount,bind,ro {FOLDER}"])
        done = tool(box, "set", f"{N}=4", "--yes")
        assert (done.returncode, "read-only" in done.stdout) == (REFUSED, True), done.stdout
    finally:
        box.run(["umount", FOLDER])
    assert running(box) is None
