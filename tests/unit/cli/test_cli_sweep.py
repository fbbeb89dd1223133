"""`sweep` as people run it, on simulated servers that it starts: what it prints, and what it leaves."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from running import NOBODY, ROOT, command, run
from terminal import Terminal
from world import MODEL, simulated_ollama, simulated_program

QUICK = ("--host", NOBODY, "--tokens", "16", "--prompt-tokens", "20", "--timeout", "30")
TWO = ("--set", "NUM_PARALLEL=1,2")


def sweep(program: Path, *words: str, **environment: str) -> tuple[int, Any, str]:
    done = run("sweep", "--json", "--own-server", str(program), *QUICK, *words, environment=environment)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def wait_until(holds: Callable[[], object], limit_s: float) -> None:
    ends_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < ends_s, "it did not come about in time"
        time.sleep(0.02)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return simulated_program(tmp_path, "--models", f"{MODEL},qwen3:8b")


def started_by(folder: Path) -> list[psutil.Process]:
    """Every process that was started from a folder, but for those that have ended."""
    found = []
    for each in psutil.process_iter(["name", "cmdline", "status"]):
        is_of_it = any(word.startswith(str(folder)) for word in each.info["cmdline"] or ())
        if is_of_it and each.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(each)
    return found


def test_each_is_measured_and_the_faster_is_recommended_and_kept(program: Path) -> None:
    code, told, said = sweep(program, *TWO, "--model", MODEL)
    assert code == 0
    assert "2 combinations, 3 times each: 15 bursts of up to 4 at once, 30 requests" in said
    assert told["model"] == MODEL
    one, two = told["combinations"]
    assert [each["measured_parallel"] for each in (one, two)] == [1, 2]
    assert [each["at_once"] for each in two["points"]] == [1, 2, 4]
    assert [each["repeats"] for each in (one, two)] == [3, 3]
    assert {each["spilled_bytes"] for each in (one, two)} == {0}
    assert one["vram_bytes"] < two["vram_bytes"]
    assert told["recommended"]["combination"] == 1
    assert told["recommended"]["certainty"] == "clear"
    assert told["verdict"].startswith("NUM_PARALLEL=2 is best: ")
    assert started_by(program.parent) == []
    again = run("sweep", "--own-server", str(program), *QUICK, *TWO, "--model", MODEL, "--repeats", "1")
    assert again.returncode == 0
    assert "as the last sweep of this model went" in again.stderr
    assert "recommended the same (clear)." in again.stdout
    assert all(len(line) <= 80 for line in again.stdout.splitlines())


def test_a_combination_that_crashes_is_noted_and_the_others_go_on(tmp_path: Path) -> None:
    crash = 'case "$OLLAMA_NUM_PARALLEL" in 3) printf "out of \\033[31mmemory" >&2; exit 1;; esac'
    program = simulated_program(tmp_path, before=crash)
    words = ("--own-server", str(program), *QUICK, "--set", "NUM_PARALLEL=1,3,2", "--repeats", "1")
    done = run("sweep", *words)
    assert done.returncode == 0
    assert "NUM_PARALLEL=2 is best" in done.stdout
    assert "b NUM_PARALLEL=3 failed: the server did not start: it ended by itself" in done.stdout
    assert "    out of ␛[31mmemory" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_server_that_dies_under_load_is_noted_and_the_others_go_on(tmp_path: Path) -> None:
    dying = 'if [ "$OLLAMA_NUM_PARALLEL" = 2 ]; then (sleep 2; kill -9 $$) & fi'
    program = simulated_program(tmp_path, "--decode-rate", "20", before=dying)
    code, told, _ = sweep(program, *TWO, "--tokens", "60", "--repeats", "1")
    assert code == 0
    assert told["recommended"]["combination"] == 0
    assert told["combinations"][1]["problem"].endswith("; the server ended by itself")
    assert any("Listening on" in line for line in told["combinations"][1]["log"])
    assert started_by(tmp_path) == []


def test_what_spills_is_not_recommended(tmp_path: Path) -> None:
    program = simulated_program(tmp_path, "--models", "qwen3:8b", "--vram-gib", "8")
    words = ("--set", "NUM_PARALLEL=1,8", "--set", "CONTEXT_LENGTH=8192", "--repeats", "1")
    code, told, _ = sweep(program, *words)
    assert code == 0
    one, eight = told["combinations"]
    assert one["spilled_bytes"] == 0
    assert eight["spilled_bytes"] > 1 << 30
    assert told["recommended"]["combination"] == 0
    assert told["recommended"]["certainty"] == "alone"


def test_where_none_keeps_the_limit_none_is_recommended(program: Path) -> None:
    code, told, _ = sweep(program, *TWO, "--limit-ttft", "0.0001", "--repeats", "1")
    assert (code, told["recommended"]) == (1, None)
    assert "95 of 100 first pieces within 0.0001 s; the soonest were within" in told["verdict"]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        ([], 2, "cannot read"),
        (["--own-server", "/nowhere/ollama"], 64, "'/nowhere/ollama' is no program that can be run"),
        (["--demo", "--set", "NUM_PARALLEL=x"], 64, "--set: OLLAMA_NUM_PARALLEL=x: 'x' is no whole number"),
        (["--demo", "--tokens", "0"], 64, "--tokens: 0"),
        (["--demo", "--repeats", "0"], 64, "--repeats: 0 is not between 1 and 20"),
        (["--demo", "--limit-ttft", "nan"], 64, "--limit-ttft: nan is no number of seconds"),
        (["--demo", "--limit-ttft", "0"], 64, "--limit-ttft: 0.0 is no number of seconds"),
        (["--demo", "--model", "nope"], 2, "no model 'nope' is installed; --models names the folder"),
        (["--demo", "--model", "gpt-oss:120b-cloud"], 2, "runs on another server"),
        (["--demo", "--set", "NEW_ENGINE=0,1"], 64, "this release does not read OLLAMA_NEW_ENGINE"),
        (["--own-server", "false"], 2, "does not serve: it ended by itself"),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(words: list[str], code: int, why: str) -> None:
    done = run("sweep", "--host", NOBODY, *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_beside_that_holds_a_model_is_asked_about(program: Path) -> None:
    with simulated_ollama() as server:
        body = json.dumps({"model": MODEL}).encode()
        with urllib.request.urlopen(f"{server.url}/api/generate", body, timeout=30):  # noqa: S310 - our own server
            pass
        words = ("sweep", "--own-server", str(program), *QUICK, *TWO, "--repeats", "1", "--host", server.url)
        done = run(*words)
        assert done.returncode == 2
        assert f"{server.url} holds {MODEL} in memory." in done.stderr
        assert "--yes agrees" in done.stderr
        assert run(*words, "--yes").returncode == 0
    assert started_by(program.parent) == []


def test_a_result_that_cannot_be_kept_is_shown_all_the_same(program: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    state = {"XDG_STATE_HOME": str(tmp_path / "state")}
    words = ("sweep", "--own-server", str(program), *QUICK, "--set", "NUM_PARALLEL=1", "--repeats", "1")
    done = run(*words, environment=state)
    assert done.returncode == 0
    assert "The sweep is not kept" in done.stderr
    assert "NUM_PARALLEL=1 is best" in done.stdout


@contextmanager
def going(program: Path, *, is_nohup: bool = False) -> "Iterator[subprocess.Popen[bytes]]":
    """A sweep with its server under way."""
    words = command("sweep", "--own-server", str(program), *QUICK, *TWO, "--tokens", "2000", "--model", MODEL)
    words = [*words, "--yes"]  # it would take long
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        [sys.executable, "-c", NOHUP, *words] if is_nohup else words, cwd=ROOT, stdin=quiet, stdout=quiet
    ) as process:
        try:
            wait_until(
                lambda: any("llama-server" in each.info["name"] for each in started_by(program.parent)), 20
            )
            yield process
        finally:
            process.kill()


NOHUP = (
    "import os, signal, sys;signal.signal(signal.SIGHUP, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL])
def test_however_it_ends_no_server_stays_behind(program: Path, number: signal.Signals) -> None:
    with going(program) as process:
        os.kill(process.pid, number)
        wait_until(lambda: not started_by(program.parent), 10)
        assert process.wait(10) == (-9 if number is signal.SIGKILL else 130)


def test_what_is_recommended_is_saved_as_a_profile(program: Path) -> None:
    words = ("--model", MODEL, "--repeats", "1", "--save", "best of two")
    code, _, said = sweep(program, *TWO, *words)
    assert code == 0
    assert "Saved as the profile best of two, in " in said
    shown = json.loads(run("profile", "show", "best of two", "--json").stdout)
    assert [(each["name"], each["value"]) for each in shown["changes"]] == [("OLLAMA_NUM_PARALLEL", "2")]
    code, _, said = sweep(program, *TWO, *words)
    assert (code, "there is a profile best of two already" in said) == (64, True)
    assert "Sweep of" not in said
    code, _, said = sweep(program, *TWO, "--save", "a/b")
    assert (code, "is no name for a profile" in said) == (64, True)


def test_in_a_terminal_it_asks_for_the_name_of_a_profile_once_the_server_has_ended(program: Path) -> None:
    words = ("-m", "ollama_top", "sweep", "--own-server", str(program), *QUICK, *TWO, "--repeats", "1")
    with Terminal([*words, "--model", MODEL], (80, 24)) as shown:
        shown.until(lambda: "Save it as a profile? Its name, or Enter for no:" in shown.text)
        assert started_by(program.parent / "bin") == []
        shown.type("mine\n")
        shown.until(lambda: "Saved as the profile mine" in shown.text)
    assert "OLLAMA_NUM_PARALLEL" in run("profile", "show", "mine").stdout


def test_what_was_measured_before_ctrl_c_is_told(program: Path) -> None:
    words = command("sweep", "--own-server", str(program), *QUICK, *TWO, "--repeats", "20", "--model", MODEL)
    pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(words, cwd=ROOT, stdin=quiet, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        while "measured, NUM_PARALLEL" not in process.stderr.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.stdout.read()
        assert process.wait(20) == 130
    assert said.startswith("Broken off before all was measured, so that nothing is recommended.")
    assert " a  NUM_PARALLEL=1 " in said
    assert started_by(program.parent) == []


def test_a_signal_that_was_ignored_at_its_start_is_ignored(program: Path) -> None:
    with going(program, is_nohup=True) as process:
        os.kill(process.pid, signal.SIGHUP)
        time.sleep(0.5)
        assert process.poll() is None
        assert started_by(program.parent)


def test_a_terminal_that_is_closed_midway_leaves_no_server_behind(program: Path) -> None:
    words = ("-m", "ollama_top", "sweep", "--own-server", str(program), *QUICK, *TWO, "--tokens", "2000")
    with Terminal([*words, "--model", MODEL, "--yes"], (80, 24)) as shown:
        shown.until(lambda: "1 at once, 1 of 3" in shown.text)
        assert shown.lines[shown.screen.cursor.y].startswith("[")
        os.dup2(os.open(os.devnull, os.O_RDWR), shown._master)  # closed, as a window is
        wait_until(lambda: not started_by(program.parent), 10)
