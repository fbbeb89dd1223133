"""A recording keeps what it was given, within its limits, and takes no file but its own."""

import os
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import frames
import pytest
from recordings import BEGAN, INTERVAL_S, recorded, simulated

from ollama_top.model.frame import Frame
from ollama_top.record.blocks import MAGIC
from ollama_top.record.files import RecordingError
from ollama_top.record.player import Player
from ollama_top.record.recording import SEGMENT, Limits, Recording

TESTS = Path(__file__).parents[2]


def at(minutes: float, **changes: object) -> Frame:
    return frames.frame(taken_at=BEGAN + timedelta(minutes=minutes), **changes)


def taken_at(player: Player) -> list[float]:
    return [(player.time(each) - BEGAN).total_seconds() for each in range(len(player))]


def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "record"
    os.umask(0)
    recorded(path, simulated(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_recording_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, simulated(1))
    path.chmod(0o644)
    recorded(path, simulated(1))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"my thesis", MAGIC[:-1], b"\n" + MAGIC])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thesis"
    path.write_bytes(content)
    before = path.stat()
    with pytest.raises(RecordingError, match="is no recording; nothing was written"):
        Recording(path)
    after = path.stat()
    assert path.read_bytes() == content
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null"), tmp_path / "none" / "record"):
        with pytest.raises(RecordingError):
            Recording(path)


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "record"
    recorded(path, simulated(1))
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(RecordingError, match="somebody else"):
        Recording(path)


def test_two_do_not_write_to_one_file(tmp_path: Path) -> None:
    first = Recording(tmp_path / "record")
    with pytest.raises(RecordingError, match="another ollama-top"):
        Recording(tmp_path / "record")
    first.close()
    Recording(tmp_path / "record").close()


def test_a_recording_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, [at(0), at(1)])
    recorded(path, [at(2)])
    assert taken_at(Player(path)) == [0, 60, 120]


def test_what_a_crash_left_is_cut_off_before_it_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, [at(0), at(1)])
    path.write_bytes(path.read_bytes()[:-5])
    recorded(path, [at(2)])
    assert taken_at(Player(path)) == [0, 120]


def test_the_oldest_go_when_it_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "record"
    written = recorded(path, [at(each / 30) for each in range(SEGMENT)])
    one_segment = path.stat().st_size
    limits = Limits(most_bytes=2 * one_segment)
    written += recorded(path, [at(each / 30) for each in range(SEGMENT, 6 * SEGMENT)], limits)
    player = Player(path)
    assert one_segment < path.stat().st_size <= 3.5 * one_segment
    assert len(player) in {2 * SEGMENT, 3 * SEGMENT}
    for number in (0, SEGMENT - 1, SEGMENT, len(player) - 1):
        assert player.frame(number).snapshot == written[number - len(player)].snapshot
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_oldest_go_when_they_are_too_old(tmp_path: Path) -> None:
    path, limits = tmp_path / "record", Limits(most_age_s=3600)
    recorded(path, [at(0), at(1)])
    recorded(path, [at(50)])
    recorded(path, [at(70)], limits)
    assert taken_at(Player(path)) == [0, 60, 3000, 4200]  # the segment of the first is not over
    recorded(path, [at(200)], limits)
    assert taken_at(Player(path)) == [4200, 12_000]


def test_a_file_that_was_moved_is_not_followed_by_another(tmp_path: Path) -> None:
    path = tmp_path / "record"
    recorded(path, [at(0)])
    recorded(path, [at(1)])
    recording = Recording(path, Limits(most_age_s=60))
    path.rename(tmp_path / "kept")
    path.write_text("somebody's")
    with pytest.raises(RecordingError, match="moved or replaced"):
        recording.add(at(100))
    assert path.read_text() == "somebody's"
    assert taken_at(Player(tmp_path / "kept")) == [0, 60]


def test_a_full_disk_ends_it_and_leaves_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "record"
    script = f"""
import resource, signal, sys
sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from recordings import simulated, recorded
from ollama_top.record.files import RecordingError
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
try:
    recorded(Path({str(path)!r}), simulated(200))
except RecordingError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "File too large" in done.stdout
    assert 1 < len(Player(path)) < 200
    assert Player(path).lost_bytes == 0


def test_killed_while_it_writes_it_loses_one_frame_at_the_most(tmp_path: Path) -> None:
    path = tmp_path / "record"
    script = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
from pathlib import Path
from recordings import simulated
from ollama_top.record.recording import Recording
recording = Recording(Path({str(path)!r}))
for number, frame in enumerate(simulated(100_000)):
    print(number, flush=True)
    recording.add(frame)
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert process.stdout is not None
    for _ in range(50):
        process.stdout.readline()
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    seen = 50 + len(process.stdout.read().splitlines())
    process.stdout.close()
    process.wait()
    player = Player(path)
    assert seen - 1 <= len(player) <= seen
    last = player.frame(len(player) - 1).snapshot.taken_at
    assert last == BEGAN + timedelta(seconds=INTERVAL_S * len(player))
