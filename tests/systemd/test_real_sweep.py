"""A sweep of a server under systemd: however it ends, the server has its own settings again."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sandbox import Sandbox
from serving import OWN, VARIABLES, N, read, running

pytestmark = pytest.mark.systemd

KILLED = str(Path(__file__).with_name("killed.py"))
SWEEP = (
    "sweep",
    "--set",
    f"{N}=1,2",
    "--model",
    "gemma3:270m",
    *["--tokens", "8", "--repeats", "1", "--yes"],
)
BEFORE = "3"


@pytest.fixture(scope="module")
def server_program(simulated: Path) -> Path:
    return simulated


@pytest.fixture
def served(box: Sandbox) -> Sandbox:
    """A server with a setting of its own."""
    assert tool(box, "set", f"{N}={BEFORE}", "--yes").returncode == 0
    return box


def tool(box: Sandbox, *words: str, program: Sequence[str] = ("-m", "ollama_top")) -> CompletedProcess[str]:
    return box.run([sys.executable, *program, *words], env=VARIABLES, check=False, limit_s=240)


def test_each_value_is_measured_and_the_settings_of_before_come_back(served: Sandbox) -> None:
    before = read(served, OWN)
    done = tool(served, *SWEEP, "--json")
    assert done.returncode == 0, done.stderr
    one, two = json.loads(done.stdout)["combinations"]
    assert (one["measured_parallel"], two["measured_parallel"]) == (1, 2), done.stdout
    assert (read(served, OWN), running(served)) == (before, BEFORE)
    assert tool(served, "set", f"{N}=4", "--plan").returncode == 0, "nothing was cut off"


@pytest.mark.parametrize(
    "lines", [9, *(pytest.param(each, marks=pytest.mark.long) for each in range(1, 16) if each != 9)]
)
def test_a_sweep_that_is_killed_leaves_the_settings_of_before_to_the_next_start(
    served: Sandbox, lines: int
) -> None:
    before = read(served, OWN)
    tool(served, *SWEEP, program=(KILLED, str(lines)))
    refused = tool(served, "set", f"{N}=4", "--yes")
    assert (refused.returncode, "was cut off" in refused.stderr) == (2, True), refused.stderr
    mended = tool(served, "undo", "--yes")
    assert mended.returncode == 0, mended.stderr
    assert (read(served, OWN), running(served)) == (before, BEFORE)
    assert tool(served, "set", f"{N}=4", "--plan").returncode == 0, "nothing is left to mend"
