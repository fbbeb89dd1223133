"""--record and replay, as they are typed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from recordings import recorded, simulated

from ollama_top.cli import run
from ollama_top.cli.parsing import parser
from ollama_top.cli.recording import MIB, MOST_HOURS, MOST_MIB, recording_of
from ollama_top.model.exit_codes import USAGE
from ollama_top.record.player import Player
from ollama_top.record.recording import Limits


def test_the_limits_that_help_tells_are_those_that_hold() -> None:
    assert Limits() == Limits(MOST_MIB * MIB, MOST_HOURS * 3600.0)


def test_show_records_what_it_prints_until_it_is_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "record"
    command = ["show", "--watch", "--json", "--demo", "--interval", "0.25", "--record", str(path)]
    process = subprocess.Popen([sys.executable, "-m", "ollama_top", *command], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    printed = 3 + len(process.stdout.readlines())
    process.stdout.close()
    assert process.wait(20) == 130
    assert printed <= len(Player(path)) <= printed + 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["show", "--record", "x"], "for the monitor, and for `show --watch`"),
        (["show", "--watch", "--record-mib", "5"], "are for --record"),
        (["show", "--watch", "--record", "x", "--record-hours", "0"], "not between"),
        (["show", "--watch", "--record", "x", "--record-mib", "nan"], "not between"),
        (["show", "--watch", "--demo", "--record", "/dev/null"], "is no file"),
        (["replay", "/dev/null"], "no recording"),
        (["replay", "none"], "No such file"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else each,
)
def test_what_cannot_be_done_is_refused(
    words: list[str],
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == USAGE
    assert why in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_damaged_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "record"
    recorded(path, simulated(3))
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    assert run(["replay", str(path)]) == USAGE  # there is no terminal here
    lost = Player(path).lost_bytes
    assert f"{path}: its last {lost} bytes hold no whole Frame, and are not shown" in capsys.readouterr().err
    recording = recording_of(parser().parse_args(["--record", str(path)]))
    assert recording is not None
    recording.close()
    assert (
        f"{path}: its last {lost} bytes held no whole Frame, and were taken away" in capsys.readouterr().err
    )
    recording = recording_of(parser().parse_args(["--record", str(path)]))
    assert recording is not None
    recording.close()
    assert capsys.readouterr().err == ""


def test_a_replay_needs_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from recordings import recorded, simulated

    recorded(tmp_path / "record", simulated(1))
    assert run(["replay", str(tmp_path / "record")]) == USAGE
    assert "a replay needs a terminal" in capsys.readouterr().err
