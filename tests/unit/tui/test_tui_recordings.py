"""The monitor records what it sees, and says so."""

from pathlib import Path

import feeds
import frames
import pytest
import scenes
from monitoring import Monitor, running

from ollama_top.model.frame import Frame
from ollama_top.record.player import Player
from ollama_top.record.recording import Recording


def begin(monitor: Monitor, *several: Frame) -> None:
    monitor.app.monitor.begin(lambda: feeds.PlayedFeed(several))


async def test_a_key_records_and_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with running(frames.frame(), size=(200, 50)) as monitor:
        await monitor.press("R")
        (path,) = tmp_path.iterdir()
        assert " REC " in monitor.lines[0]
        assert f"Recording in {path}" in monitor.text
        begin(monitor, scenes.busy(), scenes.passing())
        await monitor.until(lambda: monitor.app.view.frame == scenes.passing())
        await monitor.press("R")
        assert " REC " not in monitor.lines[0]
        assert f"Recorded in {path}" in monitor.text
        begin(monitor, scenes.busy())
        await monitor.until(lambda: monitor.app.view.frame == scenes.busy())
    assert len(Player(path)) == 2


async def test_every_frame_is_recorded_until_the_user_leaves(tmp_path: Path) -> None:
    several = (frames.frame(), scenes.busy(), scenes.passing())
    async with running() as monitor:
        monitor.app.monitor.recordings.begin(Recording(tmp_path / "record"))
        begin(monitor, *several)
        await monitor.until(lambda: monitor.app.view.frame == several[-1])
    assert len(Player(tmp_path / "record")) == len(several)


async def test_a_recording_that_cannot_go_on_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    async with running(size=(200, 50)) as monitor:
        monitor.app.monitor.recordings.begin(Recording(tmp_path / "record"))
        monkeypatch.setattr("ollama_top.record.files.write_all", full)
        begin(monitor, scenes.busy())
        await monitor.until(lambda: "The recording has ended: " in monitor.text)
        assert "No space left on device" in monitor.text
        await monitor.until(lambda: " REC " not in monitor.lines[0])


async def test_a_folder_that_takes_no_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    async with running(frames.frame()) as monitor:
        await monitor.press("R")
        assert "Nothing is recorded" in monitor.text
        assert monitor.app.view.recording is None
