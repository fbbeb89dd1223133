"""`ollama-top debug` as people run it: one file, its owner's, with nothing private in it."""

import json
import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import running

import ollama_top.cli
from ollama_top.cli import monitor
from ollama_top.cli.commands import show
from ollama_top.cli.parsing import parser
from ollama_top.config import error_file
from ollama_top.tui.app import MonitorApp


def test_one_file_for_its_owner_that_says_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    secrets = {"OLLAMA_TOP_TOKEN": "t0k3n-of-mine", "HF_TOKEN": "hf-s3cr3t"}
    done = running.run("debug", "--demo", "--output", str(path), environment=secrets)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{path}\n")
    assert "Read it before you send it." in done.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert not [each for each in (*secrets.values(), str(Path.home()), os.environ["HOME"]) if each in text]
    told = json.loads(text)
    assert told["format"] == "ollama-top-debug/1"
    assert told["server"]["named_by"] == "default"
    assert told["server"]["has_token"] is True
    assert told["frame"]["models"]
    assert told["installation"]["packages"]["textual"]


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    done = running.run("debug", "--demo", "--output", str(path))
    assert done.returncode == 64
    assert "is there already" in done.stderr
    assert path.read_text() == "mine"


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    done = running.run("debug", "--demo", "--output", str(tmp_path / "none" / "file"))
    assert done.returncode == 74
    assert "cannot be written: No such file or directory" in done.stderr


def test_what_cannot_be_looked_at_is_said_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    done = running.run("debug", "--host", "ftp://x", "--output", str(path))
    assert done.returncode == 0
    told = json.loads(path.read_text())
    assert "the scheme must be http or https" in told["problem"]
    assert "frame" not in told


def test_the_last_defect_is_kept_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("of two numbers")

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(show, "feed_of", lambda *_: broken)
    monkeypatch.setattr("ollama_top.outputs.show.once", lambda *_: broken(None))
    with pytest.raises(ZeroDivisionError) as raised:
        ollama_top.cli.main(["show", "--demo"])
    sys.excepthook(raised.type, raised.value, raised.tb)
    assert "ZeroDivisionError: of two numbers" in capsys.readouterr().err
    assert error_file.path().stat().st_mode & 0o777 == 0o600
    path = tmp_path / "report.json"
    running.run("debug", "--demo", "--output", str(path))
    assert json.loads(path.read_text())["last_error"][-1] == "ZeroDivisionError: of two numbers"


def test_a_disk_that_takes_nothing_is_no_second_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    error_file.keep(ValueError("x"))
    assert error_file.last() == []


def test_what_ends_the_monitor_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(app: MonitorApp) -> None:
        app._exception = ZeroDivisionError("on the screen")

    monkeypatch.setattr(MonitorApp, "run", crash)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(sys, stream, SimpleNamespace(isatty=lambda: True))
    monitor.run(parser().parse_args(["--demo"]))
    assert error_file.last()[-1] == "ZeroDivisionError: on the screen"
