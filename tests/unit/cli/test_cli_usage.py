"""What cannot be done as asked is said in one line, with exit code 64, before anything is asked."""

import os
import subprocess
from pathlib import Path

import pytest
from running import NOBODY, ROOT, command, run, run_here

from ollama_top import __version__
from ollama_top.cli import EXIT_CODES
from ollama_top.cli.exits import OF_COMMANDS
from ollama_top.cli.parsing import parser


@pytest.mark.parametrize("words", [["--help"], ["--read-only", "-h"]])
def test_help_tells_the_exit_codes(words: list[str]) -> None:
    done = run(*words)
    assert (done.returncode, done.stderr) == (0, "")
    told = " ".join(done.stdout.split())
    assert told.endswith("; ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items()))
    for option in ("--host", "--interval", "--config", "--ca-file", "--insecure", "--feed"):
        assert option in told


@pytest.mark.parametrize(
    ("command", "own"),
    [
        ("show", ""),
        ("doctor", "1 something was found; "),
        ("profile diff", "1 the profile differs; "),
        ("profile list", ""),
    ],
)
def test_help_of_a_command_tells_its_own_exit_codes(command: str, own: str) -> None:
    told = " ".join(run(*command.split(), "--help").stdout.split())
    assert told.endswith(
        f"exit status: 0 done; {own}2 nothing could be read; 64 wrong use or settings;"
        " 74 the output could not be written; 130 interrupted"
    )


def test_exit_codes_are_told_of_commands_that_there_are() -> None:
    whole = parser()
    for name in OF_COMMANDS:
        with pytest.raises(SystemExit) as ended:
            whole.parse_args([*name.split(), "--help"])
        assert ended.value.code == 0


def test_version() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ollama-top {__version__}\n", "")


CONFIGS = {
    "none.toml": None,
    "typo.toml": "intervall_s = 2",
    "type.toml": "read_only = 'no'",
    "interval.toml": "interval_s = 0",
    "scheme.toml": "host = 'ftp://gpu-box'",
    "broken.toml": "host = ",
    "binary.toml": "\x00\x1b[2J",
}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--nope"], "unrecognized arguments: --nope"),
        (["show", "--nope"], "unrecognized arguments: --nope"),
        (["show", "--interv", "2"], "unrecognized arguments: --interv 2"),
        (["watch"], "invalid choice: 'watch'"),
        (["show", "gemma3"], "unrecognized arguments: gemma3"),
        (["show", "--host"], "argument --host: expected one argument"),
        (["show", "--interval", "two"], "argument --interval: invalid float value: 'two'"),
        (["show", "--interval", "0"], "--interval: 0.0 is not between 0.2 and 3600 seconds"),
        (["show", "--interval", "nan"], "--interval: nan is not between 0.2 and 3600 seconds"),
        (["--interval", "1e9", "show"], "--interval: 1000000000.0 is not between 0.2 and 3600 seconds"),
        (["show", "--host", "ftp://gpu-box"], "--host: 'ftp://gpu-box': the scheme must be http or https"),
        (["--host", "two words", "show"], "--host: 'two words' is not an address of a server"),
        (["--host", "me:secret@gpu-box", "show"], "--host: the address must not hold a user or a password"),
        (["show", "--config", "none.toml"], "none.toml: no such file"),
        (["show", "--config", "."], ".: Is a directory"),
        (
            ["show", "--config", "typo.toml"],
            "typo.toml:1: unknown key 'intervall_s'; did you mean interval_s?",
        ),
        (["show", "--config", "type.toml"], "type.toml:1: read_only must be true or false"),
        (["show", "--config", "interval.toml"], "interval.toml:1: interval_s: 0 is not between"),
        (["show", "--config", "scheme.toml"], "host in the settings file: 'ftp://gpu-box': the scheme"),
        (["show", "--config", "broken.toml"], "broken.toml:1: near 'host': Invalid value"),
        (["show", "--config", "binary.toml"], "binary.toml:1: "),
        (
            ["show", "--host", "https://127.0.0.1:1", "--ca-file", "none.pem"],
            "the CA file none.pem cannot be used: ",
        ),
    ],
)
def test_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], problem: str) -> None:
    for name, text in CONFIGS.items():
        if text is not None:
            (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    done = run_here(*words)
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, done.stdout) == (64, "")
    assert problem in last
    assert last.startswith("ollama-top")
    assert last.isprintable()
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_ollama_host_is_told_from_a_wrong_option() -> None:
    done = run("show", environment={"OLLAMA_HOST": "ftp://gpu-box"})
    assert done.returncode == 64
    assert done.stderr.startswith("ollama-top: OLLAMA_HOST: 'ftp://gpu-box': the scheme must be")


@pytest.mark.parametrize("token", ["hush\r", "hush\nx", "hu sh", "hush\x7f", "hüsh", "hush\udcff"])
def test_a_token_that_no_header_can_hold_is_refused_and_never_shown(token: str) -> None:
    done = run("show", "--host", NOBODY, environment={"OLLAMA_TOP_TOKEN": token})
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("ollama-top: OLLAMA_TOP_TOKEN: holds a space, a line break or ")
    assert "sh" not in done.stderr.replace("which", "")


@pytest.mark.parametrize("words", [[], ["--demo"], ["--read-only", "--host", NOBODY]])
def test_the_monitor_without_a_terminal_advises_show(words: list[str]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr == (
        "ollama-top: the monitor needs a terminal; `ollama-top show` prints the same without one\n"
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_no_terminal_and_no_crash(closed: str) -> None:
    shell = ["sh", "-c", f'"$@" {closed}', "sh", *command()]
    done = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--theme", "pink"], "there is no theme 'pink'; there are terminal, "),
        (["--host", "https://127.0.0.1:1", "--ca-file", "none.pem"], "the CA file none.pem cannot be used: "),
        (["--host", "ftp://gpu-box"], "--host: 'ftp://gpu-box': the scheme must be http or https"),
        (["--host", NOBODY], "OLLAMA_TOP_TOKEN: holds a space"),
    ],
)
def test_wrong_use_of_the_monitor_is_said_before_there_is_a_screen(
    words: list[str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_TOP_TOKEN", "secret\r" if "TOKEN" in problem else "secret")
    screen, terminal = os.openpty()
    done = subprocess.run(
        command(*words),
        cwd=ROOT,
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.set_blocking(screen, False)
    with pytest.raises(BlockingIOError):
        os.read(screen, 1)
    for each in (screen, terminal):
        os.close(each)
    assert done.returncode == 64
    assert done.stderr.startswith(f"ollama-top: {problem}")
