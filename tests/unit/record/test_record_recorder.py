"""A recorder waits for no disk, and says what it could not write."""

from pathlib import Path
from threading import Event

import pytest
from test_record_player import calm

from ollama_top.model.frame import Frame
from ollama_top.record import recorder as recorder_module
from ollama_top.record.player import Player
from ollama_top.record.recorder import MOST_WAITING, Recorder
from ollama_top.record.recording import Recording


class SlowRecording(Recording):
    """Writes when it is let."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.let = Event()

    def add(self, frame: Frame) -> None:
        self.let.wait(10)
        super().add(frame)


def test_all_that_was_taken_is_written_at_the_end(tmp_path: Path) -> None:
    said: list[str] = []
    recorder = Recorder(Recording(tmp_path / "record"), said.append)
    for each in calm(5):
        recorder.add(each)
    recorder.close()
    assert len(Player(tmp_path / "record")) == 5
    assert said == []
    assert recorder.is_over


def test_a_slow_disk_costs_frames_and_no_time(tmp_path: Path) -> None:
    said: list[str] = []
    recording = SlowRecording(tmp_path / "record")
    recorder = Recorder(recording, said.append)
    for each in calm(MOST_WAITING + 10):
        recorder.add(each)
    assert 8 <= recorder.left_out <= 10
    assert len(said) == 1
    assert "too slow" in said[0]
    recording.let.set()
    recorder.close()
    assert len(Player(tmp_path / "record")) == MOST_WAITING + 10 - recorder.left_out


def test_frames_that_are_not_written_in_time_at_the_end_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "PATIENCE_S", 0.1)
    said: list[str] = []
    recording = SlowRecording(tmp_path / "record")
    recorder = Recorder(recording, said.append)
    for each in calm(3):
        recorder.add(each)
    recorder.close()
    assert said == [f"{tmp_path}/record: the disk is too slow: the last Frames may not be in the recording"]
    recording.let.set()


def test_what_cannot_be_written_is_said_and_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    said: list[str] = []
    recorder = Recorder(Recording(tmp_path / "record"), said.append)
    monkeypatch.setattr("ollama_top.record.files.write_all", full)
    for each in calm(2):
        recorder.add(each)
    recorder.close()
    assert len(said) == 1
    assert said[0].endswith("No space left on device")
    assert recorder.is_over
